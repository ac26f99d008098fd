//! What a server allows.

use crate::geometry::Size;

/// The limits of one institution, and how one sentence of the specification is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rules {
    /// Widest answer, in pixels.
    pub max_width: Option<u32>,
    /// Highest answer, in pixels.
    pub max_height: Option<u32>,
    /// Largest answer, width × height.
    pub max_area: Option<u64>,
    /// Whether `!w,h` beyond the region is refused, as the official validator wants, rather than
    /// clamped, as the specification says.
    pub strict_size: bool,
}

impl Rules {
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

    /// The largest size of the shape of `size` that is within the limits.
    #[must_use]
    pub fn shrink(&self, size: Size) -> Size {
        if self.allow(size) {
            return size;
        }
        // The width that fits is found by halving; shapes follow from widths without gaps.
        let of_width = |width: u32| Size {
            width,
            height: crate::geometry::proportion(size.height, width, size.width),
        };
        let (mut fits, mut exceeds) = (1, size.width);
        while exceeds - fits > 1 {
            let middle = fits + (exceeds - fits) / 2;
            if self.allow(of_width(middle)) {
                fits = middle
            } else {
                exceeds = middle
            }
        }
        of_width(fits)
    }
}
