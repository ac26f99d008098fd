//! Publishing: catalogue and report are written beside those before, and take their places when both are on the disk;
//! old pyramids go after a while.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use acervo_catalogue::{CatalogueWriter, FILE_NAME, Item, Refusal, Summary, Words};
use rustix::fs::Dir;

use crate::convert::recipe;
use crate::error::IngestError;
use crate::report::{REPORT_PATH, Report};
use crate::steps::Steps;

/// How long a pyramid stays after nothing refers to it: requests that began before still read it.
const GRACE: Duration = Duration::from_secs(600);
/// Remembers since when files are no longer referred to.
const RETIRED: &str = ".retired.json";

/// Everything a collection publishes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Publication {
    /// Shared with the publication before, where nothing has changed.
    pub(crate) items: Vec<Arc<Item>>,
    pub(crate) gone: BTreeSet<String>,
    pub(crate) gone_pages: BTreeSet<String>,
    pub(crate) refused: Vec<Refusal>,
}

/// A file that is on the disk beside the one whose place it takes.
#[derive(Debug)]
pub(crate) struct Beside {
    temporary: PathBuf,
    path: PathBuf,
}

impl Beside {
    fn new(temporary: PathBuf, path: PathBuf) -> io::Result<Self> {
        File::open(&temporary)?.sync_all()?;
        Ok(Self { temporary, path })
    }

    /// Takes the place, for which a full disk has room as well.
    pub(crate) fn publish(self) -> Result<(), IngestError> {
        fs::rename(&self.temporary, &self.path).map_err(IngestError::at(&self.path))?;
        self.path.parent().map_or(Ok(()), sync_folder)
    }
}

/// Writes the next catalogue of the collection in `folder`: a copy of the last, of which only what differs is
/// written. That it is published is the one commit point of an ingest.
pub(crate) fn write_catalogue(
    folder: &Path,
    last: Option<&Publication>,
    publication: &Publication,
    mut words: HashMap<String, Words>,
) -> Result<(Summary, Beside), IngestError> {
    let (path, temporary) = (
        folder.join(FILE_NAME),
        folder.join(format!(".{FILE_NAME}.tmp")),
    );
    let mut steps = Steps::begin();
    let mut writer = CatalogueWriter::create(&temporary, last.map(|_| path.as_path()))?;
    steps.done("publish: copy");
    let before: HashMap<&str, &Arc<Item>> = last
        .map(|last| {
            last.items
                .iter()
                .map(|item| (item.name.as_str(), item))
                .collect()
        })
        .unwrap_or_default();
    let names: HashSet<&str> = publication
        .items
        .iter()
        .map(|item| item.name.as_str())
        .collect();
    for name in before.keys().filter(|name| !names.contains(*name)) {
        writer.remove(name)?;
    }
    let items = publication.items.iter();
    let changed: Vec<&Item> = items
        .filter(|item| before.get(item.name.as_str()) != Some(item))
        .map(Arc::as_ref)
        .collect();
    writer.put(changed.into_iter(), |code| words.remove(code))?;
    steps.done("publish: items");
    writer.order(
        publication
            .items
            .iter()
            .map(|item| (item.name.as_str(), item.parent.as_deref())),
    )?;
    steps.done("publish: order");
    writer.remember(
        publication.gone.iter().map(String::as_str),
        publication.gone_pages.iter().map(String::as_str),
        &publication.refused,
    )?;
    steps.done("publish: remarks");
    let summary = writer.finish(&recipe())?;
    steps.done("publish: totals");
    // The pyramids' names must be on the disk before the catalogue that refers to them.
    sync_folder(&folder.join("items"))?;
    let catalogue = Beside::new(temporary, path.clone()).map_err(IngestError::at(&path))?;
    steps.done("publish: sync");
    Ok((summary, catalogue))
}

/// Writes the report of an ingest.
pub(crate) fn write_report(folder: &Path, report: &Report) -> Result<Beside, IngestError> {
    let path = folder.join(REPORT_PATH);
    let temporary = path.with_extension("json.tmp");
    let write = || {
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        let mut file = File::create(&temporary)?;
        let text = serde_json::to_string_pretty(report).map_err(io::Error::other)?;
        file.write_all(text.as_bytes())?;
        file.write_all(b"\n")?;
        Beside::new(temporary.clone(), path.clone())
    };
    write()
        // A part of it would take room from the next try.
        .inspect_err(|_| drop(fs::remove_file(&temporary)))
        .map_err(IngestError::at(&path))
}

fn sync_folder(folder: &Path) -> Result<(), IngestError> {
    File::open(folder)
        .and_then(|f| f.sync_all())
        .map_err(IngestError::at(folder))
}

/// Which pyramids that nothing refers to are removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Orphans {
    /// Those that have been so for a while.
    Old,
    /// All.
    All,
}

/// The names in the folder `items` that nothing `published` refers to. There may be hundreds of thousands of
/// others.
pub(crate) fn unused(items: &Path, published: &[Arc<Item>]) -> Result<Vec<String>, IngestError> {
    let used: HashSet<&[u8]> = published
        .iter()
        .flat_map(|item| item.pages.iter().map(|page| page.stored.file.as_bytes()))
        .collect();
    let failed = |error: rustix::io::Errno| IngestError::at(items)(error.into());
    let folder = File::open(items).map_err(IngestError::at(items))?;
    let mut unused = Vec::new();
    for entry in Dir::read_from(&folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_bytes();
        if used.contains(name) || matches!(name, b"." | b"..") {
            continue;
        }
        // No name of ours is anything else.
        unused.extend(std::str::from_utf8(name).map(str::to_owned));
    }
    Ok(unused)
}

/// Removes what an ended ingest left half-made, and pyramids that are `unused`; tells whether some are left to
/// be removed later.
pub(crate) fn clean(
    items: &Path,
    unused: Vec<String>,
    orphans: Orphans,
) -> Result<bool, IngestError> {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    let notes = items.join(RETIRED);
    let known: BTreeMap<String, u64> = fs::read(&notes)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default();
    let mut retired = BTreeMap::new();
    for name in unused.into_iter().filter(|name| name != RETIRED) {
        let since = known.get(&name).copied().unwrap_or(now);
        let old = now.saturating_sub(since) >= GRACE.as_secs();
        if name.starts_with('.') || old || orphans == Orphans::All {
            let path = items.join(name);
            fs::remove_file(&path).map_err(IngestError::at(path))?;
        } else {
            retired.insert(name, since);
        }
    }
    if retired != known {
        let text = serde_json::to_string(&retired).unwrap_or_default();
        // What has no note counts as retired at the next ingest, and stays longer.
        if let Err(error) = fs::write(&notes, text) {
            let path = notes.display();
            tracing::warn!(%path, %error, "when old pyramids may go cannot be noted");
        }
    }
    Ok(!retired.is_empty())
}
