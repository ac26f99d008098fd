//! The image server, the ingest and the one-machine platform: one binary, one subcommand each.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::Parser;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

mod address;
mod admin;
mod admission;
mod answer;
mod buffers;
mod command;
mod connections;
mod declared;
mod document;
mod encode;
mod html;
mod image;
mod inside;
mod kept;
mod library;
mod memory;
mod notice;
mod pace;
mod progress;
mod receive;
mod renders;
mod report;
mod respond;
mod route;
mod serving;
mod sitemap;
mod state;
mod store;
mod tenant;
mod theme;
mod watch;

/// Image workloads fragment glibc's arenas until memory only grows.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = command::Arguments::parse();
    let asked = std::env::var("ACERVO_LOG").ok();
    let filter = asked.and_then(|text| text.parse::<Targets>().ok());
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    tracing_subscriber::registry()
        .with(filter.unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO)))
        .with(lines)
        .init();
    match arguments.run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("acervo: {error:#}");
            ExitCode::FAILURE
        }
    }
}
