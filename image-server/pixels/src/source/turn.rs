//! Turning: rows of an image as it is to be shown, from rows as they are stored.
//!
//! What changes the order of rows needs the last one first. The image is kept as square blocks, in memory
//! if there is room in the budget and in an unnamed scratch file otherwise, so that a column of blocks
//! costs as little to read as a row of them.

use std::fs::File;
use std::os::unix::fs::FileExt;

use jpeg_blocks::Rows;
use tiff_pyramid::Samples;

use super::budget::Lease;
pub use super::exif::Orientation;
use super::{Limits, RowReader, SourceError};
use crate::kept::{KeptColors, Recoding};
use crate::raster::bytes_per_pixel;

/// The side of a block, in pixels: reading one is worth a seek, and a row of them is no burden.
const BLOCK: u32 = 256;

/// Gives the rows of `reader` as `orientation` says that they are to be shown.
///
/// The memory that [`Orientation::memory`] names must have been taken.
///
/// # Errors
/// If no scratch file can be made.
pub fn oriented(
    reader: Box<dyn RowReader>,
    orientation: Orientation,
    limits: &Limits,
) -> Result<Box<dyn RowReader>, SourceError> {
    match orientation {
        Orientation::Normal => Ok(reader),
        Orientation::Mirrored => Ok(Box::new(Mirrored(reader))),
        _ => {
            let grid = Grid::of(reader.as_ref());
            Ok(Box::new(Turned {
                store: Store::new(grid.bytes(), limits)?,
                grid,
                orientation,
                reader,
                is_filled: false,
                next_band: 0,
                band: Vec::new(),
                given: 0,
            }))
        }
    }
}

impl Orientation {
    /// Bytes that turning an image of this stored size takes, besides a place for the whole image.
    #[must_use]
    pub fn memory(self, (width, height): (u32, u32), samples: Samples) -> u64 {
        match self {
            Self::Normal | Self::Mirrored => 0,
            // A row of blocks that comes, and a row or column of them that goes.
            _ => {
                let sides = u64::from(width) + u64::from(height) + u64::from(BLOCK);
                sides * u64::from(BLOCK) * bytes_per_pixel(samples) as u64
            }
        }
    }
}

/// Rows mirrored left to right.
struct Mirrored(Box<dyn RowReader>);

impl RowReader for Mirrored {
    fn size(&self) -> (u32, u32) {
        self.0.size()
    }

    fn samples(&self) -> Samples {
        self.0.samples()
    }

    fn colors(&self) -> KeptColors {
        self.0.colors()
    }

    fn is_parallel(&self) -> bool {
        self.0.is_parallel()
    }

    fn blocks(&mut self) -> Result<&mut Rows<File>, Recoding> {
        Err(self.0.blocks().err().unwrap_or(Recoding::Orientation))
    }

