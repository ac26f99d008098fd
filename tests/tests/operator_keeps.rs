//! The operator against a real API server: it makes what the design says, follows changes, repairs what
//! others do, settles claims, and leaves behind what it must.

use std::sync::LazyLock;
use std::time::Duration;

use acervo_tests::{ControlPlane, Kubectl, Operator, VALUES, institution, until};
use anyhow::{Context as _, Result};
use serde_json::{Value, json};

struct Bed {
    plane: ControlPlane,
    operator: Operator,
}

static BED: LazyLock<Bed> = LazyLock::new(|| bed().expect("the operator works on a control plane"));

fn bed() -> Result<Bed> {
    let plane = ControlPlane::with_gateway(VALUES)?;
    let operator = Operator::start(&plane.as_operator()?)?;
    Ok(Bed { plane, operator })
}

fn kubectl() -> &'static Kubectl {
    BED.plane.kubectl()
}

fn apply(yaml: &Value) -> Result<()> {
    kubectl().apply(&yaml.to_string()).map(drop)
}

/// An institution whose plan and volume allow everything that an institution can have.
fn large(name: &str) -> Value {
    let mut yaml = institution(name);
    yaml["spec"]["plan"] = json!("large");
    yaml["spec"]["storage"]["accessMode"] = json!("ReadWriteMany");
    yaml["spec"]["access"] = json!([{"group": "staff"}]);
    yaml["spec"]["hostnames"] = json!([format!("{name}.example.net")]);
    yaml
}

/// Every child of an institution with everything, as kubectl names them; `{table}` is its tenant table.
const CHILDREN: [&str; 17] = [
    "serviceaccount/image-server",
    "serviceaccount/ingest",
    "resourcequota/institution",
    "limitrange/institution",
    "networkpolicy/default-deny",
    "networkpolicy/image-server",
    "rolebinding/institution",
    "persistentvolumeclaim/data",
    "configmap/{table}",
    "configmap/institution-status",
    "deployment/image-server",
    "poddisruptionbudget/image-server",
    "horizontalpodautoscaler/image-server",
    "service/image-server",
    "httproute/public",
    "httproute/public-hosts",
    "namespace/acervo-{name}",
];

/// The children of `name` by their kubectl names.
fn children(name: &str) -> Result<Vec<String>> {
    let namespace = format!("acervo-{name}");
    let table = kubectl().until(
        "the tenant table",
        &[
            "configmaps",
            "--namespace",
            &namespace,
            "--selector",
            "acervo.dev/institution",
        ],
        |maps| {
            let maps = maps["items"].as_array()?.iter();
            let mut names = maps.filter_map(|map| map["metadata"]["name"].as_str());
            names
                .find(|name| name.starts_with("tenant-"))
                .map(str::to_owned)
        },
    )?;
    let named = |child: &&str| child.replace("{table}", &table).replace("{name}", name);
    Ok(CHILDREN.iter().map(named).collect())
}

fn get(child: &str, namespace: &str) -> Result<Option<Value>> {
    kubectl().get(&[child, "--namespace", namespace])
}

#[test]
fn an_institution_gets_every_child_and_becomes_ready_when_they_are() -> Result<()> {
    apply(&large("completa"))?;
    let message = kubectl().becomes("completa", "Ready", "False", "VolumePending")?;
    assert!(message.contains("PersistentVolumeClaim"), "{message}");
    for child in children("completa")? {
        let object = kubectl().until(
            &child,
            &[&child, "--namespace", "acervo-completa"],
            |object| object.get("metadata").cloned(),
        )?;
        assert_eq!(
            object["labels"]["acervo.dev/institution"], "completa",
            "{child}"
        );
    }
    let namespace = get("namespace/acervo-completa", "")?.context("a namespace")?;
    let enforced = &namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"];
    assert_eq!(enforced, "restricted");
    BED.plane.play_the_cluster("completa")?;
    let message = kubectl().becomes("completa", "Ready", "True", "Ready")?;
    assert!(
        message.contains("http://iiif.example.org/completa/"),
        "{message}"
    );
    for (type_, reason) in [
        ("StorageReady", "Bound"),
        ("ServerAvailable", "Available"),
        ("RouteAccepted", "Accepted"),
        ("HostnamesAccepted", "Accepted"),
    ] {
        kubectl().becomes("completa", type_, "True", reason)?;
    }
    let resource = kubectl()
        .get(&["inst", "completa"])?
        .context("the resource")?;
    let status = &resource["status"];
    assert_eq!(status["url"], "http://iiif.example.org/completa/");
    assert_eq!(status["namespace"], "acervo-completa");
    assert_eq!(
        status["observedGeneration"],
        resource["metadata"]["generation"]
    );
    assert_eq!(status["storage"]["requested"], "10Gi");
    assert_eq!(status["collections"][0]["name"], "mapas");
    let table = kubectl().run(&["get", "inst", "completa"])?;
    for column in ["READY", "URL", "PUBLISHED", "REFUSED", "AGE", "True"] {
        assert!(table.contains(column), "{table}");
    }
    let told = kubectl().run(&["describe", "inst", "completa"])?;
    for words in [
        "VolumePending",
        "Ready: readers can use http://iiif.example.org/completa/",
    ] {
        assert!(told.contains(words), "an event with \"{words}\":\n{told}");
    }
    Ok(())
}

