//! The store: pyramids on the volume, opened once and read by position.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use acervo_catalogue::Stored;
use bytes::Bytes;
use quick_cache::sync::Cache;
use quick_cache::{Equivalent, Weighter};
use rustix::io::{ReadWriteFlags, preadv2};
use tiff_pyramid::{Pyramid, ReadAt, ReadError, Span};

use crate::admission::Room;
use crate::buffers::Buffer;

/// Bytes of the indexes of pyramids that are kept open.
const INDEXES: u64 = 16 << 20;
/// Pyramids that are kept open at most, however many the system allows.
const MOST_OPEN: u64 = 32_768;

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

/// The generation of a collection, and a code in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key(u64, Box<str>);

/// A [`Key`] that is looked for.
#[derive(Debug, Hash)]
struct Sought<'c>(u64, &'c str);

impl Equivalent<Key> for Sought<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        (self.0, self.1) == (key.0, &*key.1)
    }
}

/// Pyramids weigh their index, and what makes the number of open files come out.
#[derive(Debug, Clone)]
struct ByIndex {
    least: u64,
}

impl Weighter<Key, Arc<OpenPyramid>> for ByIndex {
    fn weight(&self, _: &Key, open: &Arc<OpenPyramid>) -> u64 {
        (open.pyramid.weight() as u64).max(self.least)
    }
}

/// Opened pyramids.
#[derive(Debug)]
pub(crate) struct Store {
    open: Cache<Key, Arc<OpenPyramid>, ByIndex>,
}

impl Store {
    /// A store that keeps at most so many pyramids open.
    pub(crate) fn new(pyramids: u64) -> Self {
        let most = pyramids.clamp(16, MOST_OPEN);
        let weighter = ByIndex {
            least: INDEXES.div_ceil(most),
        };
        Self {
            // Filled over time: nothing is set aside for pyramids that nobody asks for.
            open: Cache::with_weighter(64, INDEXES, weighter),
        }
    }

    /// The pyramid, if it is open.
    pub(crate) fn cached(&self, generation: u64, code: &str) -> Option<Arc<OpenPyramid>> {
        self.open.get(&Sought(generation, code))
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
            .insert(Key(generation, code.into()), Arc::clone(&open));
        Ok(open)
    }

    /// Forgets a pyramid that turned out to be damaged.
    pub(crate) fn forget(&self, generation: u64, code: &str) {
        self.open.remove(&Sought(generation, code));
    }
}

/// A stored tile: a part of the file of an opened pyramid.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    open: Arc<OpenPyramid>,
    pub(crate) offset: u64,
    pub(crate) length: usize,
}

impl Part {
    /// The longest part that the kernel is asked to send; tiles are shorter, nearly all.
    pub(crate) const LONGEST: usize = 1 << 20;

    /// The part of `open` where `span` is.
    pub(crate) fn new(open: &Arc<OpenPyramid>, span: Span) -> Self {
        Self {
            open: Arc::clone(open),
            offset: span.offset,
            length: span.length as usize,
        }
    }

    /// The name of the file that it is a part of.
    pub(crate) fn path(&self) -> &Path {
        &self.open.path
    }

    /// The file that it is a part of.
    pub(crate) fn file(&self) -> &File {
        &self.open.file
    }

    /// Whether the kernel can send it at once. It must have the first byte and the last, and then has, nearly
    /// always, all between them: what was read together is forgotten together. Of a part that the file no longer
    /// has it has not got the last.
    pub(crate) fn can_be_sent(&self) -> bool {
        let has = |offset: u64| {
            let mut byte = [0];
            let slice = &mut [io::IoSliceMut::new(&mut byte)];
            preadv2(&self.open.file, slice, offset, ReadWriteFlags::NOWAIT) == Ok(1)
        };
        let last = (self.length as u64).saturating_sub(1);
        (1..=Self::LONGEST).contains(&self.length) && has(self.offset) && has(self.offset + last)
    }

    /// Bytes of memory that reading it takes.
    pub(crate) fn holds(&self) -> u64 {
        Buffer::holds(self.length) as u64
    }

    /// Its bytes, in `room`: at once if the kernel has them, else on a thread that may wait.
    pub(crate) async fn read(self, room: Room) -> Result<Bytes, StoreError> {
        let mut buffer = Buffer::new(self.length);
        let slice = &mut [io::IoSliceMut::new(buffer.as_mut())];
        let at_once = preadv2(&self.open.file, slice, self.offset, ReadWriteFlags::NOWAIT);
        if at_once == Ok(self.length) {
            return Ok(room.hold(buffer));
        }
        let path = self.open.path.clone();
        let read = tokio::task::spawn_blocking(move || {
            ReadAt::read_exact_at(&self.open.file, buffer.as_mut(), self.offset)
                .map(|()| room.hold(buffer))
        });
        let bytes = read
            .await
            .unwrap_or_else(|error| Err(io::Error::other(error)));
        bytes.map_err(|source| StoreError::Read { path, source })
    }
}
