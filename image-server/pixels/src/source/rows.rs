//! Rows of an image that had to be decoded as a whole.

use tiff_pyramid::Samples;

use super::budget::Lease;
use super::{RowReader, SourceError};
use crate::kept::KeptColors;
use crate::raster::Raster;

/// Hands out the rows of a decoded image.
pub(super) struct WholeImage {
    image: Raster,
    given: usize,
    colors: KeptColors,
    _lease: Lease,
}

impl WholeImage {
    /// The rows of `image`, whose memory is part of `lease`.
    pub(super) fn new(image: Raster, lease: Lease) -> Self {
        Self {
            image,
            given: 0,
            colors: KeptColors::Plain,
            _lease: lease,
        }
    }

    /// The same, with what is kept of the colours.
    pub(super) fn with_colors(mut self, colors: &KeptColors) -> Self {
        colors.clone_into(&mut self.colors);
        self
    }
}

impl RowReader for WholeImage {
    fn size(&self) -> (u32, u32) {
        (self.image.width, self.image.height)
    }

    fn samples(&self) -> Samples {
        self.image.samples
    }

    fn colors(&self) -> KeptColors {
        self.colors.clone()
    }

    fn read_rows(&mut self, out: &mut [u8]) -> Result<(), SourceError> {
        let end = self.given.saturating_add(out.len());
        let rows = self.image.data.get(self.given..end).ok_or_else(|| {
            SourceError::Damaged("the image has fewer rows than it says".to_owned())
        })?;
        out.copy_from_slice(rows);
        self.given = end;
        Ok(())
    }
}
