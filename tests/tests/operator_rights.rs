//! The operator has the rights that it uses, and no others: what the chart grants is compared with what
//! the audit log shows of an institution's whole life.

use std::collections::BTreeSet;
use std::time::Duration;

use acervo_tests::{ControlPlane, Operator, Right, VALUES, condition, institution, until};
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

/// What is granted and not seen here, and why it is needed all the same: verb, group, resource.
const ELSEWHERE: &[(&str, &str, &str, &str)] = &[
    (
        "create",
        "batch",
        "jobs",
        "an ingest: only where an image server runs, `cluster_journey`",
    ),
    ("patch", "batch", "jobs", "an ingest, likewise"),
    (
        "delete",
        "batch",
        "jobs",
        "an ingest that a newer one has replaced, likewise",
    ),
    ("list", "", "pods", "the last words of an ingest, likewise"),
    (
        "create",
        "gateway.networking.k8s.io",
        "listenersets",
        "hosts with certificates, where the cluster has the kind",
    ),
    (
        "patch",
        "gateway.networking.k8s.io",
        "listenersets",
        "likewise",
    ),
    (
        "delete",
        "gateway.networking.k8s.io",
        "listenersets",
        "likewise",
    ),
    (
        "list",
        "gateway.networking.k8s.io",
        "listenersets",
        "likewise",
    ),
    (
        "watch",
        "gateway.networking.k8s.io",
        "listenersets",
        "likewise",
    ),
    (
        "delete",
        "networking.k8s.io",
        "ingresses",
        "a platform that had an Ingress controller and now has a Gateway",
    ),
    (
        "get",
        "coordination.k8s.io",
        "leases",
        "two replicas that claim the Lease at once: `operator_leads`",
    ),
    (
        "bind",
        "rbac.authorization.k8s.io",
        "clusterroles",
        "asked for by the API server when it is given a RoleBinding; no request of its own",
    ),
];

fn values() -> String {
    format!("{VALUES}imagePullSecrets: [{{name: registry-key}}]\n")
}

fn secret() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/dockerconfigjson",
        "metadata": {"name": "registry-key", "namespace": "acervo"},
        "stringData": {".dockerconfigjson": r#"{"auths": {"registry.example.org": {"username": "u", "password": "p"}}}"#},
    })
}

/// An institution with everything that an institution can have.
fn everything() -> Value {
    let mut yaml = institution("todo");
    let spec = &mut yaml["spec"];
    spec["plan"] = json!("large");
    spec["storage"]["accessMode"] = json!("ReadWriteMany");
    spec["access"] = json!([{"group": "personal"}]);
    spec["hostnames"] = json!(["todo.example.net"]);
    spec["addresses"] = json!({"manifest": "http://old.example.org/iiif/{item}"});
    spec["collections"] = json!([{"name": "postales", "source": {"s3": {"bucket": "postales", "endpoint": "https://s3.example.com"}}}]);
    yaml
}

/// The same with nothing of what it can do without.
fn least() -> Value {
    let mut yaml = institution("todo");
    yaml["spec"]["storage"]["accessMode"] = json!("ReadWriteMany");
    yaml
}

/// A life: made, changed, repaired, deleted and retained.
fn live(plane: &ControlPlane) -> Result<()> {
    let kubectl = plane.kubectl();
    let namespace = ["--namespace", "acervo-todo"];
    kubectl.apply(&secret().to_string())?;
    kubectl.apply(&everything().to_string())?;
    plane.play_the_cluster("todo")?;
    plane.becomes_ready("todo")?;
    kubectl.apply(&least().to_string())?;
    for gone in [
        "rolebinding/institution",
        "httproute/public-hosts",
        "networkpolicy/ingest",
        "horizontalpodautoscaler/image-server",
        "poddisruptionbudget/image-server",
    ] {
        kubectl.gone(&[&[gone][..], &namespace].concat())?;
    }
    plane.start_pods("todo")?;
    suspend_and_resume(plane)?;
    // The tables of earlier pods go when no pod needs them any more.
    let tables = [
        &["configmaps", "--selector", "acervo.dev/institution"][..],
        &namespace,
    ]
    .concat();
    kubectl.until("one table", &tables, |tables| {
        plane.start_pods("todo").ok()?;
        (tables["items"].as_array()?.len() == 1).then_some(())
    })?;
    // The copy of a Secret goes with what it is a copy of.
    kubectl.run(&["delete", "secret", "registry-key", "--namespace", "acervo"])?;
    kubectl.gone(&[&["secret", "registry-key"][..], &namespace].concat())?;
    let mut shelf = institution("estante");
    shelf["spec"]["storage"]["existingClaim"] = json!("estante");
    kubectl.apply(&shelf.to_string())?;
    kubectl.until("ClaimMissing", &["inst", "estante"], |resource| {
        (condition(resource, "StorageReady")?.1 == "ClaimMissing").then_some(())
    })?;
    kubectl.run(&["delete", "inst", "todo"])?;
    kubectl.until(
        "it to be retained",
        &["namespace", "acervo-todo"],
        |namespace| {
            (namespace["metadata"]["labels"]["acervo.dev/retained"] == "true").then_some(())
        },
    )
}

