//! Streams of several scans: all are decoded into a store, which then gives bands.

use std::io::Read;
use std::sync::Arc;

use crate::Quantization;
use crate::band::{Band, Token};
use crate::bits::Bits;
use crate::decode::quantization;
use crate::error::Error;
use crate::header::{Header, Process, Tables};
use crate::huffman::Table;
use crate::input::Input;
use crate::progressive::{self, Refinement};
use crate::scan::{Part, Scan};
use crate::sequential::{self, Corrupt, Tokens};
use crate::store::Store;

/// Decodes every scan; gives the steps of quantisation of each component.
pub(crate) fn decode<R: Read>(
    header: &Header,
    mut tables: Tables,
    mut scan: Scan,
    input: &mut Input<R>,
    store: &mut Store,
    limit: usize,
) -> Result<Vec<Quantization>, Error> {
    let mut steps = vec![None; header.components.len()];
    let mut progress = Progress::new(header);
    for _ in 0..limit {
        for part in &scan.components {
            // The table that is there at a component's first scan counts.
            let slot = &mut steps[part.component];
            if slot.is_none() {
                *slot = Some(quantization(
                    &tables,
                    header.components[part.component].table,
                )?);
            }
        }
        progress.take(&scan)?;
        ScanDecoder::new(header, &scan, &tables, input, store).run()?;
        match next_scan(header, &mut tables, input)? {
            After::Scan(next) => scan = next,
            After::End if progress.is_begun() => return all(steps),
            // Without an end marker only what is complete is known to be whole.
            After::Nothing if progress.is_complete() => return all(steps),
            After::End | After::Nothing => return Err(Error::Truncated),
        }
    }
    Err(Error::Unsupported("more scans than allowed"))
}

fn all(steps: Vec<Option<Quantization>>) -> Result<Vec<Quantization>, Error> {
    steps
        .into_iter()
        .collect::<Option<_>>()
        .ok_or(Error::Truncated)
}

enum After {
    Scan(Scan),
    /// The end marker.
    End,
    /// The stream stops without one.
    Nothing,
}

fn next_scan<R: Read>(
    header: &Header,
    tables: &mut Tables,
    input: &mut Input<R>,
) -> Result<After, Error> {
    let ids: Vec<u8> = header.components.iter().map(|c| c.id).collect();
    let Some(mut marker) = input.marker_after_scan()? else {
        return Ok(After::Nothing);
    };
    loop {
        match marker {
            0xda => {
                let scan = Scan::of(&input.segment()?, &ids, header.process)?;
                return Ok(After::Scan(scan));
            }
            0xd9 => return Ok(After::End),
            0xc0..=0xc2 => return Err(Error::Damaged("two frames")),
            _ => tables.take(marker, input)?,
        }
        marker = input.marker()?;
    }
}

/// Which bits of every coefficient were given.
struct Progress {
    /// Of each component and coefficient the lowest bit that is known.
    known: Vec<[Option<u8>; 64]>,
}

impl Progress {
    fn new(header: &Header) -> Self {
        Self {
            known: vec![[None; 64]; header.components.len()],
        }
    }

    /// Notes what `scan` gives; fails if it does not fit what was given before.
    fn take(&mut self, scan: &Scan) -> Result<(), Error> {
        for part in &scan.components {
            let known = &mut self.known[part.component];
            for bit in &mut known[usize::from(scan.first)..=usize::from(scan.last)] {
                let before = if scan.high == 0 {
                    None
                } else {
                    Some(scan.high)
                };
                if *bit != before {
                    return Err(Error::Damaged("scans that do not fit each other"));
                }
                *bit = Some(scan.low);
            }
        }
        Ok(())
    }

    /// Whether something is known of every block.
    fn is_begun(&self) -> bool {
        self.known.iter().all(|known| known[0].is_some())
    }

    fn is_complete(&self) -> bool {
        self.known.iter().flatten().all(|bit| *bit == Some(0))
    }
}

/// How the blocks of a scan are coded.
#[derive(Clone, Copy)]
enum Coding {
    Sequential,
    DcFirst,
    DcRefine,
    AcFirst,
    AcRefine,
}

struct ScanDecoder<'s, R> {
    header: &'s Header,
    scan: &'s Scan,
    tables: &'s Tables,
    input: &'s mut Input<R>,
    store: &'s mut Store,
    coding: Coding,
    refinement: Refinement,
    predictions: [i32; 4],
    tokens: Tokens,
    left: u32,
    restarts: u8,
}

impl<'s, R: Read> ScanDecoder<'s, R> {
    fn new(
        header: &'s Header,
        scan: &'s Scan,
        tables: &'s Tables,
        input: &'s mut Input<R>,
        store: &'s mut Store,
    ) -> Self {
        let coding = match (header.process, scan.first, scan.high) {
            (Process::Baseline | Process::Extended, ..) => Coding::Sequential,
            (Process::Progressive, 0, 0) => Coding::DcFirst,
            (Process::Progressive, 0, _) => Coding::DcRefine,
            (Process::Progressive, _, 0) => Coding::AcFirst,
            (Process::Progressive, ..) => Coding::AcRefine,
        };
        Self {
            header,
            scan,
            tables,
            input,
            store,
            coding,
            refinement: Refinement::new(scan),
            predictions: [0; 4],
            tokens: Tokens::new(),
            left: u32::from(tables.restart),
            restarts: 0,
        }
    }

