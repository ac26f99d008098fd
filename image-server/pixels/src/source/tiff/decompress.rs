//! The bytes of strips and tiles as they were before they were compressed.

use std::fs::File;
use std::io::{self, BufReader, Bytes, Cursor, Read};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use fax::decoder::{DecodeStatus, Group4Decoder};
use flate2::bufread::ZlibDecoder;
use weezl::LzwStatus;
use weezl::decode::{Configuration, Decoder};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::super::SourceError;
use super::directory::{Tiff, damaged};
use super::image::{Compression, Image, Photometric};

/// Bytes that are read at a time.
const BUFFER: usize = 64 << 10;

/// Where a strip or tile lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) offset: u64,
    pub(super) length: u64,
}

/// Begins to decompress a strip or tile.
pub(super) fn stream(image: &Image, span: Span) -> Result<Box<dyn Read + Send>, SourceError> {
    let part = || BufReader::with_capacity(BUFFER, Part::new(&image.tiff, span, image.is_reversed));
    Ok(match &image.compression {
        Compression::None => Box::new(part()),
        Compression::Lzw => Box::new(Lzw {
            input: part(),
            decoder: Configuration::with_tiff_size_switch(weezl::BitOrder::Msb, 8)
                .with_yield_on_full_buffer(true)
                .build(),
        }),
        Compression::Deflate => {
            let part = Part::new(&image.tiff, span, false);
            Box::new(ZlibDecoder::new(BufReader::with_capacity(BUFFER, part)))
        }
        Compression::PackBits => Box::new(PackBits {
            input: part(),
            run: Run::Copied(0),
        }),
        Compression::Fax => Box::new(Fax::new(part(), image.chunks.width)?),
        Compression::Jpeg(tables) => Box::new(Cursor::new(jpeg(image, tables, span)?)),
    })
}

/// A part of a file.
struct Part {
    file: Arc<File>,
    at: u64,
    end: u64,
    is_reversed: bool,
}

impl Part {
    fn new(tiff: &Tiff, span: Span, is_reversed: bool) -> Self {
        Self {
            file: Arc::clone(&tiff.file),
            at: span.offset,
            end: span.offset.saturating_add(span.length),
            is_reversed,
        }
    }
}

impl Read for Part {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let length = left.min(out.len());
        let out = &mut out[..length];
        let count = self.file.read_at(out, self.at)?;
        self.at += count as u64;
        if self.is_reversed {
            for byte in &mut out[..count] {
                *byte = byte.reverse_bits();
            }
        }
        Ok(count)
    }
}

struct Lzw {
    input: BufReader<Part>,
    decoder: Decoder,
}

impl Read for Lzw {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        use std::io::BufRead;
        loop {
            let result = self.decoder.decode_bytes(self.input.fill_buf()?, out);
            self.input.consume(result.consumed_in);
            match result.status {
                Ok(LzwStatus::Ok) if result.consumed_out == 0 && !out.is_empty() => {}
                Ok(LzwStatus::Ok | LzwStatus::Done) => return Ok(result.consumed_out),
                Ok(LzwStatus::NoProgress) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Err(error) => return Err(io::Error::new(io::ErrorKind::InvalidData, error)),
            }
        }
    }
}

struct PackBits {
    input: BufReader<Part>,
    run: Run,
}

/// What the next bytes are, and how many.
enum Run {
    Copied(usize),
    Repeated(u8, usize),
}

impl PackBits {
    /// The header of the next run; none at the end.
    fn next_run(&mut self) -> io::Result<bool> {
        let mut byte = [0];
        if self.input.read(&mut byte)? == 0 {
            return Ok(false);
        }
        self.run = match byte[0] {
            count @ 0..=127 => Run::Copied(usize::from(count) + 1),
            // Says nothing.
            128 => Run::Copied(0),
            count => {
                self.input.read_exact(&mut byte)?;
                Run::Repeated(byte[0], 257 - usize::from(count))
            }
        };
        Ok(true)
    }
}

impl Read for PackBits {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            match &mut self.run {
                Run::Copied(0) | Run::Repeated(_, 0) => {
                    if !self.next_run()? {
                        return Ok(0);
                    }
                }
                Run::Copied(left) => {
                    let length = out.len().min(*left);
                    let count = self.input.read(&mut out[..length])?;
                    *left -= count;
                    return Ok(count);
                }
                Run::Repeated(value, left) => {
                    let length = out.len().min(*left);
                    out[..length].fill(*value);
                    *left -= length;
                    return Ok(length);
                }
            }
        }
    }
}

/// Rows of one bit a pixel, black set (ITU-T T.6).
struct Fax {
    decoder: Group4Decoder<Bytes<BufReader<Part>>>,
    width: u16,
    row: Vec<u8>,
    given: usize,
}

impl Fax {
    fn new(input: BufReader<Part>, width: u32) -> Result<Self, SourceError> {
        let width = u16::try_from(width).map_err(|_| damaged("rows too long for CCITT Group 4"))?;
        Ok(Self {
            decoder: Group4Decoder::new(input.bytes(), width).map_err(SourceError::Io)?,
            width,
            row: Vec::new(),
            given: 0,
        })
    }

