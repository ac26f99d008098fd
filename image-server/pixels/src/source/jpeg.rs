//! JPEG sources: blocks of coefficients where they can be stored as they are, else rows of pixels.
//!
//! Both come as the stream does; one of several scans is held until all are read, in an unnamed scratch file if it is
//! large or memory is short.

use std::fs::File;

use jpeg_blocks::{Colors, Decoder, Encoder, Error, Header, Keep, Rows};
use tiff_pyramid::{Samples, Subsampling};

use super::budget::Lease;
use super::limits::{check, check_size, lease, lease_now};
use super::pixels::{Flat, Pixels};
use super::turn::{Orientation, oriented};
use super::{Limits, RowReader, SourceError};
use crate::color::{Color, ColorPolicy, Model};
use crate::kept::{KeptColors, Recoding};
use crate::pyramid::{TILE, blocks_memory, build_memory};

/// What profiles may take; those of presses have a few megabytes.
const PROFILE: usize = 16 << 20;

/// Bytes of coefficients that are worth their memory: a scratch file costs a seventh of the time more, and memory is
/// what others wait for.
const FEW: u64 = 64 << 20;

pub(super) fn open(
    file: File,
    limits: &Limits,
    policy: ColorPolicy,
) -> Result<Box<dyn RowReader>, SourceError> {
    let decoder = Decoder::new(
        file,
        &jpeg_blocks::Limits {
            pixels: limits.pixels,
            profile: PROFILE,
            ..jpeg_blocks::Limits::default()
        },
    )?;
    let header = decoder.header().clone();
    let size = (header.width, header.height);
    check_size(size, limits)?;
    let orientation = Orientation::of_tag(u64::from(header.orientation));
    let color = Color::new(model(&header), header.profile.as_deref(), policy);
    let mut recoding = recoding(&header, &color, orientation);
    let pixels = Pixels::with_alpha(color, false);
    let samples = pixels.samples();
    let row = u64::from(header.width) * pixels.channels() as u64;
    let as_pixels = jpeg_blocks::Pixels::<File>::memory(&header) + row;
    let lease = if recoding.is_none() {
        let need = decoder.memory() + blocks_memory(&header, samples);
        lease(size, need, limits)?
    } else {
        let need = decoder.memory() + as_pixels + orientation.memory(size, samples);
        check(orientation.size(size), samples, need, limits)?
    };
    let (keep, held) = keep(decoder.held(), limits)?;
    let rows = decoder.begin(keep)?;
    let mut recoded = None;
    if recoding.is_none() && !Encoder::can_hold(rows.quantization()) {
        recoding = Some(Recoding::Quantization);
        recoded = Some(lease_now(
            size,
            as_pixels + build_memory(size.0, samples),
            limits,
        )?);
    }
    let reader = JpegRows {
        size,
        pixels,
        recoding,
        stream: Some(Stream::Blocks(Box::new(rows))),
        row: Vec::new(),
        flat: Flat::default(),
        _leases: [Some(lease), held, recoded],
    };
    oriented(Box::new(reader), orientation, limits)
}

/// Where the coefficients of several scans are kept: in memory if they are few or no scratch file can be made.
fn keep(bytes: u64, limits: &Limits) -> Result<(Keep, Option<Lease>), SourceError> {
    let lease = || limits.budget.lease_now(bytes);
    if bytes == 0 {
        return Ok((Keep::Memory, None));
    }
    if let Some(lease) = (bytes <= FEW).then(lease).flatten() {
        return Ok((Keep::Memory, Some(lease)));
    }
    match tempfile::tempfile_in(&limits.scratch) {
        Ok(file) => Ok((Keep::Scratch(Box::new(file)), None)),
        Err(error) => match lease() {
            Some(lease) => Ok((Keep::Memory, Some(lease))),
            None => Err(SourceError::Scratch(error)),
        },
    }
}

fn model(header: &Header) -> Model {
    match header.colors {
        Colors::Gray => Model::Gray,
        Colors::YCbCr | Colors::Rgb => Model::Rgb,
        Colors::Cmyk | Colors::Ycck => Model::Cmyk,
    }
}

