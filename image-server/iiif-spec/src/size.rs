//! The size parameter: how large the answer is (Image API 3.0 and 2.1, section 4.2).

use std::fmt;

use crate::Version;
use crate::number::{Decimal, integer};

/// The size parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SizeParameter {
    /// Whether `^` was written: enlarging the region is allowed. Only version 3.0 reads it, and
    /// never with [`SizeForm::Full`].
    pub upscale: bool,
    /// What follows the `^`.
    pub form: SizeForm,
}

/// The forms of the size parameter, without `^`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SizeForm {
    /// `max`: as large as the limits allow.
    Max,
    /// `full`: the size of the region, whatever the limits; version 2.1 only.
    Full,
    /// `w,`: this width, the height in proportion.
    Width(u32),
    /// `,h`: this height, the width in proportion.
    Height(u32),
    /// `pct:n`: this many percent of the region.
    Percent(Decimal),
    /// `w,h`: exactly this width and height.
    Exact {
        /// Width.
        width: u32,
        /// Height.
        height: u32,
    },
    /// `!w,h`: in proportion, as large as fits this box.
    Confined {
        /// Width of the box.
        width: u32,
        /// Height of the box.
        height: u32,
    },
}

impl SizeParameter {
    /// The size parameter that the decoded `text` writes in `version`.
    pub(crate) fn parse(version: Version, text: &str) -> Option<Self> {
        match (version, text.strip_prefix('^')) {
            (Version::V2, Some(_)) => None,
            (Version::V2, None) if text == "full" => Some(SizeForm::Full.into()),
            (Version::V3, Some(form)) => Some(Self {
                upscale: true,
                form: SizeForm::parse(form)?,
            }),
            (_, None) => SizeForm::parse(text).map(Self::from),
        }
    }
}

impl SizeForm {
    /// The form that `text` writes in both versions.
    fn parse(text: &str) -> Option<Self> {
        if text == "max" {
            return Some(Self::Max);
        }
        if let Some(percent) = text.strip_prefix("pct:") {
            return Decimal::parse(percent).map(Self::Percent);
        }
        if let Some(bounds) = text.strip_prefix('!') {
            let (width, height) = bounds.split_once(',')?;
            return Some(Self::Confined {
                width: integer(width)?,
                height: integer(height)?,
            });
        }
        match text.split_once(',')? {
            (width, "") => integer(width).map(Self::Width),
            ("", height) => integer(height).map(Self::Height),
            (width, height) => Some(Self::Exact {
                width: integer(width)?,
                height: integer(height)?,
            }),
        }
    }
}

impl From<SizeForm> for SizeParameter {
    fn from(form: SizeForm) -> Self {
        Self {
            upscale: false,
            form,
        }
    }
}

impl fmt::Display for SizeParameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.upscale {
            f.write_str("^")?;
        }
        match &self.form {
            SizeForm::Max => f.write_str("max"),
            SizeForm::Full => f.write_str("full"),
            SizeForm::Width(width) => write!(f, "{width},"),
            SizeForm::Height(height) => write!(f, ",{height}"),
            SizeForm::Percent(percent) => write!(f, "pct:{percent}"),
            SizeForm::Exact { width, height } => write!(f, "{width},{height}"),
            SizeForm::Confined { width, height } => write!(f, "!{width},{height}"),
        }
    }
}
