//! Pixels: decoding sources, building pyramids, rendering what no stored tile answers.
//!
//! In reading order: a [`source`] gives rows; [`build_pyramid`] turns rows into a file of tiles; a
//! [`Plan`] says which stored bytes answer a request and what it will cost; [`render`] executes a plan
//! that no stored tile answers. The caller owns paths, threads, admission and HTTP.

pub mod color;
mod crop;
mod decode;
mod encode;
mod filter;
mod kept;
mod plan;
mod planes;
mod profile;
mod pyramid;
mod raster;
mod render;
mod resize;
mod shrink;
pub mod source;
mod turn;

pub use encode::{EncodeError, JPEG_QUALITY};
pub use kept::{Converted, Kept, KeptColors, Recoding};
pub use plan::{Plan, Recipe, largest_area, plan};
pub use profile::profile_memory;
pub use pyramid::{BuildError, Built, TILE, build_memory, build_pyramid};
pub use raster::Raster;
pub use render::{RenderError, Stage, render, render_observed};
