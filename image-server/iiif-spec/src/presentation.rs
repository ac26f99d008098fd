//! The documents of the Presentation API 3.0, and those of 2.1 in [`v2`]: manifests, collections and texts
//! of pages, built from plain records.

use std::collections::BTreeMap;

use serde::Serialize;

mod manifest;
mod text;
pub mod v2;

pub use manifest::{CanvasInput, Chapter, Manifest};
pub use text::{TextLine, TextPage};

pub(crate) const CONTEXT: &str = "http://iiif.io/api/presentation/3/context.json";

/// Texts by language tag; the tag `none` marks what is in no language (section 4.1).
pub type LanguageValues = BTreeMap<String, Vec<String>>;

/// A name that is in no language.
#[must_use]
pub fn plain(text: &str) -> LanguageValues {
    BTreeMap::from([("none".to_owned(), vec![text.to_owned()])])
}

/// An image service on a body or thumbnail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Service {
    V3 {
        id: String,
        #[serde(rename = "type")]
        kind: &'static str,
        profile: &'static str,
    },
    V2 {
        #[serde(rename = "@id")]
        id: String,
        #[serde(rename = "@type")]
        kind: &'static str,
        profile: &'static str,
    },
}

/// An image, as the body of a canvas or a thumbnail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImageResource {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    service: Vec<Service>,
}

impl ImageResource {
    /// The JPEG of `width` × `height` pixels that `request` (such as `full/max/0/default.jpg`) gives,
    /// from the image whose services are `v3` and `v2`.
    #[must_use]
    pub fn new(v3: &str, v2: &str, request: &str, width: u32, height: u32) -> Self {
        let service = vec![
            Service::V3 {
                id: v3.to_owned(),
                kind: "ImageService3",
                profile: "level2",
            },
            Service::V2 {
                id: v2.to_owned(),
                kind: "ImageService2",
                profile: "http://iiif.io/api/image/2/level2.json",
            },
        ];
        Self {
            id: format!("{v3}/{request}"),
            kind: "Image",
            format: "image/jpeg",
            width: Some(width),
            height: Some(height),
            service,
        }
    }

    /// A picture at an address of its own, without a service.
    #[must_use]
    pub fn picture(id: String, format: &'static str) -> Self {
        Self {
            id,
            kind: "Image",
            format,
            width: None,
            height: None,
            service: Vec::new(),
        }
    }
}

/// Something with an address and a label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reference {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    label: LanguageValues,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    homepage: Vec<Reference>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logo: Vec<ImageResource>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    behavior: Vec<&'static str>,
    #[serde(rename = "navDate", skip_serializing_if = "Option::is_none")]
    nav_date: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    thumbnail: Vec<ImageResource>,
}

impl Reference {
    fn new(kind: &'static str, id: String, label: LanguageValues) -> Self {
        Self {
            id,
            kind,
            label,
            format: None,
            homepage: Vec::new(),
            logo: Vec::new(),
            behavior: Vec::new(),
            nav_date: None,
            thumbnail: Vec::new(),
        }
    }

    /// A web page.
    #[must_use]
    pub fn page(id: String, label: LanguageValues) -> Self {
        Self {
            format: Some("text/html".to_owned()),
            ..Self::new("Text", id, label)
        }
    }

    /// A document about the same thing for programs (section 3.3, `seeAlso`).
    #[must_use]
    pub fn data(id: String, label: LanguageValues, format: Option<String>) -> Self {
        Self {
            format,
            ..Self::new("Dataset", id, label)
        }
    }

    /// The institution that provides something, its web page and its logo.
    #[must_use]
    pub fn agent(
        id: String,
        label: LanguageValues,
        homepage: Option<Self>,
        logo: Option<ImageResource>,
    ) -> Self {
        Self {
            homepage: homepage.into_iter().collect(),
            logo: logo.into_iter().collect(),
            ..Self::new("Agent", id, label)
        }
    }

    /// A collection.
    #[must_use]
    pub fn collection(id: String, label: LanguageValues) -> Self {
        Self::new("Collection", id, label)
    }

    /// A work in volumes (section 3.1, `multi-part`).
    #[must_use]
    pub fn multi_part(id: String, label: LanguageValues, thumbnail: Option<ImageResource>) -> Self {
        Self {
            behavior: vec!["multi-part"],
            thumbnail: thumbnail.into_iter().collect(),
            ..Self::new("Collection", id, label)
        }
    }

    /// A manifest, its date and its thumbnail.
    #[must_use]
    pub fn manifest(
        id: String,
        label: LanguageValues,
        nav_date: Option<String>,
        thumbnail: Option<ImageResource>,
    ) -> Self {
        Self {
            nav_date,
            thumbnail: thumbnail.into_iter().collect(),
            ..Self::new("Manifest", id, label)
        }
    }
}

/// A label and what stands beside it (section 3.1, `metadata`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pair {
    /// What is said.
    pub label: LanguageValues,
    /// What it is.
    pub value: LanguageValues,
}

/// What is said of a collection or manifest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Description {
    /// The address of the document.
    pub id: String,
    /// Its label.
    pub label: LanguageValues,
    /// What it is, in a few sentences; empty if nobody said.
    pub summary: LanguageValues,
    /// What else is said of it.
    pub metadata: Vec<Pair>,
    /// What must be shown with it.
    pub required_statement: Option<Pair>,
    /// The URI of the rights statement.
    pub rights: Option<String>,
    /// When it was made, as a moment.
    pub nav_date: Option<String>,
    /// How viewers are to show it: words of the specification.
    pub behavior: Vec<&'static str>,
    /// In which direction its pages follow each other: a word of the specification.
    pub viewing_direction: Option<&'static str>,
    /// Who provides it.
    pub provider: Vec<Reference>,
    /// Its pages, here and elsewhere.
    pub homepage: Vec<Reference>,
    /// Descriptions of it for programs.
    pub see_also: Vec<Reference>,
    /// What it belongs to.
    pub part_of: Vec<Reference>,
    /// A small image of it.
    pub thumbnail: Option<ImageResource>,
}

/// What a collection and a manifest have in common, as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Head {
    #[serde(rename = "@context")]
    context: &'static str,
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    label: LanguageValues,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    summary: LanguageValues,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    metadata: Vec<Pair>,
    #[serde(skip_serializing_if = "Option::is_none")]
    required_statement: Option<Pair>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rights: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nav_date: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    behavior: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    viewing_direction: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    provider: Vec<Reference>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    homepage: Vec<Reference>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    see_also: Vec<Reference>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    part_of: Vec<Reference>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    thumbnail: Vec<ImageResource>,
}

impl Description {
    pub(crate) fn head(self, kind: &'static str) -> Head {
        Head {
            context: CONTEXT,
            id: self.id,
            kind,
            label: self.label,
            summary: self.summary,
            metadata: self.metadata,
            required_statement: self.required_statement,
            rights: self.rights,
            nav_date: self.nav_date,
            behavior: self.behavior,
            viewing_direction: self.viewing_direction,
            provider: self.provider,
            homepage: self.homepage,
            see_also: self.see_also,
            part_of: self.part_of,
            thumbnail: self.thumbnail.into_iter().collect(),
        }
    }
}

/// A Collection (section 3.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Collection {
    #[serde(flatten)]
    head: Head,
    items: Vec<Reference>,
}

impl Collection {
    /// The document.
    #[must_use]
    pub fn new(description: Description, items: Vec<Reference>) -> Self {
        Self {
            head: description.head("Collection"),
            items,
        }
    }
}
