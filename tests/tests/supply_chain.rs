//! What is shipped is known, and made again it is the same.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use acervo_tests::{repository, run};
use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// What is in an image, as the script tells it.
fn bill(package: &str) -> Result<String> {
    let script = repository().join("tests/images/sbom");
    let output = run(Command::new(script).arg(package), b"")?;
    Ok(String::from_utf8(output.stdout)?)
}

/// The crates that cargo links into a binary, as NAME@VERSION.
fn linked(package: &str) -> Result<BTreeSet<String>> {
    let mut tree = Command::new("cargo");
    tree.current_dir(repository())
        .args(["tree", "--locked", "--offline", "--package", package])
        .args([
            "--edges",
            "normal,no-proc-macro",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ]);
    let text = String::from_utf8(run(&mut tree, b"")?.stdout)?;
    let crates = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        Some(format!(
            "{}@{}",
            words.next()?,
            words.next()?.strip_prefix('v')?
        ))
    });
    Ok(crates.collect())
}

#[test]
fn the_images_come_with_a_list_of_all_that_is_in_them() -> Result<()> {
    for package in ["acervo", "acervo-operator"] {
        let text = bill(package)?;
        ensure!(
            text == bill(package)?,
            "the same source gives the same list"
        );
        let bill: Value = serde_json::from_str(&text)?;
        assert_eq!(bill["bomFormat"], "CycloneDX");
        assert_eq!(bill["specVersion"], "1.6");
        let components = bill["components"].as_array().context("components")?;
        let mut named: BTreeSet<String> = BTreeSet::new();
        for one in components.iter().chain([&bill["metadata"]["component"]]) {
            let text = |field: &str| {
                one[field]
                    .as_str()
                    .with_context(|| format!("{field} of {one}"))
            };
            ensure!(
                one["licenses"][0]["expression"].is_string(),
                "{one} has a licence"
            );
            let is_ours = text("version")? == env!("CARGO_PKG_VERSION");
            ensure!(
                is_ours || one["hashes"][0]["content"].is_string(),
                "{one} has a checksum"
            );
            ensure!(text("purl")?.ends_with(&format!("{}@{}", text("name")?, text("version")?)));
            named.insert(format!("{}@{}", text("name")?, text("version")?));
        }
        let missing: Vec<_> = linked(package)?.difference(&named).cloned().collect();
        ensure!(
            missing.is_empty(),
            "{package} links what its list does not name: {missing:?}"
        );
        let viewers = named
            .iter()
            .filter(|name| name.starts_with("openseadragon@"))
            .count();
        assert_eq!(
            viewers,
            usize::from(package == "acervo"),
            "the viewer is in the image server alone"
        );
    }
    Ok(())
}

/// The digest of an image in an archive.
fn digest(archive: &Path) -> Result<String> {
    let mut tar = Command::new("tar");
    tar.arg("xOf").arg(archive).arg("index.json");
    let index: Value = serde_json::from_slice(&run(&mut tar, b"")?.stdout)?;
    let digest = index["manifests"][0]["digest"].as_str();
    Ok(digest.context("a digest")?.to_owned())
}

#[test]
fn the_same_binaries_make_the_same_images() -> Result<()> {
    let folder = tempfile::tempdir()?;
    // Any static program will do: what is in an image is a file to the one who packs it.
    let binaries = folder.path().join("binaries");
    fs::create_dir(&binaries)?;
    for name in ["acervo", "acervo-operator"] {
        fs::copy("/bin/busybox", binaries.join(name)).context("busybox-static is installed")?;
    }
    let mut digests = Vec::new();
    for number in ["one", "two"] {
        let images = folder.path().join(number);
        let mut build = Command::new(repository().join("tests/images/build"));
        build.arg(&images).env("ACERVO_IMAGE_BINARIES", &binaries);
        run(&mut build, b"")?;
        let of = |name: &str| digest(&images.join(name));
        digests.push([of("acervo.tar")?, of("acervo-operator.tar")?]);
        // As another machine at another time would have them.
        let mut touch = Command::new("touch");
        touch
            .args(["--date", "2020-02-02"])
            .arg(binaries.join("acervo"))
            .arg(binaries.join("acervo-operator"));
        run(&mut touch, b"")?;
    }
    assert_eq!(digests[0], digests[1]);
    assert_ne!(
        digests[0][0], digests[0][1],
        "the labels tell the two apart"
    );
    Ok(())
}
