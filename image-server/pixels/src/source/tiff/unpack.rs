//! Samples of a row, from its bytes.

use super::super::SourceError;
use super::image::{Format, Predictor};

/// Undoes what was done to a row of `bits`-bit samples before it was compressed; `step` samples make a
/// pixel.
pub(super) fn undo(predictor: Predictor, row: &mut [u8], bits: u8, step: usize, is_big: bool) {
    match (predictor, bits) {
        (Predictor::None, _) => {}
        (Predictor::Horizontal, 8) => match step {
            1 => add_bytes::<1>(row),
            3 => add_bytes::<3>(row),
            4 => add_bytes::<4>(row),
            _ => add_far(row, step),
        },
        (Predictor::Horizontal, 16) => {
            let words = row.as_chunks_mut::<2>().0;
            for at in step..words.len() {
                let sum = word(words[at - step], is_big).wrapping_add(word(words[at], is_big));
                words[at] = if is_big {
                    sum.to_be_bytes()
                } else {
                    sum.to_le_bytes()
                };
            }
        }
        (Predictor::Horizontal, _) => {
            let longs = row.as_chunks_mut::<4>().0;
            for at in step..longs.len() {
                let sum = long(longs[at - step], is_big).wrapping_add(long(longs[at], is_big));
                longs[at] = if is_big {
                    sum.to_be_bytes()
                } else {
                    sum.to_le_bytes()
                };
            }
        }
        (Predictor::Float, _) => {
            add_far(row, step);
            let size = usize::from(bits / 8);
            let planes = row.to_vec();
            let count = planes.len() / size;
            for (at, sample) in row.chunks_exact_mut(size).enumerate() {
                for (weight, byte) in sample.iter_mut().enumerate() {
                    let plane = if is_big { weight } else { size - 1 - weight };
                    *byte = planes[plane * count + at];
                }
            }
        }
    }
}

fn add_bytes<const STEP: usize>(row: &mut [u8]) {
    let mut left = [0_u8; STEP];
    for pixel in row.as_chunks_mut::<STEP>().0 {
        for (value, left) in pixel.iter_mut().zip(&mut left) {
            *value = value.wrapping_add(*left);
            *left = *value;
        }
    }
}

fn add_far(row: &mut [u8], step: usize) {
    for at in step..row.len() {
        row[at] = row[at].wrapping_add(row[at - step]);
    }
}

fn word(bytes: [u8; 2], is_big: bool) -> u16 {
    if is_big {
        u16::from_be_bytes(bytes)
    } else {
        u16::from_le_bytes(bytes)
    }
}

fn long(bytes: [u8; 4], is_big: bool) -> u32 {
    if is_big {
        u32::from_be_bytes(bytes)
    } else {
        u32::from_le_bytes(bytes)
    }
}

/// Samples of at most 8 bits; `scale` says what each becomes.
pub(super) fn bytes(row: &[u8], bits: u8, scale: &[u8; 256], count: usize, out: &mut Vec<u8>) {
    if bits == 8 {
        out.extend(
            row.iter()
                .take(count)
                .map(|value| scale[usize::from(*value)]),
        );
    } else {
        let samples = Bits::new(row, bits).take(count);
        out.extend(samples.map(|value| scale[value as usize & 0xff]));
    }
}

/// What samples of at most 8 bits become: spread over the whole range.
pub(super) fn spread(bits: u8) -> [u8; 256] {
    let most = (1_u32 << bits.min(8)) - 1;
    std::array::from_fn(|value| {
        let value = u32::try_from(value).unwrap_or(0).min(most);
        u8::try_from((value * 255 + most / 2) / most).unwrap_or(u8::MAX)
    })
}

/// Samples of more than 8 bits, spread over 16.
pub(super) fn words(
    row: &[u8],
    (bits, format): (u8, Format),
    is_big: bool,
    count: usize,
    out: &mut Vec<u16>,
) -> Result<(), SourceError> {
    match (format, bits) {
        (Format::Unsigned, 16) => {
            let words = row.as_chunks::<2>().0.iter().take(count);
            out.extend(words.map(|bytes| word(*bytes, is_big)));
        }
        (Format::Unsigned, 32) => {
            let longs = row.as_chunks::<4>().0.iter().take(count);
            out.extend(longs.map(|bytes| rounded(long(*bytes, is_big), 32)));
        }
        (Format::Unsigned, 24) => {
            let threes = row.as_chunks::<3>().0.iter().take(count);
            out.extend(threes.map(|[a, b, c]| {
                let value = if is_big {
                    u32::from_be_bytes([0, *a, *b, *c])
                } else {
                    u32::from_le_bytes([*a, *b, *c, 0])
                };
                rounded(value, 24)
            }));
        }
        (Format::Unsigned, _) => {
            let samples = Bits::new(row, bits).take(count);
            out.extend(samples.map(|value| rounded(value, bits)));
        }
        (Format::Float(lowest, highest), _) => {
            let size = usize::from(bits / 8);
            for sample in row.chunks_exact(size).take(count) {
                let value = (real(sample, is_big) - lowest) / (highest - lowest);
                // Sharpening goes a little beyond black and white; other scales go far.
                if !(value.is_nan() || (-0.5..=1.5).contains(&value)) {
                    return Err(SourceError::Unsupported(
                        "TIFF of floating point numbers that are not between 0 and 1".to_owned(),
                    ));
                }
                out.push(to_word(value));
            }
        }
    }
    Ok(())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the value is clamped; not a number is black"
)]
fn to_word(value: f64) -> u16 {
    (value.clamp(0.0, 1.0) * 65_535.0).round() as u16
}

