//! What institutions share with others: hosts, of which each keeps the part that it published on before,
//! and S3 services, of which those inside must be allowed.

use std::sync::LazyLock;

use acervo_tests::{ControlPlane, Kubectl, Operator, VALUES, institution};
use anyhow::{Context as _, Result};
use serde_json::{Value, json};

struct Bed {
    plane: ControlPlane,
    _operator: Operator,
}

static BED: LazyLock<Bed> = LazyLock::new(|| bed().expect("the operator works on a control plane"));

fn bed() -> Result<Bed> {
    let plane = ControlPlane::with_gateway(VALUES)?;
    let operator = Operator::start(&plane.as_operator()?)?;
    Ok(Bed {
        plane,
        _operator: operator,
    })
}

fn kubectl() -> &'static Kubectl {
    BED.plane.kubectl()
}

fn apply(yaml: &Value) -> Result<()> {
    kubectl().apply(&yaml.to_string()).map(drop)
}

fn keeping(name: &str, manifest: &str) -> Value {
    let mut yaml = institution(name);
    yaml["spec"]["addresses"] = json!({"manifest": manifest});
    yaml
}

/// Host and path of a route, once it is there.
fn route(institution: &str, name: &str) -> Result<(String, String)> {
    let namespace = format!("acervo-{institution}");
    let what = ["httproute", name, "--namespace", &namespace];
    kubectl().until(name, &what, |route| {
        let text = |at: &str| Some(route.pointer(at)?.as_str()?.to_owned());
        Some((
            text("/spec/hostnames/0")?,
            text("/spec/rules/0/matches/0/path/value")?,
        ))
    })
}

#[test]
fn each_institution_keeps_its_own_part_of_a_host() -> Result<()> {
    let template = "http://Imagenes.example.org/iiif/prezi/bdc/{institution}/{collection}/{item}";
    for name in ["parte-una", "parte-dos"] {
        let mut yaml = keeping(name, template);
        yaml["spec"]["addresses"]["image"] =
            json!("http://iiif.example.org/img/{institution}/2/{identifier}");
        apply(&yaml)?;
        let manifests = route(name, "public-manifests")?;
        let path = format!("/iiif/prezi/bdc/{name}");
        assert_eq!(manifests, ("imagenes.example.org".to_owned(), path));
        let path = format!("/img/{name}/2");
        let images = route(name, "public-images")?;
        assert_eq!(images, ("iiif.example.org".to_owned(), path));
        kubectl().becomes(name, "HostnamesAccepted", "True", "Accepted")?;
    }
    BED.plane.play_the_cluster("parte-una")?;
    kubectl().becomes("parte-una", "Ready", "True", "Ready")?;
    // What is kept no longer is routed no longer.
    let mut yaml = keeping("parte-una", template);
    yaml["spec"]["addresses"]["image"] = Value::Null;
    apply(&yaml)?;
    let gone = [
        "httproute",
        "public-images",
        "--namespace",
        "acervo-parte-una",
    ];
    kubectl().gone(&gone)
}

#[test]
fn a_part_of_a_host_is_the_older_institutions_until_it_gives_it_up() -> Result<()> {
    let (older, younger) = (
        "http://bdc.example.org/iiif/{item}/manifest.json",
        "http://bdc.example.org/iiif/{institution}/{item}/manifest.json",
    );
    apply(&keeping("primera", older))?;
    route("primera", "public-manifests")?;
    kubectl().ages(&["inst", "primera"])?;
    apply(&keeping("segunda", younger))?;
    let message = kubectl().becomes("segunda", "HostnamesAccepted", "False", "AddressClaimed")?;
    assert!(
        message.contains("spec.addresses.manifest") && message.contains("primera"),
        "{message}"
    );
    BED.plane.play_the_cluster("segunda")?;
    kubectl().becomes("segunda", "Ready", "True", "Ready")?;
    apply(&keeping("primera", "http://bdc.example.org/p/{item}"))?;
    kubectl().becomes("segunda", "HostnamesAccepted", "True", "Accepted")?;
    let expected = ("bdc.example.org".to_owned(), "/iiif/segunda".to_owned());
    assert_eq!(route("segunda", "public-manifests")?, expected);
    assert_eq!(route("primera", "public-manifests")?.1, "/p");
    Ok(())
}

/// The one that lives at a path comes first, whenever it moves in.
#[test]
fn what_was_kept_on_the_platforms_host_gives_way_to_an_institution_of_that_name() -> Result<()> {
    let template = "http://iiif.example.org/vecina/{item}/manifest.json";
    apply(&keeping("inquilina", template))?;
    route("inquilina", "public-manifests")?;
    apply(&institution("vecina"))?;
    kubectl().becomes("inquilina", "HostnamesAccepted", "False", "AddressClaimed")?;
    kubectl().run(&["delete", "inst", "vecina"])?;
    kubectl()
        .becomes("inquilina", "HostnamesAccepted", "True", "Accepted")
        .map(drop)
}

#[test]
fn a_bucket_inside_the_cluster_is_read_once_the_platform_allows_it() -> Result<()> {
    let mut yaml = institution("cubeta");
    yaml["spec"]["collections"] = json!([{
        "name": "postales",
        "source": {"s3": {
            "endpoint": "http://minio.almacen.svc:9000",
            "bucket": "postales",
            "credentialsSecret": "llaves",
        }},
    }]);
    apply(&yaml)?;
    let message = kubectl().becomes(
        "cubeta",
        "CollectionsIngested",
        "False",
        "EndpointNotAllowed",
    )?;
    assert!(message.contains("minio.almacen.svc:9000"), "{message}");
    let policy = ["networkpolicy", "ingest", "--namespace", "acervo-cubeta"];
    assert!(
        kubectl().get(&policy)?.is_none(),
        "nothing is opened for it"
    );
    let sources = "sources: {s3: {allowedEndpoints: [minio.almacen.svc]}}\n";
    BED.plane.install(&format!("{VALUES}{sources}"))?;
    let egress = kubectl().until("the way to it", &policy, |policy| {
        Some(policy["spec"]["egress"].as_array()?.clone())
    })?;
    let last = egress.last().context("rules")?.to_string();
    assert!(last.contains("almacen"), "{last}");
    kubectl().becomes("cubeta", "CollectionsIngested", "Unknown", "ServerSilent")?;
    let asked = BED.plane.asked_by_operator()?;
    let secrets: Vec<_> = asked.iter().filter(|a| a.resource == "secrets").collect();
    assert!(secrets.is_empty(), "keys are the pod's alone: {secrets:?}");
    Ok(())
}
