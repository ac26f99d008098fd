//! The catalogue of one collection: which items and pages are published, and where their bytes are.
//!
//! One `SQLite` file, which any `sqlite3` opens. Ingest writes a new one beside the old and renames it
//! over it, which is the only moment at which a collection changes; the server opens it read-only and
//! never waits for a lock.

mod error;
mod model;
mod read;
mod schema;
mod write;

pub use error::CatalogueError;
pub use model::{Item, ItemState, Page, Refusal, SourceFile, Stored, Summary};
pub use read::Catalogue;
pub use write::CatalogueWriter;

/// The name of the catalogue in the folder of its collection.
pub const FILE_NAME: &str = "catalogue";
