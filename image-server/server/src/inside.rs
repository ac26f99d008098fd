//! What the inside of an institution says of itself on the admin port: what was handed over, what is
//! published, how far an ingest is. All of it is looked up on threads of its own; asking costs nothing.

mod collections;
mod incoming;

use std::path::PathBuf;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use acervo_ingest::{ReportEntry, Running};
use axum::Router;
use axum::extract::State as Extract;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use jiff::Timestamp;
use serde::Serialize;

use crate::library::{Holding, Library};
use crate::pace;
use collections::Collections;
use incoming::Watched;

/// The version of [`Status`].
const VERSION: u32 = 1;

/// What `GET /status` answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    version: u32,
    institution: String,
    storage: Storage,
    incoming: Vec<Incoming>,
    collections: Vec<Collection>,
}

/// The file system of the volume, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct Storage {
    used: u64,
    capacity: u64,
}

/// A folder that was handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Incoming {
    directory: String,
    /// As in the report of an ingest of the folder.
    fingerprint: String,
    /// Whether it has stopped changing.
    settled: bool,
}

/// A collection of the table.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Collection {
    name: String,
    /// Items that readers see.
    published: u64,
    refused: u64,
    in_work: u64,
    /// The last ingest that ended well.
    ingested: Option<Ingested>,
    /// How far the ingest is that runs now.
    running: Option<Running>,
    /// The first of the refused.
    reasons: Vec<ReportEntry>,
}

/// An ingest that ended well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Ingested {
    fingerprint: String,
    finished: Timestamp,
}

/// What is known of collections and their volume.
#[derive(Debug)]
struct Known {
    institution: String,
    storage: Storage,
    collections: Vec<Collection>,
}

/// What was seen last.
#[derive(Debug)]
pub(crate) struct Inside {
    data: PathBuf,
    watched: Mutex<Collections>,
    known: Mutex<Option<Known>>,
    /// `None` until everything was looked at once.
    incoming: Mutex<Option<Vec<Incoming>>>,
}

impl Inside {
    /// The inside of the institution whose volume is `data`.
    pub(crate) fn new(data: PathBuf) -> Self {
        Self {
            data,
            watched: Mutex::default(),
            known: Mutex::default(),
            incoming: Mutex::default(),
        }
    }

    /// Looks at the collections and their volume. Cheap, however much there is in them; blocks.
    pub(crate) fn look(&self, holding: &Holding, library: &Library) {
        let storage = match rustix::fs::statvfs(&self.data) {
            Ok(stat) => Storage {
                used: stat.f_blocks.saturating_sub(stat.f_bfree) * stat.f_frsize,
                capacity: stat.f_blocks * stat.f_frsize,
            },
            Err(error) => {
                tracing::warn!(data = %self.data.display(), %error, "the volume does not tell how full it is");
                return;
            }
        };
        let collections = lock(&self.watched).look(holding, library, Instant::now());
        *lock(&self.known) = Some(Known {
            institution: holding.institution.clone(),
            storage,
            collections,
        });
    }

    /// Looks at what was handed over until `stop` is disconnected; the more there is, the more seldom.
    pub(crate) fn watch_incoming(&self, stop: &Receiver<()>) {
        let folder = self.data.join("incoming");
        let mut watched = Watched::default();
        loop {
            let begun = Instant::now();
            match incoming::look(&folder) {
                Ok(found) => *lock(&self.incoming) = Some(watched.note(found, Instant::now())),
                Err(error) => {
                    tracing::warn!(folder = %folder.display(), %error, "the folder cannot be read");
                }
            }
            if !pace::rest(stop, pace::after(begun.elapsed())) {
                return;
            }
        }
    }

    /// All that was seen last; `None` until everything was looked at once.
    fn status(&self) -> Option<Status> {
        let incoming = lock(&self.incoming).clone()?;
        let known = lock(&self.known);
        let known = known.as_ref()?;
        Some(Status {
            version: VERSION,
            institution: known.institution.clone(),
            storage: known.storage,
            incoming,
            collections: known.collections.clone(),
        })
    }
}

/// What is behind the lock is replaced as a whole: a thread that failed left nothing half-done.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The part of the admin port that tells of the inside.
pub(crate) fn router(inside: Arc<Inside>) -> Router {
    Router::new()
        .route("/status", get(status))
        .with_state(inside)
}

async fn status(Extract(inside): Extract<Arc<Inside>>) -> Response {
    match inside.status().map(|status| serde_json::to_vec(&status)) {
        Some(Ok(text)) => ([(header::CONTENT_TYPE, "application/json")], text).into_response(),
        Some(Err(error)) => {
            tracing::error!(%error, "the status cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        None => {
            let why = "the volume has not been looked at yet\n";
            (StatusCode::SERVICE_UNAVAILABLE, why).into_response()
        }
    }
}
