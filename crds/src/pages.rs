//! What the institution's pages show of it.

#![expect(
    unreachable_pub,
    reason = "KubeSchema repeats each struct inside a function"
)]

use acervo_tenancy::{CollectionName, LanguageMap};
use kube::KubeSchema;
use serde::{Deserialize, Serialize};

use crate::{rules, schema};

/// What the institution's pages show of it.
#[derive(KubeSchema, Serialize, Deserialize, Debug, Clone, PartialEq, Default)]
#[serde(rename_all = "camelCase")]
pub struct Pages {
    /// What the institution is, by language tag: plain text, with blank lines between paragraphs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "schema::long_language_map")]
    pub about: Option<LanguageMap>,
    /// The logo: a PNG, JPEG or SVG file among what the institution hands over (`incoming/` on its volume), such as `identidad/logo.png`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 160))]
    #[x_kube(validation = rules::logo())]
    pub logo: Option<String>,
    /// The colour of links and headings: `#` and six hexadecimal digits, such as `#7b1e3a`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 7))]
    #[x_kube(validation = rules::colour())]
    pub accent: Option<String>,
    /// Items that the institution's page shows first. Those that are not published are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 12))]
    pub featured: Vec<Featured>,
}

/// An item that the institution's page shows first.
#[derive(KubeSchema, Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Featured {
    /// The name of its collection.
    #[schemars(schema_with = "schema::collection_name")]
    pub collection: CollectionName,
    /// The name of the item, as the collection has it.
    #[schemars(length(min = 1, max = 255))]
    pub item: String,
}
