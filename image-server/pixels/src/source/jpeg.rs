//! JPEG sources: decoded as a whole, because the decoder gives no rows.

use std::fs::File;
use std::io::{Cursor, Read};

use tiff_pyramid::Samples;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::rows::WholeImage;
use super::{Limits, RowReader, SourceError, check};
use crate::raster::Raster;

/// The longest side a JPEG stream can state.
const MAX_JPEG_SIDE: usize = 65_535;

pub(super) fn open(mut file: File, limits: &Limits) -> Result<Box<dyn RowReader>, SourceError> {
    let length = file.metadata()?.len();
    if length > limits.memory() {
        return Err(SourceError::Unsupported(format!(
            "a JPEG file of {length} bytes"
        )));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
    file.read_to_end(&mut bytes)?;
    let options = DecoderOptions::new_fast()
        .set_strict_mode(true)
        .set_max_width(MAX_JPEG_SIDE)
        .set_max_height(MAX_JPEG_SIDE);
    let mut decoder = JpegDecoder::new_with_options(Cursor::new(bytes.as_slice()), options);
    decoder.decode_headers().map_err(damaged)?;
    let header = decoder.info().ok_or_else(|| missing("no frame header"))?;
    let input = decoder
        .input_colorspace()
        .ok_or_else(|| missing("no frame header"))?;
    let samples = match input {
        ColorSpace::Luma => Samples::Gray,
        ColorSpace::YCbCr | ColorSpace::RGB => Samples::Color,
        ColorSpace::CMYK | ColorSpace::YCCK => {
            return Err(SourceError::Unsupported("JPEG in CMYK colours".to_owned()));
        }
        other => {
            return Err(SourceError::Unsupported(format!(
                "JPEG with colours of {other:?}"
            )));
        }
    };
    let (width, height) = (u32::from(header.width), u32::from(header.height));
    let pixels = u64::from(width) * u64::from(height) * u64::from(header.components.max(1));
    // A progressive stream is held as 16-bit coefficients beside the pixels.
    let decoded = if is_progressive(&bytes) {
        pixels * 3
    } else {
        pixels
    };
    let lease = check(
        (width, height),
        samples,
        decoded.saturating_add(length),
        limits,
    )?;
    let output = match samples {
        Samples::Gray => ColorSpace::Luma,
        Samples::Color => ColorSpace::RGB,
    };
    decoder.set_options(options.jpeg_set_out_colorspace(output));
    let data = decoder.decode().map_err(damaged)?;
    let expected = Raster::new(0, 0, samples);
    let image = Raster {
        width,
        height,
        data,
        ..expected
    };
    if image.data.len() != image.stride() * height as usize {
        return Err(missing("pixels are missing"));
    }
    Ok(Box::new(WholeImage::new(image, lease)))
}

fn damaged(error: DecodeErrors) -> SourceError {
    match error {
        DecodeErrors::Unsupported(what) => SourceError::Unsupported(format!("JPEG: {what:?}")),
        DecodeErrors::LargeDimensions(_) => {
            SourceError::Unsupported(format!("a JPEG side longer than {MAX_JPEG_SIDE}"))
        }
        other => SourceError::Damaged(format!("JPEG: {other:?}")),
    }
}

fn missing(what: &str) -> SourceError {
    SourceError::Damaged(format!("JPEG: {what}"))
}

/// Whether the frame header is that of a progressive stream (ITU-T T.81, table B.1: SOF2).
fn is_progressive(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some(&[0xff, marker, high, low]) = bytes.get(at..at + 4) {
        match marker {
            0xc2 => return true,
            0xc0 | 0xc1 | 0xda => return false,
            0xff => at += 1,
            _ => at += 2 + usize::from(u16::from_be_bytes([high, low])),
        }
    }
    false
}
