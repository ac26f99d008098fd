//! Institutions that walk at random over the whole schema, valid and invalid, while children are edited
//! and deleted, resources are deleted and applied again, and the operator is killed. After each walk the
//! children are those of a fresh institution of the same spec, nothing is stuck, and nothing is left over.
//!
//! The walks of a run follow from its seed, which a failure tells: ACERVO_SEED repeats it, ACERVO_WALKS
//! makes more of them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use acervo_tests::{
    ControlPlane, Operator, Random, Rest, Specs, VALUES, condition, until, until_every,
};
use anyhow::{Context as _, Result, anyhow, bail, ensure};
use serde_json::{Value, json};

const INSTITUTIONS: &str = "/apis/acervo.dev/v1alpha1/iiifinstitutions";
/// Where the routes that lead to the notice are.
const ROUTES: &str = "/apis/gateway.networking.k8s.io/v1/namespaces/acervo/httproutes";
/// The class of the volumes, which can grow.
const CLASS: &str = "walk";
/// How many institutions walk at the same time.
const WALKERS: usize = 6;
/// How long everything may take to come to rest on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long two institutions have to stay the same.
const STAYING: Duration = Duration::from_secs(2);

/// Where children are, by kind; those that the cluster does not have are none.
const KINDS: [(&str, &str); 14] = [
    ("/api/v1", "serviceaccounts"),
    ("/api/v1", "resourcequotas"),
    ("/api/v1", "limitranges"),
    ("/api/v1", "persistentvolumeclaims"),
    ("/api/v1", "configmaps"),
    ("/api/v1", "services"),
    ("/apis/apps/v1", "deployments"),
    ("/apis/autoscaling/v2", "horizontalpodautoscalers"),
    ("/apis/batch/v1", "jobs"),
    ("/apis/gateway.networking.k8s.io/v1", "httproutes"),
    ("/apis/networking.k8s.io/v1", "ingresses"),
    ("/apis/networking.k8s.io/v1", "networkpolicies"),
    ("/apis/policy/v1", "poddisruptionbudgets"),
    ("/apis/rbac.authorization.k8s.io/v1", "rolebindings"),
];

/// What all walks share.
struct Ground {
    plane: ControlPlane,
    rest: Rest,
    specs: Specs,
    operator: Mutex<Option<Operator>>,
    refused: AtomicUsize,
    accepted: AtomicUsize,
}

fn number(name: &str, otherwise: u64) -> u64 {
    let value = std::env::var(name).ok();
    value.map_or(otherwise, |value| value.parse().expect("a number"))
}

fn ground() -> Result<Ground> {
    let plane = ControlPlane::with_gateway(VALUES)?;
    plane.storage_class(CLASS)?;
    let crd = plane
        .kubectl()
        .get(&["crd", "iiifinstitutions.acervo.dev"])?;
    Ok(Ground {
        specs: Specs::of(&crd.context("the CRD")?)?,
        rest: Rest::start(plane.kubectl())?,
        operator: Mutex::new(Some(Operator::start(&plane.as_operator()?)?)),
        plane,
        refused: AtomicUsize::new(0),
        accepted: AtomicUsize::new(0),
    })
}

#[test]
fn whatever_way_an_institution_went_it_ends_where_a_new_one_begins() -> Result<()> {
    let (seed, walks) = (number("ACERVO_SEED", 1), number("ACERVO_WALKS", 50));
    let ground = ground()?;
    let (over, next) = (AtomicBool::new(false), AtomicUsize::new(0));
    let failures = thread::scope(|scope| {
        let cluster = scope.spawn(|| play_the_cluster(&ground, &over));
        let walkers: Vec<_> = (0..WALKERS)
            .map(|_| {
                scope.spawn(|| {
                    let mut failures = Vec::new();
                    loop {
                        let walk = next.fetch_add(1, Ordering::Relaxed) as u64;
                        if walk >= walks || failures.len() > 2 {
                            return failures;
                        }
                        if let Err(error) = walk_and_compare(&ground, seed, walk) {
                            failures.push(format!("walk {walk} of ACERVO_SEED={seed}: {error:?}"));
                        }
                    }
                })
            })
            .collect();
        let joined = walkers
            .into_iter()
            .map(|walker| walker.join().expect("a walker that ends"));
        let mut failures: Vec<_> = joined.flatten().collect();
        over.store(true, Ordering::Relaxed);
        match cluster.join().expect("a cluster that ends") {
            Ok(()) => {}
            Err(error) => failures.push(format!("the cluster: {error:?}")),
        }
        failures
    });
    let log = || {
        let operator = ground
            .operator
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        operator.as_ref().map(Operator::log).unwrap_or_default()
    };
    ensure!(failures.is_empty(), "{}\n{}", failures.join("\n\n"), log());
    let (accepted, refused) = (ground.accepted.into_inner(), ground.refused.into_inner());
    println!("{walks} walks: {accepted} specs were accepted, {refused} were refused");
    ensure!(
        accepted > 0 && refused > 0,
        "both happen: {accepted}, {refused}"
    );
    Ok(())
}

