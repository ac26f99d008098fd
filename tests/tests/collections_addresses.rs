//! Addresses that were published once stay: for the same thing, whatever becomes of its image and its row;
//! with an answer of their own when it is gone; and with a tag that changes when, and only when, the answer
//! does.

use std::fs;
use std::io::Read as _;
use std::time::Duration;

use acervo_tests::{Answer, Documents, Folder, Raster, Server, Volume, image_services, until};
use anyhow::{Context as _, Result};
use serde_json::{Value, json};

const INSTITUTION: &str = "biblioteca";
const MAPS: &str = "mapas";
/// Longer than the server takes to look, on a busy machine.
const NOTICED: Duration = Duration::from_secs(30);
const SHEET: &str = "objectid,title,subject\nnorte,Mapa del norte,Costas\nsur,Mapa del sur,Costas\n\
                     Este_1,Mapa del este,Sierras\n";

/// Three maps, one of them in two pages, with a sheet; ingested.
fn maps() -> Result<Volume> {
    let volume = Volume::new(INSTITUTION, &[MAPS])?;
    for (number, file) in (1..).zip(["norte.jpg", "sur.png", "Este_1/b 1.jpg", "Este_1/b 2.jpg"]) {
        let picture = Raster::computed(300 + number, 200, number as u8);
        let bytes = if file.ends_with("png") {
            picture.png()?
        } else {
            picture.jpeg()?
        };
        volume.hand_over(MAPS, file, &bytes)?;
    }
    volume.hand_over(MAPS, "metadata.csv", SHEET.as_bytes())?;
    volume.hand_over(
        MAPS,
        "Este_1/b 2.txt",
        "Aquí nace el río Manso\n".repeat(20).as_bytes(),
    )?;
    ingest(&volume)?;
    Ok(volume)
}

fn ingest(volume: &Volume) -> Result<()> {
    let ingest = volume.ingest(MAPS)?;
    assert!(ingest.status.success(), "{}", ingest.output);
    Ok(())
}

fn manifest(server: &Server, item: &str) -> Result<Value> {
    server
        .get(&Documents::manifest(INSTITUTION, MAPS, item))?
        .json()
}

/// The path of a URL.
fn path(url: &str) -> String {
    format!("/{}", url.splitn(4, '/').nth(3).unwrap_or_default())
}

/// Every address of a document that names something of ours, as paths, in order.
fn addresses(document: &Value, found: &mut Vec<String>) {
    match document {
        Value::Object(map) => {
            let own = map.get("id").or(map.get("@id")).and_then(Value::as_str);
            found.extend(own.map(path));
            map.values().for_each(|value| addresses(value, found));
        }
        Value::Array(list) => list.iter().for_each(|value| addresses(value, found)),
        _ => {}
    }
}

fn all_addresses(server: &Server, item: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    addresses(&manifest(server, item)?, &mut found);
    // An address of pixels names their size, which follows the image; what a row says has one if there is a row.
    found.retain(|path| !path.ends_with(".jpg") && !path.ends_with("/record.json"));
    assert!(found.len() > 8, "{found:?}");
    Ok(found)
}

#[test]
fn an_item_keeps_its_addresses_when_its_image_its_row_or_its_place_in_the_sheet_change()
-> Result<()> {
    let volume = maps()?;
    let items = ["norte", "sur", "Este_1"];
    let of_all = |volume: &Volume| -> Result<Vec<Vec<String>>> {
        let server = volume.serve(&[])?;
        items
            .iter()
            .map(|item| all_addresses(&server, item))
            .collect()
    };
    let before = of_all(&volume)?;
    let steps: [(&str, &str, Vec<u8>); 4] = [
        (
            "its image",
            "norte.jpg",
            Raster::computed(444, 333, 90).jpeg()?,
        ),
        (
            "its row",
            "metadata.csv",
            SHEET.replace("Mapa del norte", "Otro título").into_bytes(),
        ),
        (
            "its place",
            "metadata.csv",
            b"title,objectid\nMapa del este,Este_1\nMapa del norte,norte\nMapa del sur,sur\n"
                .to_vec(),
        ),
        (
            "the form of its sheet",
            "metadata.csv",
            b"pid;label\nsur;Sur\nnorte;Norte\nEste_1;Este\n".to_vec(),
        ),
    ];
    for (what, file, bytes) in steps {
        volume.hand_over(MAPS, file, &bytes)?;
        ingest(&volume)?;
        assert_eq!(of_all(&volume)?, before, "{what} changed");
    }
    fs::remove_file(volume.incoming(MAPS).join("metadata.csv"))?;
    ingest(&volume)?;
    assert_eq!(of_all(&volume)?, before, "the sheet was removed");
    let server = volume.serve(&[])?;
    assert_eq!(manifest(&server, "norte")?["items"][0]["width"], 444);
    Ok(())
}

