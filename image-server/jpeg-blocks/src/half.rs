//! Pixels at half the size, straight from coefficients.

use crate::Quantization;
use crate::band::{Band, Blocks};
use crate::color::{interleave, rgb_row};
use crate::error::Error;
use crate::header::{Colors, Component, Header};
use crate::idct::{Half, HalfAcross, HalfDown, Whole};

/// Makes the pixels of an image at half its size: grey or RGB, each the mean of 2×2.
///
/// Where chroma is sampled half as often as luma its own samples are what is needed; nothing is made at full size.
pub struct HalfSize {
    header: Header,
    components: Vec<Scale>,
}

/// How the blocks of one component are brought to half the image's size.
struct Scale {
    transform: Transform,
    /// Pixels of one block.
    across: usize,
    down: usize,
    /// Rows of blocks in a unit.
    rows: usize,
    /// Pixels that each of them stands for, as powers of 2: 1 where it is sampled a quarter as often.
    repeat_across: u32,
    repeat_down: u32,
}

enum Transform {
    Whole(Whole),
    Half(Half),
    HalfDown(HalfDown),
    HalfAcross(HalfAcross),
}

/// Room for the components of one row of units, to be used again.
#[derive(Debug, Default)]
pub struct HalfBuffer {
    planes: Vec<Vec<u8>>,
    lines: [Vec<u8>; 3],
}

impl HalfSize {
    /// For the image of `header`.
    ///
    /// # Errors
    /// If its components are sampled otherwise than once, twice or four times each other, or are no colours of
    /// screens.
    pub fn new(header: &Header, quantization: &[Quantization]) -> Result<Self, Error> {
        const ODD: Error = Error::Unsupported("components sampled in an odd way");
        if !matches!(header.colors, Colors::Gray | Colors::YCbCr | Colors::Rgb) {
            return Err(Error::Unsupported("colours of inks at half size"));
        }
        let components = header
            .components
            .iter()
            .zip(quantization)
            .map(|(component, steps)| Scale::new(header.sampling(), component, steps).ok_or(ODD))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            header: header.clone(),
            components,
        })
    }

    /// Bytes of a buffer.
    #[must_use]
    pub fn memory(header: &Header) -> u64 {
        // Samples are at most as large as their blocks are.
        header.blocks_of_row() * 64 + u64::from(header.width) * 2
    }

    /// Makes the rows of row `unit` of the units of `band` into `out`; gives their number: half the height of a
    /// unit, or what is left of the image.
    ///
    /// Beyond a last odd column or row is what the stream has there.
    ///
    /// # Errors
    /// If the band is of another image, or `out` is too short.
    pub fn rows(
        &self,
        band: &Band,
        unit: u32,
        buffer: &mut HalfBuffer,
        out: &mut [u8],
    ) -> Result<usize, Error> {
        let header = &self.header;
        if unit >= band.units() || band.components.len() != self.components.len() {
            return Err(Error::Damaged("a band of another image"));
        }
        let first = (band.first_unit() + unit) * header.unit_height() / 2;
        let rows = header.height.div_ceil(2).saturating_sub(first);
        let rows = rows.min(header.unit_height() / 2) as usize;
        let width = header.width.div_ceil(2) as usize;
        let stride = width * self.components.len();
        if out.len() < rows * stride {
            return Err(Error::Damaged("no room for its rows"));
        }
        let HalfBuffer { planes, lines } = buffer;
        planes.resize_with(self.components.len(), Vec::new);
        for ((scale, blocks), plane) in self
            .components
            .iter()
            .zip(&band.components)
            .zip(&mut *planes)
        {
            scale.fill(blocks, unit as usize, plane);
        }
        for (row, target) in out.chunks_exact_mut(stride).take(rows).enumerate() {
            match (self.components.as_slice(), planes.as_slice()) {
                ([scale], [plane]) => target.copy_from_slice(&scale.row(plane, row)[..width]),
                ([a, b, c], [plane_a, plane_b, plane_c]) => {
                    let [line_a, line_b, line_c] = &mut *lines;
                    let samples = [
                        a.line(plane_a, row, line_a),
                        b.line(plane_b, row, line_b),
                        c.line(plane_c, row, line_c),
                    ];
                    match header.colors {
                        Colors::YCbCr => rgb_row(samples, target),
                        _ => interleave(samples, target),
                    }
                }
                _ => {}
            }
        }
        Ok(rows)
    }
}

impl Scale {
    fn new(most: (u8, u8), component: &Component, steps: &Quantization) -> Option<Self> {
        // Pixels of a block: 4, 8, or 8 that each stand for two.
        let shape = |most: u8, own: u8| match (most / own, most % own) {
            (1, 0) => Some((4, 0)),
            (2, 0) => Some((8, 0)),
            (4, 0) => Some((8, 1)),
            _ => None,
        };
        let (across, repeat_across) = shape(most.0, component.horizontal)?;
        let (down, repeat_down) = shape(most.1, component.vertical)?;
        let transform = match (across, down) {
            (4, 4) => Transform::Half(Half::new(steps)),
            (8, 4) => Transform::HalfDown(HalfDown::new(steps)),
            (4, _) => Transform::HalfAcross(HalfAcross::new(steps)),
            _ => Transform::Whole(Whole::new(steps)),
        };
        Some(Self {
            transform,
            across,
            down,
            rows: usize::from(component.vertical),
            repeat_across,
            repeat_down,
        })
    }

    /// Makes the samples of the blocks of row `unit` of units.
    fn fill(&self, blocks: &Blocks, unit: usize, plane: &mut Vec<u8>) {
        let stride = blocks.across() * self.across;
        plane.resize(stride * self.rows * self.down, 0);
        for (row, target) in plane.chunks_exact_mut(stride * self.down).enumerate() {
            for column in 0..blocks.across() {
                let block = blocks.block(column, unit * self.rows + row);
                let out = &mut target[column * self.across..];
                match &self.transform {
                    Transform::Whole(transform) => transform.block(&block, out, stride),
                    Transform::Half(transform) => transform.block(&block, out, stride),
                    Transform::HalfDown(transform) => transform.block(&block, out, stride),
                    Transform::HalfAcross(transform) => transform.block(&block, out, stride),
                }
            }
        }
    }

    /// The samples of row `row` of half size.
    fn row<'p>(&self, plane: &'p [u8], row: usize) -> &'p [u8] {
        let stride = plane.len() / (self.rows * self.down);
        &plane[(row >> self.repeat_down) * stride..][..stride]
    }

    /// The same, each as often as it counts, if need be in `line`.
    fn line<'p>(&self, plane: &'p [u8], row: usize, line: &'p mut Vec<u8>) -> &'p [u8] {
        let samples = self.row(plane, row);
        if self.repeat_across == 0 {
            return samples;
        }
        line.clear();
        line.extend(samples.iter().flat_map(|sample| [*sample; 2]));
        line
    }
}
