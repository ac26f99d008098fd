//! The text of a page, as it is kept and shown.

use serde::{Deserialize, Serialize};

use crate::flow;

/// The text of one page: paragraphs of lines, in reading order as the file has it.
///
/// As JSON it is compact, because it is stored for every page: `{"l":"es","s":[2480,3508],"b":[[{"t":"En la
/// ciudad","a":[300,400,900,60]}]]}`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PageText {
    /// The language of most of the text as a BCP 47 tag, if the file says so.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Width and height of the page in the unit of the areas; neither is 0.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub size: Option<(u32, u32)>,
    /// The paragraphs; none is empty.
    #[serde(rename = "b", default, skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<Block>,
}

/// A paragraph, or whatever the file keeps together: a heading, a caption, a cell.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Block {
    /// Its lines, from the first; at least one.
    pub lines: Vec<Line>,
}

/// A line as it is seen on the page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Line {
    /// What stands there, hyphens at its end too; without space at its ends, and one space between words.
    #[serde(rename = "t")]
    pub text: String,
    /// Where it stands, if the file says so.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub area: Option<Area>,
    /// The word that is broken between this line and the next, whole, if the file says so: it stands for the
    /// last word of this line and the first of the next.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub broken: Option<String>,
}

/// A rectangle on the page, from its upper left corner; as JSON `[x, y, width, height]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "[u32; 4]", into = "[u32; 4]")]
pub struct Area {
    /// From the left edge of the page.
    pub x: u32,
    /// From the upper edge of the page.
    pub y: u32,
    /// Not 0.
    pub width: u32,
    /// Not 0.
    pub height: u32,
}

impl From<[u32; 4]> for Area {
    fn from([x, y, width, height]: [u32; 4]) -> Self {
        Self {
            x,
            y,
            width,
            height,
        }
    }
}

impl From<Area> for [u32; 4] {
    fn from(area: Area) -> Self {
        [area.x, area.y, area.width, area.height]
    }
}

impl PageText {
    /// The same text on an image of `width` × `height` pixels.
    ///
    /// Areas grow or shrink with the page, by each side for itself; what lies outside of the image is cut off,
    /// and a line that lies there wholly keeps its text alone. Without a size of its own the page is taken to be
    /// measured in pixels of this image.
    #[must_use]
    pub fn scaled_to(mut self, width: u32, height: u32) -> Self {
        let from = self.size.unwrap_or((width, height));
        for line in self.blocks.iter_mut().flat_map(|block| &mut block.lines) {
            line.area = line
                .area
                .and_then(|area| area.scaled(from, (width, height)));
        }
        self.size = (width > 0 && height > 0).then_some((width, height));
        self
    }

    /// The text alone: lines as they are, paragraphs with an empty line between them, and words that are broken
    /// at the end of a line whole, on the line where they begin.
    ///
    /// Where the file does not say what the whole word is, a hyphen goes if a small letter follows it
    /// (`ejem-`, `plo`), and stays if not (`Castilla-`, `León`); a compound that is broken at its own hyphen
    /// loses it. Without an end of line at the end.
    #[must_use]
    pub fn plain(&self) -> String {
        flow::plain(&self.blocks)
    }
}

impl Area {
    fn scaled(self, from: (u32, u32), to: (u32, u32)) -> Option<Self> {
        let (x, width) = scaled_span(self.x, self.width, from.0, to.0)?;
        let (y, height) = scaled_span(self.y, self.height, from.1, to.1)?;
        Some(Self {
            x,
            y,
            width,
            height,
        })
    }
}

/// Start and length of a span on an edge that was `from` long and is `to` long; rounded outwards, so that nothing
/// that was covered no longer is.
fn scaled_span(start: u32, length: u32, from: u32, to: u32) -> Option<(u32, u32)> {
    if from == 0 {
        return None;
    }
    let (start, end) = (u64::from(start), u64::from(start) + u64::from(length));
    let (from, to) = (u64::from(from), u64::from(to));
    let scaled_start = start.checked_mul(to)? / from;
    let scaled_end = end.checked_mul(to)?.div_ceil(from).min(to);
    let length = scaled_end
        .checked_sub(scaled_start)
        .filter(|length| *length > 0)?;
    Some((
        u32::try_from(scaled_start).ok()?,
        u32::try_from(length).ok()?,
    ))
}

/// `text` in one line: white space of any kind is one space, and none at the ends; what cannot be seen is gone.
pub(crate) fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        let before = cleaned.len();
        if before > 0 {
            cleaned.push(' ');
        }
        let visible = cleaned.len();
        cleaned.extend(
            word.chars()
                .filter(|c| !c.is_control() && !matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}')),
        );
        if cleaned.len() == visible {
            cleaned.truncate(before);
        }
    }
    cleaned
}

#[cfg(test)]
mod tests {
    use super::{clean, scaled_span};

    #[test]
    fn white_space_is_one_space_and_what_cannot_be_seen_goes() {
        for (text, cleaned) in [
            ("  En\t la\u{a0}\r\n ciudad ", "En la ciudad"),
            ("a \u{1} b\u{0}c", "a bc"),
            (" \u{feff} ", ""),
        ] {
            assert_eq!(clean(text), cleaned, "{text:?}");
        }
    }

    #[test]
    fn a_span_grows_outwards_and_ends_with_the_page() {
        for ((start, length, from, to), scaled) in [
            ((10, 20, 100, 200), Some((20, 40))),
            ((10, 20, 100, 50), Some((5, 10))),
            ((1, 1, 3, 10), Some((3, 4))),
            ((90, 20, 100, 100), Some((90, 10))),
            ((100, 5, 100, 100), None),
            ((0, 5, 0, 100), None),
            ((0, 5, 100, 0), None),
            ((u32::MAX, u32::MAX, 1, u32::MAX), None),
        ] {
            assert_eq!(scaled_span(start, length, from, to), scaled);
        }
    }
}
