//! The documents of an institution, found as a harvester finds them.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::server::Server;

/// What a path segment keeps as it is.
pub(crate) const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// More documents than any institution of the tests has.
const MOST: usize = 5_000;

/// One Presentation document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The path it was asked at.
    pub path: String,
    /// What it says.
    pub json: Value,
}

impl Document {
    /// The path of the same document in Presentation 2.1; annotation pages have none.
    #[must_use]
    pub fn path_2(&self) -> String {
        self.path
            .replacen("/presentation/3/", "/presentation/2/", 1)
    }

    /// The page that shows the same.
    #[must_use]
    pub fn homepage(&self) -> Option<String> {
        let pages = self.json["homepage"].as_array()?;
        pages
            .iter()
            .find(|page| page["format"] == "text/html")
            .and_then(|page| page["id"].as_str())
            .map(str::to_owned)
    }

    /// What it calls itself, which viewers show in English.
    ///
    /// # Errors
    /// If it has no label.
    pub fn label_in_english(&self) -> Result<String> {
        let label = self.json["label"].as_object().context("a label")?;
        let texts = label
            .get("en")
            .or_else(|| label.get("none"))
            .or_else(|| label.values().next());
        texts
            .and_then(|texts| texts[0].as_str())
            .map(str::to_owned)
            .context("a label with a text")
    }
}

/// The documents of one institution.
#[derive(Debug, Clone, PartialEq)]
pub struct Documents(pub Vec<Document>);

impl Documents {
    /// Walks from the institution's collection document through collections, nested and paged ones too, to
    /// manifests, and from their pages to the annotation pages that are documents of their own.
    ///
    /// The `id` of a document names `base`, which is the server itself or its `--base-url`.
    ///
    /// # Errors
    /// If a document that another one names is not there.
    pub fn walk(server: &Server, base: &str, institution: &str) -> Result<Self> {
        let mut found: Vec<Document> = Vec::new();
        let mut ahead = vec![format!("/{institution}/presentation/3/collection.json")];
        let mut known: BTreeSet<String> = ahead.iter().cloned().collect();
        while let Some(path) = ahead.pop() {
            ensure!(found.len() < MOST, "more than {MOST} documents: {path}");
            let answer = server.get(&path)?;
            ensure!(
                answer.status == 200,
                "{path}: {} {}",
                answer.status,
                answer.text()
            );
            let json = answer.json().context(path.clone())?;
            for id in references(&json).with_context(|| path.clone())? {
                let next = id
                    .strip_prefix(base)
                    .with_context(|| format!("{path}: {id} is not under {base}"))?;
                if known.insert(next.to_owned()) {
                    ahead.push(next.to_owned());
                }
            }
            found.push(Document { path, json });
        }
        found.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self(found))
    }

    /// The path of a manifest.
    #[must_use]
    pub fn manifest(institution: &str, collection: &str, item: &str) -> String {
        let item = Self::segment(item);
        format!("/{institution}/presentation/3/{collection}/{item}/manifest.json")
    }

    /// A text as a segment of a path, or as a value in a query.
    #[must_use]
    pub fn segment(text: &str) -> String {
        utf8_percent_encode(text, SEGMENT).to_string()
    }

    /// The manifests among them.
    pub fn manifests(&self) -> impl Iterator<Item = &Document> {
        self.0
            .iter()
            .filter(|document| document.json["type"] == "Manifest")
    }

    /// The annotation pages among them.
    pub fn annotation_pages(&self) -> impl Iterator<Item = &Document> {
        self.0
            .iter()
            .filter(|document| document.json["type"] == "AnnotationPage")
    }

    /// The collections among them.
    pub fn collections(&self) -> impl Iterator<Item = &Document> {
        self.0
            .iter()
            .filter(|document| document.json["type"] == "Collection")
    }
}

/// The ids of the documents that a document names as parts of itself.
fn references(json: &Value) -> Result<Vec<&str>> {
    let parts = json["items"].as_array().context("a document has items")?;
    let mut named: Vec<&Value> = Vec::new();
    match json["type"].as_str() {
        Some("Collection") => named.extend(parts),
        Some("Manifest") => {
            let all = [json].into_iter().chain(parts);
            let pages = all.filter_map(|thing| thing["annotations"].as_array());
            // One that is embedded is no document of its own.
            named.extend(pages.flatten().filter(|page| page.get("items").is_none()));
        }
        _ => {}
    }
    // A list in parts, whether the parts are embedded in a first document or follow each other.
    let mut found: Vec<&str> = ["first", "next"]
        .into_iter()
        .filter_map(|key| json[key].as_str().or_else(|| json[key]["id"].as_str()))
        .collect();
    for part in named {
        found.push(part["id"].as_str().context("a part has an id")?);
    }
    Ok(found)
}

/// The Image API 3 services that paint the pages of a manifest, in the order of its pages.
///
/// # Errors
/// If a page has none.
pub fn image_services(manifest: &Value) -> Result<Vec<String>> {
    manifest["items"]
        .as_array()
        .context("a manifest has items")?
        .iter()
        .map(|canvas| {
            let services = canvas["items"][0]["items"][0]["body"]["service"].as_array();
            services
                .and_then(|all| {
                    all.iter()
                        .find(|service| service["type"] == "ImageService3")
                })
                .and_then(|service| service["id"].as_str())
                .map(str::to_owned)
                .with_context(|| format!("canvas without image service: {canvas}"))
        })
        .collect()
}
