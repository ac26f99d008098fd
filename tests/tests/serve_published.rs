//! `acervo serve` answers for one institution what ingests publish on its volume and what its table says.

use std::fs;
use std::time::Duration;

use acervo_tests::{Documents, Raster, Server, Volume, get, image_services, until};
use anyhow::{Context as _, Result};

const INSTITUTION: &str = "biblioteca";
/// Longer than the server takes to look, on a busy machine.
const NOTICED: Duration = Duration::from_secs(30);

/// A volume with one published item.
fn published() -> Result<Volume> {
    let volume = Volume::new(INSTITUTION, &["mapas"])?;
    publish(&volume, "mapas", "norte.jpg", 4)?;
    Ok(volume)
}

fn publish(volume: &Volume, collection: &str, file: &str, seed: u8) -> Result<()> {
    volume.hand_over(collection, file, &Raster::computed(700, 520, seed).jpeg()?)?;
    let ingest = volume.ingest(collection)?;
    assert!(ingest.status.success(), "{}", ingest.output);
    Ok(())
}

fn becomes(server: &Server, path: &str, status: u16) -> Result<()> {
    until(&format!("{path} to answer {status}"), NOTICED, || {
        Ok((server.get(path)?.status == status).then_some(()))
    })
}

#[test]
fn documents_tiles_and_pages_of_a_published_collection_are_answered() -> Result<()> {
    let volume = published()?;
    let server = volume.serve(&[])?;
    let documents = Documents::walk(&server, server.base(), INSTITUTION)?;
    assert_eq!(documents.0.len(), 3, "{documents:?}");
    let manifest = documents.manifests().next().context("a manifest")?;
    let service = image_services(&manifest.json)?.remove(0);
    let info = get(&format!("{service}/info.json"))?.json()?;
    assert_eq!(
        (&info["width"], &info["height"]),
        (&700.into(), &520.into())
    );
    let tile = get(&format!("{service}/0,0,512,512/512,512/0/default.jpg"))?;
    assert_eq!(tile.status, 200);
    let tile = Raster::from_jpeg(&tile.body)?;
    assert_eq!((tile.width, tile.height), (512, 512));
    for (path, word) in [
        ("/biblioteca/", "Biblioteca del Sur"),
        ("/biblioteca/mapas/", "norte"),
        ("/biblioteca/mapas/norte/", "norte"),
    ] {
        let page = server.get(path)?;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.text().contains(word), "{path}: no {word}");
    }
    assert_eq!(server.get("/")?.status, 404, "one server, one institution");
    assert_eq!(server.get("/status")?.status, 404, "the admin port's own");
    let strict = get(&format!("{service}/full/!900,900/0/default.jpg"))?;
    assert_eq!(strict.status, 200);
    Ok(())
}

#[test]
fn a_flag_of_the_platform_means_the_same() -> Result<()> {
    let volume = published()?;
    let server = volume.serve(&["--iiif-strict-size"])?;
    let manifest = server.get(&Documents::manifest(INSTITUTION, "mapas", "norte"))?;
    let service = image_services(&manifest.json()?)?.remove(0);
    let refused = get(&format!("{service}/full/!900,900/0/default.jpg"))?;
    assert_eq!(refused.status, 400);
    Ok(())
}

#[test]
fn a_new_catalogue_is_served_and_no_request_fails_meanwhile() -> Result<()> {
    let volume = Volume::new(INSTITUTION, &["mapas"])?;
    // Nothing is published: the server is ready all the same.
    let server = volume.serve(&[])?;
    let norte = Documents::manifest(INSTITUTION, "mapas", "norte");
    assert_eq!(server.get(&norte)?.status, 404);
    publish(&volume, "mapas", "norte.jpg", 4)?;
    becomes(&server, &norte, 200)?;
    for (number, item) in ["sur", "este", "oeste"].into_iter().enumerate() {
        publish(
            &volume,
            "mapas",
            &format!("{item}.jpg"),
            u8::try_from(number)?,
        )?;
        let new = Documents::manifest(INSTITUTION, "mapas", item);
        until("the new item", NOTICED, || {
            assert_eq!(server.get(&norte)?.status, 200, "while {item} is taken up");
            Ok((server.get(&new)?.status == 200).then_some(()))
        })?;
    }
    let collection = "/biblioteca/presentation/3/mapas/collection.json";
    let items = server.get(collection)?.json()?["items"].clone();
    assert_eq!(items.as_array().map(Vec::len), Some(4), "{items:#}");
    Ok(())
}