/// Why the blocks cannot be stored as they are, as far as the header tells.
fn recoding(header: &Header, color: &Color, orientation: Orientation) -> Option<Recoding> {
    let is_stored = matches!(header.colors, Colors::Gray | Colors::YCbCr);
    if !is_stored || !color.keeps_bytes() {
        Some(Recoding::Colors)
    } else if orientation != Orientation::Normal {
        Some(Recoding::Orientation)
    } else if subsampling(header).is_none() {
        Some(Recoding::Sampling)
    } else {
        None
    }
}

/// How chroma is sampled, if tiles can have it so; of grey it does not matter.
pub(crate) fn subsampling(header: &Header) -> Option<Subsampling> {
    match header.components.as_slice() {
        [_] => Some(Subsampling::HALVED),
        [luma, chroma @ ..] => {
            // TIFF states the sampling of luma, and takes one block for each of the others.
            let once = chroma.iter().all(|c| (c.horizontal, c.vertical) == (1, 1));
            let factors = Subsampling::new(luma.horizontal, luma.vertical);
            factors.filter(|_| once && TILE.is_multiple_of(header.unit_height()))
        }
        [] => None,
    }
}

/// The stream, and its colours.
struct JpegRows {
    size: (u32, u32),
    pixels: Pixels,
    recoding: Option<Recoding>,
    /// Nothing after a stream whose pixels cannot be made.
    stream: Option<Stream>,
    row: Vec<u8>,
    flat: Flat,
    _leases: [Option<Lease>; 3],
}

/// A stream of blocks until somebody asks for pixels.
enum Stream {
    Blocks(Box<Rows<File>>),
    Pixels(Box<jpeg_blocks::Pixels<File>>),
}

impl JpegRows {
    fn pixels(&mut self) -> Result<&mut jpeg_blocks::Pixels<File>, SourceError> {
        let stream = match self.stream.take() {
            Some(Stream::Blocks(rows)) => {
                Some(Stream::Pixels(Box::new(jpeg_blocks::Pixels::new(*rows)?)))
            }
            other => other,
        };
        match self.stream.insert(stream.ok_or_else(missing)?) {
            Stream::Pixels(pixels) => Ok(pixels),
            Stream::Blocks(_) => Err(missing()),
        }
    }
}

fn missing() -> SourceError {
    SourceError::Damaged("JPEG: its pixels cannot be made".to_owned())
}

impl RowReader for JpegRows {
    fn size(&self) -> (u32, u32) {
        self.size
    }

    fn samples(&self) -> Samples {
        self.pixels.samples()
    }

    fn colors(&self) -> KeptColors {
        self.pixels.kept().clone()
    }

    fn blocks(&mut self) -> Result<&mut Rows<File>, Recoding> {
        match (self.recoding, &mut self.stream) {
            (None, Some(Stream::Blocks(rows))) => Ok(rows),
            (recoding, _) => Err(recoding.unwrap_or(Recoding::Colors)),
        }
    }

    fn read_rows(&mut self, out: &mut [u8]) -> Result<(), SourceError> {
        if self.pixels.are_ours() {
            return Ok(self.pixels()?.read_rows(out)?);
        }
        let width = self.size.0 as usize;
        let mut row = std::mem::take(&mut self.row);
        row.resize(width * self.pixels.channels(), 0);
        let stride = width * crate::raster::bytes_per_pixel(self.samples());
        for target in out.chunks_exact_mut(stride) {
            self.pixels()?.read_rows(&mut row)?;
            self.pixels.bytes(&row, &mut self.flat, target);
        }
        self.row = row;
        Ok(())
    }
}

impl From<Error> for SourceError {
    fn from(error: Error) -> Self {
        match error {
            Error::Unsupported(what) => Self::Unsupported(format!("JPEG with {what}")),
            Error::Pixels {
                width,
                height,
                limit,
            } => Self::Pixels {
                width,
                height,
                limit,
            },
            Error::Io(error) => Self::Io(error),
            Error::Scratch(error) => Self::Scratch(error),
            error @ (Error::Damaged(_) | Error::Truncated) => Self::Damaged(error.to_string()),
        }
    }
}
