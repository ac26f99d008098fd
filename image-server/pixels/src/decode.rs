//! Decoding: the parts of a level's tiles that are needed, each component as it is sampled.

use iiif_spec::Rect;
use jpeg_blocks::{Colors, Decoder, Header, Keep, Limits, Window};
use tiff_pyramid::{Pyramid, ReadAt, Samples, Subsampling, TileAt};

use crate::planes::sampled;
use crate::raster::Raster;
use crate::render::RenderError;

/// Reads the tiles of one level, one row of tiles at a time.
pub(crate) struct TileReader<'a, F: ?Sized> {
    pyramid: &'a Pyramid,
    file: &'a F,
    level: usize,
    stored: Vec<u8>,
}

/// What is wanted of one component of a level.
pub(crate) struct Wanted<'a> {
    /// How the component is sampled.
    pub(crate) sampling: Subsampling,
    /// The part that is wanted, in samples of the component.
    pub(crate) area: Rect,
    /// Where it goes; its first sample is the one at `origin`, across and down, of the component.
    pub(crate) out: &'a mut Raster,
    pub(crate) origin: (u32, u32),
}

impl<'a, F: ReadAt + ?Sized> TileReader<'a, F> {
    /// A reader of a level.
    pub(crate) fn new(pyramid: &'a Pyramid, file: &'a F, level: usize) -> Self {
        Self {
            pyramid,
            file,
            level,
            stored: Vec::new(),
        }
    }

    /// How the chroma of the level is sampled.
    pub(crate) fn sampling(&self) -> Subsampling {
        match self.level {
            0 => self.pyramid.full_subsampling(),
            _ => Subsampling::HALVED,
        }
    }

    /// Decodes what is wanted of the tiles in the row of tiles `row` that touch `area`, a part of the level.
    ///
    /// Of each component something must be wanted of each of these tiles.
    pub(crate) fn row_of_tiles(
        &mut self,
        row: u32,
        area: Rect,
        wanted: &mut [Wanted<'_>],
    ) -> Result<(), RenderError> {
        let (side, level) = (self.pyramid.layout().tile(), self.level);
        for column in area.x / side..=(area.x + area.width - 1) / side {
            self.tile(TileAt { level, column, row }, wanted)?;
        }
        Ok(())
    }

    fn tile(&mut self, at: TileAt, wanted: &mut [Wanted<'_>]) -> Result<(), RenderError> {
        let layout = self.pyramid.layout();
        let span = self
            .pyramid
            .tile(at)
            .ok_or_else(|| damaged(at, "it is not in the file"))?;
        self.stored.resize(span.length as usize, 0);
        self.file.read_exact_at(&mut self.stored, span.offset)?;
        let (width, height) = layout.levels()[at.level].visible(at.column, at.row);
        let limits = Limits {
            pixels: u64::from(width) * u64::from(height),
            scans: 1,
            ..Limits::default()
        };
        let failed = |error| damaged(at, error);
        let decoder = Decoder::new(self.stored.as_slice(), &limits).map_err(failed)?;
        let header = decoder.header();
        if (header.width, header.height) != (width, height) {
            return Err(damaged(at, "it has another size"));
        }
        if !self.has_components_of(header) {
            return Err(damaged(at, "it has other components"));
        }
        let tile = Rect {
            x: at.column * layout.tile(),
            y: at.row * layout.tile(),
            width,
            height,
        };
        let mut windows: Vec<_> = wanted.iter_mut().map(|one| one.window(tile)).collect();
        let rows = decoder.begin(Keep::Memory).map_err(failed)?;
        rows.samples(&mut windows).map_err(failed)
    }

    /// Whether these are the components of the pyramid's tiles.
    fn has_components_of(&self, header: &Header) -> bool {
        match (self.pyramid.samples(), header.components.as_slice()) {
            (Samples::Gray, [_]) => true,
            (Samples::Color, [luma, chroma @ ..]) => {
                let once = |c: &jpeg_blocks::Component| (c.horizontal, c.vertical) == (1, 1);
                header.colors == Colors::YCbCr
                    && chroma.iter().all(once)
                    && (luma.horizontal, luma.vertical) == self.sampling().factors()
            }
            _ => false,
        }
    }
}

impl Wanted<'_> {
    /// The part of it that lies in `tile`, an area of the level.
    fn window(&mut self, tile: Rect) -> Window<'_> {
        let tile = sampled(tile, self.sampling);
        let (x, width) = overlap((self.area.x, self.area.width), (tile.x, tile.width));
        let (y, height) = overlap((self.area.y, self.area.height), (tile.y, tile.height));
        let stride = self.out.stride();
        let start = (y - self.origin.1) as usize * stride + (x - self.origin.0) as usize;
        Window {
            x: x - tile.x,
            y: y - tile.y,
            width,
            height,
            out: &mut self.out.data[start..],
            stride,
        }
    }
}

/// What two stretches, each a start and a length, have in common.
fn overlap(a: (u32, u32), b: (u32, u32)) -> (u32, u32) {
    let start = a.0.max(b.0);
    let end = (a.0 + a.1).min(b.0 + b.1);
    (start, end.saturating_sub(start))
}

fn damaged(at: TileAt, why: impl ToString) -> RenderError {
    RenderError::Damaged {
        at,
        why: why.to_string(),
    }
}
