//! The ingest of one collection, top to bottom.

use std::collections::{BTreeSet, HashMap};
use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use acervo_catalogue::{Catalogue, FILE_NAME, Item, Page, Summary};
use acervo_pixels::source::Limits;
use acervo_tenancy::CollectionName;
use rustix::fs::FlockOperation;

use crate::convert::{Converted, Task, convert};
use crate::error::IngestError;
use crate::group::{Group, group};
use crate::publish::{Publication, clean, commit, write_report};
use crate::refusal::Reason;
use crate::report::Report;
use crate::scan::{Found, Scan, scan};

/// What to ingest, from where, to where.
#[derive(Debug, Clone)]
pub struct Job {
    /// The collection.
    pub collection: CollectionName,
    /// The folder that holds the source's folder and is never left.
    pub root: PathBuf,
    /// The name of the source's folder in `root`.
    pub directory: String,
    /// The published folder of the collection.
    pub published: PathBuf,
    /// What decoding one image may take.
    pub limits: Limits,
    /// Images that are decoded at the same time; memory is at most this many times the limit.
    pub workers: usize,
    /// Whether the removal of more than half of the items is meant.
    pub confirm_removal: bool,
}

/// What an ingest did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What is published now.
    pub summary: Summary,
    /// The report, as written.
    pub report: Report,
    /// Files that were converted.
    pub converted: usize,
    /// The state of the folder that was ingested.
    pub fingerprint: String,
}

/// Hears how an ingest goes on.
pub trait Progress: Sync {
    /// So many files will be converted.
    fn begin(&self, files: usize);
    /// This file is done, published or not.
    fn done(&self, path: &str);
}

/// Hears nothing.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: usize) {}
    fn done(&self, _: &str) {}
}

/// Ingests one collection: scan, group, convert what changed, publish, clean up.
///
/// # Errors
/// If folders cannot be read or written, another ingest runs, or the disk is full. The last published
/// state keeps serving.
pub fn ingest(job: &Job, progress: &dyn Progress) -> Result<Outcome, IngestError> {
    let items = job.published.join("items");
    fs::create_dir_all(&items).map_err(IngestError::at(&items))?;
    let _lock = lock(job)?;
    let before = Before::read(job)?;
    let scan =
        scan(&job.root, &job.directory).map_err(IngestError::at(job.root.join(&job.directory)))?;
    let (groups, mut refused) = group(&scan);

    if let Some(reason) = before
        .mass_removal(&groups)
        .filter(|_| !job.confirm_removal)
    {
        refused = vec![(String::new(), reason)];
        let report = report(job, before.summary().items, 0, &refused);
        write_report(&job.published, &report)?;
        return Ok(Outcome {
            summary: before.summary(),
            report,
            converted: 0,
            fingerprint: scan.fingerprint,
        });
    }

    let changed: Vec<Task<'_>> = groups
        .iter()
        .flat_map(|group| group.files.iter().map(move |file| (group, file)))
        .filter(|(group, file)| before.unchanged(group, file, &items).is_none())
        .map(|(group, file)| Task {
            item: &group.name,
            is_folder: group.is_folder,
            file,
        })
        .collect();
    progress.begin(changed.len());
    let mut converted = convert_all(&changed, &scan, job, progress)?;

    let mut in_work = 0;
    let mut published = Vec::new();
    for group in &groups {
        let mut pages = Vec::new();
        for file in &group.files {
            match converted.remove(&file.path()) {
                None => pages.extend(before.unchanged(group, file, &items).unwrap_or_default()),
                Some(Converted::Pages(new)) => pages.extend(new),
                Some(Converted::Refused(reason)) => refused.push((file.path(), reason)),
                Some(Converted::InWork) => {
                    in_work += 1;
                    pages.extend(before.last(&file.path()));
                }
            }
        }
        if !pages.is_empty() {
            published.push(Item {
                name: group.name.clone(),
                pages,
            });
        }
    }
    refused.sort_by(|(a, _), (b, _)| a.cmp(b));
    let report = report(job, published.len() as u64, in_work, &refused);
    let publication = before.next(
        published,
        refused
            .iter()
            .map(|(path, reason)| reason.of(path))
            .collect(),
    );
    let summary = if before.is(&publication) {
        before.summary()
    } else {
        commit(&job.published, &publication)?
    };
    write_report(&job.published, &report)?;
    clean(&items, &publication.items)?;
    Ok(Outcome {
        summary,
        report,
        converted: changed.len(),
        fingerprint: scan.fingerprint,
    })
}

/// Holds the collection for one ingest; the kernel lets go of it however the process ends.
fn lock(job: &Job) -> Result<File, IngestError> {
    let path = job.published.join(".lock");
    let file = File::create(&path).map_err(IngestError::at(&path))?;
    match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(rustix::io::Errno::WOULDBLOCK) => Err(IngestError::Busy(path)),
        Err(error) => Err(IngestError::Io {
            path,
            source: error.into(),
        }),
    }
}

fn report(job: &Job, published: u64, in_work: u64, refused: &[(String, Reason)]) -> Report {
    let refused = refused
        .iter()
        .map(|(path, reason)| (&reason.of(path)).into())
        .collect();
    Report {
        collection: job.collection.to_string(),
        published,
        in_work,
        refused,
    }
}

