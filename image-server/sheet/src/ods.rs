//! OpenDocument spreadsheets (ODF 1.3 part 3, chapter 9): `content.xml` of the package.
//!
//! Read here rather than by a library, because cells and rows that are "repeated" a million times must
//! cost nothing unless they say something.

use quick_xml::events::{BytesStart, Event};

use crate::error::SheetError;
use crate::grid::Grid;
use crate::limits;
use crate::number;
use crate::packed::Packed;
use crate::xml::{attribute, local, not_a_sheet, reader, text};

/// The tables of the document, in its order, as long as `wanted` wants more.
pub(crate) fn read(bytes: &[u8], wanted: impl FnMut(Grid) -> bool) -> Result<(), SheetError> {
    let mut packed = Packed::open(bytes)?;
    if let Some(manifest) = packed.part("META-INF/manifest.xml")? {
        let needle = b"encryption-data";
        if manifest
            .windows(needle.len())
            .any(|window| window == needle)
        {
            return Err(SheetError::Encrypted);
        }
    }
    let content = packed.part("content.xml")?;
    let content = content.ok_or_else(|| SheetError::NotASheet("content.xml".to_owned()))?;
    Tables::default().read(&content, wanted)
}

/// Where the reader is.
#[derive(Default)]
struct Tables {
    grid: Option<Grid>,
    /// The number of the row before this one.
    row: u32,
    row_repeat: u32,
    column: usize,
    /// The cells of this row: column and text.
    cells: Vec<(usize, String)>,
    cell: Option<Cell>,
    /// How deep the reader is in notes on a cell, whose text is not the cell's.
    note: u32,
}

#[derive(Default)]
struct Cell {
    /// What its attributes say it is, for numbers, dates and truths.
    value: Option<String>,
    text: String,
    paragraphs: u32,
    repeat: usize,
}

impl Tables {
    fn read(
        mut self,
        content: &[u8],
        mut wanted: impl FnMut(Grid) -> bool,
    ) -> Result<(), SheetError> {
        let mut reader = reader(content);
        loop {
            let event = reader.read_event().map_err(not_a_sheet)?;
            match &event {
                Event::Start(element) => self.start(element)?,
                Event::End(element) => {
                    if let Some(grid) = self.end(local(element.name().as_ref()))?
                        && !wanted(grid)
                    {
                        return Ok(());
                    }
                }
                Event::Eof if self.grid.is_some() => return Err(not_a_sheet("content.xml")),
                Event::Eof => return Ok(()),
                event => {
                    if let Some(text) = text(event) {
                        self.text(&text);
                    }
                }
            }
        }
    }

    fn start(&mut self, element: &BytesStart<'_>) -> Result<(), SheetError> {
        match local(element.name().as_ref()) {
            "table" if self.grid.is_none() => {
                let name = attribute(element, "name")?.unwrap_or_default();
                *self = Self {
                    grid: Some(Grid::named(name)),
                    ..Self::default()
                };
            }
            "table-row" => {
                self.column = 0;
                self.row_repeat = repeat(element, "number-rows-repeated")?;
            }
            "table-cell" | "covered-table-cell" => {
                let kind = attribute(element, "value-type")?.unwrap_or_default();
                let value = match kind.as_str() {
                    "float" | "percentage" | "currency" => attribute(element, "value")?
                        .map(|value| value.parse().map_or(value, number::float)),
                    "date" => {
                        attribute(element, "date-value")?.map(|date| number::iso(&date).to_owned())
                    }
                    "boolean" => attribute(element, "boolean-value")?,
                    // Of an error it is empty, and the text says which.
                    "string" => {
                        attribute(element, "string-value")?.filter(|value| !value.is_empty())
                    }
                    _ => None,
                };
                self.cell = Some(Cell {
                    value,
                    repeat: repeat(element, "number-columns-repeated")? as usize,
                    ..Cell::default()
                });
            }
            "annotation" => self.note += 1,
            "p" if self.note == 0 => {
                if let Some(cell) = &mut self.cell {
                    cell.paragraphs += 1;
                    if cell.paragraphs > 1 {
                        cell.text.push('\n');
                    }
                }
            }
            "s" => {
                let count = repeat(element, "c")?.min(64) as usize;
                self.text(&" ".repeat(count));
            }
            "tab" => self.text(" "),
            "line-break" => self.text("\n"),
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if let Some(cell) = &mut self.cell
            && self.note == 0
            && cell.paragraphs > 0
        {
            cell.text.push_str(text);
        }
    }

    /// The table, if it ends here.
    fn end(&mut self, name: &str) -> Result<Option<Grid>, SheetError> {
        match name {
            "annotation" => self.note = self.note.saturating_sub(1),
            "table-cell" | "covered-table-cell" => self.end_cell(),
            "table-row" => self.end_row()?,
            "table" => return Ok(self.grid.take()),
            _ => {}
        }
        Ok(None)
    }

    fn end_cell(&mut self) {
        let Some(cell) = self.cell.take() else { return };
        let column = self.column;
        self.column = column.saturating_add(cell.repeat);
        let text = cell.value.unwrap_or(cell.text);
        if !text.trim().is_empty() {
            // One column beyond the limit is enough to be refused for it.
            let end = self.column.min(limits::COLUMNS + 1).max(column + 1);
            for column in column..end {
                self.cells.push((column, text.clone()));
            }
        }
    }

    fn end_row(&mut self) -> Result<(), SheetError> {
        let cells = std::mem::take(&mut self.cells);
        let first = self.row.saturating_add(1);
        self.row = self.row.saturating_add(self.row_repeat);
        let Some(grid) = &mut self.grid else {
            return Ok(());
        };
        if cells.is_empty() {
            return Ok(());
        }
        for row in first..=self.row {
            for (column, text) in &cells {
                grid.push(row, *column, text)?;
            }
        }
        Ok(())
    }
}

/// How often an element stands for itself: at least once.
fn repeat(element: &BytesStart<'_>, name: &str) -> Result<u32, SheetError> {
    let count = attribute(element, name)?.and_then(|count| count.parse().ok());
    Ok(count.unwrap_or(1).max(1))
}
