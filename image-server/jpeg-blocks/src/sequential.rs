//! Decoding the blocks of sequential scans (T.81, F.2.2).

use std::io::Read;
use std::ops::Range;
use std::sync::Arc;

use crate::band::{Block, Token};
use crate::bits::Bits;
use crate::error::Error;
use crate::header::{Header, Tables};
use crate::huffman::Table;
use crate::input::Input;
use crate::scan::Scan;

/// What contradicts itself inside of a block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Corrupt;

impl From<Corrupt> for Error {
    fn from(_: Corrupt) -> Self {
        Self::Damaged("its coefficients are corrupt")
    }
}

/// The tokens of a block.
pub(crate) struct Tokens {
    list: [u16; 64],
    count: usize,
    full: bool,
}

impl Tokens {
    pub(crate) const fn new() -> Self {
        Self {
            list: [0; 64],
            count: 0,
            full: false,
        }
    }

    pub(crate) fn list(&self) -> &[u16] {
        &self.list[..self.count.min(64)]
    }
}

/// Decodes the difference of a DC coefficient.
#[inline(always)]
pub(crate) fn difference<R: Read>(
    input: &mut Input<R>,
    bits: &mut Bits,
    table: &Table,
) -> Result<i32, Corrupt> {
    input.refill(bits);
    let entry = table.entry(*bits);
    if entry.is_whole() {
        bits.skip(entry.length());
        return Ok(i32::from(entry.value() as i16));
    }
    let size = u32::from(table.symbol_of(entry, bits).ok_or(Corrupt)?);
    if size > 11 {
        return Err(Corrupt);
    }
    Ok(bits.take_signed(size))
}

/// What stands next among AC coefficients.
pub(crate) enum Step {
    /// A coefficient, or sixteen zeros.
    Token(Token),
    /// Nothing more in this block; in progressive scans, in 2 to the power of this many or more.
    End(u8),
}

/// Decodes what stands next among AC coefficients.
#[inline(always)]
pub(crate) fn step<R: Read>(
    input: &mut Input<R>,
    bits: &mut Bits,
    table: &Table,
) -> Result<Step, Corrupt> {
    input.refill(bits);
    let entry = table.entry(*bits);
    if entry.is_whole() {
        bits.skip(entry.length());
        return Ok(Step::Token(Token(entry.value())));
    }
    let symbol = table.symbol_of(entry, bits).ok_or(Corrupt)?;
    match (symbol >> 4, u32::from(symbol & 15)) {
        (15, 0) => Ok(Step::Token(Token::ZEROS)),
        (run, 0) => Ok(Step::End(run)),
        (run, size @ 1..=10) => Ok(Step::Token(Token::new(run, bits.take_signed(size) as i16))),
        _ => Err(Corrupt),
    }
}

/// Decodes the AC coefficients of a block.
///
/// Not inlined, and with the bits in a variable of its own: nothing else of a caller is in registers then.
#[inline(never)]
pub(crate) fn coefficients<R: Read>(
    input: &mut Input<R>,
    ready: &mut Bits,
    table: &Table,
    tokens: &mut Tokens,
) -> Result<(), Corrupt> {
    let mut bits = *ready;
    let mut count = 0;
    let mut next = 1;
    while next < 64 {
        let token = match step(input, &mut bits, table)? {
            Step::Token(token) => token,
            Step::End(0) => break,
            Step::End(_) => return Err(Corrupt),
        };
        // Each takes at least one place, so that 64 are enough.
        tokens.list[count & 63] = token.0;
        count += 1;
        next += token.run() + 1;
    }
    if next > 64 {
        return Err(Corrupt);
    }
    *ready = bits;
    // Zeros that nothing follows say nothing.
    while count > 0 && tokens.list[(count - 1) & 63] == Token::ZEROS.0 {
        count -= 1;
        next = 0;
    }
    tokens.count = count;
    tokens.full = next == 64;
    Ok(())
}

