//! What can go wrong with a catalogue.

use std::path::PathBuf;

/// Why a catalogue cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The file is damaged, is no catalogue, or cannot be read or written.
    #[error("catalogue {path}: {source}")]
    Database {
        /// The file.
        path: PathBuf,
        /// What `SQLite` says.
        source: rusqlite::Error,
    },
    /// The file was written by another version.
    #[error(
        "catalogue {path} has version {found}, this program reads version {expected}; run ingest again"
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// The version in the file.
        found: i64,
        /// The version this crate reads.
        expected: i64,
    },
}
