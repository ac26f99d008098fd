//! The documents of the Presentation API 2.1, for viewers and harvesters that know no newer one: the same
//! things as in 3.0, in the words of then.

use serde::Serialize;
use serde_json::{Value, json};

use super::text::target;
use super::{Chapter, LanguageValues, Pair, TextLine};

const CONTEXT: &str = "http://iiif.io/api/presentation/2/context.json";
const IMAGE_CONTEXT: &str = "http://iiif.io/api/image/2/context.json";
const IMAGE_PROFILE: &str = "http://iiif.io/api/image/2/level2.json";

/// An image: its service and one request to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// The base URI of its service.
    pub service: String,
    /// Such as `full/full/0/default.jpg`.
    pub request: String,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// A page of a manifest, as the caller knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canvas {
    /// What names the canvas in its manifest; stable.
    pub key: String,
    /// Its label.
    pub label: LanguageValues,
    /// What else is said of it.
    pub metadata: Vec<Pair>,
    /// The image.
    pub image: Image,
    /// The small image.
    pub thumbnail: Image,
    /// The address of its text (a [`text`]).
    pub text: Option<String>,
}

/// Something with an address and a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The address of its document.
    pub id: String,
    /// Its label.
    pub label: LanguageValues,
    /// A small image of it.
    pub thumbnail: Option<Image>,
}

/// What is said of a collection or manifest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Description {
    /// The address of the document.
    pub id: String,
    /// Its label.
    pub label: LanguageValues,
    /// What it is, in a few sentences.
    pub description: LanguageValues,
    /// What else is said of it.
    pub metadata: Vec<Pair>,
    /// What must be shown with it.
    pub attribution: LanguageValues,
    /// The URI of the rights statement.
    pub license: Option<String>,
    /// When it was made, as a moment.
    pub nav_date: Option<String>,
    /// How viewers are to show it: a word of the specification.
    pub viewing_hint: Option<&'static str>,
    /// In which direction its pages follow each other: a word of the specification.
    pub viewing_direction: Option<&'static str>,
    /// The address of its page.
    pub related: String,
    /// The address of what it belongs to.
    pub within: Option<String>,
    /// The address of the institution's logo.
    pub logo: Option<String>,
}

/// A Manifest of canvases with one image each (section 5.1); they get addresses below `base`.
#[must_use]
pub fn manifest(
    description: &Description,
    base: &str,
    canvases: &[Canvas],
    chapters: &[Chapter],
) -> Value {
    let mut document = head(description, "sc:Manifest");
    let thumbnail = canvases.first().map(|canvas| picture(&canvas.thumbnail));
    set(&mut document, "thumbnail", thumbnail);
    let of = canvases.iter().map(|input| canvas(base, input));
    let mut sequence = json!({
        "@id": format!("{base}/sequence/1"),
        "@type": "sc:Sequence",
        "canvases": of.collect::<Vec<_>>(),
    });
    set(
        &mut sequence,
        "viewingDirection",
        description.viewing_direction,
    );
    set(&mut document, "sequences", Some([sequence]));
    let ranges: Vec<Value> = (0..chapters.len())
        .map(|at| range(base, canvases, chapters, at))
        .collect();
    set(
        &mut document,
        "structures",
        Some(ranges).filter(|ranges| !ranges.is_empty()),
    );
    document
}

/// A Collection of collections and manifests (section 5.8).
#[must_use]
pub fn collection(
    description: &Description,
    collections: &[Reference],
    manifests: &[Reference],
) -> Value {
    let mut document = head(description, "sc:Collection");
    let list = |references: &[Reference], kind| {
        let all: Vec<Value> = references.iter().map(|of| reference(of, kind)).collect();
        Some(all).filter(|all| !all.is_empty())
    };
    set(
        &mut document,
        "collections",
        list(collections, "sc:Collection"),
    );
    set(&mut document, "manifests", list(manifests, "sc:Manifest"));
    document
}