#[test]
fn an_image_in_another_format_has_the_address_of_the_one_before() -> Result<()> {
    let volume = maps()?;
    let before = all_addresses(&volume.serve(&[])?, "sur")?;
    fs::remove_file(volume.incoming(MAPS).join("sur.png"))?;
    volume.hand_over(MAPS, "sur.jpg", &Raster::computed(300, 200, 9).jpeg()?)?;
    ingest(&volume)?;
    assert_eq!(all_addresses(&volume.serve(&[])?, "sur")?, before);
    Ok(())
}

#[test]
fn everything_of_a_removed_item_answers_410_and_comes_back() -> Result<()> {
    let volume = maps()?;
    let server = volume.serve(&[])?;
    let below = format!("/{INSTITUTION}/presentation");
    let document = manifest(&server, "Este_1")?;
    let services = image_services(&document)?;
    let text = document["items"][1]["annotations"][0]["id"]
        .as_str()
        .context("a text")?;
    let all = [
        format!("{below}/3/{MAPS}/Este_1/manifest.json"),
        format!("{below}/2/{MAPS}/Este_1/manifest.json"),
        format!("{below}/3/{MAPS}/Este_1/record.json"),
        format!("/{INSTITUTION}/{MAPS}/Este_1/"),
        path(text),
        path(&format!("{}/info.json", services[0])),
        path(&format!("{}/full/max/0/default.jpg", services[1])),
        path(&format!(
            "{}/info.json",
            services[1].replace("/image/3/", "/image/2/")
        )),
    ];
    for path in &all {
        assert_eq!(server.get(path)?.status, 200, "{path}");
    }
    let (folder, aside) = (
        volume.incoming(MAPS).join("Este_1"),
        volume.incoming("aside"),
    );
    fs::rename(&folder, &aside)?;
    ingest(&volume)?;
    until("the item to be gone", NOTICED, || {
        Ok((server.get(&all[0])?.status != 200).then_some(()))
    })?;
    let statuses = |server: &Server| -> Result<Vec<(String, u16)>> {
        let status = |path: &String| Ok((path.clone(), server.get(path)?.status));
        all.iter().map(status).collect()
    };
    let all_are = |status: u16| -> Vec<(String, u16)> {
        all.iter().map(|path| (path.clone(), status)).collect()
    };
    assert_eq!(statuses(&server)?, all_are(410));
    assert_eq!(
        server
            .get(&format!("{below}/3/{MAPS}/nunca/manifest.json"))?
            .status,
        404
    );
    assert_eq!(
        statuses(&volume.serve(&[])?)?,
        all_are(410),
        "after a restart"
    );
    fs::rename(&aside, &folder)?;
    ingest(&volume)?;
    assert_eq!(statuses(&volume.serve(&[])?)?, all_are(200));
    Ok(())
}

#[test]
fn everything_of_a_removed_collection_answers_410() -> Result<()> {
    let volume = maps()?;
    let server = volume.serve(&[])?;
    let service = path(&image_services(&manifest(&server, "norte")?)?.remove(0));
    let all = [
        format!("/{INSTITUTION}/presentation/3/{MAPS}/collection.json"),
        format!("/{INSTITUTION}/presentation/2/{MAPS}/collection.json"),
        format!("/{INSTITUTION}/presentation/3/{MAPS}/norte/manifest.json"),
        format!("/{INSTITUTION}/presentation/2/{MAPS}/norte/manifest.json"),
        format!("/{INSTITUTION}/{MAPS}/"),
        format!("/{INSTITUTION}/{MAPS}/norte/"),
        format!("{service}/info.json"),
        format!("{service}/full/max/0/default.jpg"),
    ];
    for path in &all {
        assert_eq!(server.get(path)?.status, 200, "{path}");
    }
    volume.mount(&volume.table(&["otra"]).to_string())?;
    until("the collection to be gone", NOTICED, || {
        Ok((server.get(&all[0])?.status != 200).then_some(()))
    })?;
    for path in &all {
        assert_eq!(server.get(path)?.status, 410, "{path}");
    }
    Ok(())
}

