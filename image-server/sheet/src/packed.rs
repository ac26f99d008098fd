//! The parts of a packed workbook, never unpacked beyond the limit.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::error::SheetError;
use crate::limits;

/// A packed file whose parts were all found to be small enough.
pub(crate) struct Packed<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
}

impl<'a> Packed<'a> {
    /// Opens `bytes`, and unpacks everything once to nowhere: sizes that a hostile file declares are not
    /// believed.
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, SheetError> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(not_a_sheet)?;
        let mut left = limits::UNPACKED;
        for index in 0..archive.len() {
            let part = archive.by_index(index).map_err(not_a_sheet)?;
            let name = part.name_raw().to_ascii_lowercase();
            let is_strings = name.ends_with(b"sharedstrings.xml");
            let allowed = if is_strings {
                limits::STRINGS
            } else {
                limits::UNPACKED
            };
            let allowed = allowed.min(left);
            let read = std::io::copy(&mut part.take(allowed + 1), &mut std::io::sink());
            let read = read.map_err(|error| SheetError::NotASheet(error.to_string()))?;
            if read > allowed {
                return Err(SheetError::TooLarge);
            }
            left -= read;
        }
        Ok(Self { archive })
    }

    /// The bytes of a part; `None` if there is none of that name.
    pub(crate) fn part(&mut self, name: &str) -> Result<Option<Vec<u8>>, SheetError> {
        let part = match self.archive.by_name(name) {
            Ok(part) => part,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(not_a_sheet(error)),
        };
        let mut bytes = Vec::new();
        part.take(limits::UNPACKED)
            .read_to_end(&mut bytes)
            .map_err(|error| SheetError::NotASheet(error.to_string()))?;
        Ok(Some(bytes))
    }
}

fn not_a_sheet(error: ZipError) -> SheetError {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => SheetError::Encrypted,
        error => SheetError::NotASheet(error.to_string()),
    }
}
