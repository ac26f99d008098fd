//! Components sampled less than others, brought to the image's size.
//!
//! Twice is done as libjpeg does it: each pixel is three parts of the nearest sample and one of the next
//! nearest, in each direction. More than twice repeats samples.

use crate::header::{Component, Header};

/// The samples of one component around the row that is next.
pub(super) struct Upsampler {
    /// Samples in all, across and down.
    width: usize,
    height: usize,
    stride: usize,
    /// Samples down in a row of units.
    unit: usize,
    /// Pixels of the image that a sample stands for, across and down.
    across: usize,
    down: usize,
    /// The last three rows of units, and how many rows of samples came before those.
    samples: Vec<u8>,
    before: usize,
    /// The row that was brought to the image's size.
    line: Vec<u8>,
}

impl Upsampler {
    pub(super) fn new(header: &Header, component: &Component) -> Self {
        let (most_across, most_down) = header.sampling();
        let across = usize::from(most_across / component.horizontal);
        let down = usize::from(most_down / component.vertical);
        let units = header.width.div_ceil(u32::from(most_across) * 8) as usize;
        Self {
            width: (header.width as usize).div_ceil(across),
            height: (header.height as usize).div_ceil(down),
            stride: units * usize::from(component.horizontal) * 8,
            unit: usize::from(component.vertical) * 8,
            across,
            down,
            samples: Vec::new(),
            before: 0,
            line: vec![0; units * usize::from(most_across) * 8],
        }
    }

    /// Room for the samples of the next row of units; those of the last two stay.
    pub(super) fn next_rows(&mut self) -> &mut [u8] {
        let unit = self.unit * self.stride;
        if self.samples.len() == 3 * unit {
            self.samples.copy_within(unit.., 0);
            self.samples.truncate(2 * unit);
            self.before += self.unit;
        }
        let end = self.samples.len();
        self.samples.resize(end + unit, 0);
        &mut self.samples[end..]
    }

    /// The samples of row `row`, or of the nearest that the image has.
    fn samples(&self, row: usize) -> &[u8] {
        let row = row.min(self.height - 1);
        let at = row.saturating_sub(self.before) * self.stride;
        &self.samples[at..][..self.width]
    }

    /// Brings row `row` of the image to its size.
    pub(super) fn prepare(&mut self, row: usize) {
        let mut line = std::mem::take(&mut self.line);
        match (self.across, self.down) {
            (1, 1) => {}
            (1 | 2, 1 | 2) => self.blend(row, &mut line),
            _ => {
                let samples = self.samples(row / self.down);
                for (pixels, sample) in line.chunks_mut(self.across).zip(samples) {
                    pixels.fill(*sample);
                }
            }
        }
        self.line = line;
    }

    /// The pixels of row `row` of the image, which was prepared.
    pub(super) fn line(&self, row: usize) -> &[u8] {
        match (self.across, self.down) {
            (1, 1) => self.samples(row),
            _ => &self.line,
        }
    }

    fn blend(&self, row: usize, line: &mut [u8]) {
        let nearest = self.samples(row / self.down);
        let lower = row % 2 == 1;
        let other = match (self.down, lower) {
            (1, _) => nearest,
            (_, true) => self.samples(row / 2 + 1),
            (_, false) => self.samples((row / 2).saturating_sub(1)),
        };
        // Fourfold.
        let at = |x: usize| u16::from(nearest[x]) * 3 + u16::from(other[x]);
        if self.across == 1 {
            let round = if lower { 2 } else { 1 };
            for (x, pixel) in line.iter_mut().enumerate().take(self.width) {
                *pixel = ((at(x) + round) >> 2) as u8;
            }
            return;
        }
        let (left, right) = if self.down == 1 { (4, 8) } else { (8, 7) };
        let last = self.width - 1;
        for (x, pair) in line
            .as_chunks_mut::<2>()
            .0
            .iter_mut()
            .enumerate()
            .take(self.width)
        {
            let (before, here, after) = (at(x.saturating_sub(1)), at(x), at((x + 1).min(last)));
            *pair = [
                ((here * 3 + before + left) >> 4) as u8,
                ((here * 3 + after + right) >> 4) as u8,
            ];
        }
    }
}
