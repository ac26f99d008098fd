//! Resizing: rows of a level in, the region at the size asked for out, in memory for a band of rows.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use iiif_spec::{Rect, Size};
use tiff_pyramid::{Level, ReadAt, Samples};

use crate::decode::TileReader;
use crate::raster::{Raster, bytes_per_pixel};
use crate::render::{RenderError, Stage};

/// Pixels of the level on either side of a place that Lanczos' kernel of three lobes reads, at scale 1.
const LOBES: f64 = 3.0;
/// Pixels of a level that are resized at once: the filter's weights are computed anew for every band, so
/// that most answers are made in one.
const BAND: u64 = 4 << 20;

/// The region in pixels of a level: exactly, and as the whole pixels around it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Crop {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
    pub(crate) around: Rect,
}

impl Crop {
    /// The `region` of the full image, in pixels of the level of that number.
    pub(crate) fn of(region: Rect, number: usize, level: Level) -> Self {
        let scale = f64::from(1u32 << number);
        let Rect {
            x,
            y,
            width,
            height,
        } = region;
        // An odd last column of the full image is a whole column of the level, which so reaches
        // beyond the image; the region ends where the level does.
        let end = |from: u32, length: u32, level: u32| {
            (f64::from(from + length) / scale).min(f64::from(level))
        };
        let (left, top) = (f64::from(x) / scale, f64::from(y) / scale);
        let (right, bottom) = (end(x, width, level.width), end(y, height, level.height));
        let whole = 1u32 << number;
        let around = Rect {
            x: x / whole,
            y: y / whole,
            width: (x + width).div_ceil(whole).min(level.width) - x / whole,
            height: (y + height).div_ceil(whole).min(level.height) - y / whole,
        };
        Self {
            left: left - f64::from(around.x),
            top: top - f64::from(around.y),
            width: right - left,
            height: bottom - top,
            around,
        }
    }

    /// Whether its pixels are those of an answer of `size`, one to one.
    fn is(&self, size: Size) -> bool {
        (self.left, self.top) == (0.0, 0.0)
            && (self.width, self.height) == (f64::from(size.width), f64::from(size.height))
    }

    /// Pixels of the level on either side of a place that make its row of the answer.
    fn support(&self, size: Size) -> f64 {
        LOBES * (self.height / f64::from(size.height)).max(1.0)
    }

    /// Rows of the level that are held at once, at most, to make an answer of `size` from tiles of `tile`
    /// rows.
    fn window(&self, size: Size, tile: u32) -> u32 {
        let scale = self.height / f64::from(size.height);
        let margins = (2.0 * self.support(size) + scale).ceil() as u32 + 4;
        window_rows(self.around, tile, margins)
    }

    /// Bytes that [`scaled`] holds at its peak, of which the answer is a part; without what one tile
    /// takes.
    pub(crate) fn memory(&self, size: Size, tile: u32, samples: Samples) -> u64 {
        let pixel = bytes_per_pixel(samples) as u64;
        let area = |width: u32, height: u32| u64::from(width) * u64::from(height) * pixel;
        let made = area(size.width, size.height);
        if self.is(size) {
            return made;
        }
        let across = self.around.width;
        let window = self.window(size, tile);
        // Between the two passes of the filter: the rows of the answer that the window gives, at the
        // width of the level.
        let rows = f64::from(window) * f64::from(size.height) / self.height + 1.0;
        let between = area(across, (rows.ceil() as u32).min(size.height));
        made + area(across, window) + between
    }
}

/// The region `crop` at `size`, from the tiles that touch it.
pub(crate) fn scaled<F: ReadAt + ?Sized>(
    tiles: &mut TileReader<'_, F>,
    crop: &Crop,
    size: Size,
    (tile, samples): (u32, Samples),
    observe: &mut dyn FnMut(Stage),
) -> Result<Raster, RenderError> {
    let mut out = Raster::new(size.width, size.height, samples);
    let Rect { x, y, height, .. } = crop.around;
    let rows = y / tile..=(y + height - 1) / tile;
    if crop.is(size) {
        for row in rows {
            tiles.row_of_tiles(row, crop.around, &mut out, (x, y))?;
        }
        return Ok(out);
    }
    let enough = band_rows(crop.around.width);
    let mut bands = Bands::new(crop, size, samples, out);
    for row in rows {
        let end = ((row + 1) * tile).min(y + height) - y;
        if end - bands.first > enough {
            observe(Stage::Resize);
            bands.make(false)?;
            observe(Stage::Decode);
        }
        bands.grow(end, crop.window(size, tile));
        let origin = (x, y + bands.first);
        tiles.row_of_tiles(row, crop.around, &mut bands.window, origin)?;
    }
    observe(Stage::Resize);
    bands.make(true)?;
    Ok(bands.out)
}

