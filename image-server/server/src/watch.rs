//! Watching a folder of YAML and images: the table follows the YAML, the library the images.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use acervo_crds::collection::Source;
use acervo_crds::{IiifInstitution, Outcome, PlatformConfig, Refused, tenant_table};
use acervo_ingest::{Job, Report, ingest, scan};
use acervo_pixels::source::Limits;
use acervo_tenancy::{CollectionName, Language};
use anyhow::Context as _;

use crate::library::{Key, Shelf};
use crate::memory;
use crate::progress::Bar;
use crate::state::State;

/// The shortest time between two looks; large folders are looked at less often.
const PAUSE: Duration = Duration::from_secs(1);
/// Looking takes at most this part of the time.
const SHARE: u32 = 20;

/// What the YAML files of a folder declare.
pub(crate) struct Declared {
    /// The institutions that are right in themselves.
    pub(crate) institutions: Vec<IiifInstitution>,
    /// The file of each institution, by name.
    files: HashMap<String, PathBuf>,
    /// The tenant table of those that can be served, and why others cannot.
    pub(crate) outcome: Outcome,
    /// Documents that the API server would refuse.
    pub(crate) refused: Vec<Refused>,
    /// Changes with any of the files.
    pub(crate) fingerprint: String,
}

impl Declared {
    /// Everything that is not served, file by file: each sentence in Spanish, then in English.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let refused = self
            .refused
            .iter()
            .flat_map(|r| Language::ALL.map(|language| r.report(language)));
        let problems = self.outcome.problems.iter().flat_map(|problem| {
            let file = self.files.get(&problem.institution);
            let file = file
                .map(|path| path.display().to_string())
                .unwrap_or_default();
            let (name, field) = (&problem.institution, &problem.field);
            Language::ALL.map(|l| format!("{file}: {name}: {field}: {}", problem.message.get(l)))
        });
        refused.chain(problems).collect()
    }
}

/// Reads the YAML files directly in `dir`.
pub(crate) fn declared(
    dir: &Path,
    platform: &PlatformConfig,
    previous: &[IiifInstitution],
) -> anyhow::Result<Declared> {
    let unreadable = || {
        format!(
            "cannot read the folder {}; name a folder with YAML files",
            dir.display()
        )
    };
    let mut files: Vec<PathBuf> = fs::read_dir(dir)
        .with_context(unreadable)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .with_context(unreadable)?;
    files.retain(|path| path.extension().is_some_and(|e| e == "yaml" || e == "yml"));
    files.sort();
    let (mut institutions, mut refused) = (Vec::new(), Vec::new());
    let mut declaring = HashMap::new();
    let mut hasher = blake3::Hasher::new();
    for path in files {
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        hasher.update(&bytes);
        let text = String::from_utf8_lossy(&bytes);
        for result in acervo_crds::read(&path.display().to_string(), &text, previous) {
            match result {
                Ok(institution) => {
                    let name = institution.metadata.name.clone().unwrap_or_default();
                    declaring.insert(name, path.clone());
                    institutions.push(institution);
                }
                Err(refusal) => refused.push(refusal),
            }
        }
    }
    let outcome = tenant_table(&institutions, platform);
    let fingerprint = hasher.finalize().to_hex().to_string();
    Ok(Declared {
        institutions,
        files: declaring,
        outcome,
        refused,
        fingerprint,
    })
}

/// The collections of an institution whose images lie in folders: institution, collection, folder.
pub(crate) fn sources(institution: &IiifInstitution) -> Vec<(String, CollectionName, String)> {
    let name = institution.metadata.name.clone().unwrap_or_default();
    let collections = institution.spec.collections.iter();
    collections
        .filter_map(|collection| match &collection.source {
            Source::Directory(directory) => {
                Some((name.clone(), collection.name.clone(), directory.clone()))
            }
            Source::S3(_) => {
                tracing::warn!(institution = name, collection = %collection.name, "acervo platform reads folders only; this collection's bucket is not ingested");
                None
            }
        })
        .collect()
}

/// Keeps table and library as the folder says.
pub(crate) struct Watch {
    dir: PathBuf,
    data: PathBuf,
    platform: PlatformConfig,
    state: Arc<State>,
    institutions: Vec<IiifInstitution>,
    yaml: String,
    jobs: Vec<(Key, Job)>,
    seen: HashMap<Key, Seen>,
}

/// What is known of a source's folder.
#[derive(Default)]
struct Seen {
    /// At the last look.
    last: String,
    /// At the last ingest that left nothing in work.
    ingested: String,
}

impl Watch {
    pub(crate) fn new(
        dir: PathBuf,
        data: PathBuf,
        platform: PlatformConfig,
        state: Arc<State>,
    ) -> anyhow::Result<Self> {
        let dir = dir.canonicalize().with_context(|| {
            format!(
                "there is no folder {}; name a folder with YAML files",
                dir.display()
            )
        })?;
        fs::create_dir_all(&data).with_context(|| {
            format!(
                "cannot make the folder {}; name another with --data",
                data.display()
            )
        })?;
        let data = data.canonicalize()?;
        Ok(Self {
            dir,
            data,
            platform,
            state,
            institutions: Vec::new(),
            yaml: String::new(),
            jobs: Vec::new(),
            seen: HashMap::new(),
        })
    }

