//! Pixels at full size, row by row.

mod upsample;

use std::io::Read;

use upsample::Upsampler;

use crate::band::Band;
use crate::color::{interleave, rgb, rgb_row};
use crate::decode::Rows;
use crate::error::Error;
use crate::header::{Colors, Header};
use crate::idct::Whole;

/// Gives an image's pixels from the top: grey, RGB, or the amounts of four inks.
///
/// Of inks 0 is none and 255 is most, however the stream holds them.
pub struct Pixels<R> {
    rows: Rows<R>,
    band: Band,
    components: Vec<Upsampler>,
    transforms: Vec<Whole>,
    /// The row that is next, and rows of units decoded.
    row: u32,
    decoded: u32,
}

impl<R: Read> Pixels<R> {
    /// The pixels of `rows`, none of which may have been read.
    ///
    /// # Errors
    /// If components are sampled at sizes that do not divide each other.
    pub fn new(rows: Rows<R>) -> Result<Self, Error> {
        let header = rows.header();
        let (across, down) = header.sampling();
        let divided = |c: &crate::Component| {
            across.is_multiple_of(c.horizontal) && down.is_multiple_of(c.vertical)
        };
        if !header.components.iter().all(divided) {
            return Err(Error::Unsupported("components sampled in an odd way"));
        }
        let components = header
            .components
            .iter()
            .map(|component| Upsampler::new(header, component))
            .collect();
        let transforms = rows.quantization().iter().map(Whole::new).collect();
        Ok(Self {
            rows,
            transforms,
            band: Band::new(),
            components,
            row: 0,
            decoded: 0,
        })
    }

    /// What the header says.
    #[must_use]
    pub fn header(&self) -> &Header {
        self.rows.header()
    }

    /// Bytes that are held for an image of `header`.
    #[must_use]
    pub fn memory(header: &Header) -> u64 {
        Band::memory(header, 1) + header.blocks_of_row() * 64 * 3
    }

    /// Bytes of one pixel.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.components.len()
    }

    /// Fills `out`, whose length is a whole number of rows, with the next rows.
    ///
    /// # Errors
    /// If the stream is cut short or damaged, or has no more rows.
    pub fn read_rows(&mut self, out: &mut [u8]) -> Result<(), Error> {
        let stride = self.header().width as usize * self.channels();
        for target in out.chunks_exact_mut(stride) {
            self.next_row(target)?;
        }
        Ok(())
    }

    fn next_row(&mut self, out: &mut [u8]) -> Result<(), Error> {
        let (height, unit) = (self.header().height, self.header().unit_height());
        if self.row >= height {
            return Err(Error::Damaged("it has fewer rows than asked for"));
        }
        // A row needs the rows of units below its own, for chroma between them.
        while self.decoded < self.header().unit_rows() && self.decoded * unit <= self.row + unit {
            self.decode()?;
        }
        let row = self.row as usize;
        for component in &mut self.components {
            component.prepare(row);
        }
        let (width, header) = (self.header().width as usize, self.rows.header());
        match self.components.as_slice() {
            [gray] => out.copy_from_slice(&gray.line(row)[..width]),
            [a, b, c] => {
                let lines = [a, b, c].map(|component| component.line(row));
                match header.colors {
                    Colors::Rgb => interleave(lines, out),
                    _ => rgb_row(lines, out),
                }
            }
            [a, b, c, d] => {
                let lines = [a.line(row), b.line(row), c.line(row), d.line(row)];
                inks(header, lines, out);
            }
            _ => {}
        }
        self.row += 1;
        Ok(())
    }

    /// Makes the samples of the next row of units.
    fn decode(&mut self) -> Result<(), Error> {
        self.rows.read(1, &mut self.band)?;
        for ((upsampler, blocks), transform) in self
            .components
            .iter_mut()
            .zip(self.band.components())
            .zip(&self.transforms)
        {
            let stride = blocks.across() * 8;
            let target = upsampler.next_rows();
            for (row, rows) in target.chunks_exact_mut(stride * 8).enumerate() {
                for column in 0..blocks.across() {
                    let block = blocks.block(column, row);
                    transform.block(&block, &mut rows[column * 8..], stride);
                }
            }
        }
        self.decoded += 1;
        Ok(())
    }
}

/// The amounts of four inks: Adobe's segment says that they are stored as what paper is left.
fn inks(header: &Header, [a, b, c, d]: [&[u8]; 4], out: &mut [u8]) {
    let pixels = out.as_chunks_mut::<4>().0;
    for ((((out, a), b), c), d) in pixels.iter_mut().zip(a).zip(b).zip(c).zip(d) {
        let [c, m, y] = match header.colors {
            // Luma and chroma are those of the red, green and blue that the inks leave.
            Colors::Ycck => rgb(*a, *b, *c).map(|left| 255 - left),
            _ => [*a, *b, *c],
        };
        let stored = [c, m, y, *d];
        *out = if header.adobe {
            stored.map(|value| 255 - value)
        } else {
            stored
        };
    }
}
