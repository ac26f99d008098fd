//! Rows of one strip or tile, as ours.

use std::io::Read;
use std::sync::Arc;

use super::super::SourceError;
use super::super::pixels::Flat;
use super::decompress::{Span, stream};
use super::directory::{broken, damaged};
use super::image::{Format, Image, Photometric};
use super::unpack;
use crate::color;

/// Memory that rows use again.
#[derive(Default)]
pub(super) struct Scratch {
    raw: Vec<u8>,
    plane: (Vec<u8>, Vec<u16>),
    bytes: Vec<u8>,
    words: Vec<u16>,
    flat: Flat,
}

/// A strip or tile, or those of all planes at one place, while it is decoded.
pub(super) struct Block {
    image: Arc<Image>,
    planes: Vec<Box<dyn Read + Send>>,
}

impl Image {
    /// Whether a row of a strip or tile, decompressed, is a row of ours.
    pub(super) fn is_direct(&self) -> bool {
        self.bits == 8
            && !self.is_planar
            && self.format == Format::Unsigned
            && matches!(self.photometric, Photometric::Plain | Photometric::YCbCr)
            && self.pixels.are_ours()
    }

    /// Whether samples have more than 8 bits on their way.
    fn is_deep(&self) -> bool {
        self.bits > 8 || matches!(self.photometric, Photometric::Lab { .. })
    }

    /// What samples of at most 8 bits become: an index stays one.
    pub(super) fn scale(&self) -> [u8; 256] {
        match self.photometric {
            Photometric::Palette(_) => {
                std::array::from_fn(|index| u8::try_from(index).unwrap_or(u8::MAX))
            }
            Photometric::WhiteIsZero => unpack::spread(self.bits).map(|value| 255 - value),
            _ => unpack::spread(self.bits),
        }
    }
}

impl Block {
    /// Begins to decode what lies at `spans`, one a plane.
    pub(super) fn open(image: &Arc<Image>, spans: &[Span]) -> Result<Self, SourceError> {
        let planes = spans.iter().map(|span| stream(image, *span));
        Ok(Self {
            image: Arc::clone(image),
            planes: planes.collect::<Result<_, _>>()?,
        })
    }

    /// Decodes the next row; `out` has the pixels of it that are part of the image.
    pub(super) fn row(
        &mut self,
        out: &mut [u8],
        scale: &[u8; 256],
        scratch: &mut Scratch,
    ) -> Result<(), SourceError> {
        let image = &*self.image;
        let length = image.row_bytes().ok_or_else(|| damaged("rows too long"))?;
        if image.is_direct() && out.len() == length {
            let plane = self.planes.first_mut();
            let plane = plane.ok_or_else(|| damaged("no planes"))?;
            plane.read_exact(out).map_err(broken)?;
            unpack::undo(image.predictor, out, 8, image.samples, false);
            return Ok(());
        }
        let width = out.len() / crate::raster::bytes_per_pixel(image.pixels.samples());
        scratch.raw.resize(length, 0);
        scratch.bytes.clear();
        scratch.words.clear();
        let planes = self.planes.len();
        for (number, plane) in self.planes.iter_mut().enumerate() {
            plane.read_exact(&mut scratch.raw).map_err(broken)?;
            let step = image.chunk_samples();
            let is_big = image.tiff.is_big_endian;
            unpack::undo(image.predictor, &mut scratch.raw, image.bits, step, is_big);
            let (bytes, words) = &mut scratch.plane;
            bytes.clear();
            words.clear();
            let count = width * step;
            if image.bits <= 8 {
                unpack::bytes(&scratch.raw, image.bits, scale, count, bytes);
            } else {
                let kind = (image.bits, image.format);
                unpack::words(&scratch.raw, kind, is_big, count, words)?;
            }
            if planes == 1 {
                std::mem::swap(bytes, &mut scratch.bytes);
                std::mem::swap(words, &mut scratch.words);
            } else {
                spread(bytes, &mut scratch.bytes, number, planes);
                spread(words, &mut scratch.words, number, planes);
            }
        }
        self.interpret(scratch)?;
        if image.is_deep() {
            image.pixels.words(&scratch.words, &mut scratch.flat, out);
        } else {
            image.pixels.bytes(&scratch.bytes, &mut scratch.flat, out);
        }
        Ok(())
    }

    /// Makes grey, RGB or CMYK of samples that mean something else.
    fn interpret(&self, scratch: &mut Scratch) -> Result<(), SourceError> {
        let image = &*self.image;
        match &image.photometric {
            Photometric::Plain | Photometric::YCbCr => {}
            Photometric::WhiteIsZero => {
                // Those of 8 bits were turned as they were spread.
                for word in &mut scratch.words {
                    *word = u16::MAX - *word;
                }
            }
            Photometric::Palette(colors) => {
                let indexes = std::mem::take(&mut scratch.bytes);
                for pixel in indexes.chunks_exact(image.samples) {
                    let color = colors.get(usize::from(pixel[0]));
                    let color = color.ok_or_else(|| damaged("a colour beyond its palette"))?;
                    scratch.bytes.extend_from_slice(color);
                    scratch.bytes.extend_from_slice(&pixel[1..]);
                }
            }
            Photometric::Lab { is_signed } => {
                if image.bits == 8 {
                    let words = scratch.bytes.iter().map(|byte| u16::from(*byte) << 8);
                    scratch.words.extend(words);
                }
                for pixel in scratch.words.chunks_exact_mut(image.samples) {
                    let Some(lab) = pixel.first_chunk_mut::<3>() else {
                        continue;
                    };
                    *lab = color::lab(
                        lightness(lab[0], image.bits, *is_signed),
                        [opponent(lab[1], *is_signed), opponent(lab[2], *is_signed)],
                    );
                }
            }
        }
        Ok(())
    }
}

/// L* from 0 to 100 (TIFF 6.0, section 23; of the ICC's way the top of 16 bits is 0xff00).
fn lightness(word: u16, bits: u8, is_signed: bool) -> f32 {
    let most = if bits == 8 || !is_signed {
        65_280.0
    } else {
        65_535.0
    };
    f32::from(word) / most * 100.0
}

/// a* or b*: 256 steps are one.
fn opponent(word: u16, is_signed: bool) -> f32 {
    if is_signed {
        f32::from(word.cast_signed()) / 256.0
    } else {
        f32::from(word) / 256.0 - 128.0
    }
}

/// Puts the samples of one plane between those of the others.
fn spread<T: Copy + Default>(plane: &[T], pixels: &mut Vec<T>, number: usize, planes: usize) {
    pixels.resize(plane.len() * planes, T::default());
    for (value, pixel) in plane.iter().zip(pixels.chunks_exact_mut(planes)) {
        pixel[number] = *value;
    }
}
