//! A collection whose files lie in a bucket of an S3 service is published as one whose files lie in a folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use acervo_tests::{
    Documents, Folder, Raster, S3, Server, Volume, copy_folder, examples, multi_page_tiff, run,
    run_any, until, until_every,
};
use anyhow::{Context as _, Result};
use serde_json::{Value, json};

const INSTITUTION: &str = "archivo";
const COLLECTION: &str = "planos";
const PREFIX: &str = "entregas/planos/";
/// Longer than an ingest of these tests takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

fn volume() -> Result<Volume> {
    Volume::new(INSTITUTION, &[COLLECTION])
}

/// The museum's books with their sheet and texts, an image of its own, and one of several pages.
fn fill(folder: &Path) -> Result<()> {
    copy_folder(&examples().join("museo-costa/libros"), folder)?;
    fs::write(
        folder.join("Sin fila ñ.jpg"),
        Raster::computed(300, 200, 8).jpeg()?,
    )?;
    fs::write(folder.join("roto.png"), b"no image")?;
    let pages: Vec<Raster> = (0..3).map(|n| Raster::computed(200 + n, 150, 7)).collect();
    Ok(fs::write(
        folder.join("acta.tif"),
        multi_page_tiff(&pages)?,
    )?)
}

/// Every document of the collection, without the server's own address.
fn documents(server: &Server) -> Result<BTreeMap<String, String>> {
    let found = Documents::walk(server, server.base(), INSTITUTION)?;
    let text = |json: &Value| json.to_string().replace(server.base(), "");
    let mut all: BTreeMap<String, String> = found
        .0
        .iter()
        .map(|document| (document.path.clone(), text(&document.json)))
        .collect();
    for manifest in found.manifests() {
        for canvas in manifest.json["items"].as_array().context("items")? {
            if let Some(id) = canvas["annotations"][0]["id"].as_str() {
                all.insert(
                    id.replace(server.base(), ""),
                    text(&acervo_tests::get(id)?.json()?),
                );
            }
        }
    }
    Ok(all)
}

fn report(volume: &Volume) -> Result<Value> {
    let path = volume.published(COLLECTION).join("refused/report.json");
    let mut report: Value = serde_json::from_slice(&fs::read(path)?)?;
    for field in ["fingerprint", "finished"] {
        report[field] = Value::Null;
    }
    Ok(report)
}

fn ingest(s3: &S3, volume: &Volume) -> Result<()> {
    run(&mut s3.ingest(volume, COLLECTION, PREFIX)?, b"")?;
    Ok(())
}

/// How many pyramids there are.
fn pyramids(volume: &Volume) -> usize {
    let entries = fs::read_dir(volume.published(COLLECTION).join("items"));
    let entries = entries.into_iter().flatten().filter_map(Result::ok);
    entries
        .filter(|entry| entry.path().extension().is_some_and(|e| e == "tif"))
        .count()
}

/// What was fetched since the first `already` fetches, each once.
fn newly_fetched(s3: &S3, already: usize) -> Result<Vec<String>> {
    let mut keys = s3.fetched()?.split_off(already);
    keys.sort();
    keys.dedup();
    let below = |key: String| key.strip_prefix(PREFIX).map(str::to_owned).unwrap_or(key);
    Ok(keys.into_iter().map(below).collect())
}

#[test]
fn a_bucket_gives_the_documents_and_the_report_of_a_folder_with_the_same_files() -> Result<()> {
    let s3 = S3::start()?;
    let (of_folder, of_bucket) = (volume()?, volume()?);
    let source = of_folder.incoming(COLLECTION);
    fs::create_dir_all(&source)?;
    fill(&source)?;
    s3.put_folder(PREFIX, &source)?;
    s3.put("entregas/otra.jpg", b"not below the prefix")?;
    let ingested = of_folder.ingest(COLLECTION)?;
    assert!(ingested.status.success(), "{}", ingested.output);
    ingest(&s3, &of_bucket)?;
    let (expected, found) = (
        documents(&of_folder.serve(&[])?)?,
        documents(&of_bucket.serve(&[])?)?,
    );
    assert!(expected.len() > 15, "{:?}", expected.keys());
    assert_eq!(
        found.keys().collect::<Vec<_>>(),
        expected.keys().collect::<Vec<_>>()
    );
    for (path, document) in &found {
        assert_eq!(document, &expected[path], "{path}");
    }
    assert_eq!(report(&of_bucket)?, report(&of_folder)?);
    Ok(())
}