#[test]
fn a_changed_resource_changes_its_children_and_what_is_no_longer_wanted_goes() -> Result<()> {
    apply(&large("cambia"))?;
    let before = children("cambia")?;
    BED.plane.play_the_cluster("cambia")?;
    kubectl().becomes("cambia", "Ready", "True", "Ready")?;
    let mut changed = institution("cambia");
    changed["spec"]["plan"] = json!("large");
    changed["spec"]["storage"]["accessMode"] = json!("ReadWriteMany");
    changed["spec"]["collections"] = json!([{"name": "planos", "source": {"directory": "planos"}}]);
    apply(&changed)?;
    for gone in ["rolebinding/institution", "httproute/public-hosts"] {
        kubectl().gone(&[gone, "--namespace", "acervo-cambia"])?;
    }
    // The old table stays until the last pod that was started with it is gone.
    let old = before
        .iter()
        .find(|child| child.starts_with("configmap/tenant-"))
        .context("a table")?;
    let pods = ["deployment/image-server", "--namespace", "acervo-cambia"];
    let new = kubectl().until("pods with a new table", &pods, |deployment| {
        let volumes = deployment["spec"]["template"]["spec"]["volumes"].as_array()?;
        let map = volumes
            .iter()
            .find_map(|volume| volume["configMap"]["name"].as_str())?;
        (format!("configmap/{map}") != *old).then(|| format!("configmap/{map}"))
    })?;
    assert!(
        get(old, "acervo-cambia")?.is_some(),
        "while the old pods run"
    );
    // A rollout of two pods, one after the other.
    until("the old table to go", Duration::from_secs(60), || {
        BED.plane.start_pods("cambia")?;
        Ok(get(old, "acervo-cambia")?.is_none().then_some(()))
    })?;
    let table = get(&new, "acervo-cambia")?.context("the new table")?;
    let table: Value =
        serde_json::from_str(table["data"]["tenants.json"].as_str().context("a table")?)?;
    assert_eq!(table["tenants"][0]["collections"][0]["name"], "planos");
    Ok(())
}

#[test]
fn a_child_that_somebody_deletes_comes_back() -> Result<()> {
    apply(&large("borrada"))?;
    for child in children("borrada")? {
        if child.starts_with("namespace/") {
            continue;
        }
        let target = [child.as_str(), "--namespace", "acervo-borrada"];
        let uid = |object: &Value| object["metadata"]["uid"].as_str().map(str::to_owned);
        let before = kubectl().until(&child, &target, uid)?;
        kubectl().run(&[
            "delete",
            &child,
            "--namespace",
            "acervo-borrada",
            "--wait=false",
        ])?;
        kubectl().until(&format!("{child} to come back"), &target, |object| {
            uid(object).filter(|now| *now != before)
        })?;
    }
    Ok(())
}

