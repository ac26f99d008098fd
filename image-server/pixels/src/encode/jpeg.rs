//! JPEG, by libjpeg-turbo.

use std::cell::RefCell;

use tiff_pyramid::Samples;
use turbojpeg::{Compressor, PixelFormat, Subsamp};

use super::EncodeError;
use crate::planes::Planes;
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
pub(super) fn jpeg(view: &View<'_>, segments: &[u8]) -> Result<Vec<u8>, EncodeError> {
    let (format, subsampling) = match view.samples {
        Samples::Gray => (PixelFormat::GRAY, Subsamp::Gray),
        Samples::Color => (PixelFormat::RGB, Subsamp::Sub2x2),
    };
    let image = turbojpeg::Image {
        pixels: view.data,
        width: view.width,
        pitch: view.stride,
        height: view.height,
        format,
    };
    stream(
        (view.width, view.height),
        subsampling,
        segments,
        |compressor, out| compressor.compress_to_slice(image, out),
    )
}

/// The same of components, whose chroma is halved in both directions.
pub(crate) fn planes(planes: Planes, segments: &[u8]) -> Result<Vec<u8>, EncodeError> {
    let Planes { luma, chroma } = planes;
    let Some([cb, cr]) = chroma else {
        return jpeg(&(&luma).into(), segments);
    };
    let (width, height) = (luma.width as usize, luma.height as usize);
    let luma = whole_units(luma);
    let image = turbojpeg::YuvPlanesImage {
        y_plane: luma.data.as_slice(),
        u_plane: cb.data.as_slice(),
        v_plane: cr.data.as_slice(),
        width,
        height,
        y_stride: luma.stride(),
        u_stride: cb.stride(),
        v_stride: cr.stride(),
        subsamp: Subsamp::Sub2x2,
    };
    stream(
        (width, height),
        Subsamp::Sub2x2,
        segments,
        |compressor, out| compressor.compress_yuv_planes_to_slice(&image, out),
    )
}

/// Luma with as many samples as its chroma stands for: an odd last column or row once more.
fn whole_units(luma: Raster) -> Raster {
    let (width, height) = (
        luma.width.next_multiple_of(2),
        luma.height.next_multiple_of(2),
    );
    if (width, height) == (luma.width, luma.height) {
        return luma;
    }
    let mut out = Raster::new(width, height, luma.samples);
    let stride = luma.stride();
    let last = luma.data.chunks_exact(stride).last();
    let rows = luma.data.chunks_exact(stride).chain(last);
    for (to, from) in out.data.chunks_exact_mut(width as usize).zip(rows) {
        to[..stride].copy_from_slice(from);
        to[stride..].fill(from[stride - 1]);
    }
    out
}

/// The stream that `compress` writes, with the `segments` of a colour profile.
fn stream(
    (width, height): (usize, usize),
    subsampling: Subsamp,
    segments: &[u8],
    compress: impl FnOnce(&mut Compressor, &mut [u8]) -> turbojpeg::Result<usize>,
) -> Result<Vec<u8>, EncodeError> {
    COMPRESSOR.with_borrow_mut(|slot| {
        let compressor = match slot {
            Some(compressor) => compressor,
            None => slot.insert(Compressor::new()?),
        };
        compressor.set_quality(JPEG_QUALITY)?;
        compressor.set_subsamp(subsampling)?;
        let most = compressor.buf_len(width, height)?;
        Ok(with_segments(segments, most, |out| {
            compress(compressor, out)
        })?)
    })
}

/// The stream of at most `most` bytes that `compress` writes and whose length it gives, with the `segments` of a colour
/// profile.
pub(super) fn with_segments(
    segments: &[u8],
    most: usize,
    compress: impl FnOnce(&mut [u8]) -> turbojpeg::Result<usize>,
) -> turbojpeg::Result<Vec<u8>> {
    let room = segments.len();
    let mut out = vec![0; room + most];
    let length = compress(&mut out[room..])?;
    if room > 0 {
        // What precedes the segments moves to the front, and they into the gap.
        out.copy_within(room..room + JFIF_END, 0);
        out[JFIF_END..JFIF_END + room].copy_from_slice(segments);
    }
    out.truncate(room + length);
    out.shrink_to_fit();
    Ok(out)
}
