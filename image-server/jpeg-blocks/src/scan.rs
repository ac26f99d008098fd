//! The scan header (T.81, B.2.3).

use crate::error::Error;
use crate::header::{Frame, Process};

/// What one scan gives.
#[derive(Debug, Clone)]
pub(crate) struct Scan {
    pub(crate) components: Vec<Part>,
    /// The first and the last coefficient, in the order of streams.
    pub(crate) first: u8,
    pub(crate) last: u8,
    /// The lowest bit that was given before, 0 for none.
    pub(crate) high: u8,
    /// The lowest bit that this scan gives.
    pub(crate) low: u8,
}

/// A component of a scan.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    /// Its place among the components of the frame.
    pub(crate) component: usize,
    /// The numbers of its Huffman tables.
    pub(crate) dc: usize,
    pub(crate) ac: usize,
}

impl Scan {
    pub(crate) fn parse(content: &[u8], frame: &Frame) -> Result<Self, Error> {
        let ids: Vec<u8> = frame.components.iter().map(|c| c.id).collect();
        Self::of(content, &ids, frame.process)
    }

    /// The scan of a frame whose components are called `ids`.
    pub(crate) fn of(content: &[u8], ids: &[u8], process: Process) -> Result<Self, Error> {
        const WRONG: Error = Error::Damaged("an impossible scan");
        let (&count, rest) = content.split_first().ok_or(WRONG)?;
        let (parts, rest) = rest.split_at_checked(usize::from(count) * 2).ok_or(WRONG)?;
        let &[first, last, bits] = rest else {
            return Err(WRONG);
        };
        let mut components: Vec<Part> = Vec::new();
        for part in parts.chunks_exact(2) {
            let &[id, tables] = part else { continue };
            let component = ids.iter().position(|known| *known == id).ok_or(WRONG)?;
            let (dc, ac) = (usize::from(tables >> 4), usize::from(tables & 15));
            // In the order of the frame, as T.81 demands, each once.
            let rises = components.last().is_none_or(|l| l.component < component);
            if !rises || dc > 3 || ac > 3 {
                return Err(WRONG);
            }
            components.push(Part { component, dc, ac });
        }
        if components.is_empty() {
            return Err(WRONG);
        }
        if process != Process::Progressive {
            // These bytes mean nothing then, and some encoders leave them 0.
            return Ok(Self {
                components,
                first: 0,
                last: 63,
                high: 0,
                low: 0,
            });
        }
        let (high, low) = (bits >> 4, bits & 15);
        let is_dc = first == 0 && last == 0;
        let is_ac = first > 0 && first <= last && last < 64 && components.len() == 1;
        let refines = high == 0 || high == low + 1;
        if !(is_dc || is_ac) || !refines || low > 13 {
            return Err(WRONG);
        }
        Ok(Self {
            components,
            first,
            last,
            high,
            low,
        })
    }
}
