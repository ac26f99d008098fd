//! Filtering: one component brought to another size.
//!
//! A filter runs down an image several times as fast as across it, for neighbours in a row are processed side by side.
//! So it runs down twice, and the image is turned in between and back.

use std::fmt::Display;

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};

use crate::raster::Raster;
use crate::render::RenderError;

/// A part of an image in one direction, and how many samples are made of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stretch {
    pub(crate) from: f64,
    pub(crate) length: f64,
    pub(crate) made: u32,
}

/// What is used again from one image to the next.
#[derive(Default)]
pub(crate) struct Filter {
    resizer: Resizer,
    upright: Vec<u8>,
    turned: Vec<u8>,
}

impl Filter {
    /// Brings the part of `source` that is `columns` wide and `rows` high to the size that these say, into `out`: by
    /// Lanczos' filter. Chroma, whose details nobody sees, gets quicker ones; where it is enlarged it is blended as decoders
    /// of JPEG do it.
    pub(crate) fn apply(
        &mut self,
        source: &Raster,
        (columns, rows): (Stretch, Stretch),
        is_chroma: bool,
        out: &mut [u8],
    ) -> Result<(), RenderError> {
        let Self {
            resizer,
            upright,
            turned,
        } = self;
        let kernel = |along: Stretch| match (is_chroma, along.length < f64::from(along.made)) {
            (false, _) => FilterType::Lanczos3,
            (true, true) => FilterType::Bilinear,
            (true, false) => FilterType::CatmullRom,
        };
        let (width, height) = (source.width, source.height);
        upright.resize(width as usize * rows.made as usize, 0);
        down(
            resizer,
            (&source.data, width, height),
            rows,
            kernel(rows),
            upright,
        )?;
        turned.resize(upright.len(), 0);
        turn(upright, (width, rows.made), turned);
        upright.resize(columns.made as usize * rows.made as usize, 0);
        down(
            resizer,
            (turned, rows.made, width),
            columns,
            kernel(columns),
            upright,
        )?;
        turn(upright, (rows.made, columns.made), out);
        Ok(())
    }
}

/// Filters the columns of an image of so many bytes across and down.
fn down(
    resizer: &mut Resizer,
    (data, width, height): (&[u8], u32, u32),
    rows: Stretch,
    kernel: FilterType,
    out: &mut [u8],
) -> Result<(), RenderError> {
    let source = TypedImageRef::<U8>::from_buffer(width, height, data).map_err(failed)?;
    let mut target = TypedImage::<U8>::from_buffer(width, rows.made, out).map_err(failed)?;
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(kernel))
        .crop(0.0, rows.from, f64::from(width), rows.length);
    // Not `resize`: that brings the code for every kind of pixel, and the compiler orders its filters of floats in another
    // way at each build, so that the same source gave other images.
    resizer
        .resize_typed(&source, &mut target, &options)
        .map_err(failed)
}

/// Bytes of a row that are turned at once.
const BLOCK: usize = 8;

/// Makes rows of the columns of an image of so many bytes across and down, which is what `out` has room for.
fn turn(data: &[u8], (width, height): (u32, u32), out: &mut [u8]) {
    let (width, height) = (width as usize, height as usize);
    if width < BLOCK || height < BLOCK {
        for (row, bytes) in data.chunks_exact(width).enumerate() {
            for (column, byte) in bytes.iter().enumerate() {
                out[column * height + row] = *byte;
            }
        }
        return;
    }
    // The last blocks overlap those before them.
    for top in (0..height).step_by(BLOCK).map(|at| at.min(height - BLOCK)) {
        for left in (0..width).step_by(BLOCK).map(|at| at.min(width - BLOCK)) {
            let mut block = [0; BLOCK];
            for (row, value) in block.iter_mut().enumerate() {
                let at = (top + row) * width + left;
                *value = data[at..]
                    .first_chunk()
                    .map_or(0, |bytes| u64::from_le_bytes(*bytes));
            }
            for (row, value) in turned(block).iter().enumerate() {
                let at = (left + row) * height + top;
                out[at..at + BLOCK].copy_from_slice(&value.to_le_bytes());
            }
        }
    }
}

/// Eight rows of eight bytes, turned: halves, quarters and single bytes change places with those across the diagonal.
fn turned(mut block: [u64; BLOCK]) -> [u64; BLOCK] {
    for (distance, mask) in [
        (4, 0x0000_0000_ffff_ffff),
        (2, 0x0000_ffff_0000_ffff),
        (1, 0x00ff_00ff_00ff_00ff),
    ] {
        for row in (0..BLOCK).filter(|row| row & distance == 0) {
            let bits = distance * 8;
            let (upper, lower) = (block[row], block[row + distance]);
            let different = (upper >> bits ^ lower) & mask;
            block[row] = upper ^ different << bits;
            block[row + distance] = lower ^ different;
        }
    }
    block
}

fn failed(error: impl Display) -> RenderError {
    RenderError::Resize(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::turn;

    #[test]
    fn columns_become_rows_in_images_of_any_size() {
        for (width, height) in [
            (1, 1),
            (3, 20),
            (20, 7),
            (8, 8),
            (17, 40),
            (64, 9),
            (101, 103),
        ] {
            let data: Vec<u8> = (0..width * height).map(|at| (at * 7 % 251) as u8).collect();
            let mut out = vec![0; data.len()];
            turn(&data, (width, height), &mut out);
            for (row, bytes) in data.chunks_exact(width as usize).enumerate() {
                for (column, byte) in bytes.iter().enumerate() {
                    assert_eq!(
                        out[column * height as usize + row],
                        *byte,
                        "{width}×{height}: {column}, {row}"
                    );
                }
            }
        }
    }
}
