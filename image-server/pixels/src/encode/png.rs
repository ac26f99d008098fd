//! PNG, compressed lightly: five times smaller would take forty times as long.

use std::borrow::Cow;

use iiif_spec::OutputQuality;
use png::{BitDepth, ColorType, Compression, Encoder, Info};
use tiff_pyramid::Samples;

use super::EncodeError;
use crate::raster::{Picture, Raster};

/// Bytes that encoding holds at most: the samples with coverage beside them, where there is any, and the
/// file, whose bytes take up to 12 bits, as it grows.
pub(super) fn memory(pixels: u64, samples: Samples, covered: bool) -> u64 {
    let channels = match samples {
        Samples::Gray => 1,
        Samples::Color => 3,
    } + u64::from(covered);
    let raw = pixels * channels;
    let mixed = if covered { raw } else { 0 };
    mixed + raw * 7 / 2 + (1 << 20)
}

/// A file of 8 bits a sample, or of one bit a pixel if the picture is black and white and fills its
/// rectangle.
pub(super) fn png(
    picture: &Picture,
    quality: OutputQuality,
    profile: Option<&[u8]>,
) -> Result<Vec<u8>, EncodeError> {
    let raster = &picture.raster;
    let write = |color, depth, data: &[u8]| write(raster, (color, depth), data, profile);
    let Some(coverage) = &picture.coverage else {
        return match (raster.samples, quality) {
            (Samples::Gray, OutputQuality::Bitonal) => {
                write(ColorType::Grayscale, BitDepth::One, &bits(raster))
            }
            (Samples::Gray, _) => write(ColorType::Grayscale, BitDepth::Eight, &raster.data),
            (Samples::Color, _) => write(ColorType::Rgb, BitDepth::Eight, &raster.data),
        };
    };
    let (color, data) = match raster.samples {
        Samples::Gray => (
            ColorType::GrayscaleAlpha,
            raster.with_coverage::<1, 2>(coverage),
        ),
        Samples::Color => (ColorType::Rgba, raster.with_coverage::<3, 4>(coverage)),
    };
    write(color, BitDepth::Eight, &data)
}

fn write(
    raster: &Raster,
    (color, depth): (ColorType, BitDepth),
    data: &[u8],
    profile: Option<&[u8]>,
) -> Result<Vec<u8>, EncodeError> {
    let mut out = Vec::with_capacity(data.len() / 2);
    let mut info = Info::with_size(raster.width, raster.height);
    info.icc_profile = profile.map(Cow::Borrowed);
    let mut encoder = Encoder::with_info(&mut out, info)?;
    encoder.set_color(color);
    encoder.set_depth(depth);
    encoder.set_compression(Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(data)?;
    writer.finish()?;
    Ok(out)
}

/// One bit a pixel, rows to whole bytes.
fn bits(raster: &Raster) -> Vec<u8> {
    let row_bits = |row: &[u8]| {
        let byte = |eight: &[u8]| {
            let bit = |(at, value): (usize, &u8)| u8::from(*value >= 128) << (7 - at);
            eight.iter().enumerate().map(bit).sum::<u8>()
        };
        row.chunks(8).map(byte).collect::<Vec<u8>>()
    };
    raster
        .data
        .chunks(raster.stride())
        .flat_map(row_bits)
        .collect()
}
