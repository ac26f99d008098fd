//! `acervo serve`: the image server of one institution, what its Deployment runs.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use clap::Args;

use crate::admin;
use crate::inside::{self, Inside};
use crate::serving::{Drain, Serving};
use crate::tenant::Institution;

/// Serves one institution from its volume: what the image server's Deployment runs.
///
/// What an ingest publishes in DATA/published and what changes in the table is served without a
/// restart and without dropping a request. /status on the admin port tells what lies in DATA/incoming,
/// what is published and how far an ingest is.
#[derive(Debug, Args)]
#[command(
    after_help = "Example / ejemplo:\n  acervo serve --table /etc/acervo/tenants.json --data /data --listen 0.0.0.0:8080 --admin-listen 0.0.0.0:8081"
)]
pub(crate) struct Arguments {
    /// The tenant table, a JSON file with the institution that is served.
    #[arg(long)]
    table: PathBuf,
    /// The institution's volume, with the folders incoming and published.
    #[arg(long, default_value = "/data")]
    data: PathBuf,
    #[command(flatten)]
    serving: Serving,
    /// Seconds between SIGTERM, after which /readyz answers 503, and the end of new connections.
    #[arg(long, default_value_t = 5)]
    drain_notice: u64,
    /// Seconds that requests may take to end after that.
    #[arg(long, default_value_t = 20)]
    drain_limit: u64,
}

pub(crate) fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let (data, serving) = (arguments.data, arguments.serving);
    let state = serving.state()?;
    let institution = Institution::open(arguments.table, data.clone(), Arc::clone(&state))?;
    // So that whoever looks into a new volume finds where images go.
    if let Err(error) = fs::create_dir_all(data.join("incoming")) {
        tracing::warn!(data = %data.display(), %error, "the folder incoming cannot be made");
    }
    let inside = Arc::new(Inside::new(data));
    let admin = admin::router(Arc::clone(&state)).merge(inside::router(Arc::clone(&inside)));
    let drain = Drain {
        notice: Duration::from_secs(arguments.drain_notice),
        limit: Duration::from_secs(arguments.drain_limit),
    };
    serving.serve(&state, admin, drain, move |stop| {
        let (_looking, stopped) = mpsc::channel();
        let of_incoming = Arc::clone(&inside);
        std::thread::spawn(move || of_incoming.watch_incoming(&stopped));
        institution.run(&inside, stop);
    })?;
    Ok(ExitCode::SUCCESS)
}
