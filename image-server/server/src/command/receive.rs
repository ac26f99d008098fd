//! `acervo receive`: images from a tar stream, in an image that has neither shell nor tar.

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::{HumanBytes, ProgressBar};

use super::report;
use crate::receive::{DirectoryName, Folder, ReceiveError, Reception, receive};

/// How often a line tells how far it is, where there is no terminal.
const TELL: Duration = Duration::from_secs(5);

/// Receives a folder of images as a tar stream on standard input, into DATA/incoming/DIRECTORY.
///
/// Files lie directly in the folder or in a folder in it; a file is visible only once it is whole. What
/// cannot be received is refused by name and the rest goes on. A stream that broke off can be sent again.
#[derive(Debug, Args)]
#[command(
    after_help = "Example / ejemplo:\n  tar c -C ./mapas . | kubectl exec -i -n acervo-biblioteca-sur deploy/image-server -- acervo receive mapas\n\nExit / salida: 0 everything received, 1 something refused or broken off, 2 wrong usage"
)]
pub(crate) struct Arguments {
    /// The folder in DATA/incoming that a collection names as `source: {directory: …}`.
    directory: DirectoryName,
    /// The institution's volume.
    #[arg(long, default_value = "/data")]
    data: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut so_far = Reception::default();
    let result = Folder::open(&arguments.data, &arguments.directory).and_then(|folder| {
        let mut teller = Teller::new();
        let result = receive(io::stdin().lock(), &folder, &mut so_far, &mut |so_far| {
            teller.hear(so_far);
        });
        teller.bar.finish_and_clear();
        result
    });
    print(&arguments.directory, &so_far, &result);
    Ok(if result.is_ok() && so_far.refused == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Prints what was received and what was not, in Spanish and English.
fn print(directory: &DirectoryName, so_far: &Reception, result: &Result<(), ReceiveError>) {
    let Reception {
        received,
        unchanged,
        refused,
        listed,
        ..
    } = so_far;
    println!(
        "{directory}: {received} recibidos / received ({unchanged} sin cambios / unchanged), {refused} rechazados / refused"
    );
    report::print_refused(listed);
    let rest = refused.saturating_sub(listed.len() as u64);
    if rest > 0 {
        println!("  y {rest} más / and {rest} more");
    }
    if let Err(error) = result {
        let message = error.message();
        println!("{}\n{}", message.es, message.en);
    }
}

/// Tells how far it is: on a terminal in one line that changes, elsewhere in lines now and then.
struct Teller {
    bar: ProgressBar,
    on_terminal: bool,
    last: Instant,
}

impl Teller {
    fn new() -> Self {
        let on_terminal = io::stderr().is_terminal();
        Self {
            bar: if on_terminal {
                ProgressBar::new_spinner()
            } else {
                ProgressBar::hidden()
            },
            on_terminal,
            last: Instant::now(),
        }
    }

    fn hear(&mut self, so_far: &Reception) {
        let is_due = self.last.elapsed() >= TELL;
        if !self.on_terminal && !is_due {
            return;
        }
        let bytes = HumanBytes(so_far.bytes);
        let line = format!("{} recibidos / received, {bytes}", so_far.received);
        if self.on_terminal {
            self.bar.set_message(line);
            self.bar.tick();
        } else {
            eprintln!("{line}");
            self.last = Instant::now();
        }
    }
}
