//! Templates of addresses that an institution published before and keeps.
//!
//! Such as `https://imagenes.example.org/iiif/{collection}/{item}/manifest.json`: a URL in which names
//! in braces stand for what differs. Reading one is in `parse`, finding it in a path in `matching`.

mod error;
mod matching;
mod parse;

use std::fmt;
use std::num::NonZeroU32;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use crate::InstitutionName;

pub use error::TemplateError;

/// All but the unreserved characters of RFC 3986, section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A URL in which names in braces stand for what differs from one address to the next.
///
/// As text it is what was written, character by character. It is either of manifests or of images, by
/// its placeholders:
///
/// | Placeholder | In | Stands for |
/// |---|---|---|
/// | `{institution}` | both | the institution's name; filled in by [`Template::of`] before use |
/// | `{collection}` | both | what the collection is called in addresses |
/// | `{item}` | both | the item's name |
/// | `{identifier}` | images | an image identifier of ours |
/// | `{page}` | images | the number of a page in its item, from 1, without zeros before it |
/// | `{file}` | images | the name of a page's file |
/// | `{version}` | images | the version of the Image API, `2` or `3` |
///
/// A template of manifests has `{item}`; one of images has `{identifier}`, or `{item}` and one of
/// `{page}` and `{file}`. The path of an image's template is that of its base URI.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Template {
    kind: KeptKind,
    /// Scheme and authority, as written.
    origin: String,
    /// The host in lower case, without port.
    host: String,
    /// The path: literal text and placeholders; no two placeholders next to each other.
    parts: Vec<Part>,
}

/// What addresses of a template name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeptKind {
    /// Manifests of items.
    Manifest,
    /// Base URIs of images.
    Image,
}

/// A version of the Image API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ImageVersion {
    /// Image API 2.1.
    V2,
    /// Image API 3.0.
    V3,
}

/// What stands for each placeholder, decoded; none for those that a template does not have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Values {
    /// What the collection is called in addresses.
    pub collection: Option<String>,
    /// The item's name.
    pub item: Option<String>,
    /// The image identifier.
    pub identifier: Option<String>,
    /// The number of the page in its item, from 1.
    pub page: Option<NonZeroU32>,
    /// The name of the page's file.
    pub file: Option<String>,
    /// The version of the Image API; an address that does not say it speaks version 2.
    pub version: Option<ImageVersion>,
}

/// A piece of a template's path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// Text that stands in every address as it is here.
    Literal(String),
    /// What differs.
    Placeholder(Placeholder),
}

/// What can stand in braces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Placeholder {
    Institution,
    Collection,
    Item,
    Identifier,
    Page,
    File,
    Version,
}

impl Template {
    /// Whether it is of manifests or of images.
    #[must_use]
    pub fn kind(&self) -> KeptKind {
        self.kind
    }

