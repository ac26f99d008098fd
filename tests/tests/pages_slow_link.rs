//! What a reader on a telephone downloads before the first image is seen, and before deep zoom works: bytes as
//! sent at 256 kbit/s with 200 ms of latency. Times depend on the machine and are a benchmark's to tell.

use acervo_tests::{Folder, Kinds, Server, example_institutions, examples, slow_link};
use anyhow::{Context as _, Result};
use serde_json::json;

/// Until the still image is painted whole.
const IMAGE: u64 = 60 << 10;
/// Until deep zoom has drawn, without the tiles, which depend on the image.
const ZOOM: u64 = 150 << 10;

/// An item of one image, and one of several, whose page shows small ones of its neighbours too.
fn measured(kind: &str) -> Result<()> {
    let folder = Folder::of(&examples())?;
    let server = Server::start(&folder, &[])?;
    let kinds = Kinds::find(&server, &example_institutions()?)?;
    let page = kinds.get(kind).with_context(|| format!("an {kind}"))?;
    let came = slow_link(&json!({ "page": page }))?;
    println!(
        "{page}: {:#}",
        json!({ "image": came["image"], "zoom": came["zoom"] })
    );
    let image = came["image"]["bytes"]
        .as_u64()
        .context("bytes of the image")?;
    let zoom = came["zoom"]["bytes"]
        .as_u64()
        .context("bytes of deep zoom")?;
    assert!(image <= IMAGE, "{image} of {IMAGE} bytes: {came:#}");
    assert!(zoom <= ZOOM, "{zoom} of {ZOOM} bytes: {came:#}");
    Ok(())
}

#[test]
fn the_first_image_and_deep_zoom_of_an_item_cost_little() -> Result<()> {
    measured("item")
}

#[test]
fn small_images_of_neighbours_wait_for_the_first() -> Result<()> {
    measured("item-several")
}
