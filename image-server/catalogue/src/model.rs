//! What a catalogue holds.

use acervo_record::{Record, Text};
use acervo_tenancy::Bilingual;

/// A published item: one with pages, or one that other items are volumes of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its name, exactly as handed over, in NFC; unique in the collection.
    pub name: String,
    /// The name of the item that it is a volume of.
    pub parent: Option<String>,
    /// What is known of it.
    pub record: Record,
    /// Its pages, in order; none, if it has volumes.
    pub pages: Vec<Page>,
}

/// A page: one image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The second half of its image identifier, unique in the collection: `[a-z2-7]{16}`.
    pub code: String,
    /// What names it in its item: a file name, or a number in a multi-page file.
    pub label: String,
    /// What is known of it beside its item; most pages have none, and there are many.
    pub record: Option<Box<Record>>,
    /// What it shows, in words for those who do not see it.
    pub alt: Vec<Text>,
    /// The file that its text was read from.
    pub text: Option<TextFile>,
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
    /// What the full image keeps of its source: `kept`, or `recoded-` and why.
    pub original: String,
    /// What became of the source's colours: `plain`, `embedded`, or `converted` and, if not by policy, why.
    pub colors: String,
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

/// A file with the text of a page, as it was when it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextFile {
    /// The path below the source's folder.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Modification time, in nanoseconds since 1970.
    pub modified: i64,
    /// Change time, in nanoseconds since 1970.
    pub changed: i64,
}

/// The text of a page, to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The page's code.
    pub code: String,
    /// All of it, in a form that only its readers know.
    pub content: String,
    /// The words alone, for searching.
    pub plain: String,
}

/// An item in a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// What is known of it.
    pub record: Record,
    /// How many pages it has.
    pub pages: u64,
    /// How many items are its volumes.
    pub volumes: u64,
    /// The page that stands for it, of its own or of its first volume.
    pub cover: Option<Page>,
}

/// An item as a whole: what manifests and pages are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// The item.
    pub item: Item,
    /// What is known of the item that it is a volume of.
    pub parent: Option<Record>,
    /// Changes with anything that is known of the item; made at ingest.
    pub digest: String,
}

/// What became of an item's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemState {
    /// It is published.
    Published(Box<Detail>),
    /// It was published once: its addresses answer 410.
    Gone,
}

/// What items can be chosen by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Facet {
    /// What they are about.
    Subject,
    /// A place.
    Place,
    /// A decade, by its first year.
    Decade,
}

impl Facet {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Subject, Self::Place, Self::Decade];
}

/// A value that items can be chosen by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetValue {
    /// The value.
    pub value: String,
    /// The BCP 47 tag of its language; empty for none.
    pub language: String,
    /// How many items at the top of the collection have it.
    pub total: u64,
}

/// Something that a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The item.
    pub entry: Entry,
    /// The number of the first page, from 1, whose text was found, and its text as it was stored.
    pub page: Option<(u64, Page, String)>,
}

/// Something that was set aside, or is worth a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The path below the source's folder, made printable.
    pub path: String,
    /// The row of a spreadsheet, as its program counts.
    pub row: Option<u32>,
    /// The heading of a column.
    pub column: Option<String>,
    /// The stable code.
    pub code: String,
    /// The reason, in words.
    pub message: Bilingual,
    /// Whether it is published in spite of it.
    pub is_note: bool,
}

/// Counts of a catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Published items with pages.
    pub items: u64,
    /// Entries at the top of the collection.
    pub top: u64,
    /// Published pages.
    pub pages: u64,
    /// What was set aside.
    pub refused: u64,
    /// What is worth a look.
    pub notes: u64,
}
