//! How much of a sheet is read, so that no file costs more than it can be worth.

/// Bytes of the file.
pub(crate) const BYTES: usize = 64 << 20;
/// Bytes of everything in a packed file (ODS, XLSX) once it is unpacked.
pub(crate) const UNPACKED: u64 = 256 << 20;
/// Bytes of a packed file's table of strings, each of which costs more in memory than in the file.
pub(crate) const STRINGS: u64 = 64 << 20;
/// Rows that are not blank.
pub(crate) const ROWS: usize = 200_000;
/// Columns, blank ones too.
pub(crate) const COLUMNS: usize = 256;
/// Characters of a cell: a few more than spreadsheet programs allow.
pub(crate) const CELL: usize = 32 << 10;
/// Cells that are not blank, and again values after cells were split: forty columns of a hundred thousand
/// rows.
pub(crate) const CELLS: usize = 4_000_000;
/// Bytes of the text of all cells: workbooks may say one long text in many cells.
pub(crate) const TEXT: usize = 256 << 20;