/// The tables of one component of a scan.
struct Coding<'t> {
    component: usize,
    horizontal: usize,
    vertical: usize,
    dc: &'t Table,
    ac: &'t Table,
}

/// Where a block is in a row of units.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) component: usize,
    /// Among the blocks of the component.
    pub(crate) column: usize,
    /// Among the rows of blocks that a unit has of the component.
    pub(crate) row: usize,
}

/// A scan of all components, row by row of units.
pub(crate) struct Sequential {
    scan: Scan,
    bits: Bits,
    predictions: [i32; 4],
    /// Units before the next restart marker, and the number of that.
    left: u32,
    restarts: u8,
}

impl Sequential {
    pub(crate) fn new<R: Read>(scan: Scan, tables: &Tables, input: &mut Input<R>) -> Self {
        Self {
            scan,
            bits: input.begin_bits(),
            predictions: [0; 4],
            left: u32::from(tables.restart),
            restarts: 0,
        }
    }

    /// Decodes the next row of units, or those of it that are `wanted`, with whatever must be read for them; `take`
    /// gets the blocks of each component, those of a unit after each other.
    pub(crate) fn row<R: Read>(
        &mut self,
        header: &Header,
        tables: &Tables,
        input: &mut Input<R>,
        wanted: Range<u32>,
        mut take: impl FnMut(Place, Block<'_>, bool),
    ) -> Result<(), Error> {
        let coding = coding(&self.scan, header, tables)?;
        let units = header.width.div_ceil(header.unit_width());
        let mut tokens = Tokens::new();
        let mut next = 0;
        while next < units {
            if tables.restart > 0 {
                self.restart(tables.restart, input)?;
                let end = next + self.left;
                let begins = self.left == u32::from(tables.restart);
                if begins && end <= units && (end <= wanted.start || next >= wanted.end) {
                    self.bits = input.pass_interval()?;
                    self.left = 0;
                    next = end;
                    continue;
                }
                self.left -= 1;
            }
            let unit = next as usize;
            next += 1;
            let mut bits = self.bits;
            for part in &coding {
                for y in 0..part.vertical {
                    for x in 0..part.horizontal {
                        let dc = &mut self.predictions[part.component & 3];
                        *dc += difference(input, &mut bits, part.dc)?;
                        if dc.unsigned_abs() > 2047 {
                            return Err(Corrupt.into());
                        }
                        coefficients(input, &mut bits, part.ac, &mut tokens)?;
                        let place = Place {
                            component: part.component,
                            column: unit * part.horizontal + x,
                            row: y,
                        };
                        let block = Block {
                            dc: *dc as i16,
                            ac: tokens.list(),
                        };
                        take(place, block, tokens.full);
                    }
                }
            }
            self.bits = bits;
        }
        input.check(self.bits)
    }

    /// Takes a restart marker where one is due.
    fn restart<R: Read>(&mut self, interval: u16, input: &mut Input<R>) -> Result<(), Error> {
        if self.left == 0 {
            self.bits = input.restart(self.bits, self.restarts)?;
            self.restarts = self.restarts.wrapping_add(1);
            self.predictions = [0; 4];
            self.left = u32::from(interval);
        }
        Ok(())
    }
}

fn coding<'t>(scan: &Scan, header: &Header, tables: &'t Tables) -> Result<Vec<Coding<'t>>, Error> {
    const MISSING: Error = Error::Damaged("a Huffman table is missing");
    let table = |all: &'t [Option<Arc<Table>>; 4], number: usize| {
        all.get(number).and_then(Option::as_deref).ok_or(MISSING)
    };
    scan.components
        .iter()
        .map(|part| {
            let component = &header.components[part.component];
            Ok(Coding {
                component: part.component,
                horizontal: usize::from(component.horizontal),
                vertical: usize::from(component.vertical),
                dc: table(&tables.dc, part.dc)?,
                ac: table(&tables.ac, part.ac)?,
            })
        })
        .collect()
}