#[test]
fn only_what_changed_is_fetched_again() -> Result<()> {
    let (s3, volume) = (S3::start()?, volume()?);
    let folder = tempfile::tempdir()?;
    fill(folder.path())?;
    s3.put_folder(PREFIX, folder.path())?;
    ingest(&s3, &volume)?;
    let all = newly_fetched(&s3, 0)?;
    assert!(all.len() > 25, "{all:?}");

    let already = s3.fetched()?.len();
    ingest(&s3, &volume)?;
    let nothing: [&str; 0] = [];
    let kept = |keys: Vec<String>| -> Vec<String> {
        // The sheet says what all files mean, and is read every time; what is refused may be mended.
        let is_read_always = |key: &String| key == "metadata.xlsx" || key == "roto.png";
        keys.into_iter()
            .filter(|key| !is_read_always(key))
            .collect()
    };
    assert_eq!(
        kept(newly_fetched(&s3, already)?),
        nothing,
        "nothing changed"
    );

    let already = s3.fetched()?.len();
    s3.put(
        &format!("{PREFIX}Sin fila ñ.jpg"),
        &Raster::computed(310, 200, 80).jpeg()?,
    )?;
    let text = fs::read(folder.path().join("almanaque-1912/002.txt"))?;
    s3.put(
        &format!("{PREFIX}almanaque-1912/002.txt"),
        &[text, b"\nUna nota al pie.\n".to_vec()].concat(),
    )?;
    ingest(&s3, &volume)?;
    assert_eq!(
        kept(newly_fetched(&s3, already)?),
        ["Sin fila ñ.jpg", "almanaque-1912/002.txt"]
    );
    let server = volume.serve(&[])?;
    let manifest = server.get(&Documents::manifest(INSTITUTION, COLLECTION, "Sin fila ñ"))?;
    assert_eq!(manifest.json()?["items"][0]["width"], 310);
    assert!(
        server
            .get(&format!("/{INSTITUTION}/search?q=nota+pie"))?
            .text()
            .contains("<mark>nota")
    );
    Ok(())
}

#[test]
fn a_killed_ingest_of_a_bucket_is_completed_without_fetching_what_was_converted() -> Result<()> {
    const IMAGES: usize = 16;
    let (s3, volume, undisturbed) = (S3::start()?, volume()?, volume()?);
    for number in 0..IMAGES {
        let picture = Raster::computed(1300, 1000, u8::try_from(number)?).jpeg()?;
        s3.put(&format!("{PREFIX}plano {number}.jpg"), &picture)?;
    }
    ingest(&s3, &undisturbed)?;
    let mut command = s3.ingest(&volume, COLLECTION, PREFIX)?;
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    until_every(Duration::from_millis(1), "four pyramids", PATIENCE, || {
        Ok((pyramids(&volume) >= 4).then_some(()))
    })?;
    child.kill()?;
    child.wait()?;
    let converted = pyramids(&volume);
    assert!(
        converted < IMAGES,
        "the ingest had ended before it was killed"
    );
    let already = s3.fetched()?.len();
    ingest(&s3, &volume)?;
    let fetched = newly_fetched(&s3, already)?;
    assert!(
        fetched.len() <= IMAGES - converted,
        "{converted} of {IMAGES} were converted, and {} fetched: {fetched:?}",
        fetched.len()
    );
    assert_eq!(
        documents(&volume.serve(&[])?)?,
        documents(&undisturbed.serve(&[])?)?
    );
    Ok(())
}

