//! What is said about a sheet: stable codes, and sentences for the people who wrote it.

use std::collections::BTreeMap;

use acervo_tenancy::Bilingual;

/// One thing that somebody should know or mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The row, as the spreadsheet program counts; `None` if it is about a column or the whole sheet.
    pub row: Option<u32>,
    /// The heading of the column, as written; `None` if it is about the row or the whole sheet.
    pub column: Option<String>,
    /// The code, which never changes; one of [`CODES`](crate::CODES).
    pub code: &'static str,
    /// What is so and what to do.
    pub message: Bilingual,
}

/// What is wrong, or worth knowing, at one place of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Problem {
    EncodingGuessed,
    EncodingDamaged,
    UnbalancedQuotes,
    CellTooLong,
    ErrorValue(String),
    CellsBeyondHeader,
    ColumnWithoutHeading(String),
    ColumnTwice(String),
    OtherSheets { read: String, other: String },
    MissingName,
    BadName(String),
    DuplicateRow { name: String, first: u32 },
    UnknownParent(String),
    ManyParents(String),
    ParentCycle,
    TooDeep(String),
    BadUrl(String),
    BadCoordinates(String),
    BadDate(String),
    BadNumber(String),
    UnknownValue { value: String, known: &'static str },
    BadRange(String),
    RemoteFile(String),
    More { code: &'static str, count: usize },
}

impl Problem {
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::EncodingGuessed => "encoding-guessed",
            Self::EncodingDamaged => "encoding-damaged",
            Self::UnbalancedQuotes => "unbalanced-quotes",
            Self::CellTooLong => "cell-too-long",
            Self::ErrorValue(_) => "error-value",
            Self::CellsBeyondHeader => "cells-beyond-header",
            Self::ColumnWithoutHeading(_) => "column-without-heading",
            Self::ColumnTwice(_) => "column-twice",
            Self::OtherSheets { .. } => "other-sheets",
            Self::MissingName => "missing-name",
            Self::BadName(_) => "bad-name",
            Self::DuplicateRow { .. } => "duplicate-row",
            Self::UnknownParent(_) => "unknown-parent",
            Self::ManyParents(_) => "many-parents",
            Self::ParentCycle => "parent-cycle",
            Self::TooDeep(_) => "too-deep",
            Self::BadUrl(_) => "bad-url",
            Self::BadCoordinates(_) => "bad-coordinates",
            Self::BadDate(_) => "bad-date",
            Self::BadNumber(_) => "bad-number",
            Self::UnknownValue { .. } => "unknown-value",
            Self::BadRange(_) => "bad-range",
            Self::RemoteFile(_) => "remote-file",
            Self::More { .. } => "more-notes",
        }
    }

    /// The sentences about the sheet and its rows.
    fn message(&self) -> Bilingual {
        let (es, en) = match self {
            Self::EncodingGuessed => (
                "El archivo no está en UTF-8 ni dice en qué codificación está; se leyó como Windows-1252. Revise las tildes y las eñes y, si no son correctas, guárdelo como «CSV UTF-8».".to_owned(),
                "The file is not UTF-8 and does not say what else it is; it was read as Windows-1252. Check the accented letters and, if they are wrong, save it as \"CSV UTF-8\".".to_owned(),
            ),
            Self::EncodingDamaged => (
                "Algunos caracteres no se pudieron leer y aparecen como �. Vuelva a guardar el archivo como «CSV UTF-8».".to_owned(),
                "Some characters could not be read and appear as �. Save the file again as \"CSV UTF-8\".".to_owned(),
            ),
            Self::UnbalancedQuotes => (
                "Hay unas comillas que se abren y no se cierran; se tomaron como parte del texto. Revise la celda y escriba las comillas interiores dobles (\"\").".to_owned(),
                "A quotation mark opens and never closes; it was taken as part of the text. Check the cell and write quotation marks inside a cell twice (\"\").".to_owned(),
            ),
            Self::CellTooLong => (
                "Una celda tiene más de 32 768 caracteres y la fila no se publica. Acorte el texto.".to_owned(),
                "A cell has more than 32,768 characters and the row is not published. Shorten the text.".to_owned(),
            ),
            Self::ErrorValue(value) => (
                format!("La celda contiene el error {value} de una fórmula; se deja vacía. Corrija la fórmula o escriba el valor."),
                format!("The cell holds the error {value} of a formula; it is left empty. Mend the formula or write the value."),
            ),
            Self::CellsBeyondHeader => (
                "La fila tiene más celdas que encabezados; las que sobran no se leen. Revise si falta un encabezado o sobra un separador.".to_owned(),
                "The row has more cells than there are headings; those beyond are not read. See whether a heading is missing or a separator is too much.".to_owned(),
            ),
            Self::ColumnWithoutHeading(letter) => (
                format!("La columna {letter} tiene valores, pero no encabezado; no se lee. Escriba un encabezado o borre la columna."),
                format!("Column {letter} has values but no heading; it is not read. Write a heading or delete the column."),
            ),
            Self::ColumnTwice(first) => (
                format!("Esta columna dice lo mismo que «{first}», que se usa por estar antes o ser más precisa; esta se muestra como un dato más. Cambie el encabezado de una de las dos."),
                format!("This column says the same as \"{first}\", which is used because it comes first or is more exact; this one is shown as further metadata. Change the heading of one of them."),
            ),
            Self::OtherSheets { read, other } => (
                format!("El libro tiene varias hojas con datos; solo se leyó «{read}», no «{other}». Ponga todas las filas en una hoja o entregue cada hoja como un archivo."),
                format!("The workbook has several sheets with data; only \"{read}\" was read, not \"{other}\". Put all rows into one sheet or hand over each sheet as a file."),
            ),
            Self::MissingName => (
                "La fila no tiene nombre en la columna «objectid» (o su equivalente) y no se publica. Escriba uno, por ejemplo el nombre de la imagen sin la extensión.".to_owned(),
                "The row has no name in the column \"objectid\" (or its equivalent) and is not published. Write one, such as the name of the image without its extension.".to_owned(),
            ),
            Self::BadName(name) => (
                format!("«{name}» no puede ser el nombre de un ítem y la fila no se publica. Use un nombre sin «/», «\\» ni caracteres de control, distinto de «.» y «..»."),
                format!("\"{name}\" cannot be the name of an item and the row is not published. Use a name without \"/\", \"\\\" and control characters, other than \".\" and \"..\"."),
            ),
            Self::DuplicateRow { name, first } => (
                format!("El nombre «{name}» ya está en la fila {first}; esta fila no se publica. Cambie uno de los dos nombres o borre la fila que sobra."),
                format!("The name \"{name}\" is already in row {first}; this row is not published. Change one of the names or delete the row that is too many."),
            ),
            _ => return self.message_of_value(),
        };
        Bilingual { es, en }
    }

    /// The sentences about parents and values.
    fn message_of_value(&self) -> Bilingual {
        let (es, en) = match self {
            Self::UnknownParent(parent) => (
                format!("Ninguna fila publicada se llama «{parent}»; esta se publica como un ítem independiente. Corrija el nombre (se distinguen mayúsculas y minúsculas) o añada la fila."),
                format!("No published row is called \"{parent}\"; this one is published as an item of its own. Correct the name (upper and lower case matter) or add the row."),
            ),
            Self::ManyParents(first) => (
                format!("La fila nombra varios padres y solo puede tener uno; se usa «{first}». Deje solo uno."),
                format!("The row names several parents and can have one only; \"{first}\" is used. Leave only one."),
            ),
            Self::ParentCycle => (
                "La fila es, directa o indirectamente, su propio padre; se publica como un ítem independiente. Corrija el padre.".to_owned(),
                "The row is its own parent, directly or by way of others; it is published as an item of its own. Correct the parent.".to_owned(),
            ),
            Self::TooDeep(parent) => (
                format!("Solo hay tres niveles (obra, volumen, página) y esta fila está más abajo; se puso dentro de «{parent}». Indique ese padre u otro más alto."),
                format!("There are three levels only (work, volume, page) and this row lies deeper; it was put into \"{parent}\". Name that parent or a higher one."),
            ),
            Self::BadUrl(value) => (
                format!("«{value}» no es una dirección web y no se usa. Escríbala completa, con http:// o https:// al comienzo."),
                format!("\"{value}\" is no web address and is not used. Write it in full, with http:// or https:// at the beginning."),
            ),
            Self::BadCoordinates(value) => (
                format!("«{value}» no es una coordenada y no se usa. Escriba latitud y longitud en grados decimales, por ejemplo 23.1136 y -82.3666; la latitud va de -90 a 90 y la longitud de -180 a 180."),
                format!("\"{value}\" is no coordinate and is not used. Write latitude and longitude in decimal degrees, such as 23.1136 and -82.3666; latitude goes from -90 to 90 and longitude from -180 to 180."),
            ),
            Self::BadDate(value) => (
                format!("«{value}» no es una fecha con hora de la norma ISO 8601 y no se usa. Escríbala como 1846-05-12T00:00:00Z."),
                format!("\"{value}\" is no date and time of ISO 8601 and is not used. Write it like 1846-05-12T00:00:00Z."),
            ),
            Self::BadNumber(value) => (
                format!("«{value}» no es un número entero y no se usa. Escriba solo cifras, por ejemplo 12."),
                format!("\"{value}\" is no whole number and is not used. Write digits only, such as 12."),
            ),
            Self::UnknownValue { value, known } => (
                format!("«{value}» no es un valor conocido de esta columna y no se usa. Escriba uno de estos: {known}."),
                format!("\"{value}\" is not known in this column and is not used. Write one of these: {known}."),
            ),
            Self::BadRange(part) => (
                format!("«{part}» no es un capítulo y no se usa. Escriba el número de página, dos puntos y el título, y separe los capítulos con punto y coma: «1: Portada; 5: Capítulo I; > 7: Sección»."),
                format!("\"{part}\" is no chapter and is not used. Write the number of the page, a colon and the title, and separate chapters by semicolons: \"1: Cover; 5: Chapter I; > 7: Section\"."),
            ),
            Self::RemoteFile(name) => (
                format!("La celda lleva a otro sitio y nada se descarga; se busca el archivo «{name}» entre los entregados. Entregue el archivo con ese nombre."),
                format!("The cell leads to another site and nothing is downloaded; the file \"{name}\" is looked for among those handed over. Hand over the file under that name."),
            ),
            Self::More { code, count } => (
                format!("Hay {count} avisos más con el código «{code}» que no se muestran. Corrija los primeros y vuelva a entregar la hoja para ver los demás."),
                format!("There are {count} more notes with the code \"{code}\", which are not shown. Mend the first ones and hand over the sheet again to see the others."),
            ),
            // Every other problem has its sentences in `message`.
            _ => (String::new(), String::new()),
        };
        Bilingual { es, en }
    }

    pub(crate) fn at(&self, row: Option<u32>, column: Option<&str>) -> Note {
        Note {
            row,
            column: column.map(str::to_owned),
            code: self.code(),
            message: self.message(),
        }
    }
}

/// Notes as they come, at most so many of a code: a column that is wrong in every row says it all soon.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    kept: Vec<Note>,
    seen: BTreeMap<&'static str, usize>,
}

impl Notes {
    pub(crate) const OF_A_CODE: usize = 200;

    pub(crate) fn add(&mut self, row: Option<u32>, column: Option<&str>, problem: &Problem) {
        let seen = self.seen.entry(problem.code()).or_default();
        *seen += 1;
        if *seen <= Self::OF_A_CODE {
            self.kept.push(problem.at(row, column));
        }
    }

    /// All of them by row, those about the whole sheet first.
    pub(crate) fn finish(mut self) -> Vec<Note> {
        for (code, seen) in self.seen {
            if let Some(count @ 1..) = seen.checked_sub(Self::OF_A_CODE) {
                self.kept.push(Problem::More { code, count }.at(None, None));
            }
        }
        self.kept.sort_by_key(|note| note.row);
        self.kept
    }
}

/// The beginning of what somebody wrote, short enough for a sentence.
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 80;
    let visible = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut shown: String = text.chars().take(LONGEST).map(visible).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}
