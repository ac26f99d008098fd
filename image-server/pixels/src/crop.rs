//! Cropping: the region asked for in pixels of a level, and in samples of its chroma. Pure.

use iiif_spec::{Rect, Size};
use tiff_pyramid::{Level, Subsampling};

use crate::planes::{factors, sampled, sampled_size};

/// A region of one component of a level: exactly, and as the whole samples around it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Crop {
    /// From the first of the samples around it.
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) around: Rect,
}

impl Crop {
    /// The `region` of the full image, in pixels of the level of that number.
    pub(crate) fn of(region: Rect, number: usize, level: Level) -> Self {
        let scale = f64::from(1u32 << number);
        let Rect {
            x,
            y,
            width,
            height,
        } = region;
        // An odd last column of the full image is a whole column of the level, which so reaches
        // beyond the image; the region ends where the level does.
        let end = |from: u32, length: u32, level: u32| {
            (f64::from(from + length) / scale).min(f64::from(level))
        };
        let (left, top) = (f64::from(x) / scale, f64::from(y) / scale);
        let (right, bottom) = (end(x, width, level.width), end(y, height, level.height));
        let whole = 1u32 << number;
        let around = Rect {
            x: x / whole,
            y: y / whole,
            width: (x + width).div_ceil(whole).min(level.width) - x / whole,
            height: (y + height).div_ceil(whole).min(level.height) - y / whole,
        };
        Self {
            left: left - f64::from(around.x),
            top: top - f64::from(around.y),
            width: right - left,
            height: bottom - top,
            around,
        }
    }

    /// The same region of chroma that is `stored` in tiles of `tile` pixels, for an answer of `size` that has it as
    /// `answered`; nothing beyond the tiles that the region touches.
    pub(crate) fn of_chroma(
        &self,
        stored: Subsampling,
        (size, answered): (Size, Subsampling),
        level: Level,
        tile: u32,
    ) -> Self {
        let (across, down) = factors(stored);
        let (answered_across, answered_down) = factors(answered);
        let target = sampled_size(size, answered);
        let around = self.around;
        let (right, bottom) = (around.x + around.width, around.y + around.height);
        let tiles = |from: u32, to: u32, level: u32| {
            let first = from - from % tile;
            (first, to.next_multiple_of(tile).min(level) - first)
        };
        let (x, width) = tiles(around.x, right, level.width);
        let (y, height) = tiles(around.y, bottom, level.height);
        let there = sampled(
            Rect {
                x,
                y,
                width,
                height,
            },
            stored,
        );
        let horizontal = Stretch {
            from: (f64::from(around.x) + self.left) / f64::from(across),
            // The last sample of an answer may stand for pixels beyond it.
            length: self.width / f64::from(across) * f64::from(target.width * answered_across)
                / f64::from(size.width),
        };
        let vertical = Stretch {
            from: (f64::from(around.y) + self.top) / f64::from(down),
            length: self.height / f64::from(down) * f64::from(target.height * answered_down)
                / f64::from(size.height),
        };
        let (left, width, x, columns) = horizontal.among(there.x, there.width, target.width);
        let (top, height, y, rows) = vertical.among(there.y, there.height, target.height);
        Self {
            left,
            top,
            width,
            height,
            around: Rect {
                x,
                y,
                width: columns,
                height: rows,
            },
        }
    }

    /// Whether its samples are those of an answer of `size`, one to one.
    pub(crate) fn is(&self, size: Size) -> bool {
        (self.left, self.top) == (0.0, 0.0)
            && (self.width, self.height) == (f64::from(size.width), f64::from(size.height))
    }
}

/// A part of a row or column of samples.
struct Stretch {
    from: f64,
    length: f64,
}

impl Stretch {
    /// The whole samples around it, of the `count` samples from `first` on, with one more at each end, for what is
    /// between samples; none where they are the `target` samples of an answer as they are. Its offset in these, its
    /// length, the first of them and their number.
    fn among(&self, first: u32, count: u32, target: u32) -> (f64, f64, u32, u32) {
        let end = first + count;
        let exact = self.from.fract() == 0.0 && self.length == f64::from(target);
        let margin = u32::from(!exact);
        let start = (self.from as u32).saturating_sub(margin).max(first);
        let stop = ((self.from + self.length).ceil() as u32 + margin).min(end);
        let offset = self.from - f64::from(start);
        let length = self.length.min(f64::from(stop - start) - offset);
        (offset, length, start, stop - start)
    }
}
