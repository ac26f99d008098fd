//! While the platform runs, what staff change in a source follows in what is served, and only that.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::time::Duration;

use acervo_tests::{Collection, Documents, Folder, Raster, Server, image_services, until};
use anyhow::{Context as _, Result};

const INSTITUTION: &str = "biblioteca";
const COLLECTION: &str = "mapas";
/// Longer than a source must rest before it is read, on a busy machine.
const NOTICED: Duration = Duration::from_secs(60);

fn serve(items: &[&str]) -> Result<(Folder, Server)> {
    let folder = Folder::new()?;
    folder.institution(
        INSTITUTION,
        &[Collection {
            name: COLLECTION,
            es: "Mapas",
            en: "Maps",
        }],
    )?;
    for (seed, item) in (5..).step_by(15).zip(items) {
        let picture = Raster::computed(620, 410, seed).jpeg()?;
        folder.hand_over(INSTITUTION, COLLECTION, &format!("{item}.jpg"), &picture)?;
    }
    let server = Server::start(&folder, &[])?;
    Ok((folder, server))
}

fn manifest_status(server: &Server, item: &str) -> Result<u16> {
    Ok(server
        .get(&Documents::manifest(INSTITUTION, COLLECTION, item))?
        .status)
}

fn width(server: &Server, item: &str) -> Result<Option<u64>> {
    let manifest = server
        .get(&Documents::manifest(INSTITUTION, COLLECTION, item))?
        .json()?;
    Ok(manifest["items"][0]["width"].as_u64())
}

/// Inode and time of change of every pyramid.
fn pyramids(folder: &Folder) -> Result<BTreeMap<PathBuf, (u64, i64, i64)>> {
    let identity = |path: PathBuf| {
        let metadata = fs::metadata(&path)?;
        Ok((
            path,
            (metadata.ino(), metadata.mtime(), metadata.mtime_nsec()),
        ))
    };
    folder
        .pyramids(INSTITUTION, COLLECTION)?
        .into_iter()
        .map(identity)
        .collect()
}

fn originals(folder: &Folder) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    fs::read_dir(folder.source(INSTITUTION, COLLECTION))?
        .map(|entry| {
            let path = entry?.path();
            let bytes = fs::read(&path)?;
            Ok((path, bytes))
        })
        .collect()
}

#[test]
fn an_added_file_is_published_and_nothing_else_is_done_again() -> Result<()> {
    let (folder, server) = serve(&["norte", "sur"])?;
    let (before, untouched) = (pyramids(&folder)?, originals(&folder)?);
    folder.hand_over(
        INSTITUTION,
        COLLECTION,
        "este.png",
        &Raster::computed(333, 222, 70).png()?,
    )?;
    until("the new item", NOTICED, || {
        Ok((manifest_status(&server, "este")? == 200).then_some(()))
    })?;
    assert_eq!(width(&server, "este")?, Some(333));
    let collection = server
        .get(&format!(
            "/{INSTITUTION}/presentation/3/{COLLECTION}/collection.json"
        ))?
        .json()?;
    assert_eq!(
        collection["items"].as_array().map(Vec::len),
        Some(3),
        "{collection:#}"
    );
    let after = pyramids(&folder)?;
    assert_eq!(after.len(), before.len() + 1);
    for (path, identity) in &before {
        assert_eq!(
            after.get(path),
            Some(identity),
            "{} was written again",
            path.display()
        );
    }
    let now = originals(&folder)?;
    for (path, bytes) in &untouched {
        assert!(
            now.get(path) == Some(bytes),
            "{} was changed",
            path.display()
        );
    }
    Ok(())
}

