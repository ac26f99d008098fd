//! The text of a page as annotations.

use serde::Serialize;

use super::CONTEXT;

/// A line of text and where it stands on its canvas, in pixels: x, y, width, height.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextLine<'a> {
    /// The words.
    pub text: &'a str,
    /// Where; the whole canvas if nobody said.
    pub area: Option<(u32, u32, u32, u32)>,
}

/// An AnnotationPage (section 3.4) with the lines of one canvas.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TextPage<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    items: Vec<Annotation<'a>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Annotation<'a> {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    motivation: &'static str,
    body: Body<'a>,
    target: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    value: &'a str,
}

/// The canvas or the part of it that a line stands on.
pub(super) fn target(canvas: &str, line: &TextLine<'_>) -> String {
    match line.area {
        Some((x, y, width, height)) => format!("{canvas}#xywh={x},{y},{width},{height}"),
        None => canvas.to_owned(),
    }
}

impl<'a> TextPage<'a> {
    /// The document at `id` of the canvas with `key` below `base`, as in the manifest.
    #[must_use]
    pub fn new(
        id: &'a str,
        base: &str,
        key: &str,
        language: Option<&'a str>,
        lines: &[TextLine<'a>],
    ) -> Self {
        let canvas = super::manifest::canvas_id(base, key);
        let items = lines.iter().enumerate().map(|(number, line)| Annotation {
            id: format!("{canvas}/text/{}", number + 1),
            kind: "Annotation",
            motivation: "supplementing",
            body: Body {
                kind: "TextualBody",
                format: "text/plain",
                language,
                value: line.text,
            },
            target: target(&canvas, line),
        });
        Self {
            context: CONTEXT,
            id,
            kind: "AnnotationPage",
            items: items.collect(),
        }
    }
}