// === A walk ===

/// One institution on its way.
struct Walk<'g> {
    ground: &'g Ground,
    random: Random,
    name: String,
    /// The last spec that the API server took.
    spec: Value,
    size: usize,
    /// What happened, for whoever reads a failure.
    diary: Vec<String>,
}

fn walk_and_compare(ground: &Ground, seed: u64, walk: u64) -> Result<()> {
    let mut random = Random::new(seed.wrapping_mul(1_000_003).wrapping_add(walk));
    let spec = ground.specs.valid(&mut random, CLASS, 1)?;
    let mut walk = Walk {
        ground,
        random,
        name: format!("paseo-{walk:05}"),
        spec,
        size: 1,
        diary: Vec::new(),
    };
    let fresh = walk.name.replace("paseo", "nueva");
    let result = walk.walk().and_then(|()| walk.ends_as(&fresh));
    let diary = walk.diary.join("\n  ");
    result.map_err(|error| error.context(format!("{}\n  {diary}", walk.name)))?;
    for name in [&walk.name, &fresh] {
        is_gone(ground, name)?;
    }
    Ok(())
}

impl Walk<'_> {
    fn walk(&mut self) -> Result<()> {
        self.apply(self.spec.clone())?;
        for _ in 0..3 + self.random.below(6) {
            self.step()?;
        }
        // The last spec is one that something can be built of, and no smaller than any before.
        let mut last = self.spec.clone();
        self.ground.specs.change(&mut last, &mut self.random)?;
        last["plan"] = json!(self.random.of(&["small", "large"]));
        last["storage"]["size"] = json!(format!("{}Gi", self.size));
        last["deletionPolicy"] = json!("Delete");
        ensure!(self.apply(last)?, "the last spec is valid");
        Ok(())
    }

    fn step(&mut self) -> Result<()> {
        let mut spec = self.spec.clone();
        match self.random.below(12) {
            0..=4 => self.ground.specs.change(&mut spec, &mut self.random)?,
            5..=6 => self.ground.specs.damage(&mut spec, &mut self.random),
            7 => {
                self.size += 1;
                spec["storage"]["size"] = json!(format!("{}Gi", self.size));
            }
            8..=9 => return self.interfere(),
            10 => return self.go_and_return(),
            _ => {
                self.diary.push("the operator is killed".to_owned());
                return self.ground.restart();
            }
        }
        self.apply(spec).map(drop)
    }

    /// Whether the API server takes a spec.
    fn apply(&mut self, spec: Value) -> Result<bool> {
        let refusal = self.ground.apply(&self.name, &spec)?;
        let what = match &refusal {
            None => "taken",
            Some(why) => &format!("refused ({why:.300})"),
        };
        self.diary.push(format!("{what}: {spec:.600}"));
        let taken = refusal.is_none();
        if taken {
            self.spec = spec;
        }
        Ok(taken)
    }

    /// Somebody deletes a child, or changes a field of ours.
    fn interfere(&mut self) -> Result<()> {
        let (api, kind) = *self.random.of(&KINDS);
        let path = format!("{api}/namespaces/acervo-{}/{kind}", self.name);
        let children = self
            .ground
            .rest
            .list(&format!("{path}?labelSelector=acervo.dev/institution"))?;
        if children.is_empty() || kind == "persistentvolumeclaims" {
            return Ok(());
        }
        let child = self.random.of(&children)["metadata"]["name"]
            .as_str()
            .context("a name")?;
        let path = format!("{path}/{child}");
        let changes = [
            json!({"metadata": {"labels": {"acervo.dev/institution": null}}}),
            json!({"metadata": {"labels": {"app.kubernetes.io/managed-by": "somebody"}}}),
            json!({"metadata": {"ownerReferences": null}}),
        ];
        match self.random.below(changes.len() + 2) {
            which if which < changes.len() => {
                self.diary
                    .push(format!("changed: {kind}/{child}: {}", changes[which]));
                let merge = "application/merge-patch+json";
                self.ground
                    .rest
                    .send("PATCH", &path, merge, &changes[which])?;
            }
            _ => {
                self.diary.push(format!("deleted: {kind}/{child}"));
                self.ground
                    .rest
                    .send("DELETE", &path, "application/json", &json!({}))?;
            }
        }
        Ok(())
    }

    /// The resource is deleted and applied again; its volume stays.
    fn go_and_return(&mut self) -> Result<()> {
        let mut spec = self.spec.clone();
        spec["deletionPolicy"] = json!("Retain");
        if !self.apply(spec.clone())? {
            return Ok(());
        }
        // Before that is known the volume might go with the resource.
        self.ground.is_known(&self.name)?;
        self.diary
            .push("the resource goes and comes back".to_owned());
        let path = format!("{INSTITUTIONS}/{}", self.name);
        self.ground
            .rest
            .send("DELETE", &path, "application/json", &json!({}))?;
        self.apply(spec).map(drop)
    }

    /// Compares with a new institution of the same spec.
    fn ends_as(&mut self, fresh: &str) -> Result<()> {
        ensure!(
            self.ground.apply(fresh, &self.spec)?.is_none(),
            "what was taken once is taken again"
        );
        for name in [self.name.as_str(), fresh] {
            self.ground.is_known(name)?;
        }
        let (mut last, mut since) = (String::new(), None);
        let same = until_every(
            Duration::from_millis(200),
            "both to be the same, and to stay so",
            PATIENCE,
            || {
                let [walked, new] =
                    [self.name.as_str(), fresh].map(|name| self.ground.children(name));
                let (walked, new) = (walked?, new?);
                let different = difference(&walked, &new);
                if !different.is_empty() || new.is_empty() {
                    (last, since) = (different, None);
                    return Ok(None);
                }
                // Both may also be half made.
                let since = since.get_or_insert_with(Instant::now);
                Ok((since.elapsed() >= STAYING).then_some(()))
            },
        );
        same.map_err(|error| anyhow!("{error}: {last}"))?;
        for name in [self.name.as_str(), fresh] {
            let resource = self.ground.resource(name)?.context("the resource")?;
            let (_, reason, message) = condition(&resource, "Ready").context("Ready")?;
            let stuck = [
                "ApplyFailed",
                "InvalidResource",
                "UnknownPlan",
                "NamespaceTaken",
                "NamespaceTerminating",
            ];
            ensure!(
                !stuck.contains(&reason.as_str()),
                "{name}: {reason}: {message}"
            );
        }
        Ok(())
    }
}

