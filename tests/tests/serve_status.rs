//! What the inside of an institution tells the operator: /status, and the last words of an ingest.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use acervo_tests::{Raster, Server, Volume, until};
use anyhow::{Context as _, Result};
use serde_json::{Value, json};

const INSTITUTION: &str = "archivo";
/// Longer than a folder takes to settle, on a busy machine.
const SETTLED: Duration = Duration::from_secs(60);

fn status(server: &Server) -> Result<Value> {
    let answer = server.admin("/status")?;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/json"));
    answer.json()
}

/// Waits until the status is as `probe` wants, and gives what it found in it.
fn status_until<T>(
    server: &Server,
    what: &str,
    mut probe: impl FnMut(&Value) -> Option<T>,
) -> Result<T> {
    let mut last = Value::Null;
    let found = until(what, SETTLED, || {
        // Not before everything was looked at once.
        let answer = server.admin("/status")?;
        if answer.status == 200 {
            last = answer.json()?;
        }
        Ok(probe(&last))
    });
    found.with_context(|| format!("{last:#}"))
}

fn directory<'s>(status: &'s Value, name: &str) -> Option<&'s Value> {
    let all = status["incoming"].as_array()?;
    all.iter().find(|incoming| incoming["directory"] == name)
}

/// The fingerprint of a directory once it is settled.
fn settled(server: &Server, name: &str) -> Result<String> {
    status_until(server, "a settled directory", |status| {
        let incoming = directory(status, name)?;
        let fingerprint = incoming["fingerprint"].as_str()?.to_owned();
        (incoming["settled"] == true).then_some(fingerprint)
    })
}

fn last_words(volume: &Volume) -> Result<Value> {
    let text = fs::read_to_string(volume.termination_message())?;
    assert!(
        text.len() <= 4096 && !text.trim_end().contains('\n'),
        "{text}"
    );
    Ok(serde_json::from_str(&text)?)
}

#[test]
fn the_status_has_the_shape_that_the_operator_reads_from_the_first_start_on() -> Result<()> {
    let volume = Volume::new(INSTITUTION, &["mapas"])?;
    let server = volume.serve(&[])?;
    let status = status_until(&server, "a status", |status| {
        status.is_object().then(|| status.clone())
    })?;
    let keys: Vec<_> = status.as_object().context("an object")?.keys().collect();
    assert_eq!(
        keys,
        [
            "collections",
            "incoming",
            "institution",
            "storage",
            "version"
        ]
    );
    assert_eq!(status["version"], 1);
    assert_eq!(status["institution"], INSTITUTION);
    assert_eq!(status["incoming"], json!([]));
    let nothing = json!([{
        "name": "mapas", "published": 0, "refused": 0, "inWork": 0,
        "ingested": null, "running": null, "reasons": [],
    }]);
    assert_eq!(status["collections"], nothing);
    let storage = |key: &str| status["storage"][key].as_u64().context("bytes");
    let (used, capacity) = (storage("used")?, storage("capacity")?);
    assert!(0 < used && used <= capacity, "{used} of {capacity}");
    assert!(volume.data().join("incoming").is_dir(), "staff find it");
    Ok(())
}

#[test]
fn a_directory_settles_and_its_fingerprint_is_that_of_the_ingest() -> Result<()> {
    let volume = Volume::new(INSTITUTION, &["mapas"])?;
    let server = volume.serve(&[])?;
    volume.hand_over("mapas", "uno.jpg", &Raster::computed(300, 200, 5).jpeg()?)?;
    fs::create_dir(volume.incoming("otra"))?;
    status_until(&server, "the directory, not settled", |status| {
        (directory(status, "mapas")?["settled"] == false).then_some(())
    })?;
    let first = settled(&server, "mapas")?;
    assert!(directory(&status(&server)?, "otra").is_some());

    assert!(volume.ingest("mapas")?.status.success());
    let ingested = status_until(&server, "the ingest", |status| {
        let collection = &status["collections"][0];
        (collection["published"] == 1).then(|| collection["ingested"].clone())
    })?;
    assert_eq!(ingested["fingerprint"], first.as_str());
    let finished = ingested["finished"].as_str().context("a time")?;
    assert!(
        finished.starts_with("20") && finished.ends_with('Z'),
        "{finished}"
    );

    volume.hand_over("mapas", "dos.jpg", &Raster::computed(300, 200, 6).jpeg()?)?;
    status_until(&server, "the change", |status| {
        let incoming = directory(status, "mapas")?;
        (incoming["fingerprint"] != first.as_str() && incoming["settled"] == false).then_some(())
    })?;
    assert_ne!(settled(&server, "mapas")?, first);
    Ok(())
}

