//! Huffman tables: for decoding (T.81, annex C and F.2.2.3), and those of annex K for encoding.

use std::sync::{Arc, LazyLock};

use crate::band::Token;
use crate::bits::{Bits, extend};
use crate::error::Error;

/// Bits that are looked up at once.
pub(crate) const LOOK: u32 = 10;

/// A table for decoding.
pub(crate) struct Table {
    look: Box<[Entry; 1 << LOOK]>,
    /// For each length the first sixteen bits that are beyond its codes.
    beyond: [u32; 17],
    /// For each length what to add to a code to find its symbol.
    offset: [i32; 17],
    symbols: Vec<u8>,
}

/// What the next bits are: a whole value where they hold one, else a code, else (0) the begin of a long code.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Entry(u32);

impl Entry {
    const WHOLE: u32 = 1 << 15;

    fn code(symbol: u8, length: u32) -> Self {
        Self(u32::from(symbol) << 16 | length)
    }

    fn whole(value: u16, length: u32) -> Self {
        Self(u32::from(value) << 16 | Self::WHOLE | length)
    }

    /// Bits of the code, or of code and value.
    #[inline(always)]
    pub(crate) fn length(self) -> u32 {
        self.0 & 0x3f
    }

    #[inline(always)]
    pub(crate) fn is_whole(self) -> bool {
        self.0 & Self::WHOLE != 0
    }

    /// The value of a whole one: the difference of a DC coefficient, or the token of an AC coefficient.
    #[inline(always)]
    pub(crate) fn value(self) -> u16 {
        (self.0 >> 16) as u16
    }

    fn symbol(self) -> u8 {
        self.value() as u8
    }
}

impl Table {
    /// The table of these codes, for DC coefficients if `dc`, else AC: those of annex K, which most streams have, are made
    /// once.
    pub(crate) fn shared(counts: &[u8; 16], symbols: &[u8], dc: bool) -> Result<Arc<Self>, Error> {
        static STANDARD: LazyLock<Vec<(bool, &Standard, Arc<Table>)>> = LazyLock::new(|| {
            let all = DC.iter().map(|of| (true, of));
            let all = all.chain(AC.iter().map(|of| (false, of)));
            all.filter_map(|(dc, of)| {
                let table = Table::new(&of.counts, of.symbols, dc).ok()?;
                Some((dc, of, Arc::new(table)))
            })
            .collect()
        });
        let made = STANDARD
            .iter()
            .find(|(kind, of, _)| (*kind, &of.counts, of.symbols) == (dc, counts, symbols));
        made.map_or_else(
            || Self::new(counts, symbols, dc).map(Arc::new),
            |(_, _, table)| Ok(Arc::clone(table)),
        )
    }

    /// The table of these codes, for DC coefficients if `dc`, else AC.
    fn new(counts: &[u8; 16], symbols: &[u8], dc: bool) -> Result<Self, Error> {
        let mut table = Self {
            look: Box::new([Entry::default(); 1 << LOOK]),
            beyond: [0; 17],
            offset: [0; 17],
            symbols: symbols.to_vec(),
        };
        let (mut code, mut at) = (0u32, 0);
        for (length, &count) in (1..).zip(counts) {
            let count = u32::from(count);
            if code + count > 1 << length {
                return Err(Error::Damaged("an impossible Huffman table"));
            }
            let place = length as usize;
            table.offset[place] = at as i32 - code as i32;
            for _ in 0..count {
                let symbol = symbols.get(at).copied().unwrap_or(0);
                if length <= LOOK {
                    table.look_up(code, length, symbol, dc);
                }
                code += 1;
                at += 1;
            }
            table.beyond[place] = code << (16 - length);
            code <<= 1;
        }
        Ok(table)
    }

    /// Fills in all the next bits that begin with this code.
    fn look_up(&mut self, code: u32, length: u32, symbol: u8, dc: bool) {
        let rest = LOOK - length;
        let first = (code << rest) as usize;
        let (run, size) = (symbol >> 4, u32::from(symbol & 15));
        for (tail, entry) in (0u32..).zip(&mut self.look[first..first + (1 << rest)]) {
            *entry = Entry::code(symbol, length);
            if size > rest || size > 10 {
                continue;
            }
            let value = extend((tail >> (rest - size)) as i32, size) as i16;
            if dc && symbol < 16 {
                *entry = Entry::whole(value as u16, length + size);
            } else if !dc && (size > 0 || run == 15) {
                *entry = Entry::whole(Token::new(run, value).0, length + size);
            }
        }
    }

    /// What the next bits are; at least 16 must be ready.
    #[inline(always)]
    pub(crate) fn entry(&self, bits: Bits) -> Entry {
        self.look[bits.peek(LOOK)]
    }

    /// Takes the symbol whose code `entry` begins and is not whole.
    #[inline(always)]
    pub(crate) fn symbol_of(&self, entry: Entry, bits: &mut Bits) -> Option<u8> {
        let (symbol, length) = match entry.length() {
            0 => self.long(bits.peek(16) as u32)?,
            length => (entry.symbol(), length),
        };
        bits.skip(length);
        Some(symbol)
    }

    /// The symbol that the next sixteen bits begin with, and the length of its code.
    ///
    /// These are given by their value: what a call can change is kept in memory, and decoding waits for it.
    #[cold]
    #[inline(never)]
    fn long(&self, next: u32) -> Option<(u8, u32)> {
        let length = (1..17).find(|length| next < self.beyond[*length as usize])?;
        let code = (next >> (16 - length)) as i32;
        let at = usize::try_from(code + self.offset[length as usize]).ok()?;
        Some((self.symbols.get(at).copied()?, length))
    }
}

/// Code lengths and symbols of one table, as streams give them.
pub(crate) struct Standard {
    pub(crate) counts: [u8; 16],
    pub(crate) symbols: &'static [u8],
}

/// Annex K, table K.3 and K.4: the sizes of DC differences.
pub(crate) static DC: [Standard; 2] = [
    Standard {
        counts: [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0],
        symbols: &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    },
    Standard {
        counts: [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0],
        symbols: &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    },
];

/// Annex K, table K.5 and K.6: runs and sizes of AC coefficients.
pub(crate) static AC: [Standard; 2] = [
    Standard {
        counts: [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7d],
        symbols: &[
            0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51,
            0x61, 0x07, 0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xa1, 0x08, 0x23, 0x42, 0xb1, 0xc1,
            0x15, 0x52, 0xd1, 0xf0, 0x24, 0x33, 0x62, 0x72, 0x82, 0x09, 0x0a, 0x16, 0x17, 0x18,
            0x19, 0x1a, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39,
            0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57,
            0x58, 0x59, 0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74, 0x75,
            0x76, 0x77, 0x78, 0x79, 0x7a, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x92,
            0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7,
            0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3,
            0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8,
            0xd9, 0xda, 0xe1, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf1, 0xf2,
            0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa,
        ],
    },
    Standard {
        counts: [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77],
        symbols: &[
            0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07,
            0x61, 0x71, 0x13, 0x22, 0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xa1, 0xb1, 0xc1, 0x09,
            0x23, 0x33, 0x52, 0xf0, 0x15, 0x62, 0x72, 0xd1, 0x0a, 0x16, 0x24, 0x34, 0xe1, 0x25,
            0xf1, 0x17, 0x18, 0x19, 0x1a, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x35, 0x36, 0x37, 0x38,
            0x39, 0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55, 0x56,
            0x57, 0x58, 0x59, 0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74,
            0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89,
            0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5,
            0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba,
            0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6,
            0xd7, 0xd8, 0xd9, 0xda, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf2,
            0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa,
        ],
    },
];
