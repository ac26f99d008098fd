//! The built binary, running.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Result, anyhow, bail};

use crate::folder::Folder;
use crate::guard::Guard;
use crate::http::{Answer, get, get_with};
use crate::process::{Output, START, binary, spawn};
use crate::tools::run;
use crate::wait::until;

/// A running `acervo platform`, `acervo serve` or `acervo notice`; killed when dropped, and when this process ends.
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

    /// Starts `acervo notice`.
    ///
    /// # Errors
    /// If it ends, or takes too long: then with what it printed.
    pub fn notice(arguments: &[&str]) -> Result<Self> {
        let mut command = Command::new(binary("acervo")?);
        command.args(["notice", "--listen", "127.0.0.1:0"]);
        command.args(["--admin-listen", "127.0.0.1:0"]);
        Self::spawn(command.args(arguments))?.ready()
    }

    /// Starts a command that serves and waits until it listens.
    pub(crate) fn spawn(command: &mut Command) -> Result<Self> {
        let (child, output) = spawn(command.stdin(Stdio::null()))?;
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

    /// GET `path` with request headers.
    ///
    /// # Errors
    /// If there is no answer.
    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Result<Answer> {
        get_with(&self.url(path), headers)
    }

    /// The URL of `path` on the admin port.
    #[must_use]
    pub fn admin_url(&self, path: &str) -> String {
        format!("{}{path}", self.admin)
    }

    /// GET `path` on the admin port.
    ///
    /// # Errors
    /// If there is no answer.
    pub fn admin(&self, path: &str) -> Result<Answer> {
        get(&self.admin_url(path))
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
    let (mut child, output) = spawn(command.args(arguments).stdin(Stdio::null()))?;
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
    let mut command = Command::new(binary("acervo")?);
    command
        .arg("platform")
        .arg(sources)
        .arg(OsStr::new("--data"))
        .arg(data);
    command.args(["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]);
    Ok(command)
}
