//! Decoding: the stored tiles of a level to pixels.

use std::io::Cursor;

use iiif_spec::Rect;
use tiff_pyramid::{Pyramid, ReadAt, Samples, TileAt};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::raster::Raster;
use crate::render::RenderError;

/// Reads the tiles of one level, one row of tiles at a time, as grey or as stored.
pub(crate) struct TileReader<'a, F: ?Sized> {
    pyramid: &'a Pyramid,
    file: &'a F,
    level: usize,
    samples: Samples,
    stored: Vec<u8>,
    tile: Raster,
}

impl<'a, F: ReadAt + ?Sized> TileReader<'a, F> {
    /// A reader of a level; `samples` may be grey where colour is stored.
    pub(crate) fn new(pyramid: &'a Pyramid, file: &'a F, level: usize, samples: Samples) -> Self {
        Self {
            pyramid,
            file,
            level,
            samples,
            stored: Vec::new(),
            tile: Raster::new(0, 0, samples),
        }
    }

    /// Pastes the part of the row of tiles `row` that lies in `area`, a part of the level, into `out`,
    /// whose first pixel is at `x`, `y` of the level.
    pub(crate) fn row_of_tiles(
        &mut self,
        row: u32,
        area: Rect,
        out: &mut Raster,
        (x, y): (u32, u32),
    ) -> Result<(), RenderError> {
        let side = self.pyramid.layout().tile();
        for column in area.x / side..=(area.x + area.width - 1) / side {
            let level = self.level;
            let needed = (area.y + area.height - row * side).min(side);
            self.decode(TileAt { level, column, row }, needed)?;
            let place = |index: u32, origin: u32| i64::from(index * side) - i64::from(origin);
            out.paste(&self.tile, place(column, x), place(row, y));
        }
        Ok(())
    }

    /// Decodes the upper rows of a tile, as many as are `needed`, and a few more.
    fn decode(&mut self, at: TileAt, needed: u32) -> Result<(), RenderError> {
        let span = self
            .pyramid
            .tile(at)
            .ok_or_else(|| damaged(at, "it is not in the file"))?;
        self.stored.resize(span.length as usize, 0);
        self.file.read_exact_at(&mut self.stored, span.offset)?;
        let color = match self.samples {
            Samples::Gray => ColorSpace::Luma,
            Samples::Color => ColorSpace::RGB,
        };
        let level = self.pyramid.layout().levels()[at.level];
        let (width, height) = level.visible(at.column, at.row);
        // The last row of chroma is interpolated with the one below it.
        let height = if needed + 1 < height {
            lowered(&mut self.stored, (width, height), needed + 1)
        } else {
            height
        };
        let options = DecoderOptions::new_fast()
            .set_strict_mode(true)
            .set_max_width(width as usize)
            .set_max_height(height as usize)
            .jpeg_set_out_colorspace(color);
        let mut decoder = JpegDecoder::new_with_options(Cursor::new(&self.stored), options);
        let failed = |error| damaged(at, format!("{error:?}"));
        decoder.decode_headers().map_err(failed)?;
        let (tile, samples) = (&mut self.tile, self.samples);
        (tile.width, tile.height, tile.samples) = (width, height, samples);
        let bytes = tile.stride() * height as usize;
        if decoder.output_buffer_size() != Some(bytes) {
            return Err(damaged(at, "it has another size"));
        }
        tile.data.resize(bytes, 0);
        decoder.decode_into(&mut tile.data).map_err(failed)
    }
}

/// Writes another height into the frame header of a stream of one pass, so that the rows below are not
/// decoded; gives the height that it then has. A stream of other passes, of another size or damaged stays
/// as it is.
fn lowered(stream: &mut [u8], (width, height): (u32, u32), wanted: u32) -> u32 {
    let size = |side: u32| u16::try_from(side).unwrap_or(u16::MAX).to_be_bytes();
    let mut at = 2;
    while let Some(&[0xff, marker, high, low]) = stream.get(at..at + 4) {
        match marker {
            // Baseline and extended sequential (ITU-T T.81, B.2.2): length, precision, height, width.
            0xc0 | 0xc1 => {
                let sides = [size(height), size(width)];
                if stream.get(at + 5..at + 9) != Some(sides.as_flattened()) {
                    return height;
                }
                stream[at + 5..at + 7].copy_from_slice(&size(wanted));
                return wanted;
            }
            0xc4 | 0xdb | 0xdd | 0xe0..=0xef | 0xfe => {
                at += 2 + usize::from(u16::from_be_bytes([high, low]));
            }
            _ => return height,
        }
    }
    height
}

fn damaged(at: TileAt, why: impl ToString) -> RenderError {
    RenderError::Damaged {
        at,
        why: why.to_string(),
    }
}
