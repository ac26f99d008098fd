//! Colour: what the samples of a source mean, and how they become sRGB.
//!
//! A profile is applied by relative colorimetric intent without black point compensation: colours that
//! both sides have stay as they were measured, and white stays white. Every pixel is converted by itself,
//! once, before it is cut into tiles and levels, so these cannot differ.

use std::sync::Arc;

use moxcms::{
    ColorProfile, DataColorSpace, Layout, RenderingIntent, Transform8BitExecutor,
    Transform16BitExecutor, TransformOptions,
};
use tiff_pyramid::{LONGEST_PROFILE, Samples};

use crate::kept::{Converted, KeptColors};

/// Profiles of presses have a few megabytes; a longer one is not looked at.
const LONGEST_READ: usize = 16 << 20;

/// What becomes of a source that has a colour profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColorPolicy {
    /// Its pixels become sRGB, which every program shows rightly.
    #[default]
    ToSrgb,
    /// Its pixels stay, and its profile goes with them, where both can be shown: those of CMYK become sRGB all the
    /// same, and so do those whose profile is too long.
    Embed,
}

/// What the samples of a pixel are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// Grey, white at the top.
    Gray,
    /// Red, green, blue.
    Rgb,
    /// Cyan, magenta, yellow, black: amounts of ink.
    Cmyk,
}

impl Model {
    /// Samples of a pixel.
    #[must_use]
    pub fn channels(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::Rgb => 3,
            Self::Cmyk => 4,
        }
    }

    fn layout(self) -> Layout {
        match self {
            Self::Gray => Layout::Gray,
            Self::Rgb => Layout::Rgb,
            // Four samples without alpha have the layout of this name.
            Self::Cmyk => Layout::Rgba,
        }
    }

    fn is_of(self, profile: &ColorProfile) -> bool {
        match self {
            // A grey image may carry the profile of the RGB space that its greys are part of.
            Self::Gray => matches!(
                profile.color_space,
                DataColorSpace::Gray | DataColorSpace::Rgb
            ),
            Self::Rgb => profile.color_space == DataColorSpace::Rgb,
            Self::Cmyk => profile.color_space == DataColorSpace::Cmyk,
        }
    }
}

/// How the samples of one source become grey or sRGB of 8 bits.
#[derive(Clone)]
pub struct Color {
    model: Model,
    conversion: Option<Conversion>,
    kept: KeptColors,
}

impl Color {
    /// The colours of `model` without a profile: grey and sRGB as they are; CMYK by the plain formula that
    /// takes from each of red, green and blue what its ink and black leave of it.
    #[must_use]
    pub fn plain(model: Model) -> Self {
        Self {
            model,
            conversion: None,
            kept: match model {
                Model::Gray | Model::Rgb => KeptColors::Plain,
                Model::Cmyk => KeptColors::Converted(Converted::Inks),
            },
        }
    }

    /// The colours of `model` that `profile` describes. A profile that cannot be used, or is one of
    /// another kind of samples, is as good as none.
    #[must_use]
    pub fn new(model: Model, profile: Option<&[u8]>, policy: ColorPolicy) -> Self {
        let plain = Self::plain(model);
        let Some((bytes, conversion)) =
            profile.and_then(|bytes| Some((bytes, to_srgb(bytes, model)?)))
        else {
            return plain;
        };
        let why = match model {
            Model::Cmyk => Converted::Inks,
            Model::Gray if !conversion.is_of_gray => Converted::Greys,
            _ if bytes.len() > LONGEST_PROFILE as usize => Converted::LongProfile,
            Model::Gray | Model::Rgb if policy == ColorPolicy::Embed => {
                return Self {
                    kept: KeptColors::Embedded(bytes.into()),
                    ..plain
                };
            }
            Model::Gray | Model::Rgb => Converted::ByPolicy,
        };
        Self {
            conversion: Some(conversion),
            kept: KeptColors::Converted(why),
            ..plain
        }
    }

    /// Samples of a pixel before.
    #[must_use]
    pub fn model(&self) -> Model {
        self.model
    }

