//! The ingest of one collection, top to bottom.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use acervo_catalogue::{Item, Page, Summary, Words};
use acervo_pixels::source::Limits;
use acervo_record::Record;
use acervo_tenancy::CollectionName;
use jiff::Timestamp;
use rustix::fs::FlockOperation;

use crate::assign::assign;
use crate::before::Before;
use crate::convert::{Converted, Key, convert};
use crate::error::IngestError;
use crate::group::{Group, Member, group};
use crate::publish::{Orphans, clean, commit, write_report};
use crate::refusal::{Reason, Remark};
use crate::report::Report;
use crate::running::ProgressFile;
use crate::scan::{Found, Scan};
use crate::sort::{Sorted, read_sheet, sort};
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
    let mut steps = Steps::begin();
    let scratch = job.published.join(SCRATCH);
    let (before, scan) = std::thread::scope(|scope| {
        let before = scope.spawn(|| Before::read(job));
        let scan = job.source.scan(&scratch);
        let before = before.join();
        (
            before.unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            scan,
        )
    });
    let (before, mut scan) = (before?, scan?);
    steps.done("read and scan");
    let files = std::mem::take(&mut scan.files);
    let sorted = sort(files, &scan, &before);
    steps.done("sort");
    let mut remarks = scan.remarks.clone();
    remarks.extend(sorted.remarks.iter().cloned());
    let assigned = match &sorted.sheet {
        Some(file) => {
            let (sheet, of_sheet) = read_sheet(&scan, file, &job.default_language)?;
            remarks.extend(of_sheet);
            steps.done("sheet");
            sheet.map(|sheet| assign(&file.path(), sheet, &sorted.images))
        }
        None => None,
    };
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
        write_report(&job.published, &report)?;
        return Ok(Outcome {
            summary: before.summary(),
            report,
            converted: 0,
            try_again: false,
        });
    }

    let changed = tasks(&groups, &sorted, &before, &items)?;
    steps.done("compare");
    progress.begin(changed.len());
    let made = convert_all(&changed, &scan, job, progress).inspect_err(|error| {
        // What was made in vain must not stand in the way of the next try.
        if error.is_disk_full()
            && let Err(error) = clean(&items, &before.publication.items, Orphans::All)
        {
            tracing::warn!(%error, "what was made in vain cannot be removed");
        }
    })?;
    let converted = changed.len();
    drop(changed);
    steps.done("convert");
    let sheet = sorted.sheet.as_ref().map(Found::path).unwrap_or_default();
    let mut gathering = Gathering::new(&before, made, &sheet);
    for group in groups {
        gathering.add(group);
    }
    let (published, words, tally) = gathering.end(&mut remarks);

    remarks.sort_by(|a, b| (&a.path, a.row).cmp(&(&b.path, b.row)));
    let publication = before.next(published, remarks.iter().map(Remark::record).collect());
    steps.done("gather");
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
    steps.done("publish");
    let report = report(job, &scan, summary.items, tally.in_work, &remarks);
    write_report(&job.published, &report)?;
    let _ = fs::remove_dir_all(&scratch);
    let waiting = clean(&items, &publication.items, Orphans::Old)?;
    steps.done("clean");
    Ok(Outcome {
        summary,
        report,
        converted,
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
) -> Result<Vec<Task<'a>>, IngestError> {
    let store = File::open(items).map_err(IngestError::at(items))?;
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
        let is_unchanged = before.is_unchanged(&path, file, &store);
        let is_same_text = match text {
            Some(text) => before.has_text(&group.name, &path, text),
            None => before.of(&path).all(|(_, page)| page.text.is_none()),
        };
        if !is_unchanged || !is_same_text {
            tasks.push(Task {
                file,
                key: Key::of(file, is_first),
                pages: is_unchanged.then(|| before.last(&path)),
                text,
            });
        }
    }
    Ok(tasks)
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
    /// What was published, by name.
    known: HashMap<&'a str, &'a Arc<Item>>,
    made: HashMap<String, Made>,
    /// The path of the spreadsheet.
    sheet: &'a str,
    published: Vec<Arc<Item>>,
    words: HashMap<String, Words>,
    remarks: Vec<Remark>,
    tally: Tally,
}

