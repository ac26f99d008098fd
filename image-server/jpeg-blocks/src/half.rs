//! Pixels at half the size, straight from coefficients.

use crate::Quantization;
use crate::band::{Band, Blocks};
use crate::color::rgb;
use crate::error::Error;
use crate::header::{Colors, Component, Header};
use crate::idct::inverse;

/// Room for the components of one row of units, to be used again.
#[derive(Debug, Default)]
pub struct HalfBuffer {
    planes: Vec<Plane>,
}

/// One component at half the image's size.
#[derive(Debug, Default)]
struct Plane {
    data: Vec<u8>,
    stride: usize,
    /// Pixels of the image that one of its own stands for, as powers of 2: 1 where it is sampled four times less.
    across: u32,
    down: u32,
}

impl HalfBuffer {
    /// Bytes that the rows of one unit take.
    #[must_use]
    pub fn memory(header: &Header) -> u64 {
        // At most a block's own size.
        header.blocks_of_row() * 64
    }
}

/// Whether the image can be made at half its size: grey, or three components sampled by powers of 2.
pub(crate) fn is_possible(header: &Header) -> bool {
    let (across, down) = header.sampling();
    let divides = |share: u8, most: u8| matches!((most / share, most % share), (1 | 2 | 4, 0));
    matches!(header.colors, Colors::Gray | Colors::YCbCr | Colors::Rgb)
        && header
            .components
            .iter()
            .all(|c| divides(c.horizontal, across) && divides(c.vertical, down))
}

/// Makes the rows of half size of row `unit` of the units of `band`, grey or RGB, into `out`.
///
/// They are the means of 2×2 pixels; a last odd column or row is whole in the stream. Gives the number of rows:
/// half the height of a unit, or what is left of the image.
///
/// # Errors
/// If the components are sampled otherwise than once, twice or four times each other, are no colours, or `out` is
/// too short.
pub fn half_rows(
    header: &Header,
    quantization: &[Quantization],
    band: &Band,
    unit: u32,
    buffer: &mut HalfBuffer,
    out: &mut [u8],
) -> Result<usize, Error> {
    if !is_possible(header) || band.components.len() != header.components.len() {
        return Err(Error::Unsupported("components sampled in an odd way"));
    }
    let width = header.width.div_ceil(2) as usize;
    let first = (band.first_unit() + unit) * header.unit_height() / 2;
    let rows = header.height.div_ceil(2).saturating_sub(first);
    let rows = rows.min(header.unit_height() / 2) as usize;
    let size = width * header.components.len();
    if out.len() < rows * size {
        return Err(Error::Damaged("no room for its rows"));
    }
    buffer
        .planes
        .resize_with(header.components.len(), Plane::default);
    for (((plane, component), blocks), steps) in buffer
        .planes
        .iter_mut()
        .zip(&header.components)
        .zip(&band.components)
        .zip(quantization)
    {
        plane.fill(header, component, blocks, unit, steps);
    }
    for (row, target) in out.chunks_exact_mut(size).take(rows).enumerate() {
        match buffer.planes.as_slice() {
            [gray] => target.copy_from_slice(&gray.row(row)[..width]),
            [a, b, c] => three(header.colors, [a, b, c], row, target),
            _ => {}
        }
    }
    Ok(rows)
}

impl Plane {
    fn fill(
        &mut self,
        header: &Header,
        component: &Component,
        blocks: &Blocks,
        unit: u32,
        steps: &Quantization,
    ) {
        let (across, down) = header.sampling();
        // Pixels of a block on the half-size grid: 4, 8, or 8 that each stand for two.
        let shape = |most: u8, share: u8| match most / share {
            1 => (4, 0),
            2 => (8, 0),
            _ => (8, 1),
        };
        let (x, double_x) = shape(across, component.horizontal);
        let (y, double_y) = shape(down, component.vertical);
        let rows = usize::from(component.vertical);
        self.stride = blocks.across() * x;
        (self.across, self.down) = (double_x, double_y);
        self.data.resize(self.stride * rows * y, 0);
        let make = match (x, y) {
            (4, 4) => inverse::<4, 4>,
            (8, 4) => inverse::<8, 4>,
            (4, _) => inverse::<4, 8>,
            _ => inverse::<8, 8>,
        };
        let first = unit as usize * rows;
        for row in 0..rows {
            let target = &mut self.data[row * y * self.stride..];
            for column in 0..blocks.across() {
                let block = blocks.block(column, first + row);
                make(&block, steps, &mut target[column * x..], self.stride);
            }
        }
    }

    fn row(&self, row: usize) -> &[u8] {
        &self.data[(row >> self.down) * self.stride..][..self.stride]
    }
}

/// One row of three components as RGB.
fn three(colors: Colors, planes: [&Plane; 3], row: usize, out: &mut [u8]) {
    let [a, b, c] = planes.map(|plane| plane.row(row));
    let [_, across_b, across_c] = planes.map(|plane| plane.across);
    let pixels = out.as_chunks_mut::<3>().0;
    if colors == Colors::YCbCr && (planes[0].across, across_b, across_c) == (0, 0, 0) {
        for (((out, y), cb), cr) in pixels.iter_mut().zip(a).zip(b).zip(c) {
            *out = rgb(*y, *cb, *cr);
        }
        return;
    }
    for (x, out) in pixels.iter_mut().enumerate() {
        let sample = |row: &[u8], across: u32| row[x >> across];
        let all = [
            sample(a, planes[0].across),
            sample(b, across_b),
            sample(c, across_c),
        ];
        *out = match colors {
            Colors::YCbCr => rgb(all[0], all[1], all[2]),
            _ => all,
        };
    }
}
