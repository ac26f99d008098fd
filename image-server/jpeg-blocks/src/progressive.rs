//! Decoding AC coefficients of progressive scans (T.81, annex G).

use std::io::Read;

use crate::band::Token;
use crate::bits::Bits;
use crate::huffman::Table;
use crate::input::Input;
use crate::scan::Scan;
use crate::sequential::{Corrupt, Step, step};

/// The part of the coefficients that a scan gives, and where it is.
pub(crate) struct Refinement {
    first: usize,
    last: usize,
    low: u8,
    /// Blocks that have nothing more, this one included.
    ended: u32,
}

impl Refinement {
    pub(crate) fn new(scan: &Scan) -> Self {
        Self {
            first: usize::from(scan.first),
            last: usize::from(scan.last),
            low: scan.low,
            ended: 0,
        }
    }

    pub(crate) fn restart(&mut self) {
        self.ended = 0;
    }
}

/// The number of blocks that an end-of-band code of this run ends.
fn ended<R: Read>(input: &mut Input<R>, bits: &mut Bits, run: u8) -> u32 {
    input.refill(bits);
    (1 << run) + bits.take(u32::from(run))
}

/// Decodes the upper bits of coefficients (T.81, G.1.2.2).
pub(crate) fn first<R: Read>(
    input: &mut Input<R>,
    bits: &mut Bits,
    table: &Table,
    refinement: &mut Refinement,
    block: &mut [i16; 64],
) -> Result<(), Corrupt> {
    if refinement.ended > 0 {
        refinement.ended -= 1;
        return Ok(());
    }
    let mut at = refinement.first;
    while at <= refinement.last {
        let token = match step(input, bits, table)? {
            Step::Token(token) => token,
            Step::End(run) => {
                refinement.ended = ended(input, bits, run) - 1;
                break;
            }
        };
        at += token.run();
        if token != Token::ZEROS {
            let value = i32::from(token.value()) << refinement.low;
            if at > refinement.last || value.unsigned_abs() > 2047 {
                return Err(Corrupt);
            }
            block[at] = value as i16;
        }
        at += 1;
    }
    Ok(())
}

/// Decodes one more bit of coefficients (T.81, G.1.2.3).
pub(crate) fn refine<R: Read>(
    input: &mut Input<R>,
    bits: &mut Bits,
    table: &Table,
    refinement: &mut Refinement,
    block: &mut [i16; 64],
) -> Result<(), Corrupt> {
    let size = 1i16 << refinement.low;
    let last = refinement.last;
    let mut at = refinement.first;
    if refinement.ended == 0 {
        while at <= last {
            let token = match step(input, bits, table)? {
                Step::Token(token) => token,
                Step::End(run) => {
                    refinement.ended = ended(input, bits, run);
                    break;
                }
            };
            let new = match token.value() {
                0 => None,
                1 => Some(size),
                -1 => Some(-size),
                _ => return Err(Corrupt),
            };
            // Past as many zeros as the run says; what is not zero gets its bit.
            let mut zeros = token.run();
            while at <= last {
                if block[at] != 0 {
                    one_more_bit(input, bits, size, &mut block[at]);
                } else if zeros == 0 {
                    break;
                } else {
                    zeros -= 1;
                }
                at += 1;
            }
            if let Some(value) = new {
                if at > last {
                    return Err(Corrupt);
                }
                block[at] = value;
            }
            at += 1;
        }
    }
    if refinement.ended > 0 {
        for value in block.iter_mut().take(last + 1).skip(at) {
            if *value != 0 {
                one_more_bit(input, bits, size, value);
            }
        }
        refinement.ended -= 1;
    }
    Ok(())
}

fn one_more_bit<R: Read>(input: &mut Input<R>, bits: &mut Bits, size: i16, value: &mut i16) {
    input.refill(bits);
    if bits.take(1) == 1 && *value & size == 0 {
        *value += if *value > 0 { size } else { -size };
    }
}
