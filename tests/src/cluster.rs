//! A whole cluster with nodes: one of its own on this machine, or one that the user has.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context as _, Result, bail, ensure};

use crate::guard::Guard;
use crate::kubectl::Kubectl;
use crate::tools::{repository, run};

/// A cluster; one of its own is gone when dropped, and when this process ends.
#[derive(Debug)]
pub struct Cluster {
    kubectl: Kubectl,
    env: BTreeMap<String, String>,
    own: Option<String>,
    _guard: Option<Guard>,
}

impl Cluster {
    /// The cluster to test on: that of the file in `ACERVO_CLUSTER_ENV`, written as `.cluster/env` is
    /// (see docs/testing.md), or else a new one on this machine with Acervo's images on its node.
    ///
    /// `None` where this machine cannot have one; that was said by name, and in CI it is a failure.
    ///
    /// # Errors
    /// If the cluster does not come up.
    pub fn start(test: &str) -> Result<Option<Self>> {
        if let Some(file) = env::var_os("ACERVO_CLUSTER_ENV") {
            return Self::of(Path::new(&file)).map(Some);
        }
        if let Some(why) = impossible()? {
            ensure!(
                env::var_os("CI").is_none(),
                "{test} cannot run in CI: {why}"
            );
            // Past the capture of what passing tests print.
            writeln!(std::io::stderr(), "not run: {test}: {why}")?;
            return Ok(None);
        }
        let name = format!("test-{}", std::process::id());
        let scripts = repository().join("tests/cluster");
        let down = format!("exec {}/down {name} >/dev/null 2>&1", scripts.display());
        let guard = Guard::new(&down, "")?;
        run(Command::new(scripts.join("up")).arg(&name), b"")?;
        let images = PathBuf::from(env::var_os("ACERVO_IMAGES").context(
            "ACERVO_IMAGES is not set: run `make test`, which builds what this test needs",
        )?);
        let archives = ["acervo.tar", "acervo-operator.tar"].map(|file| images.join(file));
        run(
            Command::new(scripts.join("load"))
                .args(archives)
                .args(["--name", &name]),
            b"",
        )?;
        let cluster = Self::of(&Path::new("/var/lib/acervo-cluster").join(&name).join("env"))?;
        Ok(Some(Self {
            own: Some(name),
            _guard: Some(guard),
            ..cluster
        }))
    }

    fn of(file: &Path) -> Result<Self> {
        let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
        let pairs = text
            .lines()
            .filter(|line| !line.starts_with(['#', 'e']))
            .filter_map(|line| line.split_once('='));
        let env: BTreeMap<_, _> = pairs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let kubeconfig = env.get("KUBECONFIG").context("no KUBECONFIG in it")?;
        Ok(Self {
            kubectl: Kubectl::new(Path::new(kubeconfig))?,
            env,
            own: None,
            _guard: None,
        })
    }

    /// kubectl of somebody who may do everything.
    #[must_use]
    pub fn kubectl(&self) -> &Kubectl {
        &self.kubectl
    }

    /// Where the Gateway answers, from this machine: scheme, host and perhaps port.
    ///
    /// # Errors
    /// If the cluster has none.
    pub fn gateway_url(&self) -> Result<&str> {
        self.value("ACERVO_GATEWAY_URL")
    }

    /// Where the ingress controller answers.
    ///
    /// # Errors
    /// If the cluster has none.
    pub fn ingress_url(&self) -> Result<&str> {
        self.value("ACERVO_INGRESS_URL")
    }

    /// What somebody would look at first who asks why `institution` is not as it should be: its status, the
    /// pods, the node, and what the cluster warns of.
    #[must_use]
    pub fn looked_at(&self, institution: &str) -> String {
        let looks: [&[&str]; 4] = [
            &[
                "get",
                "inst",
                institution,
                "--output",
                "jsonpath={.status.conditions}",
            ],
            &["get", "pods", "--all-namespaces", "--output", "wide"],
            &["describe", "nodes"],
            &[
                "get",
                "events",
                "--all-namespaces",
                "--field-selector",
                "type=Warning",
            ],
        ];
        let look = |arguments: &&[&str]| {
            let said = self.kubectl.try_with(arguments, "");
            let said = said.map_or_else(|error| error.to_string(), |finished| finished.output);
            format!("kubectl {}\n{said}", arguments.join(" "))
        };
        looks.iter().map(look).collect::<Vec<_>>().join("\n")
    }

