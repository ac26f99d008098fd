//! The quality parameter: colour, grey or black and white (Image API 3.0 and 2.1, section 4.4).

use std::fmt;

/// The quality parameter; the same in both versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quality {
    /// `default`: as stored.
    Default,
    /// `color`: all colour there is.
    Color,
    /// `gray`: shades of grey.
    Gray,
    /// `bitonal`: black and white only.
    Bitonal,
}

/// What is done to the colours of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutputQuality {
    /// Nothing: the colours are those stored. Both `default` and `color` ask for it, because
    /// `color` "MUST return an image", grey if there is no more.
    Default,
    /// Reduced to shades of grey.
    Gray,
    /// Reduced to black and white.
    Bitonal,
}

impl Quality {
    /// Every quality of the specification.
    pub const ALL: [Self; 4] = [Self::Default, Self::Color, Self::Gray, Self::Bitonal];

    /// The quality that the decoded `text` names.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|quality| quality.as_str() == text)
    }

    /// The quality as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Color => "color",
            Self::Gray => "gray",
            Self::Bitonal => "bitonal",
        }
    }

    /// What it asks of the colours.
    #[must_use]
    pub const fn output(self) -> OutputQuality {
        match self {
            Self::Default | Self::Color => OutputQuality::Default,
            Self::Gray => OutputQuality::Gray,
            Self::Bitonal => OutputQuality::Bitonal,
        }
    }
}

impl From<OutputQuality> for Quality {
    fn from(output: OutputQuality) -> Self {
        match output {
            OutputQuality::Default => Self::Default,
            OutputQuality::Gray => Self::Gray,
            OutputQuality::Bitonal => Self::Bitonal,
        }
    }
}

impl fmt::Display for Quality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
