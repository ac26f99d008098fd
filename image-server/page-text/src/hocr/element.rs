//! What an element of HTML is in hOCR.

use html5gum::StartTag;

use super::lossy;
use crate::language;

/// What an element is for the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// `ocr_page`.
    Page,
    /// `ocr_carea`, `ocr_par`: lines in it are a paragraph.
    Block,
    /// `ocr_line` and what programs write instead.
    Line,
    /// `ocrx_word`.
    Word,
    /// Nothing of hOCR.
    None,
}

impl Role {
    fn of(class: &str) -> Self {
        match class {
            "ocr_page" => Self::Page,
            "ocr_carea" | "ocrx_block" | "ocr_par" => Self::Block,
            "ocr_line" | "ocrx_line" | "ocr_header" | "ocr_footer" | "ocr_caption"
            | "ocr_textfloat" => Self::Line,
            "ocrx_word" | "ocr_word" => Self::Word,
            _ => Self::None,
        }
    }
}

/// A box as hOCR writes it: left, top, right, bottom, in pixels of the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bbox {
    pub(super) left: u32,
    pub(super) top: u32,
    pub(super) right: u32,
    pub(super) bottom: u32,
}

impl Bbox {
    /// From a title such as `image "0001.jpg"; bbox 0 0 2480 3508; ppageno 0`; `None` if it has no box, or one
    /// without any inside.
    fn of(title: &str) -> Option<Self> {
        let numbers = title
            .split(';')
            .find_map(|property| property.trim_start().strip_prefix("bbox"))?;
        let mut numbers = numbers.split_whitespace().map(number);
        let mut next = || numbers.next().flatten();
        let bbox = Self {
            left: next()?,
            top: next()?,
            right: next()?,
            bottom: next()?,
        };
        (bbox.left < bbox.right && bbox.top < bbox.bottom).then_some(bbox)
    }

    /// What covers both.
    pub(super) fn with(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }
}

/// A whole number, also where a program wrote a fraction or went beyond the edge.
fn number(text: &str) -> Option<u32> {
    let number: f64 = text.parse().ok()?;
    let rounded = number.round().max(0.0);
    (rounded <= f64::from(u32::MAX)).then_some(rounded as u32)
}

/// An element that begins.
#[derive(Debug)]
pub(super) struct Element {
    /// In small letters.
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) bbox: Option<Bbox>,
    /// `lang` or `xml:lang`, as a BCP 47 tag.
    pub(super) language: Option<String>,
    /// `name` and `content` of a `meta`.
    pub(super) meta: Option<(String, String)>,
}

impl Element {
    pub(super) fn of(tag: &StartTag<()>) -> Self {
        let get = |name: &str| {
            tag.attributes
                .get(name.as_bytes())
                .map(|value| lossy(value))
        };
        let role = get("class")
            .and_then(|classes| {
                classes
                    .split_whitespace()
                    .map(Role::of)
                    .find(|role| *role != Role::None)
            })
            .unwrap_or(Role::None);
        let name = lossy(&tag.name).into_owned();
        let meta = (name == "meta")
            .then(|| Some((get("name")?.into_owned(), get("content")?.into_owned())))
            .flatten();
        Self {
            role,
            bbox: get("title")
                .filter(|_| role != Role::None)
                .and_then(|title| Bbox::of(&title)),
            language: ["lang", "xml:lang"]
                .into_iter()
                .find_map(get)
                .and_then(|text| language::tag(&text)),
            meta,
            name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Bbox;

    #[test]
    fn boxes_are_found_in_titles() {
        for (title, expected) in [
            ("bbox 1 2 30 40", Some([1, 2, 30, 40])),
            (
                "image \"a.jpg\"; bbox 0 0 2480 3508; ppageno 0",
                Some([0, 0, 2480, 3508]),
            ),
            ("baseline 0 -5;bbox  1\t2 30 40 ", Some([1, 2, 30, 40])),
            ("bbox -3 2.4 30.6 40", Some([0, 2, 31, 40])),
            ("bbox 30 2 1 40", None),
            ("bbox 1 2 30", None),
            ("bbox a b c d", None),
            ("bbox 0 0 1e99 NaN", None),
            ("x_wconf 96", None),
            ("", None),
        ] {
            let found = Bbox::of(title).map(|b| [b.left, b.top, b.right, b.bottom]);
            assert_eq!(found, expected, "{title}");
        }
    }
}
