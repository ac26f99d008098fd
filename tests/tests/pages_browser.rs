//! The public pages of the examples, read in a browser.

use std::env;
use std::path::PathBuf;
use std::sync::LazyLock;

use acervo_tests::{Documents, Folder, Kinds, Server, example_institutions, examples, read_pages};
use anyhow::{Context as _, Result};
use serde_json::{Value, json};

/// Far more colours than a background, a spinner or one flat tile have.
const COLOURS_OF_A_PICTURE: u64 = 200;

/// The pages that a reader goes through, in that order.
const WALKED: [&str; 4] = ["list", "institution", "collection", "item"];

struct Read {
    paths: [String; 4],
    kinds: Kinds,
    facts: Value,
    screenshots: PathBuf,
}

static READ: LazyLock<Read> = LazyLock::new(|| read().expect("the browser reads the pages"));

fn read() -> Result<Read> {
    let folder = Folder::of(&examples())?;
    let server = Server::start(&folder, &[])?;
    let institutions = example_institutions()?;
    let institution = institutions
        .first()
        .context("the examples hold an institution")?;
    let kinds = Kinds::find(&server, &institutions)?;
    let documents = Documents::walk(&server, server.base(), institution)?;
    let manifest = documents
        .manifests()
        .next()
        .context("the examples hold an item")?;
    // /{institution}/presentation/3/{collection}/{item}/manifest.json
    let mut parts = manifest.path.split('/').skip(4);
    let (collection, item) = (
        parts.next().context("a collection")?,
        parts.next().context("an item")?,
    );
    let paths = [
        "/".to_owned(),
        format!("/{institution}/"),
        format!("/{institution}/{collection}/"),
        format!("/{institution}/{collection}/{item}/"),
    ];
    let screenshots = env::var_os("ACERVO_SCREENSHOTS").map_or_else(
        || PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("../screenshots"),
        PathBuf::from,
    );
    let [list, institution_page, collection_page, item_page] = &paths;
    let facts = read_pages(&json!({
        "base": server.base(),
        "screenshots": screenshots,
        "paths": {
            "list": list,
            "institution": institution_page,
            "collection": collection_page,
            "item": item_page,
        },
        "kinds": kinds.0.iter().filter(|(name, _)| !WALKED.contains(name)).collect::<Vec<_>>(),
        "several": kinds.get("item-several").and_then(|url| url.strip_prefix(server.base())),
    }))?;
    Ok(Read {
        paths,
        kinds,
        facts,
        screenshots,
    })
}

/// Every kind of page that was looked at.
fn looked_at() -> Vec<&'static str> {
    let kinds = READ.kinds.0.iter().map(|(name, _)| *name);
    let further = kinds.filter(|name| !WALKED.contains(name));
    WALKED.into_iter().chain(further).collect()
}

fn list(name: &str) -> &'static [Value] {
    READ.facts[name].as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn a_reader_gets_from_the_list_to_an_item_by_links() {
    let urls: Vec<_> = list("walk")
        .iter()
        .filter_map(|page| page["url"].as_str())
        .collect();
    assert_eq!(urls.len(), READ.paths.len());
    for (url, path) in urls.iter().zip(&READ.paths) {
        assert!(url.ends_with(path.as_str()), "{url} is not {path}");
    }
    for page in list("walk") {
        assert!(
            page["title"]
                .as_str()
                .is_some_and(|title| !title.is_empty()),
            "{page}"
        );
    }
}

#[test]
fn pages_are_in_spanish_unless_english_is_asked_for() {
    for page in list("walk") {
        assert_eq!(page["language"], "es", "{page}");
    }
    assert_eq!(
        READ.facts["english"]["language"], "en",
        "{}",
        READ.facts["english"]
    );
}

