//! The same 50 objects, written as six platforms want them in a sheet, become the same collection.
//!
//! The sheets and what their objects mean are in `fixtures/sheets`; the images are computed here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::LazyLock;

use acervo_tests::{Documents, Folder, Raster, Server, repository};
use anyhow::{Context as _, Result};
use serde_json::{Value, json};

const INSTITUTION: &str = "archivo";
/// The collections, named like their sheets, and whether the pages of an object are rows with a file each;
/// otherwise they are files in the object's folder.
const CONVENTIONS: [(&str, bool); 6] = [
    ("collectionbuilder", true),
    ("wax", false),
    ("omeka", false),
    ("workbench", true),
    ("bulkrax", true),
    ("tropiiify", false),
];

static SERVER: LazyLock<(Folder, Server)> = LazyLock::new(|| {
    let folder = folder().expect("sheets and images");
    let server = Server::start(&folder, &[]).expect("the platform starts");
    (folder, server)
});

fn fixtures(name: &str) -> Result<Vec<u8>> {
    let path = repository().join("tests/fixtures/sheets").join(name);
    fs::read(&path).with_context(|| path.display().to_string())
}

static OBJECTS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let bytes = fixtures("objects.json").expect("the objects");
    serde_json::from_slice(&bytes).expect("a list of objects")
});

fn text<'v>(object: &'v Value, field: &str) -> &'v str {
    object[field].as_str().unwrap_or_default()
}

fn pages(object: &Value) -> u32 {
    object["pages"].as_u64().map_or(1, |count| count as u32)
}

/// The size of a page, which no other page of the 50 objects has.
fn size(object: usize, page: u32) -> (u32, u32) {
    (40 + object as u32, 30 + page)
}

fn folder() -> Result<Folder> {
    let folder = Folder::new()?;
    let collections: Vec<Value> = CONVENTIONS
        .iter()
        .map(|(name, _)| json!({ "name": name, "source": { "directory": name } }))
        .collect();
    folder.resource(INSTITUTION, json!({ "collections": collections }))?;
    for (number, object) in OBJECTS.iter().enumerate() {
        let name = text(object, "name");
        for page in 1..=pages(object) {
            let (width, height) = size(number, page);
            let picture = Raster::computed(width, height, 7).jpeg()?;
            for (collection, has_rows) in CONVENTIONS {
                let file = match (pages(object), has_rows) {
                    (1, _) => format!("{name}.jpg"),
                    (_, true) => format!("{name}_{page}.jpg"),
                    (_, false) => format!("{name}/{page}.jpg"),
                };
                folder.hand_over(INSTITUTION, collection, &file, &picture)?;
            }
        }
    }
    for (collection, _) in CONVENTIONS {
        let sheet = fixtures(&format!("{collection}.csv"))?;
        folder.hand_over(INSTITUTION, collection, "metadata.csv", &sheet)?;
    }
    Ok(folder)
}

/// What a manifest says, without identifiers.
#[derive(Debug, PartialEq)]
struct Meaning {
    label: Value,
    summary: Value,
    /// Values by English label, in no order.
    metadata: BTreeMap<String, BTreeSet<String>>,
    rights: Value,
    nav_date: Value,
    /// The size of every canvas, and the last word of its label.
    pages: Vec<((u32, u32), String)>,
}

fn strings(map: &Value) -> Vec<String> {
    let languages = map.as_object().into_iter().flat_map(|map| map.values());
    let all = languages.filter_map(Value::as_array).flatten();
    all.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn said(manifest: &Value) -> Meaning {
    let list = |field: &str| manifest[field].as_array().cloned().unwrap_or_default();
    let metadata = list("metadata").into_iter().map(|entry| {
        let label = entry["label"]["en"][0].as_str();
        let label = label.map_or_else(|| strings(&entry["label"]).join(" "), str::to_owned);
        (label, strings(&entry["value"]).into_iter().collect())
    });
    let number = |of: &Value| of.as_u64().map_or(0, |number| number as u32);
    let pages = list("items").into_iter().map(|canvas| {
        let label = strings(&canvas["label"]).join(" ");
        let last = label.rsplit(' ').next().unwrap_or_default();
        let size = (number(&canvas["width"]), number(&canvas["height"]));
        (size, last.to_owned())
    });
    Meaning {
        label: manifest["label"].clone(),
        summary: manifest["summary"].clone(),
        metadata: metadata.collect(),
        rights: manifest["rights"].clone(),
        nav_date: manifest["navDate"].clone(),
        pages: pages.collect(),
    }
}

fn meant(number: usize, object: &Value) -> Meaning {
    let date = text(object, "date");
    let values = |field: &str| -> BTreeSet<String> {
        let list = object[field].as_array().into_iter().flatten();
        list.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let mut metadata = BTreeMap::from([
        ("Creator".to_owned(), values("creators")),
        ("Date".to_owned(), BTreeSet::from([date.to_owned()])),
        ("Subject".to_owned(), values("subjects")),
        ("Place".to_owned(), values("places")),
    ]);
    metadata.retain(|_, values| !values.is_empty());
    let summary = match text(object, "description") {
        "" => Value::Null,
        words => json!({ "es": [words] }),
    };
    let pages = (1..=pages(object)).map(|page| (size(number, page), page.to_string()));
    Meaning {
        label: json!({ "es": [text(object, "title")] }),
        summary,
        metadata,
        rights: json!(text(object, "rights")),
        nav_date: json!(format!("{date}{}T00:00:00Z", &"0000-01-01"[date.len()..])),
        pages: pages.collect(),
    }
}

#[test]
fn fifty_objects_mean_the_same_in_every_convention() -> Result<()> {
    let (_, server) = &*SERVER;
    for (collection, _) in CONVENTIONS {
        for (number, object) in OBJECTS.iter().enumerate() {
            let path = Documents::manifest(INSTITUTION, collection, text(object, "name"));
            let manifest = server.get(&path)?.json()?;
            assert_eq!(said(&manifest), meant(number, object), "{path}");
        }
    }
    Ok(())
}

#[test]
fn items_stand_in_the_order_of_the_sheet_in_every_convention() -> Result<()> {
    let (_, server) = &*SERVER;
    let titles: Vec<&str> = OBJECTS.iter().map(|o| text(o, "title")).collect();
    for (collection, _) in CONVENTIONS {
        let path = format!("/{INSTITUTION}/presentation/3/{collection}/collection.json");
        let document = server.get(&path)?.json()?;
        let items = document["items"].as_array().context("items")?;
        let found: Vec<String> = items
            .iter()
            .map(|item| strings(&item["label"]).concat())
            .collect();
        assert_eq!(found, titles, "{collection}");
    }
    Ok(())
}

#[test]
fn nothing_in_a_sheet_of_any_convention_is_refused_or_remarked_upon() -> Result<()> {
    let (folder, _) = &*SERVER;
    for (collection, _) in CONVENTIONS {
        let report = folder.report(INSTITUTION, collection)?;
        assert_eq!(report["published"], 50, "{collection}");
        assert_eq!(report["refused"], json!([]), "{collection}");
        assert_eq!(report["notes"], json!([]), "{collection}");
    }
    Ok(())
}
