//! WebP sources: decoded as a whole; of animations, the first frame.

use std::fs::File;
use std::io::BufReader;

use image_webp::{DecodingError, WebPDecoder};

use super::limits::{check, check_size};
use super::pixels::{Flat, Pixels};
use super::rows::WholeImage;
use super::turn::{Orientation, oriented};
use super::{Limits, RowReader, SourceError};
use crate::color::{Color, ColorPolicy, Model};
use crate::raster::Raster;

/// Bytes a pixel while it is decoded, beside the pixels given: planes of colours and of transparency.
const DECODER: u64 = 5;
/// What profiles and notes may take.
const CHUNKS: usize = 16 << 20;

pub(super) fn open(
    file: File,
    limits: &Limits,
    policy: ColorPolicy,
) -> Result<Box<dyn RowReader>, SourceError> {
    let length = file.metadata()?.len();
    let mut decoder = WebPDecoder::new(BufReader::new(file)).map_err(damaged)?;
    decoder.set_memory_limit(CHUNKS);
    let size = decoder.dimensions();
    check_size(size, limits)?;
    let has_alpha = decoder.has_alpha();
    let profile = decoder.icc_profile().map_err(damaged)?;
    let exif = decoder.exif_metadata().map_err(damaged)?;
    let orientation = exif
        .as_deref()
        .map_or(Orientation::Normal, Orientation::of_exif);
    let color = Color::new(Model::Rgb, profile.as_deref(), policy);
    let pixels = Pixels::with_alpha(color, has_alpha);
    let area = u64::from(size.0) * u64::from(size.1);
    let given = area * pixels.channels() as u64;
    let converted = if pixels.are_ours() { 0 } else { area * 3 };
    let cost = (area * DECODER + given + converted)
        .saturating_add(length)
        .saturating_add(orientation.memory(size, pixels.samples()));
    let lease = check(orientation.size(size), pixels.samples(), cost, limits)?;
    decoder.set_memory_limit(usize::try_from(cost).unwrap_or(usize::MAX));
    let mut data = vec![0; usize::try_from(given).unwrap_or(0)];
    decoder.read_image(&mut data).map_err(damaged)?;
    let image = if pixels.are_ours() {
        Raster {
            width: size.0,
            height: size.1,
            samples: pixels.samples(),
            data,
        }
    } else {
        let mut image = Raster::new(size.0, size.1, pixels.samples());
        let (row, stride) = (size.0 as usize * pixels.channels(), image.stride());
        let mut flat = Flat::default();
        for (from, to) in data
            .chunks_exact(row)
            .zip(image.data.chunks_exact_mut(stride))
        {
            pixels.bytes(from, &mut flat, to);
        }
        image
    };
    let image = WholeImage::new(image, lease).with_colors(pixels.kept());
    oriented(Box::new(image), orientation, limits)
}

fn damaged(error: DecodingError) -> SourceError {
    match error {
        DecodingError::IoError(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
            SourceError::Io(error)
        }
        DecodingError::MemoryLimitExceeded => {
            SourceError::Unsupported("WebP with larger chunks than its size explains".to_owned())
        }
        DecodingError::UnsupportedFeature(what) => {
            SourceError::Unsupported(format!("WebP: {what}"))
        }
        other => SourceError::Damaged(format!("WebP: {other}")),
    }
}
