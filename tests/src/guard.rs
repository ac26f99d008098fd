//! Cleaning up after this process however it ends.

use std::ffi::OsStr;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};

/// A shell that waits for this process to end, by a pipe that closes then, and cleans up.
///
/// Servers shared by the tests of one binary live in statics, which are never dropped; and a test may be
/// killed. Dropping the guard runs the clean-up at once.
#[derive(Debug)]
pub(crate) struct Guard(Child);

impl Guard {
    /// Runs `script` with `argument` as `$1` when the guard is dropped or this process ends.
    ///
    /// # Errors
    /// If no shell can be started.
    pub(crate) fn new(script: &str, argument: impl AsRef<OsStr>) -> Result<Self> {
        let child = Command::new("sh")
            .args(["-c", &format!("read -r end; {script}"), "sh"])
            .arg(argument)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("starting sh")?;
        Ok(Self(child))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        // The clean-up has no outcome that a test could act on.
        let _ = self.0.wait();
    }
}