/// Addresses whose answers have a tag: the first of the item that is changed, the second of another.
fn tagged(server: &Server) -> Result<Vec<String>> {
    let (norte, sur) = (manifest(server, "norte")?, manifest(server, "sur")?);
    let este = manifest(server, "Este_1")?;
    let service = path(&image_services(&sur)?[0]);
    let text = este["items"][1]["annotations"][0]["id"]
        .as_str()
        .context("a text")?;
    let below = format!("/{INSTITUTION}/presentation");
    Ok(vec![
        path(norte["id"].as_str().context("an id")?),
        path(sur["id"].as_str().context("an id")?),
        format!("{below}/2/{MAPS}/sur/manifest.json"),
        format!("{below}/3/collection.json"),
        format!("{below}/2/collection.json"),
        format!("{below}/3/{MAPS}/collection.json"),
        format!("{below}/2/{MAPS}/collection.json"),
        format!("{below}/3/{MAPS}/sur/record.json"),
        path(text),
        format!("{service}/info.json"),
        format!("{service}/full/max/0/default.jpg"),
        format!("/{INSTITUTION}/"),
        format!("/{INSTITUTION}/{MAPS}/"),
        format!("/{INSTITUTION}/{MAPS}/sur/"),
        format!("/{INSTITUTION}/sitemap.xml"),
    ])
}

fn etag(answer: &Answer) -> Result<&str> {
    answer.header("etag").context("an ETag")
}

const HOST: (&str, &str) = ("host", "iiif.example.org");

#[test]
fn answers_have_strong_tags_and_304_for_who_has_them() -> Result<()> {
    let volume = maps()?;
    let server = volume.serve(&[])?;
    for path in tagged(&server)? {
        let answer = server.get(&path)?;
        let tag = etag(&answer).context(path.clone())?;
        assert!(
            tag.starts_with('"') && tag.ends_with('"') && tag.len() > 10,
            "{path}: {tag}"
        );
        for asked in [
            tag.to_owned(),
            format!("\"another\", {tag}"),
            "*".to_owned(),
            format!("W/{tag}"),
        ] {
            let again = server.get_with(&path, &[("if-none-match", &asked)])?;
            assert_eq!(
                (again.status, again.body.len()),
                (304, 0),
                "{path}: {asked}"
            );
            assert_eq!(etag(&again)?, tag, "{path}");
        }
        let other = server.get_with(&path, &[("if-none-match", "\"another\"")])?;
        assert_eq!((other.status, &other.body), (200, &answer.body), "{path}");
    }
    Ok(())
}

#[test]
fn tags_stay_over_a_restart_and_an_ingest_of_nothing_new_and_change_with_the_answer() -> Result<()>
{
    let volume = maps()?;
    // Documents name the host that is asked, which stays while ports change.
    let answers = |server: &Server| -> Result<Vec<(String, String, Vec<u8>)>> {
        let paths = tagged(server)?;
        let answer = |path: String| {
            let answer = server.get_with(&path, &[HOST])?;
            assert_eq!(answer.status, 200, "{path}");
            Ok((path.clone(), etag(&answer)?.to_owned(), answer.body))
        };
        paths.into_iter().map(answer).collect()
    };
    let first = answers(&volume.serve(&[])?)?;
    assert!(first == answers(&volume.serve(&[])?)?, "after a restart");
    ingest(&volume)?;
    assert!(
        first == answers(&volume.serve(&[])?)?,
        "after an ingest of nothing new"
    );
    // The same bytes, written again.
    volume.hand_over(MAPS, "metadata.csv", SHEET.as_bytes())?;
    ingest(&volume)?;
    let same = answers(&volume.serve(&[])?)?;
    for (before, after) in first.iter().zip(&same) {
        assert!(
            before == after,
            "{} after the same sheet was handed over again",
            before.0
        );
    }

    let sheet = SHEET.replace("Mapa del norte", "Mapa del norte, corregido");
    volume.hand_over(MAPS, "metadata.csv", sheet.as_bytes())?;
    ingest(&volume)?;
    let second = answers(&volume.serve(&[])?)?;
    for ((path, tag, body), (_, new_tag, new_body)) in first.iter().zip(&second) {
        assert_eq!(
            tag == new_tag,
            body == new_body,
            "{path}: {tag} became {new_tag}"
        );
    }
    assert_ne!(first[0].1, second[0].1, "{}", first[0].0);
    assert_eq!(first[1].1, second[1].1, "{}", first[1].0);
    Ok(())
}

fn decoded(coding: &str, body: &[u8]) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match coding {
        "br" => drop(brotli::Decompressor::new(body, 4096).read_to_end(&mut bytes)?),
        "zstd" => bytes = zstd::decode_all(body)?,
        "gzip" => drop(flate2::read::GzDecoder::new(body).read_to_end(&mut bytes)?),
        _ => body.clone_into(&mut bytes),
    }
    Ok(bytes)
}

