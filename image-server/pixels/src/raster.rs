//! Pixels in memory.

use iiif_spec::Turn;
use tiff_pyramid::Samples;

/// An image in memory: 8 bits a sample, samples of a pixel side by side, rows without gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raster {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Grey or RGB.
    pub samples: Samples,
    /// `width` × `height` × samples bytes.
    pub data: Vec<u8>,
}

/// Bytes of one pixel.
pub(crate) const fn bytes_per_pixel(samples: Samples) -> usize {
    match samples {
        Samples::Gray => 1,
        Samples::Color => 3,
    }
}

impl Raster {
    /// A black image.
    #[must_use]
    pub fn new(width: u32, height: u32, samples: Samples) -> Self {
        let bytes = width as usize * height as usize * bytes_per_pixel(samples);
        Self {
            width,
            height,
            samples,
            data: vec![0; bytes],
        }
    }

    /// Bytes of one row.
    #[must_use]
    pub fn stride(&self) -> usize {
        self.width as usize * bytes_per_pixel(self.samples)
    }

    /// Copies `other` so that its upper left pixel lies at `x`, `y`; what overhangs is cut off.
    ///
    /// Both must have the same samples.
    pub(crate) fn paste(&mut self, other: &Self, x: i64, y: i64) {
        debug_assert_eq!(self.samples, other.samples, "samples are converted before");
        let left = x.clamp(0, i64::from(self.width));
        let right = (x + i64::from(other.width)).clamp(left, i64::from(self.width));
        let top = y.clamp(0, i64::from(self.height));
        let bottom = (y + i64::from(other.height)).clamp(top, i64::from(self.height));
        let size = bytes_per_pixel(self.samples);
        let index = |value: i64| usize::try_from(value).unwrap_or(0);
        let length = index(right - left) * size;
        let (stride, other_stride) = (self.stride(), other.stride());
        for row in top..bottom {
            let from = index(row - y) * other_stride + index(left - x) * size;
            let to = index(row) * stride + index(left) * size;
            self.data[to..to + length].copy_from_slice(&other.data[from..from + length]);
        }
    }

    /// The part of the image at `x`, `y`, which must lie inside it.
    pub(crate) fn crop(&self, x: u32, y: u32, width: u32, height: u32) -> Self {
        let mut part = Self::new(width, height, self.samples);
        part.paste(self, -i64::from(x), -i64::from(y));
        part
    }

    /// The image mirrored left to right.
    pub(crate) fn mirrored(mut self) -> Self {
        let size = bytes_per_pixel(self.samples);
        let stride = self.stride();
        for row in self.data.chunks_exact_mut(stride) {
            let (mut left, mut right) = (0, stride - size);
            while left < right {
                for sample in 0..size {
                    row.swap(left + sample, right + sample);
                }
                left += size;
                right -= size;
            }
        }
        self
    }

    /// The image turned clockwise.
    pub(crate) fn turned(self, turn: Turn) -> Self {
        let (w, h) = (self.width as usize, self.height as usize);
        let size = bytes_per_pixel(self.samples);
        let mut turned = match turn {
            Turn::D0 => return self,
            Turn::D180 => Self::new(self.width, self.height, self.samples),
            Turn::D90 | Turn::D270 => Self::new(self.height, self.width, self.samples),
        };
        let stride = turned.stride();
        for (at, pixel) in self.data.chunks_exact(size).enumerate() {
            let (x, y) = (at % w, at / w);
            let (tx, ty) = match turn {
                Turn::D0 => (x, y),
                Turn::D90 => (h - 1 - y, x),
                Turn::D180 => (w - 1 - x, h - 1 - y),
                Turn::D270 => (y, w - 1 - x),
            };
            let to = ty * stride + tx * size;
            turned.data[to..to + size].copy_from_slice(pixel);
        }
        turned
    }

    /// The image in grey, by the luma weights of ITU-R BT.601 that JPEG uses.
    pub(crate) fn gray(self) -> Self {
        match self.samples {
            Samples::Gray => self,
            Samples::Color => {
                let data = self
                    .data
                    .chunks_exact(3)
                    .map(|p| luma([p[0], p[1], p[2]]))
                    .collect();
                Self {
                    samples: Samples::Gray,
                    data,
                    ..self
                }
            }
        }
    }

    /// The image in black and white.
    pub(crate) fn bitonal(self) -> Self {
        let mut gray = self.gray();
        for value in &mut gray.data {
            *value = if *value < 128 { 0 } else { 255 };
        }
        gray
    }
}

/// Luma in integers: weights of 65,536 that sum to one.
fn luma([r, g, b]: [u8; 3]) -> u8 {
    let sum = 19_595 * u32::from(r) + 38_470 * u32::from(g) + 7_471 * u32::from(b) + 32_768;
    u8::try_from(sum >> 16).unwrap_or(u8::MAX)
}
