//! What a hostile client may write into an address: it gets 400 or 404, never a file from elsewhere.

use std::sync::LazyLock;

use acervo_tests::{Collection, Documents, Folder, Raster, Server, image_services, raw};
use anyhow::{Context as _, Result};

/// A file outside of every published folder; its words must never leave.
const SECRET: &str = "the secret of the house";

struct Served {
    folder: Folder,
    server: Server,
}

static SERVED: LazyLock<Served> = LazyLock::new(|| serve().expect("the platform starts"));

fn serve() -> Result<Served> {
    let folder = Folder::new()?;
    let maps = Collection {
        name: "mapas",
        es: "Mapas",
        en: "Maps",
    };
    folder.institution("biblioteca", &[maps])?;
    folder.hand_over(
        "biblioteca",
        "mapas",
        "plano.png",
        &Raster::computed(300, 200, 40).png()?,
    )?;
    std::fs::write(folder.sources().join("biblioteca/secret.txt"), SECRET)?;
    let server = Server::start(&folder, &[])?;
    Ok(Served { folder, server })
}

/// Asks for `target` and says what is wrong with the answer. A page without final slash may redirect first.
fn wrong(target: &[u8]) -> Result<Option<String>> {
    let mut answer = raw(SERVED.server.authority(), target)?;
    if answer.status == 308 {
        let onward = answer.header("location").context("where to")?.to_owned();
        let path = onward.strip_prefix(SERVED.server.base()).unwrap_or(&onward);
        assert!(
            path.starts_with('/') && !path.starts_with("//"),
            "redirected to {onward}"
        );
        answer = raw(SERVED.server.authority(), path.as_bytes())?;
    }
    let leaked = answer.text().contains(SECRET) || answer.text().contains("root:");
    let refused = matches!(answer.status, 400 | 404 | 414 | 431);
    Ok((leaked || !refused).then(|| {
        format!(
            "{} -> {} {:.120}",
            String::from_utf8_lossy(target),
            answer.status,
            answer.text()
        )
    }))
}

fn all_refused(targets: impl IntoIterator<Item = Vec<u8>>) -> Result<()> {
    let mut bad = Vec::new();
    for target in targets {
        bad.extend(wrong(&target)?);
    }
    assert!(
        bad.is_empty(),
        "answered as if they were good:\n{}",
        bad.join("\n")
    );
    // The server is as well as before.
    let manifest = Documents::manifest("biblioteca", "mapas", "plano");
    assert_eq!(SERVED.server.get(&manifest)?.status, 200);
    Ok(())
}

/// Identifiers that try to be paths, to end a text early, or to be endless.
fn identifiers() -> Vec<String> {
    let mut all: Vec<String> = [
        "..",
        ".",
        "",
        "%2e%2e",
        "..%2f..%2f..%2fetc%2fpasswd",
        "%2e%2e%2f%2e%2e%2fsecret.txt",
        "..%2Fsecret.txt",
        "..%5c..%5csecret.txt",
        "%2Fetc%2Fpasswd",
        "../../secret.txt",
        "../../../../../../../../etc/passwd",
        "a/b",
        "mapas%2Fplano",
        "mapas/plano",
        "plano.png%00.jpg",
        "%00",
        "plano%0d%0aSet-Cookie:%20x=y",
        "%ff%fe",
        "%c0%ae%c0%ae%c0%af",
        "%",
        "%2",
        "%zz",
        "%252e%252e%252fsecret.txt",
        "catalogue",
        "items",
        "[frob]",
        "'%20OR%20'1'='1",
        "\u{200b}",
    ]
    .map(str::to_owned)
    .into();
    all.extend([
        ("a".repeat(5_000)),
        "%2e%2e%2f".repeat(700),
        "../".repeat(2_000),
    ]);
    all
}

#[test]
fn hostile_identifiers_of_images_are_refused() -> Result<()> {
    all_refused(identifiers().into_iter().flat_map(|identifier| {
        ["image/3", "image/2"].into_iter().flat_map(move |api| {
            [
                format!("/biblioteca/{api}/{identifier}/info.json").into_bytes(),
                format!("/biblioteca/{api}/{identifier}/full/max/0/default.jpg").into_bytes(),
            ]
        })
    }))
}

#[test]
fn hostile_names_of_collections_and_items_are_refused() -> Result<()> {
    all_refused(
        identifiers()
            .into_iter()
            .filter(|name| !matches!(name.as_str(), "" | "."))
            .flat_map(|name| {
                [
                    format!("/biblioteca/presentation/3/mapas/{name}/manifest.json").into_bytes(),
                    format!("/biblioteca/presentation/3/{name}/collection.json").into_bytes(),
                    format!("/{name}/presentation/3/collection.json").into_bytes(),
                ]
            }),
    )
}

#[test]
fn bytes_that_no_address_may_hold_are_refused() -> Result<()> {
    let targets: [&[u8]; 8] = [
        b"/biblioteca/image/3/\0/info.json",
        b"/biblioteca/image/3/a\0b/full/max/0/default.jpg",
        b"/biblioteca/image/3/\xff\xfe/info.json",
        b"/biblioteca/image/3/plano png/info.json",
        b"/../../etc/passwd",
        b"//etc/passwd",
        b"/biblioteca/../secret.txt",
        b"/biblioteca/secret.txt",
    ];
    all_refused(targets.map(<[u8]>::to_vec))
}

#[test]
fn an_identifier_in_another_spelling_is_the_same_image() -> Result<()> {
    let manifest = SERVED
        .server
        .get(&Documents::manifest("biblioteca", "mapas", "plano"))?
        .json()?;
    let service = image_services(&manifest)?.remove(0);
    let identifier = service
        .rsplit('/')
        .next()
        .context("a service ends in its identifier")?;
    assert!(
        identifier
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte)),
        "{identifier} holds what proxies rewrite"
    );
    let escaped: String = identifier
        .bytes()
        .map(|byte| format!("%{byte:02X}"))
        .collect();
    let answer = raw(
        SERVED.server.authority(),
        format!("/biblioteca/image/3/{escaped}/full/max/0/default.jpg").as_bytes(),
    )?;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(SERVED.folder.pyramids("biblioteca", "mapas")?.len() == 1);
    Ok(())
}
