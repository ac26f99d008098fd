//! Building from the coefficients of a JPEG original: its tiles are cut, and nothing is made at full size.

use std::fs::File;
use std::io::{Seek, Write};

use jpeg_blocks::{Band, Encoder, HalfBuffer, HalfSize, Header, Rect, Rows};
use rayon::prelude::*;
use tiff_pyramid::{EncodedTile, Samples, Subsampling};

use super::{AT_ONCE, BuildError, Builder, TILE, build_memory};
use crate::raster::bytes_per_pixel;
use crate::source::SourceError;
use crate::source::jpeg::subsampling;

/// Bytes that building from blocks holds.
#[must_use]
pub(crate) fn blocks_memory(header: &Header, samples: Samples) -> u64 {
    let band = Band::memory(header, TILE / header.unit_height());
    // What is built from pixels begins at half size, and one band of it is there at a time.
    let smaller = build_memory(header.width, samples) * 3 / 8;
    // Half of its pixels' bytes is more than any tile that is seen takes.
    let tile = u64::from(TILE) * u64::from(TILE) * bytes_per_pixel(samples) as u64 / 2;
    let tiles = tile * u64::from(header.width.div_ceil(TILE)).min(AT_ONCE as u64);
    let threads = rayon::current_num_threads() as u64;
    band * 2 + smaller + tiles + HalfSize::memory(header) * threads
}

/// What one image is cut with.
struct Cutter {
    header: Header,
    encoder: Encoder,
    half: HalfSize,
}

impl<W: Write + Seek + Send> Builder<W> {
    /// Builds the first level from the coefficients of the full image, and the others from its pixels at half size.
    pub(super) fn build_blocks(
        mut self,
        source: &mut Rows<File>,
        profile: Option<&[u8]>,
    ) -> Result<W, BuildError> {
        let header = source.header().clone();
        let quantization = source.quantization();
        let cutter = Cutter {
            encoder: Encoder::new(&header, quantization, profile).map_err(SourceError::from)?,
            half: HalfSize::new(&header, quantization).map_err(SourceError::from)?,
            header,
        };
        let full = subsampling(&cutter.header).unwrap_or(Subsampling::HALVED);
        self.writer = self.writer.with_full_subsampling(full);
        let units = TILE / cutter.header.unit_height();
        let (mut current, mut next) = (Band::new(), Band::new());
        source
            .read(units, &mut current)
            .map_err(SourceError::from)?;
        for row in 0..self.layout.full().rows() {
            // While one band is cut the next is read: a stream is read by one thread.
            let (read, built) = rayon::join(
                || source.read(units, &mut next),
                || self.band(&cutter, row, &current),
            );
            read.map_err(SourceError::from)?;
            built?;
            std::mem::swap(&mut current, &mut next);
        }
        Ok(self.writer.finish()?)
    }

    /// Cuts a row of tiles, and gives its pixels at half size to the next level.
    fn band(&mut self, cutter: &Cutter, row: u32, band: &Band) -> Result<(), BuildError> {
        if self.layout.levels().len() > 1 {
            let half = cutter.half_rows(band, self.size)?;
            self.rows(1, &half)?;
        }
        let full = self.layout.full();
        self.row_of(0, row, |column| {
            let cut = |(width, height)| {
                let part = Rect {
                    x: column * TILE,
                    y: 0,
                    width,
                    height,
                };
                cutter
                    .encoder
                    .encode(band, &part)
                    .map_err(SourceError::from)
            };
            let visible = full.visible(column, row);
            Ok(EncodedTile {
                padded: cut((TILE, TILE))?,
                cropped: if visible == (TILE, TILE) {
                    None
                } else {
                    Some(cut(visible)?)
                },
            })
        })
    }
}

impl Cutter {
    /// The pixels of a band at half size, made on all cores.
    fn half_rows(&self, band: &Band, size: usize) -> Result<Vec<u8>, BuildError> {
        let unit = self.header.unit_height();
        let top = band.first_unit() * unit;
        let bottom = self.header.height.min(top + band.units() * unit);
        let stride = self.header.width.div_ceil(2) as usize * size;
        let mut rows = vec![0; (bottom - top).div_ceil(2) as usize * stride];
        rows.par_chunks_mut(stride * unit as usize / 2)
            .enumerate()
            .try_for_each_init(HalfBuffer::default, |buffer, (unit, out)| {
                self.half.rows(band, unit as u32, buffer, out).map(drop)
            })
            .map_err(SourceError::from)?;
        Ok(rows)
    }
}