/// What somebody changes in a child, and where to see that it is as before.
const EDITS: [(&str, &str, &str); 16] = [
    (
        "serviceaccount/image-server",
        r#"{"automountServiceAccountToken":true}"#,
        "/automountServiceAccountToken",
    ),
    (
        "serviceaccount/ingest",
        r#"{"metadata":{"labels":{"acervo.dev/institution":"otra"}}}"#,
        "/metadata/labels",
    ),
    (
        "resourcequota/institution",
        r#"{"spec":{"hard":{"pods":"100"}}}"#,
        "/spec/hard/pods",
    ),
    (
        "limitrange/institution",
        r#"{"spec":{"limits":[]}}"#,
        "/spec/limits",
    ),
    (
        "networkpolicy/default-deny",
        r#"{"spec":{"policyTypes":["Egress"]}}"#,
        "/spec/policyTypes",
    ),
    (
        "networkpolicy/image-server",
        r#"{"spec":{"ingress":[{}]}}"#,
        "/spec/ingress",
    ),
    ("rolebinding/institution", r#"{"subjects":[]}"#, "/subjects"),
    (
        "persistentvolumeclaim/data",
        r#"{"metadata":{"labels":{"app.kubernetes.io/managed-by":null}}}"#,
        "/metadata/labels",
    ),
    (
        "configmap/{table}",
        r#"{"metadata":{"labels":{"acervo.dev/institution":null}}}"#,
        "/metadata/labels",
    ),
    (
        "configmap/institution-status",
        r#"{"data":{"Suspended":"True Suspended: it never was"}}"#,
        "/data/Suspended",
    ),
    (
        "deployment/image-server",
        r#"{"spec":{"strategy":{"type":"Recreate","rollingUpdate":null}}}"#,
        "/spec/strategy/type",
    ),
    (
        "poddisruptionbudget/image-server",
        r#"{"spec":{"maxUnavailable":2}}"#,
        "/spec/maxUnavailable",
    ),
    (
        "horizontalpodautoscaler/image-server",
        r#"{"spec":{"maxReplicas":90}}"#,
        "/spec/maxReplicas",
    ),
    (
        "service/image-server",
        r#"{"spec":{"selector":{"acervo.dev/institution":"otra"}}}"#,
        "/spec/selector",
    ),
    (
        "httproute/public",
        r#"{"spec":{"hostnames":["robado.example.org"]}}"#,
        "/spec/hostnames",
    ),
    (
        "namespace/acervo-{name}",
        r#"{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"privileged"}}}"#,
        "/metadata/labels/pod-security.kubernetes.io~1enforce",
    ),
];

#[test]
fn a_field_that_somebody_changes_is_changed_back_in_every_kind_of_child() -> Result<()> {
    apply(&large("editada"))?;
    let table = children("editada")?
        .into_iter()
        .find(|child| child.starts_with("configmap/tenant-"));
    let table = table.context("a table")?;
    for (child, patch, field) in EDITS {
        let child = child
            .replace("configmap/{table}", &table)
            .replace("{name}", "editada");
        let target = [child.as_str(), "--namespace", "acervo-editada"];
        let before = kubectl().until(&child, &target, |object| object.pointer(field).cloned())?;
        kubectl().patch(&target, &serde_json::from_str(patch)?)?;
        kubectl().until(
            &format!("{field} of {child} to be {before}"),
            &target,
            |object| (object.pointer(field) == Some(&before)).then_some(()),
        )?;
    }
    // The mark by which a namespace is ours is put back too, because the rest of it is on record as ours.
    let namespace = ["namespace/acervo-editada"];
    kubectl().patch(
        &namespace,
        &json!({"metadata": {"labels": {"acervo.dev/institution": null}}}),
    )?;
    kubectl().until("the label to come back", &namespace, |namespace| {
        (namespace["metadata"]["labels"]["acervo.dev/institution"] == "editada").then_some(())
    })
}

#[test]
fn what_others_add_to_a_child_stays_and_what_they_take_over_is_taken_back() -> Result<()> {
    apply(&institution("ajena"))?;
    let target = ["deployment/image-server", "--namespace", "acervo-ajena"];
    kubectl().until("the Deployment", &target, |d| d.get("spec").map(drop))?;
    let theirs = json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "image-server", "namespace": "acervo-ajena", "annotations": {"others.example.org/note": "kept"}},
        "spec": {"replicas": 7},
    });
    let arguments = [
        "apply",
        "--server-side",
        "--force-conflicts",
        "--field-manager",
        "others",
        "--filename",
        "-",
    ];
    kubectl().with(&arguments, &theirs.to_string())?;
    kubectl().until("one replica", &target, |d| {
        (d["spec"]["replicas"] == 1).then_some(())
    })?;
    let deployment = get("deployment/image-server", "acervo-ajena")?.context("the Deployment")?;
    assert_eq!(
        deployment["metadata"]["annotations"]["others.example.org/note"],
        "kept"
    );
    // An object with our label that others made is theirs.
    let map = json!({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": "notas", "namespace": "acervo-ajena", "labels": {"acervo.dev/institution": "ajena"}},
    });
    apply(&map)?;
    let mut changed = institution("ajena");
    changed["spec"]["homepage"] = json!("https://www.example.org/ajena/");
    apply(&changed)?;
    kubectl().until(
        "the generation to be observed",
        &["inst", "ajena"],
        |resource| (resource["status"]["observedGeneration"] == 2).then_some(()),
    )?;
    assert!(get("configmap/notas", "acervo-ajena")?.is_some());
    Ok(())
}

