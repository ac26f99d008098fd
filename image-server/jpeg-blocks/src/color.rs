//! Colours of pixels, in integers (JFIF 1.02; ITU-R BT.601).

/// The red, green and blue of luma and chroma.
#[inline(always)]
pub(crate) fn rgb(y: u8, cb: u8, cr: u8) -> [u8; 3] {
    let [r, g, b, _] = packed(y, cb, cr).to_le_bytes();
    [r, g, b]
}

/// The red, green and blue of luma and chroma, from the lowest byte on.
///
/// Factors are split into whole parts and fractions of 65,536 that fit 16 bits, which processors multiply most at
/// once.
#[inline(always)]
fn packed(y: u8, cb: u8, cr: u8) -> u32 {
    let (y, cb, cr) = (i16::from(y), i16::from(cb) - 128, i16::from(cr) - 128);
    let upper = |a: i16, b: i16| ((i32::from(a) * i32::from(b)) >> 16) as i16;
    // 1.402 and 1.772: twice the half of what is beyond a whole, rounded.
    let r = y + cr + ((upper(cr * 2, 26_345) + 1) >> 1);
    let b = y + cb * 2 + ((upper(cb * 2, -14_942) + 1) >> 1);
    // 0.344136 and 0.714136.
    let parts = i32::from(cr) * 18_734 - i32::from(cb) * 22_554 + 32_768;
    let g = y - cr + (parts >> 16) as i16;
    let sample = |value: i16| value.clamp(0, 255) as u32;
    sample(r) | sample(g) << 8 | sample(b) << 16
}

/// Pixels that are converted at once.
const CHUNK: usize = 64;

/// Converts a row of luma and chroma, one sample of each a pixel, to RGB.
pub fn rgb_row([y, cb, cr]: [&[u8]; 3], out: &mut [u8]) {
    let parts = y.chunks(CHUNK).zip(cb.chunks(CHUNK)).zip(cr.chunks(CHUNK));
    for (((y, cb), cr), out) in parts.zip(out.chunks_mut(CHUNK * 3)) {
        let mut pixels = [0; CHUNK];
        for (((pixel, y), cb), cr) in pixels.iter_mut().zip(y).zip(cb).zip(cr) {
            *pixel = packed(*y, *cb, *cr);
        }
        for (out, pixel) in out.as_chunks_mut::<3>().0.iter_mut().zip(pixels) {
            let [r, g, b, _] = pixel.to_le_bytes();
            *out = [r, g, b];
        }
    }
}

/// Puts the samples of each pixel side by side.
pub(crate) fn interleave([a, b, c]: [&[u8]; 3], out: &mut [u8]) {
    for (((out, a), b), c) in out.as_chunks_mut::<3>().0.iter_mut().zip(a).zip(b).zip(c) {
        *out = [*a, *b, *c];
    }
}

#[cfg(test)]
mod tests {
    use super::rgb_row;

    #[test]
    fn every_colour_is_at_most_one_from_its_definition() {
        let all: Vec<u8> = (0..=255).collect();
        for cb in 0..=255 {
            for cr in 0..=255 {
                let mut out = vec![0; 3 * 256];
                rgb_row([&all, &[cb; 256], &[cr; 256]], &mut out);
                let (blue, red) = (f64::from(cb) - 128.0, f64::from(cr) - 128.0);
                for (y, got) in (0u8..=255).zip(out.chunks(3)) {
                    let y = f64::from(y);
                    let expected = [
                        y + 1.402 * red,
                        y - 0.344_136 * blue - 0.714_136 * red,
                        y + 1.772 * blue,
                    ];
                    for (got, expected) in got.iter().zip(expected) {
                        let error = f64::from(*got) - expected.clamp(0.0, 255.0);
                        assert!(error.abs() <= 1.0, "{y} {cb} {cr}: {error}");
                    }
                }
            }
        }
    }
}
