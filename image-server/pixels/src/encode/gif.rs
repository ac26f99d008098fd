//! GIF: at most 256 colours.

use std::borrow::Cow;

use gif::{Encoder, Frame};
use tiff_pyramid::Samples;

use super::EncodeError;
use super::palette::Palette;
use crate::raster::{Picture, bytes_per_pixel};

/// The index of the colour that is transparent, where the picture does not fill its rectangle.
const TRANSPARENT: u8 = 255;

/// Bytes that encoding holds at most: an index a pixel, the file, in which it takes up to 12 bits, as it
/// grows, and the counts of the palette.
pub(super) fn memory(pixels: u64) -> u64 {
    pixels * 5 + (4 << 20)
}

pub(super) fn gif(picture: &Picture) -> Result<Vec<u8>, EncodeError> {
    let Picture { raster, coverage } = picture;
    let colors = if coverage.is_some() { 255 } else { 256 };
    let pixels = raster.data.chunks_exact(bytes_per_pixel(raster.samples));
    let color = |pixel: &[u8]| match pixel {
        [r, g, b] => [*r, *g, *b],
        other => [other[0]; 3],
    };
    let (palette, mut indices) = match (raster.samples, coverage) {
        // Every grey has its own index.
        (Samples::Gray, None) => {
            let grays = (0..=u8::MAX).flat_map(|value| [value; 3]).collect();
            (grays, raster.data.clone())
        }
        _ => {
            let palette = Palette::of(pixels.clone().map(color), colors);
            let indices = pixels.map(|pixel| palette.index(color(pixel))).collect();
            (palette.colors(), indices)
        }
    };
    for (index, covered) in indices.iter_mut().zip(coverage.iter().flatten()) {
        if *covered < 128 {
            *index = TRANSPARENT;
        }
    }
    let side = |length: u32| u16::try_from(length).unwrap_or(u16::MAX);
    let (width, height) = (side(raster.width), side(raster.height));
    let mut out = Vec::with_capacity(indices.len() / 2);
    let mut encoder = Encoder::new(&mut out, width, height, &palette)?;
    encoder.write_frame(&Frame {
        width,
        height,
        transparent: coverage.is_some().then_some(TRANSPARENT),
        buffer: Cow::Owned(indices),
        ..Frame::default()
    })?;
    drop(encoder);
    Ok(out)
}