impl Ground {
    /// Why the API server does not take a spec; none if it does.
    fn apply(&self, name: &str, spec: &Value) -> Result<Option<String>> {
        let text = spec.to_string().replace("NAME", name);
        let object = json!({
            "apiVersion": "acervo.dev/v1alpha1", "kind": "IiifInstitution", "metadata": {"name": name},
            "spec": serde_json::from_str::<Value>(&text)?,
        });
        let path =
            format!("{INSTITUTIONS}/{name}?fieldManager=walk&force=true&fieldValidation=Strict");
        let (code, answer) =
            self.rest
                .send("PATCH", &path, "application/apply-patch+yaml", &object)?;
        let why = answer["message"].to_string();
        // That is how an API server refuses an apply whose fields have other types than the schema's.
        let is_of_other_types = code == 500 && why.contains("failed to create typed patch object");
        match code {
            200 | 201 => {
                self.accepted.fetch_add(1, Ordering::Relaxed);
                Ok(None)
            }
            _ if is_of_other_types || matches!(code, 400 | 422) => {
                self.refused.fetch_add(1, Ordering::Relaxed);
                Ok(Some(why))
            }
            code => bail!("{code}: {answer}"),
        }
    }

    fn resource(&self, name: &str) -> Result<Option<Value>> {
        self.rest.get(&format!("{INSTITUTIONS}/{name}"))
    }

