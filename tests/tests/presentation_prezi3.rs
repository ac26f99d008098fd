//! Every document of the examples, read by the reference library of the Presentation API.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::sync::LazyLock;

use acervo_tests::{
    Documents, Environment, Folder, Server, example_institutions, examples, python,
};
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tiff::decoder::Decoder;

static SERVER: LazyLock<(Folder, Server)> = LazyLock::new(|| {
    let folder = Folder::of(&examples()).expect("a place for what is published");
    let server = Server::start(&folder, &[]).expect("the platform starts");
    (folder, server)
});

/// The documents of every institution of the examples, by name.
static DOCUMENTS: LazyLock<BTreeMap<String, Documents>> = LazyLock::new(|| {
    let server = &SERVER.1;
    let walk = |name: String| {
        let documents = Documents::walk(server, server.base(), &name)?;
        Ok((name, documents))
    };
    example_institutions()
        .and_then(|names| names.into_iter().map(walk).collect::<Result<_>>())
        .expect("every document is there")
});

fn folders(place: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(place)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(names)
}

/// The images in a folder, dotfiles apart.
fn images(place: &Path) -> Result<Vec<std::path::PathBuf>> {
    const ENDINGS: [&str; 5] = ["jpg", "jpeg", "png", "tif", "tiff"];
    let mut found = Vec::new();
    for entry in fs::read_dir(place)? {
        let path = entry?.path();
        let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
        if path.is_file() && ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str())) {
            found.push(path);
        }
    }
    Ok(found)
}

fn pages(image: &Path) -> Result<usize> {
    if !image
        .extension()
        .is_some_and(|ending| ending.to_string_lossy().starts_with("tif"))
    {
        return Ok(1);
    }
    let mut decoder = Decoder::new(File::open(image)?)?;
    let mut count = 1;
    while decoder.more_images() {
        decoder.next_image()?;
        count += 1;
    }
    Ok(count)
}

/// Collections, items and pages that the examples hold, counted from their files.
fn counted(institution: &str) -> Result<(usize, usize, usize)> {
    let place = examples().join(institution);
    let (mut collections, mut items, mut all_pages) = (0, 0, 0);
    for collection in folders(&place)? {
        collections += 1;
        let source = place.join(&collection);
        for image in images(&source)? {
            items += 1;
            all_pages += pages(&image)?;
        }
        for volume in folders(&source)? {
            items += 1;
            all_pages += images(&source.join(volume))?.len();
        }
    }
    Ok((collections, items, all_pages))
}

/// What iiif-prezi3 says of `documents`.
fn parse(documents: &[Value]) -> Result<Value> {
    let output = python(
        Environment::Prezi,
        &["parse_presentation.py"],
        json!(documents).to_string().as_bytes(),
    )?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).context("no JSON")
}

#[test]
fn every_document_of_the_examples_is_understood_whole() -> Result<()> {
    assert!(DOCUMENTS.len() >= 3, "{:?}", DOCUMENTS.keys());
    for (institution, documents) in DOCUMENTS.iter() {
        let (collections, items, pages) = counted(institution)?;
        assert!(collections > 0 && items > 0, "{institution} is empty");
        let documents: Vec<Value> = documents
            .0
            .iter()
            .map(|document| document.json.clone())
            .collect();
        let said = parse(&documents)?;
        let problems = said["problems"].as_array().context("problems")?;
        assert!(problems.is_empty(), "{institution}: {:#}", said["problems"]);
        let numbers = ["collections", "manifests", "canvases"].map(|kind| said[kind].as_u64());
        // The institution's own collection, and those in it.
        let expected = [collections + 1, items, pages].map(|count| Some(count as u64));
        assert_eq!(
            numbers, expected,
            "{institution}: collections, manifests, canvases"
        );
    }
    Ok(())
}

#[test]
fn what_the_library_would_not_understand_is_found() -> Result<()> {
    let good = DOCUMENTS
        .values()
        .flat_map(Documents::manifests)
        .next()
        .context("the examples hold a manifest")?
        .json
        .clone();
    let broken = |change: fn(&mut Value)| {
        let mut document = good.clone();
        change(&mut document);
        document
    };
    let bad = [
        broken(|document| document["label"] = json!(null)),
        broken(|document| document["label"] = json!("Mapa")),
        broken(|document| document["colour"] = json!("green")),
        broken(|document| document["items"][0]["type"] = json!("Page")),
    ];
    let said = parse(&bad)?;
    assert_eq!(
        said["problems"].as_array().map(Vec::len),
        Some(bad.len()),
        "{said:#}"
    );
    Ok(())
}

#[test]
fn documents_of_one_institution_name_nothing_of_another() -> Result<()> {
    for (institution, documents) in DOCUMENTS.iter() {
        for other in DOCUMENTS.keys().filter(|other| *other != institution) {
            let theirs = format!("{}/{other}/", SERVER.1.base());
            for document in &documents.0 {
                assert!(
                    !document.json.to_string().contains(&theirs),
                    "{} names {theirs}",
                    document.path
                );
            }
        }
    }
    Ok(())
}
