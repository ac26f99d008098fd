//! Every document of the examples, read by the reference library of the Presentation API.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
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
fn images(place: &Path) -> Result<Vec<PathBuf>> {
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

/// Items and pages in a folder: an image is an item, and so is a folder with images; a folder of such folders
/// is an item of several volumes, each with a manifest.
fn counted_in(place: &Path, refused: &BTreeSet<PathBuf>, is_item: bool) -> Result<(usize, usize)> {
    let mut own = images(place)?;
    own.retain(|image| !refused.contains(image));
    let mut items = if is_item { own.len().min(1) } else { own.len() };
    let mut all_pages = 0;
    for image in own {
        all_pages += pages(&image)?;
    }
    for folder in folders(place)? {
        let (more, pages) = counted_in(&place.join(folder), refused, true)?;
        items += more;
        all_pages += pages;
    }
    Ok((items, all_pages))
}

/// Items and pages of an institution, counted from the files of those of its collections that are folders of
/// the examples, but for those that are refused: one of the museum is damaged on purpose.
fn counted(institution: &str, documents: &Documents) -> Result<(usize, usize)> {
    let (mut items, mut all_pages) = (0, 0);
    for collection in documents.collections() {
        // /{institution}/presentation/3/{collection}/collection.json
        let parts: Vec<&str> = collection.path.split('/').collect();
        let [_, _, _, _, name, "collection.json"] = parts.as_slice() else {
            continue;
        };
        let source = examples().join(institution).join(name);
        let report = SERVER.0.report(institution, name)?;
        let refused = report["refused"].as_array().into_iter().flatten();
        let refused = refused.filter_map(|entry| Some(source.join(entry["path"].as_str()?)));
        let (more, pages) = counted_in(&source, &refused.collect(), false)?;
        items += more;
        all_pages += pages;
    }
    Ok((items, all_pages))
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
        let (items, pages) = counted(institution, documents)?;
        assert!(items > 0, "{institution} is empty");
        let annotation_pages = documents.annotation_pages().count();
        let documents: Vec<Value> = documents
            .0
            .iter()
            .map(|document| document.json.clone())
            .collect();
        let said = parse(&documents)?;
        let problems = said["problems"].as_array().context("problems")?;
        assert!(problems.is_empty(), "{institution}: {:#}", said["problems"]);
        let numbers = ["manifests", "canvases", "annotation_pages"].map(|kind| said[kind].as_u64());
        let expected = [items, pages, annotation_pages].map(|count| Some(count as u64));
        assert_eq!(
            numbers, expected,
            "{institution}: manifests, canvases, annotation pages"
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
        broken(|document| document["navDate"] = json!("1853")),
        broken(|document| document["structures"] = json!([{ "id": "r", "type": "Range" }])),
        broken(|document| {
            *document = json!({ "id": "p", "type": "AnnotationPage", "items": [{}] })
        }),
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
