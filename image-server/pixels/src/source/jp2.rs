//! JPEG 2000 sources: decoded as a whole, because the decoder gives no rows.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::FileExt;

use hayro_jpeg2000::{
    ColorSpace, DecodeError, DecodeSettings, DecodedImage, DecoderContext, Image,
};

use super::limits::{check, check_size};
use super::pixels::{Flat, Pixels};
use super::rows::WholeImage;
use super::{Limits, RowReader, SourceError};
use crate::color::{Color, ColorPolicy, Model};
use crate::raster::{Raster, bytes_per_pixel};

/// Bytes a sample while it is decoded: floating point numbers, before and after a step of the wavelets.
const DECODER: u64 = 12;
/// More components than a picture of ours has.
const MAX_COMPONENTS: u16 = 16;

pub(super) fn open(
    mut file: File,
    limits: &Limits,
    policy: ColorPolicy,
) -> Result<Box<dyn RowReader>, SourceError> {
    let length = file.metadata()?.len();
    let (size, components) = header(&file)?;
    check_size(size, limits)?;
    if components == 0 || components > MAX_COMPONENTS {
        return Err(SourceError::Unsupported(format!(
            "JPEG 2000 of {components} components"
        )));
    }
    let area = u64::from(size.0) * u64::from(size.1);
    let samples = if components < 3 {
        tiff_pyramid::Samples::Gray
    } else {
        tiff_pyramid::Samples::Color
    };
    // A palette makes colours of one component.
    let cost = (area * u64::from(components.max(3)) * DECODER)
        .saturating_add(area * bytes_per_pixel(samples) as u64)
        .saturating_add(length);
    let lease = check(size, tiff_pyramid::Samples::Color, cost, limits)?;
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
    let image = WholeImage::new(image, lease).with_profile(pixels.profile());
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

/// Pixels across and down, and the number of components, from the first marker segment of the codestream
/// (ITU-T T.800, A.5.1), which a file may wrap in boxes (I.4).
fn header(file: &File) -> Result<((u32, u32), u16), SourceError> {
    let mut at = 0;
    let mut head = [0; 16];
    file.read_exact_at(&mut head, 0).map_err(|_| broken())?;
    if !head.starts_with(&[0xff, 0x4f]) {
        at = codestream(file)?;
    }
    let mut segment = [0; 42];
    file.read_exact_at(&mut segment, at).map_err(|_| broken())?;
    let long = |at: usize| {
        let bytes = segment.get(at..).and_then(<[u8]>::first_chunk);
        bytes.map_or(0, |bytes| u32::from_be_bytes(*bytes))
    };
    if !segment.starts_with(&[0xff, 0x4f, 0xff, 0x51]) {
        return Err(broken());
    }
    // The size of the reference grid less the offset of the image in it.
    let (width, height) = (
        long(8).checked_sub(long(16)),
        long(12).checked_sub(long(20)),
    );
    let (Some(width), Some(height)) = (width, height) else {
        return Err(broken());
    };
    Ok((
        (width, height),
        u16::from_be_bytes([segment[40], segment[41]]),
    ))
}

/// Where the codestream of a JP2 file begins.
fn codestream(file: &File) -> Result<u64, SourceError> {
    const MOST_BOXES: usize = 1000;
    let mut at = 0_u64;
    for _ in 0..MOST_BOXES {
        let mut head = [0; 16];
        file.read_exact_at(&mut head, at).map_err(|_| broken())?;
        let [a, b, c, d, kind @ .., e, f, g, h, i, j, k, l] = head;
        let (begin, length) = match u32::from_be_bytes([a, b, c, d]) {
            1 => (16, u64::from_be_bytes([e, f, g, h, i, j, k, l])),
            length => (8, u64::from(length)),
        };
        if &kind == b"jp2c" {
            return Ok(at + begin);
        }
        if length < begin {
            return Err(broken());
        }
        at = at.checked_add(length).ok_or_else(broken)?;
    }
    Err(broken())
}

fn broken() -> SourceError {
    SourceError::Damaged("JPEG 2000: it has no image".to_owned())
}

fn damaged(error: DecodeError) -> SourceError {
    SourceError::Damaged(format!("JPEG 2000: {error}"))
}
