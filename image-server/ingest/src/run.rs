//! The ingest of one collection, top to bottom.

use std::collections::HashMap;
use std::fs::{self, File};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};

use acervo_catalogue::{Item, Summary};
use acervo_pixels::source::{Limits, SourceError, identify};
use acervo_tenancy::CollectionName;
use jiff::Timestamp;
use rustix::fs::FlockOperation;

use crate::before::Before;
use crate::convert::{Converted, Task, convert};
use crate::error::IngestError;
use crate::group::group;
use crate::natural::natural_order;
use crate::publish::{Orphans, clean, commit, write_report};
use crate::refusal::Reason;
use crate::report::Report;
use crate::running::ProgressFile;
use crate::scan::{Scan, scan};

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
    /// Whether images are only tried, and their pyramids thrown away as they are made.
    pub dry: bool,
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
    /// Whether something may be different at the next try although no file changes: a file was in work
    /// or could not be read, or old pyramids wait to be removed.
    pub try_again: bool,
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
    let scan = set_aside_what_is_no_image(scan, &before);
    let (groups, mut refused) = group(&scan);

    if let Some(reason) = before
        .mass_removal(&groups, &refused, &items)
        .filter(|_| !job.confirm_removal)
    {
        refused = vec![(String::new(), reason)];
        let report = report(job, &scan, before.summary().items, 0, &refused);
        write_report(&job.published, &report)?;
        return Ok(Outcome {
            summary: before.summary(),
            report,
            converted: 0,
            try_again: false,
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
    let mut converted = convert_all(&changed, &scan, job, progress).inspect_err(|error| {
        // What was made in vain must not stand in the way of the next try.
        if error.is_disk_full()
            && let Err(error) = clean(&items, &before.publication.items, Orphans::All)
        {
            tracing::warn!(%error, "what was made in vain cannot be removed");
        }
    })?;

    let (mut in_work, mut unreadable) = (0, false);
    let mut published = before.in_unreadable_folders(&refused);
    for group in &groups {
        let mut pages = Vec::new();
        for file in &group.files {
            let path = file.path();
            match converted.remove(&path) {
                None => pages.extend(before.unchanged(group, file, &items).unwrap_or_default()),
                Some(Converted::Pages(new)) => pages.extend(new),
                // What was published of a file stays as long as the file does.
                Some(Converted::Refused(reason)) => {
                    unreadable |= matches!(reason, Reason::Unreadable(_));
                    refused.push((path.clone(), reason));
                    pages.extend(before.last(&path));
                }
                Some(Converted::InWork) => {
                    in_work += 1;
                    pages.extend(before.last(&path));
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
    published.sort_by(|a, b| natural_order(&a.name, &b.name));
    refused.sort_by(|(a, _), (b, _)| a.cmp(b));
    let report = report(job, &scan, published.len() as u64, in_work, &refused);
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
    let waiting = clean(&items, &publication.items, Orphans::Old)?;
    Ok(Outcome {
        summary,
        report,
        converted: changed.len(),
        try_again: in_work > 0 || unreadable || waiting,
    })
}

/// Files that are no images do not take part: they cannot take the name of one that is. A file that was
/// published is judged later, when it is read.
fn set_aside_what_is_no_image(mut scan: Scan, before: &Before) -> Scan {
    let files = std::mem::take(&mut scan.files);
    for file in files {
        let path = file.path();
        let opened = || scan.open(&path).map_err(SourceError::Io);
        let verdict = if before.knows(&path) {
            Ok(())
        } else {
            opened().and_then(|(file, _)| identify(file)).map(|_| ())
        };
        match verdict {
            Err(error @ (SourceError::Empty | SourceError::NotAnImage)) => {
                scan.refused.push((path, error.into()));
            }
            // What cannot be read now may be an image.
            _ => scan.files.push(file),
        }
    }
    scan
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

fn report(
    job: &Job,
    scan: &Scan,
    published: u64,
    in_work: u64,
    refused: &[(String, Reason)],
) -> Report {
    let refused = refused
        .iter()
        .map(|(path, reason)| (&reason.of(path)).into())
        .collect();
    Report {
        collection: job.collection.to_string(),
        published,
        in_work,
        fingerprint: scan.fingerprint.clone(),
        finished: Timestamp::now(),
        refused,
    }
}

/// Converts a file; a decoder that panics has found a damaged image, and nothing else ends.
fn contained(
    task: &Task<'_>,
    scan: &Scan,
    items: &Path,
    job: &Job,
) -> Result<Converted, IngestError> {
    let work = AssertUnwindSafe(|| convert(task, scan, items, job));
    std::panic::catch_unwind(work).unwrap_or_else(|_| {
        let path = task.file.path();
        tracing::error!(path, "a decoder panicked; please report this image");
        Ok(Converted::Refused(Reason::Damaged("panic".to_owned())))
    })
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
    let told = ProgressFile::begin(&job.published, tasks.len());
    let (working, end) = mpsc::channel();
    std::thread::scope(|scope| {
        let (next, results, items, told) = (&next, &results, &items, &told);
        scope.spawn(move || told.keep(&end));
        for _ in 0..job.workers.clamp(1, tasks.len().max(1)) {
            let working = working.clone();
            scope.spawn(move || {
                // Dropped when this worker ends, however it does.
                let _working = working;
                while let Some(task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = contained(task, scan, items, job);
                    told.done();
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
        drop(working);
    });
    results
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
