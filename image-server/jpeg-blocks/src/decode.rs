//! From a stream to bands of blocks.

use std::io::{Read, Seek, Write};
use std::ops::Range;

use crate::Quantization;
use crate::band::{Band, Block};
use crate::dense;
use crate::error::Error;
use crate::header::{self, Header, Limits, Start, Tables};
use crate::input::Input;
use crate::sequential::{Place, Sequential};
use crate::store::Store;

/// A file for coefficients that memory is too small for; what it holds at the start does not matter.
pub trait Scratch: Read + Write + Seek + Send {}

impl<T: Read + Write + Seek + Send> Scratch for T {}

/// Where the coefficients of a stream of several scans are kept until all are known.
pub enum Keep {
    /// In memory: [`Decoder::held`] bytes.
    Memory,
    /// In a file of [`Decoder::held`] bytes.
    Scratch(Box<dyn Scratch>),
}

/// A stream whose header was read.
pub struct Decoder<R> {
    input: Input<R>,
    start: Start,
    limits: Limits,
}

impl<R: Read> Decoder<R> {
    /// Reads the header of the stream that begins at `source`, which needs no buffer of its own.
    ///
    /// # Errors
    /// If it is cut short, damaged, of a kind that is not read, or exceeds a limit.
    pub fn new(source: R, limits: &Limits) -> Result<Self, Error> {
        let mut input = Input::new(source);
        let start = header::read(&mut input, limits)?;
        Ok(Self {
            input,
            start,
            limits: *limits,
        })
    }

    /// What the header says.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.start.header
    }

    /// Bytes of coefficients that are kept beside the bands: 0 for a stream that is read as it comes.
    #[must_use]
    pub fn held(&self) -> u64 {
        if self.header().streamed {
            0
        } else {
            self.header().blocks_of_row() * u64::from(self.header().unit_rows()) * 128
        }
    }

    /// Bytes of memory that are held beside bands and what [`Keep`] says.
    #[must_use]
    pub fn memory(&self) -> u64 {
        let tables = 256 << 10;
        // Of a scratch file one row of units is in memory, and one row of blocks as bytes.
        let window = if self.header().streamed {
            0
        } else {
            self.header().blocks_of_row() * 256
        };
        tables + window
    }

    /// Begins to give blocks. Of a stream of several scans all of them are decoded now, and kept where `keep`
    /// says.
    ///
    /// # Errors
    /// If the stream is cut short or damaged, or the scratch file fails.
    pub fn begin(mut self, keep: Keep) -> Result<Rows<R>, Error> {
        let Start {
            header,
            tables,
            scan,
        } = self.start;
        if header.streamed {
            let quantization = header
                .components
                .iter()
                .map(|component| quantization(&tables, component.table))
                .collect::<Result<_, _>>()?;
            let sequential = Sequential::new(scan, &tables, &mut self.input);
            return Ok(Rows {
                quantization,
                header,
                next: 0,
                from: From::Stream {
                    input: self.input,
                    tables: Box::new(tables),
                    sequential,
                },
            });
        }
        let mut store = Store::new(&header, keep);
        let quantization = dense::decode(
            &header,
            tables,
            scan,
            &mut self.input,
            &mut store,
            self.limits.scans,
        )?;
        Ok(Rows {
            quantization,
            header,
            next: 0,
            from: From::Store(store),
        })
    }
}

pub(crate) fn quantization(tables: &Tables, number: u8) -> Result<Quantization, Error> {
    tables
        .quantization
        .get(usize::from(number))
        .copied()
        .flatten()
        .ok_or(Error::Damaged("a quantisation table is missing"))
}

/// Gives the blocks of an image from the top.
pub struct Rows<R> {
    header: Header,
    quantization: Vec<Quantization>,
    /// The row of units that is next.
    next: u32,
    from: From<R>,
}

enum From<R> {
    Stream {
        input: Input<R>,
        tables: Box<Tables>,
        sequential: Sequential,
    },
    Store(Store),
}

impl<R: Read> Rows<R> {
    /// What the header says.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The steps of quantisation of each component.
    #[must_use]
    pub fn quantization(&self) -> &[Quantization] {
        &self.quantization
    }

    /// Fills `band` with the next rows of units, `units` of them or as many as are left.
    ///
    /// # Errors
    /// If the stream is cut short or damaged, or the scratch file fails.
    pub fn read(&mut self, units: u32, band: &mut Band) -> Result<(), Error> {
        let units = units.min(self.header.unit_rows() - self.next);
        band.begin(&self.header, self.next, units);
        self.next += units;
        match &mut self.from {
            From::Stream {
                input,
                tables,
                sequential,
            } => {
                for unit in 0..units as usize {
                    sequential.row(
                        &self.header,
                        tables,
                        input,
                        0..u32::MAX,
                        |place, block, full| {
                            band.add(unit, place, block, full);
                        },
                    )?;
                }
                Ok(())
            }
            From::Store(store) => dense::read(&self.header, store, band),
        }
    }

    /// Gives the blocks of the next row of units to `take`, one by one, and not to a band: those of the units
    /// that are `wanted`, and others that must be read for them.
    pub(crate) fn next_row(
        &mut self,
        wanted: Range<u32>,
        mut take: impl FnMut(Place, Block<'_>),
    ) -> Result<(), Error> {
        if let From::Stream {
            input,
            tables,
            sequential,
        } = &mut self.from
        {
            self.next += 1;
            return sequential.row(&self.header, tables, input, wanted, |place, block, _| {
                take(place, block)
            });
        }
        let mut band = Band::new();
        self.read(1, &mut band)?;
        for (component, blocks) in band.components().iter().enumerate() {
            for row in 0..blocks.rows() {
                for column in 0..blocks.columns() {
                    let place = Place {
                        component,
                        column,
                        row,
                    };
                    take(place, blocks.block(column, row));
                }
            }
        }
        Ok(())
    }
}
