//! Damage on the volume costs what is damaged and nothing else, and the log names the file.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::Duration;

use acervo_tests::{Collection, Documents, Folder, Raster, Server, image_services, until};
use anyhow::{Context as _, Result};

const INSTITUTION: &str = "biblioteca";
const COLLECTION: &str = "mapas";
const ITEMS: [&str; 5] = ["norte", "sur", "este", "oeste", "centro"];

fn serve() -> Result<(Folder, Server)> {
    let folder = Folder::new()?;
    let collections = [
        Collection {
            name: COLLECTION,
            es: "Mapas",
            en: "Maps",
        },
        Collection {
            name: "fotos",
            es: "Fotos",
            en: "Photographs",
        },
    ];
    folder.institution(INSTITUTION, &collections)?;
    for (seed, item) in (10..).step_by(20).zip(ITEMS) {
        let picture = Raster::computed(900, 700, seed).jpeg()?;
        folder.hand_over(INSTITUTION, COLLECTION, &format!("{item}.jpg"), &picture)?;
    }
    folder.hand_over(
        INSTITUTION,
        "fotos",
        "calle.jpg",
        &Raster::computed(600, 400, 5).jpeg()?,
    )?;
    let server = Server::start(&folder, &[])?;
    Ok((folder, server))
}

/// Cuts a file to its first `bytes`, in place.
fn cut(path: &Path, bytes: u64) -> Result<()> {
    Ok(OpenOptions::new().write(true).open(path)?.set_len(bytes)?)
}

/// The items of the maps whose whole image answers 500; the others must answer 200.
fn broken(services: &[(String, String)]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (item, service) in services {
        let answer = acervo_tests::get(&format!("{service}/full/max/0/default.jpg"))?;
        match answer.status {
            200 => drop(
                Raster::from_jpeg(&answer.body)
                    .with_context(|| format!("{item}: half an image"))?,
            ),
            500 => found.push(item.clone()),
            other => panic!("{item}: {other} {}", answer.text()),
        }
    }
    Ok(found)
}

fn services(server: &Server) -> Result<Vec<(String, String)>> {
    ITEMS
        .iter()
        .map(|item| {
            let manifest = server
                .get(&Documents::manifest(INSTITUTION, COLLECTION, item))?
                .json()?;
            Ok(((*item).to_owned(), image_services(&manifest)?.remove(0)))
        })
        .collect()
}

#[test]
fn a_truncated_pyramid_costs_its_own_item_and_is_named_in_the_log() -> Result<()> {
    let (folder, server) = serve()?;
    let services = services(&server)?;
    let pyramids: Vec<PathBuf> = folder.pyramids(INSTITUTION, COLLECTION)?;
    assert_eq!(pyramids.len(), ITEMS.len());
    // Nothing left; a header without its directory; half of the tiles.
    let half = File::open(&pyramids[2])?.metadata()?.len() / 2;
    for (damaged, (pyramid, left)) in pyramids.iter().zip([0, 100, half]).enumerate() {
        cut(pyramid, left)?;
        let broken = broken(&services)?;
        assert_eq!(broken.len(), damaged + 1, "{left} bytes left: {broken:?}");
        let name = pyramid
            .file_name()
            .context("a name")?
            .to_string_lossy()
            .into_owned();
        until("the log to name the file", Duration::from_secs(10), || {
            Ok(server.log().contains(&name).then_some(()))
        })?;
    }
    Ok(())
}

#[test]
fn a_truncated_catalogue_costs_its_own_collection_and_is_named_in_the_log() -> Result<()> {
    let (folder, server) = serve()?;
    let catalogue = folder.published(INSTITUTION, COLLECTION).join("catalogue");
    cut(&catalogue, 1000)?;
    let collection = format!("/{INSTITUTION}/presentation/3/{COLLECTION}/collection.json");
    until("the damage to be noticed", Duration::from_secs(30), || {
        let status = server.get(&collection)?.status;
        assert!(status == 200 || status == 500, "{status}");
        Ok((status == 500).then_some(()))
    })?;
    assert_eq!(
        server
            .get(&Documents::manifest(INSTITUTION, COLLECTION, "norte"))?
            .status,
        500
    );
    let other = server.get(&Documents::manifest(INSTITUTION, "fotos", "calle"))?;
    assert_eq!(other.status, 200);
    let image = image_services(&other.json()?)?.remove(0);
    assert_eq!(
        acervo_tests::get(&format!("{image}/full/max/0/default.jpg"))?.status,
        200
    );
    until(
        "the log to name the catalogue",
        Duration::from_secs(10),
        || {
            Ok(server
                .log()
                .contains(&format!("{COLLECTION}/catalogue"))
                .then_some(()))
        },
    )?;
    Ok(())
}
