//! Documents of the examples, opened in Mirador and in Universal Viewer.

use std::env;
use std::path::PathBuf;
use std::sync::LazyLock;

use acervo_tests::{
    Document, Documents, Folder, Server, example_institutions, examples, show_in_viewers,
};
use anyhow::{Context as _, Result};
use serde_json::{Value, json};

/// Far more colours than a background, a spinner or one flat tile have.
const COLOURS_OF_A_PICTURE: u64 = 200;

static SHOWN: LazyLock<Value> = LazyLock::new(|| shown().expect("the viewers open documents"));

fn shown() -> Result<Value> {
    let folder = Folder::of(&examples())?;
    let server = Server::start(&folder, &[])?;
    let mut all = Vec::new();
    for institution in example_institutions()? {
        all.extend(Documents::walk(&server, server.base(), &institution)?.0);
    }
    let all = Documents(all);
    let address = |path: &str| server.url(path);
    let (collection, member) = holding(&all).context("a collection that holds an item")?;
    show_in_viewers(&json!({
        "base": server.base(),
        "screenshots": screenshots(),
        "manifests": telling(&all)
            .into_iter()
            .flat_map(|manifest| [address(&manifest.path), address(&manifest.path_2())])
            .collect::<Vec<_>>(),
        "collection": {
            "url": address(&collection.path),
            "label": collection.label_in_english()?,
            "member": member.label_in_english()?,
        },
    }))
}

/// A collection, and the first of the items in it.
fn holding(all: &Documents) -> Option<(&Document, &Document)> {
    all.collections().find_map(|collection| {
        let first = &collection.json["items"][0]["id"];
        let member = all.manifests().find(|one| one.json["id"] == *first)?;
        Some((collection, member))
    })
}

/// The manifests that say most: the one with most pages, one with parts, one with text.
fn telling(all: &Documents) -> Vec<&Document> {
    let pages = |one: &&Document| one.json["items"].as_array().map_or(0, Vec::len);
    let annotated = |one: &&Document| {
        let pages = one.json["items"].as_array();
        pages.is_some_and(|pages| pages.iter().any(|page| page.get("annotations").is_some()))
    };
    let mut chosen: Vec<&Document> = [
        all.manifests().max_by_key(pages),
        all.manifests()
            .find(|one| one.json.get("structures").is_some()),
        all.manifests().find(annotated),
    ]
    .into_iter()
    .flatten()
    .collect();
    chosen.sort_by(|a, b| a.path.cmp(&b.path));
    chosen.dedup_by(|a, b| a.path == b.path);
    chosen
}

fn screenshots() -> PathBuf {
    env::var_os("ACERVO_SCREENSHOTS").map_or_else(
        || PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("../screenshots"),
        PathBuf::from,
    )
}

fn opened() -> &'static [Value] {
    SHOWN["opened"].as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn mirador_and_universal_viewer_draw_items_from_documents_of_both_versions() {
    for viewer in ["mirador", "universalviewer"] {
        for version in ["/presentation/3/", "/presentation/2/"] {
            let shown = opened().iter().filter(|one| {
                one["viewer"] == viewer
                    && one["manifest"]
                        .as_str()
                        .is_some_and(|url| url.contains(version))
            });
            assert!(
                shown.clone().count() > 0,
                "{viewer} opened nothing of {version}"
            );
            for one in shown {
                let colours = one["colours"].as_u64().unwrap_or(0);
                assert!(colours > COLOURS_OF_A_PICTURE, "{one:#}");
                assert!(one["images"].as_u64() > Some(0), "{one:#}");
                assert_eq!(one["refused"], json!([]), "{one:#}");
            }
        }
    }
}

#[test]
fn mirador_lists_a_collection_and_opens_an_item_from_it() {
    let catalogue = &SHOWN["catalogue"];
    assert_eq!(catalogue["label"], true, "{catalogue}");
    assert_eq!(catalogue["member"], true, "{catalogue}");
    assert!(
        catalogue["colours"].as_u64() > Some(COLOURS_OF_A_PICTURE),
        "{catalogue}"
    );
}

#[test]
fn the_viewers_ask_nobody_else_and_complain_of_nothing() {
    assert_eq!(SHOWN["strangers"], json!([]));
    assert_eq!(SHOWN["complaints"], json!([]));
}
