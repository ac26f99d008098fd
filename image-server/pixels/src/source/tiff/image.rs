//! What a directory says of its image, checked once.

use super::super::exif::Orientation;
use super::super::pixels::Pixels;
use super::super::{Limits, SourceError, limits};
use super::directory::{Array, Directory, Tiff, damaged};
use super::read::{Reader, side, tag, unsupported};
use crate::color::{Color, ColorPolicy};

/// More samples than any picture of ours has; sensors of satellites have hundreds.
const MAX_SAMPLES: u64 = 16;

/// How strips and tiles are compressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    Lzw,
    Deflate,
    PackBits,
    /// CCITT Group 4.
    Fax,
    /// JPEG, with tables that all of them share.
    Jpeg(Vec<u8>),
}

/// How samples were made smaller before they were compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Predictor {
    None,
    /// Differences from the pixel on the left.
    Horizontal,
    /// The same, of bytes of floating point numbers in order of weight.
    Float,
}

/// The numbers that samples are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Format {
    Unsigned,
    /// Floating point between these values, black and white.
    Float(f64, f64),
}

/// What samples mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Photometric {
    /// White at the top.
    Plain,
    /// Black at the top.
    WhiteIsZero,
    /// An index into colours.
    Palette(Vec<[u8; 3]>),
    /// YCbCr inside of JPEG, which its decoder turns into RGB.
    YCbCr,
    /// CIE L*a*b*; of the ICC's way of writing it, or with signed numbers.
    Lab { is_signed: bool },
}

/// Strips, or tiles.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chunks {
    pub(super) is_tiled: bool,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) offsets: Array,
    pub(super) bytes: Array,
}

/// An image of a TIFF file.
pub(super) struct Image {
    pub(super) tiff: Tiff,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) bits: u8,
    pub(super) format: Format,
    pub(super) photometric: Photometric,
    pub(super) compression: Compression,
    pub(super) predictor: Predictor,
    /// Whether the lowest bit of each byte comes first.
    pub(super) is_reversed: bool,
    /// Samples of a pixel in the file.
    pub(super) samples: usize,
    /// Whether each sample has strips or tiles of its own.
    pub(super) is_planar: bool,
    pub(super) chunks: Chunks,
    pub(super) orientation: Orientation,
    pub(super) pixels: Pixels,
}

impl Image {
    pub(super) fn new(
        tiff: &Tiff,
        directory: &Directory,
        limits: &Limits,
        policy: ColorPolicy,
    ) -> Result<Self, SourceError> {
        let read = Reader { tiff, directory };
        let width = side(read.number(tag::WIDTH, 0)?);
        let height = side(read.number(tag::HEIGHT, 0)?);
        limits::check_size((width, height), limits)?;
        let samples = read.number(tag::SAMPLES, 1)?;
        if samples == 0 || samples > MAX_SAMPLES {
            return Err(unsupported(&format!("{samples} samples a pixel")));
        }
        let samples = usize::try_from(samples).unwrap_or(1);
        let compression = read.compression()?;
        let bits = read.same(tag::BITS, 1)?;
        let format = read.format()?;
        let number = read.number(tag::PHOTOMETRIC, u64::MAX)?;
        let (photometric, model) = read.photometric(number, &compression)?;
        // An index is one sample in the file, and a colour afterwards.
        let colors = match photometric {
            Photometric::Palette(_) => 1,
            _ => model.channels(),
        };
        let is_planar = match read.number(tag::PLANAR, 1)? {
            1 => false,
            2 => samples > 1,
            other => return Err(damaged(&format!("a planar configuration {other}"))),
        };
        let is_predicted = matches!(compression, Compression::Lzw | Compression::Deflate);
        let predictor = match read.number(tag::PREDICTOR, 1)? {
            // It belongs to these compressions: others leave it where it means nothing.
            _ if !is_predicted => Predictor::None,
            1 => Predictor::None,
            2 => Predictor::Horizontal,
            3 => Predictor::Float,
            other => return Err(unsupported(&format!("predictor {other}"))),
        };
        let profile = directory.bytes(tag::PROFILE, 64 << 20, tiff)?;
        // Colours of CIELab need none.
        let profile = profile.filter(|_| !matches!(photometric, Photometric::Lab { .. }));
        let color = Color::new(model, profile.as_deref(), policy);
        let image = Self {
            width,
            height,
            bits: u8::try_from(bits).unwrap_or(u8::MAX),
            format,
            predictor,
            is_reversed: read.number(tag::FILL_ORDER, 1)? == 2,
            samples,
            is_planar,
            chunks: read.chunks(width, height)?,
            orientation: Orientation::of_tag(read.number(tag::ORIENTATION, 1)?),
            pixels: Pixels::new(color, read.extras(samples, colors)?),
            photometric,
            compression,
            tiff: tiff.clone(),
        };
        image.check_samples()?;
        image.check_chunks()?;
        if image.is_planar && image.photometric == Photometric::YCbCr {
            return Err(unsupported("separate planes of YCbCr"));
        }
        Ok(image)
    }

