//! PNG sources: row by row; interlaced ones as a whole.

use std::fs::File;
use std::io::BufReader;

use png::{BitDepth, ColorType, Decoder, DecodingError, Reader, Transformations};
use tiff_pyramid::Samples;

use super::rows::WholeImage;
use super::{Limits, RowReader, SourceError, check};
use crate::raster::Raster;

pub(super) fn open(file: File, limits: &Limits) -> Result<Box<dyn RowReader>, SourceError> {
    let budget = png::Limits {
        bytes: usize::try_from(limits.memory).unwrap_or(usize::MAX),
    };
    let mut decoder = Decoder::new_with_limits(BufReader::new(file), budget);
    // Palettes and low depths become 8-bit samples, 16-bit samples keep their upper byte.
    decoder.set_transformations(Transformations::normalize_to_color8());
    decoder.set_ignore_text_chunk(true);
    let header = decoder.read_header_info().map_err(damaged)?;
    let (width, height, interlaced) = (header.width, header.height, header.interlaced);
    // Before read_info, which follows the header's promises: colour is assumed.
    check((width, height), Samples::Color, 0, limits)?;
    let reader = decoder.read_info().map_err(damaged)?;
    let (color, depth) = reader.output_color_type();
    if depth != BitDepth::Eight {
        return Err(SourceError::Unsupported(format!("PNG of depth {depth:?}")));
    }
    let (samples, channels) = match color {
        ColorType::Grayscale => (Samples::Gray, 1),
        ColorType::GrayscaleAlpha => (Samples::Gray, 2),
        ColorType::Rgb => (Samples::Color, 3),
        ColorType::Rgba => (Samples::Color, 4),
        ColorType::Indexed => return Err(SourceError::Unsupported("PNG palette".to_owned())),
    };
    let whole = u64::from(width) * u64::from(height) * channels;
    let cost = if interlaced {
        whole * 2
    } else {
        u64::from(width) * 16
    };
    check((width, height), samples, cost, limits)?;
    let channels = usize::try_from(channels).unwrap_or(4);
    let rows = PngRows {
        row: vec![0; width as usize * channels],
        reader,
        width,
        height,
        samples,
        channels,
    };
    if interlaced {
        rows.whole()
    } else {
        Ok(Box::new(rows))
    }
}

struct PngRows {
    reader: Reader<BufReader<File>>,
    width: u32,
    height: u32,
    samples: Samples,
    channels: usize,
    row: Vec<u8>,
}

impl PngRows {
    fn whole(mut self) -> Result<Box<dyn RowReader>, SourceError> {
        let mut decoded = vec![0; self.row.len() * self.height as usize];
        self.reader.next_frame(&mut decoded).map_err(damaged)?;
        let mut image = Raster::new(self.width, self.height, self.samples);
        flatten(&decoded, self.channels, &mut image.data);
        Ok(Box::new(WholeImage::new(image)))
    }
}

impl RowReader for PngRows {
    fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    fn samples(&self) -> Samples {
        self.samples
    }

    fn read_rows(&mut self, out: &mut [u8]) -> Result<(), SourceError> {
        let stride = self.width as usize * crate::raster::bytes_per_pixel(self.samples);
        for target in out.chunks_exact_mut(stride) {
            match self.reader.read_row(&mut self.row).map_err(damaged)? {
                Some(_) => flatten(&self.row, self.channels, target),
                None => {
                    return Err(SourceError::Damaged(
                        "PNG: fewer rows than it says".to_owned(),
                    ));
                }
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), SourceError> {
        self.reader.finish().map_err(damaged)
    }
}

/// Lays pixels with an alpha channel on white paper; others are copied.
fn flatten(pixels: &[u8], channels: usize, out: &mut [u8]) {
    if channels == 1 || channels == 3 {
        out.copy_from_slice(pixels);
        return;
    }
    let colors = channels - 1;
    for (pixel, target) in pixels
        .chunks_exact(channels)
        .zip(out.chunks_exact_mut(colors))
    {
        let alpha = u32::from(pixel[colors]);
        for (value, out) in pixel.iter().zip(target) {
            let mixed = (u32::from(*value) * alpha + 255 * (255 - alpha) + 127) / 255;
            *out = u8::try_from(mixed).unwrap_or(u8::MAX);
        }
    }
}

fn damaged(error: DecodingError) -> SourceError {
    match error {
        DecodingError::IoError(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
            SourceError::Io(error)
        }
        DecodingError::LimitsExceeded => {
            SourceError::Unsupported("PNG with larger chunks than the memory allowed".to_owned())
        }
        other => SourceError::Damaged(format!("PNG: {other}")),
    }
}
