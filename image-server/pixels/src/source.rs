//! Sources: what institutions hand over, decoded row by row where the format allows it.
//!
//! Foreign bytes are parsed by memory-safe Rust only. What an image will cost is checked from its
//! header, before anything of its size is allocated.

mod jpeg;
mod png;
mod rows;
mod tiff;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use tiff_pyramid::{MAX_SIDE, Samples};

use crate::pyramid::build_memory;

/// A format that sources may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// JPEG, baseline or progressive.
    Jpeg,
    /// PNG.
    Png,
    /// TIFF or `BigTIFF`, possibly of several pages.
    Tiff,
}

/// What decoding one image may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Pixels of one image.
    pub pixels: u64,
    /// Bytes of memory for decoding and building.
    pub memory: u64,
}

impl Default for Limits {
    /// A gigapixel, in a gibibyte.
    fn default() -> Self {
        Self {
            pixels: 1_000_000_000,
            memory: 1 << 30,
        }
    }
}

/// Why a file gives no image.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The file has no bytes.
    #[error("the file is empty")]
    Empty,
    /// The bytes are no image of a known format.
    #[error("not a JPEG, PNG or TIFF file")]
    NotAnImage,
    /// A correct file of a kind that is not read.
    #[error("{0} is not supported")]
    Unsupported(String),
    /// The file breaks off or contradicts itself.
    #[error("{0}")]
    Damaged(String),
    /// A side is 0 or longer than [`MAX_SIDE`].
    #[error("{width}×{height} pixels: a side is 0 or longer than {MAX_SIDE}")]
    Size {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// More pixels than allowed.
    #[error("{width}×{height} pixels, more than the {limit} allowed")]
    Pixels {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
        /// The limit that was exceeded.
        limit: u64,
    },
    /// Decoding would take more memory than allowed.
    #[error("decoding {width}×{height} pixels takes {need} bytes of memory, {limit} are allowed")]
    Memory {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
        /// Bytes it would take.
        need: u64,
        /// The limit that was exceeded.
        limit: u64,
    },
    /// The file could not be read.
    #[error("reading failed: {0}")]
    Io(#[from] io::Error),
}

/// Gives the rows of one image from the top, 8 bits a sample.
pub trait RowReader: Send {
    /// Pixels across and down.
    fn size(&self) -> (u32, u32);

    /// Grey or RGB.
    fn samples(&self) -> Samples;

    /// Fills `out`, whose length is a whole number of rows, with the next rows.
    ///
    /// # Errors
    /// If the file breaks off or is damaged.
    fn read_rows(&mut self, out: &mut [u8]) -> Result<(), SourceError>;

    /// Checks what follows the last row, where a format promises something there.
    ///
    /// # Errors
    /// If the file breaks off after its pixels.
    fn finish(&mut self) -> Result<(), SourceError> {
        Ok(())
    }
}

/// An opened source.
#[derive(Debug)]
pub struct Source {
    file: File,
    kind: Kind,
    pages: usize,
}

impl Source {
    /// Finds out what `file` is, from its first bytes, and how many pages it has.
    ///
    /// # Errors
    /// If it is no image, breaks off before that is known, or cannot be read.
    pub fn open(mut file: File) -> Result<Self, SourceError> {
        let kind = identify(&mut file)?;
        file.seek(SeekFrom::Start(0))?;
        let pages = match kind {
            Kind::Tiff => tiff::pages(&file)?,
            Kind::Jpeg | Kind::Png => 1,
        };
        Ok(Self { file, kind, pages })
    }

    /// Its format.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Pages in it; 1 but for multi-page TIFF.
    #[must_use]
    pub fn pages(&self) -> usize {
        self.pages
    }

    /// Begins to decode page `page` (from 0), after its cost was checked against `limits`.
    ///
    /// # Errors
    /// If the page is damaged, unsupported or too large, or the file cannot be read.
    pub fn rows(&self, page: usize, limits: &Limits) -> Result<Box<dyn RowReader>, SourceError> {
        let mut file = self.file.try_clone()?;
        file.seek(SeekFrom::Start(0))?;
        match self.kind {
            Kind::Jpeg => jpeg::open(file, limits),
            Kind::Png => png::open(file, limits),
            Kind::Tiff => tiff::open(file, page, limits),
        }
    }
}

/// What the first bytes of `file` say that it is.
///
/// # Errors
/// If they say nothing of an image, or cannot be read.
pub fn identify(mut file: impl Read) -> Result<Kind, SourceError> {
    let mut head = [0; 8];
    let mut filled = 0;
    while filled < head.len() {
        match file.read(&mut head[filled..])? {
            0 => break,
            count => filled += count,
        }
    }
    match &head[..filled] {
        [] => Err(SourceError::Empty),
        [0xff, 0xd8, 0xff, ..] => Ok(Kind::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'] => Ok(Kind::Png),
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Ok(Kind::Tiff),
        _ => Err(SourceError::NotAnImage),
    }
}

/// Checks an image's size and the cost of decoding it: `decoder` bytes beside what building takes.
fn check(
    (width, height): (u32, u32),
    samples: Samples,
    decoder: u64,
    limits: &Limits,
) -> Result<(), SourceError> {
    if width == 0 || height == 0 || width > MAX_SIDE || height > MAX_SIDE {
        return Err(SourceError::Size { width, height });
    }
    if u64::from(width) * u64::from(height) > limits.pixels {
        return Err(SourceError::Pixels {
            width,
            height,
            limit: limits.pixels,
        });
    }
    let need = decoder.saturating_add(build_memory(width, samples));
    if need > limits.memory {
        return Err(SourceError::Memory {
            width,
            height,
            need,
            limit: limits.memory,
        });
    }
    Ok(())
}
