//! What the benchmark of the operator needs beside it, on the cluster of KUBECONFIG.
//!
//! | Command | What |
//! |---|---|
//! | `write FILE` | a bare writer: sends prepared requests, as fast as the API server takes them |
//! | `play` | plays the part of controllers: volumes are bound, pods ready, routes accepted, quotas counted |
//! | `drift` | spoils children one after another, or all at once, and tells how long each stayed spoilt |
//! | `change` | changes resources, and tells how long each took to be applied |

mod change;
mod drift;
mod kinds;
mod play;
mod write;

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use serde_json::{Value, json};

/// The same as the operator has, so that neither has more of the machine.
const THREADS: usize = 2;

#[derive(Debug, Parser)]
#[command(
    name = "load",
    after_help = "Example:\n  load write requests.jsonl --workers 8"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Sends the requests of a file. Each line is a list of requests that are sent one after another.
    Write {
        /// The requests, as lines of JSON: `[{"method", "path", "type", "body"}]`.
        file: PathBuf,
        /// How many lines are worked on at the same time.
        #[arg(long, default_value_t = 8)]
        workers: usize,
    },
    /// Plays the part of controllers until it is ended.
    Play,
    /// Deletes and edits children and waits until each is restored.
    Drift {
        /// How many of each kind and way.
        #[arg(long, default_value_t = 10)]
        each: usize,
        /// All at once, and not one after another.
        #[arg(long)]
        at_once: bool,
    },
    /// Changes the name that people call institutions by, and waits until the status speaks of it.
    Change {
        /// How many institutions.
        #[arg(long, default_value_t = 200)]
        count: usize,
        /// All at once, and not one after another.
        #[arg(long)]
        at_once: bool,
    },
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(THREADS)
        .enable_all()
        .build()?;
    let told = runtime.block_on(async {
        let client = kube::Client::try_default().await?;
        match arguments.command {
            Command::Write { file, workers } => write::write(&client, &file, workers).await,
            Command::Play => play::play(&client).await,
            Command::Drift { each, at_once } => drift::drift(&client, each, at_once).await,
            Command::Change { count, at_once } => change::change(&client, count, at_once).await,
        }
    })?;
    println!("{told}");
    Ok(())
}

/// What is told of many durations, in milliseconds.
fn percentiles(mut milliseconds: Vec<f64>) -> Value {
    milliseconds.sort_by(f64::total_cmp);
    let last = milliseconds.len().saturating_sub(1);
    let at = |hundredths: usize| {
        let index = (last * hundredths).div_ceil(100);
        milliseconds.get(index).copied().unwrap_or_default()
    };
    json!({"count": milliseconds.len(), "p50": at(50), "p99": at(99), "max": at(100)})
}
