//! The text beside a page becomes annotations on it, follows its file, and never touches the image.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

use acervo_tests::{Documents, Server, Volume, copy_folder, examples, image_services};
use anyhow::{Context as _, Result};
use serde_json::Value;

const MUSEUM: &str = "museo-costa";
const BOOKS: &str = "libros";
const PRIMER: &str = "cartilla-nautica";

/// The museum's books on a volume, ingested.
fn books() -> Result<Volume> {
    let volume = Volume::new(MUSEUM, &[BOOKS])?;
    copy_folder(
        &examples().join(MUSEUM).join(BOOKS),
        &volume.incoming(BOOKS),
    )?;
    ingest(&volume)?;
    Ok(volume)
}

fn ingest(volume: &Volume) -> Result<()> {
    let ingest = volume.ingest(BOOKS)?;
    assert!(ingest.status.success(), "{}", ingest.output);
    Ok(())
}

fn manifest(server: &Server, item: &str) -> Result<Value> {
    server
        .get(&Documents::manifest(MUSEUM, BOOKS, item))?
        .json()
}

fn canvases(manifest: &Value) -> impl Iterator<Item = &Value> {
    manifest["items"].as_array().into_iter().flatten()
}

/// The address of the annotations of a canvas that are not its image.
fn text_of(canvas: &Value) -> Option<&str> {
    canvas["annotations"][0]["id"].as_str()
}

/// The text of the page called `label` of the primer: where it is, and what stands there.
fn lines(server: &Server, label: &str) -> Result<(String, Vec<String>)> {
    let manifest = manifest(server, PRIMER)?;
    let canvas = canvases(&manifest)
        .find(|canvas| canvas["label"]["none"][0] == label)
        .with_context(|| format!("page {label}"))?;
    let Some(id) = text_of(canvas) else {
        return Ok((String::new(), Vec::new()));
    };
    let page = acervo_tests::get(id)?.json()?;
    let items = page["items"].as_array().context("annotations")?;
    let line = |item: &Value| item["body"]["value"].as_str().map(str::to_owned);
    Ok((id.to_owned(), items.iter().filter_map(line).collect()))
}

/// Inode and time of change of every pyramid.
fn pyramids(volume: &Volume) -> Result<BTreeMap<PathBuf, (u64, i64, i64)>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(volume.published(BOOKS).join("items"))? {
        let path = entry?.path();
        let metadata = fs::metadata(&path)?;
        let identity = (metadata.ino(), metadata.mtime(), metadata.mtime_nsec());
        found.insert(path, identity);
    }
    Ok(found)
}

#[test]
fn every_line_of_alto_and_hocr_stands_in_a_box_within_its_canvas() -> Result<()> {
    let volume = books()?;
    let server = volume.serve(&[])?;
    for (item, pages, has_boxes) in [
        (PRIMER, 6, true),
        ("almanaque-1911", 4, true),
        ("almanaque-1912", 4, false),
    ] {
        let manifest = manifest(&server, item)?;
        assert_eq!(canvases(&manifest).count(), pages, "{item}");
        for canvas in canvases(&manifest) {
            let id = canvas["id"].as_str().context("an id")?;
            let of = |side: &str| canvas[side].as_u64().context("a side");
            let (width, height) = (of("width")?, of("height")?);
            let address = text_of(canvas).with_context(|| format!("no text: {canvas:#}"))?;
            let page = acervo_tests::get(address)?.json()?;
            assert_eq!(
                (&page["type"], &page["id"]),
                (&"AnnotationPage".into(), &address.into())
            );
            let annotations = page["items"].as_array().context("items")?;
            assert!(!annotations.is_empty(), "{address}");
            for annotation in annotations {
                assert_eq!(annotation["motivation"], "supplementing", "{address}");
                assert!(
                    annotation["body"]["value"]
                        .as_str()
                        .is_some_and(|line| !line.is_empty()),
                    "{annotation:#}"
                );
                let target = annotation["target"].as_str().context("a target")?;
                if !has_boxes {
                    assert_eq!(target, id);
                    continue;
                }
                let numbers = target.strip_prefix(&format!("{id}#xywh="));
                let numbers = numbers.with_context(|| format!("{target} has no box of {id}"))?;
                let numbers: Vec<u64> = numbers
                    .split(',')
                    .map(str::parse)
                    .collect::<Result<_, _>>()?;
                let [x, y, w, h] = numbers.as_slice() else {
                    panic!("{target}: not four numbers");
                };
                assert!(*w > 0 && *h > 0, "{target} is empty");
                assert!(
                    x + w <= width && y + h <= height,
                    "{target} leaves {width} × {height}"
                );
            }
        }
    }
    Ok(())
}

