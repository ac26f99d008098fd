//! Resizing: rows of a level in, the region at the size asked for out, in memory for a band of rows.

use iiif_spec::{Rect, Size};
use tiff_pyramid::{Level, ReadAt, Samples, Subsampling};

use crate::crop::Crop;
use crate::decode::{TileReader, Wanted};
use crate::filter::{Filter, Stretch};
use crate::planes::{Planes, factors, sampled_size};
use crate::raster::{Raster, bytes_per_pixel};
use crate::render::{RenderError, Stage};

/// Samples of a level on either side of a place that Lanczos' kernel of three lobes reads, at scale 1.
const LOBES: f64 = 3.0;
/// Pixels of a level that are resized at once: the filter's weights are computed anew for every band, so
/// that most answers are made in one.
const BAND: u64 = 4 << 20;

/// Bytes that [`scaled`] holds at its peak, of which the answer is a part; chroma is reckoned as large as luma.
pub(crate) fn memory(crop: &Crop, size: Size, tile: u32, samples: Samples) -> u64 {
    let planes = bytes_per_pixel(samples) as u64;
    let area = |width: u32, height: u32| u64::from(width) * u64::from(height);
    let made = area(size.width, size.height);
    if crop.is(size) && samples == Samples::Gray {
        return made;
    }
    // Chroma has a margin.
    let across = crop.around.width + 2;
    let enough = band_rows(crop.around.width);
    let window = window_rows(crop, size, tile, enough) + 2;
    // Between the two passes of the filter, upright and turned: the rows of the answer that the window gives.
    let rows = f64::from(window) * f64::from(size.height) / crop.height + 1.0;
    let between = area(
        across.max(size.width),
        (rows.ceil() as u32).min(size.height),
    ) * 2;
    (made + area(across, window)) * planes + between
}

/// The region `crop` of a level at `size`, from the tiles that touch it; in grey, or with `chroma` sampled so.
pub(crate) fn scaled<F: ReadAt + ?Sized>(
    tiles: &mut TileReader<'_, F>,
    crop: &Crop,
    (size, chroma): (Size, Option<Subsampling>),
    (level, tile): (Level, u32),
    observe: &mut dyn FnMut(Stage),
) -> Result<Planes, RenderError> {
    let Rect { y, height, .. } = crop.around;
    let enough = band_rows(crop.around.width);
    let whole = Bands::new(*crop, size, Subsampling::WHOLE, (tile, enough));
    let mut planes = vec![whole];
    if let Some(answered) = chroma {
        let stored = tiles.sampling();
        let crop = crop.of_chroma(stored, (size, answered), level, tile);
        let bands = Bands::new(crop, sampled_size(size, answered), stored, (tile, enough));
        planes.extend([bands.clone(), bands]);
    }
    let mut filter = Filter::default();
    for row in y / tile..=(y + height - 1) / tile {
        let end = (row + 1) * tile;
        if end.min(y + height) - y - planes[0].first > enough {
            observe(Stage::Resize);
            for plane in &mut planes {
                plane.make(&mut filter, false)?;
            }
            observe(Stage::Decode);
        }
        let mut wanted: Vec<_> = planes.iter_mut().map(|plane| plane.wanted(end)).collect();
        tiles.row_of_tiles(row, crop.around, &mut wanted)?;
    }
    observe(Stage::Resize);
    let mut made = Vec::with_capacity(planes.len());
    for mut plane in planes {
        plane.make(&mut filter, true)?;
        made.push(plane.out);
    }
    let mut made = made.into_iter();
    let luma = made
        .next()
        .unwrap_or_else(|| Raster::new(0, 0, Samples::Gray));
    let chroma = made.next().zip(made.next()).map(<[Raster; 2]>::from);
    Ok(Planes { luma, chroma })
}

/// Rows of a region that are held at once where a row of the answer reads some of them.
fn window_rows(crop: &Crop, size: Size, tile: u32, enough: u32) -> u32 {
    let scale = crop.height / f64::from(size.height);
    let margins = (2.0 * support(crop, size) + scale).ceil() as u32 + 4;
    let rows = margins.saturating_add(tile).max(enough);
    rows.min(crop.around.height)
}

/// Samples of the level on either side of a place that make its row of an answer.
fn support(crop: &Crop, size: Size) -> f64 {
    LOBES * (crop.height / f64::from(size.height)).max(1.0)
}