#[test]
fn of_two_that_claim_a_host_the_older_keeps_it_until_it_goes() -> Result<()> {
    let claiming = |name: &str| {
        let mut yaml = institution(name);
        yaml["spec"]["hostnames"] = json!(["disputado.example.net"]);
        yaml
    };
    apply(&claiming("primera"))?;
    kubectl().becomes("primera", "HostnamesAccepted", "True", "Accepted")?;
    kubectl().ages(&["inst", "primera"])?;
    apply(&claiming("segunda"))?;
    let message = kubectl().becomes("segunda", "HostnamesAccepted", "False", "HostnameClaimed")?;
    assert!(
        message.contains("disputado.example.net") && message.contains("primera"),
        "{message}"
    );
    BED.plane.play_the_cluster("segunda")?;
    kubectl().becomes("segunda", "Ready", "True", "Ready")?;
    let route = |name: &str| get("httproute/public-hosts", &format!("acervo-{name}"));
    assert!(route("primera")?.is_some() && route("segunda")?.is_none());
    kubectl().run(&["delete", "inst", "primera"])?;
    kubectl().becomes("segunda", "HostnamesAccepted", "True", "Accepted")?;
    assert!(route("segunda")?.is_some());
    Ok(())
}

#[test]
fn a_namespace_of_somebody_else_is_not_touched_and_the_institution_waits_for_it() -> Result<()> {
    kubectl().run(&["create", "namespace", "acervo-ocupada"])?;
    let before = get("namespace/acervo-ocupada", "")?;
    apply(&institution("ocupada"))?;
    let message = kubectl().becomes("ocupada", "Ready", "False", "NamespaceTaken")?;
    assert!(message.contains("acervo-ocupada"), "{message}");
    assert_eq!(get("namespace/acervo-ocupada", "")?, before);
    assert!(get("deployment/image-server", "acervo-ocupada")?.is_none());
    kubectl().run(&["delete", "namespace", "acervo-ocupada"])?;
    kubectl()
        .becomes("ocupada", "Ready", "False", "VolumePending")
        .map(drop)
}

#[test]
fn a_retained_institution_leaves_namespace_and_volume_and_finds_them_again() -> Result<()> {
    apply(&large("vuelve"))?;
    BED.plane.play_the_cluster("vuelve")?;
    kubectl().becomes("vuelve", "Ready", "True", "Ready")?;
    let claim = get("persistentvolumeclaim/data", "acervo-vuelve")?.context("a claim")?;
    let children = children("vuelve")?;
    kubectl().run(&["delete", "inst", "vuelve"])?;
    for child in &children {
        let retained =
            ["persistentvolumeclaim/data", "namespace/acervo-vuelve"].contains(&child.as_str());
        let target = [child.as_str(), "--namespace", "acervo-vuelve"];
        if retained {
            kubectl().until(&format!("{child} to be retained"), &target, |object| {
                (object["metadata"]["labels"]["acervo.dev/retained"] == "true").then_some(())
            })?;
        } else {
            kubectl().gone(&target)?;
        }
    }
    apply(&large("vuelve"))?;
    BED.plane.start_pods("vuelve")?;
    BED.plane.accept_routes("vuelve")?;
    kubectl().becomes("vuelve", "Ready", "True", "Ready")?;
    let again = get("persistentvolumeclaim/data", "acervo-vuelve")?.context("the claim")?;
    assert_eq!(
        again["metadata"]["uid"], claim["metadata"]["uid"],
        "the same volume"
    );
    for object in [
        again,
        get("namespace/acervo-vuelve", "")?.context("the namespace")?,
    ] {
        assert_eq!(
            object["metadata"]["labels"].get("acervo.dev/retained"),
            None
        );
    }
    Ok(())
}

#[test]
fn an_institution_that_is_to_be_deleted_leaves_nothing() -> Result<()> {
    let mut yaml = institution("efimera");
    yaml["spec"]["deletionPolicy"] = json!("Delete");
    apply(&yaml)?;
    kubectl().becomes("efimera", "Ready", "False", "VolumePending")?;
    kubectl().run(&["delete", "inst", "efimera"])?;
    kubectl().gone(&["namespace/acervo-efimera"])
}

#[test]
fn the_admin_port_tells_of_life_readiness_and_figures() -> Result<()> {
    for path in ["/livez", "/readyz"] {
        let answer = BED.operator.admin(path)?;
        assert_eq!(
            (answer.status, answer.text().as_str()),
            (200, "ok\n"),
            "{path}"
        );
    }
    apply(&institution("contada"))?;
    kubectl().becomes("contada", "Ready", "False", "VolumePending")?;
    assert!(
        BED.operator
            .metric("acervo_operator_writes_total{kind=\"Service\",verb=\"apply\"}")?
            > 0.0
    );
    assert!(
        BED.operator
            .metric("acervo_operator_reconciles_total{outcome=\"ok\",reason=\"ok\"}")?
            > 0.0
    );
    Ok(())
}