#[test]
fn a_damaged_catalogue_costs_its_collection_until_it_is_made_anew() -> Result<()> {
    let volume = Volume::new(INSTITUTION, &["mapas", "planos"])?;
    publish(&volume, "mapas", "norte.jpg", 4)?;
    publish(&volume, "planos", "casa.jpg", 9)?;
    fs::write(volume.published("planos").join("catalogue"), "no database")?;
    let server = volume.serve(&[])?;
    let house = Documents::manifest(INSTITUTION, "planos", "casa");
    let north = Documents::manifest(INSTITUTION, "mapas", "norte");
    assert_eq!(server.get(&north)?.status, 200);
    assert_eq!(server.get(&house)?.status, 500);
    assert!(
        server.log().contains("planos/catalogue"),
        "{}",
        server.log()
    );
    assert!(volume.ingest("planos")?.status.success());
    becomes(&server, &house, 200)
}

#[test]
fn a_table_that_is_swapped_in_is_served() -> Result<()> {
    let volume = Volume::new(INSTITUTION, &["mapas"])?;
    publish(&volume, "mapas", "norte.jpg", 4)?;
    publish(&volume, "planos", "casa.jpg", 9)?;
    let server = volume.serve(&[])?;
    let house = "/biblioteca/planos/casa/";
    assert_eq!(server.get(house)?.status, 410, "published, not declared");

    volume.mount(&volume.table(&["mapas", "planos"]).to_string())?;
    becomes(&server, house, 200)?;

    let mut suspended = volume.table(&["mapas", "planos"]);
    suspended["tenants"][0]["suspended"] = true.into();
    volume.mount(&suspended.to_string())?;
    becomes(&server, house, 503)?;
    assert_eq!(server.admin("/readyz")?.status, 200, "it says so itself");

    volume.mount(&volume.table(&["planos"]).to_string())?;
    becomes(&server, house, 200)?;
    assert_eq!(server.get("/biblioteca/mapas/norte/")?.status, 410);
    Ok(())
}

#[test]
fn a_table_that_cannot_be_served_changes_nothing_and_is_named_in_the_log() -> Result<()> {
    let volume = published()?;
    let server = volume.serve(&[])?;
    let mut two = volume.table(&[]);
    let mut other = two["tenants"][0].clone();
    other["name"] = "archivo".into();
    two["tenants"]
        .as_array_mut()
        .context("tenants")?
        .push(other);
    let mut version = volume.table(&[]);
    version["version"] = 4.into();
    for (table, words) in [
        ("{ half".to_owned(), "no tenant table"),
        (two.to_string(), "names 2 institutions"),
        (version.to_string(), "version 4"),
    ] {
        volume.mount(&table)?;
        until(words, NOTICED, || {
            Ok(server.log().contains(words).then_some(()))
        })?;
        assert_eq!(server.get("/biblioteca/mapas/norte/")?.status, 200);
    }
    volume.mount(&volume.table(&[]).to_string())?;
    becomes(&server, "/biblioteca/mapas/norte/", 410)
}

#[test]
fn a_start_without_a_table_that_can_be_served_fails_with_a_sentence() -> Result<()> {
    for (table, words) in [
        ("{ half", "no tenant table"),
        (r#"{"version":3,"tenants":[]}"#, "names 0 institutions"),
    ] {
        let volume = Volume::new(INSTITUTION, &["mapas"])?;
        volume.mount(table)?;
        let error = volume.serve(&[]).err().context("it started")?;
        assert!(format!("{error:#}").contains(words), "{error:#}");
    }
    Ok(())
}
