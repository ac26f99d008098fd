//! Tiled pyramidal TIFF files whose stored tiles are answers.
//!
//! A file holds one image as a pyramid of JPEG-compressed tiles: level 0 is the full image, every next
//! level half of it, rounded up, down to one that fits a single tile. Every tile is a complete JPEG
//! stream, so its bytes can be sent as they lie. The full image may have its chroma sampled otherwise than the
//! other levels, so that it can be cut from a JPEG original as it is. TIFF pads the tiles at the right and bottom edge; the
//! same tiles cropped to the image lie behind two private tags, which other readers ignore. A colour profile, if there is
//! one, lies in the file once, and the directory of every level names it.
//!
//! Nothing in this crate touches pixels, threads or paths: the writer takes encoded tiles, the reader
//! gives byte ranges.

mod error;
mod layout;
mod read;
mod tag;
mod write;

pub use error::{ReadError, WriteError};
pub use layout::{Layout, Level, MAX_SIDE, SMALLEST, TileAt};
pub use read::{Pyramid, ReadAt, Span};
pub use write::{EncodedTile, PyramidWriter};

/// Bytes of the longest colour profile of a pyramid. Every tile carries it, and a tile has about as many.
pub const LONGEST_PROFILE: u32 = 64 << 10;

/// The samples of a pyramid's pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Samples {
    /// One 8-bit sample: grey.
    Gray,
    /// Three 8-bit samples, stored as YCbCr with chroma halved in both directions; at full size as
    /// [`Subsampling`] says.
    Color,
}

/// How many pixels of a level one sample of chroma stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subsampling {
    across: u8,
    down: u8,
}

impl Subsampling {
    /// As many samples of chroma as pixels.
    pub const WHOLE: Self = Self { across: 1, down: 1 };

    /// Chroma halved in both directions, as all levels below the full image are stored.
    pub const HALVED: Self = Self { across: 2, down: 2 };

    /// One sample for `across` × `down` pixels; `None` for others than 1, 2 and 4, which TIFF cannot say.
    #[must_use]
    pub fn new(across: u8, down: u8) -> Option<Self> {
        let can_be = |factor| matches!(factor, 1 | 2 | 4);
        (can_be(across) && can_be(down)).then_some(Self { across, down })
    }

    /// Pixels across and down.
    #[must_use]
    pub fn factors(self) -> (u8, u8) {
        (self.across, self.down)
    }
}
