//! What a server allows.

use crate::geometry::{Size, proportion};

/// The limits of one institution, and how one sentence of the specification is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rules {
    /// Widest answer, in pixels.
    pub max_width: Option<u32>,
    /// Highest answer, in pixels.
    pub max_height: Option<u32>,
    /// Largest answer, width × height.
    pub max_area: Option<u64>,
    /// Whether answers may be larger than the region, where a width or an area limits them: see
    /// [`Rules::enlarges`].
    pub upscaling: bool,
    /// Whether `!w,h` beyond the region is refused, as the official validator wants, rather than
    /// clamped, as the specification says.
    pub strict_size: bool,
}

impl Rules {
    /// Whether answers may be larger than the region.
    ///
    /// Whoever offers that must state a width or an area (Image API 3.0, section 5.7), and no height
    /// without a width.
    #[must_use]
    pub fn enlarges(&self) -> bool {
        let stated = self.max_width.is_some() || self.max_area.is_some();
        self.upscaling && stated && (self.max_width.is_some() || self.max_height.is_none())
    }

    /// Whether an answer of `size` is within the limits.
    #[must_use]
    pub fn allow(&self, size: Size) -> bool {
        let (width, height) = (size.width, size.height);
        // With a width alone, the specification makes it the limit of both sides.
        let max_height = self.max_height.or(self.max_width);
        self.max_width.is_none_or(|max| width <= max)
            && max_height.is_none_or(|max| height <= max)
            && self
                .max_area
                .is_none_or(|max| u64::from(width) * u64::from(height) <= max)
    }

    /// The largest size of the shape of `size`, and not larger than it, that is within the limits.
    ///
    /// The side that a limit decides is exact, the other rounded to the nearest. Where whole pixels
    /// cannot keep the shape (a strip one pixel high), sides are at least 1.
    #[must_use]
    pub fn shrink(&self, size: Size) -> Size {
        let frame = self.frame();
        let framed = if size.exceeds(frame) {
            fit_frame(size, frame)
        } else {
            size
        };
        fit_area(size, framed, self.max_area.unwrap_or(u64::MAX))
    }

    /// The largest size of the shape of `size` that is within the limits, larger than it or not.
    #[must_use]
    pub fn fill(&self, size: Size) -> Size {
        let framed = fit_frame(size, self.frame());
        fit_area(size, framed, self.max_area.unwrap_or(u64::MAX))
    }

    /// The limits of the sides.
    fn frame(&self) -> Size {
        let max_width = self.max_width.unwrap_or(u32::MAX);
        Size {
            width: max_width.max(1),
            height: self.max_height.unwrap_or(max_width).max(1),
        }
    }
}

/// The size of the shape of `size` that touches the frame.
fn fit_frame(size: Size, frame: Size) -> Size {
    let Size { width, height } = size;
    let (max_width, max_height) = (frame.width, frame.height);
    // The other side is within the frame before it is rounded, hence after it.
    if u64::from(max_width) * u64::from(height) <= u64::from(max_height) * u64::from(width) {
        Size {
            width: max_width,
            height: proportion(height, max_width, width),
        }
    } else {
        Size {
            width: proportion(width, max_height, height),
            height: max_height,
        }
    }
}

/// `framed`, a size of the shape of `size`, reduced until it has at most `max_area` pixels.
fn fit_area(size: Size, framed: Size, max_area: u64) -> Size {
    if u64::from(framed.width) * u64::from(framed.height) <= max_area {
        return framed;
    }
    // The longer side decides, because the shorter one moves in coarser steps: in the shape l:s, the
    // longer side of an area a is √(a·l/s).
    let portrait = size.height > size.width;
    let (long, short) = if portrait {
        (size.height, size.width)
    } else {
        (size.width, size.height)
    };
    let (most_long, most_short) = if portrait {
        (framed.height, framed.width)
    } else {
        (framed.width, framed.height)
    };
    let square = u128::from(max_area) * u128::from(long) / u128::from(short.max(1));
    let side = u32::try_from(square.isqrt())
        .unwrap_or(u32::MAX)
        .clamp(1, most_long);
    let at_most = |other: u32| {
        u32::try_from(max_area / u64::from(other))
            .unwrap_or(u32::MAX)
            .max(1)
    };
    let other = proportion(short, side, long)
        .min(at_most(side))
        .min(most_short);
    let side = side.min(at_most(other));
    if portrait {
        Size {
            width: other,
            height: side,
        }
    } else {
        Size {
            width: side,
            height: other,
        }
    }
}
