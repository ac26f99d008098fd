//! Pixels in memory.

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

/// An image that may not fill its rectangle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) raster: Raster,
    /// How much of each pixel the image covers, 0 to 255; `None` if it fills its rectangle.
    pub(crate) coverage: Option<Vec<u8>>,
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

    /// Its `SAMPLES` samples a pixel with the coverage after them.
    pub(crate) fn with_coverage<const SAMPLES: usize, const WITH: usize>(
        &self,
        coverage: &[u8],
    ) -> Vec<u8> {
        let pixels = self.data.as_chunks::<SAMPLES>().0.iter();
        let mut out = vec![0; coverage.len() * WITH];
        for ((to, from), covered) in out
            .as_chunks_mut::<WITH>()
            .0
            .iter_mut()
            .zip(pixels)
            .zip(coverage)
        {
            to[..SAMPLES].copy_from_slice(from);
            to[WITH - 1] = *covered;
        }
        out
    }
}

impl Picture {
    /// The image in black and white.
    pub(crate) fn bitonal(mut self) -> Self {
        for value in &mut self.raster.data {
            *value = if *value < 128 { 0 } else { 255 };
        }
        self
    }

    /// The image on a white ground that fills its rectangle.
    pub(crate) fn on_white(self) -> Raster {
        let Self {
            mut raster,
            coverage,
        } = self;
        let Some(coverage) = coverage else {
            return raster;
        };
        let size = bytes_per_pixel(raster.samples);
        for (pixel, covered) in raster.data.chunks_exact_mut(size).zip(&coverage) {
            if *covered < u8::MAX {
                let covered = u32::from(*covered);
                for value in pixel {
                    let mixed = u32::from(*value) * covered + 255 * (255 - covered);
                    *value = u8::try_from((mixed + 127) / 255).unwrap_or(u8::MAX);
                }
            }
        }
        raster
    }
}