#[test]
fn pages_of_one_file_are_all_published_after_an_ingest_that_ended_between_them() -> Result<()> {
    let (s3, volume, undisturbed) = (S3::start()?, volume()?, volume()?);
    let pages: Vec<Raster> = (0..4).map(|n| Raster::computed(200 + n, 150, 7)).collect();
    s3.put(&format!("{PREFIX}acta.tif"), &multi_page_tiff(&pages)?)?;
    ingest(&s3, &undisturbed)?;
    ingest(&s3, &volume)?;
    // What an ingest leaves that was killed after the first page: its pyramid, and no catalogue.
    let expected = documents(&undisturbed.serve(&[])?)?;
    let first = expected.values().find_map(|text| {
        let document: Value = serde_json::from_str(text).ok()?;
        let id = document["items"][0]["id"]
            .as_str()
            .filter(|id| id.contains("/canvas/"))?;
        id.rsplit('/').next().map(str::to_owned)
    });
    let first = first.context("a first page")?;
    let published = volume.published(COLLECTION);
    for entry in fs::read_dir(published.join("items"))? {
        let entry = entry?;
        if !entry.file_name().to_string_lossy().starts_with(&first) {
            fs::remove_file(entry.path())?;
        }
    }
    assert_eq!(pyramids(&volume), 1);
    fs::remove_file(published.join("catalogue"))?;
    ingest(&s3, &volume)?;
    assert_eq!(documents(&volume.serve(&[])?)?, expected);
    Ok(())
}

