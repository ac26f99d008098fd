//! Encoding: our own pixels to files. The same pixels give the same bytes.

mod gif;
mod jpeg;
mod palette;
mod png;
mod tiff;
mod tile;
mod webp;

use iiif_spec::{OutputFormat, OutputQuality, Size};
use jpeg_blocks::profile_segments;
use tiff_pyramid::Samples;

pub use jpeg::JPEG_QUALITY;
pub(crate) use jpeg::View;
use jpeg::jpeg;
pub(crate) use tile::tile;

use crate::planes::Planes;
use crate::raster::Picture;

/// Why pixels could not be encoded.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// The JPEG encoder failed.
    #[error("JPEG encoding failed: {0}")]
    Jpeg(#[from] turbojpeg::Error),
    /// The colour profile is none that a JPEG can have.
    #[error("JPEG encoding failed: {0}")]
    Profile(#[from] jpeg_blocks::Error),
    /// The PNG encoder failed.
    #[error("PNG encoding failed: {0}")]
    Png(#[from] ::png::EncodingError),
    /// The WebP encoder failed.
    #[error("WebP encoding failed: {0}")]
    Webp(String),
    /// The GIF encoder failed.
    #[error("GIF encoding failed: {0}")]
    Gif(#[from] ::gif::EncodingError),
    /// The TIFF encoder failed.
    #[error("TIFF encoding failed: {0}")]
    Tiff(#[from] ::tiff::TiffError),
}

/// The picture as a file; where it does not fill its rectangle the rest is transparent in PNG, WebP and
/// GIF, and white in JPEG and TIFF. A `profile` of its colours goes with it, but for GIF, which has no place for it.
pub(crate) fn encode(
    picture: Picture,
    format: OutputFormat,
    quality: OutputQuality,
    profile: Option<&[u8]>,
) -> Result<Vec<u8>, EncodeError> {
    match format {
        OutputFormat::Jpg => {
            let segments = profile_segments(profile.unwrap_or_default())?;
            jpeg(&(&picture.on_white()).into(), &segments)
        }
        OutputFormat::Png => png::png(&picture, quality, profile),
        OutputFormat::Webp => webp::webp(picture, profile),
        OutputFormat::Gif => gif::gif(&picture),
        OutputFormat::Tif => tiff::tiff(&picture.on_white(), profile),
    }
}

/// Components whose chroma is halved as a JPEG; a `profile` of its colours goes with it.
pub(crate) fn planes(planes: Planes, profile: Option<&[u8]>) -> Result<Vec<u8>, EncodeError> {
    let segments = profile_segments(profile.unwrap_or_default())?;
    jpeg::planes(planes, &segments)
}

/// Bytes that [`encode`] holds at its peak beside the picture, which has `samples` and the given size.
pub(crate) fn memory(
    format: OutputFormat,
    Size { width, height }: Size,
    samples: Samples,
    covered: bool,
) -> u64 {
    let (width, height) = (u64::from(width), u64::from(height));
    let pixels = width * height;
    match format {
        OutputFormat::Jpg => jpeg::memory(width, height, samples),
        OutputFormat::Png => png::memory(pixels, samples, covered),
        OutputFormat::Webp => webp::memory(pixels, samples, covered),
        OutputFormat::Gif => gif::memory(pixels),
        OutputFormat::Tif => tiff::memory(pixels, samples),
    }
}
