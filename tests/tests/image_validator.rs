//! The official validator of the Image API, at level 2, on its own test image.

use std::sync::LazyLock;

use acervo_tests::{
    Collection, Documents, Environment, Folder, Raster, Server, image_services, python,
};
use anyhow::{Context as _, Result, ensure};

/// Prints the colour table of the squares that the validator looks for.
const COLOURS: &str = "import json; from iiif_validator.validator import ValidationInfo; \
                       print(json.dumps(ValidationInfo().colorInfo))";

struct Served {
    _folder: Folder,
    server: Server,
    identifier: String,
}

static SERVED: LazyLock<Served> = LazyLock::new(|| serve().expect("the platform starts"));

fn serve() -> Result<Served> {
    let printed = python(Environment::Validator, &["-c", COLOURS], b"")?;
    ensure!(
        printed.status.success(),
        "{}",
        String::from_utf8_lossy(&printed.stderr)
    );
    // The package itself prints a line when it is imported.
    let line = printed
        .stdout
        .trim_ascii()
        .rsplit(|byte| *byte == b'\n')
        .next();
    let colours: Vec<Vec<[u8; 3]>> = serde_json::from_slice(line.context("a colour table")?)?;
    let folder = Folder::new()?;
    let images = Collection {
        name: "imagenes",
        es: "Imágenes",
        en: "Images",
    };
    folder.institution("validacion", &[images])?;
    folder.hand_over(
        "validacion",
        "imagenes",
        "squares.png",
        &Raster::squares(&colours).png()?,
    )?;
    let server = Server::start(&folder, &["--iiif-strict-size"])?;
    let manifest = server
        .get(&Documents::manifest("validacion", "imagenes", "squares"))?
        .json()?;
    let service = image_services(&manifest)?.remove(0);
    let prefix = server.url("/validacion/image/3/");
    let identifier = service
        .strip_prefix(&prefix)
        .with_context(|| service.clone())?
        .to_owned();
    Ok(Served {
        _folder: folder,
        server,
        identifier,
    })
}

/// Asserts that the validator runs `count` tests of `version` and that all of them pass.
fn assert_valid(version: &str, api: &str, count: u32) -> Result<()> {
    let output = python(
        Environment::Validator,
        &[
            "bin/iiif-validate.py",
            "--server",
            SERVED.server.authority(),
            "--prefix",
            &format!("validacion/image/{api}"),
            "--identifier",
            &SERVED.identifier,
            &format!("--version={version}"),
            "--level=2",
        ],
        b"",
    )?;
    let said = String::from_utf8_lossy(&output.stderr);
    // Shown by `make validate`, and when a check fails.
    println!("iiif-validator 1.0.5, Image API {version}, level 2\n{said}");
    let expected = format!("Done ({count} tests, 0 failures)");
    assert!(said.contains(&expected), "not \"{expected}\", see above");
    assert!(output.status.success(), "{}", output.status);
    Ok(())
}

#[test]
fn all_33_checks_of_image_api_3_level_2_pass() -> Result<()> {
    assert_valid("3.0", "3", 33)
}

#[test]
fn all_30_checks_of_image_api_2_level_2_pass() -> Result<()> {
    assert_valid("2.0", "2", 30)
}
