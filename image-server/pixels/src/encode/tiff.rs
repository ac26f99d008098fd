//! TIFF: strips, deflated lightly after horizontal differences.

use std::io::Cursor;

use tiff::encoder::{Compression, DeflateLevel, Predictor, TiffEncoder, colortype};
use tiff_pyramid::Samples;

use super::EncodeError;
use crate::raster::Raster;

/// Bytes that encoding holds at most: the file, which deflate lengthens by little, as it grows.
pub(super) fn memory(pixels: u64, samples: Samples) -> u64 {
    let bytes = match samples {
        Samples::Gray => pixels,
        Samples::Color => pixels * 3,
    };
    bytes * 2 + (4 << 20)
}

pub(super) fn tiff(raster: &Raster) -> Result<Vec<u8>, EncodeError> {
    // Room for what deflate lengthens: growing would hold the file twice.
    let most = raster.data.len() + raster.data.len() / 100 + (64 << 10);
    let mut out = Cursor::new(Vec::with_capacity(most));
    let mut encoder = TiffEncoder::new(&mut out)?
        .with_compression(Compression::Deflate(DeflateLevel::Fast))
        .with_predictor(Predictor::Horizontal);
    let (width, height) = (raster.width, raster.height);
    match raster.samples {
        Samples::Gray => encoder.write_image::<colortype::Gray8>(width, height, &raster.data)?,
        Samples::Color => encoder.write_image::<colortype::RGB8>(width, height, &raster.data)?,
    }
    Ok(out.into_inner())
}
