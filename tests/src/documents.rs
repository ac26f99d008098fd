//! The documents of an institution, found as a harvester finds them.

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

/// One Presentation document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The path it was asked at.
    pub path: String,
    /// What it says.
    pub json: Value,
}

/// The documents of one institution.
#[derive(Debug, Clone, PartialEq)]
pub struct Documents(pub Vec<Document>);

impl Documents {
    /// Walks from the institution's collection document through collections to manifests.
    ///
    /// The `id` of a document names `base`, which is the server itself or its `--base-url`.
    ///
    /// # Errors
    /// If a document that another one names is not there.
    pub fn walk(server: &Server, base: &str, institution: &str) -> Result<Self> {
        let mut found: Vec<Document> = Vec::new();
        let mut ahead = vec![format!("/{institution}/presentation/3/collection.json")];
        while let Some(path) = ahead.pop() {
            let answer = server.get(&path)?;
            ensure!(
                answer.status == 200,
                "{path}: {} {}",
                answer.status,
                answer.text()
            );
            let json = answer.json().context(path.clone())?;
            if json["type"] == "Collection" {
                for item in json["items"].as_array().context("a collection has items")? {
                    let id = item["id"].as_str().context("an item has an id")?;
                    let next = id.strip_prefix(base);
                    ahead.push(
                        next.with_context(|| format!("{id} is not under {base}"))?
                            .to_owned(),
                    );
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
        let item = utf8_percent_encode(item, SEGMENT);
        format!("/{institution}/presentation/3/{collection}/{item}/manifest.json")
    }

    /// The manifests among them.
    pub fn manifests(&self) -> impl Iterator<Item = &Document> {
        self.0
            .iter()
            .filter(|document| document.json["type"] == "Manifest")
    }

    /// The collections among them.
    pub fn collections(&self) -> impl Iterator<Item = &Document> {
        self.0
            .iter()
            .filter(|document| document.json["type"] == "Collection")
    }
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