#[test]
fn a_replaced_file_shows_its_new_picture_under_a_new_etag() -> Result<()> {
    let (folder, server) = serve(&["norte", "sur"])?;
    let image = |item: &str| -> Result<_> {
        let manifest = server
            .get(&Documents::manifest(INSTITUTION, COLLECTION, item))?
            .json()?;
        acervo_tests::get(&format!(
            "{}/full/max/0/default.jpg",
            image_services(&manifest)?.remove(0)
        ))
    };
    let (before, other) = (image("norte")?, image("sur")?);
    folder.hand_over(
        INSTITUTION,
        COLLECTION,
        "norte.jpg",
        &Raster::computed(640, 360, 200).jpeg()?,
    )?;
    until("the new picture", NOTICED, || {
        Ok((width(&server, "norte")? == Some(640)).then_some(()))
    })?;
    let after = image("norte")?;
    assert_eq!(after.status, 200);
    let shown = Raster::from_jpeg(&after.body)?;
    assert_eq!((shown.width, shown.height), (640, 360));
    assert!(
        shown.pixel(320, 180)[2] > 150,
        "still the old picture: {:?}",
        shown.pixel(320, 180)
    );
    assert_ne!(
        after.header("etag").context("an ETag")?,
        before.header("etag").context("an ETag")?
    );
    assert_eq!(image("sur")?.header("etag"), other.header("etag"));
    Ok(())
}

#[test]
fn a_removed_file_answers_410_and_comes_back_with_the_file() -> Result<()> {
    let (folder, server) = serve(&["norte", "sur", "este", "oeste"])?;
    let service = {
        let manifest = server
            .get(&Documents::manifest(INSTITUTION, COLLECTION, "sur"))?
            .json()?;
        image_services(&manifest)?.remove(0)
    };
    let source = folder.source(INSTITUTION, COLLECTION).join("sur.jpg");
    let bytes = fs::read(&source)?;
    fs::remove_file(&source)?;
    until("the item to be gone", NOTICED, || {
        Ok((manifest_status(&server, "sur")? == 410).then_some(()))
    })?;
    assert_eq!(
        acervo_tests::get(&format!("{service}/info.json"))?.status,
        410
    );
    assert_eq!(
        server
            .get(&format!("/{INSTITUTION}/{COLLECTION}/sur/"))?
            .status,
        410
    );
    assert_eq!(manifest_status(&server, "norte")?, 200);
    assert_eq!(manifest_status(&server, "never-was")?, 404);
    folder.hand_over(INSTITUTION, COLLECTION, "sur.jpg", &bytes)?;
    until("the item to be back", NOTICED, || {
        Ok((manifest_status(&server, "sur")? == 200).then_some(()))
    })?;
    assert_eq!(
        acervo_tests::get(&format!("{service}/info.json"))?.status,
        200,
        "identifiers are stable"
    );
    Ok(())
}

#[test]
fn an_emptied_source_is_asked_about_and_goes_on_being_served() -> Result<()> {
    let (folder, server) = serve(&["norte", "sur", "este", "oeste"])?;
    let source = folder.source(INSTITUTION, COLLECTION);
    fs::rename(&source, folder.sources().join("unmounted"))?;
    fs::create_dir(&source)?;
    until("the question", NOTICED, || {
        let report = folder.report(INSTITUTION, COLLECTION)?.to_string();
        Ok(
            (report.contains("mass-removal") || server.log().contains("mass-removal"))
                .then_some(()),
        )
    })?;
    for item in ["norte", "sur", "este", "oeste"] {
        assert_eq!(manifest_status(&server, item)?, 200, "{item}");
    }
    Ok(())
}

#[test]
fn a_file_that_is_still_growing_is_read_when_it_has_come_to_rest() -> Result<()> {
    let (folder, server) = serve(&["norte"])?;
    let whole = Raster::computed(900, 700, 120).jpeg()?;
    let path = folder.source(INSTITUTION, COLLECTION).join("sur.jpg");
    // As a slow copy over the network: a piece a look of `until`, for longer than the server's own pauses.
    let piece = whole.len().div_ceil(200);
    let mut pieces = whole.chunks(piece);
    let mut file = File::create(&path)?;
    until("the copy to end", NOTICED, || {
        assert_eq!(
            manifest_status(&server, "sur")?,
            404,
            "half a file is published"
        );
        let Some(piece) = pieces.next() else {
            return Ok(Some(()));
        };
        file.write_all(piece)?;
        Ok(None)
    })?;
    until("the whole file", NOTICED, || {
        Ok((manifest_status(&server, "sur")? == 200).then_some(()))
    })?;
    assert_eq!(width(&server, "sur")?, Some(900));
    let report = folder.report(INSTITUTION, COLLECTION)?;
    assert_eq!(
        report["refused"].as_array().map(Vec::len),
        Some(0),
        "{report:#}"
    );
    Ok(())
}
