//! The store: pyramids on the volume, opened once and read by position.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use acervo_catalogue::Stored;
use bytes::Bytes;
use quick_cache::sync::Cache;
use rustix::io::{ReadWriteFlags, preadv2};
use tiff_pyramid::{Pyramid, ReadAt, ReadError, Span};

/// Pyramids that are kept open: file descriptors and a few KiB of index each.
const OPEN_PYRAMIDS: usize = 512;

/// Why stored bytes are not to be had. Damage costs the item it is in and nothing else.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// The pyramid cannot be opened.
    #[error("{path}: {source}")]
    Open {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: ReadError,
    },
    /// Bytes of an opened pyramid cannot be read.
    #[error("{path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// An opened pyramid.
#[derive(Debug)]
pub(crate) struct OpenPyramid {
    pub(crate) path: PathBuf,
    pub(crate) pyramid: Pyramid,
    pub(crate) file: File,
    /// Names its content; the base of its `ETags`.
    pub(crate) fingerprint: String,
}

/// Opened pyramids, by the generation of their collection and their code.
#[derive(Debug)]
pub(crate) struct Store {
    open: Cache<(u64, String), Arc<OpenPyramid>>,
}

impl Store {
    pub(crate) fn new() -> Self {
        Self {
            open: Cache::new(OPEN_PYRAMIDS),
        }
    }

    /// The pyramid, if it is open.
    pub(crate) fn cached(&self, generation: u64, code: &str) -> Option<Arc<OpenPyramid>> {
        self.open.get(&(generation, code.to_owned()))
    }

    /// Opens a pyramid and keeps it open. Blocks.
    pub(crate) fn open(
        &self,
        generation: u64,
        code: &str,
        folder: &Path,
        stored: &Stored,
    ) -> Result<Arc<OpenPyramid>, StoreError> {
        let path = folder.join("items").join(&stored.file);
        let opened = File::open(&path).map_err(ReadError::Io).and_then(|file| {
            let length = file.metadata().map_err(ReadError::Io)?.len();
            Ok((Pyramid::open(&file, length)?, file))
        });
        let (pyramid, file) = opened.map_err(|source| StoreError::Open {
            path: path.clone(),
            source,
        })?;
        let fingerprint = stored.fingerprint.clone();
        let open = Arc::new(OpenPyramid {
            path,
            pyramid,
            file,
            fingerprint,
        });
        self.open
            .insert((generation, code.to_owned()), Arc::clone(&open));
        Ok(open)
    }

    /// Forgets a pyramid that turned out to be damaged.
    pub(crate) fn forget(&self, generation: u64, code: &str) {
        self.open.remove(&(generation, code.to_owned()));
    }
}

/// The bytes of a stored tile: at once if the kernel has them, else on a thread that may wait.
pub(crate) async fn read(open: &Arc<OpenPyramid>, span: Span) -> Result<Bytes, StoreError> {
    let mut buffer = vec![0; span.length as usize];
    let slice = &mut [io::IoSliceMut::new(&mut buffer)];
    let at_once = preadv2(&open.file, slice, span.offset, ReadWriteFlags::NOWAIT);
    if at_once == Ok(buffer.len()) {
        return Ok(buffer.into());
    }
    let waiting = Arc::clone(open);
    let read = tokio::task::spawn_blocking(move || {
        ReadAt::read_exact_at(&waiting.file, &mut buffer, span.offset).map(|()| buffer.into())
    });
    let bytes = read
        .await
        .unwrap_or_else(|error| Err(io::Error::other(error)));
    bytes.map_err(|source| StoreError::Read {
        path: open.path.clone(),
        source,
    })
}
