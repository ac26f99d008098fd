//! Blocks in memory: only what is not zero.

use crate::error::Error;
use crate::header::Header;
use crate::order::ZIGZAG;
use crate::sequential::Place;

/// One AC coefficient: the zeros before it, 0 to 15, and its value, −1023 to 1023.
///
/// A run of 15 with the value 0 stands for sixteen zeros, as in streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token(pub(crate) u16);

impl Token {
    pub(crate) const ZEROS: Self = Self(15 << 11);

    pub(crate) const fn new(run: u8, value: i16) -> Self {
        Self((run as u16) << 11 | value as u16 & 0x7ff)
    }

    #[inline(always)]
    pub(crate) const fn run(self) -> usize {
        (self.0 >> 11) as usize
    }

    #[inline(always)]
    pub(crate) const fn value(self) -> i16 {
        ((self.0 << 5) as i16) >> 5
    }
}

/// The quantised coefficients of one block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block<'b> {
    pub(crate) dc: i16,
    /// Tokens, by their number.
    pub(crate) ac: &'b [u16],
}

impl Block<'_> {
    /// All 64, in rows of rising frequency from the left.
    #[must_use]
    pub fn coefficients(&self) -> [i16; 64] {
        let mut all = [0; 64];
        all[0] = self.dc;
        self.each(|place, value| all[place] = value);
        all
    }

    /// Calls `with` the place and the value of each AC coefficient that is not zero.
    #[inline(always)]
    pub(crate) fn each(&self, mut with: impl FnMut(usize, i16)) {
        let mut at = 0;
        for token in self.ac {
            let token = Token(*token);
            at += token.run() + 1;
            with(usize::from(ZIGZAG[at & 63]), token.value());
        }
    }
}

/// Some rows of blocks of one component.
#[derive(Debug, Clone, Default)]
pub struct Blocks {
    /// Blocks across that show something of the image, and with those that fill up the last unit.
    columns: usize,
    across: usize,
    /// Blocks down that show something of the image.
    rows: usize,
    /// Blocks down in a row of units.
    unit: usize,
    /// Where in `words` each block begins, row by row.
    starts: Vec<u32>,
    /// Of each block: the number of its tokens, the DC coefficient, the tokens.
    words: Vec<u16>,
}

/// Set in a block's first word if its tokens reach its last coefficient.
const FULL: u16 = 1 << 15;
/// Words of a block at most.
const LONGEST: usize = 2 + 63;

impl Blocks {
    /// Blocks across that show something of the image.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Blocks down that show something of the image.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The block at `column` and `row`, which must be within the band.
    #[must_use]
    #[inline]
    pub fn block(&self, column: usize, row: usize) -> Block<'_> {
        self.block_and_end(column, row).0
    }

    /// The block, and whether an end of block is left out after it.
    #[inline(always)]
    pub(crate) fn block_and_end(&self, column: usize, row: usize) -> (Block<'_>, bool) {
        let start = self.starts[row * self.across + column] as usize;
        let words = &self.words[start..];
        let count = usize::from(words[0] & !FULL);
        let block = Block {
            dc: words[1] as i16,
            ac: &words[2..2 + count],
        };
        (block, words[0] & FULL != 0)
    }

    /// Blocks across, those that fill up the last unit included.
    pub(crate) fn across(&self) -> usize {
        self.across
    }

    fn begin(&mut self, columns: usize, across: usize, rows: usize, unit: usize, units: usize) {
        self.unit = unit;
        self.columns = columns;
        self.across = across;
        self.rows = rows;
        self.words.clear();
        self.starts.clear();
        self.starts.resize(across * unit * units, 0);
    }

    /// Adds the block at `column` and `row`; `full` if its tokens reach its last coefficient.
    #[inline(always)]
    pub(crate) fn add(&mut self, column: usize, row: usize, dc: i16, tokens: &[u16], full: bool) {
        let start = self.words.len();
        self.starts[row * self.across + column] = start as u32;
        let count = tokens.len() as u16;
        self.words
            .extend_from_slice(&[if full { count | FULL } else { count }, dc as u16]);
        self.words.extend_from_slice(tokens);
    }

    /// Adds a block of all its coefficients, in the order of streams.
    pub(crate) fn add_dense(
        &mut self,
        column: usize,
        row: usize,
        all: &[i16; 64],
    ) -> Result<(), Error> {
        let mut tokens = [0; 63];
        let (mut count, mut run) = (0, 0u8);
        for &value in &all[1..] {
            if value == 0 {
                run += 1;
                continue;
            }
            if !(-1023..=1023).contains(&value) {
                return Err(Error::Damaged(
                    "a coefficient that 8-bit samples cannot have",
                ));
            }
            while run > 15 {
                tokens[count] = Token::ZEROS.0;
                count += 1;
                run -= 16;
            }
            tokens[count] = Token::new(run, value).0;
            count += 1;
            run = 0;
        }
        if all[0].unsigned_abs() > 2047 {
            return Err(Error::Damaged(
                "a coefficient that 8-bit samples cannot have",
            ));
        }
        self.add(column, row, all[0], &tokens[..count], all[63] != 0);
        Ok(())
    }
}

/// Some rows of minimum coded units: the blocks of every component.
#[derive(Debug, Clone, Default)]
pub struct Band {
    pub(crate) components: Vec<Blocks>,
    first_unit: u32,
    units: u32,
}

impl Band {
    /// An empty one, which [`crate::Rows::read`] fills.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Bytes that a band of `units` rows of units of this image takes at most.
    #[must_use]
    pub fn memory(header: &Header, units: u32) -> u64 {
        let block = LONGEST * size_of::<u16>() + size_of::<u32>();
        header.blocks_of_row() * u64::from(units) * block as u64
    }

    /// The blocks of each component.
    #[must_use]
    pub fn components(&self) -> &[Blocks] {
        &self.components
    }

    /// Rows of units in it.
    #[must_use]
    pub fn units(&self) -> u32 {
        self.units
    }

    /// The number of its first row of units.
    #[must_use]
    pub fn first_unit(&self) -> u32 {
        self.first_unit
    }

    /// Adds a block of row `unit` of its units; `full` if its tokens reach its last coefficient.
    #[inline(always)]
    pub(crate) fn add(&mut self, unit: usize, place: Place, block: Block<'_>, full: bool) {
        let blocks = &mut self.components[place.component];
        let row = unit * blocks.unit + place.row;
        blocks.add(place.column, row, block.dc, block.ac, full);
    }

    /// Empties it, to take `units` rows of units from `first` on.
    pub(crate) fn begin(&mut self, header: &Header, first: u32, units: u32) {
        let (most, _) = header.sampling();
        let units_across = header.width.div_ceil(u32::from(most) * 8);
        self.first_unit = first;
        self.units = units;
        self.components
            .resize_with(header.components.len(), Blocks::default);
        for (blocks, component) in self.components.iter_mut().zip(&header.components) {
            let vertical = u32::from(component.vertical);
            let rows = component
                .rows
                .saturating_sub(first * vertical)
                .min(units * vertical);
            blocks.begin(
                component.columns as usize,
                (units_across * u32::from(component.horizontal)) as usize,
                rows as usize,
                vertical as usize,
                units as usize,
            );
        }
    }
}
