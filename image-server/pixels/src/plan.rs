//! Planning: which stored bytes answer a request, and what it costs if none do. Pure.

use iiif_spec::{Evaluated, OutputFormat, OutputQuality, Rect, Size, Turn, matches_scale};
use tiff_pyramid::{Layout, Samples, Subsampling, TileAt};

use crate::crop::Crop;
use crate::encode;
use crate::pyramid::TILE;
use crate::raster::bytes_per_pixel;
use crate::resize;

/// The part of the pixels asked for, in each direction, that a level must have. The next level costs four
/// times as much; with 80 of 100 the mean SSIM to the exact answer is 0.956 where 95 give 0.965 and 70 give
/// 0.933, for 0.85 of the processor time of 95 (example `render`).
const ENOUGH: (u64, u64) = (80, 100);
/// Samples of a pixel in colour.
const COLOR: u64 = 3;
/// Bytes of a pixel of an answer in colour while it is turned by a quarter, or encoded in the format that
/// takes most.
const MADE: u64 = 14;
/// Pixels that are read for one of an answer: less than twice as many in both directions.
const READ: u64 = 4;
/// A tile, blocks at the edges, and what encoders hold whatever the size.
const MARGIN: u64 = 16 << 20;

/// Pixels of the largest answer of the image, `width` × `height` pixels large and in colour, that `memory`
/// bytes are enough for, in every format; at an angle it takes more.
#[must_use]
pub fn largest_area(memory: u64, (width, height): (u32, u32)) -> u64 {
    let memory = memory.saturating_sub(MARGIN);
    // A window of rows as wide as the image and what is between the passes of the filter; narrow enough
    // images have all that is read in less.
    let window = resize::window_memory(width, height, TILE) * 2;
    let by_window = memory.saturating_sub(window) / COLOR;
    let by_area = memory / (COLOR * (1 + READ + READ / 2));
    (memory / MADE).min(by_window.max(by_area))
}

/// How a request is answered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Plan {
    /// The bytes of this stored tile are the answer.
    Stored(TileAt),
    /// Pixels must be made.
    Render(Recipe),
}

/// What rendering does, with nothing of the request left to interpret.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recipe {
    /// The level that tiles are read from: the smallest that has all, or nearly all, pixels asked for.
    pub level: usize,
    /// The samples that tiles are decoded to: grey if no colour is asked.
    pub samples: Samples,
    /// The region asked for, in pixels of the full image.
    pub region: Rect,
    /// The size to bring it to, before it is turned.
    pub size: Size,
    /// Whether it is mirrored.
    pub mirror: bool,
    /// How it is turned, after mirroring.
    pub turn: Turn,
    /// The colours of the answer.
    pub quality: OutputQuality,
    /// The format of the answer.
    pub format: OutputFormat,
    /// Bytes of memory that rendering holds at its peak.
    pub memory: u64,
}

impl Recipe {
    /// How the chroma of what is resized is sampled; `None` if there is only grey. An answer that nothing is done to
    /// afterwards has it as JPEG keeps it, and is encoded from it.
    pub(crate) fn chroma(&self) -> Option<Subsampling> {
        let as_kept = self.format == OutputFormat::Jpg
            && self.quality == OutputQuality::Default
            && !self.mirror
            && self.turn == Turn::D0;
        match (self.samples, as_kept) {
            (Samples::Gray, _) => None,
            (Samples::Color, true) => Some(Subsampling::HALVED),
            (Samples::Color, false) => Some(Subsampling::WHOLE),
        }
    }
}

/// Plans the answer to `asked` from a pyramid of `layout` and `samples`.
#[must_use]
pub fn plan(asked: &Evaluated, layout: &Layout, samples: Samples) -> Plan {
    match stored_tile(asked, layout, samples) {
        Some(at) => Plan::Stored(at),
        None => Plan::Render(recipe(asked, layout, samples)),
    }
}

/// The stored tile that shows exactly the region asked for, at the size asked for.
fn stored_tile(asked: &Evaluated, layout: &Layout, samples: Samples) -> Option<TileAt> {
    let same_colors = match asked.quality {
        OutputQuality::Default => true,
        OutputQuality::Gray => samples == Samples::Gray,
        OutputQuality::Bitonal => false,
    };
    let untouched =
        asked.format == OutputFormat::Jpg && same_colors && !asked.mirror && asked.turn == Turn::D0;
    if !untouched {
        return None;
    }
    let Rect {
        x,
        y,
        width,
        height,
    } = asked.region;
    let full = layout.full();
    layout
        .levels()
        .iter()
        .enumerate()
        .find_map(|(level, size)| {
            let scale = 1u32.checked_shl(u32::try_from(level).ok()?)?;
            let covered = layout.tile().checked_mul(scale)?;
            let (column, row) = (x / covered, y / covered);
            let exact = x % covered == 0
                && y % covered == 0
                && column < size.columns()
                && row < size.rows()
                && width == covered.min(full.width - x)
                && height == covered.min(full.height - y)
                && matches_scale(asked.region, asked.size, scale);
            exact.then_some(TileAt { level, column, row })
        })
}

fn recipe(asked: &Evaluated, layout: &Layout, stored: Samples) -> Recipe {
    let level = layout
        .levels()
        .iter()
        .enumerate()
        .rev()
        .find(|(level, _)| {
            let has = |full: u32, wanted: u32| {
                u64::from(full) * ENOUGH.1 >= (u64::from(wanted) << level) * ENOUGH.0
            };
            has(asked.region.width, asked.size.width) && has(asked.region.height, asked.size.height)
        })
        .map_or(0, |(level, _)| level);
    let samples = match asked.quality {
        OutputQuality::Default => stored,
        OutputQuality::Gray | OutputQuality::Bitonal => Samples::Gray,
    };
    Recipe {
        level,
        samples,
        region: asked.region,
        size: asked.size,
        mirror: asked.mirror,
        turn: asked.turn,
        quality: asked.quality,
        format: asked.format,
        memory: memory(asked, layout, level, samples),
    }
}

/// Bytes that rendering holds at its peak: while it decodes and resizes, turns, or encodes.
fn memory(asked: &Evaluated, layout: &Layout, level: usize, samples: Samples) -> u64 {
    let pixel = bytes_per_pixel(samples) as u64;
    let area = |size: Size| u64::from(size.width) * u64::from(size.height);
    let crop = Crop::of(asked.region, level, layout.levels()[level]);
    let tile = u64::from(layout.tile()).pow(2) * pixel;
    let scaling = resize::memory(&crop, asked.size, layout.tile(), samples) + tile;
    let (made, answer) = (area(asked.size) * pixel, area(asked.answer()));
    let covered = matches!(asked.turn, Turn::Angle(_));
    let turned = answer * (pixel + u64::from(covered));
    let turning = match asked.turn {
        Turn::D0 | Turn::D180 => made,
        // A quarter turn comes before any other angle of more than half of one.
        Turn::D90 | Turn::D270 | Turn::Angle(_) => made + turned.max(made),
    };
    let encoding = turned + encode::memory(asked.format, asked.answer(), samples, covered);
    // Components, and the pixels that are made of them.
    scaling.max(made * 2).max(turning).max(encoding)
}
