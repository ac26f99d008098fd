//! The format parameter: how the answer is encoded (Image API 3.0 and 2.1, section 4.5).

use std::fmt;

/// A format that the specification knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// `jpg`.
    Jpg,
    /// `png`.
    Png,
    /// `tif`.
    Tif,
    /// `gif`.
    Gif,
    /// `jp2`.
    Jp2,
    /// `pdf`.
    Pdf,
    /// `webp`.
    Webp,
}

/// A format that is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutputFormat {
    /// JPEG.
    Jpg,
    /// PNG.
    Png,
    /// WebP.
    Webp,
    /// GIF.
    Gif,
    /// TIFF.
    Tif,
}

impl Format {
    /// Every format of the specification.
    pub const ALL: [Self; 7] = [
        Self::Jpg,
        Self::Png,
        Self::Tif,
        Self::Gif,
        Self::Jp2,
        Self::Pdf,
        Self::Webp,
    ];

    /// The format that the decoded `text` names.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == text)
    }

    /// The format as it is written, a file name extension.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jpg => "jpg",
            Self::Png => "png",
            Self::Tif => "tif",
            Self::Gif => "gif",
            Self::Jp2 => "jp2",
            Self::Pdf => "pdf",
            Self::Webp => "webp",
        }
    }

    /// The format, if it is offered.
    #[must_use]
    pub const fn output(self) -> Option<OutputFormat> {
        match self {
            Self::Jpg => Some(OutputFormat::Jpg),
            Self::Png => Some(OutputFormat::Png),
            Self::Webp => Some(OutputFormat::Webp),
            Self::Gif => Some(OutputFormat::Gif),
            Self::Tif => Some(OutputFormat::Tif),
            Self::Jp2 | Self::Pdf => None,
        }
    }
}

impl OutputFormat {
    /// Every format that is offered.
    pub const ALL: [Self; 5] = [Self::Jpg, Self::Png, Self::Webp, Self::Gif, Self::Tif];

    /// Those that compliance level 2 does not ask for, as info.json names them.
    pub(crate) const EXTRA: [&str; 3] = [
        Format::Gif.as_str(),
        Format::Tif.as_str(),
        Format::Webp.as_str(),
    ];

    /// The longest side that is written: that of the format or, for JPEG, of the encoder.
    #[must_use]
    pub const fn longest_side(self) -> u32 {
        match self {
            Self::Jpg => 65_500,
            Self::Webp => 16_383,
            Self::Gif => 65_535,
            Self::Png | Self::Tif => i32::MAX.unsigned_abs(),
        }
    }

    /// The media type of the answer.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Tif => "image/tiff",
        }
    }
}

impl From<OutputFormat> for Format {
    fn from(output: OutputFormat) -> Self {
        match output {
            OutputFormat::Jpg => Self::Jpg,
            OutputFormat::Png => Self::Png,
            OutputFormat::Webp => Self::Webp,
            OutputFormat::Gif => Self::Gif,
            OutputFormat::Tif => Self::Tif,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
