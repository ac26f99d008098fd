//! Rows of an image that had to be decoded as a whole.

use tiff_pyramid::Samples;

use super::{RowReader, SourceError};
use crate::raster::Raster;

/// Hands out the rows of a decoded image.
pub(super) struct WholeImage {
    image: Raster,
    given: usize,
}

impl WholeImage {
    pub(super) fn new(image: Raster) -> Self {
        Self { image, given: 0 }
    }
}

impl RowReader for WholeImage {
    fn size(&self) -> (u32, u32) {
        (self.image.width, self.image.height)
    }

    fn samples(&self) -> Samples {
        self.image.samples
    }

    fn read_rows(&mut self, out: &mut [u8]) -> Result<(), SourceError> {
        let end = self.given + out.len();
        let rows = self.image.data.get(self.given..end).ok_or_else(|| {
            SourceError::Damaged("the image has fewer rows than it says".to_owned())
        })?;
        out.copy_from_slice(rows);
        self.given = end;
        Ok(())
    }
}