/// An AnnotationList (section 5.5) with the lines of the canvas with `key` below `base`.
#[must_use]
pub fn text(
    id: &str,
    base: &str,
    key: &str,
    language: Option<&str>,
    lines: &[TextLine<'_>],
) -> Value {
    let canvas = super::manifest::canvas_id(base, key);
    let resources = lines.iter().enumerate().map(|(number, line)| {
        let mut resource = json!({
            "@type": "cnt:ContentAsText",
            "format": "text/plain",
            "chars": line.text,
        });
        set(&mut resource, "language", language);
        json!({
            "@id": format!("{canvas}/text/{}", number + 1),
            "@type": "oa:Annotation",
            "motivation": "sc:painting",
            "resource": resource,
            "on": target(&canvas, line),
        })
    });
    json!({
        "@context": CONTEXT,
        "@id": id,
        "@type": "sc:AnnotationList",
        "resources": resources.collect::<Vec<_>>(),
    })
}

fn set(object: &mut Value, key: &str, value: Option<impl Serialize>) {
    if let Some(value) = value {
        object[key] = json!(value);
    }
}

fn head(of: &Description, kind: &str) -> Value {
    let mut document = json!({
        "@context": CONTEXT,
        "@id": of.id,
        "@type": kind,
        "label": texts(&of.label),
        "related": {"@id": of.related, "format": "text/html"},
    });
    let some = |values: &LanguageValues| (!values.is_empty()).then(|| texts(values));
    set(&mut document, "description", some(&of.description));
    set(&mut document, "metadata", pairs(&of.metadata));
    set(&mut document, "attribution", some(&of.attribution));
    set(&mut document, "license", of.license.as_ref());
    set(&mut document, "navDate", of.nav_date.as_ref());
    set(&mut document, "viewingHint", of.viewing_hint);
    set(&mut document, "within", of.within.as_ref());
    set(&mut document, "logo", of.logo.as_ref());
    document
}

fn pairs(pairs: &[Pair]) -> Option<Vec<Value>> {
    let all = pairs
        .iter()
        .map(|pair| json!({"label": texts(&pair.label), "value": texts(&pair.value)}));
    Some(all.collect::<Vec<_>>()).filter(|all| !all.is_empty())
}

/// Texts in their languages (section 4.3): a bare text where it is in none.
fn texts(values: &LanguageValues) -> Value {
    let mut all: Vec<Value> = Vec::new();
    for (tag, texts) in values {
        for text in texts {
            all.push(match tag.as_str() {
                "none" => json!(text),
                tag => json!({"@value": text, "@language": tag}),
            });
        }
    }
    match all.len() {
        1 => all.remove(0),
        _ => Value::Array(all),
    }
}

fn reference(of: &Reference, kind: &str) -> Value {
    let mut value = json!({"@id": of.id, "@type": kind, "label": texts(&of.label)});
    set(&mut value, "thumbnail", of.thumbnail.as_ref().map(picture));
    value
}

fn picture(image: &Image) -> Value {
    json!({
        "@id": format!("{}/{}", image.service, image.request),
        "@type": "dctypes:Image",
        "format": "image/jpeg",
        "width": image.width,
        "height": image.height,
        "service": {
            "@context": IMAGE_CONTEXT,
            "@id": image.service,
            "profile": IMAGE_PROFILE,
        },
    })
}

fn canvas(base: &str, input: &Canvas) -> Value {
    let id = super::manifest::canvas_id(base, &input.key);
    let mut value = json!({
        "@id": id,
        "@type": "sc:Canvas",
        "label": texts(&input.label),
        "width": input.image.width,
        "height": input.image.height,
        "thumbnail": picture(&input.thumbnail),
        "images": [{
            "@id": format!("{id}/image"),
            "@type": "oa:Annotation",
            "motivation": "sc:painting",
            "resource": picture(&input.image),
            "on": id,
        }],
    });
    set(&mut value, "metadata", pairs(&input.metadata));
    let text = input
        .text
        .as_ref()
        .map(|id| [json!({"@id": id, "@type": "sc:AnnotationList"})]);
    set(&mut value, "otherContent", text);
    value
}

/// A Range (section 5.7): flat, with references to the ranges in it.
fn range(base: &str, canvases: &[Canvas], chapters: &[Chapter], at: usize) -> Value {
    let chapter = &chapters[at];
    let id = |at: usize| format!("{base}/range/{}", at + 1);
    let next = (at + 1..chapters.len())
        .find(|other| chapters[*other].level <= chapter.level)
        .unwrap_or(chapters.len());
    let end = chapters.get(next).map_or(canvases.len(), |next| next.first);
    let own = canvases
        .get(chapter.first..end.max(chapter.first + 1))
        .unwrap_or_default();
    let inside: Vec<String> = own
        .iter()
        .map(|canvas| super::manifest::canvas_id(base, &canvas.key))
        .collect();
    let sections: Vec<String> = (at + 1..next)
        .filter(|inner| chapters[*inner].level == chapters[at + 1].level)
        .map(id)
        .collect();
    let mut value = json!({
        "@id": id(at),
        "@type": "sc:Range",
        "label": texts(&chapter.label),
        "canvases": inside,
    });
    set(
        &mut value,
        "ranges",
        Some(sections).filter(|all| !all.is_empty()),
    );
    value
}
