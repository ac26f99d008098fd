//! The inverse cosine transform of a block, at its size or smaller.
//!
//! Every coefficient adds its cosine pattern to the pixels. A pattern repeats itself, or its negative, in the
//! four quarters of a block, so that only one quarter is summed, once for each of the four symmetries that
//! patterns have; few coefficients cost little then. Sums are of 32-bit floats, whose rounding is the same
//! everywhere.
//!
//! At half the size in both directions the whole pattern is no longer than a quarter is at full size, and is
//! summed as it is.
//!
//! A smaller block is the mean of the pixels of the whole one, as if it was made and then halved: its patterns
//! are the means of neighbouring pixels.

use std::sync::LazyLock;

use crate::Quantization;
use crate::band::{Block, Token};
use crate::order::ZIGZAG;

/// Makes blocks of `X` × `Y` pixels of one component; `QUARTER` is a quarter of their product.
pub(crate) struct Transform<const X: usize, const Y: usize, const QUARTER: usize> {
    /// The first quarter of each coefficient's pattern times its step of quantisation, in the order of streams.
    patterns: Box<[[f32; QUARTER]; 64]>,
}

/// At the size of the stream.
pub(crate) type Whole = Transform<8, 8, 16>;
/// At half the size in one direction.
pub(crate) type HalfDown = Transform<8, 4, 8>;
pub(crate) type HalfAcross = Transform<4, 8, 8>;

/// Makes blocks of 4 × 4 pixels of one component.
pub(crate) struct Half {
    /// Each coefficient's pattern times its step of quantisation, in the order of streams.
    patterns: Box<[[f32; 16]; 64]>,
}

/// Which symmetry each pattern has: 1 if its right half is the negative of its left, and 2 of its lower half.
const SYMMETRY: [u8; 64] = {
    let mut all = [0; 64];
    let mut at = 0;
    while at < 64 {
        let place = ZIGZAG[at];
        all[at] = place & 1 | (place >> 3 & 1) << 1;
        at += 1;
    }
    all
};

/// What a coefficient of frequency `u` gives to pixel `n` of `size`: the mean of the pixels of a whole block that it
/// stands for (T.81, A.3.3).
fn wave(u: usize, n: usize, size: usize) -> f64 {
    let pixels = 8 / size;
    let scale = if u == 0 { 0.5f64.sqrt() } else { 1.0 };
    let sum: f64 = (n * pixels..(n + 1) * pixels)
        .map(|pixel| ((2 * pixel + 1) * u) as f64 * std::f64::consts::PI / 16.0)
        .map(f64::cos)
        .sum();
    scale * sum / pixels as f64 / 2.0
}

/// What each frequency gives to the pixels of `size`, 8 or 4. Kept, because every image needs them.
fn waves(size: usize) -> &'static [[f64; 8]; 8] {
    type Waves = LazyLock<[[f64; 8]; 8]>;
    fn all<const SIZE: usize>() -> [[f64; 8]; 8] {
        std::array::from_fn(|u| {
            std::array::from_fn(|n| if n < SIZE { wave(u, n, SIZE) } else { 0.0 })
        })
    }
    static WHOLE: Waves = LazyLock::new(all::<8>);
    static HALF: Waves = LazyLock::new(all::<4>);
    if size == 8 { &WHOLE } else { &HALF }
}

/// The first `PIXELS` pixels of the pattern of each coefficient, `columns` of every row of a block of this size.
fn patterns<const PIXELS: usize>(
    steps: &Quantization,
    (width, height): (usize, usize),
    columns: usize,
) -> Box<[[f32; PIXELS]; 64]> {
    let mut patterns = Box::new([[0.0; PIXELS]; 64]);
    let (across, down) = (waves(width), waves(height));
    for (pattern, place) in patterns.iter_mut().zip(ZIGZAG.map(usize::from)) {
        for (pixel, weight) in pattern.iter_mut().enumerate() {
            let (across, down) = (across[place % 8], down[place / 8]);
            let value = across[pixel % columns] * down[pixel / columns];
            *weight = (value * f64::from(steps[place])) as f32;
        }
    }
    patterns
}

impl Half {
    pub(crate) fn new(steps: &Quantization) -> Self {
        Self {
            patterns: patterns(steps, (4, 4), 4),
        }
    }

    /// Makes the pixels of `block`, in rows of `stride` bytes.
    #[inline]
    pub(crate) fn block(&self, block: &Block<'_>, out: &mut [u8], stride: usize) {
        let mut sums = [f32::from(block.dc) * self.patterns[0][0] + 128.0; 16];
        let mut at = 0;
        for token in block.ac {
            let token = Token(*token);
            at = (at + token.run() + 1) & 63;
            let value = f32::from(token.value());
            for (sum, weight) in sums.iter_mut().zip(&self.patterns[at]) {
                *sum += *weight * value;
            }
        }
        let pixels = sums.map(sample);
        for (row, pixels) in out.chunks_mut(stride).zip(pixels.chunks_exact(4)) {
            row[..4].copy_from_slice(pixels);
        }
    }
}

impl<const X: usize, const Y: usize, const QUARTER: usize> Transform<X, Y, QUARTER> {
    pub(crate) fn new(steps: &Quantization) -> Self {
        const {
            assert!(matches!((X, Y), (8 | 4, 8 | 4)), "sizes that are made");
            assert!(X * Y == QUARTER * 4, "a quarter of the block");
        };
        Self {
            patterns: patterns(steps, (X, Y), X / 2),
        }
    }

    /// Makes the pixels of `block`, in rows of `stride` bytes.
    #[inline]
    pub(crate) fn block(&self, block: &Block<'_>, out: &mut [u8], stride: usize) {
        let mean = f32::from(block.dc) * self.patterns[0][0] + 128.0;
        if block.ac.is_empty() {
            let mean = sample(mean);
            for row in out.chunks_mut(stride).take(Y) {
                row[..X].fill(mean);
            }
            return;
        }
        let mut sums = [[0.0; QUARTER]; 4];
        sums[0] = [mean; QUARTER];
        let mut at = 0;
        for token in block.ac {
            let token = Token(*token);
            at = (at + token.run() + 1) & 63;
            let value = f32::from(token.value());
            let sum = &mut sums[usize::from(SYMMETRY[at] & 3)];
            for (sum, weight) in sum.iter_mut().zip(&self.patterns[at]) {
                *sum += *weight * value;
            }
        }
        let mut pixels = [[0u8; X]; Y];
        for y in 0..Y / 2 {
            for x in 0..X / 2 {
                let of = |symmetry: usize| sums[symmetry][y * (X / 2) + x];
                let (left, right) = (of(0) + of(1), of(0) - of(1));
                let (left_down, right_down) = (of(2) + of(3), of(2) - of(3));
                pixels[y][x] = sample(left + left_down);
                pixels[y][X - 1 - x] = sample(right + right_down);
                pixels[Y - 1 - y][x] = sample(left - left_down);
                pixels[Y - 1 - y][X - 1 - x] = sample(right - right_down);
            }
        }
        for (row, pixels) in out.chunks_mut(stride).zip(&pixels) {
            row[..X].copy_from_slice(pixels);
        }
    }
}

/// The nearest sample.
#[inline(always)]
fn sample(value: f32) -> u8 {
    // Without the rules for what is no number, which never comes here.
    let value = if value > 0.0 { value } else { 0.0 };
    let value = if value < 255.0 { value } else { 255.0 };
    // The sum is so large that its fraction has no place: what is left of it is the nearest integer.
    (value + 8_388_608.0).to_bits() as u8
}

#[cfg(test)]
mod tests;
