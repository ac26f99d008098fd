//! Why a file as a whole cannot be read as a sheet.

use acervo_tenancy::{Bilingual, Language};

use crate::limits;

/// Why nothing of a file can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SheetError {
    /// It has more bytes than allowed, itself or once it is unpacked.
    TooLarge,
    /// It has more rows than allowed.
    TooManyRows,
    /// A cell lies farther to the right than allowed.
    TooManyColumns,
    /// It has more values than allowed.
    TooManyCells,
    /// It is no spreadsheet of its format; the text is the decoder's, for somebody who helps.
    NotASheet(String),
    /// It is a workbook of Excel 97 to 2003.
    OldExcel,
    /// It is protected by a password.
    Encrypted,
    /// There is nothing in it.
    Empty,
    /// No row looks like headings.
    NoHeader,
    /// No heading means the name of an item; the text is the headings that were found.
    NoNameColumn(String),
}

impl SheetError {
    /// The code, which never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "sheet-too-large",
            Self::TooManyRows => "too-many-rows",
            Self::TooManyColumns => "too-many-columns",
            Self::TooManyCells => "too-many-cells",
            Self::NotASheet(_) => "not-a-sheet",
            Self::OldExcel => "old-excel",
            Self::Encrypted => "encrypted-sheet",
            Self::Empty => "empty-sheet",
            Self::NoHeader => "no-header",
            Self::NoNameColumn(_) => "no-name-column",
        }
    }

    /// What is so and what to do, in both languages.
    #[must_use]
    pub fn message(&self) -> Bilingual {
        match self {
            Self::TooLarge => Bilingual::new(
                format!(
                    "La hoja es demasiado grande (más de {} MiB, o demasiado al descomprimirla). Quite imágenes y hojas que no hagan falta, o divídala.",
                    limits::BYTES >> 20
                ),
                format!(
                    "The sheet is too large (more than {} MiB, or too much once unpacked). Remove pictures and sheets that are not needed, or split it.",
                    limits::BYTES >> 20
                ),
            ),
            Self::TooManyRows => Bilingual::new(
                format!(
                    "La hoja tiene más de {} filas. Divídala en varias colecciones.",
                    limits::ROWS
                ),
                format!(
                    "The sheet has more than {} rows. Split it into several collections.",
                    limits::ROWS
                ),
            ),
            Self::TooManyColumns => Bilingual::new(
                format!(
                    "La hoja tiene más de {} columnas. Borre las que no hagan falta; a veces hay una celda olvidada muy a la derecha.",
                    limits::COLUMNS
                ),
                format!(
                    "The sheet has more than {} columns. Delete those that are not needed; sometimes there is a forgotten cell far to the right.",
                    limits::COLUMNS
                ),
            ),
            Self::TooManyCells => Bilingual::new(
                "La hoja tiene demasiados valores. Divídala en varias colecciones.",
                "The sheet has too many values. Split it into several collections.",
            ),
            Self::NotASheet(why) => Bilingual::new(
                format!(
                    "El archivo no se puede leer como hoja de cálculo ({why}). Ábralo en su programa y guárdelo de nuevo como CSV UTF-8, ODS o XLSX."
                ),
                format!(
                    "The file cannot be read as a spreadsheet ({why}). Open it in your program and save it again as CSV UTF-8, ODS or XLSX."
                ),
            ),
            Self::OldExcel => Bilingual::new(
                "El archivo es de Excel 97-2003 (.xls), que no se lee. Ábralo en su programa y guárdelo como XLSX, ODS o CSV UTF-8.",
                "The file is of Excel 97-2003 (.xls), which is not read. Open it in your program and save it as XLSX, ODS or CSV UTF-8.",
            ),
            Self::Encrypted => Bilingual::new(
                "La hoja está protegida con contraseña. Guárdela sin contraseña.",
                "The sheet is protected by a password. Save it without one.",
            ),
            Self::Empty => Bilingual::new(
                "La hoja está vacía. Escriba los encabezados en la primera fila y un ítem en cada una de las siguientes.",
                "The sheet is empty. Write headings into the first row and one item into each row below.",
            ),
            Self::NoHeader => Bilingual::new(
                "No se encontró la fila de encabezados. Escriba en la primera fila al menos «objectid» y «title».",
                "No row of headings was found. Write at least \"objectid\" and \"title\" into the first row.",
            ),
            Self::NoNameColumn(found) => Bilingual::new(
                format!(
                    "Ninguna columna dice el nombre de cada ítem. Encabezados encontrados: {found}. Llame «objectid» a la columna cuyos valores coinciden con los nombres de las imágenes o carpetas."
                ),
                format!(
                    "No column says the name of each item. Headings found: {found}. Call the column \"objectid\" whose values equal the names of the images or folders."
                ),
            ),
        }
    }
}

impl std::fmt::Display for SheetError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.message().get(Language::En))
    }
}

impl std::error::Error for SheetError {}
