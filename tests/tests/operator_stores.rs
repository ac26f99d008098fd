//! Volumes on a real API server, with a stand-in for the storage driver: they grow whatever else happens,
//! never shrink, and those that others made are theirs.

use std::sync::LazyLock;

use acervo_tests::{ControlPlane, Kubectl, Operator, VALUES, institution};
use anyhow::{Context as _, Result};
use serde_json::{Value, json};

struct Bed {
    plane: ControlPlane,
    _operator: Operator,
}

static BED: LazyLock<Bed> = LazyLock::new(|| bed().expect("the operator works on a control plane"));

/// A class that lets volumes grow.
const GROWS: &str = "grows";
/// A class that does not.
const STAYS: &str = "stays";

fn bed() -> Result<Bed> {
    let plane = ControlPlane::with_chart(VALUES)?;
    plane.gateway("gateway", "public")?;
    for (name, expandable) in [(GROWS, true), (STAYS, false)] {
        plane
            .kubectl()
            .apply(&class(name, expandable).to_string())?;
    }
    let operator = Operator::start(&plane.as_operator()?)?;
    Ok(Bed {
        plane,
        _operator: operator,
    })
}

fn class(name: &str, expandable: bool) -> Value {
    json!({
        "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name},
        "provisioner": "test.example.org/driver", "allowVolumeExpansion": expandable,
    })
}

fn kubectl() -> &'static Kubectl {
    BED.plane.kubectl()
}

fn of_class(name: &str, class: &str) -> Value {
    let mut yaml = institution(name);
    yaml["spec"]["storage"]["storageClassName"] = json!(class);
    yaml
}

fn apply(yaml: &Value) -> Result<()> {
    kubectl().apply(&yaml.to_string()).map(drop)
}

/// The sizes in the status: asked for and had.
fn sizes(name: &str, requested: &str, capacity: &str) -> Result<()> {
    let what = format!("{requested} asked for, {capacity} had");
    kubectl().until(&what, &["inst", name], |resource| {
        let storage = &resource["status"]["storage"];
        (storage["requested"] == requested && storage["capacity"] == capacity).then_some(())
    })
}

fn requested(name: &str) -> Result<String> {
    let namespace = format!("acervo-{name}");
    let claim = ["persistentvolumeclaim/data", "--namespace", &namespace];
    let claim = kubectl().get(&claim)?.context("a claim")?;
    let size = &claim["spec"]["resources"]["requests"]["storage"];
    Ok(size.as_str().context("a size")?.to_owned())
}

/// A full volume shows as a server that does not get ready and a rollout that does not end: neither may
/// hold up the only thing that helps.
#[test]
fn a_volume_grows_while_a_new_image_rolls_out_and_no_server_answers() -> Result<()> {
    let mut yaml = of_class("llena", GROWS);
    apply(&yaml)?;
    BED.plane.play_the_cluster("llena")?;
    kubectl().becomes("llena", "Ready", "True", "Ready")?;
    BED.plane
        .install(&format!("{VALUES}image: {{tag: another}}\n"))?;
    yaml["spec"]["storage"]["size"] = json!("20Gi");
    apply(&yaml)?;
    let deployment = ["deployment/image-server", "--namespace", "acervo-llena"];
    kubectl().until("the new image", &deployment, |deployment| {
        let image = &deployment["spec"]["template"]["spec"]["containers"][0]["image"];
        image.as_str()?.ends_with(":another").then_some(())
    })?;
    sizes("llena", "20Gi", "10Gi")?;
    BED.plane.grow_volume("llena", "20Gi")?;
    sizes("llena", "20Gi", "20Gi")?;
    BED.plane.start_pods("llena")?;
    kubectl()
        .becomes("llena", "Ready", "True", "Ready")
        .map(drop)
}

#[test]
fn a_class_that_does_not_let_volumes_grow_is_told_until_it_does() -> Result<()> {
    let mut yaml = of_class("fija", STAYS);
    apply(&yaml)?;
    BED.plane.play_the_cluster("fija")?;
    kubectl().becomes("fija", "StorageReady", "True", "Bound")?;
    yaml["spec"]["storage"]["size"] = json!("20Gi");
    apply(&yaml)?;
    let message = kubectl().becomes("fija", "StorageReady", "True", "StorageCannotGrow")?;
    assert!(message.contains("allowVolumeExpansion: true"), "{message}");
    assert_eq!(requested("fija")?, "10Gi");
    kubectl().becomes("fija", "Ready", "True", "Ready")?;
    apply(&class(STAYS, true))?;
    BED.plane.grow_volume("fija", "20Gi")?;
    kubectl()
        .becomes("fija", "StorageReady", "True", "Bound")
        .map(drop)
}

