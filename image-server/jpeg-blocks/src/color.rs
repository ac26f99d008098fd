//! Colours of pixels, in integers (JFIF 1.02; ITU-R BT.601).

/// The red, green and blue of luma and chroma.
#[inline(always)]
pub(crate) fn rgb(y: u8, cb: u8, cr: u8) -> [u8; 3] {
    // Fractions of 65,536.
    let (cb, cr) = (i32::from(cb) - 128, i32::from(cr) - 128);
    let y = (i32::from(y) << 16) + (1 << 15);
    let sample = |value: i32| (value >> 16).clamp(0, 255) as u8;
    [
        sample(y + 91_881 * cr),
        sample(y - 22_554 * cb - 46_802 * cr),
        sample(y + 116_130 * cb),
    ]
}
