//! TIFF sources: one row of strips or tiles at a time.

use std::fs::File;
use std::io::BufReader;

use tiff::decoder::{ChunkType, Decoder, DecodingResult};
use tiff::tags::{PlanarConfiguration, Tag};
use tiff::{ColorType, TiffError};
use tiff_pyramid::Samples;

use super::{Limits, RowReader, SourceError, check};
use crate::raster::bytes_per_pixel;

/// More pages than any volume has; a longer chain of directories is an attack.
const MAX_PAGES: usize = 10_000;
/// `NewSubfileType`, bit 0: a smaller version of another page of the file (TIFF 6.0, section 8).
const REDUCED_IMAGE: u32 = 1;

type TiffDecoder = Decoder<BufReader<File>>;

/// The pages of the file: its images but for smaller versions of others.
pub(super) fn pages(file: &File) -> Result<usize, SourceError> {
    Ok(page_indexes(&mut decoder(file.try_clone()?, &Limits::default())?)?.len())
}

fn decoder(file: File, limits: &Limits) -> Result<TiffDecoder, SourceError> {
    let memory = usize::try_from(limits.memory).unwrap_or(usize::MAX);
    let mut allowed = tiff::decoder::Limits::default();
    allowed.decoding_buffer_size = memory;
    allowed.intermediate_buffer_size = memory;
    // Offsets of the strips of the largest image allowed.
    allowed.ifd_value_size = memory.min(64 << 20);
    Ok(Decoder::new(BufReader::new(file))
        .map_err(damaged)?
        .with_limits(allowed))
}

fn page_indexes(decoder: &mut TiffDecoder) -> Result<Vec<usize>, SourceError> {
    let mut pages = Vec::new();
    for index in 0.. {
        let subfile = decoder
            .find_tag_unsigned::<u32>(Tag::NewSubfileType)
            .map_err(damaged)?;
        if index == 0 || subfile.unwrap_or(0) & REDUCED_IMAGE == 0 {
            pages.push(index);
        }
        if !decoder.more_images() {
            break;
        }
        if index == MAX_PAGES {
            return Err(SourceError::Unsupported(format!(
                "TIFF of more than {MAX_PAGES} pages"
            )));
        }
        decoder.next_image().map_err(damaged)?;
    }
    Ok(pages)
}

pub(super) fn open(
    file: File,
    page: usize,
    limits: &Limits,
) -> Result<Box<dyn RowReader>, SourceError> {
    let mut decoder = decoder(file, limits)?;
    let pages = page_indexes(&mut decoder)?;
    let index = *pages
        .get(page)
        .ok_or_else(|| SourceError::Damaged(format!("TIFF: there is no page {}", page + 1)))?;
    decoder.seek_to_image(index).map_err(damaged)?;
    let (width, height) = decoder.dimensions().map_err(damaged)?;
    let color = decoder.colortype().map_err(damaged)?;
    let planar = decoder
        .find_tag_unsigned::<u16>(Tag::PlanarConfiguration)
        .map_err(damaged)?;
    if planar == Some(PlanarConfiguration::Planar.to_u16()) && color.num_samples() > 1 {
        return Err(SourceError::Unsupported(
            "TIFF with separate colour planes".to_owned(),
        ));
    }
    let pixels = Pixels::of(color, &mut decoder)?;
    let (chunk_width, chunk_height) = decoder.chunk_dimensions();
    if chunk_width == 0 || chunk_height == 0 {
        return Err(SourceError::Damaged(
            "TIFF: strips or tiles of no size".to_owned(),
        ));
    }
    let across = match decoder.get_chunk_type() {
        ChunkType::Strip => 1,
        ChunkType::Tile => width.div_ceil(chunk_width),
    };
    // One row of chunks in our samples, and one chunk as the decoder gives it.
    let chunk_row = u64::from(width) * u64::from(chunk_height.min(height.max(1)));
    let chunk = u64::from(chunk_width.min(width.max(1)))
        * u64::from(chunk_height.min(height.max(1)))
        * u64::from(color.num_samples())
        * u64::from(color.bit_depth().div_ceil(8));
    let cost = chunk_row * bytes_per_pixel(pixels.samples()) as u64 + chunk * 2;
    check((width, height), pixels.samples(), cost, limits)?;
    Ok(Box::new(TiffRows {
        decoder,
        width,
        height,
        pixels,
        chunk_width,
        across,
        next_chunk: 0,
        band: Vec::new(),
        given: 0,
    }))
}

/// Compression 7, JPEG (TIFF technical note 2).
fn is_jpeg(decoder: &mut TiffDecoder) -> Result<bool, SourceError> {
    const JPEG: u16 = 7;
    Ok(decoder
        .find_tag_unsigned::<u16>(Tag::Compression)
        .map_err(damaged)?
        == Some(JPEG))
}

/// How pixels lie in the file, and so how they become ours.
enum Pixels {
    /// Grey of 1, 2, 4, 8 or 16 bits, white at the top.
    Gray(u8),
    /// Grey and a sample to leave out.
    GrayAlpha,
    /// RGB of 8 or 16 bits.
    Rgb,
    /// RGB and a sample to leave out.
    RgbAlpha,
}

