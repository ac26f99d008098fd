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

pub(super) fn webp(picture: Picture, profile: Option<&[u8]>) -> Result<Vec<u8>, EncodeError> {
    let Picture { raster, coverage } = picture;
    let has_alpha = coverage.is_some();
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
        .map(|file| match profile {
            Some(profile) => with_profile(&file, (width, height), has_alpha, profile),
            None => file.to_vec(),
        })
        .map_err(|error| failed(&error))
}

/// The same file in the extended format, with a chunk of the profile (RFC 9649, section 2.7).
fn with_profile(
    file: &[u8],
    (width, height): (u32, u32),
    has_alpha: bool,
    profile: &[u8],
) -> Vec<u8> {
    const HEADER: usize = 12;
    const CHUNK: usize = 8;
    const EXTENDED: u32 = 10;
    let chunks = file.get(HEADER..).unwrap_or_default();
    let rest = match chunks.strip_prefix(b"VP8X") {
        // It was in that format, and gets another header of it.
        Some(_) => &chunks[CHUNK + EXTENDED as usize..],
        None => chunks,
    };
    let length = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes();
    let padding = profile.len() % 2;
    let whole = 4 + CHUNK + EXTENDED as usize + CHUNK + profile.len() + padding + rest.len();
    let mut out = Vec::with_capacity(CHUNK + whole);
    out.extend(b"RIFF");
    out.extend(length(whole));
    out.extend(b"WEBPVP8X");
    out.extend(EXTENDED.to_le_bytes());
    // It has a profile; it has transparency.
    out.extend([0x20 | if has_alpha { 0x10 } else { 0 }, 0, 0, 0]);
    for side in [width, height] {
        out.extend(&(side - 1).to_le_bytes()[..3]);
    }
    out.extend(b"ICCP");
    out.extend(length(profile.len()));
    out.extend(profile);
    out.extend(&[0][..padding]);
    out.extend(rest);
    out
}

/// Grey as RGB.
fn colored(raster: &Raster) -> Vec<u8> {
    raster.data.iter().flat_map(|value| [*value; 3]).collect()
}