    /// Waits until the operator has told what it makes of the resource as it is now.
    fn is_known(&self, name: &str) -> Result<()> {
        until("an answer to the spec", PATIENCE, || {
            let resource = self.resource(name)?.context("the resource")?;
            let is_current =
                resource["status"]["observedGeneration"] == resource["metadata"]["generation"];
            Ok(is_current.then_some(()))
        })
    }

    /// Kills the operator and starts another one.
    fn restart(&self) -> Result<()> {
        let mut operator = self.operator.lock().unwrap_or_else(PoisonError::into_inner);
        operator.take().context("an operator")?.kill()?;
        *operator = Some(Operator::start(&self.plane.as_operator()?)?);
        Ok(())
    }

    /// What is there of an institution, as far as it was decided by the operator.
    fn children(&self, name: &str) -> Result<BTreeMap<String, Value>> {
        let mut children = BTreeMap::new();
        let namespace = self
            .rest
            .get(&format!("/api/v1/namespaces/acervo-{name}"))?;
        children.extend(namespace.map(|namespace| ("namespace".to_owned(), decided(&namespace))));
        let notices = format!("{ROUTES}?labelSelector=acervo.dev/institution={name}");
        for notice in self.rest.list(&notices)? {
            let called = notice["metadata"]["name"].as_str().unwrap_or_default();
            children.insert(format!("notice/{called}"), decided(&notice));
        }
        let mut table = String::new();
        for (api, kind) in KINDS {
            let path = format!(
                "{api}/namespaces/acervo-{name}/{kind}?labelSelector=acervo.dev/institution"
            );
            for object in self.rest.list(&path)? {
                let called = object["metadata"]["name"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned();
                if called.starts_with("tenant-") {
                    table.clone_from(&called);
                }
                let mut child = decided(&object);
                if called == "institution-status" {
                    // It tells the time, and what happened before.
                    let lines = child["data"].as_object().into_iter().flatten();
                    child["data"] = lines.map(|(line, _)| json!(line)).collect();
                }
                children.insert(format!("{kind}/{called}"), child);
            }
        }
        // What follows from the name is the same for all.
        let same = |text: &str| {
            let text = text.replace(name, "NAME");
            if table.is_empty() {
                text
            } else {
                text.replace(&table, "TABLE")
            }
        };
        let children = children
            .into_iter()
            .map(|(key, child)| Ok((same(&key), serde_json::from_str(&same(&child.to_string()))?)));
        children.collect()
    }
}

/// What the operator decides of an object: not what others add, nor which one of its kind it is.
fn decided(object: &Value) -> Value {
    let metadata = &object["metadata"];
    let ours = |map: &Value, is_ours: fn(&str) -> bool| -> Value {
        let map = map.as_object().into_iter().flatten();
        let ours = map.filter(|(name, _)| is_ours(name));
        Value::Object(
            ours.map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        )
    };
    let owners = metadata["ownerReferences"].as_array().into_iter().flatten();
    let owners: Vec<_> = owners.map(|owner| owner["name"].clone()).collect();
    let mut decided = json!({
        "labels": ours(&metadata["labels"], |name| name != "kubernetes.io/metadata.name"),
        // What its servers follow is told of by its way, too: which change brought them last.
        "annotations": ours(&metadata["annotations"], |name| {
            name.starts_with("acervo.dev/") && name != "acervo.dev/rollout"
        }),
        "owners": owners,
        "terminating": metadata["deletionTimestamp"].is_string(),
    });
    for field in [
        "spec",
        "data",
        "subjects",
        "roleRef",
        "automountServiceAccountToken",
    ] {
        decided[field] = object[field].clone();
    }
    for others in ["clusterIP", "clusterIPs", "volumeName", "finalizers"] {
        if let Some(spec) = decided["spec"].as_object_mut() {
            spec.remove(others);
        }
    }
    decided
}

fn difference(one: &BTreeMap<String, Value>, other: &BTreeMap<String, Value>) -> String {
    let mut told = String::new();
    for key in one
        .keys()
        .chain(other.keys().filter(|key| !one.contains_key(*key)))
    {
        match (one.get(key), other.get(key)) {
            (Some(one), Some(other)) if one == other => {}
            (Some(one), Some(other)) => {
                told += &format!("\n{key}:\n  walked {one}\n  new    {other}")
            }
            (Some(_), None) => told += &format!("\n{key} is left over"),
            (None, _) => told += &format!("\n{key} is missing"),
        }
    }
    told
}

/// Deleted with its namespace and volume, it leaves nothing.
fn is_gone(ground: &Ground, name: &str) -> Result<()> {
    let path = format!("{INSTITUTIONS}/{name}");
    ground
        .rest
        .send("DELETE", &path, "application/json", &json!({}))?;
    until_every(
        Duration::from_millis(500),
        "everything to go",
        PATIENCE,
        || Ok(ground.children(name)?.is_empty().then_some(())),
    )
    .with_context(|| name.to_owned())
}

// === What a storage driver, a kubelet and a Gateway do ===

fn play_the_cluster(ground: &Ground, over: &AtomicBool) -> Result<()> {
    while !over.load(Ordering::Relaxed) {
        bind(ground)?;
        start(ground)?;
        accept(ground)?;
        #[expect(
            clippy::disallowed_methods,
            reason = "a cluster that is a little slow, until the walks are over"
        )]
        thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// Every claim gets a volume of its own.
fn bind(ground: &Ground) -> Result<()> {
    for claim in ground.rest.list("/api/v1/persistentvolumeclaims")? {
        let (metadata, spec) = (&claim["metadata"], &claim["spec"]);
        if claim["status"]["phase"] == "Bound" || spec["volumeName"].is_string() {
            continue;
        }
        let uid = metadata["uid"].as_str().context("a UID")?;
        let volume = json!({
            "apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": format!("walk-{uid}")},
            "spec": {
                "accessModes": spec["accessModes"], "capacity": spec["resources"]["requests"], "storageClassName": CLASS,
                "claimRef": {"namespace": metadata["namespace"], "name": metadata["name"], "uid": uid},
                "hostPath": {"path": "/nowhere"}, "persistentVolumeReclaimPolicy": "Retain",
            },
        });
        // Made before, it waits for its binding.
        ground.rest.send(
            "POST",
            "/api/v1/persistentvolumes",
            "application/json",
            &volume,
        )?;
    }
    Ok(())
}