/// Converts files on `job.workers` threads, in any order. Ends early when the ingest cannot go on.
fn convert_all(
    tasks: &[Task<'_>],
    scan: &Scan,
    job: &Job,
    progress: &dyn Progress,
) -> Result<HashMap<String, Converted>, IngestError> {
    let items = job.published.join("items");
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Ok(HashMap::new()));
    std::thread::scope(|scope| {
        for _ in 0..job.workers.clamp(1, tasks.len().max(1)) {
            scope.spawn(|| {
                while let Some(task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = convert(task, scan, &items, &job.limits);
                    progress.done(&task.file.path());
                    let mut all = results
                        .lock()
                        .unwrap_or_else(std::sync::PoisonError::into_inner);
                    match (result, all.as_mut()) {
                        (Ok(converted), Ok(map)) => {
                            map.insert(task.file.path(), converted);
                        }
                        (Err(error), Ok(_)) => {
                            *all = Err(error);
                            next.store(tasks.len(), Ordering::Relaxed);
                        }
                        (_, Err(_)) => {}
                    }
                }
            });
        }
    });
    results
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// What was published before.
struct Before {
    catalogue: Option<Catalogue>,
    publication: Publication,
    /// Pages by the path of their file.
    pages: HashMap<String, Vec<Page>>,
}

impl Before {
    /// Reads the catalogue; a damaged one, or one of another version, is as good as none: everything
    /// is made anew from the sources.
    fn read(job: &Job) -> Result<Self, IngestError> {
        let path = job.published.join(FILE_NAME);
        let opened = if path.exists() {
            Catalogue::open(&path)
        } else {
            return Ok(Self::nothing());
        };
        let read = opened.and_then(|catalogue| {
            let publication = Publication {
                items: catalogue.items(0, u64::from(u32::MAX))?,
                gone: catalogue.gone()?.into_iter().collect(),
                gone_pages: catalogue.gone_pages()?.into_iter().collect(),
                refused: catalogue.refusals()?,
            };
            Ok((catalogue, publication))
        });
        let (catalogue, publication) = match read {
            Ok(read) => read,
            Err(error) => {
                tracing::warn!(%error, "the catalogue cannot be read and is made anew");
                return Ok(Self::nothing());
            }
        };
        let mut pages: HashMap<String, Vec<Page>> = HashMap::new();
        for page in publication.items.iter().flat_map(|item| &item.pages) {
            pages
                .entry(page.source.path.clone())
                .or_default()
                .push(page.clone());
        }
        Ok(Self {
            catalogue: Some(catalogue),
            publication,
            pages,
        })
    }

    fn nothing() -> Self {
        let publication = Publication {
            items: Vec::new(),
            gone: BTreeSet::new(),
            gone_pages: BTreeSet::new(),
            refused: Vec::new(),
        };
        Self {
            catalogue: None,
            publication,
            pages: HashMap::new(),
        }
    }

    fn summary(&self) -> Summary {
        self.catalogue
            .as_ref()
            .map(Catalogue::summary)
            .unwrap_or_default()
    }

    /// Whether `publication` is what is published already.
    fn is(&self, publication: &Publication) -> bool {
        self.catalogue.is_some() && self.publication == *publication
    }

    fn last(&self, path: &str) -> Vec<Page> {
        self.pages.get(path).cloned().unwrap_or_default()
    }

    /// The pages of a file that is as it was when they were made, if they are still stored whole.
    fn unchanged(&self, group: &Group, file: &Found, items: &std::path::Path) -> Option<Vec<Page>> {
        let pages = self.pages.get(&file.path())?;
        let same = pages.iter().all(|page| {
            page.source.size == file.stamp.size
                && page.source.modified == file.stamp.modified
                && page.source.changed == file.stamp.changed
                && items.join(&page.stored.file).exists()
        });
        // A folder's file stays in its folder; only a file can become the page of another item.
        (same && !pages.is_empty() && group.is_folder == file.folder.is_some())
            .then(|| pages.clone())
    }

    /// Why the removal of items must be confirmed: more than half of them vanished.
    fn mass_removal(&self, groups: &[Group]) -> Option<Reason> {
        let names: BTreeSet<&str> = groups.iter().map(|group| group.name.as_str()).collect();
        let of = self.publication.items.len();
        let gone = self
            .publication
            .items
            .iter()
            .filter(|item| !names.contains(item.name.as_str()))
            .count();
        (gone * 2 > of).then_some(Reason::MassRemoval { gone, of })
    }

    /// What is published next: what vanished is remembered, what came back is forgotten.
    fn next(&self, items: Vec<Item>, mut refused: Vec<acervo_catalogue::Refusal>) -> Publication {
        let names: BTreeSet<&str> = items.iter().map(|item| item.name.as_str()).collect();
        let codes: BTreeSet<&str> = items
            .iter()
            .flat_map(|item| item.pages.iter().map(|page| page.code.as_str()))
            .collect();
        let before = &self.publication;
        let all_names = before
            .items
            .iter()
            .map(|item| item.name.clone())
            .chain(before.gone.iter().cloned());
        let all_codes = before
            .items
            .iter()
            .flat_map(|item| item.pages.iter().map(|page| page.code.clone()))
            .chain(before.gone_pages.iter().cloned());
        let gone = all_names
            .filter(|name| !names.contains(name.as_str()))
            .collect();
        let gone_pages = all_codes
            .filter(|code| !codes.contains(code.as_str()))
            .collect();
        refused.sort_by(|a, b| (&a.path, &a.code).cmp(&(&b.path, &b.code)));
        Publication {
            items,
            gone,
            gone_pages,
            refused,
        }
    }
}
