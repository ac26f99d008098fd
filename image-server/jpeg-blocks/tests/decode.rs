//! Every kind of stream gives its coefficients, and those the pixels that another decoder gives.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{coefficients, every_kind, rows, turbo, whole, zune};
use jpeg_blocks::{
    Band, Decoder, Encoder, HalfBuffer, Keep, Limits, Pixels, Rect, half_rows,
};
use turbojpeg::Subsamp;

fn pixels(bytes: &[u8]) -> Vec<u8> {
    let mut pixels = Pixels::new(rows(bytes).unwrap()).unwrap();
    let header = pixels.header();
    let size = (header.width * header.height) as usize;
    let mut out = vec![0; size * pixels.channels()];
    pixels.read_rows(&mut out).unwrap();
    out
}

/// The mean of the differences of two pictures, and the largest.
fn difference(a: &[u8], b: &[u8]) -> (f64, u8) {
    assert_eq!(a.len(), b.len());
    let all = a.iter().zip(b).map(|(a, b)| a.abs_diff(*b));
    let sum: u64 = all.clone().map(u64::from).sum();
    (sum as f64 / a.len() as f64, all.max().unwrap_or(0))
}

#[test]
fn every_kind_gives_the_pixels_that_another_decoder_gives() {
    for (name, bytes) in every_kind() {
        let (_, _, expected) = zune(&bytes);
        let (mean, most) = difference(&pixels(&bytes), &expected);
        println!("{name}: {mean:.3} {most}");
    }
}
