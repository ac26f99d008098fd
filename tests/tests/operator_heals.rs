//! What is missing in the cluster is a condition with one sentence, stops nothing else, and heals by
//! itself when it appears.

use std::sync::LazyLock;

use acervo_tests::{ControlPlane, Kubectl, Operator, VALUES, institution};
use anyhow::{Context as _, Result};
use serde_json::json;

struct Bed {
    plane: ControlPlane,
    _operator: Operator,
}

/// Without the Gateway that the values name, and without the Secret that images are pulled with.
static BED: LazyLock<Bed> = LazyLock::new(|| bed().expect("the operator works on a control plane"));

fn values(more: &str) -> String {
    format!("{VALUES}imagePullSecrets: [{{name: registry-key}}]\n{more}")
}

fn bed() -> Result<Bed> {
    let plane = ControlPlane::with_chart(&values(""))?;
    let operator = Operator::start(&plane.as_operator()?)?;
    Ok(Bed {
        plane,
        _operator: operator,
    })
}

fn kubectl() -> &'static Kubectl {
    BED.plane.kubectl()
}

#[test]
fn a_gateway_that_is_missing_and_then_there() -> Result<()> {
    kubectl().apply(&institution("puerta").to_string())?;
    let message = kubectl().becomes("puerta", "RouteAccepted", "False", "GatewayMissing")?;
    assert!(message.contains("gateway/public"), "{message}");
    BED.plane.bind_volume("puerta")?;
    BED.plane.start_pods("puerta")?;
    kubectl().becomes("puerta", "Ready", "False", "GatewayMissing")?;
    BED.plane.gateway("gateway", "public")?;
    kubectl().becomes("puerta", "RouteAccepted", "False", "RoutePending")?;
    BED.plane.accept_routes("puerta")?;
    kubectl().becomes("puerta", "Ready", "True", "Ready")?;
    kubectl().run(&["delete", "gateway", "public", "--namespace", "gateway"])?;
    kubectl().becomes("puerta", "Ready", "False", "GatewayMissing")?;
    BED.plane.gateway("gateway", "public")?;
    kubectl()
        .becomes("puerta", "Ready", "True", "Ready")
        .map(drop)
}

#[test]
fn a_secret_that_images_are_pulled_with() -> Result<()> {
    kubectl().apply(&institution("llave").to_string())?;
    let message = kubectl().becomes("llave", "ServerAvailable", "False", "PullSecretMissing")?;
    assert!(message.contains("registry-key"), "{message}");
    let secret = |password: &str| {
        let config =
            json!({"auths": {"registry.example.org": {"username": "u", "password": password}}});
        json!({
            "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/dockerconfigjson",
            "metadata": {"name": "registry-key", "namespace": "acervo"},
            "stringData": {".dockerconfigjson": config.to_string()},
        })
    };
    let copy = |what: &str| {
        kubectl().until(
            what,
            &["secret", "registry-key", "--namespace", "acervo-llave"],
            |secret| {
                secret["data"][".dockerconfigjson"]
                    .as_str()
                    .map(str::to_owned)
            },
        )
    };
    kubectl().apply(&secret("uno").to_string())?;
    let first = copy("the copy")?;
    kubectl().becomes("llave", "ServerAvailable", "False", "ServerStarting")?;
    kubectl().apply(&secret("dos").to_string())?;
    kubectl().until(
        "another copy",
        &["secret", "registry-key", "--namespace", "acervo-llave"],
        |secret| (secret["data"][".dockerconfigjson"] != first.as_str()).then_some(()),
    )?;
    let account = kubectl().get(&[
        "serviceaccount",
        "image-server",
        "--namespace",
        "acervo-llave",
    ])?;
    let account = account.context("the account")?.to_string();
    assert!(account.contains("registry-key:"), "{account}");
    Ok(())
}

#[test]
fn a_plan_that_the_platform_does_not_have_and_then_has() -> Result<()> {
    let mut yaml = institution("plan");
    yaml["spec"]["plan"] = json!("nacional");
    kubectl().apply(&yaml.to_string())?;
    let message = kubectl().becomes("plan", "Ready", "False", "UnknownPlan")?;
    assert!(
        message.contains("nacional") && message.contains("small"),
        "{message}"
    );
    assert!(kubectl().get(&["namespace/acervo-plan"])?.is_none());
    // Another plan in the values; the operator follows its ConfigMap without a restart.
    let plan = "    nacional:
      resources: {requests: {cpu: 10m, memory: 32Mi}, limits: {memory: 256Mi}}
      ingestResources: {requests: {cpu: 10m, memory: 32Mi}, limits: {memory: 256Mi}}
";
    let values = values("").replace("  plans:\n", &format!("  plans:\n{plan}"));
    BED.plane.install(&values)?;
    kubectl()
        .becomes("plan", "Ready", "False", "VolumePending")
        .map(drop)
}

#[test]
fn a_quota_that_is_too_small_and_then_is_not() -> Result<()> {
    kubectl().run(&["create", "namespace", "acervo-cuota"])?;
    kubectl().run(&[
        "label",
        "namespace",
        "acervo-cuota",
        "acervo.dev/institution=cuota",
    ])?;
    let quota = [
        "create",
        "quota",
        "provider",
        "--hard=pods=0",
        "--namespace",
        "acervo-cuota",
    ];
    kubectl().run(&quota)?;
    kubectl().apply(&institution("cuota").to_string())?;
    let message = kubectl().becomes("cuota", "ServerAvailable", "False", "ServerFailed")?;
    assert!(message.contains("exceeded quota: provider"), "{message}");
    kubectl().run(&["delete", "quota", "provider", "--namespace", "acervo-cuota"])?;
    BED.plane.start_pods("cuota")?;
    kubectl()
        .becomes("cuota", "ServerAvailable", "True", "Available")
        .map(drop)
}

#[test]
fn a_claim_that_somebody_else_makes() -> Result<()> {
    let mut yaml = institution("propia");
    yaml["spec"]["storage"]["existingClaim"] = json!("estante");
    kubectl().apply(&yaml.to_string())?;
    let message = kubectl().becomes("propia", "StorageReady", "False", "ClaimMissing")?;
    assert!(message.contains("estante"), "{message}");
    let claim = json!({
        "apiVersion": "v1", "kind": "PersistentVolumeClaim",
        "metadata": {"name": "estante", "namespace": "acervo-propia"},
        "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "test", "resources": {"requests": {"storage": "5Gi"}}},
    });
    kubectl().apply(&claim.to_string())?;
    kubectl().becomes("propia", "StorageReady", "False", "VolumePending")?;
    let resource = kubectl()
        .get(&["inst", "propia"])?
        .context("the resource")?;
    assert_eq!(resource["status"]["storage"]["requested"], "5Gi");
    assert!(
        kubectl()
            .get(&["persistentvolumeclaim/data", "--namespace", "acervo-propia"])?
            .is_none()
    );
    Ok(())
}

#[test]
fn a_bad_configuration_is_told_and_the_one_before_stays_in_use() -> Result<()> {
    let map = ["configmap", "acervo", "--namespace", "acervo"];
    let good = kubectl().get(&map)?.context("the configuration")?["data"]["config.yaml"].clone();
    kubectl().patch(
        &map,
        &json!({"data": {"config.yaml": "platform: {plans: nothing}"}}),
    )?;
    kubectl().apply(&institution("entretanto").to_string())?;
    kubectl().becomes("entretanto", "Ready", "False", "VolumePending")?;
    kubectl().patch(&map, &json!({"data": {"config.yaml": good}}))?;
    Ok(())
}
