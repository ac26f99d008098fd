//! Which file is the spreadsheet, and what it says.

use std::io::Read as _;

use acervo_sheet::{Format, Reading, Sheet};

use crate::refusal::Reason;
use crate::remark::Remark;
use crate::scan::{Found, Scan};

/// The largest spreadsheet, in bytes.
const LARGEST_SHEET: u64 = 64 << 20;
/// Names that win over others where there are several spreadsheets.
const PREFERRED: [&str; 4] = ["metadatos", "metadata", "objects", "items"];

/// Takes the spreadsheets out of the files of a scan: the one that counts, and why the others do not.
pub(crate) fn take_sheet(files: &mut Vec<Found>) -> (Option<Found>, Vec<Remark>) {
    let is_sheet = |file: &mut Found| file.folder.is_none() && Format::of(&file.name).is_some();
    let mut sheets: Vec<Found> = files.extract_if(.., is_sheet).collect();
    sheets.sort_by_key(|file| {
        let stem = file.stem().to_lowercase();
        let rank = PREFERRED.iter().position(|name| *name == stem);
        (rank.unwrap_or(PREFERRED.len()), file.name.clone())
    });
    let mut sheets = sheets.into_iter();
    let Some(first) = sheets.next() else {
        return (None, Vec::new());
    };

    let second =
        |file: Found| Remark::refused(file.path(), Reason::SecondSheet(first.name.clone()));
    let others = sheets.map(second).collect();
    (Some(first), others)
}

/// Reads the spreadsheet, and says what is wrong with it. One that cannot be read at all is set aside, and
/// the images are published by their names.
pub(crate) fn read_sheet(
    scan: &Scan,
    file: &Found,
    default_language: &str,
) -> (Option<Sheet>, Vec<Remark>) {
    let path = file.path();
    let unreadable = |error: std::io::Error| {
        let reason = Reason::Unreadable(error.to_string());
        (None, vec![Remark::refused(path.clone(), reason)])
    };
    let mut bytes = Vec::new();
    let opened = scan.open(&path);
    let read = opened.and_then(|(file, _)| file.take(LARGEST_SHEET + 1).read_to_end(&mut bytes));
    if let Err(error) = read {
        return unreadable(error);
    }
    let format = Format::of(&file.name).unwrap_or(Format::Csv);
    let reading = Reading { default_language };
    match acervo_sheet::read(&bytes, format, &reading) {
        Ok(sheet) => {
            let remarks = remarks(&path, &sheet);
            (Some(sheet), remarks)
        }
        Err(error) => {
            let (code, message) = (error.code(), error.message());
            let reason = Reason::Sheet { code, message };
            (None, vec![Remark::refused(path, reason)])
        }
    }
}

fn remarks(path: &str, sheet: &Sheet) -> Vec<Remark> {
    let of = |note: &acervo_sheet::Note, is_note| {
        let reason = Reason::Sheet {
            code: note.code,
            message: note.message.clone(),
        };
        let remark = Remark::refused(path, reason).at(note.row, note.column.clone());
        Remark { is_note, ..remark }
    };
    let refused = sheet.refused.iter().map(|note| of(note, false));
    let notes = sheet.notes.iter().map(|note| of(note, true));
    refused.chain(notes).collect()
}