/// Bytes of the largest window that an image, in colour, needs for an answer less than half as large in
/// both directions as what is read.
pub(crate) fn window_memory(width: u32, height: u32, tile: u32) -> u64 {
    let margins = (4.0 * LOBES).ceil() as u32 + 6;
    let rows = margins.saturating_add(tile).max(band_rows(width));
    u64::from(rows.min(height)) * u64::from(width) * 3
}

/// Rows of a level that are resized at once, at least.
fn band_rows(width: u32) -> u32 {
    u32::try_from(BAND / u64::from(width)).unwrap_or(u32::MAX)
}

/// A window of rows of one component of the region, which moves down, and the answer as far as it is made.
#[derive(Clone)]
struct Bands {
    crop: Crop,
    size: Size,
    sampling: Subsampling,
    /// Rows of the window at most.
    most: u32,
    window: Raster,
    /// The row of the region that the window begins with.
    first: u32,
    out: Raster,
    /// Rows of the answer that are made.
    made: u32,
}

impl Bands {
    /// For a component sampled so, in tiles of `tile` pixels of the level, where `enough` rows of the level are resized
    /// at once.
    fn new(crop: Crop, size: Size, sampling: Subsampling, (tile, enough): (u32, u32)) -> Self {
        let (_, down) = factors(sampling);
        Self {
            most: window_rows(&crop, size, tile / down, enough / down),
            crop,
            size,
            sampling,
            window: Raster::new(crop.around.width, 0, Samples::Gray),
            first: 0,
            out: Raster::new(size.width, size.height, Samples::Gray),
            made: 0,
        }
    }

    /// Rows of the region that one row of the answer stands for.
    fn scale(&self) -> f64 {
        self.crop.height / f64::from(self.size.height)
    }

    /// Makes room for what comes before row `end` of the level. What needs no resizing comes into the answer itself.
    fn wanted(&mut self, end: u32) -> Wanted<'_> {
        let (sampling, area) = (self.sampling, self.crop.around);
        if self.crop.is(self.size) {
            return Wanted {
                sampling,
                area,
                out: &mut self.out,
                origin: (area.x, area.y),
            };
        }
        let (_, down) = factors(sampling);
        self.window.height = end.div_ceil(down).min(area.y + area.height) - area.y - self.first;
        let stride = self.window.stride();
        let data = &mut self.window.data;
        // At once, and not more with every row of tiles.
        data.reserve_exact((self.most as usize * stride).saturating_sub(data.len()));
        data.resize(self.window.height as usize * stride, 0);
        Wanted {
            sampling,
            area,
            out: &mut self.window,
            origin: (area.x, area.y + self.first),
        }
    }

    /// Makes the rows of the answer whose rows of the region are there, or `all`; then drops those that
    /// none of the next reads.
    fn make(&mut self, filter: &mut Filter, all: bool) -> Result<(), RenderError> {
        if self.crop.is(self.size) {
            return Ok(());
        }
        let (scale, support) = (self.scale(), support(&self.crop, self.size));
        let until = if all {
            self.size.height
        } else {
            let there = f64::from(self.first + self.window.height) - 1.0;
            let rows = (there - support - self.crop.top) / scale + 0.5;
            (rows.floor() as u32).clamp(self.made, self.size.height)
        };
        if until > self.made {
            self.convolve(filter, until)?;
        }
        let next = self.crop.top + (f64::from(until) + 0.5) * scale - support;
        let needed = (next.floor() as u32).saturating_sub(1);
        let needed = needed.clamp(self.first, self.first + self.window.height);
        let gone = (needed - self.first) as usize * self.window.stride();
        self.window.data.drain(..gone);
        self.window.height -= needed - self.first;
        self.first = needed;
        Ok(())
    }

    /// Makes the rows of the answer up to `until`.
    fn convolve(&mut self, filter: &mut Filter, until: u32) -> Result<(), RenderError> {
        let (rows, stride) = (until - self.made, self.out.stride());
        let top = self.crop.top + f64::from(self.made) * self.scale() - f64::from(self.first);
        let height = (f64::from(rows) * self.scale()).min(f64::from(self.window.height) - top);
        let is_chroma = self.sampling != Subsampling::WHOLE;
        filter.apply(
            &self.window,
            (
                Stretch {
                    from: self.crop.left,
                    length: self.crop.width,
                    made: self.size.width,
                },
                Stretch {
                    from: top,
                    length: height,
                    made: rows,
                },
            ),
            is_chroma,
            &mut self.out.data[self.made as usize * stride..until as usize * stride],
        )?;
        self.made = until;
        Ok(())
    }
}
