//! The rotation parameter: mirroring and turning (Image API 3.0 and 2.1, section 4.3).

use std::cmp::Ordering;
use std::fmt;

use crate::{Decimal, Size};

/// What a length may exceed whole pixels by without a pixel more: far above what binary fractions
/// lose, far below what anyone sees.
const TOLERANCE: f64 = 1e-6;

/// The rotation parameter; the same in both versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rotation {
    /// Whether `!` was written: mirrored left to right, before the turn.
    pub mirror: bool,
    /// Degrees clockwise, 0 to 360.
    pub degrees: Decimal,
}

/// A turn clockwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Turn {
    /// Not turned.
    D0,
    /// A quarter turn.
    D90,
    /// Upside down.
    D180,
    /// Three quarter turns.
    D270,
    /// By these degrees, which are between 0 and 360 and none of the above.
    Angle(Decimal),
}

impl Rotation {
    /// The rotation that the decoded `text` writes; its degrees may be out of range.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (mirror, degrees) = match text.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        Some(Self {
            mirror,
            degrees: Decimal::parse(degrees)?,
        })
    }

    /// Whether the degrees are between 0 and 360, both included.
    pub(crate) fn is_in_range(&self) -> bool {
        self.degrees.compare(360) != Ordering::Greater
    }

    /// The turn.
    #[must_use]
    pub fn turn(&self) -> Turn {
        match self.degrees.as_integer() {
            Some(0 | 360) => Turn::D0,
            Some(90) => Turn::D90,
            Some(180) => Turn::D180,
            Some(270) => Turn::D270,
            _ => Turn::Angle(self.degrees),
        }
    }
}

impl Turn {
    /// Degrees clockwise.
    #[must_use]
    pub fn degrees(self) -> Decimal {
        match self {
            Self::D0 => 0.into(),
            Self::D90 => 90.into(),
            Self::D180 => 180.into(),
            Self::D270 => 270.into(),
            Self::Angle(degrees) => degrees,
        }
    }

    /// The size of the box around an image of `size` after the turn.
    #[must_use]
    pub fn bounds(self, size: Size) -> Size {
        let Size { width, height } = size;
        match self {
            Self::D0 | Self::D180 => size,
            Self::D90 | Self::D270 => Size {
                width: height,
                height: width,
            },
            Self::Angle(degrees) => {
                let (sin, cos) = degrees.to_f64().to_radians().sin_cos();
                let (width, height) = (f64::from(width), f64::from(height));
                let side = |along: f64, across: f64| {
                    let length = along * cos.abs() + across * sin.abs();
                    ((length - TOLERANCE).ceil() as u32).max(1)
                };
                Size {
                    width: side(width, height),
                    height: side(height, width),
                }
            }
        }
    }
}

impl fmt::Display for Rotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.mirror { "!" } else { "" }, self.degrees)
    }
}
