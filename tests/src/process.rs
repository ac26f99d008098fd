//! The built programs, and processes whose output is kept.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{env, thread};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::tools::{repository, run};
use crate::wait::until;

/// The longest start, with the first ingest, of a dev build on a busy machine.
pub(crate) const START: Duration = Duration::from_secs(240);

/// A program of ours: what the Makefile built, or else built now. `package` is named like its binary.
pub(crate) fn binary(package: &str) -> Result<PathBuf> {
    static KNOWN: LazyLock<Mutex<HashMap<String, PathBuf>>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(path) = known.get(package) {
        return Ok(path.clone());
    }
    let path = match env::var_os("ACERVO_BIN_DIR") {
        Some(folder) => PathBuf::from(folder).join(package),
        None => build(package)?,
    };
    known.insert(package.to_owned(), path.clone());
    Ok(path)
}

/// The built `acervo` with `arguments`.
///
/// # Errors
/// If it cannot be built.
pub fn acervo(arguments: &[&str]) -> Result<Command> {
    let mut command = Command::new(binary("acervo")?);
    command.args(arguments);
    Ok(command)
}

/// Builds a package, as cargo would for a test of its own.
fn build(package: &str) -> Result<PathBuf> {
    let output = run(
        Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["build", "--package", package, "--message-format=json"])
            .current_dir(repository()),
        b"",
    )?;
    String::from_utf8(output.stdout)?
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|message| message["executable"].as_str().map(PathBuf::from))
        .find(|path| path.file_stem() == Some(OsStr::new(package)))
        .with_context(|| format!("cargo built no executable called {package}"))
}

/// Starts a command whose standard input the caller has set, and keeps what it prints.
pub(crate) fn spawn(command: &mut Command) -> Result<(Child, Output)> {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("starting {command:?}"))?;
    let (sender, lines) = channel();
    let text = Arc::new(Mutex::new(String::new()));
    follow(
        child
            .stdout
            .take()
            .context("standard output was asked for")?,
        &text,
        sender.clone(),
    );
    follow(
        child
            .stderr
            .take()
            .context("standard error was asked for")?,
        &text,
        sender,
    );
    Ok((
        child,
        Output {
            text,
            lines: Mutex::new(lines),
        },
    ))
}

/// Collects the lines of a stream until it ends.
fn follow(stream: impl Read + Send + 'static, text: &Arc<Mutex<String>>, sender: Sender<String>) {
    let text = Arc::clone(text);
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            {
                let mut text = text.lock().unwrap_or_else(PoisonError::into_inner);
                text.push_str(&line);
                text.push('\n');
            }
            // Nobody listens any more once the addresses are known.
            let _ = sender.send(line);
        }
    });
}

/// What a process prints.
#[derive(Debug)]
pub(crate) struct Output {
    text: Arc<Mutex<String>>,
    lines: Mutex<Receiver<String>>,
}

impl Output {
    pub(crate) fn text(&self) -> String {
        self.text
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Waits for a line with `words` in it and gives what follows them.
    pub(crate) fn announced(&self, words: &str) -> Result<String> {
        let end = Instant::now() + START;
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    if let Some((_, rest)) = line.split_once(words) {
                        return Ok(rest.trim().to_owned());
                    }
                }
                Err(why) => bail!("no line \"{words}...\" ({why}):\n{}", self.text()),
            }
        }
    }

    /// Whether both streams have ended.
    pub(crate) fn ended(&self) -> bool {
        self.next(Duration::ZERO) == Err(RecvTimeoutError::Disconnected)
    }

    /// Waits until both streams have ended.
    pub(crate) fn drained(&self, limit: Duration) -> Result<()> {
        until("the output to end", limit, || {
            Ok(self.ended().then_some(()))
        })
    }

    /// Passes over the lines that are there.
    fn next(&self, limit: Duration) -> Result<(), RecvTimeoutError> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            lines.recv_timeout(limit)?;
        }
    }
}