#[test]
fn every_coding_of_an_answer_has_a_tag_of_its_own_and_the_same_content() -> Result<()> {
    let volume = maps()?;
    let server = volume.serve(&[])?;
    for path in tagged(&server)? {
        let plain = server.get(&path)?;
        assert_eq!(plain.header("content-encoding"), None, "{path}");
        let is_image = path.ends_with(".jpg");
        let mut tags = vec![etag(&plain)?.to_owned()];
        for coding in ["br", "zstd", "gzip"] {
            let accept = ("accept-encoding", coding);
            let answer = server.get_with(&path, &[accept])?;
            assert_eq!(answer.status, 200, "{path}");
            let told = answer.header("content-encoding");
            // What is short is sent as it is.
            let is_long = !is_image && plain.body.len() > 2000;
            assert!(
                told == Some(coding) || !is_long && told.is_none(),
                "{path}: {told:?}"
            );
            let content = decoded(told.unwrap_or_default(), &answer.body)?;
            assert!(
                content == plain.body,
                "{path}: {coding} says something else"
            );
            if is_long {
                assert!(answer.body.len() < plain.body.len() / 2, "{path}: {coding}");
                let vary = answer.header("vary").unwrap_or_default().to_lowercase();
                assert!(vary.contains("accept-encoding"), "{path}: {vary}");
            }
            if told.is_some() {
                let tag = etag(&answer)?.to_owned();
                assert!(!tags.contains(&tag), "{path}: {tag} names two codings");
                let known = server.get_with(&path, &[accept, ("if-none-match", &tag)])?;
                assert_eq!(known.status, 304, "{path}: {coding}");
                let other = server.get_with(&path, &[accept, ("if-none-match", &tags[0])])?;
                assert_eq!(
                    other.status, 200,
                    "{path}: {coding} is not what {} names",
                    tags[0]
                );
                tags.push(tag);
            }
        }
    }
    Ok(())
}

/// Two institutions that were on one platform before, with addresses that differ in their names only.
fn moved_here() -> Result<Folder> {
    let folder = Folder::new()?;
    let addresses = json!({
        "manifest": "https://imagenes.example.org/iiif/prezi/bdc/{institution}/{collection}/{item}/manifest.json",
        "image": "https://imagenes.example.org/iiif/2/{institution}/{collection}/{item}/{file}",
    });
    for (institution, seed) in [("biblioteca", 20), ("archivo", 120)] {
        let collections = json!([{
            "name": MAPS, "addressName": "Mapas_BDC", "source": { "directory": MAPS },
        }]);
        folder.resource(
            institution,
            json!({ "addresses": addresses, "collections": collections }),
        )?;
        let picture = Raster::computed(600, 400, seed).jpeg()?;
        folder.hand_over(institution, MAPS, "Plano_A.JPG", &picture)?;
    }
    Ok(folder)
}

const KEPT_HOST: (&str, &str) = ("host", "imagenes.example.org");

#[test]
fn kept_addresses_answer_and_are_what_documents_name() -> Result<()> {
    let folder = moved_here()?;
    let server = Server::start(
        &folder,
        &["--base-url", "https://iiif.example.org/{institution}"],
    )?;
    for institution in ["biblioteca", "archivo"] {
        let kept = format!("/iiif/prezi/bdc/{institution}/Mapas_BDC/Plano_A/manifest.json");
        let answer = server.get_with(&kept, &[KEPT_HOST])?;
        assert_eq!(answer.status, 200, "{kept}: {}", answer.text());
        let manifest = answer.json()?;
        assert_eq!(
            manifest["id"],
            format!("https://imagenes.example.org{kept}")
        );
        // At our own address the document is the same and has the same id.
        let own = Documents::manifest(institution, MAPS, "Plano_A");
        let own = server.get_with(&own, &[HOST])?.json()?;
        assert_eq!(own, manifest);
        let collection = format!("/{institution}/presentation/3/{MAPS}/collection.json");
        let collection = server.get_with(&collection, &[HOST])?.json()?;
        assert_eq!(collection["items"][0]["id"], manifest["id"]);
        // Capitals count, and so do all other names.
        for wrong in [
            kept.replace("Plano_A", "plano_a"),
            kept.replace("Mapas_BDC", "mapas_bdc"),
            kept.replace("Mapas_BDC", MAPS),
            kept.replace(institution, "otra"),
        ] {
            assert_eq!(
                server.get_with(&wrong, &[KEPT_HOST])?.status,
                404,
                "{wrong}"
            );
        }
    }
    Ok(())
}