/// The nearest of 65,536 steps to one of 2 to the power of `bits`.
fn rounded(value: u32, bits: u8) -> u16 {
    let most = (1_u64 << bits) - 1;
    u16::try_from((u64::from(value) * 65_535 + most / 2) / most).unwrap_or(u16::MAX)
}

/// A floating point number of 2, 4 or 8 bytes (IEEE 754).
fn real(sample: &[u8], is_big: bool) -> f64 {
    let mut bytes = [0; 8];
    for (place, byte) in bytes.iter_mut().zip(sample) {
        *place = *byte;
    }
    match sample.len() {
        2 => half(word([bytes[0], bytes[1]], is_big)),
        4 => {
            let [a, b, c, d, ..] = bytes;
            f64::from(f32::from_bits(long([a, b, c, d], is_big)))
        }
        _ if is_big => f64::from_be_bytes(bytes),
        _ => f64::from_le_bytes(bytes),
    }
}

fn half(bits: u16) -> f64 {
    let fraction = f64::from(bits & 0x3ff) / 1024.0;
    let value = match (bits >> 10) & 0x1f {
        0 => fraction * 2_f64.powi(-14),
        31 if bits & 0x3ff != 0 => f64::NAN,
        31 => f64::INFINITY,
        exponent => (1.0 + fraction) * 2_f64.powi(i32::from(exponent) - 15),
    };
    if bits & 0x8000 == 0 { value } else { -value }
}

/// Numbers of some bits each, from the highest bit of the first byte.
struct Bits<'a> {
    row: std::slice::Iter<'a, u8>,
    bits: u32,
    held: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    fn new(row: &'a [u8], bits: u8) -> Self {
        Self {
            row: row.iter(),
            bits: u32::from(bits),
            held: 0,
            count: 0,
        }
    }
}

impl Iterator for Bits<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        while self.count < self.bits {
            self.held = self.held << 8 | u64::from(*self.row.next()?);
            self.count += 8;
        }
        self.count -= self.bits;
        let value = self.held >> self.count & ((1 << self.bits) - 1);
        u32::try_from(value).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::{Bits, half, rounded, spread};

    #[test]
    fn numbers_of_any_width_are_read_from_the_highest_bit() {
        let row = [0b1010_0101, 0b1100_0011, 0b1111_0000];
        for (bits, expected) in [
            (1, vec![1, 0, 1, 0, 0, 1, 0, 1]),
            (3, vec![0b101, 0b001, 0b011, 0b100]),
            (12, vec![0b1010_0101_1100, 0b0011_1111_0000]),
            (24, vec![0b1010_0101_1100_0011_1111_0000]),
        ] {
            let got: Vec<u32> = Bits::new(&row, bits).take(expected.len()).collect();
            assert_eq!(got, expected, "{bits} bits");
        }
    }

    #[test]
    fn the_lowest_and_highest_number_of_any_width_are_black_and_white() {
        for bits in 1..=8 {
            let scale = spread(bits);
            assert_eq!((scale[0], scale[(1 << bits) - 1]), (0, 255), "{bits} bits");
        }
        for bits in 9..=32 {
            let most = u32::try_from((1_u64 << bits) - 1).unwrap_or(u32::MAX);
            assert_eq!((rounded(0, bits), rounded(most, bits)), (0, 65_535));
        }
    }

    #[test]
    fn numbers_of_half_precision_are_those_of_the_standard() {
        for (bits, value) in [
            (0x0000, 0.0),
            (0x3c00, 1.0),
            (0x3800, 0.5),
            (0xc000, -2.0),
            (0x0001, 2_f64.powi(-24)),
            (0x7bff, 65_504.0),
        ] {
            assert!((half(bits) - value).abs() < 1e-12, "{bits:#x}");
        }
        assert!(half(0x7e00).is_nan());
    }
}
