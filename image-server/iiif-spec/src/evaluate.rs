//! The meaning of a request for one image (Image API 3.0 and 2.1, section 4). Pure.

use std::cmp::Ordering;

use crate::error::shown;
use crate::geometry::{Rect, Size, other_side, proportion};
use crate::{
    Decimal, ImageRequest, OutputFormat, OutputQuality, Region, RequestError, Rules, SizeForm,
    SizeParameter, Turn, Version,
};

/// The image that is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Whether it has no colours but grey.
    pub gray: bool,
}

/// Everything that execution needs to know; nothing of the request is left to interpret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evaluated {
    /// The part of the image.
    pub region: Rect,
    /// The size it is brought to, before it is turned.
    pub size: Size,
    /// Whether it is mirrored, before it is turned.
    pub mirror: bool,
    /// How it is turned.
    pub turn: Turn,
    /// What is done to its colours.
    pub quality: OutputQuality,
    /// The format of the answer.
    pub format: OutputFormat,
}

impl Evaluated {
    /// The size of the answer, turned.
    #[must_use]
    pub fn answer(&self) -> Size {
        self.turn.bounds(self.size)
    }
}

/// What `request` means for `source`.
///
/// # Errors
/// If the region is empty or outside, the size is 0, larger than the region or over a limit, or
/// something is not offered or more than the format can hold.
pub fn evaluate(
    request: &ImageRequest,
    source: &Source,
    rules: &Rules,
) -> Result<Evaluated, RequestError> {
    let region = region(request.region, source)?;
    let size = size(request.version, request.size, region, rules)?;
    let format = request
        .format
        .output()
        .ok_or(RequestError::FormatNotOffered(request.format.as_str()))?;
    let quality = match request.quality.output() {
        // Grey is all the colour there is.
        OutputQuality::Gray if source.gray => OutputQuality::Default,
        other => other,
    };
    let evaluated = Evaluated {
        region,
        size,
        mirror: request.rotation.mirror,
        turn: request.rotation.turn(),
        quality,
        format,
    };
    let Size { width, height } = evaluated.answer();
    let longest = format.longest_side();
    if width.max(height) > longest {
        let format = request.format;
        return Err(RequestError::FormatSide { format, longest });
    }
    Ok(evaluated)
}

/// The part of the image; what overhangs is cut off.
fn region(region: Region, source: &Source) -> Result<Rect, RequestError> {
    let Source { width, height, .. } = *source;
    let (x, y, w, h) = match region {
        Region::Full => (0, 0, width, height),
        Region::Square => {
            let side = width.min(height);
            ((width - side) / 2, (height - side) / 2, side, side)
        }
        Region::Pixels {
            x,
            y,
            width,
            height,
        } => (x, y, width, height),
        Region::Percent {
            x,
            y,
            width: w,
            height: h,
        } => {
            let side = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
            // A part above nothing is at least a pixel.
            let part = |percent: Decimal, whole: u32| {
                if percent.is_zero() {
                    0
                } else {
                    side(percent.percent_of(whole)).max(1)
                }
            };
            // A position before the end is on a pixel, however it rounds.
            let position = |percent: Decimal, whole: u32| {
                let nearest = side(percent.percent_of(whole));
                match percent.compare(100) {
                    Ordering::Less => nearest.min(whole.saturating_sub(1)),
                    Ordering::Equal | Ordering::Greater => nearest,
                }
            };
            (
                position(x, width),
                position(y, height),
                part(w, width),
                part(h, height),
            )
        }
    };
    if w == 0 || h == 0 || x >= width || y >= height {
        return Err(RequestError::RegionOutside);
    }
    Ok(Rect {
        x,
        y,
        width: w.min(width - x),
        height: h.min(height - y),
    })
}

