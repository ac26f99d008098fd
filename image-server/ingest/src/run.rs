//! The ingest of one collection, top to bottom.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};

use acervo_catalogue::{Page, Summary, Words};
use acervo_pixels::source::{ColorPolicy, Limits};
use acervo_sheet::Sheet;
use acervo_tenancy::CollectionName;
use jiff::Timestamp;
use rustix::fs::FlockOperation;

use crate::assign::assign;
use crate::before::Before;
use crate::convert::{Converted, Key, convert};
use crate::error::IngestError;
use crate::gather::Gathering;
use crate::group::{Group, group};
use crate::publish::{Beside, Orphans, clean, unused, write_catalogue, write_report};
use crate::refusal::Reason;
use crate::remark::Remark;
use crate::report::Report;
use crate::running::ProgressFile;
use crate::scan::{Found, Scan};
use crate::sheets::{read_sheet, take_sheet};
use crate::sort::{Sorted, sort};
use crate::source::Source;
use crate::steps::Steps;
use crate::words::{self, Text};

/// Where objects are fetched to, in the published folder of their collection.
const SCRATCH: &str = ".fetched";

/// What to ingest, from where, to where.
#[derive(Debug, Clone)]
pub struct Job {
    /// The collection.
    pub collection: CollectionName,
    /// Where its files come from.
    pub source: Source,
    /// The published folder of the collection.
    pub published: PathBuf,
    /// The BCP 47 tag of texts in spreadsheets that do not say their language.
    pub default_language: String,
    /// What becomes of images with a colour profile.
    pub colors: ColorPolicy,
    /// What decoding may take.
    pub limits: Limits,
    /// Images that are decoded at the same time, if there is memory for them.
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

/// Ingests one collection: scan, sort, group, convert what changed, publish, clean up.
///
/// # Errors
/// If folders cannot be read or written, another ingest runs, or the disk is full. The last published
/// state keeps serving.
pub fn ingest(job: &Job, progress: &dyn Progress) -> Result<Outcome, IngestError> {
    let items = job.published.join("items");
    fs::create_dir_all(&items).map_err(IngestError::at(&items))?;
    let _lock = lock(job)?;
    let scratch = job.published.join(SCRATCH);
    let Input {
        before,
        scan,
        files,
        sheet,
        mut remarks,
    } = Input::read(job, &scratch)?;
    let mut steps = Steps::begin();
    let sorted = sort(files, &scan, &before);
    steps.done("sort");
    remarks.extend(sorted.remarks.iter().cloned());
    let sheet_path = sheet.as_ref().map(|(path, _)| path.clone());
    let sheet_path = sheet_path.unwrap_or_default();
    let assigned = sheet
        .and_then(|(path, sheet)| Some((path, sheet?)))
        .map(|(path, sheet)| assign(&path, sheet, &sorted.images));
    steps.done("assign");
    let (groups, of_groups) = group(&sorted.images, &scan.folders, assigned);
    remarks.extend(of_groups);
    steps.done("group");

    if let Some(reason) = before
        .mass_removal(&groups, &remarks, &items)
        .filter(|_| !job.confirm_removal)
    {
        let only = [Remark::refused("", reason)];
        let report = report(job, &scan, before.summary().items, 0, &only);
        write_report(&job.published, &report)?.publish()?;
        return Ok(Outcome {
            summary: before.summary(),
            report,
            converted: 0,
            try_again: false,
        });
    }

    let changed = tasks(&groups, &sorted, &before);
    steps.done("compare");
    progress.begin(changed.len());
    let made = convert_all(&changed, &scan, job, progress).inspect_err(|error| {
        // What was made in vain must not stand in the way of the next try.
        if error.is_disk_full()
            && let Err(error) = unused(&items, &before.publication.items)
                .and_then(|unused| clean(&items, unused, Orphans::All))
        {
            tracing::warn!(%error, "what was made in vain cannot be removed");
        }
    })?;
    let converted = changed.len();
    drop(changed);
    steps.done("convert");
    let mut gathering = Gathering::new(&before, made, &sheet_path);
    for group in groups {
        gathering.add(group);
    }
    let (published, words, tally) = gathering.end(&mut remarks);
    let refused: HashSet<String> = remarks
        .iter()
        .filter(|remark| !remark.is_note)
        .map(|remark| remark.path.clone())
        .collect();
    // "It is published under its own name" is not true of what is refused.
    remarks.retain(|remark| remark.reason != Reason::NoRow || !refused.contains(&remark.path));

    remarks.sort_by(|a, b| (&a.path, a.row).cmp(&(&b.path, b.row)));
    let publication = before.next(published, remarks.iter().map(Remark::record).collect());
    steps.done("gather");
    let (written, unused) = std::thread::scope(|scope| {
        let unused = scope.spawn(|| unused(&items, &publication.items));
        let last = before.last_publication();
        let written = if before.is(&publication) {
            Ok((before.summary(), None))
        } else {
            write_catalogue(&job.published, last, &publication, words)
                .map(|(summary, catalogue)| (summary, Some(catalogue)))
        };
        let unused = unused.join();
        (
            written,
            unused.unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
        )
    });
    let (summary, catalogue) = written?;
    let report = report(job, &scan, summary.items, tally.in_work, &remarks);
    // Both are on the disk before one is published: an ingest that finds no room changes nothing.
    let told = write_report(&job.published, &report)?;
    catalogue.map_or(Ok(()), Beside::publish)?;
    told.publish()?;
    steps.done("publish");
    let _ = fs::remove_dir_all(&scratch);
    let waiting = clean(&items, unused?, Orphans::Old)?;
    steps.done("clean");
    Ok(Outcome {
        summary,
        report,
        converted,
        try_again: tally.in_work > 0 || tally.unreadable || waiting,
    })
}

/// What an ingest begins with: what was published and what is there now.
struct Input {
    before: Before,
    scan: Scan,
    /// The files of the scan but for spreadsheets.
    files: Vec<Found>,
    /// The path of the spreadsheet, and what could be read of it.
    sheet: Option<(String, Option<Sheet>)>,
    /// What is to be said of files and rows so far.
    remarks: Vec<Remark>,
}

impl Input {
    /// Reads what was published on one thread and what is there on another: both take long.
    fn read(job: &Job, scratch: &Path) -> Result<Self, IngestError> {
        std::thread::scope(|scope| {
            let before = scope.spawn(|| Before::read(job));
            let mut steps = Steps::begin();
            let mut scan = job.source.scan(scratch)?;
            steps.done("scan");
            let mut remarks = scan.remarks.clone();
            let mut files = std::mem::take(&mut scan.files);
            let (sheet, others) = take_sheet(&mut files);
            remarks.extend(others);
            let sheet = sheet.map(|file| {
                let (sheet, of_sheet) = read_sheet(&scan, &file, &job.default_language);
                remarks.extend(of_sheet);
                (file.path(), sheet)
            });
            steps.done("sheet");
            let before = before.join();
            let before = before.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            steps.done("wait for what was published");
            Ok(Self {
                before,
                scan,
                files,
                sheet,
                remarks,
            })
        })
    }
}

/// One file to convert, or only its text to read.
#[derive(Debug)]
struct Task<'a> {
    file: &'a Found,
    key: Key,
    /// The pages, where only the text changed.
    pages: Option<Vec<Page>>,
    text: Option<&'a Found>,
}

