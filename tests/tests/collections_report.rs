//! What is wrong with images and rows is told once, the same by `acervo check` before and by the ingest
//! after, in both languages; what is good is published anyway.

use std::path::PathBuf;
use std::process::Output;

use acervo_tests::{Documents, Volume, acervo, copy_folder, examples, run_any};
use anyhow::{Context as _, Result};
use serde_json::Value;

const MUSEUM: &str = "museo-costa";
const COLLECTIONS: [&str; 2] = ["fotografias", "libros"];

/// Path, row, column and code of a fault, and whether it is published anyway.
type Fault<'f> = (&'f str, Option<u64>, Option<&'f str>, &'f str, bool);

/// The faults that `examples/README.md` lists.
const SEEDED: [Fault<'_>; 9] = [
    ("metadatos.csv", Some(9), None, "no-file", false),
    (
        "metadatos.csv",
        Some(12),
        Some("objectid"),
        "duplicate-row",
        false,
    ),
    (
        "metadatos.csv",
        Some(15),
        Some("objectid"),
        "missing-name",
        false,
    ),
    (
        "metadatos.csv",
        Some(18),
        Some("latitude"),
        "bad-coordinates",
        true,
    ),
    (
        "metadatos.csv",
        Some(19),
        Some("objectid"),
        "bad-name",
        false,
    ),
    ("MC-F-017.jpg", None, None, "damaged-image", false),
    ("Léame.txt", None, None, "text-without-image", false),
    ("Sin inventariar 07.jpg", None, None, "no-row", true),
    // The README tells of the encoding above its list.
    ("metadatos.csv", None, None, "encoding-guessed", true),
];

fn folder(collection: &str) -> PathBuf {
    examples().join(MUSEUM).join(collection)
}

fn check(arguments: &[&str]) -> Result<Output> {
    run_any(&mut acervo(&[&["check"], arguments].concat())?, b"")
}

fn check_folder(collection: &str) -> Result<(Option<i32>, Value)> {
    let folder = folder(collection);
    let path = folder.to_str().context("UTF-8")?;
    let output = check(&[path, "--format", "json"])?;
    Ok((
        output.status.code(),
        serde_json::from_slice(&output.stdout)?,
    ))
}

/// A volume with the museum's collections, ingested.
fn ingested() -> Result<Volume> {
    let volume = Volume::new(MUSEUM, &COLLECTIONS)?;
    for collection in COLLECTIONS {
        copy_folder(&folder(collection), &volume.incoming(collection))?;
        let ingest = volume.ingest(collection)?;
        assert!(ingest.status.success(), "{}", ingest.output);
    }
    Ok(volume)
}

/// A report without what says when and where it was made.
fn timeless(mut report: Value) -> Value {
    for field in ["fingerprint", "finished", "collection"] {
        assert!(report[field].is_string(), "{field}: {report:#}");
        report[field] = Value::Null;
    }
    report
}

fn entries(report: &Value) -> impl Iterator<Item = (&Value, bool)> {
    ["refused", "notes"].into_iter().flat_map(|list| {
        let all = report[list].as_array().into_iter().flatten();
        all.map(move |entry| (entry, list == "notes"))
    })
}

#[test]
fn check_tells_before_what_the_ingest_tells_after() -> Result<()> {
    let volume = ingested()?;
    for collection in COLLECTIONS {
        let path = volume.published(collection).join("refused/report.json");
        let told: Value = serde_json::from_slice(&std::fs::read(path)?)?;
        assert_eq!(told["collection"], collection);
        let (_, before) = check_folder(collection)?;
        assert_eq!(timeless(before), timeless(told), "{collection}");
    }
    Ok(())
}

#[test]
fn check_of_a_platform_tells_the_same_of_each_collection() -> Result<()> {
    let examples = examples();
    let path = examples.to_str().context("UTF-8")?;
    let output = check(&[path, "--format", "json"])?;
    assert_eq!(output.status.code(), Some(1));
    let reports: Value = serde_json::from_slice(&output.stdout)?;
    for collection in COLLECTIONS {
        let name = format!("{MUSEUM}/{collection}");
        let mut all = reports.as_array().into_iter().flatten();
        let of_platform = all.find(|report| report["collection"] == name.as_str());
        let of_platform = of_platform.with_context(|| name.clone())?;
        let (_, of_folder) = check_folder(collection)?;
        assert_eq!(timeless(of_platform.clone()), timeless(of_folder), "{name}");
    }
    Ok(())
}

