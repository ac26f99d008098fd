//! TIFF: strips, deflated lightly after horizontal differences.

use std::borrow::Cow;
use std::io::{Cursor, Seek, Write};

use tiff::TiffResult;
use tiff::encoder::colortype::{self, ColorType};
use tiff::encoder::{
    Compression, DeflateLevel, ImageEncoder, Predictor, TiffEncoder, TiffKind, TiffValue,
};
use tiff::tags::{Tag, Type};
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

pub(super) fn tiff(raster: &Raster, profile: Option<&[u8]>) -> Result<Vec<u8>, EncodeError> {
    // Room for what deflate lengthens: growing would hold the file twice.
    let most = raster.data.len() + raster.data.len() / 100 + (64 << 10);
    let most = most + profile.map_or(0, <[u8]>::len);
    let mut out = Cursor::new(Vec::with_capacity(most));
    let mut encoder = TiffEncoder::new(&mut out)?
        .with_compression(Compression::Deflate(DeflateLevel::Fast))
        .with_predictor(Predictor::Horizontal);
    let (width, height) = (raster.width, raster.height);
    match raster.samples {
        Samples::Gray => {
            let image = encoder.new_image::<colortype::Gray8>(width, height)?;
            write(image, profile, &raster.data)?;
        }
        Samples::Color => {
            let image = encoder.new_image::<colortype::RGB8>(width, height)?;
            write(image, profile, &raster.data)?;
        }
    }
    Ok(out.into_inner())
}

fn write<W: Write + Seek, C: ColorType<Inner = u8>, K: TiffKind>(
    mut image: ImageEncoder<'_, W, C, K>,
    profile: Option<&[u8]>,
    data: &[u8],
) -> TiffResult<()> {
    if let Some(profile) = profile {
        image
            .encoder()
            .write_tag(Tag::IccProfile, Profile(profile))?;
    }
    image.write_data(data)
}

/// Bytes of the type that profiles have (ICC.1, annex B.4).
struct Profile<'p>(&'p [u8]);

impl TiffValue for Profile<'_> {
    const BYTE_LEN: u8 = 1;
    const FIELD_TYPE: Type = Type::UNDEFINED;

    fn count(&self) -> usize {
        self.0.len()
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(self.0)
    }
}
