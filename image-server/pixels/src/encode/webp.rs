//! WebP, lossy, by libwebp.

use tiff_pyramid::Samples;
use webp::{Encoder, PixelLayout, WebPConfig};

use super::EncodeError;
use crate::raster::{Picture, Raster};

/// On libwebp's scale; about as large, and as good to the eye, as a JPEG of [`super::JPEG_QUALITY`].
const QUALITY: f32 = 80.0;
/// The least effort: the next steps take a quarter to four times longer for 2 to 15 % of the bytes.
const METHOD: i32 = 0;

/// Bytes that encoding holds at most beside the picture: four samples a pixel and planes of luma and chroma
/// in libwebp, its state and the file; with coverage, which it compresses without loss, many times that.
/// Measured, with a margin.
pub(super) fn memory(pixels: u64, samples: Samples, covered: bool) -> u64 {
    let copy = match (samples, covered) {
        (Samples::Color, false) => 0,
        (Samples::Gray, false) => 3,
        (_, true) => 7,
    };
    pixels * (copy + if covered { 26 } else { 9 }) + (4 << 20)
}

pub(super) fn webp(picture: Picture) -> Result<Vec<u8>, EncodeError> {
    let Picture { raster, coverage } = picture;
    let (width, height) = (raster.width, raster.height);
    let (layout, data) = match (raster.samples, &coverage) {
        (Samples::Color, None) => (PixelLayout::Rgb, raster.data),
        (Samples::Gray, None) => (PixelLayout::Rgb, colored(&raster)),
        (Samples::Color, Some(coverage)) => {
            (PixelLayout::Rgba, raster.with_coverage::<3, 4>(coverage))
        }
        (Samples::Gray, Some(coverage)) => {
            let color = Raster {
                samples: Samples::Color,
                data: colored(&raster),
                ..raster
            };
            (PixelLayout::Rgba, color.with_coverage::<3, 4>(coverage))
        }
    };
    let failed = |error: &dyn std::fmt::Debug| EncodeError::Webp(format!("{error:?}"));
    let mut config = WebPConfig::new().map_err(|error| failed(&error))?;
    config.quality = QUALITY;
    config.method = METHOD;
    Encoder::new(&data, layout, width, height)
        .encode_advanced(&config)
        .map(|file| file.to_vec())
        .map_err(|error| failed(&error))
}

/// Grey as RGB.
fn colored(raster: &Raster) -> Vec<u8> {
    raster.data.iter().flat_map(|value| [*value; 3]).collect()
}
