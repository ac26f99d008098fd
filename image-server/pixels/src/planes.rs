//! Components of an image by themselves, as JPEG keeps them: luma, and chroma that may be sampled less often.

use iiif_spec::{Rect, Size};
use jpeg_blocks::rgb_row;
use tiff_pyramid::{Samples, Subsampling};

use crate::raster::Raster;

/// An image by components, each as a grey raster.
pub(crate) struct Planes {
    pub(crate) luma: Raster,
    /// Of an image in colour: Cb and Cr.
    pub(crate) chroma: Option<[Raster; 2]>,
}

impl Planes {
    /// Its pixels; chroma must have as many samples as luma.
    pub(crate) fn into_raster(self) -> Raster {
        let Self { luma, chroma } = self;
        let Some([cb, cr]) = chroma else {
            return luma;
        };
        let mut out = Raster::new(luma.width, luma.height, Samples::Color);
        let stride = luma.stride();
        let rows = luma.data.chunks_exact(stride);
        let chroma = cb
            .data
            .chunks_exact(stride)
            .zip(cr.data.chunks_exact(stride));
        for ((out, y), (cb, cr)) in out.data.chunks_exact_mut(stride * 3).zip(rows).zip(chroma) {
            rgb_row([y, cb, cr], out);
        }
        out
    }
}

/// The samples of a component sampled so that touch an area of an image.
pub(crate) fn sampled(area: Rect, by: Subsampling) -> Rect {
    let (across, down) = factors(by);
    let (x, y) = (area.x / across, area.y / down);
    Rect {
        x,
        y,
        width: (area.x + area.width).div_ceil(across) - x,
        height: (area.y + area.height).div_ceil(down) - y,
    }
}

/// The size of a component sampled so, of an image of `size`.
pub(crate) fn sampled_size(size: Size, by: Subsampling) -> Size {
    let (across, down) = factors(by);
    Size {
        width: size.width.div_ceil(across),
        height: size.height.div_ceil(down),
    }
}

/// Pixels across and down that a sample stands for.
pub(crate) fn factors(by: Subsampling) -> (u32, u32) {
    let (across, down) = by.factors();
    (u32::from(across), u32::from(down))
}
