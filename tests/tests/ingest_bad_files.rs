//! Bad files among good ones: each is refused with a reason in both languages, the good ones are published.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::process::Command;
use std::sync::LazyLock;

use acervo_tests::{
    Collection, Documents, Folder, Raster, Server, image_services, jpeg_header, multi_page_tiff,
    png_bomb, run, tiff_claiming,
};
use anyhow::{Context as _, Result};
use serde_json::Value;

const INSTITUTION: &str = "archivo";
const COLLECTION: &str = "fotos";

/// The files that must be refused, by a part of the path in the report, with the code.
const REFUSED: [(&str, &str); 12] = [
    ("truncated.jpg", "damaged-image"),
    ("half.png", "damaged-image"),
    ("letter.tif", "not-an-image"),
    ("empty.png", "empty-file"),
    ("bomb-jpeg.jpg", "image-too-large"),
    ("bomb-png.png", "image-too-large"),
    ("bomb-tiff.tif", "image-too-large"),
    ("outside.jpg", "link-outside"),
    ("pipe.jpg", "not-a-file"),
    ("two", "bad-name"),
    ("latin", "bad-name"),
    ("notes.txt", "text-without-image"),
];

/// The items that must be published, with their pages.
const PUBLISHED: [(&str, usize); 6] = [
    ("calle", 1),
    ("plaza", 1),
    ("puerto", 1),
    ("a..b", 1),
    ("Año 1898 — álbum_Ñ", 2),
    ("hojas", 3),
];

struct Served {
    folder: Folder,
    server: Server,
}

static SERVED: LazyLock<Served> = LazyLock::new(|| serve().expect("the platform starts"));

fn serve() -> Result<Served> {
    let folder = Folder::new()?;
    folder.institution(
        INSTITUTION,
        &[Collection {
            name: COLLECTION,
            es: "Fotos",
            en: "Photographs",
        }],
    )?;
    good_files(&folder)?;
    bad_files(&folder)?;
    let server = Server::start(&folder, &[])?;
    Ok(Served { folder, server })
}

fn good_files(folder: &Folder) -> Result<()> {
    let hand_over =
        |name: &str, bytes: &[u8]| folder.hand_over(INSTITUTION, COLLECTION, name, bytes);
    hand_over("calle.jpg", &Raster::computed(640, 480, 10).jpeg()?)?;
    hand_over("plaza.PNG", &Raster::computed(333, 222, 20).png()?)?;
    hand_over("puerto.tiff", &Raster::computed(257, 259, 30).tiff()?)?;
    hand_over("a..b.png", &Raster::computed(90, 60, 50).png()?)?;
    hand_over(
        "Año 1898 — álbum_Ñ/10.png",
        &Raster::computed(110, 60, 60).png()?,
    )?;
    hand_over(
        "Año 1898 — álbum_Ñ/9.png",
        &Raster::computed(109, 60, 60).png()?,
    )?;
    let pages = [70, 71, 72].map(|edge| Raster::computed(edge, 50, 70));
    hand_over("hojas.tif", &multi_page_tiff(&pages)?)?;
    // What file managers leave behind is neither published nor refused.
    hand_over(".DS_Store", b"x")?;
    hand_over("..foo.png", b"x")?;
    hand_over("Thumbs.db", b"x")?;
    hand_over("desktop.ini", b"x")
}

fn bad_files(folder: &Folder) -> Result<()> {
    let hand_over =
        |name: &str, bytes: &[u8]| folder.hand_over(INSTITUTION, COLLECTION, name, bytes);
    let whole = Raster::computed(800, 600, 90);
    let (jpeg, png) = (whole.jpeg()?, whole.png()?);
    hand_over("truncated.jpg", &jpeg[..jpeg.len() / 2])?;
    hand_over("half.png", &png[..png.len() / 2])?;
    hand_over(
        "letter.tif",
        "Estimados señores: adjunto las imágenes.".as_bytes(),
    )?;
    hand_over("empty.png", b"")?;
    hand_over("bomb-jpeg.jpg", &jpeg_header(65_535, 65_535)?)?;
    hand_over("bomb-png.png", &png_bomb(60_000)?)?;
    hand_over("bomb-tiff.tif", &tiff_claiming(1_000_000, 1_000_000))?;
    hand_over("notes.txt", b"notes")?;
    let source = folder.source(INSTITUTION, COLLECTION);
    let outside = folder.sources().join("outside.jpg");
    fs::write(&outside, &jpeg)?;
    symlink(&outside, source.join("outside.jpg"))?;
    run(Command::new("mkfifo").arg(source.join("pipe.jpg")), b"")?;
    fs::write(source.join("two\nlines.png"), &png)?;
    fs::write(source.join(OsStr::from_bytes(b"latin-\xe9.png")), &png)?;
    Ok(())
}

