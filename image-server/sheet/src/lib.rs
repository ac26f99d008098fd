//! From the bytes of a spreadsheet to what it says of items: pure, bounded, and never a panic, whatever the
//! bytes are.
//!
//! A sheet has a row of headings and below it one row an item. The convention of our own is
//! CollectionBuilder-CSV; sheets written for wax, Omeka S (CSV Import), Islandora Workbench, Bulkrax (Hyku),
//! tropiiify (Tropy) and Telar are read as they are, and so are Spanish headings. Case, accents, blanks and
//! underscores in headings do not matter.
//!
//! | Column | Also | What it becomes |
//! |---|---|---|
//! | `objectid` | `pid`, `id`, `source_identifier`, `object_id`, `código`; `identifier` if there is no other | the name of the item; needed |
//! | `title` | `label`, `dcterms:title`, `título` | label; the name if it is empty |
//! | `description` | `summary`, `abstract`, `descripción`, `resumen` | summary |
//! | `creator` | `artist`, `field_linked_agent`, `autor` | metadata, as `contributor`, `publisher`, `type`, `format`, `extent`, `subject`, `location`, `language`, `source`, `identifier`, `relation` |
//! | `date` | `period`, `field_edtf_date`, `fecha`, `año` | metadata, and the span of years if it can be told |
//! | `navdate` | | the moment that stands for the item, in ISO 8601 |
//! | `rightsstatement` | `rights_statement`, `license`, `licencia` | rights, if it is a URI or a short name; metadata otherwise |
//! | `rights` | `derechos`, `copyright` | metadata; rights, if it is a URI and there is none |
//! | `requiredstatement` | `attribution`, `credit`, `atribución` | the statement that must be shown |
//! | `latitude`, `longitude` | `latitud`, `longitud`; `coordinates` | place |
//! | `parentid` | `parent_id`, `parents`, `padre` | the row that this one is a part of; three levels at most |
//! | `order` | `field_weight`, `orden` | the order among the parts of one parent |
//! | `object_location` | `file`, `filename`, `media url`, `archivo`, `imagen` | the files; by the name of the item if it is empty |
//! | `image_alt_text` | `alt_text`, `texto alternativo` | what the image shows, for those who do not see it |
//! | `display_template` | `model`, `field_model` | whether the row is a group |
//! | `homepage` | `url`, `homepage:value`, `sitio web` | the item's page elsewhere |
//! | `see_also` | `source_url`, `véase también` | further descriptions |
//! | `behavior`, `viewing_direction` | `comportamiento`, `dirección de lectura` | as in the Presentation API |
//! | `ranges` | `capítulos`, `table_of_contents` | chapters: `1: Portada; 5: Capítulo I; > 7: Sección` |
//! | `thumbnail` | `miniatura` | the number of the page that stands for the item |
//! | `featured` | `destacado` | whether it is shown first |
//! | any other | | metadata under its heading |
//!
//! Languages stand in the heading: `title@es`, `title (es)`, `título [en]`, `title-in-English`, `title_es`.
//! Several values stand in one cell, separated by `;` (`|` in sheets for Workbench, both in those for
//! Bulkrax and tropiiify), or in numbered columns: `creator_1`, `creator_2`.

mod clean;
mod codes;
mod convention;
mod delimited;
mod error;
mod family;
mod format;
mod grid;
mod heading;
mod limits;
mod note;
mod number;
mod ods;
mod packed;
mod plan;
mod roles;
mod rows;
mod values;
mod xlsx;
mod xml;

use acervo_record::{Record, Text};

pub use codes::{CODES, Code, Cost};
pub use convention::Convention;
pub use error::SheetError;
pub use format::Format;
pub use note::Note;

use format::Seen;
use grid::Grid;
use note::{Notes, Problem, shown};
use plan::Plan;
use roles::Role;

/// What stands in a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The rows that say something of an item, in their order.
    pub rows: Vec<Row>,
    /// What somebody should know or mend, about the sheet as a whole and its cells; at most some hundreds of
    /// a code.
    pub notes: Vec<Note>,
    /// The rows that are set aside, and why.
    pub refused: Vec<Note>,
    /// The convention that it follows.
    pub convention: Convention,
}

