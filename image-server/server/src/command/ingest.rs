//! `acervo ingest`: one collection, once.

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread::available_parallelism;

use acervo_bucket::{Allowed, Credentials, Settings};
use acervo_ingest::{IngestError, Job, Outcome, ReportHead, Source, ingest};
use acervo_pixels::source::{ColorPolicy, Limits};
use acervo_tenancy::{Bilingual, CollectionName, Language};
use anyhow::Context as _;
use clap::{Args, ValueEnum};
use serde::Serialize;

use super::report;
use crate::memory;
use crate::progress::Bar;

/// Publishes one collection from its folder or bucket: what the ingest Job of a collection runs.
///
/// Only what changed since the last time is converted. Files and rows that cannot be published are set
/// aside with a reason; they do not make the command fail.
#[derive(Debug, Args)]
#[command(
    after_help = "Example / ejemplo:\n  acervo ingest --collection mapas --incoming incoming --directory mapas --published published/mapas"
)]
pub(crate) struct Arguments {
    /// The name of the collection.
    #[arg(long)]
    collection: CollectionName,
    #[command(flatten)]
    origin: Origin,
    /// Where the collection is published.
    #[arg(long)]
    published: PathBuf,
    /// The language of texts in a spreadsheet whose columns do not say theirs, such as es.
    #[arg(long, default_value = "es")]
    default_language: String,
    /// What becomes of images with a colour profile.
    #[arg(long, value_enum, default_value = "convert")]
    color_profiles: ColorProfiles,
    /// Images that are decoded at the same time; by default one for each core.
    #[arg(long)]
    workers: Option<NonZeroUsize>,
    /// Memory that the ingest may have in all, in MiB; by default the limit of the container, or 2048
    /// without one. An image that needs more is refused.
    #[arg(long, env = "ACERVO_MEMORY", value_parser = clap::value_parser!(u32).range(96..))]
    memory: Option<u32>,
    /// The removal of more than half of the items is meant.
    #[arg(long)]
    confirm_removal: bool,
    /// A file that gets the result in one line of JSON, such as /dev/termination-log.
    #[arg(long)]
    termination_message: Option<PathBuf>,
}

/// What becomes of images with a colour profile.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum ColorProfiles {
    /// Their colours become sRGB.
    Convert,
    /// Their colours stay, and their profile goes with every answer.
    Embed,
}

impl ColorProfiles {
    fn policy(self) -> ColorPolicy {
        match self {
            Self::Convert => ColorPolicy::ToSrgb,
            Self::Embed => ColorPolicy::Embed,
        }
    }
}

/// Where the files come from: a folder, or a bucket.
#[derive(Debug, Args)]
struct Origin {
    /// The folder that holds the collection's folder; links never lead out of it.
    #[arg(long, requires = "directory", required_unless_present = "s3_bucket")]
    incoming: Option<PathBuf>,
    /// The collection's folder in it.
    #[arg(long, requires = "incoming", conflicts_with = "s3_bucket")]
    directory: Option<String>,
    /// The bucket of an S3 service; keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
    #[arg(long)]
    s3_bucket: Option<String>,
    /// The address of the service; that of Amazon S3 if absent.
    #[arg(long, requires = "s3_bucket")]
    s3_endpoint: Option<String>,
    /// The beginning of the keys that belong to the collection.
    #[arg(long, requires = "s3_bucket")]
    s3_prefix: Option<String>,
    /// The region of the bucket.
    #[arg(long, requires = "s3_bucket")]
    s3_region: Option<String>,
    /// A host or network inside that the service may be at; may be written several times.
    #[arg(long, requires = "s3_bucket")]
    s3_allow_inside: Vec<Allowed>,
    /// The access key of the bucket.
    #[arg(long, env = "AWS_ACCESS_KEY_ID", hide = true, hide_env_values = true)]
    s3_access_key_id: Option<String>,
    /// The secret key of the bucket.
    #[arg(
        long,
        env = "AWS_SECRET_ACCESS_KEY",
        hide = true,
        hide_env_values = true
    )]
    s3_secret_access_key: Option<String>,
}