#[test]
fn a_changed_text_changes_its_annotations_and_no_image() -> Result<()> {
    let volume = books()?;
    let images = pyramids(&volume)?;
    let server = volume.serve(&[])?;
    let (address, before) = lines(&server, "002")?;
    let other = lines(&server, "003")?;
    assert!(before.contains(&"AL LECTOR".to_owned()), "{before:?}");
    let image = |server: &Server| -> Result<_> {
        let service = image_services(&manifest(server, PRIMER)?)?.remove(1);
        let path = service.trim_start_matches(server.base());
        Ok(server
            .get(&format!("{path}/full/max/0/default.jpg"))?
            .headers)
    };
    let etag =
        |headers: Vec<(String, String)>| headers.into_iter().find(|(name, _)| name == "etag");
    let tag = etag(image(&server)?).context("an ETag")?;
    drop(server);

    let file = volume.incoming(BOOKS).join(PRIMER).join("002.xml");
    let text = fs::read_to_string(&file)?;
    assert!(text.contains(r#"CONTENT="LECTOR""#));
    let text = text.replacen(r#"CONTENT="LECTOR""#, r#"CONTENT="PILOTO""#, 1);
    volume.hand_over(BOOKS, &format!("{PRIMER}/002.xml"), text.as_bytes())?;
    ingest(&volume)?;

    let server = volume.serve(&[])?;
    let (same, after) = lines(&server, "002")?;
    let path = |address: &str| address.split('/').skip(3).collect::<Vec<_>>().join("/");
    assert_eq!(path(&same), path(&address), "the address stays");
    let expected: Vec<String> = before
        .iter()
        .map(|line| line.replace("AL LECTOR", "AL PILOTO"))
        .collect();
    assert_eq!(after, expected);
    assert_eq!(lines(&server, "003")?.1, other.1);
    assert_eq!(pyramids(&volume)?, images, "no pyramid was touched");
    assert_eq!(etag(image(&server)?), Some(tag));
    Ok(())
}

#[test]
fn a_removed_text_is_gone_and_its_page_stays() -> Result<()> {
    let volume = books()?;
    let images = pyramids(&volume)?;
    let server = volume.serve(&[])?;
    let (address, _) = lines(&server, "002")?;
    let address = address.trim_start_matches(server.base()).to_owned();
    let found = |server: &Server| -> Result<bool> {
        let path = format!("/{MUSEUM}/search?q=pilotos+de+altura");
        Ok(server.get(&path)?.text().contains("<mark>pilotos</mark>"))
    };
    assert!(found(&server)?);
    drop(server);
    fs::remove_file(volume.incoming(BOOKS).join(PRIMER).join("002.xml"))?;
    ingest(&volume)?;
    let server = volume.serve(&[])?;
    assert_eq!(lines(&server, "002")?, (String::new(), Vec::new()));
    assert_ne!(server.get(&address)?.status, 200, "{address}");
    assert!(!found(&server)?, "still found by its words");
    assert_eq!(canvases(&manifest(&server, PRIMER)?).count(), 6);
    assert!(!lines(&server, "003")?.1.is_empty());
    assert_eq!(pyramids(&volume)?, images, "no pyramid was touched");
    Ok(())
}

#[test]
fn a_damaged_text_is_refused_and_its_page_stays() -> Result<()> {
    let volume = books()?;
    let images = pyramids(&volume)?;
    for (file, code) in [
        (format!("{PRIMER}/002.xml"), "damaged-text"),
        ("almanaque-1911/003.hocr".to_owned(), "not-a-text"),
    ] {
        let path = volume.incoming(BOOKS).join(&file);
        let whole = fs::read(&path)?;
        let broken = match code {
            "damaged-text" => whole[..whole.len() / 2].to_vec(),
            _ => b"<html><body><p>no words of a page</p></body></html>".to_vec(),
        };
        volume.hand_over(BOOKS, &file, &broken)?;
        ingest(&volume)?;
        let report: Value = serde_json::from_slice(&fs::read(
            volume.published(BOOKS).join("refused/report.json"),
        )?)?;
        let refused = report["refused"].as_array().context("refused")?;
        assert_eq!(refused.len(), 1, "{report:#}");
        assert_eq!(
            (&refused[0]["path"], &refused[0]["code"]),
            (&file.as_str().into(), &code.into()),
            "{report:#}"
        );
        volume.hand_over(BOOKS, &file, &whole)?;
        let server = volume.serve(&[])?;
        let item = file.split('/').next().context("a folder")?;
        let pages = canvases(&manifest(&server, item)?).count();
        assert!(pages == 4 || pages == 6, "{item}: {pages} pages");
        assert_eq!(pyramids(&volume)?, images, "no pyramid was touched");
    }
    ingest(&volume)?;
    let server = volume.serve(&[])?;
    assert!(
        !lines(&server, "002")?.1.is_empty(),
        "a mended text is back"
    );
    Ok(())
}
