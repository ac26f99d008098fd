//! What a directory says of its image, checked once.

use super::super::exif::Orientation;
use super::super::pixels::{Extra, Pixels};
use super::super::{Limits, SourceError, limits};
use super::directory::{Array, Directory, Tiff, damaged};
use crate::color::{Color, ColorPolicy, Model};

mod tag {
    pub(super) const WIDTH: u16 = 256;
    pub(super) const HEIGHT: u16 = 257;
    pub(super) const BITS: u16 = 258;
    pub(super) const COMPRESSION: u16 = 259;
    pub(super) const PHOTOMETRIC: u16 = 262;
    pub(super) const FILL_ORDER: u16 = 266;
    pub(super) const STRIP_OFFSETS: u16 = 273;
    pub(super) const ORIENTATION: u16 = 274;
    pub(super) const SAMPLES: u16 = 277;
    pub(super) const ROWS_PER_STRIP: u16 = 278;
    pub(super) const STRIP_BYTES: u16 = 279;
    pub(super) const PLANAR: u16 = 284;
    pub(super) const PREDICTOR: u16 = 317;
    pub(super) const COLOR_MAP: u16 = 320;
    pub(super) const TILE_WIDTH: u16 = 322;
    pub(super) const TILE_HEIGHT: u16 = 323;
    pub(super) const TILE_OFFSETS: u16 = 324;
    pub(super) const TILE_BYTES: u16 = 325;
    pub(super) const INK_SET: u16 = 332;
    pub(super) const EXTRA_SAMPLES: u16 = 338;
    pub(super) const SAMPLE_FORMAT: u16 = 339;
    pub(super) const LOWEST: u16 = 340;
    pub(super) const HIGHEST: u16 = 341;
    pub(super) const JPEG_TABLES: u16 = 347;
    pub(super) const PROFILE: u16 = 34675;
}

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

/// A side, of which those that cannot be are zero.
fn side(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(0)
}

fn unsupported(what: &str) -> SourceError {
    SourceError::Unsupported(format!("TIFF with {what}"))
}

struct Reader<'a> {
    tiff: &'a Tiff,
    directory: &'a Directory,
}

