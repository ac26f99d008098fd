//! What decoding may take, and the check of it before anything of an image's size is allocated.

use std::path::PathBuf;
use std::sync::Arc;

use tiff_pyramid::{MAX_SIDE, Samples};

use super::SourceError;
use super::budget::{Budget, Lease};
use crate::pyramid::build_memory;

/// What decoding may take. Clones share the memory.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Pixels of one image.
    pub pixels: u64,
    /// Bytes for decoding and building, of all images that are decoded at the same time.
    pub budget: Arc<Budget>,
    /// Where an image that has to be turned is kept meanwhile, if memory is short.
    pub scratch: PathBuf,
}

impl Limits {
    /// Images of at most `pixels` pixels, in `memory` bytes together.
    #[must_use]
    pub fn new(pixels: u64, memory: u64) -> Self {
        Self {
            pixels,
            budget: Budget::new(memory),
            scratch: std::env::temp_dir(),
        }
    }

    /// The same limits and the same memory, with another place for what does not fit into it.
    #[must_use]
    pub fn with_scratch(&self, folder: impl Into<PathBuf>) -> Self {
        Self {
            scratch: folder.into(),
            ..self.clone()
        }
    }

    /// Bytes for all images together.
    #[must_use]
    pub fn memory(&self) -> u64 {
        self.budget.total()
    }
}

impl Default for Limits {
    /// Images of two and a half gigapixels, in a gibibyte.
    fn default() -> Self {
        Self::new(2_500_000_000, 1 << 30)
    }
}

/// Checks an image's size, which costs nothing.
pub(super) fn check_size((width, height): (u32, u32), limits: &Limits) -> Result<(), SourceError> {
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
    Ok(())
}

/// Checks an image's size and takes the memory that it costs, waiting for it if need be: `decoder` bytes
/// beside what building takes. To be held as long as the image is read.
pub(super) fn check(
    (width, height): (u32, u32),
    samples: Samples,
    decoder: u64,
    limits: &Limits,
) -> Result<Lease, SourceError> {
    let need = decoder.saturating_add(build_memory(width, samples));
    lease((width, height), need, limits)
}

/// The same, where `need` is all that decoding and building take.
pub(super) fn lease(
    (width, height): (u32, u32),
    need: u64,
    limits: &Limits,
) -> Result<Lease, SourceError> {
    check_size((width, height), limits)?;
    let lease = limits.budget.lease(need);
    lease.ok_or_else(|| too_little((width, height), need, limits))
}

/// Takes `need` bytes more for an image that has a lease, if they are there.
pub(super) fn lease_now(
    size: (u32, u32),
    need: u64,
    limits: &Limits,
) -> Result<Lease, SourceError> {
    let lease = limits.budget.lease_now(need);
    lease.ok_or_else(|| too_little(size, need, limits))
}

fn too_little((width, height): (u32, u32), need: u64, limits: &Limits) -> SourceError {
    SourceError::Memory {
        width,
        height,
        need,
        limit: limits.memory(),
    }
}
