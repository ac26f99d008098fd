//! Sorting: which files are images, which are texts of images, which is the spreadsheet.

use std::collections::HashMap;
use std::io::Read as _;

use acervo_pixels::source::{SourceError, identify};
use acervo_sheet::{Format, Reading, Sheet};

use crate::before::Before;
use crate::error::IngestError;
use crate::group::nfc;
use crate::refusal::Reason;
use crate::remark::Remark;
use crate::scan::{Found, Scan};

/// The largest spreadsheet, in bytes.
const LARGEST_SHEET: u64 = 64 << 20;
/// Names that win over others where there are several spreadsheets.
const PREFERRED: [&str; 4] = ["metadatos", "metadata", "objects", "items"];

/// The files of a scan by what they are for.
#[derive(Debug, Default)]
pub(crate) struct Sorted {
    /// Files that are images or may be.
    pub(crate) images: Vec<Found>,
    /// Texts, by folder and stem of their image.
    pub(crate) texts: HashMap<(Option<String>, String), Found>,
    /// The spreadsheet.
    pub(crate) sheet: Option<Found>,
    /// What was set aside.
    pub(crate) remarks: Vec<Remark>,
}

/// Sorts the files of a scan. Files that are no images do not take part: they cannot take the name of one
/// that is. A file that was published is judged later, when it is read; so are objects of a bucket, which
/// would have to be fetched.
pub(crate) fn sort(scan: &Scan, before: &Before) -> Sorted {
    let mut sorted = Sorted::default();
    let mut sheets = Vec::new();
    for file in &scan.files {
        let path = file.path();
        if file.folder.is_none() && Format::of(&file.name).is_some() {
            sheets.push(file.clone());
        } else if let Some(stem) = acervo_page_text::candidate(&file.name) {
            let place = (file.folder.clone(), nfc(stem));
            match sorted.texts.get(&place) {
                // Of several texts of one image the first by name is taken.
                Some(other) if other.name <= file.name => {}
                _ => {
                    sorted.texts.insert(place, file.clone());
                }
            }
        } else if before.knows(&path) || scan.is_remote() {
            sorted.images.push(file.clone());
        } else {
            let opened = scan.open(&path).map_err(SourceError::Io);
            match opened.and_then(|(file, _)| identify(file)) {
                Err(error @ (SourceError::Empty | SourceError::NotAnImage)) => {
                    sorted.remarks.push(Remark::refused(path, error.into()));
                }
                // What cannot be read now may be an image.
                _ => sorted.images.push(file.clone()),
            }
        }
    }
    sheets.sort_by_key(|file| {
        let stem = file.stem().to_lowercase();
        let rank = PREFERRED.iter().position(|name| *name == stem);
        (rank.unwrap_or(PREFERRED.len()), file.name.clone())
    });
    let mut sheets = sheets.into_iter();
    sorted.sheet = sheets.next();
    if let Some(first) = &sorted.sheet {
        let second =
            |file: Found| Remark::refused(file.path(), Reason::SecondSheet(first.name.clone()));
        sorted.remarks.extend(sheets.map(second));
    }
    sorted.orphans();
    sorted
}

impl Sorted {
    /// The text of an image.
    pub(crate) fn text_of(&self, image: &Found) -> Option<&Found> {
        self.texts.get(&(image.folder.clone(), nfc(image.stem())))
    }

    /// Sets texts without an image aside.
    fn orphans(&mut self) {
        let images: std::collections::HashSet<(Option<String>, String)> = self
            .images
            .iter()
            .map(|image| (image.folder.clone(), nfc(image.stem())))
            .collect();
        let remarks = &mut self.remarks;
        self.texts.retain(|place, text| {
            let has_image = images.contains(place);
            if !has_image {
                remarks.push(Remark::refused(text.path(), Reason::TextWithoutImage));
            }
            has_image
        });
    }
}

/// Reads the spreadsheet, and says what is wrong with it. One that cannot be read at all is set aside, and
/// the images are published by their names.
pub(crate) fn read_sheet(
    scan: &Scan,
    file: &Found,
    default_language: &str,
) -> Result<(Option<Sheet>, Vec<Remark>), IngestError> {
    let path = file.path();
    let unreadable = |error: std::io::Error| {
        let reason = Reason::Unreadable(error.to_string());
        (None, vec![Remark::refused(path.clone(), reason)])
    };
    let mut bytes = Vec::new();
    let opened = scan.open(&path);
    let read = opened.and_then(|(file, _)| file.take(LARGEST_SHEET + 1).read_to_end(&mut bytes));
    if let Err(error) = read {
        return Ok(unreadable(error));
    }
    let format = Format::of(&file.name).unwrap_or(Format::Csv);
    let reading = Reading { default_language };
    match acervo_sheet::read(&bytes, format, &reading) {
        Ok(sheet) => {
            let remarks = remarks(&path, &sheet);
            Ok((Some(sheet), remarks))
        }
        Err(error) => {
            let (code, message) = (error.code(), error.message());
            let reason = Reason::Sheet { code, message };
            Ok((None, vec![Remark::refused(path, reason)]))
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
