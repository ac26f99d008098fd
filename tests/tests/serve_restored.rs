//! What is kept of an institution gives it back as it was: `published/` and `incoming/`, copied as
//! docs/operations.md says, are the same documents and images under the same entity tags, and nothing is
//! converted anew.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use acervo_tests::{
    Collection, Documents, Folder, Raster, Server, Volume, copy_folder, image_services,
};
use anyhow::{Context as _, Result};
use serde_json::json;

const INSTITUTION: &str = "biblioteca";
const COLLECTIONS: [&str; 2] = ["mapas", "actas"];
/// Readers ask for the same host before and after.
const HOST: (&str, &str) = ("host", "iiif.example.org");

/// An empty volume of the institution. The limits of its plan, `small`, are part of entity tags.
fn volume() -> Result<Volume> {
    let volume = Volume::new(INSTITUTION, &COLLECTIONS)?;
    let mut table = volume.table(&COLLECTIONS);
    table["tenants"][0]["images"] =
        json!({"limits": {"maxArea": 50_000_000}, "upscaling": false, "maxAge": 86_400});
    volume.mount(&table.to_string())?;
    Ok(volume)
}

/// A volume with two published collections, one of them with a refused file.
fn published() -> Result<Volume> {
    let volume = volume()?;
    for (seed, (collection, file)) in (3..).step_by(7).zip([
        ("mapas", "Plano n.º 1.jpg"),
        ("mapas", "norte.jpg"),
        ("actas", "1921/001.jpg"),
        ("actas", "1921/002.jpg"),
    ]) {
        volume.hand_over(collection, file, &Raster::computed(700, 520, seed).jpeg()?)?;
    }
    volume.hand_over("actas", "notas.jpg", b"no image")?;
    for collection in COLLECTIONS {
        volume.ingest(collection)?;
    }
    Ok(volume)
}

/// The entity tag and the body of every document, page and image that a harvester finds.
fn answers(server: &Server) -> Result<BTreeMap<String, (String, Vec<u8>)>> {
    let documents = Documents::walk(server, server.base(), INSTITUTION)?;
    assert_eq!(documents.manifests().count(), 3, "{documents:?}");
    let mut paths: Vec<String> = ["/", "/mapas/", "/actas/1921/", "/sitemap.xml"]
        .map(|path| format!("/{INSTITUTION}{path}"))
        .into();
    for document in &documents.0 {
        paths.extend([document.path.clone(), document.path_2()]);
    }
    for manifest in documents.manifests() {
        for service in image_services(&manifest.json)? {
            let service = service
                .strip_prefix(server.base())
                .context("an image of this server")?;
            paths.push(format!("{service}/info.json"));
            paths.push(format!("{service}/0,0,512,512/512,512/0/default.jpg"));
            paths.push(format!("{service}/full/300,/90/gray.png"));
        }
    }
    let answer = |path: String| {
        let answer = server.get_with(&path, &[HOST])?;
        assert_eq!(answer.status, 200, "{path}");
        let tag = answer.header("etag").context("an entity tag")?.to_owned();
        Ok((path, (tag, answer.body)))
    };
    paths.into_iter().map(answer).collect()
}

/// Inode and time of change of every file below a folder.
fn files(folder: &Path) -> Result<BTreeMap<PathBuf, (u64, i64, i64)>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        if metadata.is_dir() {
            found.extend(files(&entry.path())?);
        } else {
            let identity = (metadata.ino(), metadata.mtime(), metadata.mtime_nsec());
            found.insert(entry.path(), identity);
        }
    }
    Ok(found)
}

#[test]
fn a_volume_that_was_copied_file_by_file_answers_as_the_old_one_did() -> Result<()> {
    let before = published()?;
    let expected = answers(&before.serve(&[])?)?;
    assert!(expected.len() > 20);
    // The institution is suspended: no server and no ingest writes meanwhile.
    let restored = volume()?;
    for folder in ["published", "incoming"] {
        copy_folder(&before.data().join(folder), &restored.data().join(folder))?;
    }
    drop(before);
    let server = restored.serve(&[])?;
    let found = answers(&server)?;
    assert_eq!(
        expected.keys().collect::<Vec<_>>(),
        found.keys().collect::<Vec<_>>()
    );
    for (path, answer) in &expected {
        assert!(found[path] == *answer, "{path} is another one");
    }
    // What was handed over counts as ingested: nothing is converted anew, and what was refused is known.
    let items = restored.published("mapas").join("items");
    let pyramids = files(&items)?;
    assert_eq!(pyramids.len(), 2);
    let ingest = restored.ingest("mapas")?;
    assert!(ingest.status.success(), "{}", ingest.output);
    assert_eq!(files(&items)?, pyramids);
    assert!(
        restored
            .published("actas")
            .join("refused/report.json")
            .exists()
    );
    assert_eq!(answers(&server)?, found);
    Ok(())
}

/// A restored institution may be looked at on any machine before readers are led to it, with the same YAML.
#[test]
fn what_was_kept_of_an_institution_is_served_by_the_platform_on_one_machine() -> Result<()> {
    let before = published()?;
    let expected = answers(&before.serve(&[])?)?;
    let folder = Folder::new()?;
    let collection = |name: &'static str| Collection {
        name,
        es: name,
        en: name,
    };
    folder.institution(INSTITUTION, &COLLECTIONS.map(collection))?;
    copy_folder(
        &before.data().join("published"),
        &folder.data().join(INSTITUTION).join("published"),
    )?;
    for name in COLLECTIONS {
        let sources = folder.sources().join(INSTITUTION).join(name);
        copy_folder(&before.incoming(name), &sources)?;
    }
    let server = Server::start(&folder, &[])?;
    let manifest = Documents::manifest(INSTITUTION, "mapas", "norte");
    let service = image_services(&server.get(&manifest)?.json()?)?.remove(0);
    let tile = format!(
        "{}/0,0,512,512/512,512/0/default.jpg",
        service
            .strip_prefix(server.base())
            .context("an image of this server")?
    );
    let answer = server.get_with(&tile, &[HOST])?;
    let (tag, body) = expected.get(&tile).context("the same address")?;
    assert_eq!(answer.header("etag"), Some(tag.as_str()));
    assert!(answer.body == *body);
    Ok(())
}
