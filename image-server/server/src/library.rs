//! The library: the catalogues of all collections, as they are published now.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use acervo_catalogue::{Catalogue, CatalogueError, FILE_NAME};

/// Numbers states of collections, so that caches never mix two of them.
static GENERATIONS: AtomicU64 = AtomicU64::new(1);

/// Institution and collection.
pub(crate) type Key = (String, String);

/// All collections. A change makes a new library that shares what stayed.
#[derive(Debug, Default, Clone)]
pub(crate) struct Library {
    shelves: HashMap<Key, Arc<Shelf>>,
    /// Collections that were published once and are declared no longer.
    withdrawn: HashSet<Key>,
}

/// One published state of one collection.
#[derive(Debug)]
pub(crate) struct Shelf {
    /// The published folder of the collection.
    pub(crate) folder: PathBuf,
    /// Differs between any two states.
    pub(crate) generation: u64,
    /// `None` if nothing was published yet; an error if it cannot be read.
    pub(crate) catalogue: Option<Result<Catalogue, CatalogueError>>,
}

impl Shelf {
    /// Opens what is published in `folder`. A catalogue that cannot be read costs its collection only.
    pub(crate) fn open(folder: &Path) -> Self {
        let path = folder.join(FILE_NAME);
        let catalogue = path.exists().then(|| Catalogue::open(&path));
        if let Some(Err(error)) = &catalogue {
            tracing::error!(%error, "a collection cannot be served");
        }
        Self {
            folder: folder.to_owned(),
            generation: GENERATIONS.fetch_add(1, Ordering::Relaxed),
            catalogue,
        }
    }
}

impl Library {
    /// The collection's state.
    pub(crate) fn shelf(&self, institution: &str, collection: &str) -> Option<&Arc<Shelf>> {
        self.shelves
            .get(&(institution.to_owned(), collection.to_owned()))
    }

    /// A library in which `key` has the state `shelf`.
    pub(crate) fn with(&self, key: Key, shelf: Shelf) -> Self {
        let mut next = self.clone();
        next.shelves.insert(key, Arc::new(shelf));
        next
    }

    /// Whether the collection was published once and is declared no longer.
    pub(crate) fn is_withdrawn(&self, institution: &str, collection: &str) -> bool {
        self.withdrawn
            .contains(&(institution.to_owned(), collection.to_owned()))
    }

    /// A library without the collections that `declared` does not name, and with what was `withdrawn`.
    pub(crate) fn only(&self, declared: impl Fn(&Key) -> bool, withdrawn: HashSet<Key>) -> Self {
        let shelves = self.shelves.iter().filter(|(key, _)| declared(key));
        let shelves = shelves
            .map(|(key, shelf)| (key.clone(), Arc::clone(shelf)))
            .collect();
        Self { shelves, withdrawn }
    }
}