    /// Samples of a pixel afterwards.
    #[must_use]
    pub fn samples(&self) -> Samples {
        match self.model {
            Model::Gray => Samples::Gray,
            Model::Rgb | Model::Cmyk => Samples::Color,
        }
    }

    /// What is kept of them.
    #[must_use]
    pub fn kept(&self) -> &KeptColors {
        &self.kept
    }

    /// Whether samples of 8 bits stay as they are.
    #[must_use]
    pub fn keeps_bytes(&self) -> bool {
        self.model != Model::Cmyk && self.conversion.is_none()
    }

    /// Converts whole pixels of 8 bits a sample.
    pub fn bytes(&self, from: &[u8], to: &mut [u8]) {
        match (&self.conversion, self.model) {
            (Some(conversion), _) => conversion.bytes(from, to),
            (None, Model::Cmyk) => plain_cmyk(from, to, 0xff, |v| u32::from(*v)),
            (None, Model::Gray | Model::Rgb) => to.copy_from_slice(from),
        }
    }

    /// Converts whole pixels of 16 bits a sample, which become 8 bits at the very end.
    pub fn words(&self, from: &[u16], to: &mut [u8]) {
        match (&self.conversion, self.model) {
            (Some(conversion), _) => conversion.words(from, to),
            (None, Model::Cmyk) => plain_cmyk(from, to, 0xffff, |v| u32::from(*v)),
            (None, Model::Gray | Model::Rgb) => {
                for (word, byte) in from.iter().zip(to) {
                    *byte = to_byte(*word);
                }
            }
        }
    }
}

/// The nearest of 256 steps to one of 65,536.
pub(crate) fn to_byte(word: u16) -> u8 {
    u8::try_from((u32::from(word) * 255 + 32_895) >> 16).unwrap_or(u8::MAX)
}

/// CIE L*a*b* of D50 as sRGB of 16 bits.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the value is clamped"
)]
pub(crate) fn lab(lightness: f32, [a, b]: [f32; 2]) -> [u16; 3] {
    // CIE 15, and IEC 61966-2-1 with the adaptation of Bradford from D50.
    const TO_LINEAR: [[f32; 3]; 3] = [
        [3.133_856, -1.616_866_7, -0.490_614_6],
        [-0.978_768_4, 1.916_141_5, 0.033_454],
        [0.071_945_3, -0.228_991_4, 1.405_242_7],
    ];
    const WHITE: [f32; 3] = [0.964_22, 1.0, 0.825_21];
    let y = (lightness + 16.0) / 116.0;
    let mut xyz = [y + a / 500.0, y, y - b / 200.0];
    for (value, white) in xyz.iter_mut().zip(WHITE) {
        *value = white
            * if *value > 6.0 / 29.0 {
                value.powi(3)
            } else {
                (*value - 4.0 / 29.0) * 108.0 / 841.0
            };
    }
    TO_LINEAR.map(|row| {
        let linear: f32 = row.iter().zip(xyz).map(|(of, value)| of * value).sum();
        let value = if linear <= 0.003_130_8 {
            linear * 12.92
        } else {
            1.055 * linear.powf(1.0 / 2.4) - 0.055
        };
        (value.clamp(0.0, 1.0) * 65_535.0).round() as u16
    })
}

fn plain_cmyk<T>(from: &[T], to: &mut [u8], most: u32, value: impl Fn(&T) -> u32) {
    let square = u64::from(most) * u64::from(most);
    for (inks, out) in from.chunks_exact(4).zip(to.chunks_exact_mut(3)) {
        let white = u64::from(most - value(&inks[3]));
        for (ink, out) in inks.iter().zip(out) {
            let left = u64::from(most - value(ink)) * white;
            *out = u8::try_from((left * 255 + square / 2) / square).unwrap_or(u8::MAX);
        }
    }
}

