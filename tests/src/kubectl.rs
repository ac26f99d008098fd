//! kubectl against one cluster.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::institution::condition;
use crate::server::Finished;
use crate::tools::{installed, run_any};
use crate::wait::until_every;

/// How long a cluster on a busy machine may take for anything.
const PATIENCE: Duration = Duration::from_secs(90);

/// How often kubectl is asked again: it takes a tenth of a second of a core each time.
const PAUSE: Duration = Duration::from_millis(250);

/// kubectl against one cluster.
#[derive(Debug, Clone)]
pub struct Kubectl {
    program: PathBuf,
    kubeconfig: PathBuf,
}

impl Kubectl {
    /// kubectl with a kubeconfig.
    ///
    /// # Errors
    /// If it is not installed.
    pub fn new(kubeconfig: &Path) -> Result<Self> {
        Ok(Self {
            program: installed("ACERVO_CLUSTER_BIN")?.join("kubectl"),
            kubeconfig: kubeconfig.to_owned(),
        })
    }

    /// The kubeconfig.
    #[must_use]
    pub fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// The command, to be run in another way.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        // What it remembers of one API server must not outlive it.
        command.env("KUBECACHEDIR", self.kubeconfig.with_extension("cache"));
        command
            .arg("--kubeconfig")
            .arg(&self.kubeconfig)
            .args(arguments);
        command
    }

    /// Runs kubectl with `input`, whatever code it ends with.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn try_with(&self, arguments: &[&str], input: &str) -> Result<Finished> {
        let output = run_any(&mut self.command(arguments), input.as_bytes())?;
        let text = [output.stdout, output.stderr].concat();
        Ok(Finished {
            status: output.status,
            output: String::from_utf8_lossy(&text).into_owned(),
        })
    }

    /// Runs kubectl with `input` and gives what it prints.
    ///
    /// # Errors
    /// If it ends with another code than 0: then with what it printed.
    pub fn with(&self, arguments: &[&str], input: &str) -> Result<String> {
        let finished = self.try_with(arguments, input)?;
        if !finished.status.success() {
            bail!(
                "kubectl {} ended with {}\n{}",
                arguments.join(" "),
                finished.status,
                finished.output
            );
        }
        Ok(finished.output)
    }

    /// Runs kubectl and gives what it prints.
    ///
    /// # Errors
    /// As [`Self::with`].
    pub fn run(&self, arguments: &[&str]) -> Result<String> {
        self.with(arguments, "")
    }

    /// Applies YAML or JSON as somebody else than the operator.
    ///
    /// # Errors
    /// If it is refused.
    pub fn apply(&self, text: &str) -> Result<String> {
        self.with(&["apply", "--filename", "-"], text)
    }

    /// An object or a list; `None` if it is not there, or empty.
    ///
    /// # Errors
    /// If the API server does not answer.
    pub fn get(&self, arguments: &[&str]) -> Result<Option<Value>> {
        let mut all = vec!["get", "--ignore-not-found", "--output", "json"];
        all.extend(arguments);
        let text = self.run(&all)?;
        if text.trim().is_empty() {
            return Ok(None);
        }
        Ok(Some(serde_json::from_str(&text)?))
    }

    /// Changes an object, as somebody else than the operator.
    ///
    /// # Errors
    /// If it is refused.
    pub fn patch(&self, arguments: &[&str], patch: &Value) -> Result<String> {
        let patch = patch.to_string();
        let mut all = vec!["patch", "--type", "merge", "--patch", &patch];
        all.extend(arguments);
        self.run(&all)
    }

    /// Waits until `probe` finds something in an object that is there.
    ///
    /// # Errors
    /// If that does not happen in time: then with the object as it was last.
    pub fn until<T>(
        &self,
        what: &str,
        arguments: &[&str],
        probe: impl Fn(&Value) -> Option<T>,
    ) -> Result<T> {
        let mut last = Value::Null;
        let found = until_every(PAUSE, what, PATIENCE, || {
            // The API server may be away on purpose.
            if let Ok(object) = self.get(arguments) {
                last = object.unwrap_or(Value::Null);
            }
            Ok(probe(&last))
        });
        found.map_err(|error| error.context(format!("{last:#}")))
    }

    /// Waits until a condition of an institution has a status and a reason; gives its message.
    ///
    /// # Errors
    /// As [`Self::until`].
    pub fn becomes(&self, name: &str, type_: &str, status: &str, reason: &str) -> Result<String> {
        let what = format!("{type_}={status}/{reason}");
        self.until(&what, &["inst", name], |resource| {
            let (is, why, message) = condition(resource, type_)?;
            (is == status && why == reason).then_some(message)
        })
    }

    /// Waits until an object, or all of a list, is gone.
    ///
    /// # Errors
    /// If it does not go in time.
    pub fn gone(&self, arguments: &[&str]) -> Result<()> {
        let what = format!("{} to go", arguments.join(" "));
        until_every(PAUSE, &what, PATIENCE, || {
            Ok(self.get(arguments)?.is_none().then_some(()))
        })
    }

    /// Waits until what is created next is younger than an object: creation is told in whole seconds, and
    /// of two made in one second the UID decides, by chance.
    ///
    /// # Errors
    /// If the object is not there, or the API server does not answer.
    pub fn ages(&self, arguments: &[&str]) -> Result<()> {
        let created = |object: &Value| object["metadata"]["creationTimestamp"].to_string();
        let object = self.get(arguments)?.context("the object is there")?;
        until_every(PAUSE, "the next second", PATIENCE, || {
            let clock = ["create", "namespace", "clock", "--dry-run=server"];
            let clock = self.run(&[&clock[..], &["--output", "json"]].concat())?;
            let clock: Value = serde_json::from_str(&clock)?;
            Ok((created(&clock) != created(&object)).then_some(()))
        })
    }
}