    fn read_rows(&mut self, out: &mut [u8]) -> Result<(), SourceError> {
        self.0.read_rows(out)?;
        let stride = self.0.size().0 as usize * bytes_per_pixel(self.samples());
        for row in out.chunks_exact_mut(stride) {
            match self.samples() {
                Samples::Gray => row.reverse(),
                Samples::Color => row.as_chunks_mut::<3>().0.reverse(),
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), SourceError> {
        self.0.finish()
    }
}

/// The blocks of an image as it is stored.
#[derive(Clone, Copy)]
struct Grid {
    width: u32,
    height: u32,
    /// Bytes of a pixel.
    size: usize,
}

impl Grid {
    fn of(reader: &dyn RowReader) -> Self {
        let (width, height) = reader.size();
        let size = bytes_per_pixel(reader.samples());
        Self {
            width,
            height,
            size,
        }
    }

    fn columns(&self) -> u32 {
        self.width.div_ceil(BLOCK)
    }

    fn rows(&self) -> u32 {
        self.height.div_ceil(BLOCK)
    }

    /// Pixels across and down of a block.
    fn block(&self, column: u32, row: u32) -> (usize, usize) {
        let width = (self.width - column * BLOCK).min(BLOCK);
        let height = (self.height - row * BLOCK).min(BLOCK);
        (width as usize, height as usize)
    }

    fn slot(&self) -> u64 {
        u64::from(BLOCK) * u64::from(BLOCK) * self.size as u64
    }

    fn offset(&self, column: u32, row: u32) -> u64 {
        (u64::from(row) * u64::from(self.columns()) + u64::from(column)) * self.slot()
    }

    fn bytes(&self) -> u64 {
        u64::from(self.rows()) * u64::from(self.columns()) * self.slot()
    }
}

/// Where the blocks are kept.
enum Store {
    Memory { bytes: Vec<u8>, _lease: Lease },
    Scratch(File),
}

impl Store {
    fn new(bytes: u64, limits: &Limits) -> Result<Self, SourceError> {
        match (limits.budget.lease_now(bytes), usize::try_from(bytes)) {
            (Some(lease), Ok(length)) => Ok(Self::Memory {
                bytes: vec![0; length],
                _lease: lease,
            }),
            _ => tempfile::tempfile_in(&limits.scratch)
                .map(Self::Scratch)
                .map_err(SourceError::Scratch),
        }
    }

    fn write(&mut self, block: &[u8], offset: u64) -> Result<(), SourceError> {
        match self {
            Self::Memory { bytes, .. } => {
                let place = usize::try_from(offset)
                    .ok()
                    .and_then(|at| bytes.get_mut(at..at + block.len()))
                    .ok_or_else(outside)?;
                place.copy_from_slice(block);
                Ok(())
            }
            Self::Scratch(file) => file
                .write_all_at(block, offset)
                .map_err(SourceError::Scratch),
        }
    }

    fn read(&self, block: &mut [u8], offset: u64) -> Result<(), SourceError> {
        match self {
            Self::Memory { bytes, .. } => {
                let place = usize::try_from(offset)
                    .ok()
                    .and_then(|at| bytes.get(at..at + block.len()))
                    .ok_or_else(outside)?;
                block.copy_from_slice(place);
                Ok(())
            }
            Self::Scratch(file) => file
                .read_exact_at(block, offset)
                .map_err(SourceError::Scratch),
        }
    }
}

fn outside() -> SourceError {
    SourceError::Scratch(std::io::ErrorKind::InvalidInput.into())
}

struct Turned {
    reader: Box<dyn RowReader>,
    orientation: Orientation,
    grid: Grid,
    store: Store,
    is_filled: bool,
    /// Rows of blocks that were shown.
    next_band: u32,
    band: Vec<u8>,
    given: usize,
}

impl Turned {
    /// Reads all of the image into blocks.
    fn fill(&mut self) -> Result<(), SourceError> {
        let grid = self.grid;
        let stride = grid.width as usize * grid.size;
        let mut rows = Vec::new();
        let mut block = Vec::new();
        for row in 0..grid.rows() {
            let (_, height) = grid.block(0, row);
            rows.resize(height * stride, 0);
            self.reader.read_rows(&mut rows)?;
            for column in 0..grid.columns() {
                let (width, _) = grid.block(column, row);
                let left = column as usize * BLOCK as usize * grid.size;
                block.clear();
                for line in rows.chunks_exact(stride) {
                    block.extend_from_slice(&line[left..left + width * grid.size]);
                }
                self.store.write(&block, grid.offset(column, row))?;
            }
        }
        self.reader.finish()?;
        self.is_filled = true;
        Ok(())
    }

    /// Shows the next row of blocks: a row of the stored ones, or a column of them.
    fn show(&mut self) -> Result<(), SourceError> {
        let grid = self.grid;
        let is_transposed = self.orientation.is_transposed();
        let (bands, across, is_backward) = if is_transposed {
            let is_backward = self.orientation.is_from_right();
            (grid.columns(), grid.rows(), is_backward)
        } else {
            let is_backward = self.orientation.is_from_below();
            (grid.rows(), grid.columns(), is_backward)
        };
        if self.next_band >= bands {
            return Err(SourceError::Damaged(
                "the image has fewer rows than it says".to_owned(),
            ));
        }
        let band = if is_backward {
            bands - 1 - self.next_band
        } else {
            self.next_band
        };
        self.next_band += 1;
        self.given = 0;
        let mut block = Vec::new();
        for place in 0..across {
            let (column, row) = if is_transposed {
                (band, place)
            } else {
                (place, band)
            };
            let (width, height) = grid.block(column, row);
            block.resize(width * height * grid.size, 0);
            self.store.read(&mut block, grid.offset(column, row))?;
            let shown_height = if is_transposed { width } else { height };
            let stride = self.orientation.size((grid.width, grid.height)).0 as usize * grid.size;
            self.band.resize(shown_height * stride, 0);
            match grid.size {
                1 => self.place::<1>(&block, (column, row), stride),
                _ => self.place::<3>(&block, (column, row), stride),
            }
        }
        Ok(())
    }

    /// Puts a stored block into the band that is shown.
    fn place<const SIZE: usize>(&mut self, block: &[u8], (column, row): (u32, u32), stride: usize) {
        let grid = self.grid;
        let (width, height) = grid.block(column, row);
        let from = |is_backward: bool, at: usize, of: usize| {
            if is_backward { of - 1 - at } else { at }
        };
        let (from_right, from_below) = (
            self.orientation.is_from_right(),
            self.orientation.is_from_below(),
        );
        let is_transposed = self.orientation.is_transposed();
        let (left, top) = ((column * BLOCK) as usize, (row * BLOCK) as usize);
        for (at, pixel) in block.as_chunks::<SIZE>().0.iter().enumerate() {
            let (x, y) = (at % width, at / width);
            let (shown_x, shown_y) = if is_transposed {
                (
                    from(from_below, top + y, grid.height as usize),
                    from(from_right, x, width),
                )
            } else {
                (
                    from(from_right, left + x, grid.width as usize),
                    from(from_below, y, height),
                )
            };
            let to = shown_y * stride + shown_x * SIZE;
            self.band[to..to + SIZE].copy_from_slice(pixel);
        }
    }
}

impl RowReader for Turned {
    fn size(&self) -> (u32, u32) {
        self.orientation.size((self.grid.width, self.grid.height))
    }

    fn samples(&self) -> Samples {
        self.reader.samples()
    }

    fn colors(&self) -> KeptColors {
        self.reader.colors()
    }

    fn blocks(&mut self) -> Result<&mut Rows<File>, Recoding> {
        Err(self.reader.blocks().err().unwrap_or(Recoding::Orientation))
    }

    fn read_rows(&mut self, mut out: &mut [u8]) -> Result<(), SourceError> {
        if !self.is_filled {
            self.fill()?;
        }
        while !out.is_empty() {
            if self.given == self.band.len() {
                self.show()?;
            }
            let count = (self.band.len() - self.given).min(out.len());
            let (now, later) = out.split_at_mut(count);
            now.copy_from_slice(&self.band[self.given..self.given + count]);
            self.given += count;
            out = later;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use tiff_pyramid::Samples;

    use super::super::budget::Budget;
    use super::super::rows::WholeImage;
    use super::{Limits, Orientation, oriented};
    use crate::raster::{Raster, bytes_per_pixel};

    /// The stored place of what is shown at `x`, `y`, in the words of the specification.
    fn stored(value: u64, (x, y): (usize, usize), (w, h): (usize, usize)) -> (usize, usize) {
        match value {
            1 => (x, y),
            2 => (w - 1 - x, y),
            3 => (w - 1 - x, h - 1 - y),
            4 => (x, h - 1 - y),
            5 => (y, x),
            6 => (y, h - 1 - x),
            7 => (w - 1 - y, h - 1 - x),
            _ => (w - 1 - y, x),
        }
    }

    #[test]
    fn every_orientation_shows_every_pixel_where_it_belongs_from_memory_and_from_scratch() {
        for (width, height, samples) in [
            (700, 300, Samples::Color),
            (257, 513, Samples::Gray),
            (1, 600, Samples::Gray),
            (256, 256, Samples::Color),
        ] {
            let size = bytes_per_pixel(samples);
            let mut image = Raster::new(width, height, samples);
            for (at, value) in image.data.iter_mut().enumerate() {
                *value = u8::try_from(at * 31 % 251).unwrap_or(0);
            }
            for value in 1..=8 {
                for room in [0, 1 << 30] {
                    let limits = Limits {
                        budget: Budget::new(room),
                        ..Limits::default()
                    };
                    let Some(lease) = limits.budget.lease(0) else {
                        panic!("nothing is always there");
                    };
                    let orientation = Orientation::of_tag(value);
                    let reader = Box::new(WholeImage::new(image.clone(), lease));
                    let Ok(mut shown) = oriented(reader, orientation, &limits) else {
                        panic!("a scratch file can be made");
                    };
                    let (w, h) = shown.size();
                    assert_eq!((w, h), orientation.size((width, height)));
                    let mut data = vec![0; w as usize * h as usize * size];
                    let stride = w as usize * size;
                    for rows in data.chunks_mut(stride * 100) {
                        assert!(shown.read_rows(rows).is_ok());
                    }
                    for (at, pixel) in data.chunks_exact(size).enumerate() {
                        let place = (at % w as usize, at / w as usize);
                        let (x, y) = stored(value, place, (width as usize, height as usize));
                        let from = (y * width as usize + x) * size;
                        assert_eq!(
                            pixel,
                            &image.data[from..from + size],
                            "{value}: {width}×{height} at {place:?}"
                        );
                    }
                    assert!(shown.read_rows(&mut vec![0; stride]).is_err());
                }
            }
        }
    }
}
