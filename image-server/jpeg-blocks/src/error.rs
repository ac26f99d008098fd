//! What can go wrong with a stream.

use std::io;

/// Why a stream gives no coefficients.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A correct stream of a kind that is not read.
    #[error("JPEG with {0} is not supported")]
    Unsupported(&'static str),
    /// The stream contradicts itself.
    #[error("JPEG: {0}")]
    Damaged(&'static str),
    /// The stream ends before all of its image was given.
    #[error("JPEG: the file is cut short")]
    Truncated,
    /// More pixels than allowed.
    #[error("JPEG of {width}×{height} pixels, more than the {limit} allowed")]
    Pixels {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
        /// The limit that was exceeded.
        limit: u64,
    },
    /// The stream could not be read.
    #[error("reading failed: {0}")]
    Io(#[source] io::Error),
    /// The scratch file could not be read or written.
    #[error("a scratch file failed: {0}")]
    Scratch(#[source] io::Error),
}
