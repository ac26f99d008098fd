//! The platform's configuration: what is read, and what the messages name.

use acervo_operator::config::{OperatorConfig, PullPolicy, Routing};

use crate::fixture::{GATEWAY, INGRESS};

#[test]
fn absent_fields_have_their_defaults() {
    let config = OperatorConfig::from_yaml(INGRESS).unwrap();
    let plan = &config.platform.plans["small"];
    assert_eq!((plan.replicas, plan.most_replicas()), (1, 1));
    assert_eq!(config.image.pull_policy, PullPolicy::Never);
    assert_eq!(
        (config.ingest.max_concurrent, config.ingest.backoff_limit),
        (1, 2)
    );
    assert_eq!(config.network_policy.dns.selectors.len(), 1);
    let gateway = GATEWAY.replace("    sectionName: web\n", "");
    let config = OperatorConfig::from_yaml(&gateway).unwrap();
    assert!(
        matches!(config.routing, Routing::Gateway(g) if g.https_port == 443 && g.section_name.is_none())
    );
}

#[test]
fn a_fault_is_named_with_its_field() {
    for (field, written, instead) in [
        (
            "platform.baseUrl",
            "https://iiif.example.org/{institution}",
            "iiif.example.org",
        ),
        (
            "platform.plans.small.replicas",
            "    small: &small\n",
            "    small:\n      replicas: 0\n",
        ),
        (
            "platform.plans.big.maxReplicas",
            "maxReplicas: 6",
            "maxReplicas: 1",
        ),
        (
            "platform.plans.big.resources",
            "limits: {cpu: 2, memory: 2Gi}",
            "limits: {memory: 128Mi}",
        ),
        (
            "platform.plans.big.resources.limits.memory",
            "memory: 2Gi",
            "memory: 2 GiB",
        ),
        (
            "platform.plans.small.resources.requests",
            "{cpu: 50m, memory: 64Mi}",
            "{memory: 64Mi}",
        ),
        (
            "image.pullPolicy",
            "  pullSecrets",
            "  pullPolicy: Sometimes\n  pullSecrets",
        ),
        (
            "image.reference",
            "reference: registry.example.org/platform/acervo:1.2.3",
            "reference: ''",
        ),
        ("routing", "  gateway:\n    name", "  gatewai:\n    name"),
        ("networkPolicy.nodeCIDRs[0]", "10.10.0.0/24", "10.10.0.0/64"),
        (
            "ingest.maxConcurrent",
            "maxConcurrent: 2",
            "maxConcurrent: 0",
        ),
        ("ingest", "maxConcurrent: 2", "concurrency: 2"),
        (
            "sources.s3.allowedEndpoints[0]",
            "minio.storage.svc",
            "http://minio.storage.svc",
        ),
        (
            "sources.s3.allowedEndpoints[1]",
            "10.1.0.0/16",
            "10.1.0.0/33",
        ),
    ] {
        assert!(GATEWAY.contains(written), "{written}");
        let error = OperatorConfig::from_yaml(&GATEWAY.replace(written, instead)).unwrap_err();
        let text = error.to_string();
        assert!(text.contains(&format!("at {field}")), "{field}: {text}");
    }
}

#[test]
fn an_unknown_field_is_named_with_those_that_are_known() {
    let typing_error = GATEWAY.replace("storageClassName: shelf", "storageClass: shelf");
    let error = OperatorConfig::from_yaml(&typing_error)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("storageClass") && error.contains("`storageClassName`"),
        "{error}"
    );
}

#[test]
fn without_a_way_in_the_configuration_is_refused() {
    let closed = INGRESS.replace(
        "  gatewaySelectors:\n  - namespaceLabels: {kubernetes.io/metadata.name: web-system}\n",
        "",
    );
    let error = OperatorConfig::from_yaml(&closed).unwrap_err().to_string();
    assert!(error.contains("networkPolicy.gatewaySelectors"), "{error}");
}

#[test]
fn what_is_no_yaml_is_refused_with_its_place() {
    let error = OperatorConfig::from_yaml("platform: {\n")
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("the configuration is no YAML") && error.contains("line"),
        "{error}"
    );
}

/// The snapshots of the chart are what helm makes of every kind of values.
#[test]
fn what_the_chart_writes_is_a_configuration() {
    let rendered = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/chart/rendered");
    let mut read = 0;
    for file in std::fs::read_dir(rendered).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let map = text
            .split("\n---\n")
            .find(|object| object.contains("\nkind: ConfigMap\n"));
        let map: serde_json::Value = serde_saphyr::from_str(map.unwrap()).unwrap();
        let config = map["data"]["config.yaml"].as_str().unwrap();
        let config = OperatorConfig::from_yaml(config);
        assert!(config.is_ok(), "{}: {config:?}", path.display());
        read += 1;
    }
    assert!(read >= 4, "{read} snapshots");
}
