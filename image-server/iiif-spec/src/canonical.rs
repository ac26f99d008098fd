//! The one form of a request that the specification prefers (Image API 3.0 and 2.1, section 4.7).

use crate::geometry::{Rect, Size, other_side};
use crate::{Evaluated, Format, Quality, Rules, Source, Version};

/// The canonical `region/size/rotation/quality.format` of what was asked.
#[must_use]
pub fn canonical(asked: &Evaluated, version: Version, source: &Source, rules: &Rules) -> String {
    let Rect {
        x,
        y,
        width,
        height,
    } = asked.region;
    let region = if (width, height) == (source.width, source.height) {
        "full".to_owned()
    } else {
        format!("{x},{y},{width},{height}")
    };
    let natural = Size { width, height };
    let enlarges = asked.size.exceeds(natural);
    let size = match version {
        Version::V3 if asked.size == rules.shrink(natural) => "max".to_owned(),
        Version::V3 if enlarges && asked.size == rules.fill(natural) => "^max".to_owned(),
        Version::V3 if enlarges => format!("^{},{}", asked.size.width, asked.size.height),
        Version::V2 if asked.size == natural => "full".to_owned(),
        Version::V2 if asked.size.height == other_side(asked.size.width, width, height) => {
            format!("{},", asked.size.width)
        }
        Version::V2 | Version::V3 => format!("{},{}", asked.size.width, asked.size.height),
    };
    let mirror = if asked.mirror { "!" } else { "" };
    let quality = Quality::from(asked.quality);
    let format = Format::from(asked.format);
    format!(
        "{region}/{size}/{mirror}{}/{quality}.{format}",
        asked.turn.degrees()
    )
}
