//! Encoding: our own pixels to JPEG and PNG.

use std::cell::RefCell;

use iiif_spec::OutputFormat;
use tiff_pyramid::Samples;
use turbojpeg::{Compressor, PixelFormat, Subsamp};

use crate::raster::{Raster, bytes_per_pixel};

/// The quality of every JPEG that is made, stored or rendered, on libjpeg's scale.
pub const JPEG_QUALITY: i32 = 85;

/// Why pixels could not be encoded.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// The JPEG encoder failed.
    #[error("JPEG encoding failed: {0}")]
    Jpeg(#[from] turbojpeg::Error),
    /// The PNG encoder failed.
    #[error("PNG encoding failed: {0}")]
    Png(#[from] png::EncodingError),
}

thread_local! {
    /// A compressor costs more to make than a tile to encode.
    static COMPRESSOR: RefCell<Option<Compressor>> = const { RefCell::new(None) };
}

/// A view of rows within a larger image.
pub(crate) struct View<'a> {
    pub(crate) data: &'a [u8],
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) stride: usize,
    pub(crate) samples: Samples,
}

impl<'a> From<&'a Raster> for View<'a> {
    fn from(raster: &'a Raster) -> Self {
        Self {
            data: &raster.data,
            width: raster.width as usize,
            height: raster.height as usize,
            stride: raster.stride(),
            samples: raster.samples,
        }
    }
}

/// A complete JPEG stream; colour is stored as YCbCr with chroma halved in both directions.
pub(crate) fn jpeg(view: &View<'_>) -> Result<Vec<u8>, EncodeError> {
    let (format, subsampling) = match view.samples {
        Samples::Gray => (PixelFormat::GRAY, Subsamp::Gray),
        Samples::Color => (PixelFormat::RGB, Subsamp::Sub2x2),
    };
    COMPRESSOR.with_borrow_mut(|slot| {
        let compressor = match slot {
            Some(compressor) => compressor,
            None => slot.insert(Compressor::new()?),
        };
        compressor.set_quality(JPEG_QUALITY)?;
        compressor.set_subsamp(subsampling)?;
        let image = turbojpeg::Image {
            pixels: view.data,
            width: view.width,
            pitch: view.stride,
            height: view.height,
            format,
        };
        Ok(compressor.compress_to_owned(image)?.to_vec())
    })
}

fn png(raster: &Raster) -> Result<Vec<u8>, EncodeError> {
    let mut out = Vec::with_capacity(raster.data.len() / 2);
    let mut encoder = png::Encoder::new(&mut out, raster.width, raster.height);
    encoder.set_color(match bytes_per_pixel(raster.samples) {
        1 => png::ColorType::Grayscale,
        _ => png::ColorType::Rgb,
    });
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&raster.data)?;
    writer.finish()?;
    Ok(out)
}

/// The image as a file of `format`.
pub(crate) fn encode(raster: &Raster, format: OutputFormat) -> Result<Vec<u8>, EncodeError> {
    match format {
        OutputFormat::Jpg => jpeg(&raster.into()),
        OutputFormat::Png => png(raster),
    }
}
