//! Sources: what institutions hand over, decoded row by row where the format allows it.
//!
//! Foreign bytes are parsed by memory-safe Rust only. What an image will cost is checked from its
//! header, before anything of its size is allocated.

mod budget;
mod exif;
mod gif;
mod jp2;
pub(crate) mod jpeg;
mod kind;
mod limits;
mod pixels;
mod png;
mod rows;
mod tiff;
mod turn;
mod webp;

use std::fs::File;
use std::io::{self, Seek, SeekFrom};

use jpeg_blocks::Rows;
use tiff_pyramid::{MAX_SIDE, Samples};

pub use self::budget::{Budget, Lease};
pub use self::kind::{Kind, identify};
pub use self::limits::Limits;
pub use self::turn::{Orientation, oriented};
pub use crate::color::ColorPolicy;
use crate::kept::{KeptColors, Recoding};

/// Why a file gives no image.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The file has no bytes.
    #[error("the file is empty")]
    Empty,
    /// The bytes are no image of a known format.
    #[error("not a JPEG, PNG, TIFF, JPEG 2000, WebP or GIF file")]
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
    /// There is no room for a copy that is needed meanwhile.
    #[error("a temporary copy failed: {0}")]
    Scratch(#[source] io::Error),
}

/// Gives the rows of one image from the top, 8 bits a sample.
pub trait RowReader: Send {
    /// Pixels across and down.
    fn size(&self) -> (u32, u32);

    /// Grey or RGB.
    fn samples(&self) -> Samples;

    /// What these rows keep of the source's colours.
    fn colors(&self) -> KeptColors {
        KeptColors::Plain
    }

    /// Whether reading rows keeps all cores busy by itself, so that nothing is gained by reading ahead.
    fn is_parallel(&self) -> bool {
        false
    }

    /// The blocks of a JPEG stream that can be stored as they are, if no row was read; or why they cannot.
    ///
    /// # Errors
    /// If the image has to be made of its rows.
    fn blocks(&mut self) -> Result<&mut Rows<File>, Recoding> {
        Err(Recoding::Format)
    }

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
            _ => 1,
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

    /// Begins to decode page `page` (from 0), after its cost was checked against `limits`, waiting for
    /// others to give memory back if need be.
    ///
    /// # Errors
    /// If the page is damaged, unsupported or too large, or the file cannot be read.
    pub fn rows(
        &self,
        page: usize,
        limits: &Limits,
        policy: ColorPolicy,
    ) -> Result<Box<dyn RowReader>, SourceError> {
        let mut file = self.file.try_clone()?;
        file.seek(SeekFrom::Start(0))?;
        match self.kind {
            Kind::Jpeg => jpeg::open(file, limits, policy),
            Kind::Png => png::open(file, limits, policy),
            Kind::Tiff => tiff::open(file, page, limits, policy),
            Kind::Jpeg2000 => jp2::open(file, limits, policy),
            Kind::WebP => webp::open(file, limits, policy),
            Kind::Gif => gif::open(file, limits, policy),
        }
    }
}
