//! The frame header (T.81, B.2.2).

use super::Limits;
use crate::error::Error;

/// How coefficients are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Process {
    /// Sequential, with two tables of each kind at most.
    Baseline,
    /// Sequential.
    Extended,
    /// In scans that refine each other.
    Progressive,
}

/// One component of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// The number that scans call it by.
    pub id: u8,
    /// Blocks across in a minimum coded unit: 1 to 4.
    pub horizontal: u8,
    /// Blocks down in a minimum coded unit: 1 to 4.
    pub vertical: u8,
    /// The number of its quantisation table.
    pub(crate) table: u8,
    /// Blocks across that show something of the image.
    pub(crate) columns: u32,
    /// Blocks down that show something of the image.
    pub(crate) rows: u32,
}

pub(crate) struct Frame {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) process: Process,
    pub(crate) components: Vec<Component>,
}

pub(super) fn sampling(components: &[Component]) -> (u8, u8) {
    let most = |of: fn(&Component) -> u8| components.iter().map(of).max().unwrap_or(1);
    (most(|c| c.horizontal), most(|c| c.vertical))
}

impl Frame {
    pub(super) fn parse(marker: u8, content: &[u8], limits: &Limits) -> Result<Self, Error> {
        let &[precision, h1, h2, w1, w2, count, ref rest @ ..] = content else {
            return Err(Error::Damaged("a frame header that is too short"));
        };
        if precision != 8 {
            return Err(Error::Unsupported("samples of more than 8 bits"));
        }
        let (width, height) = (u16::from_be_bytes([w1, w2]), u16::from_be_bytes([h1, h2]));
        let (width, height) = (u32::from(width), u32::from(height));
        if width == 0 {
            return Err(Error::Damaged("a width of 0"));
        }
        if height == 0 {
            return Err(Error::Unsupported("a height that is told after its scan"));
        }
        if u64::from(width) * u64::from(height) > limits.pixels {
            return Err(Error::Pixels {
                width,
                height,
                limit: limits.pixels,
            });
        }
        if !matches!(count, 1 | 3 | 4) {
            return Err(Error::Unsupported("a number of components not 1, 3 or 4"));
        }
        if rest.len() != usize::from(count) * 3 {
            return Err(Error::Damaged("a frame header of a wrong length"));
        }
        let mut components = Vec::new();
        for part in rest.chunks_exact(3) {
            let &[id, sampling, table] = part else {
                continue;
            };
            let (horizontal, vertical) = (sampling >> 4, sampling & 15);
            if !(1..=4).contains(&horizontal) || !(1..=4).contains(&vertical) || table > 3 {
                return Err(Error::Damaged("an impossible component"));
            }
            if components.iter().any(|c: &Component| c.id == id) {
                return Err(Error::Damaged("two components of one name"));
            }
            components.push(Component {
                id,
                horizontal,
                vertical,
                table,
                columns: 0,
                rows: 0,
            });
        }
        // Of one component blocks follow each other row by row, whatever its sampling (T.81, A.2.2).
        if let [only] = components.as_mut_slice() {
            (only.horizontal, only.vertical) = (1, 1);
        }
        let (across, down) = sampling(&components);
        for component in &mut components {
            let blocks = |pixels: u32, share: u8, most: u8| {
                (pixels * u32::from(share))
                    .div_ceil(u32::from(most))
                    .div_ceil(8)
            };
            component.columns = blocks(width, component.horizontal, across);
            component.rows = blocks(height, component.vertical, down);
        }
        let process = match marker {
            0xc0 => Process::Baseline,
            0xc1 => Process::Extended,
            _ => Process::Progressive,
        };
        Ok(Self {
            width,
            height,
            process,
            components,
        })
    }
}
