//! The colour profile of a pyramid in its answers: sent with them, or applied where they cannot carry it.

use std::io;

use iiif_spec::{OutputFormat, OutputQuality};
use tiff_pyramid::{Pyramid, ReadAt, Samples};

use crate::color::{Model, to_srgb};
use crate::plan::Recipe;
use crate::raster::Raster;

/// Bytes that an answer of a pyramid with a colour profile takes beside those of its plan: the profile, and the tables
/// of its conversion.
#[must_use]
pub fn profile_memory(pyramid: &Pyramid) -> u64 {
    pyramid.profile().map_or(0, |_| MEMORY)
}

/// Reckoned, not measured: the profile twice, and tables of 65,536 entries for each sample and direction.
const MEMORY: u64 = 4 << 20;

/// The profile of the colours of `pyramid`, whose file is `file`.
pub(crate) fn read(
    pyramid: &Pyramid,
    file: &(impl ReadAt + ?Sized),
) -> io::Result<Option<Vec<u8>>> {
    let Some(span) = pyramid.profile() else {
        return Ok(None);
    };
    let mut profile = vec![0; span.length as usize];
    file.read_exact_at(&mut profile, span.offset)?;
    Ok(Some(profile))
}

/// Whether an answer can carry the profile of a pyramid of `stored` samples.
pub(crate) fn can_carry(recipe: &Recipe, stored: Samples) -> bool {
    let by_format = match recipe.format {
        OutputFormat::Jpg | OutputFormat::Png | OutputFormat::Tif => true,
        // It has colours, whatever it shows, and a profile of greys is not for them.
        OutputFormat::Webp => stored == Samples::Color,
        OutputFormat::Gif => false,
    };
    // Greys of a picture in colour are not what its profile describes, nor are black and white.
    by_format && recipe.samples == stored && recipe.quality != OutputQuality::Bitonal
}

/// Makes the samples sRGB, or grey of its tone curve.
pub(crate) fn apply(profile: &[u8], raster: &mut Raster) {
    let model = match raster.samples {
        Samples::Gray => Model::Gray,
        Samples::Color => Model::Rgb,
    };
    let Some(conversion) = to_srgb(profile, model) else {
        return;
    };
    let mut before = Vec::new();
    let stride = raster.stride().max(1);
    for row in raster.data.chunks_mut(stride) {
        row.clone_into(&mut before);
        conversion.bytes(&before, row);
    }
}
