//! JPEG streams as blocks of quantised coefficients (ITU-T T.81).
//!
//! In reading order: a [`Decoder`] reads the [`Header`]; [`Decoder::begin`] gives [`Rows`], which hand out
//! a [`Band`] of blocks at a time; an [`Encoder`] writes any part of a band as a stream of its own, with
//! the very same coefficients; [`HalfSize`] makes pixels at half the size, [`Pixels`] at full size, and
//! [`Rows::samples`] a part of each component.
//!
//! Streams of one scan are read as they come, in memory that depends on the width alone. Others
//! (progressive ones) are held whole, in memory or in a scratch file of the caller.
//!
//! Nothing in this crate touches threads or paths. Whatever is cut short or contradicts itself is an error;
//! what is not read (arithmetic coding, lossless, hierarchical and 12-bit streams) is refused by name.

mod band;
mod bits;
mod color;
mod decode;
mod dense;
mod encode;
mod error;
mod half;
mod header;
mod huffman;
mod idct;
mod input;
mod order;
mod pixels;
mod progressive;
mod samples;
mod scan;
mod sequential;
mod store;

pub use band::{Band, Block, Blocks};
pub use color::rgb_row;
pub use decode::{Decoder, Keep, Rows, Scratch};
pub use encode::{Encoder, Rect, profile_segments, restart_interval};
pub use error::Error;
pub use half::{HalfBuffer, HalfSize};
pub use header::{Colors, Component, Header, Limits, Process};
pub use pixels::Pixels;
pub use samples::Window;

/// A table of the steps of quantisation, in rows of rising frequency from the left.
pub type Quantization = [u16; 64];
