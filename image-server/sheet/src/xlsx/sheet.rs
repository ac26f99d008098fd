//! The cells of one sheet.

use quick_xml::events::{BytesStart, Event};

use super::book::{Book, Run, unescaped};
use super::styles::Kind;
use crate::error::SheetError;
use crate::grid::Grid;
use crate::limits;
use crate::note::Problem;
use crate::number;
use crate::xml::{attribute, local, not_a_sheet, reader, text};

/// A cell in the reading.
#[derive(Default)]
struct Cell {
    kind: String,
    style: usize,
    text: String,
    /// Whether the reader is in the cell's value, rather than its formula.
    in_value: bool,
    run: Run,
}

/// The cells of the sheet that is called `name`.
pub(super) fn read(part: &[u8], name: &str, book: &Book) -> Result<Grid, SheetError> {
    let mut grid = Grid::named(name);
    let mut row = 0_u32;
    // The column of the next cell that does not say its own.
    let mut column = 0_usize;
    let mut cell: Option<Cell> = None;
    let mut open = false;
    let mut reader = reader(part);
    loop {
        let event = reader.read_event().map_err(not_a_sheet)?;
        match &event {
            Event::Start(element) => match (local(element.name().as_ref()), &mut cell) {
                ("sheetData", _) => open = true,
                ("row", _) => {
                    let declared = attribute(element, "r")?.and_then(|row| row.parse().ok());
                    row = declared
                        .filter(|row| *row > 0)
                        .unwrap_or(row.saturating_add(1));
                    column = 0;
                }
                ("c", _) => cell = Some(start(element, &mut column)?),
                ("v", Some(cell)) => cell.in_value = true,
                (name, Some(cell)) => cell.run.start(name),
                _ => {}
            },
            Event::End(element) => match (local(element.name().as_ref()), &mut cell) {
                ("sheetData", _) => return Ok(grid),
                ("c", _) => {
                    if let Some(cell) = cell.take() {
                        push(&mut grid, row, column, &cell, book)?;
                    }
                    column = column.saturating_add(1);
                }
                ("v", Some(cell)) => cell.in_value = false,
                (name, Some(cell)) => cell.run.end(name),
                _ => {}
            },
            Event::Eof if open => return Err(not_a_sheet(name)),
            Event::Eof => return Ok(grid),
            event => {
                if let Some(cell) = &mut cell
                    && (cell.in_value || cell.run.is_text())
                {
                    cell.text.extend(text(event));
                }
            }
        }
    }
}

fn start(element: &BytesStart<'_>, column: &mut usize) -> Result<Cell, SheetError> {
    if let Some(reference) = attribute(element, "r")? {
        *column = column_of(&reference).unwrap_or(*column);
    }
    let style = attribute(element, "s")?.and_then(|style| style.parse().ok());
    Ok(Cell {
        kind: attribute(element, "t")?.unwrap_or_default(),
        style: style.unwrap_or_default(),
        ..Cell::default()
    })
}

/// The column, from 0, of `B12`; one beyond the limit for all that lie there.
fn column_of(reference: &str) -> Option<usize> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic);
    let number = letters.fold(0_usize, |number, letter| {
        let digit = usize::from(letter.to_ascii_uppercase() - b'A') + 1;
        (number * 26 + digit).min(limits::COLUMNS + 1)
    });
    number.checked_sub(1)
}

fn push(
    grid: &mut Grid,
    row: u32,
    column: usize,
    cell: &Cell,
    book: &Book,
) -> Result<(), SheetError> {
    let text = cell.text.as_str();
    match cell.kind.as_str() {
        "s" => {
            let index: Option<usize> = text.trim().parse().ok();
            let string = index.and_then(|index| book.strings.get(index));
            grid.push(row, column, string.map_or("", String::as_str))
        }
        "str" | "inlineStr" => grid.push(row, column, &unescaped(text)),
        "b" => grid.push(row, column, number::boolean(text.trim() == "1")),
        "d" => grid.push(row, column, number::iso(text)),
        "e" => {
            grid.fault(row, column, Problem::ErrorValue(crate::note::shown(text)));
            Ok(())
        }
        _ => {
            let is_date = book.styles.get(cell.style) == Some(&Kind::Date);
            let value: Option<f64> = text
                .trim()
                .parse()
                .ok()
                .filter(|value: &f64| value.is_finite());
            let date = value.filter(|_| is_date);
            let date = date.and_then(|days| number::of_excel(days, book.from_1904));
            match (date, value) {
                (Some(date), _) => grid.push(row, column, &date),
                (None, Some(value)) => grid.push(row, column, &number::float(value)),
                (None, None) => grid.push(row, column, text),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::column_of;

    #[test]
    fn references_name_columns() {
        for (reference, expected) in [
            ("A1", Some(0)),
            ("z9", Some(25)),
            ("AA10", Some(26)),
            ("IV1", Some(255)),
            ("XFD1", Some(256)),
            ("ZZZZZZZZZZZZZZZZZZZZ1", Some(256)),
            ("12", None),
        ] {
            assert_eq!(column_of(reference), expected, "{reference}");
        }
    }
}