fn size(
    version: Version,
    parameter: SizeParameter,
    region: Rect,
    rules: &Rules,
) -> Result<Size, RequestError> {
    let natural = Size {
        width: region.width,
        height: region.height,
    };
    // 2.1 has no `^`: where enlarging is offered every size may (its feature `sizeAboveFull`).
    let enlarge = rules.enlarges() && (parameter.upscale || version == Version::V2);
    let zero = || RequestError::Size(shown(&parameter.to_string()));
    let size = match parameter.form {
        SizeForm::Max => {
            // `^max` fills the limits; without limits it has no size.
            return match parameter.upscale {
                true if enlarge => Ok(rules.fill(natural)),
                true if grows_within(rules, natural) => Err(RequestError::UpscaleNotOffered),
                true | false => Ok(rules.shrink(natural)),
            };
        }
        SizeForm::Full => natural,
        SizeForm::Width(width) => Size {
            width,
            height: other_side(width, region.width, region.height),
        },
        SizeForm::Height(height) => Size {
            width: other_side(height, region.height, region.width),
            height,
        },
        SizeForm::Percent(percent) => {
            if percent.compare(100) == Ordering::Greater && !enlarge {
                return Err(larger(parameter));
            }
            scaled(percent, natural).ok_or_else(zero)?
        }
        SizeForm::Exact { width, height } => Size { width, height },
        SizeForm::Confined { width, height } => {
            if width == 0 || height == 0 {
                return Err(zero());
            }
            let fitted = confine(natural, width, height);
            if fitted.exceeds(natural) && !enlarge {
                if parameter.upscale && grows_within(rules, natural) {
                    return Err(RequestError::UpscaleNotOffered);
                }
                if rules.strict_size && !parameter.upscale {
                    return Err(RequestError::Upscale);
                }
                return Ok(rules.shrink(natural));
            }
            // "As large as possible but not larger than the extracted region, w or h, or
            // server-imposed limits" (3.0); 2.1 asks only for sides within w and h.
            return Ok(rules.shrink(fitted));
        }
    };
    if size.width == 0 || size.height == 0 {
        return Err(zero());
    }
    if size.exceeds(natural) && !enlarge {
        return Err(larger(parameter));
    }
    if rules.allow(size) {
        Ok(size)
    } else {
        Err(RequestError::OverLimit)
    }
}

/// `percent` of both sides, rounded as stored levels are where it is their scale; `None` if neither
/// side reaches half a pixel.
fn scaled(percent: Decimal, natural: Size) -> Option<Size> {
    let side = |of: u32| match percent.percent_as_halvings() {
        Some(halvings) => of.div_ceil(1 << halvings),
        None => u32::try_from(percent.percent_of(of)).unwrap_or(u32::MAX),
    };
    let (width, height) = (side(natural.width), side(natural.height));
    (width > 0 || height > 0).then(|| Size {
        width: width.max(1),
        height: height.max(1),
    })
}

/// Whether the limits leave room for more than `natural`.
fn grows_within(rules: &Rules, natural: Size) -> bool {
    let Size { width, height } = natural;
    rules.allow(Size {
        width: width.saturating_add(1),
        height: height.saturating_add(1),
    })
}

fn larger(parameter: SizeParameter) -> RequestError {
    if parameter.upscale {
        RequestError::UpscaleNotOffered
    } else {
        RequestError::Upscale
    }
}

/// The largest size of the region's shape within `width` × `height`; where the region at a power of two
/// reaches a side of that box, that power decides, so that a stored tile is met.
fn confine(natural: Size, width: u32, height: u32) -> Size {
    let halved = (0..32).map(|power| Size {
        width: natural.width.div_ceil(1 << power),
        height: natural.height.div_ceil(1 << power),
    });
    let within = |size: &Size| size.width <= width && size.height <= height;
    if let Some(stored) = halved
        .into_iter()
        .find(within)
        .filter(|size| size.width == width || size.height == height)
    {
        return stored;
    }
    let by_width = u64::from(width) * u64::from(natural.height)
        <= u64::from(height) * u64::from(natural.width);
    if by_width {
        Size {
            width,
            height: proportion(natural.height, width, natural.width),
        }
    } else {
        Size {
            width: proportion(natural.width, height, natural.height),
            height,
        }
    }
}
