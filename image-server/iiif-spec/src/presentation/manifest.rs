//! Manifests: canvases with one image each, and chapters.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Description, Head, ImageResource, LanguageValues, Pair};

/// A page of a manifest, as the caller knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanvasInput {
    /// What names the canvas in its manifest; stable.
    pub key: String,
    /// Its label.
    pub label: LanguageValues,
    /// What it shows; empty if nobody said.
    pub summary: LanguageValues,
    /// What else is said of it.
    pub metadata: Vec<Pair>,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// The image.
    pub body: ImageResource,
    /// The small image.
    pub thumbnail: ImageResource,
    /// The address of its text (a [`super::TextPage`]).
    pub text: Option<String>,
}

/// A chapter, from a page to where the next one of its level or a higher one begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chapter {
    /// Its label.
    pub label: LanguageValues,
    /// The index of its first canvas, from 0.
    pub first: usize,
    /// How deep it lies, from 1.
    pub level: u8,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Canvas {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    label: LanguageValues,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    summary: LanguageValues,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    metadata: Vec<Pair>,
    width: u32,
    height: u32,
    thumbnail: Vec<ImageResource>,
    items: Vec<AnnotationPage>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    annotations: Vec<Elsewhere>,
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

/// Something that has a document of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Elsewhere {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Range {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    label: LanguageValues,
    items: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Part {
    Canvas(Elsewhere),
    Range(Range),
}

/// A Manifest (section 3.2) of canvases with one image each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Manifest {
    #[serde(flatten)]
    head: Head,
    items: Vec<Canvas>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    structures: Vec<Range>,
}

impl Manifest {
    /// The document; canvases and chapters get addresses below `base`, the manifest's without its last
    /// segment. Chapters are in the order of their pages.
    #[must_use]
    pub fn new(
        description: Description,
        base: &str,
        canvases: Vec<CanvasInput>,
        chapters: &[Chapter],
    ) -> Self {
        let structures = Ranges {
            base,
            canvases: &canvases,
            chapters,
        }
        .below(0..chapters.len(), canvases.len());
        let items = canvases
            .into_iter()
            .map(|canvas| Canvas::new(base, canvas))
            .collect();
        Self {
            head: description.head("Manifest"),
            items,
            structures,
        }
    }
}

/// The address of a canvas.
pub(super) fn canvas_id(base: &str, key: &str) -> String {
    format!("{base}/canvas/{key}")
}

impl Canvas {
    fn new(base: &str, input: CanvasInput) -> Self {
        let id = canvas_id(base, &input.key);
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
        let text = input.text.map(|id| Elsewhere {
            id,
            kind: "AnnotationPage",
        });
        Self {
            id,
            kind: "Canvas",
            label: input.label,
            summary: input.summary,
            metadata: input.metadata,
            width: input.width,
            height: input.height,
            thumbnail: vec![input.thumbnail],
            items: vec![page],
            annotations: text.into_iter().collect(),
        }
    }
}

/// What ranges are made of.
struct Ranges<'a> {
    base: &'a str,
    canvases: &'a [CanvasInput],
    chapters: &'a [Chapter],
}

impl Ranges<'_> {
    /// The ranges of the chapters `within`, the last of which ends before the canvas `end`.
    fn below(&self, within: std::ops::Range<usize>, end: usize) -> Vec<Range> {
        let mut ranges = Vec::new();
        let mut at = within.start;
        while at < within.end {
            let chapter = &self.chapters[at];
            let next = (at + 1..within.end)
                .find(|other| self.chapters[*other].level <= chapter.level)
                .unwrap_or(within.end);
            let until = self.chapters.get(next).filter(|_| next < within.end);
            let until = until.map_or(end, |next| next.first);
            ranges.push(self.range(at, at + 1..next, until));
            at = next;
        }
        ranges
    }

    /// The range of a chapter: the canvases before its first section, then its sections. A chapter that
    /// begins on the page on which the next begins too has that page.
    fn range(&self, at: usize, inner: std::ops::Range<usize>, end: usize) -> Range {
        let chapter = &self.chapters[at];
        let own_end = if inner.is_empty() {
            end
        } else {
            self.chapters[inner.start].first
        };
        let last = if inner.is_empty() {
            own_end.max(chapter.first + 1)
        } else {
            own_end
        };
        let own = self
            .canvases
            .get(chapter.first..last.max(chapter.first))
            .unwrap_or_default();
        let canvases = own.iter().map(|canvas| {
            Part::Canvas(Elsewhere {
                id: canvas_id(self.base, &canvas.key),
                kind: "Canvas",
            })
        });
        let sections = self.below(inner, end).into_iter().map(Part::Range);
        Range {
            id: format!("{}/range/{}", self.base, at + 1),
            kind: "Range",
            label: chapter.label.clone(),
            items: canvases.chain(sections).collect(),
        }
    }
}