#[test]
fn every_seeded_fault_is_told_by_its_place_in_both_languages_and_no_other() -> Result<()> {
    let (_, report) = check_folder("fotografias")?;
    let mut found = Vec::new();
    for (entry, is_note) in entries(&report) {
        let text = |field: &str| entry[field].as_str();
        let (path, code) = (
            text("path").context("a path")?,
            text("code").context("a code")?,
        );
        found.push((path, entry["row"].as_u64(), text("column"), code, is_note));
        let words = |language: &str| entry["message"][language].as_str().unwrap_or_default();
        let (es, en) = (words("es"), words("en"));
        assert!(es.len() > 20 && en.len() > 20 && es != en, "{entry:#}");
    }
    found.sort_unstable();
    let mut seeded = SEEDED.to_vec();
    seeded.sort_unstable();
    assert_eq!(found, seeded);
    Ok(())
}

#[test]
fn the_readme_of_the_examples_names_the_codes_that_are_told() -> Result<()> {
    let readme = std::fs::read_to_string(examples().join("README.md"))?;
    for (_, _, _, code, _) in SEEDED.iter().filter(|fault| fault.3 != "encoding-guessed") {
        let named = readme.matches(&format!("`{code}`")).count();
        assert_eq!(named, 2, "{code}: once in each language");
    }
    Ok(())
}

#[test]
fn good_rows_are_published_and_faulty_ones_are_not() -> Result<()> {
    let volume = ingested()?;
    let server = volume.serve(&[])?;
    let status = |item: &str| -> Result<u16> {
        Ok(server
            .get(&Documents::manifest(MUSEUM, "fotografias", item))?
            .status)
    };
    for number in 1..=16 {
        assert_eq!(status(&format!("MC-F-{number:03}"))?, 200, "{number}");
    }
    assert_eq!(status("Sin inventariar 07")?, 200);
    for item in ["MC-F-017", "MC-F-019", "MC-F-020/b", "MC-F-020", "Léame"] {
        assert_eq!(status(item)?, 404, "{item}");
    }
    let manifest = |item: &str| {
        server
            .get(&Documents::manifest(MUSEUM, "fotografias", item))?
            .json()
    };
    let first = manifest("MC-F-005")?;
    assert_eq!(
        first["label"]["es"][0], "El vapor «Almendra» entra en el puerto",
        "the first of two rows counts"
    );
    assert_eq!(
        manifest("MC-F-016")?["rights"],
        "http://rightsstatements.org/vocab/NoC-OKLR/1.0/"
    );
    for (item, has_place) in [("MC-F-001", true), ("MC-F-014", false)] {
        let path = Documents::manifest(MUSEUM, "fotografias", item);
        let record = server.get(&path.replace("manifest.json", "record.json"))?;
        assert_eq!(record.json()?["place"].is_object(), has_place, "{item}");
    }
    Ok(())
}

#[test]
fn the_report_for_people_has_every_sentence_in_both_languages() -> Result<()> {
    let (_, report) = check_folder("fotografias")?;
    let folder = folder("fotografias");
    let output = check(&[folder.to_str().context("UTF-8")?])?;
    let text = String::from_utf8(output.stdout)?;
    for (entry, _) in entries(&report) {
        for language in ["es", "en"] {
            let sentence = entry["message"][language].as_str().context("a sentence")?;
            assert!(text.contains(sentence), "{sentence}\nnot in\n{text}");
        }
    }
    Ok(())
}

#[test]
fn the_exit_code_says_whether_something_is_refused() -> Result<()> {
    assert_eq!(check_folder("fotografias")?.0, Some(1), "refused");
    assert_eq!(check_folder("libros")?.0, Some(0), "nothing refused");
    for wrong in [&["/nowhere/at/all"] as &[&str], &["--unknown"], &[]] {
        assert_eq!(check(wrong)?.status.code(), Some(2), "{wrong:?}");
    }
    Ok(())
}

#[test]
fn an_image_without_a_row_that_is_refused_is_not_said_to_be_published() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let whole = std::fs::read(examples().join(MUSEUM).join("fotografias/MC-F-001.jpg"))?;
    for (name, bytes) in [
        ("buena.jpg", whole.as_slice()),
        ("rota.jpg", &whole[..whole.len() / 2]),
        ("metadata.csv", b"objectid,title\nbuena,Una\n"),
    ] {
        std::fs::write(folder.path().join(name), bytes)?;
    }
    let output = check(&[folder.path().to_str().context("UTF-8")?, "--format", "json"])?;
    let report: Value = serde_json::from_slice(&output.stdout)?;
    let told: Vec<_> = entries(&report)
        .map(|(entry, is_note)| (entry["path"].as_str(), entry["code"].as_str(), is_note))
        .collect();
    assert_eq!(told, [(Some("rota.jpg"), Some("damaged-image"), false)]);
    Ok(())
}
