//! The arithmetic of a pyramid: levels, tiles, and which tiles lie at an edge.

/// The longest side of an image, as in JPEG streams and most viewers' arithmetic with room to spare.
pub const MAX_SIDE: u32 = 1 << 20;

/// The shape of a pyramid, which follows from the image's size and the tile's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    tile: u32,
    levels: Vec<Level>,
}

/// One level: an image of its own, cut into tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    tile: u32,
    /// Where its tiles begin in an index of all levels.
    first: u32,
}

/// The place of one tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TileAt {
    /// Level; 0 is the full image.
    pub level: usize,
    /// Column, from the left.
    pub column: u32,
    /// Row, from the top.
    pub row: u32,
}

/// Levels go on below one tile until they are no larger, in pixels: small images of an item are stored too.
pub const SMALLEST: u32 = 128;

impl Layout {
    /// The layout of an image of `width` × `height` pixels in square tiles of `tile` pixels.
    ///
    /// `None` if a side is 0 or above [`MAX_SIDE`], or `tile` is no positive multiple of 16 (TIFF 6.0,
    /// section 15).
    #[must_use]
    pub fn new(width: u32, height: u32, tile: u32) -> Option<Self> {
        let sides_fit = (1..=MAX_SIDE).contains(&width) && (1..=MAX_SIDE).contains(&height);
        if !sides_fit || tile == 0 || !tile.is_multiple_of(16) || tile > MAX_SIDE {
            return None;
        }
        let mut levels = Vec::new();
        let (mut w, mut h, mut first) = (width, height, 0);
        loop {
            let level = Level {
                width: w,
                height: h,
                tile,
                first,
            };
            levels.push(level);
            if w.max(h) <= tile.min(SMALLEST) {
                break;
            }
            first = u32::try_from(level.end()).ok()?;
            (w, h) = (w.div_ceil(2), h.div_ceil(2));
        }
        Some(Self { tile, levels })
    }

    /// The side of a tile, in pixels.
    #[must_use]
    pub fn tile(&self) -> u32 {
        self.tile
    }

    /// The levels, the full image first. Never empty.
    #[must_use]
    pub fn levels(&self) -> &[Level] {
        &self.levels
    }

    /// The full image.
    #[must_use]
    pub fn full(&self) -> Level {
        self.levels[0]
    }
}

impl Level {
    /// Tiles across.
    #[must_use]
    pub fn columns(&self) -> u32 {
        self.width.div_ceil(self.tile)
    }

    /// Tiles down.
    #[must_use]
    pub fn rows(&self) -> u32 {
        self.height.div_ceil(self.tile)
    }

    /// Pixels of the image in the tile at `column`, `row`: its size without padding.
    #[must_use]
    pub fn visible(&self, column: u32, row: u32) -> (u32, u32) {
        let across = self.width.saturating_sub(column * self.tile).min(self.tile);
        let down = self.height.saturating_sub(row * self.tile).min(self.tile);
        (across, down)
    }

    /// Where they end: each level has its tiles and then those at its edges again, cropped.
    fn end(&self) -> usize {
        self.first as usize + self.count() + self.edge_count()
    }

    /// Where a tile lies in an index of all levels, in its cropped form if it has one.
    pub(crate) fn place(&self, column: u32, row: u32) -> usize {
        let of_level = match self.edge_index(column, row) {
            Some(edge) => self.count() + edge,
            None => self.index(column, row),
        };
        self.first as usize + of_level
    }

    /// The row-major index of a tile.
    pub(crate) fn index(&self, column: u32, row: u32) -> usize {
        row as usize * self.columns() as usize + column as usize
    }

    /// Tiles in all.
    pub(crate) fn count(&self) -> usize {
        self.columns() as usize * self.rows() as usize
    }

    /// Edge tiles in all: those that TIFF pads.
    pub(crate) fn edge_count(&self) -> usize {
        let (columns, rows) = (self.columns() as usize, self.rows() as usize);
        let right = if self.width.is_multiple_of(self.tile) {
            0
        } else {
            rows
        };
        let bottom = if self.height.is_multiple_of(self.tile) {
            0
        } else {
            columns
        };
        right + bottom - usize::from(right > 0 && bottom > 0)
    }

    /// The row-major index of an edge tile among the edge tiles; `None` for a tile that fills its place.
    pub(crate) fn edge_index(&self, column: u32, row: u32) -> Option<usize> {
        let padded_right = column + 1 == self.columns() && !self.width.is_multiple_of(self.tile);
        let padded_below = row + 1 == self.rows() && !self.height.is_multiple_of(self.tile);
        if !padded_right && !padded_below {
            return None;
        }
        // Every row above holds one edge tile if the right column is padded, else none.
        let above = if self.width.is_multiple_of(self.tile) {
            0
        } else {
            row as usize
        };
        Some(if padded_below {
            above + column as usize
        } else {
            above
        })
    }
}