impl Pixels {
    fn of(color: ColorType, decoder: &mut TiffDecoder) -> Result<Self, SourceError> {
        match color {
            ColorType::Gray(bits @ (1 | 2 | 4 | 8 | 16)) => Ok(Self::Gray(bits)),
            ColorType::GrayA(8 | 16) => Ok(Self::GrayAlpha),
            ColorType::RGB(8 | 16) => Ok(Self::Rgb),
            // The decoder turns YCbCr into RGB where it is inside of JPEG strips, and only there.
            ColorType::YCbCr(8) if is_jpeg(decoder)? => Ok(Self::Rgb),
            ColorType::RGBA(8 | 16) => Ok(Self::RgbAlpha),
            other => Err(SourceError::Unsupported(format!(
                "TIFF with pixels of {other:?}"
            ))),
        }
    }

    fn samples(&self) -> Samples {
        match self {
            Self::Gray(_) | Self::GrayAlpha => Samples::Gray,
            Self::Rgb | Self::RgbAlpha => Samples::Color,
        }
    }

    /// Bytes of one row of `width` pixels as 8-bit data of the decoder.
    fn row_bytes(&self, width: usize) -> usize {
        match self {
            Self::Gray(bits @ (1 | 2 | 4)) => (width * usize::from(*bits)).div_ceil(8),
            Self::Gray(_) => width,
            Self::GrayAlpha => width * 2,
            Self::Rgb => width * 3,
            Self::RgbAlpha => width * 4,
        }
    }

    /// Turns one row of the decoder's 8-bit data into ours.
    fn convert(&self, row: &[u8], out: &mut [u8]) {
        match self {
            Self::Gray(bits @ (1 | 2 | 4)) => unpack(row, *bits, out),
            Self::Gray(_) | Self::Rgb => out.copy_from_slice(row),
            Self::GrayAlpha => keep::<2, 1>(row, out),
            Self::RgbAlpha => keep::<4, 3>(row, out),
        }
    }
}

fn keep<const FROM: usize, const TO: usize>(row: &[u8], out: &mut [u8]) {
    for (pixel, target) in row.chunks_exact(FROM).zip(out.chunks_exact_mut(TO)) {
        target.copy_from_slice(&pixel[..TO]);
    }
}

/// Spreads samples of fewer than 8 bits over the whole range.
fn unpack(row: &[u8], bits: u8, out: &mut [u8]) {
    let per_byte = usize::from(8 / bits);
    let highest = (1u16 << bits) - 1;
    for (at, value) in out.iter_mut().enumerate() {
        let shift = 8 - usize::from(bits) * (at % per_byte + 1);
        let sample = u16::from(row[at / per_byte] >> shift) & highest;
        *value = u8::try_from(sample * 255 / highest).unwrap_or(u8::MAX);
    }
}

struct TiffRows {
    decoder: TiffDecoder,
    width: u32,
    height: u32,
    pixels: Pixels,
    chunk_width: u32,
    /// Chunks side by side.
    across: u32,
    next_chunk: u32,
    /// The rows of one row of chunks, and how many of its bytes were given.
    band: Vec<u8>,
    given: usize,
}

impl TiffRows {
    /// Decodes the next row of chunks into `band`.
    fn next_band(&mut self) -> Result<(), SourceError> {
        let size = bytes_per_pixel(self.pixels.samples());
        let stride = self.width as usize * size;
        self.band.clear();
        self.given = 0;
        for column in 0..self.across {
            let (width, height) = self.decoder.chunk_data_dimensions(self.next_chunk);
            let data = eight_bits(self.decoder.read_chunk(self.next_chunk).map_err(damaged)?)?;
            self.next_chunk += 1;
            self.band.resize(stride * height as usize, 0);
            let left = (column * self.chunk_width) as usize * size;
            let right = left + width as usize * size;
            let row_bytes = self.pixels.row_bytes(width as usize);
            let rows = data.chunks_exact(row_bytes.max(1));
            if row_bytes == 0 || right > stride || rows.len() < height as usize {
                return Err(SourceError::Damaged(
                    "TIFF: a strip or tile is too short".to_owned(),
                ));
            }
            for (row, target) in rows.zip(self.band.chunks_exact_mut(stride)) {
                self.pixels.convert(row, &mut target[left..right]);
            }
        }
        if self.band.is_empty() {
            return Err(SourceError::Damaged(
                "TIFF: fewer rows than it says".to_owned(),
            ));
        }
        Ok(())
    }
}

impl RowReader for TiffRows {
    fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    fn samples(&self) -> Samples {
        self.pixels.samples()
    }

    fn read_rows(&mut self, mut out: &mut [u8]) -> Result<(), SourceError> {
        while !out.is_empty() {
            if self.given == self.band.len() {
                self.next_band()?;
            }
            let ready = &self.band[self.given..];
            let count = ready.len().min(out.len());
            let (now, later) = out.split_at_mut(count);
            now.copy_from_slice(&ready[..count]);
            self.given += count;
            out = later;
        }
        Ok(())
    }
}

/// The upper eight bits of every sample.
fn eight_bits(decoded: DecodingResult) -> Result<Vec<u8>, SourceError> {
    match decoded {
        DecodingResult::U8(data) => Ok(data),
        DecodingResult::U16(data) => Ok(data.iter().map(|v| v.to_be_bytes()[0]).collect()),
        _ => Err(SourceError::Unsupported(
            "TIFF with samples that are no integers".to_owned(),
        )),
    }
}

fn damaged(error: TiffError) -> SourceError {
    match error {
        TiffError::UnsupportedError(what) => SourceError::Unsupported(format!("TIFF: {what}")),
        TiffError::IoError(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
            SourceError::Io(error)
        }
        TiffError::LimitsExceeded => {
            SourceError::Unsupported("TIFF with strips larger than the memory allowed".to_owned())
        }
        other => SourceError::Damaged(format!("TIFF: {other}")),
    }
}
