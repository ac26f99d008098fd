//! All coefficients of an image, in memory or in a scratch file.

use std::io::{Read as _, Seek as _, SeekFrom, Write as _};

use crate::decode::{Keep, Scratch};
use crate::error::Error;
use crate::header::Header;

/// The coefficients of all components, each block in the order of streams.
pub(crate) struct Store {
    planes: Vec<Plane>,
    scratch: Option<Box<dyn Scratch>>,
    /// One row of blocks as bytes.
    bytes: Vec<u8>,
}

/// One component.
struct Plane {
    /// Blocks across and down, those that fill up the last unit included.
    across: usize,
    rows: usize,
    /// Where it lies in the scratch file.
    offset: u64,
    /// The rows of blocks in memory, from row `first` on.
    window: Vec<i16>,
    first: usize,
    /// Which rows the scratch file has; others are zero.
    written: Vec<bool>,
}

/// Coefficients of a block.
const BLOCK: usize = 64;

impl Store {
    pub(crate) fn new(header: &Header, keep: Keep) -> Self {
        let scratch = match keep {
            Keep::Memory => None,
            Keep::Scratch(scratch) => Some(scratch),
        };
        let units = header.width.div_ceil(u32::from(header.sampling().0) * 8) as usize;
        let unit_rows = header.unit_rows() as usize;
        let mut offset = 0;
        let planes = header.components.iter().map(|component| {
            let across = units * usize::from(component.horizontal);
            let rows = unit_rows * usize::from(component.vertical);
            let begin = offset;
            offset += (across * rows * BLOCK * 2) as u64;
            let held = if scratch.is_some() { 0 } else { rows };
            Plane {
                across,
                rows,
                offset: begin,
                window: vec![0; across * held * BLOCK],
                first: 0,
                written: vec![false; rows],
            }
        });
        Self {
            planes: planes.collect(),
            scratch,
            bytes: Vec::new(),
        }
    }

    /// Blocks across a component, those that fill up the last unit included.
    pub(crate) fn across(&self, component: usize) -> usize {
        self.planes[component].across
    }

    /// Brings `count` rows of blocks of a component into memory, from `first` on.
    pub(crate) fn load(
        &mut self,
        component: usize,
        first: usize,
        count: usize,
    ) -> Result<(), Error> {
        let Some(scratch) = &mut self.scratch else {
            return Ok(());
        };
        let plane = &mut self.planes[component];
        let row = plane.across * BLOCK;
        plane.first = first;
        plane.window.clear();
        plane.window.resize(count * row, 0);
        self.bytes.resize(row * 2, 0);
        for (number, target) in (first..).zip(plane.window.chunks_exact_mut(row)) {
            if !plane.written.get(number).is_some_and(|written| *written) {
                continue;
            }
            let place = SeekFrom::Start(plane.offset + (number * row * 2) as u64);
            scratch
                .seek(place)
                .and_then(|_| scratch.read_exact(&mut self.bytes))
                .map_err(Error::Scratch)?;
            for (value, pair) in target.iter_mut().zip(self.bytes.chunks_exact(2)) {
                *value = i16::from_le_bytes([pair[0], pair[1]]);
            }
        }
        Ok(())
    }

    /// Keeps what was changed of the rows of a component that are in memory.
    pub(crate) fn save(&mut self, component: usize) -> Result<(), Error> {
        let Some(scratch) = &mut self.scratch else {
            return Ok(());
        };
        let plane = &mut self.planes[component];
        let row = plane.across * BLOCK;
        self.bytes.resize(row * 2, 0);
        for (number, source) in (plane.first..).zip(plane.window.chunks_exact(row)) {
            let Some(written) = plane.written.get_mut(number) else {
                break;
            };
            *written = true;
            for (value, pair) in source.iter().zip(self.bytes.chunks_exact_mut(2)) {
                pair.copy_from_slice(&value.to_le_bytes());
            }
            let place = SeekFrom::Start(plane.offset + (number * row * 2) as u64);
            scratch
                .seek(place)
                .and_then(|_| scratch.write_all(&self.bytes))
                .map_err(Error::Scratch)?;
        }
        Ok(())
    }

    /// The block at `column` and `row` of a component, whose row must be in memory.
    pub(crate) fn block(&mut self, component: usize, column: usize, row: usize) -> &mut [i16; 64] {
        let plane = &mut self.planes[component];
        debug_assert!(row < plane.rows, "rows end where the last unit does");
        let at = (row - plane.first) * plane.across + column;
        &mut plane.window.as_chunks_mut::<BLOCK>().0[at]
    }
}
