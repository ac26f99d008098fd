//! Every code that can be said of a sheet, for documentation and for tests.

/// A code and what it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The code, which never changes.
    pub code: &'static str,
    /// What it costs.
    pub cost: Cost,
    /// What it stands for, in Spanish.
    pub es: &'static str,
    /// What it stands for, in English.
    pub en: &'static str,
}

/// What a code costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// The sheet: nothing of it is used.
    Sheet,
    /// The row, which is set aside.
    Row,
    /// At most one value.
    Value,
}

macro_rules! codes {
    ($($cost:ident $code:literal, $es:literal, $en:literal;)*) => {
        /// Every code of [`SheetError`](crate::SheetError) and [`Note`](crate::Note).
        pub const CODES: &[Code] = &[
            $(Code { code: $code, cost: Cost::$cost, es: $es, en: $en }),*
        ];
    };
}

codes! {
    Sheet "sheet-too-large", "la hoja supera el tamaño permitido", "the sheet is larger than allowed";
    Sheet "too-many-rows", "la hoja tiene más filas de las permitidas", "the sheet has more rows than allowed";
    Sheet "too-many-columns", "la hoja tiene más columnas de las permitidas", "the sheet has more columns than allowed";
    Sheet "too-many-cells", "la hoja tiene más valores de los permitidos", "the sheet has more values than allowed";
    Sheet "not-a-sheet", "el archivo no se puede leer como hoja de cálculo", "the file cannot be read as a spreadsheet";
    Sheet "old-excel", "el archivo es de Excel 97-2003 (.xls)", "the file is of Excel 97-2003 (.xls)";
    Sheet "encrypted-sheet", "la hoja está protegida con contraseña", "the sheet is protected by a password";
    Sheet "empty-sheet", "la hoja está vacía", "the sheet is empty";
    Sheet "no-header", "no hay fila de encabezados", "there is no row of headings";
    Sheet "no-name-column", "ninguna columna dice el nombre de cada ítem", "no column says the name of each item";
    Row "missing-name", "la fila no tiene nombre", "the row has no name";
    Row "bad-name", "el nombre contiene «/», «\\» o caracteres de control, o es «.» o «..»", "the name contains \"/\", \"\\\" or control characters, or is \".\" or \"..\"";
    Row "duplicate-row", "otra fila anterior tiene el mismo nombre", "a row before it has the same name";
    Row "cell-too-long", "una celda tiene más de 32 768 caracteres", "a cell has more than 32,768 characters";
    Value "encoding-guessed", "la codificación no se declara; se leyó como Windows-1252", "the encoding is not declared; it was read as Windows-1252";
    Value "encoding-damaged", "algunos caracteres no se pudieron leer", "some characters could not be read";
    Value "unbalanced-quotes", "unas comillas se abren y no se cierran", "a quotation mark opens and never closes";
    Value "cells-beyond-header", "la fila tiene más celdas que encabezados", "the row has more cells than there are headings";
    Value "column-without-heading", "una columna tiene valores, pero no encabezado", "a column has values but no heading";
    Value "column-twice", "dos columnas dicen lo mismo", "two columns say the same";
    Value "other-sheets", "el libro tiene otras hojas con datos, que no se leen", "the workbook has other sheets with data, which are not read";
    Value "error-value", "la celda contiene el error de una fórmula", "the cell holds the error of a formula";
    Value "unknown-parent", "ninguna fila tiene el nombre del padre", "no row has the name of the parent";
    Value "many-parents", "la fila nombra varios padres", "the row names several parents";
    Value "parent-cycle", "la fila es su propio padre, directa o indirectamente", "the row is its own parent, directly or by way of others";
    Value "too-deep", "la fila está por debajo de los tres niveles", "the row lies below the three levels";
    Value "bad-url", "no es una dirección http o https", "it is no http or https address";
    Value "bad-coordinates", "no son coordenadas en grados decimales, o falta una", "they are no coordinates in decimal degrees, or one is missing";
    Value "bad-date", "«navdate» no es una fecha con hora ISO 8601", "\"navdate\" is no date and time of ISO 8601";
    Value "bad-number", "no es un número entero", "it is no whole number";
    Value "unknown-value", "el valor no es de los que admite la columna", "the value is none of those that the column takes";
    Value "bad-range", "un capítulo no tiene la forma «página: título»", "a chapter does not have the form \"page: title\"";
    Value "remote-file", "la celda del archivo lleva a otro sitio; nada se descarga", "the cell of the file leads to another site; nothing is downloaded";
    Value "more-notes", "hay más avisos con el mismo código", "there are more notes with the same code";
}
