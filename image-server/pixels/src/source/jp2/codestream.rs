//! What a codestream says before its data, as far as it decides about memory (ITU-T T.800, annex A).
//!
//! The decoder keeps a note of every block of coefficients, so blocks of a few samples each would cost more
//! than the samples do.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use super::super::SourceError;

/// Samples of a block of coefficients, as a power of two, below which none is accepted; 12 is usual, 10 not
/// rare.
const SMALLEST_BLOCK: u32 = 8;
/// Sides of precincts, as powers of two, below which none is accepted; 7 and 8 are usual.
const SMALLEST_PRECINCT: u8 = 4;
/// More parts and segments than a file of ours has.
const MOST_STEPS: usize = 1_000_000;
/// Boxes before the codestream.
const MOST_BOXES: usize = 1_000;

const SOC: u16 = 0xff4f;
const SIZ: u16 = 0xff51;
const COD: u16 = 0xff52;
const COC: u16 = 0xff53;
const SOT: u16 = 0xff90;
const SOD: u16 = 0xff93;
const EOC: u16 = 0xffd9;

/// The size of an image.
pub(super) struct Header {
    /// Pixels across and down.
    pub(super) size: (u32, u32),
    pub(super) components: u16,
}

impl Header {
    /// Reads the size, and refuses what would take more memory than the size says.
    pub(super) fn read(file: &File) -> Result<Self, SourceError> {
        let mut head = [0; 12];
        read(file, &mut head, 0)?;
        let begin = if head.starts_with(&SOC.to_be_bytes()) {
            0
        } else {
            codestream(file)?
        };
        let mut segment = [0; 42];
        read(file, &mut segment, begin)?;
        if word(&segment, 0) != SOC || word(&segment, 2) != SIZ {
            return Err(broken());
        }
        // The size of the reference grid less the offset of the image in it.
        let width = long(&segment, 8).checked_sub(long(&segment, 16));
        let height = long(&segment, 12).checked_sub(long(&segment, 20));
        let size = width.zip(height).ok_or_else(broken)?;
        let components = word(&segment, 40);
        check_blocks(file, begin + 2, components)?;
        Ok(Self { size, components })
    }
}

/// Looks through the segments of the header and of all parts of tiles.
fn check_blocks(file: &File, mut at: u64, components: u16) -> Result<(), SourceError> {
    let end = file.metadata()?.len();
    let mut part_ends = end;
    for _ in 0..MOST_STEPS {
        if at.saturating_add(2) > end {
            // What is missing at the end is the decoder's to judge.
            return Ok(());
        }
        let mut head = [0; 4];
        let known = usize::try_from((end - at).min(4)).unwrap_or(4);
        read(file, &mut head[..known], at)?;
        match word(&head, 0) {
            EOC => return Ok(()),
            SOD => at = part_ends,
            marker => {
                let length = u64::from(word(&head, 2));
                if length < 2 {
                    return Err(broken());
                }
                let mut body = [0; 64];
                let known = usize::try_from((length - 2).min(64)).unwrap_or(0);
                if at + 4 + known as u64 > end {
                    return Ok(());
                }
                let body = &mut body[..known];
                read(file, body, at + 4)?;
                match marker {
                    SOT => match long(body, 2) {
                        // The last part may go on to the end.
                        0 => part_ends = end,
                        length => part_ends = at.saturating_add(u64::from(length)),
                    },
                    COD => check_style(body.first().copied(), body.get(5..))?,
                    COC => {
                        let name = if components < 257 { 1 } else { 2 };
                        check_style(body.get(name).copied(), body.get(name + 1..))?;
                    }
                    _ => {}
                }
                at = at.saturating_add(2 + length);
            }
        }
        // A part that ends before it begins would be read again and again.
        if part_ends < at && part_ends != end {
            return Err(broken());
        }
    }
    Err(SourceError::Unsupported(
        "JPEG 2000 of more than a million parts".to_owned(),
    ))
}

/// Refuses small blocks and precincts; `style` begins with the number of levels (tables A.13 to A.21).
fn check_style(flags: Option<u8>, style: Option<&[u8]>) -> Result<(), SourceError> {
    let (Some(flags), Some(&[_, width, height, _, _, ref precincts @ ..])) = (flags, style) else {
        return Err(broken());
    };
    let block = u32::from(width & 15) + 2 + u32::from(height & 15) + 2;
    let has_precincts = flags & 1 == 1;
    let small = |size: &u8| size & 15 < SMALLEST_PRECINCT || size >> 4 < SMALLEST_PRECINCT;
    if block < SMALLEST_BLOCK || (has_precincts && precincts.iter().any(small)) {
        return Err(SourceError::Unsupported(
            "JPEG 2000 in very small blocks".to_owned(),
        ));
    }
    Ok(())
}

/// Where the codestream of a JP2 file begins (annex I).
fn codestream(file: &File) -> Result<u64, SourceError> {
    let mut at = 0_u64;
    for _ in 0..MOST_BOXES {
        let mut head = [0; 16];
        read(file, &mut head, at)?;
        let (begin, length) = match long(&head, 0) {
            1 => (
                16,
                u64::from(long(&head, 8)) << 32 | u64::from(long(&head, 12)),
            ),
            length => (8, u64::from(length)),
        };
        if head.get(4..8) == Some(b"jp2c") {
            return Ok(at + begin);
        }
        if length < begin {
            return Err(broken());
        }
        at = at.checked_add(length).ok_or_else(broken)?;
    }
    Err(broken())
}

fn read(file: &File, out: &mut [u8], at: u64) -> Result<(), SourceError> {
    file.read_exact_at(out, at)
        .map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput => broken(),
            _ => SourceError::Io(error),
        })
}

fn word(bytes: &[u8], at: usize) -> u16 {
    let word = bytes.get(at..).and_then(<[u8]>::first_chunk);
    word.map_or(0, |word| u16::from_be_bytes(*word))
}

fn long(bytes: &[u8], at: usize) -> u32 {
    let long = bytes.get(at..).and_then(<[u8]>::first_chunk);
    long.map_or(0, |long| u32::from_be_bytes(*long))
}

fn broken() -> SourceError {
    SourceError::Damaged("JPEG 2000: it has no image, or breaks off before it".to_owned())
}
