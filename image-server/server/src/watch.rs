//! Watching a folder of YAML and images: the table follows the YAML, the library the images.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use acervo_crds::{IiifInstitution, PlatformConfig, tenant_table};
use acervo_ingest::{IngestError, Job, Report, Source, ingest};
use acervo_pixels::source::{ColorPolicy, Limits};
use acervo_tenancy::Bilingual;
use anyhow::Context as _;

use crate::declared::{Declaration, declared, sources};
use crate::library::{Holding, Key};
use crate::progress::Bar;
use crate::state::{State, Table};
use crate::{memory, pace};

/// How long after an ingest that could not do everything it is tried again.
const AGAIN: Duration = Duration::from_secs(60);
/// How often a bucket is listed: others run it, and may count what they are asked.
const BUCKET_PAUSE: Duration = Duration::from_secs(300);

/// Keeps table and library as the folder says.
pub(crate) struct Watch {
    dir: PathBuf,
    data: PathBuf,
    platform: PlatformConfig,
    state: Arc<State>,
    institutions: Vec<IiifInstitution>,
    yaml: String,
    /// The file of each institution, by name.
    files: HashMap<String, PathBuf>,
    holdings: Vec<Holding>,
    jobs: Vec<(Key, Job)>,
    seen: HashMap<Key, Seen>,
}

/// What is known of a source's folder.
#[derive(Default)]
struct Seen {
    /// At the last look.
    last: String,
    /// At the last ingest.
    ingested: String,
    /// What became of colour profiles then.
    colors: ColorPolicy,
    /// When to ingest again although nothing changes.
    again: Option<Instant>,
    /// When it was looked at.
    looked: Option<Instant>,
}

impl Seen {
    fn is_due(&self) -> bool {
        self.again.is_some_and(|at| at <= Instant::now())
    }
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
            files: HashMap::new(),
            holdings: Vec::new(),
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
        let mut institutions = declared.institutions.clone();
        let mut files = declared.files.clone();
        // An institution whose changed YAML is refused stays as it was; so do all that a file declared
        // which is no YAML at all any more.
        for old in &self.institutions {
            let name = old.metadata.name.clone().unwrap_or_default();
            let broken = self
                .files
                .get(&name)
                .is_some_and(|file| declared.is_broken(file));
            let is_refused = declared
                .refused
                .iter()
                .any(|r| r.institution.as_deref() == Some(&name));
            if (is_refused || broken)
                && institutions
                    .iter()
                    .all(|new| new.metadata.name != old.metadata.name)
            {
                files.insert(
                    name.clone(),
                    self.files.get(&name).cloned().unwrap_or_default(),
                );
                institutions.push(old.clone());
            }
        }
        self.files = files;
        let table = tenant_table(&institutions, &self.platform).table;
        let served = |name: &str| {
            table
                .tenants
                .iter()
                .any(|tenant| tenant.name.as_str() == name)
        };
        self.jobs = institutions
            .iter()
            .flat_map(|institution| sources(&self.dir, institution))
            .filter(|declaration| served(&declaration.institution))
            .map(|declaration| self.job(declaration))
            .collect();
        let any = !table.tenants.is_empty();
        self.institutions = institutions;
        self.holdings = table
            .tenants
            .iter()
            .map(|tenant| {
                let name = tenant.name.as_str();
                Holding::of(tenant, self.published(name), self.dir.join(name))
            })
            .collect();
        self.state.follow(&self.holdings);
        self.state.table.store(Arc::new(Table::new(table)));
        Ok(any)
    }

    /// Where the collections of an institution are published.
    fn published(&self, institution: &str) -> PathBuf {
        self.data.join(institution).join("published")
    }

    fn job(&self, declaration: Declaration) -> (Key, Job) {
        let Declaration {
            institution,
            collection,
            source,
            default_language,
            colors,
        } = declaration;
        let published = self.published(&institution).join(collection.as_str());
        let key = (institution, collection.to_string());
        let job = Job {
            collection,
            source,
            published,
            default_language: default_language.tag().to_owned(),
            colors,
            limits: Limits::default(),
            workers: std::thread::available_parallelism()
                .map_or(1, std::num::NonZero::get)
                .min(2),
            confirm_removal: false,
            dry: false,
        };
        (key, job)
    }

    /// Ingests what changed until `stop` is dropped.
    pub(crate) fn run(mut self, stop: &Receiver<()>) {
        loop {
            let begun = Instant::now();
            if let Err(error) = self.load() {
                tracing::error!("{error:#}");
            }
            // Somebody else may have published.
            self.state.follow(&self.holdings);
            let mut looking = begun.elapsed();
            for (key, job) in self.jobs.clone() {
                let begun = Instant::now();
                let changed = self.has_changed(&key, &job);
                looking += begun.elapsed();
                if changed {
                    self.ingest(&key, &job);
                }
            }
            self.state.ready.store(true, Ordering::Release);
            if !pace::rest(stop, pace::after(looking)) {
                return;
            }
        }
    }

    /// Whether a collection's source changed and has stopped changing, or another try is due.
    fn has_changed(&mut self, key: &Key, job: &Job) -> bool {
        let is_bucket = matches!(job.source, Source::Bucket(_));
        let looked = self.seen.get(key).and_then(|seen| seen.looked);
        if is_bucket && looked.is_some_and(|at| at.elapsed() < BUCKET_PAUSE) {
            return self.seen.get(key).is_some_and(Seen::is_due);
        }
        let fingerprint = match job.source.fingerprint() {
            Ok(fingerprint) => fingerprint,
            Err(error) => {
                complain(key, &error);
                self.seen.entry(key.clone()).or_default().looked = Some(Instant::now());
                return false;
            }
        };
        let first = !self.seen.contains_key(key);
        let seen = self.seen.entry(key.clone()).or_default();
        seen.looked = Some(Instant::now());
        // Objects appear whole.
        let still = first || is_bucket || seen.last == fingerprint;
        seen.last.clone_from(&fingerprint);
        let is_other = seen.ingested != fingerprint || seen.colors != job.colors;
        still && (first || seen.is_due() || is_other)
    }

    fn ingest(&mut self, key: &Key, job: &Job) {
        let progress = Bar::new(&format!("{}/{}", key.0, key.1));
        let result = ingest(job, &progress);
        progress.finish();
        let seen = self.seen.entry(key.clone()).or_default();
        match result {
            Ok(outcome) => {
                let report = &outcome.report;
                // Files in work soon come to rest; disks and grace periods take longer.
                let pause = if report.in_work > 0 {
                    pace::PAUSE
                } else {
                    AGAIN
                };
                seen.again = outcome.try_again.then(|| Instant::now() + pause);
                if seen.ingested != report.fingerprint || outcome.converted > 0 {
                    log(key, outcome.converted, report);
                }
                seen.ingested.clone_from(&report.fingerprint);
                seen.colors = job.colors;
                self.state.follow(&self.holdings);
                memory::give_back();
            }
            Err(error) => {
                seen.again = Some(Instant::now() + AGAIN);
                complain(key, &error);
            }
        }
    }
}

/// Says in both languages why a collection is not ingested.
fn complain(key: &Key, error: &IngestError) {
    let Bilingual { es, en } = error.message();
    tracing::error!(
        institution = key.0,
        collection = key.1,
        es,
        en,
        "not ingested"
    );
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
        let Bilingual { es, en } = &entry.message;
        tracing::warn!(
            institution = key.0,
            collection = key.1,
            path = entry.path,
            row = entry.row,
            code = entry.code,
            es,
            en,
            "refused"
        );
    }
}