    fn value(&self, name: &str) -> Result<&str> {
        let value = self.env.get(name).map(String::as_str);
        value.with_context(|| format!("the cluster's env file has no {name}"))
    }

    /// Installs or upgrades the chart, readers coming through the Gateway or an Ingress.
    ///
    /// # Errors
    /// If helm fails: then with what it said.
    pub fn install(&self, routing: Routing) -> Result<()> {
        self.install_with(routing, &[])
    }

    /// The same with other values, each as `helm --set` takes it.
    ///
    /// # Errors
    /// As [`Self::install`].
    pub fn install_with(&self, routing: Routing, others: &[&str]) -> Result<()> {
        let helm = Path::new(self.value("ACERVO_CLUSTER_BIN")?).join("helm");
        let or =
            |name: &str, usual: &str| self.env.get(name).map_or(usual, String::as_str).to_owned();
        let values = or(
            "ACERVO_VALUES",
            &repository()
                .join("tests/cluster/config/acervo.yaml")
                .to_string_lossy(),
        );
        let gateway = or("ACERVO_GATEWAY", "gateway/acervo");
        let (namespace, name) = gateway
            .split_once('/')
            .context("ACERVO_GATEWAY is NAMESPACE/NAME")?;
        let class = or("ACERVO_INGRESS_CLASS", "traefik");
        let (url, settings) = match routing {
            Routing::Gateway => (
                self.gateway_url()?,
                [
                    format!("routing.gateway.name={name}"),
                    format!("routing.gateway.namespace={namespace}"),
                    "routing.ingress=null".to_owned(),
                ],
            ),
            Routing::Ingress => (
                self.ingress_url()?,
                [
                    format!("routing.ingress.className={class}"),
                    "routing.gateway=null".to_owned(),
                    "operator.logLevel=info".to_owned(),
                ],
            ),
        };
        let mut command = Command::new(helm);
        command.env("KUBECONFIG", self.kubectl.kubeconfig());
        command
            .args(["upgrade", "--install", "acervo"])
            .arg(repository().join("charts/acervo"));
        command.args([
            "--namespace",
            "acervo",
            "--create-namespace",
            "--wait",
            "--timeout",
            "3m",
            "--values",
            &values,
        ]);
        command.args([
            "--set-string",
            &format!("platform.baseUrl={url}/{{institution}}"),
        ]);
        for setting in settings
            .iter()
            .map(String::as_str)
            .chain(others.iter().copied())
        {
            command.args(["--set", setting]);
        }
        run(&mut command, b"").map(drop)
    }

    /// Runs a command on the node; `None` on a cluster of the user, whose nodes are out of reach.
    ///
    /// # Errors
    /// If it fails.
    pub fn on_the_node(&self, command: &str) -> Result<Option<String>> {
        let Some(name) = &self.own else {
            return Ok(None);
        };
        let script = repository().join("tests/cluster/inside");
        let output = run(
            Command::new(script).args([name, "--", "sh", "-c", command]),
            b"",
        )?;
        Ok(Some(String::from_utf8(output.stdout)?))
    }
}

/// How readers come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Routing {
    /// HTTPRoutes on the Gateway.
    Gateway,
    /// Ingresses.
    Ingress,
}

/// Why this machine cannot have a cluster; `None` if it can.
fn impossible() -> Result<Option<String>> {
    if !cfg!(target_os = "linux") {
        return Ok(Some("a cluster of its own needs Linux".to_owned()));
    }
    let user = run(Command::new("id").arg("--user"), b"")?.stdout;
    match String::from_utf8(user)?.trim() {
        "0" => Ok(None),
        "" => bail!("id prints nothing"),
        user => Ok(Some(format!(
            "a cluster of its own needs root, and this is user {user}"
        ))),
    }
}
