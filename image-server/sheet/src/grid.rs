//! Cells with text, whatever format they come from.

use crate::error::SheetError;
use crate::limits;
use crate::note::Problem;

/// One sheet of a file: its rows that are not blank, in order.
#[derive(Debug, Default)]
pub(crate) struct Grid {
    /// What the workbook calls it.
    pub(crate) name: String,
    pub(crate) rows: Vec<GridRow>,
    /// What is wrong with single cells already: row, column, problem.
    pub(crate) faults: Vec<(u32, usize, Problem)>,
    cells: usize,
    text: usize,
}

/// A row that is not blank.
#[derive(Debug)]
pub(crate) struct GridRow {
    /// As the spreadsheet program counts, from 1.
    pub(crate) number: u32,
    /// Column, from 0, and text, by column; no text is blank.
    pub(crate) cells: Vec<(usize, String)>,
}

impl GridRow {
    pub(crate) fn get(&self, column: usize) -> Option<&str> {
        let index = self
            .cells
            .binary_search_by_key(&column, |(at, _)| *at)
            .ok()?;
        Some(&self.cells[index].1)
    }
}

impl Grid {
    pub(crate) fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    /// Puts `text` into a cell; rows come in order, cells of a row in any. Blank text is no cell.
    pub(crate) fn push(&mut self, row: u32, column: usize, text: &str) -> Result<(), SheetError> {
        if text.trim().is_empty() {
            return Ok(());
        }
        if column >= limits::COLUMNS {
            return Err(SheetError::TooManyColumns);
        }
        if is_error(text.trim()) {
            self.fault(row, column, Problem::ErrorValue(text.trim().to_owned()));
            return Ok(());
        }
        self.cells += 1;
        let too_long = text.len() > limits::CELL && text.chars().count() > limits::CELL;
        // What is too long is not kept, but the cell is: the row is refused, not overlooked.
        let text = if too_long { "\u{fffd}" } else { text };
        self.text += text.len();
        if self.cells > limits::CELLS || self.text > limits::TEXT {
            return Err(SheetError::TooManyCells);
        }
        if too_long {
            self.fault(row, column, Problem::CellTooLong);
        }
        // A row that comes again or too late joins the last one of its number, or is one more.
        if self.rows.last().is_none_or(|last| last.number != row) {
            if self.rows.len() == limits::ROWS {
                return Err(SheetError::TooManyRows);
            }
            self.rows.push(GridRow {
                number: row,
                cells: Vec::new(),
            });
        }
        if let Some(last) = self.rows.last_mut() {
            let at = last.cells.partition_point(|(at, _)| *at < column);
            if last.cells.get(at).is_none_or(|(at, _)| *at != column) {
                last.cells.insert(at, (column, text.to_owned()));
            }
        }
        Ok(())
    }

    pub(crate) fn fault(&mut self, row: u32, column: usize, problem: Problem) {
        if self.faults.len() < limits::ROWS {
            self.faults.push((row, column, problem));
        }
    }
}

/// Whether a text is what spreadsheet programs write where a formula has no value.
fn is_error(text: &str) -> bool {
    const ENGLISH: [&str; 7] = [
        "#REF!", "#NAME?", "#DIV/0!", "#VALUE!", "#N/A", "#NUM!", "#NULL!",
    ];
    const SPANISH: [&str; 7] = [
        "#¡REF!",
        "#¿NOMBRE?",
        "#¡DIV/0!",
        "#¡VALOR!",
        "#N/D",
        "#¡NUM!",
        "#¡NULO!",
    ];
    let numbered = |text: &str| {
        let code = text.strip_prefix("Err:");
        code.is_some_and(|code| code.len() == 3 && code.bytes().all(|b| b.is_ascii_digit()))
    };
    ENGLISH.contains(&text) || SPANISH.contains(&text) || numbered(text)
}

/// What spreadsheet programs call a column: A, B, …, Z, AA.
pub(crate) fn letters(column: usize) -> String {
    let mut rest = column;
    let mut letters = Vec::new();
    loop {
        letters.insert(
            0,
            char::from(b'A' + u8::try_from(rest % 26).unwrap_or_default()),
        );
        if rest < 26 {
            return letters.into_iter().collect();
        }
        rest = rest / 26 - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::{Grid, letters};
    use crate::error::SheetError;

    #[test]
    fn columns_are_called_as_in_a_spreadsheet_program() {
        for (column, expected) in [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (255, "IV")] {
            assert_eq!(letters(column), expected);
        }
    }

    #[test]
    fn cells_are_found_whatever_their_order() {
        let mut grid = Grid::default();
        for (column, text) in [(2, "c"), (0, "a"), (1, "  ")] {
            grid.push(7, column, text).expect("small");
        }
        let row = &grid.rows[0];
        assert_eq!(
            (row.number, row.get(0), row.get(1), row.get(2)),
            (7, Some("a"), None, Some("c"))
        );
        assert_eq!(grid.push(8, 256, "x"), Err(SheetError::TooManyColumns));
    }
}
