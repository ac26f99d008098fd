//! Rendering: executes a recipe. The caller owns threads and admission.

use std::io;

use iiif_spec::OutputQuality;
use tiff_pyramid::{Pyramid, ReadAt, Subsampling, TileAt};

use crate::crop::Crop;
use crate::decode::TileReader;
use crate::encode::{self, EncodeError};
use crate::plan::Recipe;
use crate::profile;
use crate::resize::scaled;
use crate::turn::{mirrored, turned};

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

/// What rendering does at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Reading and decoding tiles.
    Decode,
    /// Bringing them to the size asked for.
    Resize,
    /// Turning, and reducing to black and white.
    Turn,
    /// Encoding.
    Encode,
}

/// Executes `recipe` over the pyramid in `file`; gives the bytes of the answer.
///
/// 1. decode the components of the tiles that touch the region, luma alone if no colour is asked, and resize them;
///    a JPEG that nothing else is asked of is encoded from these
/// 2. make pixels of them, mirror and turn
/// 3. convert its colours, if the answer cannot carry their profile
/// 4. reduce to black and white
/// 5. encode
///
/// # Errors
/// If a stored tile is damaged or cannot be read.
pub fn render(
    recipe: &Recipe,
    pyramid: &Pyramid,
    file: &(impl ReadAt + ?Sized),
) -> Result<Vec<u8>, RenderError> {
    render_observed(recipe, pyramid, file, &mut |_| ())
}

/// [`render`], telling each stage as it begins, for those who measure.
///
/// # Errors
/// As [`render`].
pub fn render_observed(
    recipe: &Recipe,
    pyramid: &Pyramid,
    file: &(impl ReadAt + ?Sized),
    observe: &mut dyn FnMut(Stage),
) -> Result<Vec<u8>, RenderError> {
    let layout = pyramid.layout();
    let level = layout.levels()[recipe.level];
    let crop = Crop::of(recipe.region, recipe.level, level);
    let chroma = recipe.chroma();
    let planes = scaled(
        &mut TileReader::new(pyramid, file, recipe.level),
        &crop,
        (recipe.size, chroma),
        (level, layout.tile()),
        observe,
    )?;
    let mut embedded = profile::read(pyramid, file)?;
    if chroma == Some(Subsampling::HALVED) {
        observe(Stage::Encode);
        return Ok(encode::planes(planes, embedded.as_deref())?);
    }
    observe(Stage::Turn);
    let pixels = planes.into_raster();
    let pixels = if recipe.mirror {
        mirrored(pixels)
    } else {
        pixels
    };
    let mut picture = turned(pixels, recipe.turn);
    if !profile::can_carry(recipe, pyramid.samples())
        && let Some(profile) = embedded.take()
    {
        profile::apply(&profile, &mut picture.raster);
    }
    let picture = match recipe.quality {
        OutputQuality::Default | OutputQuality::Gray => picture,
        OutputQuality::Bitonal => picture.bitonal(),
    };
    observe(Stage::Encode);
    let (format, quality) = (recipe.format, recipe.quality);
    Ok(encode::encode(
        picture,
        format,
        quality,
        embedded.as_deref(),
    )?)
}
