//! The command line.

mod check;
mod ingest;
mod notice;
mod platform;
mod receive;
mod report;
mod serve;

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
    Serve(serve::Arguments),
    Ingest(ingest::Arguments),
    Receive(receive::Arguments),
    Check(check::Arguments),
    Notice(notice::Arguments),
}

impl Arguments {
    /// Runs the command to its end.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Platform(arguments) => platform::run(arguments),
            Command::Serve(arguments) => serve::run(arguments),
            Command::Ingest(arguments) => ingest::run(arguments),
            Command::Receive(arguments) => receive::run(&arguments),
            Command::Check(arguments) => check::run(&arguments),
            Command::Notice(arguments) => notice::run(&arguments),
        }
    }
}
