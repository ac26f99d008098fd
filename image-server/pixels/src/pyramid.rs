//! Building: rows or blocks in, a file of tiles out, in memory that depends on the width alone.

mod blocks;

use std::io::{Seek, Write};
use std::sync::Arc;

use jpeg_blocks::profile_segments;
use rayon::prelude::*;
use tiff_pyramid::{EncodedTile, Layout, PyramidWriter, Samples, TileAt, WriteError};

pub(crate) use self::blocks::blocks_memory;
use crate::encode::{self, EncodeError, View};
use crate::kept::{Kept, KeptColors};
use crate::raster::bytes_per_pixel;
use crate::shrink::halve;
use crate::source::{RowReader, SourceError};

/// The side of a stored tile, in pixels.
pub const TILE: u32 = 512;

/// Tiles that are encoded before they are written: enough for many cores, and little memory.
const AT_ONCE: usize = 32;

/// Why a pyramid could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The source is at fault.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The file could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A tile could not be encoded.
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

/// Bytes that building holds beside the source: a row of tiles of every level, and their encoded form.
#[must_use]
pub fn build_memory(width: u32, samples: Samples) -> u64 {
    // One and a half bands of the first level; the strips of the others, which sum to one more, and what
    // is halved and encoded, about one again.
    u64::from(width) * u64::from(TILE) * bytes_per_pixel(samples) as u64 * 7 / 2
}

/// A pyramid that was built.
#[derive(Debug)]
pub struct Built<W> {
    /// Where it was written.
    pub out: W,
    /// What it keeps of its source.
    pub kept: Kept,
    /// What it keeps of the source's colours.
    pub colors: KeptColors,
}

/// Builds the pyramid of `source` into `out`: from its coefficients where they can be stored as they are, else from
/// its pixels.
///
/// Works on rayon's threads; the caller waits.
///
/// # Errors
/// If the source breaks off or is damaged, or the output cannot be written.
pub fn build_pyramid<W: Write + Seek + Send>(
    source: &mut dyn RowReader,
    out: W,
) -> Result<Built<W>, BuildError> {
    let (width, height) = source.size();
    let samples = source.samples();
    let layout = Layout::new(width, height, TILE).ok_or(SourceError::Size { width, height })?;
    let colors = source.colors();
    let profile = colors.profile().unwrap_or_default();
    let mut builder = Builder {
        strips: layout.levels().iter().map(|_| Strip::default()).collect(),
        writer: PyramidWriter::new(out, layout.clone(), samples)?.with_profile(profile),
        profile: profile_segments(profile).map_err(EncodeError::from)?.into(),
        size: bytes_per_pixel(samples),
        layout,
        samples,
    };
    let kept = source
        .blocks()
        .map_or_else(Kept::Recoded, |_| Kept::Coefficients);
    let description = format!("{} {}", kept.word(), colors.word());
    builder.writer = builder.writer.with_description(&description);
    let out = match source.blocks() {
        Ok(rows) => builder.build_blocks(rows, colors.profile())?,
        Err(_) => builder.build_rows(source)?,
    };
    source.finish()?;
    Ok(Built { out, kept, colors })
}

struct Builder<W> {
    layout: Layout,
    samples: Samples,
    size: usize,
    strips: Vec<Strip>,
    writer: PyramidWriter<W>,
    /// The segments of the colour profile, which every tile has.
    profile: Arc<[u8]>,
}

/// The rows of one level that wait for their row of tiles to be complete.
#[derive(Default)]
struct Strip {
    data: Vec<u8>,
    /// Rows of tiles already written.
    written: u32,
}

impl<W: Write + Seek + Send> Builder<W> {
    /// Builds all levels from the pixels of the full image.
    fn build_rows(mut self, source: &mut dyn RowReader) -> Result<W, BuildError> {
        let (width, height) = source.size();
        let stride = width as usize * self.size;
        let bands = (0..height)
            .step_by(TILE as usize)
            .map(|first| (height - first).min(TILE) as usize * stride);
        if source.is_parallel() {
            self.one_by_one(source, bands)?;
        } else {
            self.reading_ahead(source, bands)?;
        }
        Ok(self.writer.finish()?)
    }

    /// Builds from bands of so many bytes, of which one is held.
    fn one_by_one(
        &mut self,
        source: &mut dyn RowReader,
        bands: impl Iterator<Item = usize>,
    ) -> Result<(), BuildError> {
        let mut band = Vec::new();
        for bytes in bands {
            band.resize(bytes, 0);
            source.read_rows(&mut band)?;
            self.rows(0, &band)?;
        }
        Ok(())
    }

