//! An image request: the four path segments after the identifier, read once.

use std::borrow::Cow;
use std::fmt;

use percent_encoding::percent_decode_str;

use crate::error::shown;
use crate::{Format, Parameter, Quality, Region, RequestError, Rotation, SizeParameter, Version};

/// An image request as the specification's grammar reads it (Image API, section 4).
///
/// Its text is the path after the identifier, `region/size/rotation/quality.format`, unencoded;
/// reading that text again gives the same request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ImageRequest {
    /// The version in whose grammar it is written.
    pub version: Version,
    /// Which part of the image.
    pub region: Region,
    /// How large.
    pub size: SizeParameter,
    /// Mirrored and turned how.
    pub rotation: Rotation,
    /// In which colours.
    pub quality: Quality,
    /// Encoded how.
    pub format: Format,
}

impl ImageRequest {
    /// The request in four raw path segments; each is percent-decoded once (`%5E` is `^`).
    ///
    /// # Errors
    /// If a segment is not UTF-8 when decoded or breaks the grammar of `version`; all are 400.
    pub fn parse(
        version: Version,
        region: &str,
        size: &str,
        rotation: &str,
        quality_format: &str,
    ) -> Result<Self, RequestError> {
        let text = decode(Parameter::Region, region)?;
        let region = Region::parse(&text).ok_or_else(|| RequestError::Region(shown(&text)))?;

        let text = decode(Parameter::Size, size)?;
        let size = SizeParameter::parse(version, &text).ok_or_else(|| match (version, &*text) {
            (Version::V3, "full" | "^full") => RequestError::FullSize,
            (Version::V2, other) if other.starts_with('^') => RequestError::Caret(shown(&text)),
            _ => RequestError::Size(shown(&text)),
        })?;

        let text = decode(Parameter::Rotation, rotation)?;
        let rotation = Rotation::parse(&text)
            .filter(Rotation::is_in_range)
            .ok_or_else(|| RequestError::Rotation(shown(&text)))?;

        let text = decode(Parameter::QualityFormat, quality_format)?;
        let (quality, format) = text
            .rsplit_once('.')
            .ok_or_else(|| RequestError::NoFormat(shown(&text)))?;
        let quality =
            Quality::parse(quality).ok_or_else(|| RequestError::Quality(shown(quality)))?;
        let format = Format::parse(format).ok_or_else(|| RequestError::Format(shown(format)))?;

        Ok(Self {
            version,
            region,
            size,
            rotation,
            quality,
            format,
        })
    }
}

fn decode(parameter: Parameter, raw: &str) -> Result<Cow<'_, str>, RequestError> {
    percent_decode_str(raw)
        .decode_utf8()
        .map_err(|_| RequestError::Encoding(parameter))
}

impl fmt::Display for ImageRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            version: _,
            region,
            size,
            rotation,
            quality,
            format,
        } = self;
        write!(f, "{region}/{size}/{rotation}/{quality}.{format}")
    }
}
