//! A real control plane without nodes: etcd, API server, controller manager; and what tests do in a
//! kubelet's and a Gateway's place.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Mutex;
use std::{fmt, fs};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::guard::Guard;
use crate::kubectl::Kubectl;
use crate::process::{Output, spawn};
use crate::relay::Relay;
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
    /// Starts a control plane with the kinds of the Gateway API, to which Acervo's chart brings its own.
    ///
    /// # Errors
    /// If it does not become ready.
    pub fn bare() -> Result<Self> {
        Self::start(&[])
    }

    /// Starts a control plane with the kinds of the Gateway API and of `crds`.
    fn start(crds: &[PathBuf]) -> Result<Self> {
        let folder = TempDir::with_prefix("acervo-control-plane-")?;
        let mut command = Command::new(repository().join("tests/cluster/control-plane"));
        // Given at the start, so that the garbage collector knows the kinds of owners at once.
        command
            .arg(folder.path().join("state"))
            .arg(installed("ACERVO_CLUSTER_BIN")?.join("../gateway-api"))
            .args(crds)
            .stdin(Stdio::piped());
        let (mut child, output) = spawn(&mut command)?;
        // What ends may write once more.
        let guard = Guard::new(
            r#"kill "${1%% *}"; for _ in $(seq 50); do rm -rf -- "${1#* }" && exit; sleep 0.1; done"#,
            format!("{} {}", child.id(), folder.path().display()),
        )?;
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
        let plane = Self::start(&[repository().join("crds/generated")])?;
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

    /// Runs Helm in the operator's namespace with these values.
    ///
    /// # Errors
    /// If it ends with another code than 0: then with what it printed.
    pub fn helm(&self, arguments: &[&str], values: &str) -> Result<()> {
        let mut command = Command::new(installed("ACERVO_CLUSTER_BIN")?.join("helm"));
        command
            .args(arguments)
            .args(["--namespace", NAMESPACE, "--values", "-", "--kubeconfig"])
            .arg(self.kubectl.kubeconfig())
            .env("HELM_CACHE_HOME", self.folder.path().join("helm"));
        run(&mut command, values.as_bytes()).map(drop)
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

    /// kubectl with the rights of the operator, by way of a relay.
    ///
    /// # Errors
    /// If its account is not there.
    pub fn as_operator_by(&self, relay: &Relay) -> Result<Kubectl> {
        let direct = self.as_operator()?;
        let kubeconfig = fs::read_to_string(direct.kubeconfig())?;
        let server = format!("https://{}", self.address()?);
        let path = self.state().join("relayed.kubeconfig");
        let relayed = kubeconfig.replace(&server, &format!("https://{}", relay.address()));
        fs::write(&path, relayed)?;
        Kubectl::new(&path)
    }

    /// A relay to the API server. Its certificate is for an address, whatever the port.
    ///
    /// # Errors
    /// If the API server has no address.
    pub fn relay(&self) -> Result<Relay> {
        let server = self.address()?;
        Relay::start(server.ip(), server)
    }

    fn address(&self) -> Result<SocketAddr> {
        let kubeconfig = fs::read_to_string(self.kubectl.kubeconfig())?;
        let (_, rest) = kubeconfig.split_once("https://").context("an address")?;
        let (address, _) = rest.split_once('"').context("an address in quotes")?;
        Ok(address.parse()?)
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

    /// Stops etcd for now, as a disk that hangs would; [`Self::resume_etcd`] lets it go on.
    ///
    /// # Errors
    /// If the control plane is gone.
    pub fn pause_etcd(&self) -> Result<()> {
        self.order("pause etcd")?;
        self.output.announced("paused etcd").map(drop)
    }

    /// Lets etcd go on.
    ///
    /// # Errors
    /// If the control plane is gone.
    pub fn resume_etcd(&self) -> Result<()> {
        self.order("resume etcd")?;
        self.output.announced("resumed etcd").map(drop)
    }

    /// Makes etcd forget every version but the last.
    ///
    /// # Errors
    /// If etcd refuses.
    pub fn compact_etcd(&self) -> Result<()> {
        self.order("compact etcd")?;
        self.output.announced("compacted etcd").map(drop)
    }

    fn order(&self, line: &str) -> Result<()> {
        let mut orders = self
            .orders
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Ok(writeln!(orders, "{line}")?)
    }

    /// What the operator asked of the API server so far, in order; watches and its Lease apart.
    ///
    /// # Errors
    /// If the audit log cannot be read.
    pub fn asked_by_operator(&self) -> Result<Vec<Asked>> {
        let mut all = Vec::new();
        for entry in self.audited()? {
            let object = &entry["objectRef"];
            if entry["verb"] != "watch" && object["resource"] != "leases" {
                all.push(Asked {
                    agent: text(&entry["userAgent"]),
                    verb: text(&entry["verb"]),
                    resource: resource(object),
                    namespace: text(&object["namespace"]),
                    name: text(&object["name"]),
                    code: entry["responseStatus"]["code"].as_u64().unwrap_or(0),
                });
            }
        }
        Ok(all)
    }

    /// The rights that the operator has used so far, with success.
    ///
    /// # Errors
    /// If the audit log cannot be read.
    pub fn rights_of_operator(&self) -> Result<BTreeSet<Right>> {
        let mut rights = BTreeSet::new();
        for entry in self.audited()? {
            let object = &entry["objectRef"];
            let code = entry["responseStatus"]["code"].as_u64().unwrap_or(0);
            // What is not there, or is refused for what is in it, was allowed to be asked for.
            let is_allowed = code != 403 && code != 429 && !object.is_null();
            if is_allowed {
                let right =
                    |verb: &str| Right::new(verb, &text(&object["apiGroup"]), &resource(object));
                rights.insert(right(&text(&entry["verb"])));
                // An apply of what is not there yet needs this, too.
                if entry["verb"] == "patch" && code == 201 {
                    rights.insert(right("create"));
                }
            }
        }
        Ok(rights)
    }

    /// The audit log's entries about requests of the operator. A watch has one when it ends.
    fn audited(&self) -> Result<Vec<Value>> {
        let log = fs::read_to_string(self.state().join("audit.log"))?;
        let user = format!("system:serviceaccount:{NAMESPACE}:acervo-operator");
        // The last line may be half written.
        let entries = log
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok());
        Ok(entries
            .filter(|entry| entry["user"]["username"] == user.as_str())
            .collect())
    }

    /// The same with a Gateway, which [`crate::VALUES`] name.
    ///
    /// # Errors
    /// As [`Self::with_chart`].
    pub fn with_gateway(values: &str) -> Result<Self> {
        let plane = Self::with_chart(values)?;
        plane.gateway("gateway", "public")?;
        Ok(plane)
    }

    /// Waits until an institution is ready as it was applied last.
    ///
    /// # Errors
    /// If it does not become so in time.
    pub fn becomes_ready(&self, institution: &str) -> Result<()> {
        self.kubectl
            .until("Ready=True", &["inst", institution], |resource| {
                let is_current =
                    resource["status"]["observedGeneration"] == resource["metadata"]["generation"];
                let (status, ..) = crate::condition(resource, "Ready")?;
                (is_current && status == "True").then_some(())
            })
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

    /// Makes a class whose volumes can grow; [`Self::bind_volume`] is their provisioner.
    ///
    /// # Errors
    /// If the API server refuses it.
    pub fn storage_class(&self, name: &str) -> Result<()> {
        let class = json!({
            "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name},
            "provisioner": "kubernetes.io/no-provisioner", "allowVolumeExpansion": true,
        });
        self.kubectl.apply(&class.to_string()).map(drop)
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
    /// The program, and which replica of it.
    pub agent: String,
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

/// What a role may grant: a verb on a resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Right {
    /// The verb.
    pub verb: String,
    /// The group; empty for the core one.
    pub group: String,
    /// The resource, with a subresource after a slash.
    pub resource: String,
}

impl Right {
    /// A right.
    #[must_use]
    pub fn new(verb: &str, group: &str, resource: &str) -> Self {
        Self {
            verb: verb.to_owned(),
            group: group.to_owned(),
            resource: resource.to_owned(),
        }
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}.{}", self.verb, self.resource, self.group)
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The resource of an object in the audit log, with a subresource after a slash.
fn resource(object: &Value) -> String {
    match object["subresource"].as_str() {
        Some(part) => format!("{}/{part}", text(&object["resource"])),
        None => text(&object["resource"]),
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
