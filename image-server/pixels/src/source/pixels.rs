//! Pixels of a source as its decoder gives them, and how rows of them become ours.

use tiff_pyramid::Samples;

use crate::color::{Color, Model};
use crate::kept::KeptColors;

/// What a sample beside the colours means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extra {
    /// How much the pixel covers.
    Alpha,
    /// The same, and colours are multiplied by it already.
    PremultipliedAlpha,
    /// Nothing that is shown.
    Other,
}

/// How the samples of a pixel lie: those of its colour, then the extra ones.
#[derive(Clone)]
pub(super) struct Pixels {
    color: Color,
    extras: Vec<Extra>,
}

/// A sample of a decoder.
pub(super) trait Sample: Copy + Default + Into<u32> + TryFrom<u32> {
    /// White, opaque, or all the ink.
    const MOST: u32;
}

impl Sample for u8 {
    const MOST: u32 = 0xff;
}

impl Sample for u16 {
    const MOST: u32 = 0xffff;
}

/// Memory that conversions of rows use again.
#[derive(Default)]
pub(super) struct Flat {
    bytes: Vec<u8>,
    words: Vec<u16>,
}

impl Pixels {
    pub(super) fn new(color: Color, extras: Vec<Extra>) -> Self {
        Self { color, extras }
    }

    /// Pixels with an alpha channel or without.
    pub(super) fn with_alpha(color: Color, has_alpha: bool) -> Self {
        let extras = if has_alpha {
            vec![Extra::Alpha]
        } else {
            Vec::new()
        };
        Self::new(color, extras)
    }

    /// Samples of a pixel of ours.
    pub(super) fn samples(&self) -> Samples {
        self.color.samples()
    }

    /// Samples of a pixel of the decoder's.
    pub(super) fn channels(&self) -> usize {
        self.color.model().channels() + self.extras.len()
    }

    /// What is kept of the colours.
    pub(super) fn kept(&self) -> &KeptColors {
        self.color.kept()
    }

    /// Whether the decoder's samples of 8 bits are ours.
    pub(super) fn are_ours(&self) -> bool {
        self.extras.is_empty() && self.color.keeps_bytes()
    }

    /// Converts whole pixels of 8 bits a sample.
    pub(super) fn bytes(&self, from: &[u8], flat: &mut Flat, to: &mut [u8]) {
        if self.extras.is_empty() {
            self.color.bytes(from, to);
        } else {
            self.flatten(from, &mut flat.bytes);
            self.color.bytes(&flat.bytes, to);
        }
    }

    /// Converts whole pixels of 16 bits a sample.
    pub(super) fn words(&self, from: &[u16], flat: &mut Flat, to: &mut [u8]) {
        if self.extras.is_empty() {
            self.color.words(from, to);
        } else {
            self.flatten(from, &mut flat.words);
            self.color.words(&flat.words, to);
        }
    }

    /// Lays pixels with an alpha channel on white paper, and leaves out what is not shown.
    fn flatten<T: Sample>(&self, from: &[T], flat: &mut Vec<T>) {
        let model = self.color.model();
        let colors = model.channels();
        // White is all light, and no ink.
        let white = if model == Model::Cmyk { 0 } else { T::MOST };
        let alpha = self.extras.iter().position(|extra| *extra != Extra::Other);
        let kind = alpha.map(|at| self.extras[at]);
        flat.clear();
        for pixel in from.chunks_exact(self.channels()) {
            let opacity = alpha.map_or(T::MOST, |at| pixel[colors + at].into());
            flat.extend(pixel.iter().take(colors).map(|value| {
                let value: u32 = (*value).into();
                let mixed = match kind {
                    Some(Extra::Alpha) => mix(value, white, opacity, T::MOST),
                    Some(Extra::PremultipliedAlpha) => {
                        let paper = mix(0, white, opacity, T::MOST);
                        value.saturating_add(paper).min(T::MOST)
                    }
                    Some(Extra::Other) | None => value,
                };
                T::try_from(mixed).unwrap_or_default()
            }));
        }
    }
}

fn mix(value: u32, paper: u32, opacity: u32, most: u32) -> u32 {
    let sum = u64::from(value) * u64::from(opacity)
        + u64::from(paper) * u64::from(most - opacity)
        + u64::from(most / 2);
    u32::try_from(sum / u64::from(most)).unwrap_or(most)
}

#[cfg(test)]
mod tests {
    use super::{Extra, Flat, Pixels};
    use crate::color::{Color, Model};

    #[test]
    fn what_covers_in_part_lies_on_white_paper() {
        for (model, extras, pixel, expected) in [
            (Model::Gray, vec![Extra::Alpha], vec![0, 0], vec![255]),
            (Model::Gray, vec![Extra::Alpha], vec![0, 128], vec![127]),
            (Model::Gray, vec![Extra::Other], vec![9, 0], vec![9]),
            (
                Model::Rgb,
                vec![Extra::Other, Extra::Alpha],
                vec![10, 20, 30, 0, 255],
                vec![10, 20, 30],
            ),
            (
                Model::Rgb,
                vec![Extra::PremultipliedAlpha],
                vec![10, 20, 30, 155],
                vec![110, 120, 130],
            ),
            (
                Model::Cmyk,
                vec![Extra::Alpha],
                vec![255, 0, 0, 0, 0],
                vec![255, 255, 255],
            ),
        ] {
            let pixels = Pixels::new(Color::plain(model), extras);
            let mut out = vec![0; expected.len()];
            pixels.bytes(&pixel, &mut Flat::default(), &mut out);
            assert_eq!(out, expected, "{model:?} {pixel:?}");
            let words: Vec<u16> = pixel.iter().map(|v| u16::from(*v) * 257).collect();
            pixels.words(&words, &mut Flat::default(), &mut out);
            let near = out.iter().zip(&expected).all(|(a, b)| a.abs_diff(*b) <= 1);
            assert!(near, "{model:?} {words:?}: {out:?}");
        }
    }
}
