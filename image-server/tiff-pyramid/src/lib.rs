//! Tiled pyramidal TIFF files whose stored tiles are answers.
//!
//! A file holds one image as a pyramid of JPEG-compressed tiles: level 0 is the full image, every next
//! level half of it, rounded up, down to one that fits a single tile. Every tile is a complete JPEG
//! stream, so its bytes can be sent as they lie. TIFF pads the tiles at the right and bottom edge; the
//! same tiles cropped to the image lie behind two private tags, which other readers ignore.
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

/// The samples of a pyramid's pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Samples {
    /// One 8-bit sample: grey.
    Gray,
    /// Three 8-bit samples, stored as YCbCr with chroma halved in both directions.
    Color,
}