/// Readers are led to the notice, by routes in the operator's own namespace, and back.
fn suspend_and_resume(plane: &ControlPlane) -> Result<()> {
    let mut yaml = least();
    yaml["spec"]["suspend"] = json!(true);
    plane.kubectl().apply(&yaml.to_string())?;
    plane.accept_notices("todo")?;
    let own = ["httproute/public", "--namespace", "acervo-todo"];
    plane.kubectl().gone(&own)?;
    plane.kubectl().apply(&least().to_string())?;
    plane.start_pods("todo")?;
    plane.accept_routes("todo")?;
    let notice = ["httproute/public.todo", "--namespace", "acervo"];
    plane.kubectl().gone(&notice)
}

fn texts(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

/// What a role grants.
fn granted(plane: &ControlPlane) -> Result<Vec<(Right, Vec<String>)>> {
    let roles = [
        vec!["clusterrole", "acervo-operator"],
        vec!["role", "acervo-operator", "--namespace", "acervo"],
        vec!["role", "acervo-operator-notices", "--namespace", "acervo"],
        vec!["role", "acervo-operator-events", "--namespace", "default"],
    ];
    let mut rights = Vec::new();
    for role in roles {
        let role = plane
            .kubectl()
            .get(&role)?
            .with_context(|| format!("{role:?}"))?;
        for rule in role["rules"].as_array().into_iter().flatten() {
            let names: Vec<_> = texts(&rule["resourceNames"]).map(str::to_owned).collect();
            for group in texts(&rule["apiGroups"]) {
                for resource in texts(&rule["resources"]) {
                    for verb in texts(&rule["verbs"]) {
                        rights.push((Right::new(verb, group, resource), names.clone()));
                    }
                }
            }
        }
    }
    Ok(rights)
}

#[test]
fn what_the_chart_grants_is_what_the_operator_uses() -> Result<()> {
    let plane = ControlPlane::with_gateway(&values())?;
    let operator = Operator::start(&plane.as_operator()?)?;
    live(&plane).with_context(|| operator.log())?;
    // A watch is in the log when it has ended.
    operator.terminate()?;
    let granted = granted(&plane)?;
    for (right, names) in &granted {
        let text = right.to_string();
        ensure!(!text.contains('*'), "no right is for everything: {text}");
        if right.resource == "secrets" {
            ensure!(
                names == &["registry-key"],
                "{text} is for Secrets that images are pulled with: {names:?}"
            );
            ensure!(right.verb != "get", "{text}: no Secret is read by itself");
        }
    }
    let granted: BTreeSet<_> = granted.into_iter().map(|(right, _)| right).collect();
    let elsewhere: BTreeSet<_> = ELSEWHERE
        .iter()
        .map(|(verb, group, resource, _)| Right::new(verb, group, resource))
        .collect();
    let shown =
        |rights: BTreeSet<&Right>| rights.iter().map(ToString::to_string).collect::<Vec<_>>();
    let look = || -> Result<(BTreeSet<Right>, Vec<String>)> {
        let used = plane.rights_of_operator()?;
        let seen: BTreeSet<_> = used.union(&elsewhere).cloned().collect();
        let unused = shown(granted.difference(&seen).collect());
        Ok((used, unused))
    };
    let logged = until("the log to be whole", Duration::from_secs(30), || {
        Ok(look()?.1.is_empty().then_some(()))
    });
    let (used, unused) = look()?;
    ensure!(
        logged.is_ok(),
        "granted and never used; take it away, or say in this test where it is used: {unused:#?}"
    );
    let missing = shown(used.difference(&granted).collect());
    ensure!(missing.is_empty(), "used and not granted: {missing:#?}");
    let stale = shown(
        elsewhere
            .difference(&granted)
            .chain(elsewhere.intersection(&used))
            .collect(),
    );
    ensure!(
        stale.is_empty(),
        "said to be used elsewhere, and used here or not granted: {stale:#?}"
    );
    Ok(())
}
