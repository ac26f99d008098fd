//! A real control plane without nodes: etcd, API server, controller manager; and what tests do in a
//! kubelet's and a Gateway's place.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Mutex;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::guard::Guard;
use crate::kubectl::Kubectl;
use crate::process::{Output, spawn};
use crate::tools::{installed, repository, run};

/// The namespace of the operator.
const NAMESPACE: &str = "acervo";

/// A control plane of its own, with the kinds of the Gateway API and of Acervo and the rights of the
/// chart; gone when dropped, and when this process ends.
#[derive(Debug)]
pub struct ControlPlane {
    child: Child,
    orders: Mutex<ChildStdin>,
    output: Output,
    kubectl: Kubectl,
    folder: TempDir,
    _guard: Guard,
}

impl ControlPlane {
    /// Starts a control plane with the kinds of the Gateway API and of Acervo.
    fn start() -> Result<Self> {
        let folder = TempDir::with_prefix("acervo-control-plane-")?;
        let mut command = Command::new(repository().join("tests/cluster/control-plane"));
        // Given at the start, so that the garbage collector knows the kinds of owners at once.
        command
            .arg(folder.path().join("state"))
            .arg(installed("ACERVO_CLUSTER_BIN")?.join("../gateway-api"))
            .arg(repository().join("crds/generated"))
            .stdin(Stdio::piped());
        let (mut child, output) = spawn(&mut command)?;
        let guard = Guard::new(r#"kill "$1""#, child.id().to_string())?;
        let orders = child.stdin.take().context("standard input was asked for")?;
        let kubeconfig = output.announced("KUBECONFIG=")?;
        Ok(Self {
            child,
            orders: Mutex::new(orders),
            output,
            kubectl: Kubectl::new(Path::new(&kubeconfig))?,
            folder,
            _guard: guard,
        })
    }

    /// Starts a control plane with Acervo's chart installed, as `values` (YAML) say, but for the
    /// operator's Deployment, which nothing here could run.
    ///
    /// # Errors
    /// If it does not become ready, or the chart is refused.
    pub fn with_chart(values: &str) -> Result<Self> {
        let plane = Self::start()?;
        plane.kubectl.run(&["create", "namespace", NAMESPACE])?;
        plane.install(values)?;
        Ok(plane)
    }

    /// Installs or upgrades the chart.
    ///
    /// # Errors
    /// If it is refused.
    pub fn install(&self, values: &str) -> Result<()> {
        let rendered = render_chart(values)?;
        let objects = rendered
            .split("\n---\n")
            .filter(|object| !object.contains("\nkind: Deployment\n"));
        let objects: Vec<_> = objects.collect();
        let arguments = [
            "apply",
            "--server-side",
            "--force-conflicts",
            "--filename",
            "-",
        ];
        self.kubectl.with(&arguments, &objects.join("\n---\n"))?;
        let crd = [
            "wait",
            "--for=condition=Established",
            "crd/iiifinstitutions.acervo.dev",
        ];
        self.kubectl.run(&crd)?;
        Ok(())
    }

    fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// kubectl of somebody who may do everything.
    #[must_use]
    pub fn kubectl(&self) -> &Kubectl {
        &self.kubectl
    }

    /// kubectl with the rights of the operator.
    ///
    /// # Errors
    /// If its account is not there.
    pub fn as_operator(&self) -> Result<Kubectl> {
        let token = [
            "create",
            "token",
            "acervo-operator",
            "--namespace",
            NAMESPACE,
            "--duration",
            "8h",
        ];
        let token = self.kubectl.run(&token)?;
        let admin = fs::read_to_string(self.state().join("token"))?;
        let kubeconfig = fs::read_to_string(self.kubectl.kubeconfig())?;
        if !kubeconfig.contains(admin.trim()) {
            bail!("the kubeconfig does not hold the token");
        }
        let path = self.state().join("operator.kubeconfig");
        fs::write(&path, kubeconfig.replace(admin.trim(), token.trim()))?;
        Kubectl::new(&path)
    }

    /// Ends the API server at once, as a crash would.
    ///
    /// # Errors
    /// If the control plane is gone.
    pub fn kill_api_server(&self) -> Result<()> {
        self.order("kill apiserver")
    }

    /// Starts the API server again and waits until it is ready.
    ///
    /// # Errors
    /// If it does not become ready.
    pub fn start_api_server(&self) -> Result<()> {
        self.order("start apiserver")?;
        self.output.announced("started apiserver").map(drop)
    }

    fn order(&self, line: &str) -> Result<()> {
        let mut orders = self
            .orders
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Ok(writeln!(orders, "{line}")?)
    }

    /// What the operator asked of the API server so far, in order, watches apart.
    ///
    /// # Errors
    /// If the audit log cannot be read.
    pub fn asked_by_operator(&self) -> Result<Vec<Asked>> {
        let text = fs::read_to_string(self.state().join("audit.log"))?;
        let user = format!("system:serviceaccount:{NAMESPACE}:acervo-operator");
        let mut all = Vec::new();
        for line in text.lines() {
            // The last line may be half written.
            let Ok(entry) = serde_json::from_str::<Value>(line) else {
                continue;
            };
            if entry["user"]["username"] == user.as_str() && entry["verb"] != "watch" {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                let object = &entry["objectRef"];
                let mut resource = text(&object["resource"]);
                if let Some(part) = object["subresource"].as_str() {
                    resource = format!("{resource}/{part}");
                }
                all.push(Asked {
                    verb: text(&entry["verb"]),
                    resource,
                    namespace: text(&object["namespace"]),
                    name: text(&object["name"]),
                    code: entry["responseStatus"]["code"].as_u64().unwrap_or(0),
                });
            }
        }
        Ok(all)
    }

    /// Makes a Gateway that its controller has accepted.
    ///
    /// # Errors
    /// If it is refused.
    pub fn gateway(&self, namespace: &str, name: &str) -> Result<()> {
        let namespace_object =
            json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}});
        self.kubectl.apply(&namespace_object.to_string())?;
        let gateway = json!({
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway",
            "metadata": {"name": name, "namespace": namespace},
            "spec": {
                "gatewayClassName": "test",
                "listeners": [{"name": "http", "port": 80, "protocol": "HTTP", "allowedRoutes": {"namespaces": {"from": "All"}}}],
            },
        });
        self.kubectl.apply(&gateway.to_string())?;
        let status = json!({"status": {"conditions": [condition("Accepted")]}});
        let target = [
            "gateway",
            name,
            "--namespace",
            namespace,
            "--subresource",
            "status",
        ];
        self.kubectl.patch(&target, &status)?;
        Ok(())
    }

    /// Does for an institution what a storage driver, a node and a Gateway do: its volume is bound,
    /// its pods become ready, its routes are accepted.
    ///
    /// # Errors
    /// If its objects do not appear.
    pub fn play_the_cluster(&self, institution: &str) -> Result<()> {
        self.bind_volume(institution)?;
        self.start_pods(institution)?;
        self.accept_routes(institution)
    }

    /// Gives the institution's claim a volume.
    ///
    /// # Errors
    /// If there is no claim.
    pub fn bind_volume(&self, institution: &str) -> Result<()> {
        self.bind_claim(institution, "data")
    }

    /// Gives a claim in the institution's namespace a volume.
    ///
    /// # Errors
    /// If there is no claim.
    pub fn bind_claim(&self, institution: &str, name: &str) -> Result<()> {
        let namespace = format!("acervo-{institution}");
        let claim = ["persistentvolumeclaim", name, "--namespace", &namespace];
        let spec = self
            .kubectl
            .until("the claim", &claim, |claim| claim.get("spec").cloned())?;
        let volume = json!({
            "apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": volume(institution, name)},
            "spec": {
                "accessModes": spec["accessModes"],
                "capacity": spec["resources"]["requests"],
                "storageClassName": spec["storageClassName"].as_str().unwrap_or(""),
                "claimRef": {"namespace": namespace, "name": name},
                "hostPath": {"path": "/nowhere"},
            },
        });
        self.kubectl.apply(&volume.to_string())?;
        self.kubectl
            .until("the claim to be bound", &claim, |claim| {
                (claim["status"]["phase"] == "Bound").then_some(())
            })
    }

    /// Does what a storage driver does once the institution's claim asks for `size`: the volume and the claim
    /// have it.
    ///
    /// # Errors
    /// If the claim never asks for it.
    pub fn grow_volume(&self, institution: &str, size: &str) -> Result<()> {
        let namespace = format!("acervo-{institution}");
        let claim = ["persistentvolumeclaim", "data", "--namespace", &namespace];
        let what = format!("the claim to ask for {size}");
        self.kubectl.until(&what, &claim, |claim| {
            (claim["spec"]["resources"]["requests"]["storage"] == size).then_some(())
        })?;
        let volume = volume(institution, "data");
        let grown = json!({"spec": {"capacity": {"storage": size}}});
        self.kubectl.patch(&["persistentvolume", &volume], &grown)?;
        let grown = json!({"status": {"capacity": {"storage": size}, "conditions": []}});
        let status = [&claim[..], &["--subresource", "status"]].concat();
        self.kubectl.patch(&status, &grown).map(drop)
    }

    /// Does what a storage driver does that cannot make the institution's volume larger.
    ///
    /// # Errors
    /// If there is no claim.
    pub fn refuse_to_grow(&self, institution: &str, message: &str) -> Result<()> {
        let namespace = format!("acervo-{institution}");
        let refused = json!({
            "type": "ControllerResizeError", "status": "True", "message": message,
            "lastTransitionTime": "2026-01-01T00:00:00Z",
        });
        let claim = ["persistentvolumeclaim", "data", "--namespace", &namespace];
        let status = [&claim[..], &["--subresource", "status"]].concat();
        let refused = json!({"status": {"conditions": [refused]}});
        self.kubectl.patch(&status, &refused).map(drop)
    }

    /// Makes the pods of the image server ready.
    ///
    /// # Errors
    /// If there are none.
    pub fn start_pods(&self, institution: &str) -> Result<()> {
        let namespace = format!("acervo-{institution}");
        let pods = [
            "pods",
            "--namespace",
            &namespace,
            "--selector",
            "app.kubernetes.io/name=image-server",
        ];
        let names = self.kubectl.until("pods", &pods, |pods| {
            let names = pods["items"].as_array()?.iter();
            let names: Vec<_> = names
                .filter_map(|pod| pod["metadata"]["name"].as_str())
                .map(str::to_owned)
                .collect();
            (!names.is_empty()).then_some(names)
        })?;
        for name in names {
            let status =
                json!({"status": {"phase": "Running", "conditions": [condition("Ready")]}});
            let target = [
                "pod",
                &name,
                "--namespace",
                &namespace,
                "--subresource",
                "status",
            ];
            // A rollout may have taken it away meanwhile.
            if let Err(error) = self.kubectl.patch(&target, &status)
                && self.kubectl.get(&target[..4])?.is_some()
            {
                return Err(error);
            }
        }
        Ok(())
    }

    /// Accepts the institution's routes as a Gateway does.
    ///
    /// # Errors
    /// If there are none.
    pub fn accept_routes(&self, institution: &str) -> Result<()> {
        self.accept(&format!("acervo-{institution}"), institution)
    }

    /// Accepts the routes to the notice that stand in for the institution's.
    ///
    /// # Errors
    /// If there are none.
    pub fn accept_notices(&self, institution: &str) -> Result<()> {
        self.accept(NAMESPACE, institution)
    }

    fn accept(&self, namespace: &str, institution: &str) -> Result<()> {
        let selector = format!("acervo.dev/institution={institution}");
        let all = [
            "httproutes",
            "--namespace",
            namespace,
            "--selector",
            &selector,
        ];
        let routes = self.kubectl.until("routes", &all, |routes| {
            let routes = routes["items"].as_array();
            routes.filter(|routes| !routes.is_empty()).cloned()
        })?;
        for route in routes {
            let name = route["metadata"]["name"].as_str().unwrap_or_default();
            let parents: Vec<_> = route["spec"]["parentRefs"].as_array().into_iter().flatten().map(|parent| {
                json!({"parentRef": parent, "controllerName": "test.example.org/gateway", "conditions": [condition("Accepted"), condition("ResolvedRefs")]})
            }).collect();
            let target = [
                "httproute",
                name,
                "--namespace",
                namespace,
                "--subresource",
                "status",
            ];
            self.kubectl
                .patch(&target, &json!({"status": {"parents": parents}}))?;
        }
        Ok(())
    }
}

