//! Planning: which stored bytes answer a request, and what it costs if none do. Pure.

use iiif_spec::{Evaluated, OutputFormat, OutputQuality, Rect, Size, Turn, matches_scale};
use tiff_pyramid::{Layout, Samples, TileAt};

use crate::raster::bytes_per_pixel;

/// The result, a turned copy, and the encoder's output.
const MADE_COPIES: u64 = 3;

/// Pixels of the largest answer, at full size and in colour, that `memory` bytes are enough for.
#[must_use]
pub fn largest_area(memory: u64) -> u64 {
    // Read and made; the margins of what is read, and a tile, are small against both.
    let margin = 8 << 20;
    memory.saturating_sub(margin) / (3 * (1 + MADE_COPIES))
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
    /// The level that tiles are read from: the smallest that has every pixel asked for.
    pub level: usize,
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

fn recipe(asked: &Evaluated, layout: &Layout, samples: Samples) -> Recipe {
    let level = layout
        .levels()
        .iter()
        .enumerate()
        .rev()
        .find(|(level, _)| {
            let has = |full: u32, wanted: u32| u64::from(full) >= u64::from(wanted) << level;
            has(asked.region.width, asked.size.width) && has(asked.region.height, asked.size.height)
        })
        .map_or(0, |(level, _)| level);
    let pixel = bytes_per_pixel(samples) as u64;
    let region = asked.region;
    // The tiles that touch the region are cut as they are pasted: one row and column more at each side.
    let side = |length: u32| u64::from(length >> level) + 2;
    let read = side(region.width) * side(region.height) * pixel;
    let made = u64::from(asked.size.width) * u64::from(asked.size.height) * pixel;
    let tile = u64::from(layout.tile()).pow(2) * pixel * 2;
    Recipe {
        level,
        region,
        size: asked.size,
        mirror: asked.mirror,
        turn: asked.turn,
        quality: asked.quality,
        format: asked.format,
        memory: read + made * MADE_COPIES + tile,
    }
}
