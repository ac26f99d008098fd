//! The catalogue of one collection: which items and pages are published, what is known of them, and where
//! their bytes are.
//!
//! One `SQLite` file, which any `sqlite3` opens. Ingest writes a new one beside the old and renames it
//! over it, which is the only moment at which a collection changes; the server opens it read-only and
//! never waits for a lock.

mod choose;
mod connections;
mod error;
mod index;
mod model;
mod read;
mod row;
mod schema;
mod search;
mod write;

pub use choose::Choice;
pub use error::CatalogueError;
pub use model::{
    Detail, Entry, Facet, FacetValue, Hit, Item, ItemState, Page, Refusal, SourceFile, Stored,
    Summary, TextFile, Words,
};
pub use read::Catalogue;
pub use search::Found;
pub use write::CatalogueWriter;

/// The name of the catalogue in the folder of its collection.
pub const FILE_NAME: &str = "catalogue";
