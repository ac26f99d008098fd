//! What an image server says of itself, and the last words of an ingest.
//!
//! Fields that a newer image server adds are ignored; it may be newer than the operator.

use acervo_tenancy::Bilingual;
use jiff::Timestamp;
use serde::Deserialize;

/// What `GET /status` on the admin port answers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusDocument {
    /// [`super::STATUS_VERSION`].
    pub version: u32,
    /// The institution that the server serves.
    pub institution: String,
    /// The volume, in bytes.
    pub storage: StorageUse,
    /// Every folder directly in `incoming/`.
    #[serde(default)]
    pub incoming: Vec<Incoming>,
    /// The collections that the server knows.
    #[serde(default)]
    pub collections: Vec<CollectionInside>,
}

/// How full the volume is, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct StorageUse {
    /// What is in use.
    pub used: u64,
    /// What there is.
    pub capacity: u64,
}

impl StorageUse {
    /// Whether the difference is too small to tell of: the volume may be one of many on a busy disk.
    #[must_use]
    pub fn is_about(&self, other: &Self) -> bool {
        self.capacity == other.capacity && self.used.abs_diff(other.used) <= self.capacity / 64
    }
}

/// A folder that was handed over.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Incoming {
    /// Its name.
    pub directory: String,
    /// A digest of names, sizes and times of all that is in it, in hexadecimal digits.
    pub fingerprint: String,
    /// Whether it has stopped changing.
    pub settled: bool,
}

/// A collection, as the volume has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CollectionInside {
    /// Its name.
    pub name: String,
    /// Items that readers can see.
    #[serde(default)]
    pub published: u64,
    /// Files that ingest refused.
    #[serde(default)]
    pub refused: u64,
    /// Files that are still changing, or wait for ingest.
    #[serde(default)]
    pub in_work: u64,
    /// The last ingest that ended well; none if there was none.
    #[serde(default)]
    pub ingested: Option<Ingested>,
    /// How far a running ingest is.
    #[serde(default)]
    pub running: Option<Progress>,
    /// The first reasons for which files were refused.
    #[serde(default)]
    pub reasons: Vec<RefusalReason>,
}

/// An ingest that ended well.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Ingested {
    /// The fingerprint of what it read.
    pub fingerprint: String,
    /// When it ended.
    pub finished: Timestamp,
}

/// How far a running ingest is, in items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Progress {
    /// Items done.
    pub done: u64,
    /// Items in all.
    pub total: u64,
}

/// Why a file was refused.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RefusalReason {
    /// The file, within its folder.
    pub path: String,
    /// The row of a spreadsheet, counted as spreadsheets show it; none if no row is meant.
    #[serde(default)]
    pub row: Option<u64>,
    /// The column of a spreadsheet, by its heading; none if no column is meant.
    #[serde(default)]
    pub column: Option<String>,
    /// The kind of refusal, such as `duplicate-item`.
    pub code: String,
    /// What is wrong and what to do.
    pub message: Bilingual,
}

/// The termination message of an ingest Job's pod.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LastWords {
    /// Items that readers can see.
    #[serde(default)]
    pub published: u64,
    /// Files that ingest refused.
    #[serde(default)]
    pub refused: u64,
    /// Files that were still changing.
    #[serde(default)]
    pub in_work: u64,
    /// The fingerprint of what was read.
    #[serde(default)]
    pub fingerprint: Option<String>,
    /// Why it failed; none if it ended well.
    #[serde(default)]
    pub error: Option<Bilingual>,
}

impl StatusDocument {
    /// Whether something in the institution is on its way.
    #[must_use]
    pub fn is_moving(&self) -> bool {
        self.incoming.iter().any(|incoming| !incoming.settled)
            || self
                .collections
                .iter()
                .any(|collection| collection.running.is_some())
    }

    /// Whether it says nothing else than `other` but for a little more or less in use on the volume.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        let with_storage = |storage| Self {
            storage,
            ..self.clone()
        };
        self.storage.is_about(&other.storage) && with_storage(other.storage) == *other
    }

    /// The folder `directory` of what was handed over.
    #[must_use]
    pub fn incoming(&self, directory: &str) -> Option<&Incoming> {
        self.incoming.iter().find(|i| i.directory == directory)
    }

    /// The collection called `name`.
    #[must_use]
    pub fn collection(&self, name: &str) -> Option<&CollectionInside> {
        self.collections.iter().find(|c| c.name == name)
    }
}

impl LastWords {
    /// The words in a termination message; none if it holds something else, such as the last lines of
    /// a log.
    #[must_use]
    pub fn read(message: &str) -> Option<Self> {
        serde_json::from_str(message.trim()).ok()
    }
}