impl<'a> Gathering<'a> {
    fn new(before: &'a Before, made: HashMap<String, Made>, sheet: &'a str) -> Self {
        let items = before.publication.items.iter();
        Self {
            before,
            known: items.map(|item| (item.name.as_str(), item)).collect(),
            made,
            sheet,
            published: Vec::new(),
            words: HashMap::new(),
            remarks: Vec::new(),
            tally: Tally::default(),
        }
    }

    /// The item of a group, if any of its files is published.
    fn add(&mut self, group: Group) {
        let known = self.known.get(group.name.as_str()).copied();
        let same = known.filter(|item| self.has_same_pages(&group, item));
        let Group {
            name,
            parent,
            mut record,
            row,
            members,
        } = group;
        let is_work = members.is_empty();
        let pages = match same {
            Some(_) => Vec::new(),
            None => self.pages_of(members),
        };
        let count = same.map_or(pages.len(), |item| item.pages.len());
        if count == 0 && !is_work {
            return;
        }
        let missing = only_pages(&mut record, count);
        // A work has volumes and no pages; nobody needs to hear that.
        for number in missing.into_iter().filter(|_| !is_work) {
            let remark = Remark::note(self.sheet, Reason::NoSuchPage(number));
            self.remarks.push(remark.at(row, None));
        }
        let item = match same {
            Some(item) if item.parent == parent && item.record == record => Arc::clone(item),
            _ => Arc::new(Item {
                name,
                parent,
                record,
                pages: same.map_or(pages, |item| item.pages.clone()),
            }),
        };
        self.published.push(item);
    }

    /// Whether the pages of a group are those of `item`, with all that is said of them.
    fn has_same_pages(&self, group: &Group, item: &Item) -> bool {
        let mut of_item = item.pages.iter();
        let is_same = |member: &Member| {
            let path = member.file.path();
            !self.made.contains_key(&path)
                && self.before.of(&path).all(|(_, page)| {
                    of_item.next().is_some_and(|next| std::ptr::eq(next, page))
                        && page.record == member.record
                        && page.alt == member.alt
                })
        };
        group.members.iter().all(is_same) && of_item.next().is_none()
    }

    /// The pages of the files of an item.
    fn pages_of(&mut self, members: Vec<Member>) -> Vec<Page> {
        let mut pages = Vec::new();
        for member in members {
            let new = self.pages(&member.file);
            pages.extend(new.into_iter().map(|page| Page {
                record: member.record.clone(),
                alt: member.alt.clone(),
                ..page
            }));
        }
        pages
    }

    /// The pages of a file: new, as before, or none.
    fn pages(&mut self, file: &Found) -> Vec<Page> {
        let path = file.path();
        let Some(made) = self.made.remove(&path) else {
            // Nothing was to be done: it is as it was.
            return self.before.last(&path);
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
    fn end(self, remarks: &mut Vec<Remark>) -> (Vec<Arc<Item>>, HashMap<String, Words>, Tally) {
        let mut published = self.published;
        remarks.extend(self.remarks);
        let mut unreadable = self.before.in_unreadable_folders(remarks);
        if !unreadable.is_empty() {
            let names: HashSet<&str> = published.iter().map(|item| item.name.as_str()).collect();
            unreadable.retain(|item| !names.contains(item.name.as_str()));
            published.extend(unreadable);
        }
        let mut parents: HashSet<String> = published
            .iter()
            .filter_map(|item| item.parent.clone())
            .collect();
        published.retain(|item| !item.pages.is_empty() || parents.contains(&item.name));
        let names: HashSet<&str> = published.iter().map(|item| item.name.as_str()).collect();
        parents.retain(|parent| !names.contains(parent.as_str()));
        let lost = parents;
        for item in &mut published {
            if item
                .parent
                .as_ref()
                .is_some_and(|parent| lost.contains(parent))
            {
                Arc::make_mut(item).parent = None;
            }
        }
        (published, self.words, self.tally)
    }
}

/// Takes the numbers of pages that an item of `count` pages does not have out of its record, and gives them.
fn only_pages(record: &mut Record, count: usize) -> Vec<u32> {
    let has = |number: u32| (1..=count).contains(&(number as usize));
    let numbers = record.ranges.iter().map(|range| range.page);
    let all = record.thumbnail.into_iter().chain(numbers);
    let missing = all.filter(|number| !has(*number)).collect();
    record.thumbnail = record.thumbnail.filter(|number| has(*number));
    record.ranges.retain(|range| has(range.page));
    missing
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
