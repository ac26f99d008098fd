//! What ends an ingest; files that are set aside do not.

use std::io;
use std::path::PathBuf;

use acervo_bucket::BucketError;
use acervo_catalogue::CatalogueError;
use acervo_tenancy::Bilingual;

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
    /// The bucket cannot be read.
    #[error("{0}; what was published before is still served")]
    Bucket(BucketError),
}

impl IngestError {
    /// What happened and what to do, in both languages.
    #[must_use]
    pub fn message(&self) -> Bilingual {
        match self {
            Self::Io { path, source } => {
                let path = path.display();
                Bilingual::new(
                    format!(
                        "{path}: {source}. Se sigue publicando lo anterior; revise el espacio y los permisos del volumen."
                    ),
                    format!(
                        "{path}: {source}. What was published before is still served; check the room and the permissions of the volume."
                    ),
                )
            }
            Self::Catalogue(error) => Bilingual::new(
                format!(
                    "No se puede leer o escribir el catálogo ({error}). Se sigue publicando lo anterior."
                ),
                format!(
                    "The catalogue cannot be read or written ({error}). What was published before is still served."
                ),
            ),
            Self::Busy(_) => Bilingual::new(
                "Ya se está preparando esta colección. Espere a que termine.",
                "This collection is being ingested already. Wait for it to end.",
            ),
            Self::Bucket(error) => error.message(),
        }
    }

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
