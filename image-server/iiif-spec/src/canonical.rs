//! The one form of a request that the specification prefers (Image API 3.0 and 2.1, section 4.7).

use std::fmt::Write as _;

use crate::geometry::{Rect, Size, other_side};
use crate::{Evaluated, Format, Quality, Rules, Source, Version};

/// Bytes of nearly all of them.
const LENGTH: usize = 64;

/// The canonical `region/size/rotation/quality.format` of what was asked.
#[must_use]
pub fn canonical(asked: &Evaluated, version: Version, source: &Source, rules: &Rules) -> String {
    let mut text = String::with_capacity(LENGTH);
    // Writing to text does not fail.
    let _ = write(&mut text, asked, version, source, rules);
    text
}

fn write(
    text: &mut String,
    asked: &Evaluated,
    version: Version,
    source: &Source,
    rules: &Rules,
) -> std::fmt::Result {
    let Rect {
        x,
        y,
        width,
        height,
    } = asked.region;
    if (width, height) == (source.width, source.height) {
        text.write_str("full")?;
    } else {
        write!(text, "{x},{y},{width},{height}")?;
    }
    let natural = Size { width, height };
    let enlarges = asked.size.exceeds(natural);
    let Size {
        width: w,
        height: h,
    } = asked.size;
    match version {
        Version::V3 if asked.size == rules.shrink(natural) => text.write_str("/max"),
        Version::V3 if enlarges && asked.size == rules.fill(natural) => text.write_str("/^max"),
        Version::V3 if enlarges => write!(text, "/^{w},{h}"),
        Version::V2 if asked.size == natural => text.write_str("/full"),
        Version::V2 if h == other_side(w, width, height) => write!(text, "/{w},"),
        Version::V2 | Version::V3 => write!(text, "/{w},{h}"),
    }?;
    let mirror = if asked.mirror { "!" } else { "" };
    let quality = Quality::from(asked.quality);
    let format = Format::from(asked.format);
    let degrees = asked.turn.degrees();
    write!(text, "/{mirror}{degrees}/{quality}.{format}")
}
