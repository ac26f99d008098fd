//! Excel workbooks since 2007.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Reader as _, SheetType, Xlsx, XlsxError};

use crate::error::SheetError;
use crate::grid::Grid;
use crate::note::Problem;
use crate::number;
use crate::packed::Packed;

/// The sheets of a workbook, in its order, as long as `wanted` wants more.
pub(crate) fn read(bytes: &[u8], wanted: impl FnMut(Grid) -> bool) -> Result<(), SheetError> {
    drop(Packed::open(bytes)?);
    // The library is careful, but what it reads is foreign: a bug of it must cost one file, not the ingest.
    catch_unwind(AssertUnwindSafe(|| sheets(bytes, wanted)))
        .unwrap_or_else(|_| Err(SheetError::NotASheet("XLSX".to_owned())))
}

fn sheets(bytes: &[u8], mut wanted: impl FnMut(Grid) -> bool) -> Result<(), SheetError> {
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(not_a_sheet)?;
    let sheets: Vec<String> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| sheet.name.clone())
        .collect();
    for name in sheets {
        let mut grid = Grid::named(&name);
        let mut cells = match workbook.worksheet_cells_reader(&name) {
            Ok(cells) => cells,
            Err(XlsxError::NotAWorksheet(_)) => continue,
            Err(error) => return Err(not_a_sheet(error)),
        };
        while let Some(cell) = cells.next_cell().map_err(not_a_sheet)? {
            let (row, column) = cell.get_position();
            let (row, column) = (row.saturating_add(1), column as usize);
            match cell.get_value() {
                DataRef::Empty => {}
                DataRef::SharedString(text) => grid.push(row, column, text)?,
                DataRef::String(text) => grid.push(row, column, text)?,
                DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                    grid.push(row, column, number::iso(text))?;
                }
                DataRef::Int(value) => grid.push(row, column, &value.to_string())?,
                DataRef::Float(value) => grid.push(row, column, &number::float(*value))?,
                DataRef::Bool(value) => grid.push(row, column, number::boolean(*value))?,
                DataRef::DateTime(value) if value.is_duration() => {
                    grid.push(row, column, &number::float(value.as_f64()))?;
                }
                DataRef::DateTime(value) => {
                    let (year, month, day, hour, minute, second, _) = value.to_ymd_hms_milli();
                    let date = number::date_time([
                        u32::from(year),
                        u32::from(month),
                        u32::from(day),
                        u32::from(hour),
                        u32::from(minute),
                        u32::from(second),
                    ]);
                    grid.push(row, column, &date)?;
                }
                DataRef::Error(error) => {
                    grid.fault(row, column, Problem::ErrorValue(error.to_string()));
                }
            }
        }
        if !wanted(grid) {
            break;
        }
    }
    Ok(())
}

fn not_a_sheet(error: XlsxError) -> SheetError {
    match error {
        XlsxError::Password => SheetError::Encrypted,
        error => SheetError::NotASheet(error.to_string()),
    }
}
