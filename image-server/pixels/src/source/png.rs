//! PNG sources: row by row; interlaced ones as a whole.

use std::fs::File;
use std::io::BufReader;

use png::{BitDepth, ColorType, Decoder, DecodingError, Reader, Transformations};
use tiff_pyramid::Samples;

use super::budget::Lease;
use super::limits::{check, check_size};
use super::pixels::{Flat, Pixels};
use super::rows::WholeImage;
use super::turn::{Orientation, oriented};
use super::{Limits, RowReader, SourceError};
use crate::color::{Color, ColorPolicy, Model};
use crate::kept::KeptColors;
use crate::raster::{Raster, bytes_per_pixel};

/// What the decoder may take beside the rows: chunks, of which a colour profile is the largest.
const CHUNKS: usize = 16 << 20;

pub(super) fn open(
    file: File,
    limits: &Limits,
    policy: ColorPolicy,
) -> Result<Box<dyn RowReader>, SourceError> {
    let budget = png::Limits { bytes: CHUNKS };
    let mut decoder = Decoder::new_with_limits(BufReader::new(file), budget);
    // Palettes and low depths become 8-bit samples; 16-bit samples stay, for colours to be converted.
    decoder.set_transformations(Transformations::EXPAND);
    decoder.set_ignore_text_chunk(true);
    let header = decoder.read_header_info().map_err(damaged)?;
    let (size, interlaced) = ((header.width, header.height), header.interlaced);
    check_size(size, limits)?;
    let reader = decoder.read_info().map_err(damaged)?;
    let (color, depth) = reader.output_color_type();
    let (model, has_alpha) = match color {
        ColorType::Grayscale => (Model::Gray, false),
        ColorType::GrayscaleAlpha => (Model::Gray, true),
        ColorType::Rgb => (Model::Rgb, false),
        ColorType::Rgba => (Model::Rgb, true),
        ColorType::Indexed => return Err(SourceError::Unsupported("PNG palette".to_owned())),
    };
    let is_deep = depth == BitDepth::Sixteen;
    let info = reader.info();
    let color = Color::new(model, info.icc_profile.as_deref(), policy);
    let orientation = info
        .exif_metadata
        .as_deref()
        .map_or(Orientation::Normal, Orientation::of_exif);
    let pixels = Pixels::with_alpha(color, has_alpha);
    let row_bytes = size.0 as usize * pixels.channels() * if is_deep { 2 } else { 1 };
    let mut cost = row_bytes as u64 * 8;
    if interlaced {
        let whole = row_bytes as u64 * u64::from(size.1);
        let ours = u64::from(size.0) * u64::from(size.1) * bytes_per_pixel(pixels.samples()) as u64;
        cost = cost.saturating_add(whole).saturating_add(ours);
    }
    let cost = cost.saturating_add(orientation.memory(size, pixels.samples()));
    let lease = check(orientation.size(size), pixels.samples(), cost, limits)?;
    let rows = PngRows {
        row: vec![0; row_bytes],
        words: Vec::new(),
        flat: Flat::default(),
        reader,
        size,
        pixels,
        is_deep,
        _lease: None,
    };
    let rows = if interlaced {
        rows.whole(lease)?
    } else {
        Box::new(PngRows {
            _lease: Some(lease),
            ..rows
        })
    };
    oriented(rows, orientation, limits)
}

struct PngRows {
    reader: Reader<BufReader<File>>,
    size: (u32, u32),
    pixels: Pixels,
    is_deep: bool,
    row: Vec<u8>,
    words: Vec<u16>,
    flat: Flat,
    _lease: Option<Lease>,
}

impl PngRows {
    fn whole(mut self, lease: Lease) -> Result<Box<dyn RowReader>, SourceError> {
        let mut decoded = vec![0; self.row.len() * self.size.1 as usize];
        self.reader.next_frame(&mut decoded).map_err(damaged)?;
        let mut image = Raster::new(self.size.0, self.size.1, self.samples());
        let stride = image.stride();
        let row_bytes = self.row.len();
        for (row, target) in decoded
            .chunks_exact(row_bytes)
            .zip(image.data.chunks_exact_mut(stride))
        {
            self.row.copy_from_slice(row);
            self.convert(target);
        }
        let image = WholeImage::new(image, lease).with_colors(self.pixels.kept());
        Ok(Box::new(image))
    }

    /// Converts the row that was read.
    fn convert(&mut self, target: &mut [u8]) {
        if self.is_deep {
            self.words.clear();
            let pairs = self.row.as_chunks().0.iter();
            self.words
                .extend(pairs.map(|pair| u16::from_be_bytes(*pair)));
            self.pixels.words(&self.words, &mut self.flat, target);
        } else {
            self.pixels.bytes(&self.row, &mut self.flat, target);
        }
    }
}

impl RowReader for PngRows {
    fn size(&self) -> (u32, u32) {
        self.size
    }

    fn samples(&self) -> Samples {
        self.pixels.samples()
    }

    fn colors(&self) -> KeptColors {
        self.pixels.kept().clone()
    }

    fn read_rows(&mut self, out: &mut [u8]) -> Result<(), SourceError> {
        let stride = self.size.0 as usize * bytes_per_pixel(self.samples());
        for target in out.chunks_exact_mut(stride) {
            match self.reader.read_row(&mut self.row).map_err(damaged)? {
                Some(_) => self.convert(target),
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

fn damaged(error: DecodingError) -> SourceError {
    match error {
        DecodingError::IoError(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
            SourceError::Io(error)
        }
        DecodingError::LimitsExceeded => {
            SourceError::Unsupported("PNG with chunks of more than 16 MiB".to_owned())
        }
        other => SourceError::Damaged(format!("PNG: {other}")),
    }
}