#[test]
fn what_was_refused_is_told_with_its_first_reasons() -> Result<()> {
    let volume = Volume::new(INSTITUTION, &["fotos"])?;
    volume.hand_over("fotos", "calle.jpg", &Raster::computed(90, 80, 5).jpeg()?)?;
    for number in 0..5 {
        volume.hand_over("fotos", &format!("vacía {number}.jpg"), b"")?;
    }
    assert!(volume.ingest("fotos")?.status.success());
    let server = volume.serve(&[])?;
    let told = status_until(&server, "a status", |status| {
        Some(status["collections"].get(0)?.clone())
    })?;
    assert_eq!(
        (&told["published"], &told["refused"]),
        (&1.into(), &5.into())
    );
    let reasons = told["reasons"].as_array().context("reasons")?;
    assert_eq!(reasons.len(), 3);
    for (number, reason) in reasons.iter().enumerate() {
        assert_eq!(reason["path"], format!("vacía {number}.jpg"));
        assert_eq!(reason["code"], "empty-file");
        for language in ["es", "en"] {
            let words = reason["message"][language].as_str().unwrap_or_default();
            assert!(words.len() > 10, "{reason:#}");
        }
    }
    let words = last_words(&volume)?;
    assert_eq!(words["fingerprint"], told["ingested"]["fingerprint"]);
    assert_eq!(
        (
            &words["published"],
            &words["refused"],
            &words["inWork"],
            &words["error"]
        ),
        (&1.into(), &5.into(), &0.into(), &Value::Null)
    );
    Ok(())
}

#[test]
fn a_running_ingest_is_told_with_its_progress_and_leaves_none_behind() -> Result<()> {
    // Some seconds of work.
    const FILES: u64 = 60;
    let volume = Volume::new(INSTITUTION, &["planos"])?;
    volume.hand_over("planos", "0.png", &Raster::computed(3000, 2400, 5).png()?)?;
    let folder = volume.incoming("planos");
    for number in 1..FILES {
        fs::hard_link(folder.join("0.png"), folder.join(format!("{number}.png")))?;
    }
    let server = volume.serve(&[])?;
    let mut job = volume
        .ingest_command("planos")?
        .args(["--workers", "1"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let mut done = Vec::new();
    status_until(&server, "the end of the ingest", |status| {
        let collection = &status["collections"][0];
        if let Some(running) = collection["running"].as_object() {
            assert_eq!(running["total"], FILES);
            done.extend(running["done"].as_u64());
        }
        (collection["published"] == FILES && collection["running"].is_null()).then_some(())
    })?;
    assert!(job.wait()?.success());
    assert!(
        done.is_sorted() && done.iter().all(|n| *n <= FILES),
        "{done:?}"
    );
    assert!(!done.is_empty(), "it was never told that an ingest runs");
    assert!(!volume.published("planos").join(".progress.json").exists());
    Ok(())
}

#[test]
fn a_failed_ingest_says_why_in_one_sentence_and_what_is_still_published() -> Result<()> {
    let volume = Volume::new(INSTITUTION, &["mapas"])?;
    volume.hand_over("mapas", "uno.jpg", &Raster::computed(300, 200, 5).jpeg()?)?;
    assert!(volume.ingest("mapas")?.status.success());
    // The place of the new catalogue's temporary file is taken by a folder with something in it.
    volume.hand_over("mapas", "dos.jpg", &Raster::computed(300, 200, 6).jpeg()?)?;
    let in_the_way = volume.published("mapas").join(".catalogue.tmp");
    fs::create_dir_all(in_the_way.join("folder"))?;
    let failed = volume.ingest("mapas")?;
    assert_eq!(failed.status.code(), Some(1), "{}", failed.output);
    let words = last_words(&volume)?;
    for language in ["es", "en"] {
        let error = words["error"][language].as_str().context("an error")?;
        assert!(error.contains(".catalogue.tmp"), "{error}");
        assert!(failed.output.contains(error), "{}", failed.output);
    }
    assert_eq!(
        (&words["published"], &words["fingerprint"]),
        (&1.into(), &Value::Null)
    );
    assert!(!volume.published("mapas").join(".progress.json").exists());
    Ok(())
}