impl Origin {
    fn source(self) -> Option<Source> {
        let Some(bucket) = self.s3_bucket else {
            return Some(Source::Folder {
                root: self.incoming?,
                directory: self.directory?,
            });
        };
        let keys = self.s3_access_key_id.zip(self.s3_secret_access_key);
        Some(Source::Bucket(Arc::new(Settings {
            endpoint: self.s3_endpoint,
            bucket,
            prefix: self.s3_prefix,
            region: self.s3_region,
            credentials: keys.map(|(access_key_id, secret_access_key)| Credentials {
                access_key_id,
                secret_access_key,
            }),
            allowed_inside: self.s3_allow_inside,
            limits: acervo_bucket::Limits::default(),
        })))
    }
}

pub(crate) fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let job = Job {
        collection: arguments.collection,
        source: arguments
            .origin
            .source()
            .context("write --incoming and --directory, or --s3-bucket")?,
        published: arguments.published,
        default_language: arguments.default_language,
        colors: arguments.color_profiles.policy(),
        limits: Limits::new(Limits::default().pixels, memory::for_work(arguments.memory)),
        workers: arguments
            .workers
            .or_else(|| available_parallelism().ok())
            .map_or(1, NonZeroUsize::get),
        confirm_removal: arguments.confirm_removal,
        dry: false,
    };
    let bar = Bar::new(job.collection.as_str());
    let result = ingest(&job, &bar);
    bar.finish();
    if let Some(path) = &arguments.termination_message {
        let words = LastWords::of(&job.published, &result).line();
        if let Err(error) = fs::write(path, words) {
            tracing::warn!(path = %path.display(), %error, "the result cannot be written");
        }
    }
    match result {
        Ok(outcome) => {
            report::print(&outcome.report);
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            let message = error.message();
            for language in Language::ALL {
                eprintln!("acervo: {}", message.get(language));
            }
            Ok(ExitCode::FAILURE)
        }
    }
}

/// What a Job's pod leaves behind when no server can be asked.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct LastWords {
    published: u64,
    refused: u64,
    in_work: u64,
    /// The state of the folder that was ingested; `None` if the ingest failed.
    fingerprint: Option<String>,
    /// Why the ingest failed.
    error: Option<Bilingual>,
}

impl LastWords {
    /// The longest message that Kubernetes keeps, in bytes.
    const LONGEST: usize = 4096;

    /// Of a failed ingest, the counts are those of the last report in `published`, which still hold.
    fn of(published: &Path, result: &Result<Outcome, IngestError>) -> Self {
        match result {
            Ok(Outcome { report, .. }) => Self {
                published: report.published,
                refused: report.refused.len() as u64,
                in_work: report.in_work,
                fingerprint: Some(report.fingerprint.clone()),
                error: None,
            },
            Err(error) => {
                let last = ReportHead::read(published, 0).ok().flatten();
                let last = last.unwrap_or_default();
                Self {
                    published: last.published,
                    refused: last.refused,
                    in_work: last.in_work,
                    fingerprint: None,
                    error: Some(error.message()),
                }
            }
        }
    }

    /// One line of JSON; of sentences that are too long for it, the beginnings.
    fn line(mut self) -> String {
        loop {
            let line = serde_json::to_string(&self).unwrap_or_default();
            match &mut self.error {
                Some(error) if line.len() > Self::LONGEST => {
                    for sentence in [&mut error.es, &mut error.en] {
                        let kept = sentence.chars().count() * 3 / 4;
                        *sentence = sentence.chars().take(kept).chain(['…']).collect();
                    }
                }
                _ => return line,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_any_error_fits_and_is_json() {
        for letter in ["a", "ñ", "\n", "\u{1}", "\""] {
            let words = LastWords {
                published: 5,
                refused: 2,
                in_work: 0,
                fingerprint: None,
                error: Some(Bilingual::new(letter.repeat(9000), letter.repeat(9000))),
            };
            let line = words.line();
            assert!(line.len() <= LastWords::LONGEST && line.len() > 2000);
            assert!(!line.contains('\n'));
            let read: serde_json::Value = serde_json::from_str(&line).expect("JSON");
            assert_eq!(read["published"], 5);
            for language in ["es", "en"] {
                let error = read["error"][language].as_str().expect("an error");
                assert!(error.starts_with(letter) && error.ends_with('…'));
            }
        }
    }
}
