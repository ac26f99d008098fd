//! The ingest of one collection, top to bottom.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};

use acervo_catalogue::{Item, Page, Summary, Words};
use acervo_pixels::source::Limits;
use acervo_tenancy::CollectionName;
use jiff::Timestamp;
use rustix::fs::FlockOperation;

use crate::assign::assign;
use crate::before::Before;
use crate::convert::{Converted, Key, convert};
use crate::error::IngestError;
use crate::group::{Group, Member, group};
use crate::publish::{Orphans, clean, commit, write_report};
use crate::refusal::Reason;
use crate::remark::Remark;
use crate::report::Report;
use crate::running::ProgressFile;
use crate::scan::{Found, Scan};
use crate::sort::{Sorted, read_sheet, sort};
use crate::source::Source;
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

/// Ingests one collection: scan, sort, group, convert what changed, publish, clean up.
///
/// # Errors
/// If folders cannot be read or written, another ingest runs, or the disk is full. The last published
/// state keeps serving.
pub fn ingest(job: &Job, progress: &dyn Progress) -> Result<Outcome, IngestError> {
    let items = job.published.join("items");
    fs::create_dir_all(&items).map_err(IngestError::at(&items))?;
    let _lock = lock(job)?;
    let before = Before::read(job)?;
    let scratch = job.published.join(SCRATCH);
    let scan = job.source.scan(&scratch)?;
    let sorted = sort(&scan, &before);
    let mut remarks = scan.remarks.clone();
    remarks.extend(sorted.remarks.iter().cloned());
    let assigned = match &sorted.sheet {
        Some(file) => {
            let (sheet, of_sheet) = read_sheet(&scan, file, &job.default_language)?;
            remarks.extend(of_sheet);
            sheet.map(|sheet| assign(&file.path(), &sheet, &sorted.images))
        }
        None => None,
    };
    let (groups, of_groups) = group(&sorted.images, &scan.folders, assigned);
    remarks.extend(of_groups);

    if let Some(reason) = before
        .mass_removal(&groups, &remarks, &items)
        .filter(|_| !job.confirm_removal)
    {
        let only = [Remark::refused("", reason)];
        let report = report(job, &scan, before.summary().items, 0, &only);
        write_report(&job.published, &report)?;
        return Ok(Outcome {
            summary: before.summary(),
            report,
            converted: 0,
            try_again: false,
        });
    }

    let changed = tasks(&groups, &sorted, &before, &items);
    progress.begin(changed.len());
    let made = convert_all(&changed, &scan, job, progress).inspect_err(|error| {
        // What was made in vain must not stand in the way of the next try.
        if error.is_disk_full()
            && let Err(error) = clean(&items, &before.publication.items, Orphans::All)
        {
            tracing::warn!(%error, "what was made in vain cannot be removed");
        }
    })?;
    let sheet = sorted.sheet.as_ref().map(Found::path).unwrap_or_default();
    let mut gathering = Gathering::new(&before, made, &items, &sheet);
    for group in &groups {
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
    let summary = if before.is(&publication) {
        before.summary()
    } else {
        commit(
            &job.published,
            before.last_publication(),
            &publication,
            words,
        )?
    };
    let report = report(job, &scan, summary.items, tally.in_work, &remarks);
    write_report(&job.published, &report)?;
    let _ = fs::remove_dir_all(&scratch);
    let waiting = clean(&items, &publication.items, Orphans::Old)?;
    Ok(Outcome {
        summary,
        report,
        converted: changed.len(),
        try_again: tally.in_work > 0 || tally.unreadable || waiting,
    })
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
struct Made {
    image: Converted,
    words: Option<Words>,
    /// Why the text was set aside.
    text: Option<Remark>,
}

/// What is to be done: files that are new or changed, and those whose text is.
fn tasks<'a>(
    groups: &'a [Group],
    sorted: &'a Sorted,
    before: &Before,
    items: &Path,
) -> Vec<Task<'a>> {
    let mut stems: HashSet<String> = HashSet::new();
    let mut tasks = Vec::new();
    // Of files with one stem the first by byte order has the code of the stem, whatever their items.
    let mut files: Vec<(&Group, &Member)> = groups
        .iter()
        .flat_map(|group| group.members.iter().map(move |member| (group, member)))
        .collect();
    files.sort_by(|(_, a), (_, b)| a.file.path().as_bytes().cmp(b.file.path().as_bytes()));
    for (group, Member { file, .. }) in files {
        let is_first = file.folder.is_some() || stems.insert(file.stem().to_owned());
        let text = sorted.text_of(file);
        let pages = before.unchanged(file, items);
        let lost_text = || {
            before
                .last(&file.path())
                .iter()
                .any(|page| page.text.is_some())
        };
        let same_text = match text {
            Some(text) => before.has_text(&group.name, file, text),
            None => !lost_text(),
        };
        if pages.is_none() || !same_text {
            tasks.push(Task {
                file,
                key: Key::of(file, is_first),
                pages,
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

/// What is to be tried again.
#[derive(Debug, Default)]
struct Tally {
    in_work: u64,
    unreadable: bool,
}

/// Gathers what is published.
struct Gathering<'a> {
    before: &'a Before,
    made: HashMap<String, Made>,
    items: &'a Path,
    /// The path of the spreadsheet.
    sheet: &'a str,
    published: Vec<Item>,
    words: HashMap<String, Words>,
    remarks: Vec<Remark>,
    tally: Tally,
}

impl<'a> Gathering<'a> {
    fn new(
        before: &'a Before,
        made: HashMap<String, Made>,
        items: &'a Path,
        sheet: &'a str,
    ) -> Self {
        Self {
            before,
            made,
            items,
            sheet,
            published: Vec::new(),
            words: HashMap::new(),
            remarks: Vec::new(),
            tally: Tally::default(),
        }
    }

    /// The item of a group, if any of its files is published.
    fn add(&mut self, group: &Group) {
        let mut pages: Vec<Page> = Vec::new();
        for member in &group.members {
            let new = self.pages(&member.file);
            pages.extend(new.into_iter().map(|page| Page {
                record: member.record.clone(),
                alt: member.alt.clone(),
                ..page
            }));
        }
        if pages.is_empty() && !group.members.is_empty() {
            return;
        }
        let mut record = group.record.clone();
        let count = u32::try_from(pages.len()).unwrap_or(u32::MAX);
        let has = |number: u32| (1..=count).contains(&number);
        let missing = record
            .thumbnail
            .into_iter()
            .chain(record.ranges.iter().map(|range| range.page))
            .filter(|number| !has(*number) && !group.members.is_empty());
        for number in missing {
            let remark = Remark::note(self.sheet, Reason::NoSuchPage(number));
            self.remarks.push(remark.at(group.row, None));
        }
        record.thumbnail = record.thumbnail.filter(|number| has(*number));
        record.ranges.retain(|range| has(range.page));
        self.published.push(Item {
            name: group.name.clone(),
            parent: group.parent.clone(),
            record,
            pages,
        });
    }

    /// The pages of a file: new, as before, or none.
    fn pages(&mut self, file: &Found) -> Vec<Page> {
        let path = file.path();
        let Some(made) = self.made.remove(&path) else {
            return self.before.unchanged(file, self.items).unwrap_or_default();
        };
        if let Some(words) = made.words {
            self.words.insert(words.code.clone(), words);
        }
        self.remarks.extend(made.text);
        match made.image {
            Converted::Pages(pages) => pages,
            // What was published of a file stays as long as the file does.
            Converted::Refused(reason) => {
                self.tally.unreadable |= matches!(reason, Reason::Unreadable(_));
                self.remarks.push(Remark::refused(path.clone(), reason));
                self.before.last(&path)
            }
            Converted::InWork => {
                self.tally.in_work += 1;
                self.before.last(&path)
            }
        }
    }

    /// All items, with those whose folders cannot be read now; parents that lost all volumes are gone.
    fn end(self, remarks: &mut Vec<Remark>) -> (Vec<Item>, HashMap<String, Words>, Tally) {
        let mut published = self.published;
        remarks.extend(self.remarks);
        let names: HashSet<String> = published.iter().map(|item| item.name.clone()).collect();
        let unreadable = self.before.in_unreadable_folders(remarks);
        published.extend(
            unreadable
                .into_iter()
                .filter(|item| !names.contains(&item.name)),
        );
        let parents: HashSet<String> = published
            .iter()
            .filter_map(|item| item.parent.clone())
            .collect();
        published.retain(|item| !item.pages.is_empty() || parents.contains(&item.name));
        let names: HashSet<String> = published.iter().map(|item| item.name.clone()).collect();
        for item in &mut published {
            item.parent = item.parent.take().filter(|parent| names.contains(parent));
        }
        (published, self.words, self.tally)
    }
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