/// What became of a task.
#[derive(Debug)]
pub(crate) struct Made {
    /// Of the image.
    pub(crate) image: Converted,
    /// The text, where there is a new one.
    pub(crate) words: Option<Words>,
    /// Why the text was set aside.
    pub(crate) text: Option<Remark>,
}

/// What is to be done: files that are new or changed, and those whose text is.
fn tasks<'a>(groups: &'a [Group], sorted: &'a Sorted, before: &Before) -> Vec<Task<'a>> {
    let mut stems: HashSet<&str> = HashSet::new();
    let mut tasks = Vec::new();
    // Of files with one stem the first by byte order has the code of the stem, whatever their items.
    let mut files: Vec<(String, &Group, &Found)> = groups
        .iter()
        .flat_map(|group| {
            let files = group.members.iter().map(|member| &member.file);
            files.map(move |file| (file.path(), group, file))
        })
        .collect();
    files.sort_unstable_by(|(a, ..), (b, ..)| a.as_bytes().cmp(b.as_bytes()));
    for (path, group, file) in files {
        let is_first = file.folder.is_some() || stems.insert(file.stem());
        let text = sorted.text_of(file);
        let key = Key::of(file, is_first);
        // A file with the stem of another may have had its code, and yields it.
        let has_code = is_first || before.of(&path).all(|(_, page)| key.is_of(page));
        let is_unchanged = has_code && before.is_unchanged(&path, file);
        let is_same_text = match text {
            Some(text) => before.has_text(&group.name, &path, text),
            None => before.of(&path).all(|(_, page)| page.text.is_none()),
        };
        if !is_unchanged || !is_same_text {
            tasks.push(Task {
                file,
                key,
                pages: is_unchanged.then(|| before.last(&path)),
                text,
            });
        }
    }
    tasks
}

