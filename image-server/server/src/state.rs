//! What all requests share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};

use acervo_tenancy::TenantTable;
use arc_swap::ArcSwap;

use crate::admission::Admission;
use crate::library::Library;
use crate::store::Store;

/// What the command line says of serving.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// Whether `!w,h` beyond the image is refused.
    pub(crate) strict_size: bool,
    /// MiB for rendering.
    pub(crate) render_memory: u32,
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
    pub(crate) table: ArcSwap<TenantTable>,
    /// The catalogues; replaced one by one.
    pub(crate) library: ArcSwap<Library>,
    /// Opened pyramids.
    pub(crate) store: Store,
    pub(crate) admission: Admission,
    pub(crate) counters: Counters,
    /// Whether the first ingest of every collection has ended.
    pub(crate) ready: AtomicBool,
}

impl State {
    pub(crate) fn new(settings: Settings) -> Self {
        let table = TenantTable {
            version: acervo_tenancy::TABLE_VERSION,
            language: acervo_tenancy::Language::default(),
            lists_institutions: true,
            tenants: Vec::new(),
        };
        Self {
            settings,
            table: ArcSwap::from_pointee(table),
            library: ArcSwap::from(Arc::new(Library::default())),
            store: Store::new(),
            admission: Admission::new(settings.render_memory),
            counters: Counters::default(),
            ready: AtomicBool::new(false),
        }
    }
}
