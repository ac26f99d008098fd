//! What can go wrong with a file, by who is at fault.

use std::io;

/// Why a file cannot be read as a pyramid of this crate.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file breaks off, or an offset points past its end.
    #[error("the file is cut short: {what} should end at byte {end}, the file has {length}")]
    Truncated {
        /// The part that is missing.
        what: &'static str,
        /// Where that part should end.
        end: u64,
        /// How long the file is.
        length: u64,
    },
    /// The bytes are not those of a TIFF pyramid as the writer makes it.
    #[error("not a pyramid of ours: {0}")]
    Format(&'static str),
    /// The file could not be read.
    #[error("reading failed: {0}")]
    Io(#[from] io::Error),
}

/// Why a pyramid cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The file could not be written.
    #[error("writing failed: {0}")]
    Io(#[from] io::Error),
    /// A tile was never given to the writer.
    #[error("tile {column},{row} of level {level} is missing")]
    MissingTile {
        /// Level, 0 is the full image.
        level: usize,
        /// Column, from the left.
        column: u32,
        /// Row, from the top.
        row: u32,
    },
    /// The colour profile is longer than pyramids have.
    #[error("a colour profile of {0} bytes, more than pyramids have")]
    LongProfile(usize),
    /// The compressed tiles exceed what a classic TIFF can address.
    #[error("the compressed tiles exceed 4 GiB, more than their pixels promised")]
    TooLong,
}
