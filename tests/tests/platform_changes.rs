//! While the platform runs, what the provider changes in the YAML files is served.

use std::fs;
use std::time::Duration;

use acervo_tests::{
    Answer, Collection, Documents, Folder, Raster, Server, adobe_rgb, get, image_services,
    profile_segment, until,
};
use anyhow::Result;
use serde_json::{Value, json};

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
fn another_policy_for_colours_makes_images_with_a_profile_anew_and_loses_nothing_of_them()
-> Result<()> {
    let folder = Folder::new()?;
    let resource = |policy: &str| {
        let collection = json!({
            "name": "mapas",
            "label": { "es": "Mapas" },
            "source": { "directory": "mapas" },
        });
        let images = json!({ "colorProfiles": policy });
        folder.resource(
            "biblioteca",
            json!({ "collections": [collection], "images": images }),
        )
    };
    resource("Convert")?;
    let segment = profile_segment(&adobe_rgb()?)?;
    let plain = Raster::computed(90, 60, 3).jpeg()?;
    let profiled = [&plain[..20], &segment, &plain[20..]].concat();
    folder.hand_over("biblioteca", "mapas", "plano.jpg", &plain)?;
    folder.hand_over("biblioteca", "mapas", "perfil.jpg", &profiled)?;
    let server = Server::start(&folder, &[])?;
    let image = |item: &str, answer: &str| -> Result<Answer> {
        let manifest = server.get(&Documents::manifest("biblioteca", "mapas", item))?;
        get(&format!(
            "{}/{answer}",
            image_services(&manifest.json()?)?.remove(0)
        ))
    };
    let stored = "full/max/0/default.jpg";
    let tag = |answer: &Answer| answer.header("etag").map(str::to_owned);
    let record = |item: &str| -> Result<Value> {
        let path = Documents::manifest("biblioteca", "mapas", item).replace("manifest", "record");
        Ok(server.get(&path)?.json()?["images"][0].clone())
    };
    let has_profile = |file: &[u8]| file.windows(segment.len()).any(|part| part == segment);
    let (before, plain_before) = (image("perfil", stored)?, image("plano", stored)?);
    assert!(!has_profile(&before.body));
    assert_eq!(record("perfil")?["colors"], "converted");
    resource("Embed")?;
    let after = until("the image to be made anew", NOTICED, || {
        let now = image("perfil", stored)?;
        Ok((tag(&now) != tag(&before)).then_some(now))
    })?;
    assert_eq!(
        after.body[20..][..segment.len()],
        segment,
        "behind that of JFIF"
    );
    let pixels = |file: &[u8]| Ok::<_, anyhow::Error>(Raster::from_jpeg(file)?.pixels);
    assert_eq!(pixels(&after.body)?, pixels(&profiled)?, "to the last bit");
    assert_eq!(record("perfil")?["original"], "kept");
    assert_eq!(record("perfil")?["colors"], "embedded");
    assert!(has_profile(
        &image("perfil", "10,10,40,40/20,/0/default.jpg")?.body
    ));
    assert!(!has_profile(&image("perfil", "full/max/0/gray.jpg")?.body));
    let plain_after = image("plano", stored)?;
    assert_eq!(tag(&plain_after), tag(&plain_before));
    assert_eq!(plain_after.body, plain_before.body);
    assert_eq!(record("plano")?["colors"], "plain");
    Ok(())
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