    /// The folder that is watched.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Reads the YAML if it changed; gives whether any institution can be served.
    pub(crate) fn load(&mut self) -> anyhow::Result<bool> {
        let declared = declared(&self.dir, &self.platform, &self.institutions)?;
        if declared.fingerprint == self.yaml {
            return Ok(!self.jobs.is_empty());
        }
        self.yaml.clone_from(&declared.fingerprint);
        for complaint in declared.complaints() {
            eprintln!("{complaint}");
        }
        let mut institutions = declared.institutions;
        // An institution whose changed YAML is refused stays as it was.
        for old in &self.institutions {
            let name = &old.metadata.name;
            let is_refused = declared.refused.iter().any(|r| r.institution == *name);
            if is_refused && institutions.iter().all(|new| new.metadata.name != *name) {
                institutions.push(old.clone());
            }
        }
        let table = tenant_table(&institutions, &self.platform).table;
        let served = |name: &str| {
            table
                .tenants
                .iter()
                .any(|tenant| tenant.name.as_str() == name)
        };
        self.jobs = institutions
            .iter()
            .flat_map(sources)
            .filter(|(institution, ..)| served(institution))
            .map(|(institution, collection, directory)| {
                self.job(&institution, collection, directory)
            })
            .collect();
        let any = !table.tenants.is_empty();
        self.institutions = institutions;
        let jobs = &self.jobs;
        let withdrawn = self.withdrawn();
        let library = self.state.library.load();
        let library = library.only(|key| jobs.iter().any(|(job, _)| job == key), withdrawn);
        self.state.library.store(Arc::new(library));
        for (key, job) in &self.jobs {
            if self.state.library.load().shelf(&key.0, &key.1).is_none() {
                self.open(key, job);
            }
        }
        self.state.table.store(Arc::new(table));
        Ok(any)
    }

    /// Collections of the institutions that lie in the data folder and are declared no longer.
    fn withdrawn(&self) -> HashSet<Key> {
        let institutions = self
            .institutions
            .iter()
            .filter_map(|i| i.metadata.name.clone());
        let published = institutions.flat_map(|institution| {
            let folders = fs::read_dir(self.data.join(&institution).join("published"));
            let names = folders
                .into_iter()
                .flatten()
                .flatten()
                .map(|entry| entry.file_name());
            names.filter_map(move |name| Some((institution.clone(), name.into_string().ok()?)))
        });
        published
            .filter(|key| self.jobs.iter().all(|(job, _)| job != key))
            .collect()
    }

    fn job(&self, institution: &str, collection: CollectionName, directory: String) -> (Key, Job) {
        let published = self
            .data
            .join(institution)
            .join("published")
            .join(collection.as_str());
        let key = (institution.to_owned(), collection.to_string());
        let job = Job {
            collection,
            root: self.dir.join(institution),
            directory,
            published,
            limits: Limits::default(),
            workers: std::thread::available_parallelism()
                .map_or(1, std::num::NonZero::get)
                .min(2),
            confirm_removal: false,
        };
        (key, job)
    }

    /// Opens what is published of a collection and lets readers see it.
    fn open(&self, key: &Key, job: &Job) {
        let shelf = Shelf::open(&job.published);
        let library = self.state.library.load().with(key.clone(), shelf);
        self.state.library.store(Arc::new(library));
    }

    /// Ingests what changed until `stop` is dropped.
    pub(crate) fn run(mut self, stop: &Receiver<()>) {
        loop {
            let begun = Instant::now();
            if let Err(error) = self.load() {
                tracing::error!("{error:#}");
            }
            for (key, job) in self.jobs.clone() {
                self.look(&key, &job);
            }
            self.state.ready.store(true, Ordering::Release);
            let pause = PAUSE.max(begun.elapsed().min(Duration::from_secs(5)) * SHARE);
            match stop.recv_timeout(pause) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Ingests a collection if its folder changed and has stopped changing.
    fn look(&mut self, key: &Key, job: &Job) {
        let fingerprint = match scan(&job.root, &job.directory) {
            Ok(scan) => scan.fingerprint,
            Err(error) => {
                let folder = job.root.join(&job.directory);
                tracing::error!(folder = %folder.display(), %error, "a folder cannot be read");
                return;
            }
        };
        let first = !self.seen.contains_key(key);
        let seen = self.seen.entry(key.clone()).or_default();
        let still = first || seen.last == fingerprint;
        seen.last.clone_from(&fingerprint);
        if !still || (!first && seen.ingested == fingerprint) {
            return;
        }
        let progress = Bar::new(&format!("{}/{}", key.0, key.1));
        let result = ingest(job, &progress);
        progress.finish();
        match result {
            Ok(outcome) => {
                if outcome.report.in_work == 0 {
                    seen.ingested = outcome.fingerprint;
                }
                log(key, outcome.converted, &outcome.report);
                self.open(key, job);
                memory::give_back();
            }
            // Tried again at the next look.
            Err(error) => tracing::error!(institution = key.0, collection = key.1, "{error}"),
        }
    }
}

fn log(key: &Key, converted: usize, report: &Report) {
    let (published, refused, in_work) = (report.published, report.refused.len(), report.in_work);
    tracing::info!(
        institution = key.0,
        collection = key.1,
        published,
        refused,
        in_work,
        converted,
        "ingested"
    );
    for entry in &report.refused {
        let message = entry.message.get(Language::Es);
        tracing::warn!(
            institution = key.0,
            collection = key.1,
            path = entry.path,
            code = entry.code,
            message,
            "refused"
        );
    }
}
