//! Rectangles and sizes in whole pixels.

/// A part of an image, never empty and inside of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rect {
    /// Pixels from the left.
    pub x: u32,
    /// Pixels from the top.
    pub y: u32,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// A size, never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Size {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

impl Size {
    /// Whether a side is longer than that of `other`.
    pub(crate) fn exceeds(self, other: Self) -> bool {
        self.width > other.width || self.height > other.height
    }
}

/// Whether `size` is that of `region` at one `scale`-th, rounded up: the size of stored levels and
/// tiles, and what viewers ask for (Image API 3.0, implementation notes).
#[must_use]
pub fn matches_scale(region: Rect, size: Size, scale: u32) -> bool {
    size.width == region.width.div_ceil(scale) && size.height == region.height.div_ceil(scale)
}

/// `length` × `numerator` / `denominator`, rounded to the nearest, at least 1.
pub(crate) fn proportion(length: u32, numerator: u32, denominator: u32) -> u32 {
    let (length, numerator, denominator) = (
        u64::from(length),
        u64::from(numerator),
        u64::from(denominator),
    );
    let rounded = (length * numerator + denominator / 2) / denominator;
    u32::try_from(rounded).unwrap_or(u32::MAX).max(1)
}

/// The other side of an answer of which one side was asked: by the aspect ratio, but where `asked`
/// is the region's side at a power of two, that power decides, so that a viewer that asks for
/// one side of a tile gets the stored tile.
pub(crate) fn other_side(asked: u32, of: u32, other: u32) -> u32 {
    (0..32)
        .map(|power| 1u32 << power)
        .take_while(|scale| *scale <= of.max(1))
        .find(|scale| of.div_ceil(*scale) == asked)
        .map_or_else(
            || proportion(other, asked, of),
            |scale| other.div_ceil(scale),
        )
}