impl Reader<'_> {
    fn number(&self, tag: u16, default: u64) -> Result<u64, SourceError> {
        let number = self.directory.number(tag, self.tiff)?;
        Ok(number.unwrap_or(default))
    }

    /// The one number that all samples have.
    fn same(&self, tag: u16, default: u64) -> Result<u64, SourceError> {
        let numbers = self.directory.numbers(tag, 64, self.tiff)?;
        let first = numbers.first().copied().unwrap_or(default);
        if numbers.iter().any(|number| *number != first) {
            return Err(unsupported(&format!(
                "samples of unequal kinds, {numbers:?}"
            )));
        }
        Ok(first)
    }

    fn compression(&self) -> Result<Compression, SourceError> {
        let name = match self.number(tag::COMPRESSION, 1)? {
            1 => return Ok(Compression::None),
            4 => return Ok(Compression::Fax),
            5 => return Ok(Compression::Lzw),
            7 => {
                let tables = self.directory.bytes(tag::JPEG_TABLES, 1 << 16, self.tiff)?;
                return Ok(Compression::Jpeg(tables.unwrap_or_default()));
            }
            8 | 32_946 => return Ok(Compression::Deflate),
            32_773 => return Ok(Compression::PackBits),
            2 => "CCITT RLE".to_owned(),
            3 => "CCITT Group 3".to_owned(),
            6 => "JPEG of the old kind".to_owned(),
            33_003 | 33_005 | 34_712 => "JPEG 2000".to_owned(),
            34_887 => "LERC".to_owned(),
            34_925 => "LZMA".to_owned(),
            50_000 => "Zstandard".to_owned(),
            50_001 => "WebP".to_owned(),
            50_002 | 52_546 => "JPEG XL".to_owned(),
            other => format!("unknown ({other})"),
        };
        Err(unsupported(&format!("compression {name}")))
    }

    fn format(&self) -> Result<Format, SourceError> {
        match self.same(tag::SAMPLE_FORMAT, 1)? {
            // 4 is undefined, which others take for unsigned too.
            1 | 4 => Ok(Format::Unsigned),
            2 => Err(unsupported("samples of signed numbers")),
            3 => {
                let lowest = self.directory.real(tag::LOWEST, self.tiff)?;
                let highest = self.directory.real(tag::HIGHEST, self.tiff)?;
                let (lowest, highest) = (lowest.unwrap_or(0.0), highest.unwrap_or(1.0));
                if lowest.is_finite() && highest.is_finite() && lowest < highest {
                    Ok(Format::Float(lowest, highest))
                } else {
                    Err(damaged(
                        "limits of sample values that contradict themselves",
                    ))
                }
            }
            _ => Err(unsupported("samples of complex numbers")),
        }
    }

    fn photometric(
        &self,
        number: u64,
        compression: &Compression,
    ) -> Result<(Photometric, Model), SourceError> {
        let is_jpeg = matches!(compression, Compression::Jpeg(_));
        Ok(match number {
            0 => (Photometric::WhiteIsZero, Model::Gray),
            1 => (Photometric::Plain, Model::Gray),
            2 => (Photometric::Plain, Model::Rgb),
            3 => (Photometric::Palette(self.palette()?), Model::Rgb),
            5 if self.number(tag::INK_SET, 1)? == 1 => (Photometric::Plain, Model::Cmyk),
            5 => return Err(unsupported("inks other than CMYK")),
            6 if is_jpeg => (Photometric::YCbCr, Model::Rgb),
            6 => return Err(unsupported("YCbCr outside of JPEG")),
            8 => (Photometric::Lab { is_signed: true }, Model::Rgb),
            9 => (Photometric::Lab { is_signed: false }, Model::Rgb),
            32_803 | 34_892 => return Err(unsupported("the raw data of a camera")),
            32_844 | 32_845 => return Err(unsupported("LogLuv colours")),
            u64::MAX => return Err(damaged("it does not say what its samples mean")),
            other => return Err(unsupported(&format!("photometric interpretation {other}"))),
        })
    }

    /// The colours of a palette, 16 bits each, or 8 as some programs write them.
    fn palette(&self) -> Result<Vec<[u8; 3]>, SourceError> {
        let values = self.directory.numbers(tag::COLOR_MAP, 3 << 8, self.tiff)?;
        let is_short = values.iter().all(|value| *value < 256);
        let to_byte = |value: u64| {
            let word = u16::try_from(value).unwrap_or(u16::MAX);
            if is_short {
                word.to_be_bytes()[1]
            } else {
                crate::color::to_byte(word)
            }
        };
        let (reds, rest) = values.split_at(values.len() / 3);
        let (greens, blues) = rest.split_at(rest.len() / 2);
        let colors = reds.iter().zip(greens).zip(blues);
        Ok(colors
            .map(|((r, g), b)| [to_byte(*r), to_byte(*g), to_byte(*b)])
            .collect())
    }

    fn extras(&self, samples: usize, colors: usize) -> Result<Vec<Extra>, SourceError> {
        let Some(count) = samples.checked_sub(colors) else {
            return Err(unsupported(&format!(
                "{samples} samples a pixel of this kind"
            )));
        };
        let named = self.directory.numbers(tag::EXTRA_SAMPLES, 64, self.tiff)?;
        let kind = |at: usize| match named.get(at) {
            Some(1) => Extra::PremultipliedAlpha,
            Some(2) => Extra::Alpha,
            _ => Extra::Other,
        };
        Ok((0..count).map(kind).collect())
    }

    fn chunks(&self, width: u32, height: u32) -> Result<Chunks, SourceError> {
        let get = |tag| self.directory.get(tag);
        if let Some((offsets, bytes)) = get(tag::TILE_OFFSETS).zip(get(tag::TILE_BYTES)) {
            return Ok(Chunks {
                is_tiled: true,
                width: side(self.number(tag::TILE_WIDTH, 0)?),
                height: side(self.number(tag::TILE_HEIGHT, 0)?),
                offsets,
                bytes,
            });
        }
        let Some((offsets, bytes)) = get(tag::STRIP_OFFSETS).zip(get(tag::STRIP_BYTES)) else {
            return Err(damaged("it has no strips and no tiles"));
        };
        let rows = self.number(tag::ROWS_PER_STRIP, u64::from(height))?;
        Ok(Chunks {
            is_tiled: false,
            width,
            height: side(rows.min(u64::from(height))),
            offsets,
            bytes,
        })
    }
}
