//! The inverse cosine transform of a block, at its size or smaller, in integers.
//!
//! A smaller block is the mean of the pixels of the whole one, as if it was made and then halved: the weights
//! of neighbouring pixels are averaged.

use crate::Quantization;
use crate::band::Block;

/// Bits of the fraction of the weights.
const FRACTION: u32 = 12;
/// Bits of fraction that are kept between the two passes.
const KEPT: u32 = 2;
/// What coefficients are held to: more than 8-bit samples can have, and too little to overflow.
const LARGEST: i32 = 4095;

/// For each pixel of the first half the weights of the even and of the odd coefficients; those of the second
/// half mirror them.
type Weights = [([i16; 4], [i16; 4])];

/// √2 · cos((2n + 1) · u · π / 16), and 1 for u = 0.
const EIGHT: [([i16; 4], [i16; 4]); 4] = [
    ([4096, 5352, 4096, 2217], [5681, 4816, 3218, 1130]),
    ([4096, 2217, -4096, -5352], [4816, -1130, -5681, -3218]),
    ([4096, -2217, -4096, 5352], [3218, -5681, 1130, 4816]),
    ([4096, -5352, 4096, -2217], [1130, -3218, 4816, -5681]),
];
/// The means of two.
const FOUR: [([i16; 4], [i16; 4]); 2] = [
    ([4096, 3784, 0, -1567], [5249, 1843, -1232, -1044]),
    ([4096, -3784, 0, 1567], [2174, -4450, 2973, -432]),
];
/// The means of four.
const TWO: [([i16; 4], [i16; 4]); 1] = [([4096, 0, 0, 0], [3711, -1303, 871, -738])];

const fn weights<const N: usize>() -> &'static Weights {
    match N {
        8 => &EIGHT,
        4 => &FOUR,
        2 => &TWO,
        _ => &[],
    }
}

/// One pass: `LANES` columns of eight coefficients to as many of `N` pixels, divided by 2 to the power of
/// `shift`.
#[inline(always)]
fn pass<const N: usize, const LANES: usize>(
    of: &[[i16; LANES]; 8],
    shift: u32,
) -> [[i16; LANES]; N] {
    let mut out = [[0; LANES]; N];
    let half = 1i32 << (shift - 1);
    let narrow = |value: i32| (value >> shift).clamp(-32_768, 32_767) as i16;
    if N == 1 {
        for (out, value) in out[0].iter_mut().zip(of[0]) {
            *out = narrow((i32::from(value) << FRACTION) + half);
        }
        return out;
    }
    for (n, (even, odd)) in weights::<N>().iter().enumerate() {
        for lane in 0..LANES {
            let sum = |weights: &[i16; 4], first: usize| {
                i32::from(of[first][lane]) * i32::from(weights[0])
                    + i32::from(of[first + 2][lane]) * i32::from(weights[1])
                    + i32::from(of[first + 4][lane]) * i32::from(weights[2])
                    + i32::from(of[first + 6][lane]) * i32::from(weights[3])
            };
            let (even, odd) = (sum(even, 0) + half, sum(odd, 1));
            out[n][lane] = narrow(even + odd);
            out[N - 1 - n][lane] = narrow(even - odd);
        }
    }
    out
}

/// Makes the pixels of `block`, `X` across and `Y` down (1, 2, 4 or 8), in rows of `stride` bytes.
#[inline]
pub(crate) fn inverse<const X: usize, const Y: usize>(
    block: &Block<'_>,
    steps: &Quantization,
    out: &mut [u8],
    stride: usize,
) {
    let scaled = |value: i16, step: u16| {
        (i32::from(value) * i32::from(step)).clamp(-LARGEST, LARGEST) as i16
    };
    let mean = scaled(block.dc, steps[0]);
    if block.ac.is_empty() {
        let level = level((i32::from(mean) + 4) >> 3);
        for row in out.chunks_mut(stride).take(Y) {
            row[..X].fill(level);
        }
        return;
    }
    let mut all = [[0i16; 8]; 8];
    all[0][0] = mean;
    block.each(|place, value| {
        all[(place >> 3) & 7][place & 7] = scaled(value, steps[place & 63]);
    });
    let columns = pass::<Y, 8>(&all, FRACTION - KEPT);
    let mut turned = [[0i16; Y]; 8];
    for (y, row) in columns.iter().enumerate() {
        for (lanes, value) in turned.iter_mut().zip(row) {
            lanes[y] = *value;
        }
    }
    // The weights of both passes are √8 too large.
    let pixels = pass::<X, Y>(&turned, FRACTION + KEPT + 3);
    for (y, row) in out.chunks_mut(stride).take(Y).enumerate() {
        for (target, lanes) in row[..X].iter_mut().zip(&pixels) {
            *target = level(i32::from(lanes[y]));
        }
    }
}

/// The sample of a value around zero.
#[inline(always)]
fn level(value: i32) -> u8 {
    (value + 128).clamp(0, 255) as u8
}

#[cfg(test)]
mod tests;