#[test]
fn a_driver_that_cannot_make_a_volume_larger_is_quoted_and_readers_notice_nothing() -> Result<()> {
    let mut yaml = of_class("negada", GROWS);
    apply(&yaml)?;
    BED.plane.play_the_cluster("negada")?;
    yaml["spec"]["storage"]["size"] = json!("20Gi");
    apply(&yaml)?;
    sizes("negada", "20Gi", "10Gi")?;
    BED.plane.refuse_to_grow("negada", "the shelf is full")?;
    let message = kubectl().becomes("negada", "StorageReady", "True", "ResizeFailed")?;
    assert!(message.contains("the shelf is full"), "{message}");
    kubectl().becomes("negada", "Ready", "True", "Ready")?;
    BED.plane.grow_volume("negada", "20Gi")?;
    kubectl()
        .becomes("negada", "StorageReady", "True", "Bound")
        .map(drop)
}

#[test]
fn a_kept_volume_that_is_larger_than_what_is_asked_for_stays_and_is_told() -> Result<()> {
    let mut yaml = of_class("menor", GROWS);
    apply(&yaml)?;
    BED.plane.play_the_cluster("menor")?;
    kubectl().becomes("menor", "Ready", "True", "Ready")?;
    kubectl().run(&["delete", "inst", "menor"])?;
    yaml["spec"]["storage"]["size"] = json!("2Gi");
    apply(&yaml)?;
    let message = kubectl().becomes("menor", "StorageReady", "True", "StorageLarger")?;
    assert!(
        message.contains("10Gi") && message.contains("2Gi"),
        "{message}"
    );
    assert_eq!(requested("menor")?, "10Gi");
    // What the message says to write.
    yaml["spec"]["storage"]["size"] = json!("10Gi");
    apply(&yaml)?;
    kubectl()
        .becomes("menor", "StorageReady", "True", "Bound")
        .map(drop)
}

/// As the recipe for restoring from a snapshot says: the claim is made by the provider, from a snapshot,
/// and never by the operator.
#[test]
fn a_claim_that_was_restored_from_a_snapshot_is_adopted_and_outlives_the_institution() -> Result<()>
{
    let namespace = json!({
        "apiVersion": "v1", "kind": "Namespace",
        "metadata": {"name": "acervo-restaurada", "labels": {"acervo.dev/institution": "restaurada"}},
    });
    let claim = json!({
        "apiVersion": "v1", "kind": "PersistentVolumeClaim",
        "metadata": {"name": "restored", "namespace": "acervo-restaurada"},
        "spec": {
            "storageClassName": GROWS,
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "10Gi"}},
            "dataSource": {"apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": "monday"},
        },
    });
    let mut yaml = of_class("restaurada", GROWS);
    yaml["spec"]["storage"]["existingClaim"] = json!("restored");
    yaml["spec"]["deletionPolicy"] = json!("Delete");
    apply(&namespace)?;
    apply(&yaml)?;
    kubectl().becomes("restaurada", "StorageReady", "False", "ClaimMissing")?;
    apply(&claim)?;
    BED.plane.bind_claim("restaurada", "restored")?;
    BED.plane.start_pods("restaurada")?;
    BED.plane.accept_routes("restaurada")?;
    kubectl().becomes("restaurada", "Ready", "True", "Ready")?;
    let target = [
        "persistentvolumeclaim/restored",
        "--namespace",
        "acervo-restaurada",
    ];
    let before = kubectl().get(&target)?.context("the claim")?;
    let deployment = [
        "deployment/image-server",
        "--namespace",
        "acervo-restaurada",
    ];
    let pods = kubectl().get(&deployment)?.context("the Deployment")?;
    let volumes = &pods["spec"]["template"]["spec"]["volumes"];
    let mounted = volumes.as_array().into_iter().flatten();
    let mounted: Vec<_> = mounted
        .filter_map(|volume| volume["persistentVolumeClaim"]["claimName"].as_str())
        .collect();
    assert_eq!(mounted, ["restored"]);

    kubectl().run(&["delete", "inst", "restaurada"])?;
    kubectl().gone(&deployment)?;
    kubectl().until(
        "the namespace to be retained",
        &["namespace/acervo-restaurada"],
        |namespace| {
            (namespace["metadata"]["labels"]["acervo.dev/retained"] == "true").then_some(())
        },
    )?;
    let after = kubectl()
        .get(&target)?
        .context("the claim is still there")?;
    for field in ["uid", "labels", "ownerReferences", "deletionTimestamp"] {
        assert_eq!(
            after["metadata"][field], before["metadata"][field],
            "{field}"
        );
    }
    apply(&yaml)?;
    BED.plane.start_pods("restaurada")?;
    BED.plane.accept_routes("restaurada")?;
    kubectl()
        .becomes("restaurada", "Ready", "True", "Ready")
        .map(drop)
}