    fn next_row(&mut self) -> io::Result<bool> {
        match self.decoder.advance() {
            Ok(DecodeStatus::Incomplete) => {}
            Ok(DecodeStatus::End) => return Ok(false),
            Err(_) => {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "not CCITT Group 4",
                ));
            }
        }
        let length = usize::from(self.width).div_ceil(8);
        self.row.clear();
        self.row.resize(length, 0);
        self.given = 0;
        // Positions at which white becomes black, and black white.
        for run in self.decoder.transition().chunks(2) {
            let begin = usize::from(run[0].min(self.width));
            let end = run.get(1).map_or(self.width, |end| (*end).min(self.width));
            set_bits(&mut self.row, begin, usize::from(end));
        }
        Ok(true)
    }
}

/// Sets bits `begin` to `end`, counted from the highest of the first byte.
fn set_bits(row: &mut [u8], begin: usize, end: usize) {
    let mut at = begin;
    while at < end {
        if at.is_multiple_of(8) && end - at >= 8 {
            let whole = (end - at) / 8;
            row[at / 8..at / 8 + whole].fill(0xff);
            at += whole * 8;
        } else {
            row[at / 8] |= 0x80 >> (at % 8);
            at += 1;
        }
    }
}

impl Read for Fax {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.given == self.row.len() && !self.next_row()? {
            return Ok(0);
        }
        let length = out.len().min(self.row.len() - self.given);
        out[..length].copy_from_slice(&self.row[self.given..self.given + length]);
        self.given += length;
        Ok(length)
    }
}

/// A strip or tile that is a JPEG stream, as its samples lie: YCbCr as RGB, others as they are.
fn jpeg(image: &Image, tables: &[u8], span: Span) -> Result<Vec<u8>, SourceError> {
    if span.length > jpeg_bytes(image) {
        return Err(damaged("a strip or tile longer than its pixels"));
    }
    let mut bytes = Vec::new();
    // The tables are a stream without an image: what it has between its first and last marker goes
    // before the image's own.
    let tables = tables.strip_prefix(&[0xff, 0xd8]).unwrap_or_default();
    let tables = tables.strip_suffix(&[0xff, 0xd9]).unwrap_or(tables);
    bytes.extend_from_slice(&[0xff, 0xd8]);
    bytes.extend_from_slice(tables);
    let mut part = Part::new(&image.tiff, span, false);
    let mut start = [0; 2];
    part.read_exact(&mut start)
        .map_err(super::directory::broken)?;
    if start != [0xff, 0xd8] {
        return Err(damaged("a strip or tile that is no JPEG stream"));
    }
    part.read_to_end(&mut bytes)?;
    let damage = |error| SourceError::Damaged(format!("TIFF: JPEG: {error:?}"));
    let options = DecoderOptions::new_fast().set_strict_mode(true);
    let mut decoder = JpegDecoder::new_with_options(Cursor::new(bytes.as_slice()), options);
    decoder.decode_headers().map_err(damage)?;
    let (Some(info), Some(input)) = (decoder.info(), decoder.input_colorspace()) else {
        return Err(damaged("a JPEG stream without an image"));
    };
    let chunks = image.chunks;
    if u32::from(info.width) != chunks.width
        || u32::from(info.height) > chunks.height
        || usize::from(info.components) != image.chunk_samples()
    {
        return Err(damaged(
            "a JPEG stream of another size than its strip or tile",
        ));
    }
    let is_ycbcr = image.photometric == Photometric::YCbCr;
    let output = match (is_ycbcr, input) {
        (true, ColorSpace::YCbCr) => ColorSpace::RGB,
        // Without conversion.
        _ => input,
    };
    decoder.set_options(options.jpeg_set_out_colorspace(output));
    let mut data = decoder.decode().map_err(damage)?;
    if is_ycbcr && input != ColorSpace::YCbCr {
        for pixel in data.as_chunks_mut::<3>().0 {
            *pixel = rgb(*pixel);
        }
    }
    Ok(data)
}

/// More bytes than a JPEG stream of a strip or tile ever has.
pub(super) fn jpeg_bytes(image: &Image) -> u64 {
    let samples = u64::from(image.chunks.width)
        .saturating_mul(u64::from(image.chunks.height))
        .saturating_mul(image.chunk_samples() as u64);
    samples.saturating_add(1 << 16)
}

/// One pixel of YCbCr (ITU-T T.871), in fractions of 65,536.
fn rgb([y, cb, cr]: [u8; 3]) -> [u8; 3] {
    let (y, cb, cr) = (i32::from(y) << 16, i32::from(cb) - 128, i32::from(cr) - 128);
    let byte = |value: i32| u8::try_from(((value + 32_768) >> 16).clamp(0, 255)).unwrap_or(0);
    [
        byte(y + 91_881 * cr),
        byte(y - 22_554 * cb - 46_802 * cr),
        byte(y + 116_130 * cb),
    ]
}