/// Runs an ingest that must fail, and gives what it said and left for the operator.
fn failing(volume: &Volume, command: &mut Command) -> Result<String> {
    let output = run_any(command, b"")?;
    assert!(!output.status.success(), "it published");
    let left = fs::read_to_string(volume.termination_message())?;
    let left: Value = serde_json::from_str(&left)?;
    assert!(
        ["es", "en"].iter().all(|language| {
            let error = left["error"][language].as_str();
            error.is_some_and(|error| error.len() > 10)
        }),
        "{left}"
    );
    Ok(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

/// A bucket and what was published of it before something went wrong.
fn published() -> Result<(S3, Volume)> {
    let (s3, volume) = (S3::start()?, volume()?);
    s3.put(
        &format!("{PREFIX}uno.jpg"),
        &Raster::computed(90, 60, 1).jpeg()?,
    )?;
    ingest(&s3, &volume)?;
    s3.put(
        &format!("{PREFIX}dos.jpg"),
        &Raster::computed(80, 60, 1).jpeg()?,
    )?;
    Ok((s3, volume))
}

fn serves_what_it_did(volume: &Volume) -> Result<()> {
    let server = volume.serve(&[])?;
    for (item, status) in [("uno", 200), ("dos", 404)] {
        let manifest = Documents::manifest(INSTITUTION, COLLECTION, item);
        assert_eq!(server.get(&manifest)?.status, status, "{item}");
    }
    Ok(())
}

#[test]
fn wrong_keys_and_buckets_are_told_in_both_languages_and_the_last_state_serves() -> Result<()> {
    let (s3, volume) = published()?;
    let command = || s3.ingest(&volume, COLLECTION, PREFIX);
    let with = |name: &str, value: &str| -> Result<Command> {
        let mut command = command()?;
        command.env(name, value);
        Ok(command)
    };
    let mut keyless = command()?;
    keyless
        .env_remove("AWS_ACCESS_KEY_ID")
        .env_remove("AWS_SECRET_ACCESS_KEY");
    let mut elsewhere = acervo_tests::acervo(&["ingest", "--collection", COLLECTION])?;
    elsewhere
        .args([
            "--s3-bucket",
            "no-such-bucket",
            "--s3-endpoint",
            &s3.endpoint(),
        ])
        .args(["--s3-allow-inside", "127.0.0.1", "--published"])
        .arg(volume.published(COLLECTION))
        .arg("--termination-message")
        .arg(volume.termination_message())
        .env("AWS_ACCESS_KEY_ID", s3.keys().0)
        .env("AWS_SECRET_ACCESS_KEY", s3.keys().1);
    for (mut command, es, en) in [
        (
            with("AWS_SECRET_ACCESS_KEY", "wrong")?,
            "no corresponde a",
            "does not belong to",
        ),
        (
            with("AWS_ACCESS_KEY_ID", "unknown")?,
            "no conoce",
            "does not know",
        ),
        (
            keyless,
            "el bucket no es público",
            "the bucket is not public",
        ),
        (elsewhere, "no existe ningún bucket", "there is no bucket"),
    ] {
        let said = failing(&volume, &mut command)?.to_lowercase();
        assert!(said.contains(es), "no \"{es}\" in: {said}");
        assert!(said.contains(en), "no \"{en}\" in: {said}");
        assert!(!said.contains(s3.keys().1), "the secret is told: {said}");
        serves_what_it_did(&volume)?;
    }
    Ok(())
}

#[test]
fn an_endpoint_on_this_machine_is_refused_unless_it_is_allowed() -> Result<()> {
    let (s3, volume) = published()?;
    let port = s3
        .endpoint()
        .rsplit(':')
        .next()
        .unwrap_or_default()
        .to_owned();
    for host in [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "2130706433",
        "127.1",
    ] {
        let mut command = acervo_tests::acervo(&["ingest", "--collection", COLLECTION])?;
        command
            .args(["--s3-bucket", s3.bucket(), "--s3-prefix", PREFIX])
            .args(["--s3-endpoint", &format!("http://{host}:{port}")])
            .arg("--published")
            .arg(volume.published(COLLECTION))
            .arg("--termination-message")
            .arg(volume.termination_message())
            .env("AWS_ACCESS_KEY_ID", s3.keys().0)
            .env("AWS_SECRET_ACCESS_KEY", s3.keys().1);
        let already = s3.fetched()?.len();
        let said = failing(&volume, &mut command)?.to_lowercase();
        assert!(
            said.contains("permit") || said.contains("autoriz"),
            "{host}: {said}"
        );
        assert!(said.contains("allow"), "{host}: {said}");
        assert_eq!(s3.fetched()?.len(), already, "{host} was asked");
        serves_what_it_did(&volume)?;
    }
    ingest(&s3, &volume)?;
    let server = volume.serve(&[])?;
    let manifest = Documents::manifest(INSTITUTION, COLLECTION, "dos");
    assert_eq!(server.get(&manifest)?.status, 200, "allowed");
    Ok(())
}

#[test]
fn a_platform_reads_a_bucket_with_the_keys_in_its_folder_of_secrets() -> Result<()> {
    let s3 = S3::start()?;
    let folder = Folder::new()?;
    s3.put(
        &format!("{PREFIX}uno.jpg"),
        &Raster::computed(90, 60, 1).jpeg()?,
    )?;
    let source = |secret: &str| {
        json!({ "s3": {
            "bucket": s3.bucket(),
            "endpoint": s3.endpoint(),
            "prefix": PREFIX,
            "credentialsSecret": secret,
        }})
    };
    folder.resource(
        INSTITUTION,
        json!({ "collections": [
            { "name": COLLECTION, "source": source("llaves") },
            { "name": "otra", "source": source("no-hay") },
        ]}),
    )?;
    let secrets = folder.sources().join(INSTITUTION).join(".secrets/llaves");
    fs::create_dir_all(&secrets)?;
    fs::write(secrets.join("accessKeyId"), s3.keys().0)?;
    // As an editor leaves it.
    fs::write(
        secrets.join("secretAccessKey"),
        format!("{}\n", s3.keys().1),
    )?;
    let server = Server::start(&folder, &[])?;
    let manifest = Documents::manifest(INSTITUTION, COLLECTION, "uno");
    assert_eq!(server.get(&manifest)?.status, 200, "{}", server.log());
    let other = Documents::manifest(INSTITUTION, "otra", "uno");
    assert_eq!(server.get(&other)?.status, 404);
    until("the missing keys to be told", PATIENCE, || {
        Ok(server.log().contains("no-hay").then_some(()))
    })?;
    for secret in [
        "/.secrets/llaves/accessKeyId",
        "/archivo/.secrets/llaves/secretAccessKey",
    ] {
        assert_eq!(server.get(secret)?.status, 404, "{secret} is served");
    }
    assert!(
        !server.log().contains(s3.keys().1),
        "the log tells the secret"
    );
    Ok(())
}
