//! Suspending and resuming on a real API server: whoever takes over readers has the addresses first, and
//! only then the other gives them up.

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

/// An institution with two routes, of which everything runs.
fn running(name: &str) -> Result<Value> {
    let mut yaml = institution(name);
    yaml["spec"]["hostnames"] = json!([format!("{name}.example.net")]);
    kubectl().apply(&yaml.to_string())?;
    BED.plane.play_the_cluster(name)?;
    kubectl().becomes(name, "Ready", "True", "Ready")?;
    Ok(yaml)
}

fn suspend(yaml: &mut Value, suspend: bool) -> Result<()> {
    yaml["spec"]["suspend"] = json!(suspend);
    kubectl().apply(&yaml.to_string()).map(drop)
}

/// The institution's routes in a namespace: name and Service.
fn routes(name: &str, namespace: &str) -> Result<Vec<(String, String)>> {
    let selector = format!("acervo.dev/institution={name}");
    let all = [
        "httproutes",
        "--namespace",
        namespace,
        "--selector",
        &selector,
    ];
    let routes = kubectl().get(&all)?.unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let of = |route: &Value| {
        let backend = &route["spec"]["rules"][0]["backendRefs"][0]["name"];
        (text(&route["metadata"]["name"]), text(backend))
    };
    Ok(routes["items"]
        .as_array()
        .into_iter()
        .flatten()
        .map(of)
        .collect())
}

fn own(name: &str) -> Result<Vec<(String, String)>> {
    routes(name, &format!("acervo-{name}"))
}

fn notices(name: &str) -> Result<Vec<(String, String)>> {
    routes(name, "acervo")
}

fn is_gone(name: &str, namespace: &str) -> Result<()> {
    let selector = format!("acervo.dev/institution={name}");
    kubectl().gone(&[
        "httproutes",
        "--namespace",
        namespace,
        "--selector",
        &selector,
    ])
}

fn replicas(name: &str, wanted: u64) -> Result<()> {
    let namespace = format!("acervo-{name}");
    let target = ["deployment/image-server", "--namespace", &namespace];
    kubectl().until(&format!("{wanted} replicas"), &target, |deployment| {
        (deployment["spec"]["replicas"] == wanted).then_some(())
    })
}

#[test]
fn the_notice_has_the_addresses_before_the_server_loses_them_and_gives_them_back_in_the_same_way()
-> Result<()> {
    let mut yaml = running("pausada")?;
    let before = own("pausada")?;
    assert_eq!(before.len(), 2);
    let hosts = |namespace: &str, name: &str| -> Result<Value> {
        let route = kubectl().get(&["httproute", name, "--namespace", namespace])?;
        Ok(route.context("a route")?["spec"]["hostnames"].clone())
    };
    let of_server = hosts("acervo-pausada", "public-hosts")?;

    suspend(&mut yaml, true)?;
    kubectl().becomes("pausada", "Suspended", "True", "Suspended")?;
    kubectl().becomes("pausada", "RouteAccepted", "False", "RoutePending")?;
    let expected = ["public-hosts.pausada", "public.pausada"]
        .map(|name| (name.to_owned(), "acervo-notice".to_owned()));
    assert_eq!(notices("pausada")?, expected);
    assert_eq!(hosts("acervo", "public-hosts.pausada")?, of_server);
    assert_eq!(own("pausada")?, before, "nobody has taken over yet");
    replicas("pausada", 1)?;

    BED.plane.accept_notices("pausada")?;
    is_gone("pausada", "acervo-pausada")?;
    replicas("pausada", 0)?;
    kubectl().becomes("pausada", "RouteAccepted", "True", "Accepted")?;
    kubectl().becomes("pausada", "ServerAvailable", "False", "Suspended")?;
    kubectl().becomes("pausada", "Ready", "False", "Suspended")?;
    let claim = [
        "persistentvolumeclaim/data",
        "--namespace",
        "acervo-pausada",
    ];
    assert!(kubectl().get(&claim)?.is_some());

    suspend(&mut yaml, false)?;
    replicas("pausada", 1)?;
    kubectl().becomes("pausada", "ServerAvailable", "False", "ServerStarting")?;
    assert_eq!(own("pausada")?, [], "no server answers yet");
    assert_eq!(notices("pausada")?, expected);
    BED.plane.start_pods("pausada")?;
    let routes = ["httproutes", "--namespace", "acervo-pausada"];
    kubectl().until("both routes", &routes, |routes| {
        (routes["items"].as_array()?.len() == 2).then_some(())
    })?;
    BED.plane.accept_routes("pausada")?;
    is_gone("pausada", "acervo")?;
    assert_eq!(own("pausada")?, before);
    kubectl().becomes("pausada", "Ready", "True", "Ready")?;
    one_was_there_before_the_other_went("pausada", &["public", "public-hosts"])
}