    /// Scheme and authority as written, such as `https://imagenes.example.org`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The host in lower case, without port.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether its addresses are `https`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.origin.starts_with("https://")
    }

    /// The template with the institution's name in the place of `{institution}`.
    #[must_use]
    pub fn of(&self, institution: &InstitutionName) -> Self {
        let mut parts: Vec<Part> = Vec::new();
        for part in &self.parts {
            let text = match part {
                Part::Literal(text) => text.as_str(),
                Part::Placeholder(Placeholder::Institution) => institution.as_str(),
                Part::Placeholder(_) => {
                    parts.push(part.clone());
                    continue;
                }
            };
            match parts.last_mut() {
                Some(Part::Literal(before)) => before.push_str(text),
                _ => parts.push(Part::Literal(text.to_owned())),
            }
        }
        Self {
            parts,
            ..self.clone()
        }
    }

    /// The path that leads every address, without final slash: the literal text up to the last `/`
    /// before the first placeholder other than `{institution}`.
    #[must_use]
    pub fn prefix(&self) -> String {
        let literal: String = self
            .parts
            .iter()
            .map_while(|part| match part {
                Part::Literal(text) => Some(text.clone()),
                Part::Placeholder(one @ Placeholder::Institution) => Some(one.braced()),
                Part::Placeholder(_) => None,
            })
            .collect();
        let end = literal.rfind('/').unwrap_or(0);
        literal[..end].to_owned()
    }

    /// Whether its addresses say which collection they are of.
    #[must_use]
    pub fn names_collection(&self) -> bool {
        self.has(Placeholder::Collection)
    }

    /// Whether its addresses say which version of the Image API they speak.
    #[must_use]
    pub fn names_version(&self) -> bool {
        self.has(Placeholder::Version)
    }

    /// Whether its addresses name images by our identifiers.
    #[must_use]
    pub fn names_identifier(&self) -> bool {
        self.has(Placeholder::Identifier)
    }

    /// Whether its addresses name pages by their number.
    #[must_use]
    pub fn names_page(&self) -> bool {
        self.has(Placeholder::Page)
    }

    /// Whether its addresses name pages by their file.
    #[must_use]
    pub fn names_file(&self) -> bool {
        self.has(Placeholder::File)
    }

    /// The address with these values, on the template's own origin.
    ///
    /// Values are percent-encoded but for the unreserved characters of RFC 3986. Nothing if a value is
    /// missing, or is one that no address can hold: empty, `.`, `..`, or with `/` or control characters.
    #[must_use]
    pub fn fill(&self, values: &Values) -> Option<String> {
        Some(format!("{}{}", self.origin, self.path(values)?))
    }

    /// The path of the address with these values; see [`Template::fill`].
    #[must_use]
    pub fn path(&self, values: &Values) -> Option<String> {
        let mut path = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(text) => path.push_str(text),
                Part::Placeholder(placeholder) => {
                    let value = placeholder.get(values)?;
                    if !is_value(&value) {
                        return None;
                    }
                    path.extend(utf8_percent_encode(&value, RESERVED));
                }
            }
        }
        Some(path)
    }

    fn has(&self, wanted: Placeholder) -> bool {
        self.parts
            .iter()
            .any(|part| matches!(part, Part::Placeholder(found) if *found == wanted))
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)?;
        self.parts.iter().try_for_each(|part| match part {
            Part::Literal(text) => f.write_str(text),
            Part::Placeholder(placeholder) => f.write_str(&placeholder.braced()),
        })
    }
}

impl From<Template> for String {
    fn from(template: Template) -> Self {
        template.to_string()
    }
}

impl ImageVersion {
    /// The version as addresses write it: `2` or `3`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2 => "2",
            Self::V3 => "3",
        }
    }
}

impl Values {
    /// The version of the Image API that the address speaks: 2 unless it says another, as addresses
    /// published before version 3 do.
    #[must_use]
    pub fn image_version(&self) -> ImageVersion {
        self.version.unwrap_or(ImageVersion::V2)
    }
}

impl Placeholder {
    const ALL: [Self; 7] = [
        Self::Institution,
        Self::Collection,
        Self::Item,
        Self::Identifier,
        Self::Page,
        Self::File,
        Self::Version,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Institution => "institution",
            Self::Collection => "collection",
            Self::Item => "item",
            Self::Identifier => "identifier",
            Self::Page => "page",
            Self::File => "file",
            Self::Version => "version",
        }
    }

    fn braced(self) -> String {
        format!("{{{}}}", self.name())
    }

    fn get(self, values: &Values) -> Option<String> {
        match self {
            Self::Institution => None,
            Self::Collection => values.collection.clone(),
            Self::Item => values.item.clone(),
            Self::Identifier => values.identifier.clone(),
            Self::Page => values.page.map(|page| page.to_string()),
            Self::File => values.file.clone(),
            Self::Version => values.version.map(|version| version.as_str().to_owned()),
        }
    }

    /// Takes a decoded value; whether it can be one of this placeholder.
    fn set(self, values: &mut Values, value: String) -> bool {
        if !is_value(&value) {
            return false;
        }
        match self {
            Self::Institution => return false,
            Self::Collection => values.collection = Some(value),
            Self::Item => values.item = Some(value),
            Self::Identifier => values.identifier = Some(value),
            Self::Page => {
                let is_canonical = !value.starts_with(['0', '+']);
                values.page = value.parse().ok().filter(|_| is_canonical);
                return values.page.is_some();
            }
            Self::File => values.file = Some(value),
            Self::Version => {
                let versions = [ImageVersion::V2, ImageVersion::V3];
                values.version = versions.into_iter().find(|v| v.as_str() == value);
                return values.version.is_some();
            }
        }
        true
    }
}

/// Whether a path segment can hold the value, and come through proxies as it is.
fn is_value(value: &str) -> bool {
    !["", ".", ".."].contains(&value) && !value.contains(|c: char| c == '/' || c.is_control())
}