/// Every route is accepted.
fn accept(ground: &Ground) -> Result<()> {
    for route in ground
        .rest
        .list("/apis/gateway.networking.k8s.io/v1/httproutes")?
    {
        let parents = route["spec"]["parentRefs"].as_array();
        let accepted = json!([{
            "type": "Accepted", "status": "True", "reason": "Accepted", "message": "",
            "lastTransitionTime": "2026-01-01T00:00:00Z",
        }]);
        let parents = parents.into_iter().flatten().map(|parent| {
            json!({"parentRef": parent, "controllerName": "test.example.org/gateway", "conditions": accepted})
        });
        let status = json!({"status": {"parents": parents.collect::<Vec<_>>()}});
        let of_parents = |status: &Value| status["parents"].as_array().map_or(0, Vec::len);
        if of_parents(&route["status"]) == of_parents(&status["status"]) {
            continue;
        }
        let name = |field: &str| route["metadata"][field].as_str().unwrap_or_default();
        let path = format!(
            "/apis/gateway.networking.k8s.io/v1/namespaces/{}/httproutes/{}/status",
            name("namespace"),
            name("name")
        );
        // It may be gone meanwhile.
        ground
            .rest
            .send("PATCH", &path, "application/merge-patch+json", &status)?;
    }
    Ok(())
}

/// Every pod becomes ready.
fn start(ground: &Ground) -> Result<()> {
    for pod in ground.rest.list("/api/v1/pods")? {
        if pod["status"]["phase"] == "Running" {
            continue;
        }
        let name = |field: &str| pod["metadata"][field].as_str().unwrap_or_default();
        let path = format!(
            "/api/v1/namespaces/{}/pods/{}/status",
            name("namespace"),
            name("name")
        );
        let ready = json!({"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"});
        let status = json!({"status": {"phase": "Running", "conditions": [ready]}});
        // It may be gone meanwhile.
        ground
            .rest
            .send("PATCH", &path, "application/merge-patch+json", &status)?;
    }
    Ok(())
}
