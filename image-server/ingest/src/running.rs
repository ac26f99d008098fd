//! A running ingest tells how far it is, in a file beside what it publishes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// Where a running ingest tells how far it is, in the published folder of its collection.
pub const PROGRESS_PATH: &str = ".progress.json";
/// How often the file is written at most.
const PAUSE: Duration = Duration::from_secs(1);
/// How often it is written though nothing has changed: a file that stays as it is was left by an
/// ingest that was killed.
const SIGN_OF_LIFE: Duration = Duration::from_secs(10);

/// What `.progress.json` holds: how far an ingest is, in files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// Files that are done, published or not.
    pub done: u64,
    /// Files that this ingest converts.
    pub total: u64,
}

impl Running {
    /// For how long the file may stay as it is while an ingest runs; network file systems show
    /// changes late.
    pub const SILENCE: Duration = Duration::from_secs(60);

    /// What the ingest of the collection published in `folder` tells; `None` if there is none.
    ///
    /// # Errors
    /// If the file cannot be read or is damaged.
    pub fn read(folder: &Path) -> io::Result<Option<Self>> {
        match fs::read(folder.join(PROGRESS_PATH)) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The file of one running ingest; removed when dropped.
#[derive(Debug)]
pub(crate) struct ProgressFile {
    path: PathBuf,
    total: u64,
    done: AtomicU64,
}

impl ProgressFile {
    /// Begins to tell of an ingest of `total` files.
    pub(crate) fn begin(folder: &Path, total: usize) -> Self {
        let file = Self {
            path: folder.join(PROGRESS_PATH),
            total: total as u64,
            done: AtomicU64::new(0),
        };
        file.write(0);
        file
    }

    /// One more file is done.
    pub(crate) fn done(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    /// Keeps the file up to date until every sender of `end` is dropped.
    pub(crate) fn keep(&self, end: &Receiver<()>) {
        let (mut told, mut at) = (0, Instant::now());
        while end.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
            let done = self.done.load(Ordering::Relaxed);
            if done != told || at.elapsed() >= SIGN_OF_LIFE {
                self.write(done);
                (told, at) = (done, Instant::now());
            }
        }
    }

    /// That nobody can see how far an ingest is does not end it.
    fn write(&self, done: u64) {
        let temporary = self.path.with_extension("json.tmp");
        let running = Running {
            done,
            total: self.total,
        };
        let written = serde_json::to_vec(&running)
            .map_err(io::Error::other)
            .and_then(|text| fs::write(&temporary, text))
            .and_then(|()| fs::rename(&temporary, &self.path));
        if let Err(error) = written {
            tracing::debug!(path = %self.path.display(), %error, "the progress cannot be written");
        }
    }
}

impl Drop for ProgressFile {
    fn drop(&mut self) {
        // A file that stays is silent, and is taken for what it is.
        let _ = fs::remove_file(&self.path);
    }
}