#[test]
fn the_viewer_draws_tiles_of_the_image() {
    let viewer = &READ.facts["viewer"];
    assert_eq!(viewer["state"], "ready");
    assert!(
        viewer["drawn"].as_u64().is_some_and(|drawn| drawn > 0),
        "{viewer:#}"
    );
    let colours = viewer["colours"].as_u64().unwrap_or(0);
    assert!(
        colours > COLOURS_OF_A_PICTURE,
        "the canvas shows {colours} colours"
    );
    let tiles = viewer["tiles"].as_array().map_or(&[][..], Vec::as_slice);
    assert!(!tiles.is_empty(), "no tile was asked for");
    assert!(tiles.iter().all(|tile| tile[0] == 200), "{tiles:#?}");
}

#[test]
fn the_item_shows_its_image_without_javascript() {
    let images = READ.facts["plain"]["images"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    assert!(
        images.iter().any(|image| image["naturalWidth"]
            .as_u64()
            .is_some_and(|width| width > 0)),
        "{images:#?}"
    );
    assert!(
        READ.facts["plain"]["links"]
            .as_u64()
            .is_some_and(|links| links > 0)
    );
}

#[test]
fn nothing_is_asked_of_another_host() {
    assert_eq!(list("strangers"), &[] as &[Value]);
}

#[test]
fn the_browser_has_nothing_to_complain_of() {
    assert_eq!(list("complaints"), &[] as &[Value]);
}

#[test]
fn no_page_is_wider_than_its_window() {
    let reflow = list("reflow");
    assert_eq!(reflow.len(), looked_at().len() * 6);
    for page in reflow {
        assert!(
            page["wider"].as_i64().is_some_and(|pixels| pixels <= 0),
            "{page}"
        );
    }
}

#[test]
fn there_is_every_kind_of_page_to_look_at() {
    assert_eq!(READ.kinds.missing(), &[] as &[&str]);
    if READ.kinds.get(Kinds::REPORT).is_none() {
        println!("not looked at: the page for staff, which the admin port does not have");
    }
}

#[test]
fn axe_finds_no_obstacle_on_any_page() {
    assert_eq!(list("violations"), &[] as &[Value]);
}

#[test]
fn an_image_is_opened_moved_and_turned_by_keys_alone() {
    let keys = &READ.facts["keyboard"];
    for (fact, what) in [
        ("reached", "Tab gets to the button that opens the image"),
        ("zooms", "+ zooms"),
        (
            "leavesCanvas",
            "Tab gets from the image to the next one's link",
        ),
    ] {
        assert_eq!(keys[fact], true, "{what}: {keys:#}");
    }
    assert_eq!(keys["opened"], "ready", "Enter opens it: {keys:#}");
    for arrow in ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"] {
        assert_eq!(keys["pans"][arrow], true, "{arrow} moves it: {keys:#}");
    }
    let turned = &keys["turned"];
    assert!(
        turned["to"].is_string() && turned["from"] != turned["to"],
        "{keys:#}"
    );
    assert_eq!(
        keys["afterTurning"]["body"], false,
        "the focus is lost: {keys:#}"
    );
}

#[test]
fn what_has_the_focus_is_seen() {
    let keys = &READ.facts["keyboard"];
    let stops = keys["stops"].as_array().map_or(&[][..], Vec::as_slice);
    assert!(!stops.is_empty());
    let others = [&keys["onCanvas"], &keys["afterTurning"]];
    for stop in stops.iter().chain(others) {
        assert_eq!(stop["outline"], true, "{stop:#}");
    }
}

#[test]
fn what_changes_in_the_viewer_is_announced() {
    let keys = &READ.facts["keyboard"];
    for (fact, what) in [
        ("saysImage", "that the image is open"),
        ("saysZoom", "how far it is zoomed"),
        (
            "saysPage",
            "which image of the item is shown, once it is turned",
        ),
    ] {
        assert_eq!(keys[fact], true, "{what}: {:#}", keys["announcements"]);
    }
}

#[test]
fn every_page_is_pictured_at_every_width_by_day_and_by_night() -> Result<()> {
    for page in looked_at() {
        for width in [360, 768, 1440] {
            for theme in ["light", "dark"] {
                let path = READ.screenshots.join(format!("{page}-{width}-{theme}.png"));
                let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
                assert!(bytes.starts_with(b"\x89PNG"), "{}", path.display());
            }
        }
    }
    println!("screenshots: {}", READ.screenshots.display());
    Ok(())
}
