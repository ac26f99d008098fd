//! What a catalogue holds.

use acervo_tenancy::Bilingual;

/// A published item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its name, exactly as handed over, in NFC; unique in the collection.
    pub name: String,
    /// Its pages, in order. Never empty.
    pub pages: Vec<Page>,
}

/// A page: one image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The second half of its image identifier, unique in the collection: `[a-z2-7]{16}`.
    pub code: String,
    /// What names it in its item: a file name, or a number in a multi-page file.
    pub label: String,
    /// The stored pyramid.
    pub stored: Stored,
    /// The file it was made from.
    pub source: SourceFile,
}

/// A pyramid on the volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The file's name in `items/`; never reused for other bytes.
    pub file: String,
    /// Bytes of the file; another length is a damaged file.
    pub bytes: u64,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Names source content and recipe; the base of strong `ETag`s.
    pub fingerprint: String,
}

/// A file as it was when it was read, to tell whether it changed since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// The path below the source's folder.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Modification time, in nanoseconds since 1970.
    pub modified: i64,
    /// Change time, in nanoseconds since 1970.
    pub changed: i64,
    /// Which page of the file, from 0.
    pub page: u32,
}

/// What became of an item's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemState {
    /// It is published.
    Published(Item),
    /// It was published once: its addresses answer 410.
    Gone,
}

/// A file that was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The path below the source's folder, made printable.
    pub path: String,
    /// The stable code.
    pub code: String,
    /// The reason, in words.
    pub message: Bilingual,
}

/// Counts of a catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Published items.
    pub items: u64,
    /// Published pages.
    pub pages: u64,
    /// Refused files.
    pub refused: u64,
}
