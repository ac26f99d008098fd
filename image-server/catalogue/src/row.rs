//! Rows to values and back: what reading and writing agree on.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use rusqlite::{Connection, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::model::{Page, SourceFile, Stored, Summary, TextFile};

/// A stored text is never larger.
const LARGEST_TEXT: u64 = 64 << 20;

/// A value as JSON.
pub(crate) fn json(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// A value from the JSON in a column.
pub(crate) fn parse<T: DeserializeOwned>(column: usize, text: &str) -> rusqlite::Result<T> {
    serde_json::from_str(text).map_err(|error| damaged(column, error))
}

fn damaged(
    column: usize,
    error: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
}

/// A text, compressed.
pub(crate) fn pack(text: &str) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    // Writing into memory does not fail.
    let _ = encoder.write_all(text.as_bytes());
    encoder.finish().unwrap_or_default()
}

/// The text that was packed.
pub(crate) fn unpack(column: usize, bytes: &[u8]) -> rusqlite::Result<String> {
    let mut text = String::new();
    DeflateDecoder::new(bytes)
        .take(LARGEST_TEXT)
        .read_to_string(&mut text)
        .map_err(|error| damaged(column, error))?;
    Ok(text)
}

/// A page from the columns of [`crate::schema::PAGE_COLUMNS`], the first of which is column `at`.
pub(crate) fn page(row: &Row<'_>, at: usize) -> rusqlite::Result<Page> {
    let record: Option<String> = row.get(at + 2)?;
    let alt: Option<String> = row.get(at + 3)?;
    let text: Option<String> = row.get(at + 4)?;
    Ok(Page {
        code: row.get(at)?,
        label: row.get(at + 1)?,
        record: record
            .map(|text| parse(at + 2, &text).map(Box::new))
            .transpose()?,
        alt: alt
            .map(|text| parse(at + 3, &text))
            .transpose()?
            .unwrap_or_default(),
        text: text
            .map(|path| {
                Ok::<_, rusqlite::Error>(TextFile {
                    path,
                    size: row.get(at + 5)?,
                    modified: row.get(at + 6)?,
                    changed: row.get(at + 7)?,
                })
            })
            .transpose()?,
        stored: Stored {
            file: row.get(at + 8)?,
            bytes: row.get(at + 9)?,
            width: row.get(at + 10)?,
            height: row.get(at + 11)?,
            fingerprint: row.get(at + 12)?,
            original: row.get(at + 13)?,
            colors: row.get(at + 14)?,
        },
        source: SourceFile {
            path: row.get(at + 15)?,
            size: row.get(at + 16)?,
            modified: row.get(at + 17)?,
            changed: row.get(at + 18)?,
            page: row.get(at + 19)?,
        },
    })
}

/// The counts in a finished file.
pub(crate) fn summary(connection: &Connection) -> rusqlite::Result<Summary> {
    connection.query_row(
        "SELECT items, top, pages, refused, notes FROM summary",
        [],
        |row| {
            Ok(Summary {
                items: row.get(0)?,
                top: row.get(1)?,
                pages: row.get(2)?,
                refused: row.get(3)?,
                notes: row.get(4)?,
            })
        },
    )
}
