//! The command line.

mod check;
mod ingest;
mod platform;
mod report;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Acervo: a shared IIIF platform / una plataforma IIIF compartida.
#[derive(Debug, Parser)]
#[command(name = "acervo", version, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Platform(platform::Arguments),
    Ingest(ingest::Arguments),
    Check(check::Arguments),
}

impl Arguments {
    /// Runs the command to its end.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Platform(arguments) => platform::run(arguments),
            Command::Ingest(arguments) => ingest::run(arguments),
            Command::Check(arguments) => check::run(&arguments),
        }
    }
}
