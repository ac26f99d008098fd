//! While the platform runs, what the provider changes in the YAML files is served.

use std::fs;
use std::time::Duration;

use acervo_tests::{Collection, Documents, Folder, Raster, Server, until};
use anyhow::Result;

/// Longer than the platform takes to look, on a busy machine.
const NOTICED: Duration = Duration::from_secs(60);
const MAPS: Collection = Collection {
    name: "mapas",
    es: "Mapas",
    en: "Maps",
};
const LETTERS: Collection = Collection {
    name: "cartas",
    es: "Cartas",
    en: "Letters",
};

fn serve() -> Result<(Folder, Server)> {
    let folder = Folder::new()?;
    folder.institution("biblioteca", &[MAPS, LETTERS])?;
    for collection in ["mapas", "cartas"] {
        let picture = Raster::computed(90, 60, 3).jpeg()?;
        folder.hand_over("biblioteca", collection, "uno.jpg", &picture)?;
    }
    let server = Server::start(&folder, &[])?;
    Ok((folder, server))
}

fn becomes(server: &Server, path: &str, status: u16) -> Result<()> {
    until(&format!("{path} to answer {status}"), NOTICED, || {
        Ok((server.get(path)?.status == status).then_some(()))
    })
}

#[test]
fn a_withdrawn_collection_answers_410_and_comes_back() -> Result<()> {
    let (folder, server) = serve()?;
    let manifest = Documents::manifest("biblioteca", "cartas", "uno");
    assert_eq!(server.get(&manifest)?.status, 200);
    folder.institution("biblioteca", &[MAPS])?;
    becomes(&server, &manifest, 410)?;
    assert_eq!(server.get("/biblioteca/cartas/")?.status, 410);
    assert_eq!(server.get("/biblioteca/nunca/")?.status, 404);
    assert_eq!(server.get("/biblioteca/mapas/")?.status, 200);
    folder.institution("biblioteca", &[MAPS, LETTERS])?;
    becomes(&server, &manifest, 200)
}

#[test]
fn an_institution_is_added_and_removed_while_others_are_served() -> Result<()> {
    let (folder, server) = serve()?;
    folder.institution("archivo", &[MAPS])?;
    folder.hand_over(
        "archivo",
        "mapas",
        "dos.jpg",
        &Raster::computed(80, 70, 9).jpeg()?,
    )?;
    becomes(
        &server,
        &Documents::manifest("archivo", "mapas", "dos"),
        200,
    )?;
    assert!(server.get("/")?.text().contains("/archivo/"));
    fs::remove_file(folder.sources().join("archivo.yaml"))?;
    becomes(&server, "/archivo/", 404)?;
    assert_eq!(server.get("/biblioteca/")?.status, 200);
    Ok(())
}

#[test]
fn a_change_that_is_refused_leaves_the_institution_as_it_was() -> Result<()> {
    let (folder, server) = serve()?;
    let good = fs::read_to_string(folder.sources().join("biblioteca.yaml"))?;
    folder.yaml("biblioteca", &good.replace("storage", "stroage"))?;
    until("the fault to be told", NOTICED, || {
        Ok(server.log().contains("stroage").then_some(()))
    })?;
    assert_eq!(server.get("/biblioteca/mapas/uno/")?.status, 200);
    Ok(())
}

#[test]
fn a_suspended_institution_answers_503_in_words_and_comes_back() -> Result<()> {
    let (folder, server) = serve()?;
    let good = fs::read_to_string(folder.sources().join("biblioteca.yaml"))?;
    folder.yaml(
        "biblioteca",
        &good.replace("\"spec\": {", "\"spec\": { \"suspend\": true,"),
    )?;
    becomes(&server, "/biblioteca/", 503)?;
    let answer = server.get("/biblioteca/mapas/uno/")?;
    assert_eq!(answer.status, 503);
    assert!(answer.header("retry-after").is_some());
    assert!(answer.text().contains("<html"));
    folder.yaml("biblioteca", &good)?;
    becomes(&server, "/biblioteca/", 200)
}

#[test]
fn a_file_that_is_being_written_does_not_take_its_institution_away() -> Result<()> {
    let (folder, server) = serve()?;
    let good = fs::read_to_string(folder.sources().join("biblioteca.yaml"))?;
    folder.institution("archivo", &[MAPS])?;
    for broken in ["", "apiVersion: ["] {
        folder.yaml("biblioteca", broken)?;
        // What else changes shows that the broken file was looked at.
        folder.institution("nueva", &[MAPS])?;
        becomes(&server, "/nueva/", 200)?;
        assert_eq!(
            server.get("/biblioteca/mapas/uno/")?.status,
            200,
            "{broken:?}"
        );
        fs::remove_file(folder.sources().join("nueva.yaml"))?;
        becomes(&server, "/nueva/", 404)?;
    }
    folder.yaml("biblioteca", &good)?;
    becomes(&server, "/biblioteca/mapas/uno/", 200)
}
