//! `acervo ingest`: one collection, once.

use std::path::PathBuf;
use std::process::ExitCode;

use acervo_ingest::{Job, ingest};
use acervo_pixels::source::Limits;
use acervo_tenancy::CollectionName;
use clap::Args;

use super::report;
use crate::progress::Bar;

/// Publishes one collection from its folder: what the ingest Job of a collection runs.
///
/// Only what changed since the last time is converted. Files that cannot be published are set aside
/// with a reason; they do not make the command fail.
#[derive(Debug, Args)]
#[command(
    after_help = "Example / ejemplo:\n  acervo ingest --collection mapas --incoming incoming --directory mapas --published published/mapas"
)]
pub(crate) struct Arguments {
    /// The name of the collection.
    #[arg(long)]
    collection: CollectionName,
    /// The folder that holds the collection's folder; links never lead out of it.
    #[arg(long)]
    incoming: PathBuf,
    /// The collection's folder in it.
    #[arg(long)]
    directory: String,
    /// Where the collection is published.
    #[arg(long)]
    published: PathBuf,
    /// Images that are decoded at the same time.
    #[arg(long, default_value_t = 2)]
    workers: usize,
    /// Memory for decoding one image, in MiB.
    #[arg(long, default_value_t = 1024)]
    image_memory: u64,
    /// The removal of more than half of the items is meant.
    #[arg(long)]
    confirm_removal: bool,
}

pub(crate) fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let job = Job {
        collection: arguments.collection,
        root: arguments.incoming,
        directory: arguments.directory,
        published: arguments.published,
        limits: Limits {
            memory: arguments.image_memory << 20,
            ..Limits::default()
        },
        workers: arguments.workers,
        confirm_removal: arguments.confirm_removal,
    };
    let bar = Bar::new(job.collection.as_str());
    let outcome = ingest(&job, &bar)?;
    bar.finish();
    report::print(&outcome.report);
    Ok(ExitCode::SUCCESS)
}
