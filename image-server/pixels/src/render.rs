//! Rendering: executes a recipe. The caller owns threads and admission.

use std::io::{self, Cursor};

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use iiif_spec::{OutputQuality, Rect};
use tiff_pyramid::{Pyramid, ReadAt, Samples, TileAt};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::encode::{self, EncodeError};
use crate::plan::Recipe;
use crate::raster::Raster;

/// Why a plan could not be executed.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The stored file could not be read.
    #[error("reading a stored tile failed: {0}")]
    Io(#[from] io::Error),
    /// A stored tile is no JPEG of the size it should have.
    #[error("the stored tile {column},{row} of level {level} is damaged: {why}", level = at.level, column = at.column, row = at.row)]
    Damaged {
        /// Which tile.
        at: TileAt,
        /// What the decoder says.
        why: String,
    },
    /// The pixels could not be brought to the size asked for.
    #[error("resizing failed: {0}")]
    Resize(String),
    /// The answer could not be encoded.
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

/// Executes `recipe` over the pyramid in `file`; gives the bytes of the answer.
///
/// 1. decode the tiles that touch the region
/// 2. crop and resize
/// 3. mirror and turn
/// 4. reduce the colours
/// 5. encode
///
/// # Errors
/// If a stored tile is damaged or cannot be read.
pub fn render(
    recipe: &Recipe,
    pyramid: &Pyramid,
    file: &(impl ReadAt + ?Sized),
) -> Result<Vec<u8>, RenderError> {
    let crop = Crop::of(recipe, pyramid);
    let pixels = decode(recipe.level, &crop, pyramid, file)?;
    let pixels = resize(pixels, &crop, recipe)?;
    let pixels = if recipe.mirror {
        pixels.mirrored()
    } else {
        pixels
    };
    let pixels = pixels.turned(recipe.turn);
    let pixels = match recipe.quality {
        OutputQuality::Default => pixels,
        OutputQuality::Gray => pixels.gray(),
        OutputQuality::Bitonal => pixels.bitonal(),
    };
    Ok(encode::encode(&pixels, recipe.format)?)
}

/// The region in pixels of the level: exactly, and as the whole pixels around it.
struct Crop {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
    around: Rect,
}

impl Crop {
    fn of(recipe: &Recipe, pyramid: &Pyramid) -> Self {
        let level = pyramid.layout().levels()[recipe.level];
        let scale = f64::from(1u32 << recipe.level);
        let Rect {
            x,
            y,
            width,
            height,
        } = recipe.region;
        // An odd last column of the full image is a whole column of the level, which so reaches
        // beyond the image; the region ends where the level does.
        let end = |from: u32, length: u32, level: u32| {
            (f64::from(from + length) / scale).min(f64::from(level))
        };
        let (left, top) = (f64::from(x) / scale, f64::from(y) / scale);
        let (right, bottom) = (end(x, width, level.width), end(y, height, level.height));
        let whole = 1u32 << recipe.level;
        let around = Rect {
            x: x / whole,
            y: y / whole,
            width: (x + width).div_ceil(whole).min(level.width) - x / whole,
            height: (y + height).div_ceil(whole).min(level.height) - y / whole,
        };
        Self {
            left,
            top,
            width: right - left,
            height: bottom - top,
            around,
        }
    }
}

/// The whole pixels around the region, from the tiles that touch them.
fn decode(
    level: usize,
    crop: &Crop,
    pyramid: &Pyramid,
    file: &(impl ReadAt + ?Sized),
) -> Result<Raster, RenderError> {
    let tile = pyramid.layout().tile();
    let Rect {
        x,
        y,
        width,
        height,
    } = crop.around;
    let mut pixels = Raster::new(width, height, pyramid.samples());
    let mut stored = Vec::new();
    for row in y / tile..=(y + height - 1) / tile {
        for column in x / tile..=(x + width - 1) / tile {
            let at = TileAt { level, column, row };
            let span = pyramid
                .tile(at)
                .ok_or_else(|| damaged(at, "it is not in the file"))?;
            stored.resize(span.length as usize, 0);
            file.read_exact_at(&mut stored, span.offset)?;
            let decoded = decode_tile(&stored, at, pyramid)?;
            let place = |index: u32, origin: u32| i64::from(index * tile) - i64::from(origin);
            pixels.paste(&decoded, place(column, x), place(row, y));
        }
    }
    Ok(pixels)
}

fn damaged(at: TileAt, why: impl ToString) -> RenderError {
    RenderError::Damaged {
        at,
        why: why.to_string(),
    }
}

fn decode_tile(stored: &[u8], at: TileAt, pyramid: &Pyramid) -> Result<Raster, RenderError> {
    let samples = pyramid.samples();
    let color = match samples {
        Samples::Gray => ColorSpace::Luma,
        Samples::Color => ColorSpace::RGB,
    };
    let (width, height) = pyramid.layout().levels()[at.level].visible(at.column, at.row);
    let options = DecoderOptions::new_fast()
        .set_strict_mode(true)
        .set_max_width(width as usize)
        .set_max_height(height as usize)
        .jpeg_set_out_colorspace(color);
    let mut decoder = JpegDecoder::new_with_options(Cursor::new(stored), options);
    let data = decoder
        .decode()
        .map_err(|error| damaged(at, format!("{error:?}")))?;
    let raster = Raster {
        width,
        height,
        samples,
        data,
    };
    if raster.data.len() != raster.stride() * height as usize {
        return Err(damaged(at, "it has another size"));
    }
    Ok(raster)
}

fn resize(pixels: Raster, crop: &Crop, recipe: &Recipe) -> Result<Raster, RenderError> {
    let (width, height) = (recipe.size.width, recipe.size.height);
    let left = crop.left - f64::from(crop.around.x);
    let top = crop.top - f64::from(crop.around.y);
    let as_is = (crop.width, crop.height) == (f64::from(width), f64::from(height));
    if as_is && left == 0.0 && top == 0.0 {
        return Ok(pixels.crop(0, 0, width, height));
    }
    let kind = match pixels.samples {
        Samples::Gray => PixelType::U8,
        Samples::Color => PixelType::U8x3,
    };
    let failed = |error: &dyn std::fmt::Display| RenderError::Resize(error.to_string());
    let source = ImageRef::new(pixels.width, pixels.height, &pixels.data, kind)
        .map_err(|error| failed(&error))?;
    let mut target = Image::new(width, height, kind);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .crop(left, top, crop.width, crop.height);
    Resizer::new()
        .resize(&source, &mut target, &options)
        .map_err(|error| failed(&error))?;
    Ok(Raster {
        width,
        height,
        samples: pixels.samples,
        data: target.into_vec(),
    })
}
