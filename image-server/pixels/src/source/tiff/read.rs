//! What the tags of a directory mean, one by one.

use super::super::SourceError;
use super::super::pixels::Extra;
use super::directory::{Directory, Tiff, damaged};
use super::image::{Chunks, Compression, Format, Photometric};
use crate::color::Model;

pub(super) mod tag {
    pub(in super::super) const WIDTH: u16 = 256;
    pub(in super::super) const HEIGHT: u16 = 257;
    pub(in super::super) const BITS: u16 = 258;
    pub(in super::super) const COMPRESSION: u16 = 259;
    pub(in super::super) const PHOTOMETRIC: u16 = 262;
    pub(in super::super) const FILL_ORDER: u16 = 266;
    pub(in super::super) const STRIP_OFFSETS: u16 = 273;
    pub(in super::super) const ORIENTATION: u16 = 274;
    pub(in super::super) const SAMPLES: u16 = 277;
    pub(in super::super) const ROWS_PER_STRIP: u16 = 278;
    pub(in super::super) const STRIP_BYTES: u16 = 279;
    pub(in super::super) const PLANAR: u16 = 284;
    pub(in super::super) const PREDICTOR: u16 = 317;
    pub(in super::super) const COLOR_MAP: u16 = 320;
    pub(in super::super) const TILE_WIDTH: u16 = 322;
    pub(in super::super) const TILE_HEIGHT: u16 = 323;
    pub(in super::super) const TILE_OFFSETS: u16 = 324;
    pub(in super::super) const TILE_BYTES: u16 = 325;
    pub(in super::super) const INK_SET: u16 = 332;
    pub(in super::super) const EXTRA_SAMPLES: u16 = 338;
    pub(in super::super) const SAMPLE_FORMAT: u16 = 339;
    pub(in super::super) const LOWEST: u16 = 340;
    pub(in super::super) const HIGHEST: u16 = 341;
    pub(in super::super) const JPEG_TABLES: u16 = 347;
    pub(in super::super) const PROFILE: u16 = 34675;
}

/// A side, of which those that cannot be are zero.
pub(super) fn side(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(0)
}

pub(super) fn unsupported(what: &str) -> SourceError {
    SourceError::Unsupported(format!("TIFF with {what}"))
}

/// Reads what the tags of one directory mean.
pub(super) struct Reader<'a> {
    pub(super) tiff: &'a Tiff,
    pub(super) directory: &'a Directory,
}

impl Reader<'_> {
    pub(super) fn number(&self, tag: u16, default: u64) -> Result<u64, SourceError> {
        let number = self.directory.number(tag, self.tiff)?;
        Ok(number.unwrap_or(default))
    }

    /// The one number that all samples have.
    pub(super) fn same(&self, tag: u16, default: u64) -> Result<u64, SourceError> {
        let numbers = self.directory.numbers(tag, 64, self.tiff)?;
        let first = numbers.first().copied().unwrap_or(default);
        if numbers.iter().any(|number| *number != first) {
            return Err(unsupported(&format!(
                "samples of unequal kinds, {numbers:?}"
            )));
        }
        Ok(first)
    }

    pub(super) fn compression(&self) -> Result<Compression, SourceError> {
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

    pub(super) fn format(&self) -> Result<Format, SourceError> {
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

    pub(super) fn photometric(
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

    pub(super) fn extras(&self, samples: usize, colors: usize) -> Result<Vec<Extra>, SourceError> {
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

    pub(super) fn chunks(&self, width: u32, height: u32) -> Result<Chunks, SourceError> {
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