/// Rows of a region that are held at once where a row of the answer reads `margins` of them.
fn window_rows(around: Rect, tile: u32, margins: u32) -> u32 {
    let rows = margins.saturating_add(tile).max(band_rows(around.width));
    rows.min(around.height)
}

/// Bytes of the largest window that an image, in colour, needs for an answer less than half as large in
/// both directions as what is read.
pub(crate) fn window_memory(width: u32, height: u32, tile: u32) -> u64 {
    let around = Rect {
        x: 0,
        y: 0,
        width,
        height,
    };
    let margins = (4.0 * LOBES).ceil() as u32 + 6;
    u64::from(window_rows(around, tile, margins)) * u64::from(width) * 3
}

/// Rows of a level that are resized at once, at least.
fn band_rows(width: u32) -> u32 {
    u32::try_from(BAND / u64::from(width)).unwrap_or(u32::MAX)
}

/// A window of rows of the region that moves down, and the answer as far as it is made.
struct Bands<'a> {
    crop: &'a Crop,
    size: Size,
    resizer: Resizer,
    window: Raster,
    /// The row of the region that the window begins with.
    first: u32,
    out: Raster,
    /// Rows of the answer that are made.
    made: u32,
}

impl<'a> Bands<'a> {
    fn new(crop: &'a Crop, size: Size, samples: Samples, out: Raster) -> Self {
        Self {
            crop,
            size,
            resizer: Resizer::new(),
            window: Raster::new(crop.around.width, 0, samples),
            first: 0,
            out,
            made: 0,
        }
    }

    /// Rows of the region that one row of the answer stands for.
    fn scale(&self) -> f64 {
        self.crop.height / f64::from(self.size.height)
    }

    /// Makes room for the rows of the region up to `end`, in a window of `most` rows.
    fn grow(&mut self, end: u32, most: u32) {
        self.window.height = end - self.first;
        let stride = self.window.stride();
        let data = &mut self.window.data;
        // At once, and not more with every row of tiles.
        data.reserve_exact((most as usize * stride).saturating_sub(data.len()));
        data.resize(self.window.height as usize * stride, 0);
    }

    /// Makes the rows of the answer whose rows of the region are there, or `all`; then drops those that
    /// none of the next reads.
    fn make(&mut self, all: bool) -> Result<(), RenderError> {
        let (scale, support) = (self.scale(), self.crop.support(self.size));
        let until = if all {
            self.size.height
        } else {
            let there = f64::from(self.first + self.window.height) - 1.0;
            let rows = (there - support - self.crop.top) / scale + 0.5;
            (rows.floor() as u32).clamp(self.made, self.size.height)
        };
        if until > self.made {
            self.convolve(until)?;
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
    fn convolve(&mut self, until: u32) -> Result<(), RenderError> {
        let failed = |error: &dyn std::fmt::Display| RenderError::Resize(error.to_string());
        let kind = match self.window.samples {
            Samples::Gray => PixelType::U8,
            Samples::Color => PixelType::U8x3,
        };
        let (rows, stride) = (until - self.made, self.out.stride());
        let top = self.crop.top + f64::from(self.made) * self.scale() - f64::from(self.first);
        let height = (f64::from(rows) * self.scale()).min(f64::from(self.window.height) - top);
        let window = &self.window;
        let source = ImageRef::new(window.width, window.height, &window.data, kind)
            .map_err(|error| failed(&error))?;
        let target = &mut self.out.data[self.made as usize * stride..until as usize * stride];
        let mut target = Image::from_slice_u8(self.size.width, rows, target, kind)
            .map_err(|error| failed(&error))?;
        let options = ResizeOptions::new()
            .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
            .crop(self.crop.left, top, self.crop.width, height);
        self.resizer
            .resize(&source, &mut target, &options)
            .map_err(|error| failed(&error))?;
        self.made = until;
        Ok(())
    }
}
