//! Rows of an image that had to be decoded as a whole.

use tiff_pyramid::Samples;

use super::budget::Lease;
use super::{RowReader, SourceError};
use crate::raster::Raster;

/// Hands out the rows of a decoded image.
pub(super) struct WholeImage {
    image: Raster,
    given: usize,
    profile: Option<Vec<u8>>,
    _lease: Lease,
}

impl WholeImage {
    /// The rows of `image`, whose memory is part of `lease`.
    pub(super) fn new(image: Raster, lease: Lease) -> Self {
        Self {
            image,
            given: 0,
            profile: None,
            _lease: lease,
        }
    }

    /// The same, with the profile that describes its colours.
    pub(super) fn with_profile(mut self, profile: Option<&[u8]>) -> Self {
        self.profile = profile.map(<[u8]>::to_vec);
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

    fn profile(&self) -> Option<&[u8]> {
        self.profile.as_deref()
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
