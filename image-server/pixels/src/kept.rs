//! What a pyramid keeps of its source: the coefficients of the full image, and the colours.

use std::sync::Arc;

use crate::color::ColorPolicy;

/// What the tiles of the full image are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// The very coefficients of a JPEG original: nothing was lost.
    Coefficients,
    /// Pixels, encoded anew.
    Recoded(Recoding),
}

/// Why the full image had to be encoded anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recoding {
    /// The source is no JPEG.
    Format,
    /// Its components are sampled in a way that tiles cannot have.
    Sampling,
    /// Its colours are no grey or YCbCr, or had to be converted.
    Colors,
    /// It had to be turned.
    Orientation,
    /// Its steps of quantisation are larger than baseline JPEG allows.
    Quantization,
}

impl Kept {
    /// The same as a word for files and records, which never changes.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Coefficients => "kept",
            Self::Recoded(Recoding::Format) => "recoded-format",
            Self::Recoded(Recoding::Sampling) => "recoded-sampling",
            Self::Recoded(Recoding::Colors) => "recoded-colors",
            Self::Recoded(Recoding::Orientation) => "recoded-orientation",
            Self::Recoded(Recoding::Quantization) => "recoded-quantization",
        }
    }
}

/// What a pyramid keeps of its source's colours.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum KeptColors {
    /// All: they are grey or sRGB.
    #[default]
    Plain,
    /// All, with the profile that says what they are.
    Embedded(Arc<[u8]>),
    /// What sRGB has of them.
    Converted(Converted),
}

/// Why colours were converted to sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Converted {
    /// Because [`ColorPolicy::ToSrgb`] is the policy.
    ByPolicy,
    /// They are inks, which no browser shows.
    Inks,
    /// They are greys whose profile is one of colours.
    Greys,
    /// Their profile is too long to go with every tile.
    LongProfile,
}

impl KeptColors {
    const EMBEDDED: &str = "embedded";
    const CONVERTED: &str = "converted";

    /// The same as a word for files and records, which never changes.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Embedded(_) => Self::EMBEDDED,
            Self::Converted(Converted::ByPolicy) => Self::CONVERTED,
            Self::Converted(Converted::Inks) => "converted-inks",
            Self::Converted(Converted::Greys) => "converted-greys",
            Self::Converted(Converted::LongProfile) => "converted-long-profile",
        }
    }

    /// Whether `policy` makes the same of a source whose colours are kept as `word` says.
    #[must_use]
    pub fn is_of(word: &str, policy: ColorPolicy) -> bool {
        match policy {
            ColorPolicy::ToSrgb => word != Self::EMBEDDED,
            ColorPolicy::Embed => word != Self::CONVERTED,
        }
    }

    /// The profile that goes with the pixels.
    #[must_use]
    pub fn profile(&self) -> Option<&[u8]> {
        match self {
            Self::Embedded(profile) => Some(profile),
            Self::Plain | Self::Converted(_) => None,
        }
    }
}