/// By the log of the API server: of each route and its notice, one was made before the other was deleted,
/// on the way there and on the way back.
fn one_was_there_before_the_other_went(name: &str, routes: &[&str]) -> Result<()> {
    let asked = BED.plane.asked_by_operator()?;
    for route in routes {
        let (own, notice) = (format!("acervo-{name}"), format!("{route}.{name}"));
        let steps: Vec<_> = asked
            .iter()
            .filter(|asked| asked.resource == "httproutes" && asked.code < 300)
            .filter_map(|asked| {
                let is_own = asked.namespace == own && asked.name == *route;
                let is_notice = asked.namespace == "acervo" && asked.name == notice;
                let of = match (is_own, is_notice) {
                    (true, _) => "server",
                    (_, true) => "notice",
                    _ => return None,
                };
                Some((of, asked.verb.as_str()))
            })
            .collect();
        let expected = [
            ("server", "patch"),
            ("notice", "patch"),
            ("server", "delete"),
            ("server", "patch"),
            ("notice", "delete"),
        ];
        assert_eq!(steps, expected, "{route}");
    }
    Ok(())
}

#[test]
fn the_server_stops_also_if_the_notice_is_refused_and_the_condition_says_what_to_do() -> Result<()>
{
    let mut yaml = running("negada")?;
    suspend(&mut yaml, true)?;
    for route in ["public.negada", "public-hosts.negada"] {
        let target = ["httproute", route, "--namespace", "acervo"];
        let parents = kubectl().until(route, &target, |route| {
            Some(route["spec"]["parentRefs"].clone())
        })?;
        let refusal = json!({"status": {"parents": [{
            "parentRef": parents[0],
            "controllerName": "test.example.org/gateway",
            "conditions": [{
                "type": "Accepted", "status": "False", "reason": "NotAllowedByListeners",
                "message": "no listener admits this namespace",
                "lastTransitionTime": "2026-01-01T00:00:00Z", "observedGeneration": 1,
            }],
        }]}});
        kubectl().patch(
            &[&target[..], &["--subresource", "status"]].concat(),
            &refusal,
        )?;
    }
    let message = kubectl().becomes("negada", "RouteAccepted", "False", "NoticeRefused")?;
    for words in [
        "NotAllowedByListeners",
        "kubectl label namespace acervo acervo.dev/institution=",
    ] {
        assert!(message.contains(words), "{message}");
    }
    // The time for which it waits is that of the status, which a provider cannot write: the test can.
    let long_ago = json!({"status": {"conditions": [{
        "type": "Suspended", "status": "True", "reason": "Suspended", "message": "spec.suspend is true",
        "lastTransitionTime": "2026-01-01T00:00:00Z", "observedGeneration": 2,
    }]}});
    kubectl().patch(&["inst", "negada", "--subresource", "status"], &long_ago)?;
    replicas("negada", 0)?;
    assert_eq!(own("negada")?.len(), 2, "they answer 503 without a page");
    // Once the namespace is admitted, all goes its way.
    BED.plane.accept_notices("negada")?;
    is_gone("negada", "acervo-negada")
}

#[test]
fn what_somebody_does_to_a_notice_is_undone_and_it_goes_with_its_institution() -> Result<()> {
    let mut yaml = institution("callada");
    yaml["spec"]["suspend"] = json!(true);
    kubectl().apply(&yaml.to_string())?;
    BED.plane.accept_notices("callada")?;
    kubectl().becomes("callada", "RouteAccepted", "True", "Accepted")?;
    assert_eq!(own("callada")?, [], "it never had a server");
    let target = ["httproute", "public.callada", "--namespace", "acervo"];
    let uid = |route: &Value| route["metadata"]["uid"].as_str().map(str::to_owned);
    let before = kubectl().until("the notice", &target, uid)?;
    kubectl().run(&[&["delete"], &target[..]].concat())?;
    kubectl().until("the notice to come back", &target, |route| {
        uid(route).filter(|now| *now != before)
    })?;
    kubectl().patch(
        &target,
        &json!({"spec": {"hostnames": ["robado.example.org"]}}),
    )?;
    kubectl().until("its host to come back", &target, |route| {
        (route["spec"]["hostnames"] == json!(["iiif.example.org"])).then_some(())
    })?;
    // A route of the provider in the same namespace is nobody's notice, whatever its label.
    let theirs = json!({
        "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
        "metadata": {"name": "theirs", "namespace": "acervo", "labels": {"acervo.dev/institution": "callada"}},
        "spec": {"hostnames": ["theirs.example.org"]},
    });
    kubectl().apply(&theirs.to_string())?;
    kubectl().run(&["delete", "inst", "callada"])?;
    kubectl().gone(&target)?;
    let theirs = ["httproute", "theirs", "--namespace", "acervo"];
    assert!(kubectl().get(&theirs)?.is_some());
    Ok(())
}