fn refused(report: &Value) -> Result<&Vec<Value>> {
    report["refused"]
        .as_array()
        .context("the report lists what was refused")
}

#[test]
fn every_bad_file_is_refused_with_a_code_and_a_reason_in_both_languages() -> Result<()> {
    let report = SERVED.folder.report(INSTITUTION, COLLECTION)?;
    let refused = refused(&report)?;
    for (name, code) in REFUSED {
        let entries: Vec<_> = refused
            .iter()
            .filter(|entry| entry["path"].as_str().is_some_and(|p| p.contains(name)))
            .collect();
        assert_eq!(entries.len(), 1, "{name}: {report:#}");
        let entry = entries[0];
        assert_eq!(entry["code"], code, "{name}: {entry:#}");
        let [es, en] =
            ["es", "en"].map(|language| entry["message"][language].as_str().unwrap_or(""));
        assert!(
            es.len() > 10 && en.len() > 10 && es != en,
            "{name}: \"{es}\" \"{en}\""
        );
    }
    assert_eq!(refused.len(), REFUSED.len(), "{report:#}");
    Ok(())
}

#[test]
fn the_good_files_beside_them_are_published_whole() -> Result<()> {
    let report = SERVED.folder.report(INSTITUTION, COLLECTION)?;
    assert_eq!(report["collection"], COLLECTION);
    assert_eq!(report["published"], PUBLISHED.len(), "{report:#}");
    for (item, pages) in PUBLISHED {
        let answer = SERVED
            .server
            .get(&Documents::manifest(INSTITUTION, COLLECTION, item))?;
        assert_eq!(answer.status, 200, "{item}: {}", answer.text());
        let services = image_services(&answer.json()?)?;
        assert_eq!(services.len(), pages, "{item}");
        for service in services {
            let image = acervo_tests::get(&format!("{service}/full/max/0/default.jpg"))?;
            assert_eq!(image.status, 200, "{item}: {}", image.text());
            Raster::from_jpeg(&image.body)?;
        }
    }
    Ok(())
}

#[test]
fn pages_follow_each_other_in_natural_order() -> Result<()> {
    let widths = |item: &str| -> Result<Vec<u64>> {
        let manifest = SERVED
            .server
            .get(&Documents::manifest(INSTITUTION, COLLECTION, item))?
            .json()?;
        let canvases = manifest["items"].as_array().context("canvases")?;
        Ok(canvases
            .iter()
            .filter_map(|canvas| canvas["width"].as_u64())
            .collect())
    };
    assert_eq!(widths("Año 1898 — álbum_Ñ")?, [109, 110]);
    assert_eq!(widths("hojas")?, [70, 71, 72]);
    Ok(())
}

#[test]
fn what_is_published_shows_the_pixels_that_were_handed_over() -> Result<()> {
    let manifest = SERVED
        .server
        .get(&Documents::manifest(INSTITUTION, COLLECTION, "calle"))?
        .json()?;
    let service = image_services(&manifest)?.remove(0);
    let image = acervo_tests::get(&format!("{service}/full/max/0/default.jpg"))?;
    let (shown, given) = (
        Raster::from_jpeg(&image.body)?,
        Raster::computed(640, 480, 10),
    );
    assert_eq!((shown.width, shown.height), (given.width, given.height));
    let pairs = shown.pixels.iter().zip(&given.pixels);
    let error: u64 = pairs.map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    let mean = error / given.pixels.len() as u64;
    assert!(mean < 6, "mean difference {mean} of 255");
    Ok(())
}

#[test]
fn nothing_from_outside_the_source_is_published() -> Result<()> {
    for item in ["outside", "secret", "../outside", "two\nlines"] {
        let answer = SERVED
            .server
            .get(&Documents::manifest(INSTITUTION, COLLECTION, item))?;
        assert_ne!(answer.status, 200, "{item}");
    }
    Ok(())
}
