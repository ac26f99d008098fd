use super::{Half, HalfAcross, HalfDown, Whole};
use crate::Quantization;
use crate::band::{Block, Token};
use crate::order::ZIGZAG;

/// The transform by its definition (T.81, A.3.3), then the mean of `across` × `down` pixels.
fn reference(all: &[i16; 64], steps: &Quantization, across: usize, down: usize) -> Vec<f64> {
    let basis = |n: usize, u: usize| {
        let scale = if u == 0 { 0.5f64.sqrt() } else { 1.0 };
        let angle = (2 * n + 1) as f64 * u as f64 * std::f64::consts::PI / 16.0;
        scale * angle.cos() / 2.0
    };
    let mut pixels = vec![0.0; 64];
    for (at, pixel) in pixels.iter_mut().enumerate() {
        for (place, value) in all.iter().enumerate() {
            *pixel += f64::from(*value)
                * f64::from(steps[place])
                * basis(at % 8, place % 8)
                * basis(at / 8, place / 8);
        }
    }
    let (width, height) = (8 / across, 8 / down);
    let mut out = vec![0.0; width * height];
    for (at, pixel) in pixels.iter().enumerate() {
        out[at / 8 / down * width + at % 8 / across] += pixel / (across * down) as f64;
    }
    out.iter().map(|v| (v + 128.0).clamp(0.0, 255.0)).collect()
}

/// Numbers that look like chance.
fn numbers() -> impl FnMut(u32) -> i32 {
    let mut state = 1u64;
    move |below| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        ((state >> 33) % u64::from(below)) as i32
    }
}

/// Checks `make`, which makes blocks of `x` × `y` pixels.
fn check(x: usize, y: usize, make: impl Fn(&Quantization, &Block<'_>, &mut [u8])) {
    let mut next = numbers();
    for round in 0..1000 {
        let steps: Quantization = std::array::from_fn(|_| next(16) as u16 + 1);
        // As busy as rounds go on, and within what 8-bit samples have.
        let (mut tokens, mut all, mut at) = (Vec::new(), [0; 64], 0);
        all[0] = (next(1500) - 750) as i16 / steps[0] as i16;
        loop {
            let run = next(16) as u8 >> (round % 4);
            at += usize::from(run) + 1;
            if at > 63 || next(40) == 0 {
                break;
            }
            let place = usize::from(ZIGZAG[at]);
            let value = (next(121) - 60) as i16 / steps[place] as i16;
            if value == 0 {
                break;
            }
            tokens.push(Token::new(run, value).0);
            all[place] = value;
        }
        let block = Block {
            dc: all[0],
            ac: &tokens,
        };
        assert_eq!(block.coefficients(), all);
        let mut out = vec![0; x * y];
        make(&steps, &block, &mut out);
        for (got, expected) in out.iter().zip(reference(&all, &steps, 8 / x, 8 / y)) {
            let error = (f64::from(*got) - expected).abs();
            assert!(error <= 1.0, "{x}×{y}: {got}, expected {expected}");
        }
    }
}

#[test]
fn pixels_are_at_most_one_from_the_definition_at_every_size() {
    check(8, 8, |steps, block, out| {
        Whole::new(steps).block(block, out, 8)
    });
    check(4, 4, |steps, block, out| {
        Half::new(steps).block(block, out, 4)
    });
    check(8, 4, |steps, block, out| {
        HalfDown::new(steps).block(block, out, 8)
    });
    check(4, 8, |steps, block, out| {
        HalfAcross::new(steps).block(block, out, 4)
    });
}

#[test]
fn absurd_coefficients_give_pixels_and_no_panic() {
    let steps = [u16::MAX; 64];
    for value in [-1023, 1023] {
        for dc in [-2047, 0, 2047] {
            let ac = [Token::new(0, value).0; 63];
            let mut out = [0; 64];
            Whole::new(&steps).block(&Block { dc, ac: &ac }, &mut out, 8);
            Half::new(&steps).block(&Block { dc, ac: &ac }, &mut out, 4);
        }
    }
}
