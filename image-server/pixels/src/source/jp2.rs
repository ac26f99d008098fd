//! JPEG 2000 sources: decoded as a whole, because the decoder gives no rows.

mod codestream;

use std::fs::File;
use std::io::Read;

use hayro_jpeg2000::{
    ColorSpace, DecodeError, DecodeSettings, DecodedImage, DecoderContext, FormatError, Image,
    MarkerError, ValidationError,
};
use tiff_pyramid::Samples;

use self::codestream::Header;
use super::limits::{check, check_size};
use super::pixels::{Flat, Pixels};
use super::rows::WholeImage;
use super::{Limits, RowReader, SourceError};
use crate::color::{Color, ColorPolicy, Model};
use crate::raster::{Raster, bytes_per_pixel};

/// Bytes a sample while it is decoded: floating point numbers, before and after the wavelets.
const DECODER: u64 = 8;
/// More components than a picture of ours has.
const MAX_COMPONENTS: u16 = 16;

pub(super) fn open(
    mut file: File,
    limits: &Limits,
    policy: ColorPolicy,
) -> Result<Box<dyn RowReader>, SourceError> {
    let length = file.metadata()?.len();
    let Header { size, components } = Header::read(&file)?;
    check_size(size, limits)?;
    if components == 0 || components > MAX_COMPONENTS {
        return Err(SourceError::Unsupported(format!(
            "JPEG 2000 of {components} components"
        )));
    }
    let area = u64::from(size.0) * u64::from(size.1);
    let samples = if components < 3 {
        Samples::Gray
    } else {
        Samples::Color
    };
    // A palette makes colours of one component.
    let cost = (area * u64::from(components.max(3)) * DECODER)
        .saturating_add(area * bytes_per_pixel(samples) as u64)
        .saturating_add(length);
    let lease = check(size, Samples::Color, cost, limits)?;
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
    file.by_ref().take(length).read_to_end(&mut bytes)?;
    let settings = DecodeSettings {
        strict: true,
        ..DecodeSettings::default()
    };
    let image = Image::new(&bytes, &settings).map_err(damaged)?;
    if (image.width(), image.height()) != size {
        return Err(SourceError::Damaged(
            "JPEG 2000: it contradicts itself about its size".to_owned(),
        ));
    }
    let color = color(image.color_space(), policy)?;
    let pixels = Pixels::with_alpha(color, image.has_alpha());
    let mut context = DecoderContext::default();
    let decoded = image.decode(&mut context).map_err(damaged)?;
    let image = convert(&decoded, size, &pixels)?;
    let image = WholeImage::new(image, lease).with_colors(pixels.kept());
    Ok(Box::new(image))
}

/// The colours of a file, if they can be shown.
fn color(space: &ColorSpace, policy: ColorPolicy) -> Result<Color, SourceError> {
    let unsupported = |what: &str| Err(SourceError::Unsupported(format!("JPEG 2000 with {what}")));
    match space {
        ColorSpace::Gray => Ok(Color::plain(Model::Gray)),
        ColorSpace::RGB => Ok(Color::plain(Model::Rgb)),
        ColorSpace::CMYK => Ok(Color::plain(Model::Cmyk)),
        ColorSpace::Unknown { num_channels } => unsupported(&format!("{num_channels} channels")),
        ColorSpace::Icc {
            profile,
            num_channels,
        } => {
            let model = match (num_channels, profile.get(16..20)) {
                (1, Some(b"GRAY")) => Model::Gray,
                (3, Some(b"RGB ")) => Model::Rgb,
                (4, Some(b"CMYK")) => Model::Cmyk,
                (_, Some(space)) => {
                    let space = String::from_utf8_lossy(space).trim().to_owned();
                    return unsupported(&format!("a profile of {space}"));
                }
                (_, None) => return unsupported("a broken profile"),
            };
            Ok(Color::new(model, Some(profile), policy))
        }
    }
}

/// Turns components into rows of ours.
fn convert(
    decoded: &DecodedImage<'_>,
    (width, height): (u32, u32),
    pixels: &Pixels,
) -> Result<Raster, SourceError> {
    let components = decoded.components();
    let area = width as usize * height as usize;
    if components.len() != pixels.channels()
        || components.iter().any(|of| of.samples().len() != area)
    {
        return Err(SourceError::Unsupported(
            "JPEG 2000 with components of unequal sizes".to_owned(),
        ));
    }
    let mut image = Raster::new(width, height, pixels.samples());
    let stride = image.stride();
    let mut words = vec![0; width as usize * components.len()];
    let mut flat = Flat::default();
    for (row, target) in image.data.chunks_exact_mut(stride).enumerate() {
        for (number, component) in components.iter().enumerate() {
            let bits = u32::from(component.bit_depth().clamp(1, 31));
            let scale = 65_535.0 / f64::from((1_u32 << bits) - 1);
            let begin = row * width as usize;
            let line = &component.samples()[begin..begin + width as usize];
            let places = words.iter_mut().skip(number).step_by(components.len());
            for (word, value) in places.zip(line) {
                *word = to_word(f64::from(*value) * scale);
            }
        }
        pixels.words(&words, &mut flat, target);
    }
    Ok(image)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the value is clamped; not a number is black"
)]
fn to_word(value: f64) -> u16 {
    value.round().clamp(0.0, 65_535.0) as u16
}

fn damaged(error: DecodeError) -> SourceError {
    match error {
        DecodeError::Format(FormatError::Unsupported)
        | DecodeError::Marker(MarkerError::Unsupported)
        | DecodeError::Validation(
            ValidationError::ImageTooLarge | ValidationError::TooManyChannels,
        ) => SourceError::Unsupported(format!("JPEG 2000: {error}")),
        _ => SourceError::Damaged(format!("JPEG 2000: {error}")),
    }
}
