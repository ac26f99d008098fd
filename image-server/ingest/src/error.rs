//! What ends an ingest; files that are set aside do not.

use std::io;
use std::path::PathBuf;

use acervo_catalogue::CatalogueError;

/// Why an ingest ended early. The last published state keeps serving.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// A folder or file of the collection cannot be read or written.
    #[error("{path}: {source}; what was published before is still served")]
    Io {
        /// The folder or file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The catalogue cannot be read or written.
    #[error("{0}; what was published before is still served")]
    Catalogue(#[from] CatalogueError),
    /// Another ingest of the same collection is running.
    #[error("another ingest of this collection is running (it holds {0}); wait for it to end")]
    Busy(PathBuf),
}

impl IngestError {
    /// Whether there was no room left.
    pub(crate) fn is_disk_full(&self) -> bool {
        let full = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded];
        matches!(self, Self::Io { source, .. } if full.contains(&source.kind()))
    }

    /// Wraps the errors of one path.
    pub(crate) fn at(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}
