//! The operator as a process, outside of the cluster that it works on.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};

use crate::guard::Guard;
use crate::http::{Answer, get};
use crate::kubectl::Kubectl;
use crate::process::{Output, binary, spawn};
use crate::tools::run;
use crate::wait::until;

/// How long its caches may take on a busy machine.
const START: Duration = Duration::from_secs(60);

/// The name of a replica of which there is no other.
const NAME: &str = "acervo-operator-test";

/// A running operator; killed when dropped, and when this process ends.
#[derive(Debug)]
pub struct Operator {
    child: Child,
    admin: String,
    output: Output,
    _guard: Guard,
}

impl Operator {
    /// Starts the operator with the rights of `kubectl` and waits until it is ready. Each one takes up the
    /// Lease of the one before, as a container does that is started again in its pod.
    ///
    /// # Errors
    /// If it does not become ready: then with what it printed.
    pub fn start(kubectl: &Kubectl) -> Result<Self> {
        Self::start_as(NAME, kubectl)
    }

    /// As [`Self::start`], with more of its environment.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_with(kubectl: &Kubectl, environment: &[(&str, &str)]) -> Result<Self> {
        Self::spawn(NAME, kubectl, environment)?.until_ready()
    }

    /// Starts a replica of its own name, and waits until it is ready: whether it leads is the Lease's to say.
    ///
    /// # Errors
    /// If it does not become ready: then with what it printed.
    pub fn start_as(identity: &str, kubectl: &Kubectl) -> Result<Self> {
        Self::spawn(identity, kubectl, &[])?.until_ready()
    }

    fn until_ready(self) -> Result<Self> {
        let ready = until("the operator to be ready", START, || {
            if self.output.ended() {
                bail!("the operator ended");
            }
            let answer = self.admin("/readyz").ok();
            Ok(answer.filter(|answer| answer.status == 200))
        });
        ready.map_err(|error| anyhow!("{error:#}\n{}", self.log()))?;
        Ok(self)
    }

    /// Starts the operator and waits only until it listens.
    ///
    /// # Errors
    /// If it does not listen.
    pub fn start_unready(kubectl: &Kubectl) -> Result<Self> {
        Self::spawn(NAME, kubectl, &[])
    }

    fn spawn(identity: &str, kubectl: &Kubectl, environment: &[(&str, &str)]) -> Result<Self> {
        let mut command = Command::new(binary("acervo-operator")?);
        command
            .args([
                "--config-map",
                "acervo/acervo",
                "--admin-listen",
                "127.0.0.1:0",
                "--identity",
                identity,
            ])
            .env("KUBECONFIG", kubectl.kubeconfig())
            .envs(environment.iter().copied())
            .stdin(Stdio::null());
        let (child, output) = spawn(&mut command)?;
        let guard = Guard::new(r#"kill -9 "$1""#, child.id().to_string())?;
        let admin = output.announced("admin on ")?;
        Ok(Self {
            child,
            admin,
            output,
            _guard: guard,
        })
    }

    /// Asks the admin port.
    ///
    /// # Errors
    /// If it does not answer.
    pub fn admin(&self, path: &str) -> Result<Answer> {
        get(&format!("{}{path}", self.admin))
    }

    /// A figure of `/metrics`, by its name with labels; 0 if it is not there.
    ///
    /// # Errors
    /// If the admin port does not answer.
    pub fn metric(&self, name: &str) -> Result<f64> {
        let text = self.admin("/metrics")?.text();
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.map_or(Ok(0.0), |value| value.parse().context("a number"))
    }

    /// What it printed so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.output.text()
    }

    /// Resident memory in bytes.
    ///
    /// # Errors
    /// If it is gone.
    pub fn memory(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
        Ok(kilobytes.context("VmRSS")?.parse::<u64>()? << 10)
    }

    /// Kills it at once, as a lost node would.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Stops it where it is, as a machine that hangs would.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn stop(&self) -> Result<()> {
        self.signal("STOP")
    }

    /// Lets it go on.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn go_on(&self) -> Result<()> {
        self.signal("CONT")
    }

    fn signal(&self, name: &str) -> Result<()> {
        let id = self.child.id().to_string();
        run(Command::new("kill").args([&format!("-{name}"), &id]), b"").map(drop)
    }

    /// Asks it to end, and waits until it has.
    ///
    /// # Errors
    /// If it does not.
    pub fn terminate(mut self) -> Result<()> {
        self.signal("TERM")?;
        let ended = until("the operator to end", START, || {
            Ok(self.child.try_wait()?)
        })?;
        if !ended.success() {
            bail!("it ended with {ended}\n{}", self.log());
        }
        Ok(())
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        // It may be gone already; the guard kills what is left.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
