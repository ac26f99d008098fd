//! The built binary, running.

use std::env;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};
use serde_json::Value;

use crate::folder::Folder;
use crate::guard::Guard;
use crate::http::{Answer, get};
use crate::tools::{repository, run};
use crate::wait::until;

/// The longest start, with the first ingest, of a dev build on a busy machine.
const START: Duration = Duration::from_secs(240);

/// A running `acervo platform` or `acervo serve`; killed when dropped, and when this process ends.
#[derive(Debug)]
pub struct Server {
    child: Child,
    base: String,
    admin: String,
    output: Output,
    _guard: Guard,
}

/// What a command said and how it ended.
#[derive(Debug)]
pub struct Finished {
    /// Its exit status.
    pub status: ExitStatus,
    /// Both streams, line by line as they came.
    pub output: String,
}

impl Server {
    /// Starts `acervo platform` on `folder` and waits until its first ingest has ended.
    ///
    /// # Errors
    /// If it ends before that, or takes too long: then with what it printed.
    pub fn start(folder: &Folder, arguments: &[&str]) -> Result<Self> {
        Self::start_unready(folder, arguments)?.ready()
    }

    /// Starts `acervo platform` on `folder` and waits only until it listens.
    ///
    /// # Errors
    /// If it ends before that, or takes too long: then with what it printed.
    pub fn start_unready(folder: &Folder, arguments: &[&str]) -> Result<Self> {
        let mut command = platform(folder.sources(), folder.data())?;
        Self::spawn(command.args(arguments))
    }

    /// Starts a command that serves and waits until it listens.
    pub(crate) fn spawn(command: &mut Command) -> Result<Self> {
        let (child, output) = spawn(command)?;
        let guard = Guard::new(r#"kill -9 "$1""#, child.id().to_string())?;
        let base = output.announced("listening on ")?;
        let admin = output.announced("admin on ")?;
        Ok(Self {
            child,
            base,
            admin,
            output,
            _guard: guard,
        })
    }

    /// Waits until it is ready.
    pub(crate) fn ready(self) -> Result<Self> {
        let ready = until("/readyz to answer 200", START, || {
            match self.admin("/readyz") {
                Ok(answer) if answer.status == 200 => return Ok(Some(())),
                _ => {}
            }
            // A server that is gone will never be ready.
            if self.output.ended() {
                bail!("the server ended")
            } else {
                Ok(None)
            }
        });
        ready.map_err(|error| anyhow!("{error:#}\n{}", self.log()))?;
        Ok(self)
    }

    /// Where it listens: scheme, host and port.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Host and port.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// The URL of `path`.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// GET `path`.
    ///
    /// # Errors
    /// If there is no answer.
    pub fn get(&self, path: &str) -> Result<Answer> {
        get(&self.url(path))
    }

    /// GET `path` on the admin port.
    ///
    /// # Errors
    /// If there is no answer.
    pub fn admin(&self, path: &str) -> Result<Answer> {
        get(&format!("{}{path}", self.admin))
    }

    /// All that it printed so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.output.text()
    }

    /// Asks it to end, as Kubernetes does: SIGTERM.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn terminate(&self) -> Result<()> {
        let process = self.child.id().to_string();
        run(Command::new("kill").args(["-TERM", &process]), b"")?;
        Ok(())
    }

    /// Waits until it has ended by itself.
    ///
    /// # Errors
    /// If it does not within `limit`.
    pub fn ended(&mut self, limit: Duration) -> Result<ExitStatus> {
        let status = until("the server to end", limit, || Ok(self.child.try_wait()?));
        status.map_err(|error| anyhow!("{error:#}\n{}", self.log()))
    }

    /// Kills it at once, as a lost machine would, and waits until it is gone.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already; the guard kills what is left.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs `acervo platform` on `sources` until it ends by itself.
///
/// # Errors
/// If it does not end within `limit`: then it is killed, and the message holds what it printed.
pub fn run_to_end(folder: &Folder, arguments: &[&str], limit: Duration) -> Result<Finished> {
    let mut command = platform(folder.sources(), folder.data())?;
    let (mut child, output) = spawn(command.args(arguments))?;
    let status = until("acervo platform to end", limit, || Ok(child.try_wait()?));
    if status.is_err() {
        child.kill()?;
        child.wait()?;
    }
    match status {
        Ok(status) => {
            output.drained(limit)?;
            Ok(Finished {
                status,
                output: output.text(),
            })
        }
        Err(error) => Err(anyhow!("{error:#}\n{}", output.text())),
    }
}

/// The command on free ports.
fn platform(sources: &Path, data: &Path) -> Result<Command> {
    let mut command = Command::new(binary()?);
    command
        .arg("platform")
        .arg(sources)
        .arg(OsStr::new("--data"))
        .arg(data);
    command.args(["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]);
    Ok(command)
}

/// The built `acervo`: what the Makefile built, or else built now.
pub(crate) fn binary() -> Result<&'static Path> {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    if let Some(known) = BINARY.get() {
        return Ok(known);
    }
    let found = match env::var_os("ACERVO_BIN") {
        Some(path) => PathBuf::from(path),
        None => build()?,
    };
    Ok(BINARY.get_or_init(|| found))
}

/// Builds the package `acervo`, as cargo would for a test of its own.
fn build() -> Result<PathBuf> {
    let output = run(
        Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["build", "--package", "acervo", "--message-format=json"])
            .current_dir(repository()),
        b"",
    )?;
    String::from_utf8(output.stdout)?
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|message| message["executable"].as_str().map(PathBuf::from))
        .find(|path| path.file_stem() == Some(OsStr::new("acervo")))
        .context("cargo built no executable called acervo")
}

fn spawn(command: &mut Command) -> Result<(Child, Output)> {
    let mut child = command
        .stdin(Stdio::null())
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
struct Output {
    text: Arc<Mutex<String>>,
    lines: Mutex<Receiver<String>>,
}

impl Output {
    fn text(&self) -> String {
        self.text
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Waits for the line that begins with `words` and gives the rest of it.
    fn announced(&self, words: &str) -> Result<String> {
        let end = Instant::now() + START;
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    if let Some(rest) = line.strip_prefix(words) {
                        return Ok(rest.trim().to_owned());
                    }
                }
                Err(why) => bail!("no line \"{words}...\" ({why}):\n{}", self.text()),
            }
        }
    }

    /// Whether both streams have ended.
    fn ended(&self) -> bool {
        self.next(Duration::ZERO) == Err(RecvTimeoutError::Disconnected)
    }

    /// Waits until both streams have ended.
    fn drained(&self, limit: Duration) -> Result<()> {
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
