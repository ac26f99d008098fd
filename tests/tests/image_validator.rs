//! The official validator of the Image API, with all that it asks for, on its own test image.

use std::collections::BTreeSet;
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

/// What the validator asks for beyond level 2 that is not answered as it wants: files of two formats that are
/// not offered, and sizes that no server can answer all of (`^pct:200` and a `^max` of the image's own size). Its
/// check of WebP calls what only Python 2 has.
const UNANSWERED: [&str; 4] = ["format_jp2", "format_pdf", "format_webp", "size_up"];

/// Asserts that the validator runs `count` tests of `version` at `level` and that none fail but `unanswered`.
fn assert_valid(
    (version, api): (&str, &str),
    level: u8,
    count: usize,
    unanswered: &[&str],
) -> Result<()> {
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
            &format!("--level={level}"),
        ],
        b"",
    )?;
    let said = String::from_utf8_lossy(&output.stderr);
    // Shown by `make validate`, and when a check fails.
    println!("iiif-validator 1.0.5, Image API {version}, level {level}\n{said}");
    // `[7] test size_up FAIL`
    let named = |verdict: &str| -> BTreeSet<&str> {
        let lines = said.lines().filter_map(|line| line.strip_suffix(verdict));
        lines.filter_map(|line| line.split(' ').nth(2)).collect()
    };
    let (passed, failed) = (named(" PASS"), named(" FAIL"));
    assert_eq!(failed, unanswered.iter().copied().collect(), "see above");
    assert_eq!(passed.len() + failed.len(), count, "see above");
    Ok(())
}

#[test]
fn all_33_checks_of_image_api_3_level_2_pass() -> Result<()> {
    assert_valid(("3.0", "3"), 2, 33, &[])
}

#[test]
fn all_30_checks_of_image_api_2_level_2_pass() -> Result<()> {
    assert_valid(("2.0", "2"), 2, 30, &[])
}

#[test]
fn the_optional_checks_of_image_api_3_pass_but_those_named() -> Result<()> {
    assert_valid(("3.0", "3"), 3, 45, &UNANSWERED)
}

#[test]
fn the_optional_checks_of_image_api_2_pass_but_those_named() -> Result<()> {
    assert_valid(("2.0", "2"), 3, 42, &UNANSWERED)
}

/// What the validator means to ask of WebP.
#[test]
fn webp_is_webp() -> Result<()> {
    for api in ["2", "3"] {
        let path = format!(
            "/validacion/image/{api}/{}/full/max/0/default.webp",
            SERVED.identifier
        );
        let answer = SERVED.server.get(&path)?;
        assert_eq!((answer.status, &answer.body[8..12]), (200, &b"WEBP"[..]));
    }
    Ok(())
}