/// A conversion of samples to sRGB, or to grey of sRGB's tone curve.
#[derive(Clone)]
pub struct Conversion {
    eight: Arc<Transform8BitExecutor>,
    sixteen: Arc<Transform16BitExecutor>,
    /// For greys: what each of 65,536 becomes.
    greys: Option<Arc<[u8]>>,
    is_of_gray: bool,
}

impl Conversion {
    /// Converts whole pixels of 8 bits a sample.
    pub fn bytes(&self, from: &[u8], to: &mut [u8]) {
        if let Some(greys) = &self.greys {
            for (value, out) in from.iter().zip(to) {
                *out = greys[usize::from(*value) * 257];
            }
        } else {
            // Slices of different numbers of pixels are the only thing that it refuses.
            let _ = self.eight.transform(from, to);
        }
    }

    /// Converts whole pixels of 16 bits a sample.
    pub fn words(&self, from: &[u16], to: &mut [u8]) {
        if let Some(greys) = &self.greys {
            for (value, out) in from.iter().zip(to) {
                *out = greys[usize::from(*value)];
            }
            return;
        }
        let mut words = vec![0; to.len()];
        let _ = self.sixteen.transform(from, &mut words);
        for (word, byte) in words.iter().zip(to) {
            *byte = to_byte(*word);
        }
    }
}

/// The conversion from the colours that `profile` gives samples of `model` to sRGB; nothing, if the
/// profile is sRGB in effect, broken, or of other samples.
#[must_use]
pub fn to_srgb(profile: &[u8], model: Model) -> Option<Conversion> {
    if profile.len() > LONGEST_READ {
        return None;
    }
    let source = ColorProfile::new_from_slice(profile).ok()?;
    if !model.is_of(&source) {
        return None;
    }
    let is_of_gray = source.color_space == DataColorSpace::Gray;
    // Greys of an RGB profile are converted as colours of three equal samples.
    let layout = if model == Model::Gray && !is_of_gray {
        Layout::Rgb
    } else {
        model.layout()
    };
    let target = ColorProfile::new_srgb();
    let options = TransformOptions {
        rendering_intent: RenderingIntent::RelativeColorimetric,
        ..TransformOptions::default()
    };
    let mut conversion = Conversion {
        eight: source
            .create_transform_8bit(layout, &target, Layout::Rgb, options)
            .ok()?,
        sixteen: source
            .create_transform_16bit(layout, &target, Layout::Rgb, options)
            .ok()?,
        greys: None,
        is_of_gray,
    };
    if model == Model::Gray {
        conversion.greys = Some(greys(&conversion, layout)?);
    }
    (!is_neutral(&conversion, model)).then_some(conversion)
}

/// What each of 65,536 greys becomes.
fn greys(conversion: &Conversion, layout: Layout) -> Option<Arc<[u8]>> {
    let width = if matches!(layout, Layout::Rgb) { 3 } else { 1 };
    let ramp: Vec<u16> = (0..=u16::MAX)
        .flat_map(|value| std::iter::repeat_n(value, width))
        .collect();
    let mut words = vec![0; 3 << 16];
    conversion.sixteen.transform(&ramp, &mut words).ok()?;
    let greens = words.chunks_exact(3).map(|pixel| to_byte(pixel[1]));
    Some(greens.collect())
}

/// Whether no colour of a grid changes by more than one step of 255.
fn is_neutral(conversion: &Conversion, model: Model) -> bool {
    const STEPS: [u8; 9] = [0, 32, 64, 96, 128, 160, 192, 224, 255];
    let grid: Vec<u8> = match model {
        Model::Gray => (0..=255).collect(),
        Model::Rgb => STEPS
            .iter()
            .flat_map(|r| {
                STEPS
                    .iter()
                    .flat_map(move |g| STEPS.iter().flat_map(move |b| [*r, *g, *b]))
            })
            .collect(),
        Model::Cmyk => return false,
    };
    let mut converted = vec![0; grid.len()];
    conversion.bytes(&grid, &mut converted);
    grid.iter()
        .zip(&converted)
        .all(|(before, after)| before.abs_diff(*after) <= 1)
}
