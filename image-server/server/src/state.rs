//! What all requests share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};

use acervo_tenancy::{Asked, Located, Locator, TenantTable};
use arc_swap::ArcSwap;
use bytes::Bytes;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::admission::Admission;
use crate::library::{Holding, Library};
use crate::renders::Renders;
use crate::store::Store;

/// Bytes of documents that are kept.
const DOCUMENTS: u64 = 14 << 20;
/// Bytes of descriptions of images that are kept, two thousand of them.
const DESCRIPTIONS: u64 = 2 << 20;

/// Documents weigh what they are long.
#[derive(Debug, Clone)]
pub(crate) struct ByLength;

impl Weighter<String, Bytes> for ByLength {
    fn weight(&self, _: &String, bytes: &Bytes) -> u64 {
        bytes.len() as u64
    }
}

/// The description of an image, and its tag.
#[derive(Debug, Clone)]
pub(crate) struct Description {
    pub(crate) etag: Arc<str>,
    pub(crate) bytes: Bytes,
}

impl Weighter<String, Description> for ByLength {
    fn weight(&self, key: &String, description: &Description) -> u64 {
        (key.len() + description.etag.len() + description.bytes.len()) as u64
    }
}

/// The tenant table, and what changes with anything in it.
#[derive(Debug)]
pub(crate) struct Table {
    tenants: TenantTable,
    locator: Locator,
    pub(crate) digest: String,
}

impl Table {
    pub(crate) fn new(tenants: TenantTable) -> Self {
        let text = serde_json::to_vec(&tenants).unwrap_or_default();
        let digest = blake3::hash(&text).to_hex()[..32].to_owned();
        let locator = Locator::new(&tenants);
        Self {
            tenants,
            locator,
            digest,
        }
    }

    /// Who answers `path` on the host that was asked.
    pub(crate) fn locate<'t, 'p>(&'t self, asked: &Asked, path: &'p str) -> Located<'t, 'p> {
        self.locator.locate(&self.tenants, asked, path)
    }
}

impl std::ops::Deref for Table {
    type Target = TenantTable;

    fn deref(&self) -> &TenantTable {
        &self.tenants
    }
}

/// What the command line says of serving.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// Whether `!w,h` beyond the image is refused.
    pub(crate) strict_size: bool,
    /// Pyramids that may be kept open.
    pub(crate) pyramids: u64,
    /// Bytes for images in the making and on their way.
    pub(crate) memory: u64,
}

/// Counts since the start.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    /// Requests of any kind.
    pub(crate) requests: AtomicU64,
    /// Image requests answered with stored bytes.
    pub(crate) stored: AtomicU64,
    /// Image requests for which pixels were made.
    pub(crate) rendered: AtomicU64,
    /// Requests that were answered 5xx.
    pub(crate) failed: AtomicU64,
}

/// What all requests share.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) settings: Settings,
    /// The institutions; replaced as a whole.
    pub(crate) table: ArcSwap<Table>,
    /// The catalogues; replaced one by one.
    pub(crate) library: ArcSwap<Library>,
    /// Documents that were made, by their names.
    pub(crate) documents: Cache<String, Bytes, ByLength>,
    /// Descriptions of images that were made, by what they are made of: they are asked for most, and a digest of
    /// that for each request, as documents have, would be a twentieth of it.
    pub(crate) descriptions: Cache<String, Description, ByLength>,
    /// Opened pyramids.
    pub(crate) store: Store,
    pub(crate) admission: Admission,
    pub(crate) renders: Renders,
    pub(crate) counters: Counters,
    /// Whether readers can be sent here: what is published was opened once.
    pub(crate) ready: AtomicBool,
    /// Whether the server is about to end: readers are to be sent elsewhere.
    pub(crate) draining: AtomicBool,
}

impl State {
    /// # Errors
    /// If threads cannot be started.
    pub(crate) fn new(settings: Settings) -> anyhow::Result<Self> {
        let table = TenantTable {
            version: acervo_tenancy::TABLE_VERSION,
            language: acervo_tenancy::Language::default(),
            lists_institutions: true,
            tenants: Vec::new(),
        };
        Ok(Self {
            settings,
            table: ArcSwap::from_pointee(Table::new(table)),
            library: ArcSwap::from(Arc::new(Library::default())),
            documents: Cache::with_weighter(1024, DOCUMENTS, ByLength),
            descriptions: Cache::with_weighter(1024, DESCRIPTIONS, ByLength),
            store: Store::new(settings.pyramids),
            admission: Admission::new(settings.memory)?,
            renders: Renders::default(),
            counters: Counters::default(),
            ready: AtomicBool::new(false),
            draining: AtomicBool::new(false),
        })
    }

    /// Lets readers see what is published now of `holdings`, and of nothing else. Blocks.
    pub(crate) fn follow<'h>(&self, holdings: impl IntoIterator<Item = &'h Holding>) {
        let next = self.library.load().follow(holdings);
        self.library.store(Arc::new(next));
    }
}
