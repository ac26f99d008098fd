//! A text line of ALTO, from its strings, spaces and hyphen.

use super::Attributes;
use super::shape::Shape;
use crate::page::{Line, clean};

/// Which half of a broken word a string is (`SUBS_TYPE`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// `HypPart1`, at the end of a line.
    First,
    /// `HypPart2`, at the beginning of the next.
    Second,
}

/// A half of a broken word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Half {
    part: Part,
    /// What is seen of it.
    content: String,
    /// The whole word (`SUBS_CONTENT`).
    whole: Option<String>,
}

/// What a line is made of.
enum Piece {
    /// `String`.
    Word(String),
    /// `SP`.
    Space,
    /// `HYP`.
    Hyphen(String),
}

/// A `TextLine` that is being read.
#[derive(Default)]
pub(super) struct OpenLine {
    shape: Option<Shape>,
    /// What covers its strings.
    words: Option<Shape>,
    pieces: Vec<Piece>,
    has_words: bool,
    has_spaces: bool,
    first: Option<Half>,
    last: Option<Half>,
}

/// A `TextLine` that was read.
pub(super) struct DoneLine {
    pub(super) line: Line,
    /// The second half of a word with which it begins.
    pub(super) begins: Option<Half>,
    /// The first half of a word with which it ends.
    pub(super) ends: Option<Half>,
}

impl OpenLine {
    pub(super) fn new(attributes: &Attributes) -> Self {
        Self {
            shape: Shape::of(attributes),
            ..Self::default()
        }
    }

    /// A `String`.
    pub(super) fn word(&mut self, attributes: &Attributes) {
        let content = clean(attributes.get("CONTENT").unwrap_or_default());
        if content.is_empty() {
            return;
        }
        if let Some(shape) = Shape::of(attributes) {
            self.words = Some(self.words.map_or(shape, |words| words.with(shape)));
        }
        let half = half(attributes, &content);
        if !self.has_words {
            self.first.clone_from(&half);
        }
        self.has_words = true;
        self.last = half;
        self.pieces.push(Piece::Word(content));
    }

    /// An `SP`.
    pub(super) fn space(&mut self) {
        self.has_spaces = true;
        self.pieces.push(Piece::Space);
    }

    /// A `HYP`: what is printed at the end of the line, often given as a soft hyphen, which nobody sees.
    pub(super) fn hyphen(&mut self, attributes: &Attributes) {
        let content = clean(attributes.get("CONTENT").unwrap_or_default());
        let is_unseen = content.is_empty() || content == "\u{ad}";
        self.pieces.push(Piece::Hyphen(if is_unseen {
            "-".to_owned()
        } else {
            content
        }));
    }

    /// The line. Its strings have spaces between them where the file has; where it has none at all, everywhere,
    /// because there are programs that leave them out.
    pub(super) fn finish(self) -> DoneLine {
        let mut text = String::new();
        for piece in self.pieces {
            match piece {
                Piece::Word(word) => {
                    if !self.has_spaces && !text.is_empty() {
                        text.push(' ');
                    }
                    text.push_str(&word);
                }
                Piece::Space => text.push(' '),
                Piece::Hyphen(hyphen) => {
                    text.truncate(text.trim_end().len());
                    text.push_str(&hyphen);
                }
            }
        }
        let area = self
            .shape
            .and_then(Shape::area)
            .or_else(|| self.words.and_then(Shape::area));
        DoneLine {
            line: Line {
                text: clean(&text),
                area,
                broken: None,
            },
            begins: self.first.filter(|half| half.part == Part::Second),
            ends: self.last.filter(|half| half.part == Part::First),
        }
    }
}

/// The half of a word that a string says it is; one of several words is none.
fn half(attributes: &Attributes, content: &str) -> Option<Half> {
    let part = match attributes.get("SUBS_TYPE")? {
        "HypPart1" => Part::First,
        "HypPart2" => Part::Second,
        _ => return None,
    };
    let whole = attributes
        .get("SUBS_CONTENT")
        .map(clean)
        .filter(|whole| !whole.is_empty());
    (!content.contains(' ')).then(|| Half {
        part,
        content: content.to_owned(),
        whole,
    })
}

/// The whole word of two halves, with the signs around it, which `SUBS_CONTENT` has from some programs and not
/// from others; `None` if neither half says what it is.
pub(super) fn whole(first: &Half, second: &Half) -> Option<String> {
    let whole = first.whole.as_deref().or(second.whole.as_deref())?;
    let signs = |c: char| !c.is_alphanumeric();
    let before = &first.content[..first.content.find(char::is_alphanumeric).unwrap_or(0)];
    let after = match second.content.rfind(char::is_alphanumeric) {
        Some(at) => second.content[at..].trim_start_matches(char::is_alphanumeric),
        None => "",
    };
    let before = if whole.starts_with(signs) { "" } else { before };
    let after = if whole.ends_with(signs) { "" } else { after };
    Some(format!("{before}{whole}{after}"))
}

#[cfg(test)]
mod tests {
    use super::{Half, Part, whole};

    #[test]
    fn the_whole_word_has_the_signs_around_it_once() {
        for (first, second, given, expected) in [
            ("ciu", "dad", Some("ciudad"), Some("ciudad")),
            ("(ciu", "dad),", Some("ciudad"), Some("(ciudad),")),
            ("(ciu", "dad),", Some("(ciudad),"), Some("(ciudad),")),
            ("¿", "?", Some("qué"), Some("qué")),
            ("ciu", "dad", None, None),
        ] {
            let half = |part, content: &str, whole: Option<&str>| Half {
                part,
                content: content.to_owned(),
                whole: whole.map(str::to_owned),
            };
            for (one, other) in [(given, given), (given, None), (None, given)] {
                let found = whole(
                    &half(Part::First, first, one),
                    &half(Part::Second, second, other),
                );
                assert_eq!(found.as_deref(), expected, "{first} {second}");
            }
        }
    }
}
