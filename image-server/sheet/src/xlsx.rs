//! Excel workbooks since 2007 (ECMA-376 part 1, chapter 18): the values of cells, as they were last computed.
//!
//! Read here rather than by a library, because counts and dimensions that a file declares must cost nothing
//! before they are true.

mod book;
mod sheet;
mod styles;

use crate::error::SheetError;
use crate::grid::Grid;
use crate::packed::Packed;

/// The sheets of a workbook that are not hidden, in its order, as long as `wanted` wants more.
pub(crate) fn read(bytes: &[u8], mut wanted: impl FnMut(Grid) -> bool) -> Result<(), SheetError> {
    let mut packed = Packed::open(bytes)?;
    let book = book::open(&mut packed)?;
    for (name, path) in &book.sheets {
        let Some(part) = packed.part(path)? else {
            continue;
        };
        if !wanted(sheet::read(&part, name, &book)?) {
            break;
        }
    }
    Ok(())
}