    /// Builds from bands of so many bytes; while one is encoded, the first half of the next is decoded by one thread.
    ///
    /// A whole band ahead would keep all cores at work, and hold half a band more.
    fn reading_ahead(
        &mut self,
        source: &mut dyn RowReader,
        bands: impl Iterator<Item = usize>,
    ) -> Result<(), BuildError> {
        let half = self.layout.full().width as usize * self.size * TILE as usize / 2;
        let (mut band, mut ahead) = (Vec::new(), Vec::new());
        let mut bands = bands.peekable();
        while let Some(bytes) = bands.next() {
            band.clear();
            band.extend_from_slice(&ahead);
            band.resize(bytes, 0);
            source.read_rows(&mut band[ahead.len()..])?;
            ahead.resize(bands.peek().copied().unwrap_or(0).min(half), 0);
            let (read, built) =
                rayon::join(|| source.read_rows(&mut ahead), || self.rows(0, &band));
            read?;
            built?;
        }
        Ok(())
    }
}

impl<W: Write + Seek> Builder<W> {
    /// Takes the next rows of a level; complete rows of tiles are written and halved into the next
    /// level.
    fn rows(&mut self, number: usize, mut rows: &[u8]) -> Result<(), BuildError> {
        let level = self.layout.levels()[number];
        let stride = level.width as usize * self.size;
        while !rows.is_empty() {
            let strip = &mut self.strips[number];
            let (_, wanted) = level.visible(0, strip.written);
            let missing = wanted as usize * stride - strip.data.len();
            let (now, later) = rows.split_at(missing.min(rows.len()));
            rows = later;
            if now.len() < missing {
                strip.data.extend_from_slice(now);
            } else if strip.data.is_empty() {
                // A whole row of tiles at once, as the first level always is, is not copied.
                self.row_of_tiles(number, now)?;
            } else {
                let mut data = std::mem::take(&mut strip.data);
                data.extend_from_slice(now);
                self.row_of_tiles(number, &data)?;
                // The buffer serves the next row of tiles.
                data.clear();
                self.strips[number].data = data;
            }
        }
        Ok(())
    }

    /// Writes a complete row of tiles and halves it into the next level.
    fn row_of_tiles(&mut self, number: usize, data: &[u8]) -> Result<(), BuildError> {
        let level = self.layout.levels()[number];
        let row = self.strips[number].written;
        self.strips[number].written += 1;
        self.tiles(number, row, data)?;
        if number + 1 < self.layout.levels().len() {
            let half = halve(data, level.width as usize, self.size);
            self.rows(number + 1, &half)?;
        }
        Ok(())
    }

    /// Encodes and writes one row of tiles.
    fn tiles(&mut self, number: usize, row: u32, data: &[u8]) -> Result<(), BuildError> {
        let level = self.layout.levels()[number];
        let stride = level.width as usize * self.size;
        let (samples, size) = (self.samples, self.size);
        let profile = Arc::clone(&self.profile);
        self.row_of(number, row, |column| {
            let (width, height) = level.visible(column, row);
            let view = View {
                data: &data[column as usize * TILE as usize * size..],
                width: width as usize,
                height: height as usize,
                stride,
                samples,
            };
            Ok(encode_tile(&view, size, &profile)?)
        })
    }

    /// Writes one row of tiles that `encode` gives, some of them at a time on all cores.
    fn row_of(
        &mut self,
        level: usize,
        row: u32,
        encode: impl Fn(u32) -> Result<EncodedTile, BuildError> + Sync,
    ) -> Result<(), BuildError> {
        let columns = self.layout.levels()[level].columns();
        for first in (0..columns).step_by(AT_ONCE) {
            let some = first..columns.min(first + AT_ONCE as u32);
            let encoded: Vec<EncodedTile> = some
                .clone()
                .into_par_iter()
                .map(&encode)
                .collect::<Result<_, _>>()?;
            for (column, tile) in some.zip(&encoded) {
                self.writer.tile(TileAt { level, column, row }, tile)?;
            }
        }
        Ok(())
    }
}

/// The tile, and for a tile at an edge both its forms.
fn encode_tile(view: &View<'_>, size: usize, profile: &[u8]) -> Result<EncodedTile, EncodeError> {
    let tile = TILE as usize;
    let visible = encode::tile(view, profile)?;
    if (view.width, view.height) == (tile, tile) {
        return Ok(EncodedTile {
            padded: visible,
            cropped: None,
        });
    }
    let padded = pad(view, size);
    let whole = View {
        data: &padded,
        width: tile,
        height: tile,
        stride: tile * size,
        ..*view
    };
    Ok(EncodedTile {
        padded: encode::tile(&whole, profile)?,
        cropped: Some(visible),
    })
}

/// The tile filled up with copies of its last column and row, which compress to almost nothing.
fn pad(view: &View<'_>, size: usize) -> Vec<u8> {
    let stride = TILE as usize * size;
    let mut padded = Vec::with_capacity(stride * TILE as usize);
    for row in 0..TILE as usize {
        let from = row.min(view.height - 1) * view.stride;
        let visible = &view.data[from..from + view.width * size];
        padded.extend_from_slice(visible);
        let last = &visible[visible.len() - size..];
        padded.extend(last.iter().copied().cycle().take(stride - visible.len()));
    }
    padded
}