impl Drop for ControlPlane {
    fn drop(&mut self) {
        // It may be gone already; the guard ends what is left.
        let _ = self.order("stop");
        let _ = self.child.wait();
    }
}

/// A request of the operator.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asked {
    /// `get`, `list`, `patch`, `delete`, `create`.
    pub verb: String,
    /// The resource, with a subresource after a slash.
    pub resource: String,
    /// The namespace; empty for what is in none.
    pub namespace: String,
    /// The name; empty for a list.
    pub name: String,
    /// The code of the answer.
    pub code: u64,
}

impl Asked {
    /// Whether it was to change something.
    #[must_use]
    pub fn is_write(&self) -> bool {
        !["get", "list"].contains(&self.verb.as_str())
    }
}

/// The chart's objects, as `helm template` prints them.
///
/// # Errors
/// If helm refuses the values.
pub fn render_chart(values: &str) -> Result<String> {
    let helm = installed("ACERVO_CLUSTER_BIN")?.join("helm");
    let chart = repository().join("charts/acervo");
    let mut command = Command::new(helm);
    command.args(["template", "acervo"]).arg(chart).args([
        "--namespace",
        NAMESPACE,
        "--values",
        "-",
    ]);
    Ok(String::from_utf8(
        run(&mut command, values.as_bytes())?.stdout,
    )?)
}

/// The volume that is played for a claim.
fn volume(institution: &str, claim: &str) -> String {
    format!("acervo-{institution}-{claim}")
}

fn condition(type_: &str) -> Value {
    json!({
        "type": type_, "status": "True", "reason": type_, "message": "",
        "lastTransitionTime": "2026-01-01T00:00:00Z", "observedGeneration": 1,
    })
}
