//! A killed ingest leaves nothing behind that another ingest would not have made.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use acervo_tests::{Collection, Documents, Folder, Raster, Server, image_services, until};
use anyhow::{Context as _, Result};

const INSTITUTION: &str = "archivo";
const COLLECTION: &str = "planos";
const ITEMS: u8 = 12;
/// Images of the second ingest: enough work to be killed in.
const NEW: u8 = 6;
/// Documents of all runs name the same address.
const BASE: &str = "http://archivo.example.org";

fn fill(folder: &Folder) -> Result<()> {
    folder.institution(
        INSTITUTION,
        &[Collection {
            name: COLLECTION,
            es: "Planos",
            en: "Plans",
        }],
    )?;
    for number in 0..ITEMS {
        let picture = Raster::computed(1400, 1100, number * 20).jpeg()?;
        folder.hand_over(
            INSTITUTION,
            COLLECTION,
            &format!("plano {number}.jpg"),
            &picture,
        )?;
    }
    Ok(())
}

fn start(folder: &Folder) -> Result<Server> {
    Server::start(folder, &["--base-url", BASE])
}

/// Every document, info.json and whole image, by path.
fn state(server: &Server) -> Result<BTreeMap<String, Vec<u8>>> {
    let documents = Documents::walk(server, BASE, INSTITUTION)?;
    let mut all = BTreeMap::new();
    for document in &documents.0 {
        all.insert(
            document.path.clone(),
            document.json.to_string().into_bytes(),
        );
    }
    for manifest in documents.manifests() {
        for service in image_services(&manifest.json)? {
            let path = service
                .strip_prefix(BASE)
                .context("a service of ours")?
                .to_owned();
            for rest in ["/info.json", "/full/max/0/default.jpg"] {
                let answer = server.get(&format!("{path}{rest}"))?;
                assert_eq!(answer.status, 200, "{path}{rest}: {}", answer.text());
                all.insert(format!("{path}{rest}"), answer.body);
            }
        }
    }
    Ok(all)
}

/// How many files lie under `place`.
fn files(place: &Path) -> Result<usize> {
    let mut count = 0;
    // What an ingest is writing may be gone when it is looked at.
    for entry in fs::read_dir(place)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
    {
        count += if entry.path().is_dir() {
            files(&entry.path())?
        } else {
            1
        };
    }
    Ok(count)
}

#[test]
fn a_killed_ingest_is_taken_up_to_the_same_end() -> Result<()> {
    let undisturbed = Folder::new()?;
    fill(&undisturbed)?;
    let expected = state(&start(&undisturbed)?)?;
    assert_eq!(expected.len(), 2 + 3 * usize::from(ITEMS));

    let folder = Folder::new()?;
    fill(&folder)?;
    let published = folder.published(INSTITUTION, COLLECTION);
    for begun in [1, 4, 8] {
        let server = Server::start_unready(&folder, &["--base-url", BASE])?;
        until(
            "the ingest to be under way",
            Duration::from_secs(60),
            || Ok((files(&published)? >= begun).then_some(())),
        )?;
        server.kill()?;
        assert!(
            !published.join("catalogue").exists(),
            "the ingest had ended before it was killed"
        );
    }
    let server = start(&folder)?;
    let found = state(&server)?;
    assert_eq!(
        found.keys().collect::<Vec<_>>(),
        expected.keys().collect::<Vec<_>>(),
        "other documents than an undisturbed ingest gives"
    );
    for (path, bytes) in &found {
        assert!(bytes == &expected[path], "{path} differs");
    }
    assert_eq!(
        folder.pyramids(INSTITUTION, COLLECTION)?.len(),
        usize::from(ITEMS)
    );
    Ok(())
}

#[test]
fn a_killed_second_ingest_keeps_what_the_first_published() -> Result<()> {
    let folder = Folder::new()?;
    fill(&folder)?;
    let first = state(&start(&folder)?)?;
    for number in 0..NEW {
        let picture = Raster::computed(2200, 1800, number).png()?;
        folder.hand_over(
            INSTITUTION,
            COLLECTION,
            &format!("nuevo {number}.png"),
            &picture,
        )?;
    }
    let before = folder.pyramids(INSTITUTION, COLLECTION)?.len();
    let published = folder.published(INSTITUTION, COLLECTION);
    let catalogue = fs::read(published.join("catalogue"))?;
    let files_before = files(&published)?;
    let server = Server::start_unready(&folder, &["--base-url", BASE])?;
    until(
        "the second ingest to be under way",
        Duration::from_secs(60),
        || Ok((files(&published)? > files_before).then_some(())),
    )?;
    // What was published is served while the ingest runs.
    for (path, bytes) in first
        .iter()
        .filter(|(path, _)| path.ends_with("manifest.json"))
    {
        let answer = server.get(path)?;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(
            answer.json()?.to_string().as_bytes(),
            bytes.as_slice(),
            "{path}"
        );
    }
    server.kill()?;
    assert!(
        fs::read(published.join("catalogue"))? == catalogue,
        "the commit point moved too early"
    );
    let server = start(&folder)?;
    assert_eq!(
        folder.pyramids(INSTITUTION, COLLECTION)?.len(),
        before + usize::from(NEW)
    );
    let second = state(&server)?;
    for (path, bytes) in first
        .iter()
        .filter(|(path, _)| !path.ends_with("collection.json"))
    {
        assert!(second.get(path) == Some(bytes), "{path} changed");
    }
    Ok(())
}
