//! The library: the catalogues of all collections, as they are published now.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use acervo_catalogue::{Catalogue, CatalogueError, FILE_NAME};
use acervo_tenancy::Tenant;

/// How long a catalogue that could not be read is left alone.
const RETRY: Duration = Duration::from_secs(30);

/// Numbers states of collections, so that caches never mix two of them.
static GENERATIONS: AtomicU64 = AtomicU64::new(1);

/// Institution and collection.
pub(crate) type Key = (String, String);

/// The collections of one institution and where they are published: each in a folder of its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Holding {
    pub(crate) institution: String,
    /// The folder of the folders.
    pub(crate) published: PathBuf,
    /// What it handed over: the folder of its folders.
    pub(crate) incoming: PathBuf,
    pub(crate) collections: Vec<String>,
}

impl Holding {
    /// The holding of `tenant` in the folder `published`, from what lies in `incoming`.
    pub(crate) fn of(tenant: &Tenant, published: PathBuf, incoming: PathBuf) -> Self {
        let names = tenant.collections.iter().map(|c| c.name.to_string());
        Self {
            institution: tenant.name.to_string(),
            published,
            incoming,
            collections: names.collect(),
        }
    }

    /// Collections that lie in the folder and are declared no longer.
    fn withdrawn(&self) -> impl Iterator<Item = String> + '_ {
        let folders = fs::read_dir(&self.published)
            .into_iter()
            .flatten()
            .flatten();
        folders
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| !self.collections.contains(name))
    }
}

/// All collections. A change makes a new library that shares what stayed.
#[derive(Debug, Default, Clone)]
pub(crate) struct Library {
    /// By [`key`], so that one look finds one of thousands.
    shelves: HashMap<String, Arc<Shelf>>,
    /// Collections that were published once and are declared no longer, by institution.
    withdrawn: HashMap<String, HashSet<String>>,
    /// What institutions handed over, by their names.
    incoming: HashMap<String, PathBuf>,
}

/// Tells two files under one name apart, without reading them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity {
    inode: u64,
    size: u64,
    modified: (i64, i64),
}

impl Identity {
    /// The identity of the file at `path`; `None` if there is none.
    pub(crate) fn of(path: &Path) -> io::Result<Option<Self>> {
        match fs::metadata(path) {
            Ok(metadata) => Ok(Some(Self {
                inode: metadata.ino(),
                size: metadata.size(),
                modified: (metadata.mtime(), metadata.mtime_nsec()),
            })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
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
    /// The file of the catalogue, as it was just before it was opened.
    identity: Option<Identity>,
    opened: Instant,
}

impl Shelf {
    /// Opens what is published in `folder`. A catalogue that cannot be read costs its collection only.
    fn open(folder: &Path, identity: Option<Identity>) -> Self {
        let path = folder.join(FILE_NAME);
        let catalogue = identity.map(|_| Catalogue::open(&path));
        if let Some(Err(error)) = &catalogue {
            tracing::error!(%error, "a collection cannot be served");
        }
        Self {
            folder: folder.to_owned(),
            generation: GENERATIONS.fetch_add(1, Ordering::Relaxed),
            catalogue,
            identity,
            opened: Instant::now(),
        }
    }

    /// Whether this is what is published where `identity` is the catalogue's.
    fn is_current(&self, identity: Option<Identity>) -> bool {
        let failed = matches!(self.catalogue, Some(Err(_)));
        self.identity == identity && !(failed && self.opened.elapsed() > RETRY)
    }
}

impl Library {
    /// The collection's state.
    pub(crate) fn shelf(&self, institution: &str, collection: &str) -> Option<&Arc<Shelf>> {
        self.shelves.get(&key(institution, collection))
    }

    /// The folder of what an institution handed over.
    pub(crate) fn incoming(&self, institution: &str) -> Option<&Path> {
        self.incoming.get(institution).map(PathBuf::as_path)
    }

    /// Whether the collection was published once and is declared no longer.
    pub(crate) fn is_withdrawn(&self, institution: &str, collection: &str) -> bool {
        let withdrawn = self.withdrawn.get(institution);
        withdrawn.is_some_and(|names| names.contains(collection))
    }

    /// The library of what is published now of `holdings`: a shelf whose catalogue is as it was is
    /// shared, any other is opened.
    pub(crate) fn follow<'h>(&self, holdings: impl IntoIterator<Item = &'h Holding>) -> Self {
        let mut next = Self::default();
        for holding in holdings {
            let institution = &holding.institution;
            for collection in &holding.collections {
                let known = self.shelf(institution, collection);
                let shelf = current(known, &holding.published.join(collection));
                next.shelves.insert(key(institution, collection), shelf);
            }
            let withdrawn = holding.withdrawn().collect();
            next.withdrawn.insert(institution.clone(), withdrawn);
            let incoming = holding.incoming.clone();
            next.incoming.insert(institution.clone(), incoming);
        }
        next
    }
}

/// Names have no slash.
fn key(institution: &str, collection: &str) -> String {
    [institution, "/", collection].concat()
}

/// `known`, if it is what is published in `folder`, or else what is.
fn current(known: Option<&Arc<Shelf>>, folder: &Path) -> Arc<Shelf> {
    match (Identity::of(&folder.join(FILE_NAME)), known) {
        (Ok(identity), Some(shelf)) if shelf.is_current(identity) => Arc::clone(shelf),
        (Ok(identity), _) => Arc::new(Shelf::open(folder, identity)),
        // A volume that does not answer says nothing about what is published on it.
        (Err(error), Some(shelf)) => {
            tracing::warn!(folder = %folder.display(), %error, "the catalogue cannot be looked at");
            Arc::clone(shelf)
        }
        (Err(error), None) => {
            tracing::error!(folder = %folder.display(), %error, "a collection cannot be served");
            Arc::new(Shelf::open(folder, None))
        }
    }
}
