//! Samples of a part of an image, each component at the size it is stored in.

use std::io::Read;
use std::ops::Range;

use crate::band::Block;
use crate::decode::Rows;
use crate::error::Error;
use crate::header::Component;
use crate::idct::Whole;
use crate::sequential::Place;

/// A part of a component, and where its samples go.
#[derive(Debug)]
pub struct Window<'a> {
    /// The first sample across.
    pub x: u32,
    /// The first sample down.
    pub y: u32,
    /// Samples across.
    pub width: u32,
    /// Samples down.
    pub height: u32,
    /// Room for them, row by row.
    pub out: &'a mut [u8],
    /// Bytes from one row to the next.
    pub stride: usize,
}

/// Samples of a block in one direction.
const SIDE: u32 = 8;

impl<R: Read> Rows<R> {
    /// Makes the samples of the first components, one for each window. What no window needs is not made: rows below
    /// all windows, and intervals between restart markers beside them, are not even decoded, nor is damage found in
    /// them.
    ///
    /// # Errors
    /// If the stream is cut short or damaged, or a window is not within its component, or its room too small.
    pub fn samples(mut self, windows: &mut [Window<'_>]) -> Result<(), Error> {
        let components = self.header().components.clone();
        if windows.len() > components.len() {
            return Err(Error::Damaged("fewer components than asked for"));
        }
        let mut parts = Vec::with_capacity(windows.len());
        for ((window, component), steps) in
            windows.iter_mut().zip(&components).zip(self.quantization())
        {
            parts.push(Part::new(window, component, steps)?);
        }
        let end = parts.iter().map(Part::units_down).max().unwrap_or(0);
        for unit in 0..end {
            let wanted = parts.iter().filter_map(|part| part.units_across(unit));
            let wanted = wanted.reduce(|a, b| a.start.min(b.start)..a.end.max(b.end));
            self.next_row(wanted.unwrap_or(0..0), |place, block| {
                if let Some(part) = parts.get_mut(place.component) {
                    part.take(unit, place, &block);
                }
            })?;
        }
        Ok(())
    }
}

/// A window and how its samples are made.
struct Part<'w, 'a> {
    window: &'w mut Window<'a>,
    horizontal: u32,
    vertical: u32,
    transform: Whole,
}

impl<'w, 'a> Part<'w, 'a> {
    fn new(
        window: &'w mut Window<'a>,
        component: &Component,
        steps: &crate::Quantization,
    ) -> Result<Self, Error> {
        let within = |first: u32, count: u32, blocks: u32| {
            count > 0
                && first
                    .checked_add(count)
                    .is_some_and(|end| end <= blocks * SIDE)
        };
        let room = (window.height.saturating_sub(1) as usize)
            .checked_mul(window.stride)
            .and_then(|rows| rows.checked_add(window.width as usize));
        if !within(window.x, window.width, component.columns)
            || !within(window.y, window.height, component.rows)
            || window.stride < window.width as usize
            || room.is_none_or(|room| room > window.out.len())
        {
            return Err(Error::Damaged("a part beyond the image"));
        }
        Ok(Self {
            window,
            horizontal: u32::from(component.horizontal),
            vertical: u32::from(component.vertical),
            transform: Whole::new(steps),
        })
    }

    /// Rows of units until it has all that it needs.
    fn units_down(&self) -> u32 {
        (self.window.y + self.window.height).div_ceil(self.vertical * SIDE)
    }

    /// The units that it needs of row `unit`, if any.
    fn units_across(&self, unit: u32) -> Option<Range<u32>> {
        let Window {
            x,
            y,
            width,
            height,
            ..
        } = *self.window;
        let (across, down) = (self.horizontal * SIDE, self.vertical * SIDE);
        let needed = unit >= y / down && unit < (y + height).div_ceil(down);
        needed.then(|| x / across..(x + width).div_ceil(across))
    }

    /// Makes what it needs of a block of row `unit` of units.
    #[inline(always)]
    fn take(&mut self, unit: u32, place: Place, block: &Block<'_>) {
        let Window {
            x,
            y,
            width,
            height,
            out,
            stride,
        } = &mut *self.window;
        let (right, bottom) = (*x + *width, *y + *height);
        let left = place.column as u32 * SIDE;
        let top = (unit * self.vertical + place.row as u32) * SIDE;
        if left + SIDE <= *x || left >= right || top + SIDE <= *y || top >= bottom {
            return;
        }
        if left >= *x && left + SIDE <= right && top >= *y && top + SIDE <= bottom {
            let at = (top - *y) as usize * *stride + (left - *x) as usize;
            self.transform.block(block, &mut out[at..], *stride);
            return;
        }
        let mut whole = [0; 64];
        self.transform.block(block, &mut whole, SIDE as usize);
        let (from, to) = (left.max(*x), (left + SIDE).min(right));
        for line in top.max(*y)..(top + SIDE).min(bottom) {
            let at = (line - *y) as usize * *stride + (from - *x) as usize;
            let samples = &whole[((line - top) * SIDE + from - left) as usize..];
            let count = (to - from) as usize;
            out[at..at + count].copy_from_slice(&samples[..count]);
        }
    }
}
