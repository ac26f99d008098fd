//! JPEG, by libjpeg-turbo.

use std::cell::RefCell;

use tiff_pyramid::Samples;
use turbojpeg::{Compressor, PixelFormat, Subsamp};

use super::EncodeError;
use crate::raster::Raster;

/// The quality of every JPEG that is made, stored or rendered, on libjpeg's scale.
pub const JPEG_QUALITY: i32 = 85;

thread_local! {
    /// A compressor costs more to make than a tile to encode.
    static COMPRESSOR: RefCell<Option<Compressor>> = const { RefCell::new(None) };
}

/// A view of rows within a larger image.
pub(crate) struct View<'a> {
    pub(crate) data: &'a [u8],
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) stride: usize,
    pub(crate) samples: Samples,
}

impl<'a> From<&'a Raster> for View<'a> {
    fn from(raster: &'a Raster) -> Self {
        Self {
            data: &raster.data,
            width: raster.width as usize,
            height: raster.height as usize,
            stride: raster.stride(),
            samples: raster.samples,
        }
    }
}

/// Bytes of the largest stream of an image: libjpeg-turbo's own bound, for whole blocks.
pub(super) fn memory(width: u64, height: u64, samples: Samples) -> u64 {
    let (block, bytes) = match samples {
        Samples::Gray => (8, 2),
        Samples::Color => (16, 3),
    };
    width.next_multiple_of(block) * height.next_multiple_of(block) * bytes + 2048
}

/// The start of a stream and its segment of JFIF, which must be the first: some programs take the colours of a stream
/// in which another one precedes it for RGB.
const JFIF_END: usize = 2 + 18;

/// A complete JPEG stream; colour is stored as YCbCr with chroma halved in both directions. The `segments` of a colour
/// profile follow that of JFIF.
pub(crate) fn jpeg(view: &View<'_>, segments: &[u8]) -> Result<Vec<u8>, EncodeError> {
    let (format, subsampling) = match view.samples {
        Samples::Gray => (PixelFormat::GRAY, Subsamp::Gray),
        Samples::Color => (PixelFormat::RGB, Subsamp::Sub2x2),
    };
    COMPRESSOR.with_borrow_mut(|slot| {
        let compressor = match slot {
            Some(compressor) => compressor,
            None => slot.insert(Compressor::new()?),
        };
        compressor.set_quality(JPEG_QUALITY)?;
        compressor.set_subsamp(subsampling)?;
        let image = turbojpeg::Image {
            pixels: view.data,
            width: view.width,
            pitch: view.stride,
            height: view.height,
            format,
        };
        let room = segments.len();
        let mut out = vec![0; room + compressor.buf_len(view.width, view.height)?];
        let length = compressor.compress_to_slice(image, &mut out[room..])?;
        if room > 0 {
            // What precedes the segments moves to the front, and they into the gap.
            out.copy_within(room..room + JFIF_END, 0);
            out[JFIF_END..JFIF_END + room].copy_from_slice(segments);
        }
        out.truncate(room + length);
        out.shrink_to_fit();
        Ok(out)
    })
}
