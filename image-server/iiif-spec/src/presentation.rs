//! The documents of the Presentation API 3.0: manifests and collections, built from plain records.

use std::collections::BTreeMap;

use serde::Serialize;

const CONTEXT: &str = "http://iiif.io/api/presentation/3/context.json";

/// A text by language tag; the tag `none` marks names that are in no language (section 4.1).
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
    width: u32,
    height: u32,
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
        let id = format!("{v3}/{request}");
        Self {
            id,
            kind: "Image",
            format: "image/jpeg",
            width,
            height,
            service,
        }
    }
}

/// Something with an address and a label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reference {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    label: LanguageValues,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    homepage: Vec<Reference>,
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
            thumbnail: Vec::new(),
        }
    }

    /// A web page.
    #[must_use]
    pub fn page(id: String, label: LanguageValues) -> Self {
        Self {
            format: Some("text/html"),
            ..Self::new("Text", id, label)
        }
    }

    /// The institution that provides something, and its web page.
    #[must_use]
    pub fn agent(id: String, label: LanguageValues, homepage: Option<Self>) -> Self {
        Self {
            homepage: homepage.into_iter().collect(),
            ..Self::new("Agent", id, label)
        }
    }

    /// A collection.
    #[must_use]
    pub fn collection(id: String, label: LanguageValues) -> Self {
        Self::new("Collection", id, label)
    }

    /// A manifest and its thumbnail.
    #[must_use]
    pub fn manifest(id: String, label: LanguageValues, thumbnail: Option<ImageResource>) -> Self {
        Self {
            thumbnail: thumbnail.into_iter().collect(),
            ..Self::new("Manifest", id, label)
        }
    }
}

/// What a collection and a manifest have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    #[serde(rename = "@context")]
    context: &'static str,
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    label: LanguageValues,
    #[serde(skip_serializing_if = "Option::is_none")]
    rights: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    provider: Vec<Reference>,
    homepage: Vec<Reference>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    part_of: Vec<Reference>,
}

/// What is said of a collection or manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// The address of the document.
    pub id: String,
    /// Its label.
    pub label: LanguageValues,
    /// The URI of the rights statement.
    pub rights: Option<String>,
    /// Who provides it.
    pub provider: Reference,
    /// Its page.
    pub homepage: Reference,
    /// The collection it belongs to.
    pub part_of: Option<Reference>,
}

impl Description {
    fn head(self, kind: &'static str) -> Head {
        Head {
            context: CONTEXT,
            id: self.id,
            kind,
            label: self.label,
            rights: self.rights,
            provider: vec![self.provider],
            homepage: vec![self.homepage],
            part_of: self.part_of.into_iter().collect(),
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

/// A page of a manifest, as the caller knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanvasInput {
    /// What names the canvas in its manifest; stable.
    pub key: String,
    /// Its label.
    pub label: LanguageValues,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// The image.
    pub body: ImageResource,
    /// The small image.
    pub thumbnail: ImageResource,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Canvas {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    label: LanguageValues,
    width: u32,
    height: u32,
    thumbnail: Vec<ImageResource>,
    items: Vec<AnnotationPage>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct AnnotationPage {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    items: Vec<Annotation>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Annotation {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    motivation: &'static str,
    body: ImageResource,
    target: String,
}

/// A Manifest (section 3.2) of canvases with one image each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Manifest {
    #[serde(flatten)]
    head: Head,
    thumbnail: Vec<ImageResource>,
    items: Vec<Canvas>,
}

impl Manifest {
    /// The document; canvases get addresses below `base`, the manifest's without its last segment.
    #[must_use]
    pub fn new(description: Description, base: &str, canvases: Vec<CanvasInput>) -> Self {
        let thumbnail = canvases.first().map(|canvas| canvas.thumbnail.clone());
        let items = canvases
            .into_iter()
            .map(|canvas| Canvas::new(base, canvas))
            .collect();
        let head = description.head("Manifest");
        Self {
            head,
            thumbnail: thumbnail.into_iter().collect(),
            items,
        }
    }
}

impl Canvas {
    fn new(base: &str, input: CanvasInput) -> Self {
        let id = format!("{base}/canvas/{}", input.key);
        let annotation = Annotation {
            id: format!("{id}/image"),
            kind: "Annotation",
            motivation: "painting",
            body: input.body,
            target: id.clone(),
        };
        let page = AnnotationPage {
            id: format!("{id}/page"),
            kind: "AnnotationPage",
            items: vec![annotation],
        };
        Self {
            id,
            kind: "Canvas",
            label: input.label,
            width: input.width,
            height: input.height,
            thumbnail: vec![input.thumbnail],
            items: vec![page],
        }
    }
}
