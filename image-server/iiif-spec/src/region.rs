//! The region parameter: which part of the image (Image API 3.0 and 2.1, section 4.1).

use std::fmt;

use crate::number::{Decimal, integer, list};

/// The region parameter; the same in both versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Region {
    /// `full`: the whole image.
    Full,
    /// `square`: the centred square whose side is the shorter side of the image.
    Square,
    /// `x,y,w,h` in pixels of the full image.
    Pixels {
        /// Left edge.
        x: u32,
        /// Top edge.
        y: u32,
        /// Width.
        width: u32,
        /// Height.
        height: u32,
    },
    /// `pct:x,y,w,h` in percent of the image's width and height.
    Percent {
        /// Left edge, percent of the width.
        x: Decimal,
        /// Top edge, percent of the height.
        y: Decimal,
        /// Width, percent of the width.
        width: Decimal,
        /// Height, percent of the height.
        height: Decimal,
    },
}

impl Region {
    /// The region that the decoded `text` writes.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "full" => Some(Self::Full),
            "square" => Some(Self::Square),
            _ => match text.strip_prefix("pct:") {
                Some(percent) => {
                    let [x, y, width, height] = list(percent, Decimal::parse)?;
                    Some(Self::Percent {
                        x,
                        y,
                        width,
                        height,
                    })
                }
                None => {
                    let [x, y, width, height] = list(text, integer)?;
                    Some(Self::Pixels {
                        x,
                        y,
                        width,
                        height,
                    })
                }
            },
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("full"),
            Self::Square => f.write_str("square"),
            Self::Pixels {
                x,
                y,
                width,
                height,
            } => write!(f, "{x},{y},{width},{height}"),
            Self::Percent {
                x,
                y,
                width,
                height,
            } => write!(f, "pct:{x},{y},{width},{height}"),
        }
    }
}
