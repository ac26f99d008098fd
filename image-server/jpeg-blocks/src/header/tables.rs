//! Tables and intervals, which may change between scans (T.81, B.2.4).

use std::io::Read;
use std::sync::Arc;

use crate::Quantization;
use crate::error::Error;
use crate::huffman::Table;
use crate::input::Input;
use crate::order::ZIGZAG;

#[derive(Default)]
pub(crate) struct Tables {
    pub(crate) quantization: [Option<Quantization>; 4],
    pub(crate) dc: [Option<Arc<Table>>; 4],
    pub(crate) ac: [Option<Arc<Table>>; 4],
    /// Units between restart markers; 0 for none.
    pub(crate) restart: u16,
}

impl Tables {
    /// Takes the segment of `marker`, which is none of a frame, scan or application.
    pub(crate) fn take<R: Read>(&mut self, marker: u8, input: &mut Input<R>) -> Result<(), Error> {
        match marker {
            0xdb => self.quantization(&input.segment()?),
            0xc4 => self.huffman(&input.segment()?),
            0xdd => {
                let content = input.segment()?;
                let interval: [u8; 2] = content
                    .try_into()
                    .map_err(|_| Error::Damaged("a restart interval of a wrong length"))?;
                self.restart = u16::from_be_bytes(interval);
                Ok(())
            }
            // Comments, and applications between scans.
            0xfe | 0xe0..=0xef => input.segment().map(drop),
            0xc3 => Err(Error::Unsupported("lossless coding")),
            0xc5..=0xc7 | 0xcd..=0xcf | 0xde | 0xdf => {
                Err(Error::Unsupported("hierarchical coding"))
            }
            0xc9..=0xcc => Err(Error::Unsupported("arithmetic coding")),
            0xdc => Err(Error::Unsupported("a height that is told after its scan")),
            _ => Err(Error::Damaged("a marker where none can be")),
        }
    }

    fn quantization(&mut self, mut content: &[u8]) -> Result<(), Error> {
        const SHORT: Error = Error::Damaged("a quantisation table that is too short");
        while let Some((&kind, rest)) = content.split_first() {
            let (width, number) = (usize::from(kind >> 4), usize::from(kind & 15));
            let slot = match (width, self.quantization.get_mut(number)) {
                (0 | 1, Some(slot)) => slot,
                _ => return Err(Error::Damaged("an impossible quantisation table")),
            };
            let (values, rest) = rest.split_at_checked(64 * (width + 1)).ok_or(SHORT)?;
            let mut table = [0; 64];
            for (value, place) in values.chunks_exact(width + 1).zip(ZIGZAG) {
                let value = value
                    .iter()
                    .fold(0, |sum, byte| sum << 8 | u16::from(*byte));
                if value == 0 {
                    return Err(Error::Damaged("a step of quantisation of 0"));
                }
                table[usize::from(place)] = value;
            }
            *slot = Some(table);
            content = rest;
        }
        Ok(())
    }

    fn huffman(&mut self, mut content: &[u8]) -> Result<(), Error> {
        const SHORT: Error = Error::Damaged("a Huffman table that is too short");
        while let Some((&kind, rest)) = content.split_first() {
            let (counts, rest) = rest.split_first_chunk::<16>().ok_or(SHORT)?;
            let total = counts.iter().map(|count| usize::from(*count)).sum();
            let (symbols, rest) = rest.split_at_checked(total).ok_or(SHORT)?;
            let table = Table::shared(counts, symbols, kind >> 4 == 0)?;
            let tables = match kind >> 4 {
                0 => &mut self.dc,
                1 => &mut self.ac,
                _ => return Err(Error::Damaged("an impossible Huffman table")),
            };
            *tables
                .get_mut(usize::from(kind & 15))
                .ok_or(Error::Damaged("an impossible Huffman table"))? = Some(table);
            content = rest;
        }
        Ok(())
    }
}