/// What one row says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// Its number, as the spreadsheet program counts: 1 is usually the header's.
    pub number: u32,
    /// The name of the item: NFC, case kept, no `/`, no control characters; unique in the sheet.
    pub name: String,
    /// The name of the row that it is a part of, which exists; no chain of parents is longer than two.
    pub parent: Option<String>,
    /// Where it comes among the parts of its parent: lower first.
    pub order: Option<i64>,
    /// The files that it names, in order: names or relative paths. Empty if they go by the item's name.
    pub files: Vec<String>,
    /// Whether the sheet calls it a group of others: a compound object, a collection.
    pub is_group: bool,
    /// What its image shows, for those who do not see it.
    pub alt: Vec<Text>,
    /// What is said of it.
    pub record: Record,
}

/// How a sheet is to be read.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// The language of texts whose heading names none, as a BCP 47 tag.
    pub default_language: &'a str,
}

/// Reads a sheet. Of a workbook, the first sheet counts that has a header with a column for names.
///
/// What the bytes are is told by themselves where they say it; `format` decides otherwise.
///
/// # Errors
///
/// [`SheetError`] if nothing of the file can be used: it is no sheet, encrypted, larger than allowed, or no
/// column says names.
pub fn read(bytes: &[u8], format: Format, reading: &Reading<'_>) -> Result<Sheet, SheetError> {
    if bytes.len() > limits::BYTES {
        return Err(SheetError::TooLarge);
    }
    let mut notes = Notes::default();
    let (grid, header) = match format.seen(bytes) {
        Seen::Encrypted => return Err(SheetError::Encrypted),
        Seen::OldExcel => return Err(SheetError::OldExcel),
        Seen::Text(preferred) => {
            let (text, problem) = delimited::decode(bytes);
            if let Some(problem) = problem {
                notes.add(None, None, &problem);
            }
            let grid = delimited::read(&text, preferred)?;
            let header = plan::header(&grid)?;
            (grid, header)
        }
        Seen::Ods => first_sheet(|wanted| ods::read(bytes, wanted), &mut notes)?,
        Seen::Xlsx => first_sheet(|wanted| xlsx::read(bytes, wanted), &mut notes)?,
    };
    let plan = Plan::of(&grid, header, reading.default_language, &mut notes);
    let mut builder = rows::Builder::new(&plan, reading, &mut notes);
    builder.rows_of(&grid)?;
    let (mut rows, refused) = (builder.rows, builder.refused);
    let parent = plan
        .columns
        .iter()
        .find(|column| column.role == Role::Parent);
    let parent = parent.map(|column| column.written.as_str());
    family::settle(&mut rows, parent, &mut notes);
    Ok(Sheet {
        rows,
        notes: notes.finish(),
        refused,
        convention: plan.convention,
    })
}

/// The first sheet of a workbook with a header, and where that is.
fn first_sheet(
    read: impl FnOnce(&mut dyn FnMut(Grid) -> bool) -> Result<(), SheetError>,
    notes: &mut Notes,
) -> Result<(Grid, usize), SheetError> {
    let mut found: Option<(Grid, usize)> = None;
    let mut error = None;
    let mut other = None;
    let outcome = read(&mut |grid: Grid| match (plan::header(&grid), &found) {
        (Ok(header), None) => {
            found = Some((grid, header));
            true
        }
        (Ok(_), Some((read, _))) => {
            other = Some(Problem::OtherSheets {
                read: shown(&read.name),
                other: shown(&grid.name),
            });
            false
        }
        (Err(why), _) => {
            if why != SheetError::Empty {
                error.get_or_insert(why);
            }
            true
        }
    });
    if let Some(problem) = other {
        notes.add(None, None, &problem);
    }
    // What is wrong with the sheets after the one that is read concerns nobody.
    match found {
        Some(found) => Ok(found),
        None => Err(outcome.err().or(error).unwrap_or(SheetError::Empty)),
    }
}