/// Does one task; a decoder that panics has found a damaged image, and nothing else ends.
fn make(task: &Task<'_>, scan: &Scan, items: &Path, job: &Job) -> Result<Made, IngestError> {
    let path = task.file.path();
    let work = AssertUnwindSafe(|| match &task.pages {
        Some(pages) => Ok(Converted::Pages(pages.clone())),
        None => convert(task.file, &task.key, scan, items, job),
    });
    let image = std::panic::catch_unwind(work).unwrap_or_else(|_| {
        tracing::error!(path, "a decoder panicked; please report this image");
        Ok(Converted::Refused(Reason::Damaged("panic".to_owned())))
    })?;
    let mut made = Made {
        image,
        words: None,
        text: None,
    };
    let Converted::Pages(pages) = &mut made.image else {
        return Ok(made);
    };
    for page in pages.iter_mut() {
        page.text = None;
    }
    // A text belongs to one image; a file of several has none.
    if let ([page], Some(text)) = (pages.as_mut_slice(), task.text) {
        match words::read(text, page, scan) {
            Text::Words(words) => made.words = Some(words),
            Text::Refused(reason) => made.text = Some(Remark::refused(text.path(), reason)),
            Text::InWork => made.image = Converted::InWork,
        }
    }
    Ok(made)
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

fn report(job: &Job, scan: &Scan, published: u64, in_work: u64, remarks: &[Remark]) -> Report {
    let (notes, refused): (Vec<&Remark>, Vec<&Remark>) =
        remarks.iter().partition(|remark| remark.is_note);
    let entries = |remarks: Vec<&Remark>| {
        let records = remarks.into_iter().map(Remark::record);
        records.map(|record| (&record).into()).collect()
    };
    Report {
        collection: job.collection.to_string(),
        published,
        in_work,
        fingerprint: scan.fingerprint.clone(),
        finished: Timestamp::now(),
        refused: entries(refused),
        notes: entries(notes),
    }
}

/// Does the tasks on `job.workers` threads, in any order. Ends early when the ingest cannot go on.
fn convert_all(
    tasks: &[Task<'_>],
    scan: &Scan,
    job: &Job,
    progress: &dyn Progress,
) -> Result<HashMap<String, Made>, IngestError> {
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
                    let result = make(task, scan, items, job);
                    told.done();
                    progress.done(&task.file.path());
                    let mut all = results
                        .lock()
                        .unwrap_or_else(std::sync::PoisonError::into_inner);
                    match (result, all.as_mut()) {
                        (Ok(made), Ok(map)) => {
                            map.insert(task.file.path(), made);
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