    fn run(mut self) -> Result<(), Error> {
        let parts = self.scan.components.as_slice();
        // Alone, a component's units are its blocks that show something (T.81, A.2.2).
        let (units, rows, alone) = match parts {
            [part] => {
                let component = &self.header.components[part.component];
                (component.columns, component.rows, true)
            }
            _ => {
                let across = u32::from(self.header.sampling().0) * 8;
                let units = self.header.width.div_ceil(across);
                (units, self.header.unit_rows(), false)
            }
        };
        let shape = |part: &Part| {
            let component = &self.header.components[part.component];
            if alone {
                (1, 1)
            } else {
                (
                    usize::from(component.horizontal),
                    usize::from(component.vertical),
                )
            }
        };
        let shapes: Vec<_> = parts.iter().map(|part| (*part, shape(part))).collect();
        let mut bits = self.input.begin_bits();
        for row in 0..rows as usize {
            for (part, (_, down)) in &shapes {
                self.store.load(part.component, row * down, *down)?;
            }
            for unit in 0..units as usize {
                bits = self.restart(bits)?;
                for (part, (across, down)) in &shapes {
                    for y in 0..*down {
                        for x in 0..*across {
                            let (column, row) = (unit * across + x, row * down + y);
                            self.block(&mut bits, part, column, row)?;
                        }
                    }
                }
            }
            self.input.check(bits)?;
            for (part, _) in &shapes {
                self.store.save(part.component)?;
            }
        }
        Ok(())
    }

    fn restart(&mut self, mut bits: Bits) -> Result<Bits, Error> {
        if self.tables.restart == 0 {
            return Ok(bits);
        }
        if self.left == 0 {
            bits = self.input.restart(bits, self.restarts)?;
            self.restarts = self.restarts.wrapping_add(1);
            self.predictions = [0; 4];
            self.refinement.restart();
            self.left = u32::from(self.tables.restart);
        }
        self.left -= 1;
        Ok(bits)
    }

    fn block(
        &mut self,
        bits: &mut Bits,
        part: &Part,
        column: usize,
        row: usize,
    ) -> Result<(), Error> {
        let dc = || table(&self.tables.dc, part.dc);
        let ac = || table(&self.tables.ac, part.ac);
        let block = self.store.block(part.component, column, row);
        let prediction = &mut self.predictions[part.component & 3];
        match self.coding {
            Coding::Sequential => {
                *prediction += sequential::difference(self.input, bits, dc()?)?;
                block[0] = bounded(*prediction)?;
                sequential::coefficients(self.input, bits, ac()?, &mut self.tokens)?;
                let mut at = 0;
                for token in self.tokens.list() {
                    let token = Token(*token);
                    at += token.run() + 1;
                    block[at & 63] = token.value();
                }
            }
            Coding::DcFirst => {
                *prediction += sequential::difference(self.input, bits, dc()?)?;
                let value = i32::from(bounded(*prediction)?) << self.scan.low;
                block[0] = bounded(value)?;
            }
            Coding::DcRefine => {
                self.input.refill(bits);
                if bits.take(1) == 1 {
                    block[0] |= 1 << self.scan.low;
                }
            }
            Coding::AcFirst => {
                progressive::first(self.input, bits, ac()?, &mut self.refinement, block)?;
            }
            Coding::AcRefine => {
                progressive::refine(self.input, bits, ac()?, &mut self.refinement, block)?;
            }
        }
        Ok(())
    }
}

fn table(all: &[Option<Arc<Table>>; 4], number: usize) -> Result<&Table, Error> {
    all.get(number)
        .and_then(Option::as_deref)
        .ok_or(Error::Damaged("a Huffman table is missing"))
}

/// A DC coefficient, if 8-bit samples can have it.
fn bounded(value: i32) -> Result<i16, Corrupt> {
    match i16::try_from(value) {
        Ok(value) if value.unsigned_abs() <= 2047 => Ok(value),
        _ => Err(Corrupt),
    }
}

/// Fills `band`, which was begun, from the store.
pub(crate) fn read(header: &Header, store: &mut Store, band: &mut Band) -> Result<(), Error> {
    let (first, units) = (band.first_unit() as usize, band.units() as usize);
    for (number, component) in header.components.iter().enumerate() {
        let down = usize::from(component.vertical);
        for row in 0..units * down {
            store.load(number, first * down + row, 1)?;
            for column in 0..store.across(number) {
                let block = *store.block(number, column, first * down + row);
                band.components[number].add_dense(column, row, &block)?;
            }
        }
    }
    Ok(())
}