    /// Refuses what the unpacking does not know.
    fn check_samples(&self) -> Result<(), SourceError> {
        let bits = self.bits;
        let known = match (self.format, &self.compression) {
            (Format::Unsigned, Compression::Jpeg(_)) => bits == 8,
            (Format::Unsigned, Compression::Fax) => bits == 1 && self.samples == 1,
            (Format::Unsigned, _) => (1..=32).contains(&bits),
            (Format::Float(..), Compression::Jpeg(_) | Compression::Fax) => false,
            (Format::Float(..), _) => matches!(bits, 16 | 32 | 64),
        };
        let known = known
            && match &self.photometric {
                Photometric::Palette(colors) => {
                    bits <= 8 && self.format == Format::Unsigned && colors.len() == 1 << bits
                }
                Photometric::Lab { .. } => {
                    matches!(bits, 8 | 16) && self.format == Format::Unsigned
                }
                _ => true,
            };
        if !known {
            return Err(unsupported(&format!(
                "{bits} bits a sample, {:?} of {:?}",
                self.format,
                self.photometric.name()
            )));
        }
        let fits = match (self.predictor, self.format) {
            (Predictor::None, _) => true,
            (Predictor::Horizontal, _) => matches!(bits, 8 | 16 | 32),
            (Predictor::Float, format) => matches!(format, Format::Float(..)),
        };
        if !fits {
            return Err(unsupported(&format!(
                "a predictor for {bits} bits a sample"
            )));
        }
        Ok(())
    }

    /// Refuses strips and tiles that do not make up the image.
    fn check_chunks(&self) -> Result<(), SourceError> {
        let Chunks {
            width,
            height,
            offsets,
            bytes,
            ..
        } = self.chunks;
        if width == 0 || height == 0 {
            return Err(damaged("strips or tiles of no size"));
        }
        if width > tiff_pyramid::MAX_SIDE || self.row_bytes().is_none() {
            return Err(unsupported("tiles of such a size"));
        }
        let count = u64::from(self.across()) * u64::from(self.down()) * self.planes() as u64;
        if offsets.count < count || bytes.count < count {
            return Err(damaged("fewer strips or tiles than it needs"));
        }
        Ok(())
    }

    /// Strips or tiles side by side.
    pub(super) fn across(&self) -> u32 {
        self.width.div_ceil(self.chunks.width)
    }

    /// Rows of strips or tiles.
    pub(super) fn down(&self) -> u32 {
        self.height.div_ceil(self.chunks.height)
    }

    pub(super) fn planes(&self) -> usize {
        if self.is_planar { self.samples } else { 1 }
    }

    /// Samples of a pixel in one strip or tile.
    pub(super) fn chunk_samples(&self) -> usize {
        if self.is_planar { 1 } else { self.samples }
    }

    /// Bytes of a row of a strip or tile before it was compressed.
    pub(super) fn row_bytes(&self) -> Option<usize> {
        let bits = u64::from(self.chunks.width)
            .checked_mul(self.chunk_samples() as u64)?
            .checked_mul(u64::from(self.bits))?;
        usize::try_from(bits.div_ceil(8)).ok()
    }
}

impl Photometric {
    fn name(&self) -> &'static str {
        match self {
            Self::Plain => "grey or colour",
            Self::WhiteIsZero => "grey with white at zero",
            Self::Palette(_) => "a palette",
            Self::YCbCr => "YCbCr",
            Self::Lab { .. } => "CIELab",
        }
    }
}
