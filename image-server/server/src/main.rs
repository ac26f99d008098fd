//! The image server, the ingest and the one-machine platform: one binary, one subcommand each.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

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
    let filter = EnvFilter::try_from_env("ACERVO_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    match arguments.run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("acervo: {error:#}");
            ExitCode::FAILURE
        }
    }
}