#[test]
fn kept_addresses_of_images_answer_with_themselves_as_id_and_with_tiles() -> Result<()> {
    let folder = moved_here()?;
    let server = Server::start(
        &folder,
        &["--base-url", "https://iiif.example.org/{institution}"],
    )?;
    for (institution, blue) in [("biblioteca", 20), ("archivo", 120)] {
        let kept = format!("/iiif/2/{institution}/Mapas_BDC/Plano_A/Plano_A.JPG");
        let id = format!("https://imagenes.example.org{kept}");
        let info = server.get_with(&format!("{kept}/info.json"), &[KEPT_HOST])?;
        assert_eq!(info.status, 200, "{kept}: {}", info.text());
        let info = info.json()?;
        assert_eq!(info["@id"], id.as_str(), "{info:#}");
        assert_eq!(info["@context"], "http://iiif.io/api/image/2/context.json");
        let tile = server.get_with(
            &format!("{kept}/0,0,512,400/256,/0/default.jpg"),
            &[KEPT_HOST],
        )?;
        assert_eq!(tile.status, 200, "{}", tile.text());
        let tile = Raster::from_jpeg(&tile.body)?;
        assert_eq!((tile.width, tile.height), (256, 200));
        let [_, _, found] = tile.pixel(100, 100);
        assert!(
            found.abs_diff(blue) < 12,
            "{institution} shows the image of another: {found}"
        );
        let base = server.get_with(&kept, &[KEPT_HOST])?;
        assert_eq!(base.status, 303);
        let location = base.header("location").context("where to")?;
        assert_eq!(path(location), format!("{kept}/info.json"), "{location}");
        // The manifest names that very address.
        let manifest = Documents::manifest(institution, MAPS, "Plano_A");
        let text = server.get_with(&manifest, &[HOST])?.text();
        assert!(text.contains(&format!("\"@id\":\"{id}\"")), "{text}");
    }
    Ok(())
}

#[test]
fn a_kept_address_of_a_removed_item_answers_410() -> Result<()> {
    let folder = moved_here()?;
    for name in ["b.jpg", "c.jpg", "d.jpg"] {
        folder.hand_over("archivo", MAPS, name, &Raster::computed(60, 40, 1).jpeg()?)?;
    }
    let server = Server::start(
        &folder,
        &["--base-url", "https://iiif.example.org/{institution}"],
    )?;
    fs::remove_file(folder.source("archivo", MAPS).join("Plano_A.JPG"))?;
    let manifest = "/iiif/prezi/bdc/archivo/Mapas_BDC/Plano_A/manifest.json";
    until("the item to be gone", 2 * NOTICED, || {
        Ok((server.get_with(manifest, &[KEPT_HOST])?.status == 410).then_some(()))
    })?;
    let image = "/iiif/2/archivo/Mapas_BDC/Plano_A/Plano_A.JPG/info.json";
    assert_eq!(server.get_with(image, &[KEPT_HOST])?.status, 410, "{image}");
    let others = manifest.replace("archivo", "biblioteca");
    assert_eq!(server.get_with(&others, &[KEPT_HOST])?.status, 200);
    Ok(())
}

#[test]
fn institutions_share_a_host_by_their_prefix() -> Result<()> {
    let folder = Folder::new()?;
    for (institution, width) in [("biblioteca", 610), ("archivo", 420)] {
        let collections = json!([{ "name": MAPS, "source": { "directory": MAPS } }]);
        folder.resource(institution, json!({ "collections": collections }))?;
        let picture = Raster::computed(width, 300, 5).jpeg()?;
        folder.hand_over(institution, MAPS, "plano.jpg", &picture)?;
    }
    let server = Server::start(
        &folder,
        &["--base-url", "http://iiif.example.org/r/{institution}"],
    )?;
    for (institution, width) in [("biblioteca", 610), ("archivo", 420)] {
        let base = format!("http://iiif.example.org/r/{institution}");
        let manifest = format!("/r/{institution}/presentation/3/{MAPS}/plano/manifest.json");
        let answer = server.get_with(&manifest, &[HOST])?;
        assert_eq!(answer.status, 200, "{manifest}: {}", answer.text());
        let document = answer.json()?;
        assert_eq!(
            document["id"],
            format!("{base}/presentation/3/{MAPS}/plano/manifest.json")
        );
        assert_eq!(document["items"][0]["width"], width);
        let service = image_services(&document)?.remove(0);
        assert!(
            service.starts_with(&format!("{base}/image/3/")),
            "{service}"
        );
        let info = server.get_with(&format!("{}/info.json", path(&service)), &[HOST])?;
        assert_eq!(info.json()?["width"], width);
    }
    assert_eq!(server.get_with("/r/otra/", &[HOST])?.status, 404);
    Ok(())
}
