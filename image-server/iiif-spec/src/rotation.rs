//! The rotation parameter: mirroring and turning (Image API 3.0 and 2.1, section 4.3).

use std::cmp::Ordering;
use std::fmt;

use crate::Decimal;

/// The rotation parameter; the same in both versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rotation {
    /// Whether `!` was written: mirrored left to right, before the turn.
    pub mirror: bool,
    /// Degrees clockwise, 0 to 360.
    pub degrees: Decimal,
}

/// A turn by a multiple of 90 degrees clockwise.
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

    /// The turn, if it is a multiple of 90 degrees.
    #[must_use]
    pub fn turn(&self) -> Option<Turn> {
        match self.degrees.as_integer()? {
            0 | 360 => Some(Turn::D0),
            90 => Some(Turn::D90),
            180 => Some(Turn::D180),
            270 => Some(Turn::D270),
            _ => None,
        }
    }
}

impl Turn {
    /// Degrees clockwise.
    #[must_use]
    pub const fn degrees(self) -> u16 {
        match self {
            Self::D0 => 0,
            Self::D90 => 90,
            Self::D180 => 180,
            Self::D270 => 270,
        }
    }

    /// Whether width and height change places.
    #[must_use]
    pub const fn swaps_sides(self) -> bool {
        matches!(self, Self::D90 | Self::D270)
    }
}

impl fmt::Display for Rotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.mirror { "!" } else { "" }, self.degrees)
    }
}
