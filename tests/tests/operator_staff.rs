//! Those named in `spec.access`, by the API server itself: they read their own institution's status, pods,
//! logs and events, hand over files, and nothing else.

use std::sync::LazyLock;

use acervo_tests::{ControlPlane, Kubectl, Operator, VALUES, institution};
use anyhow::{Context as _, Result};
use serde_json::{Value, json};

struct Bed {
    plane: ControlPlane,
    _operator: Operator,
}

static BED: LazyLock<Bed> = LazyLock::new(|| bed().expect("the operator works on a control plane"));

const OWN: &str = "acervo-propia";
const OTHERS: &str = "acervo-ajena";

/// Two institutions; the group `propia-staff` and the user `ana` belong to the first.
fn bed() -> Result<Bed> {
    let plane = ControlPlane::with_chart(VALUES)?;
    plane.gateway("gateway", "public")?;
    let operator = Operator::start(&plane.as_operator()?)?;
    let mut own = institution("propia");
    own["spec"]["access"] = json!([{"group": "propia-staff"}, {"user": "ana"}]);
    plane.kubectl().apply(&own.to_string())?;
    plane.kubectl().apply(&institution("ajena").to_string())?;
    for name in ["propia", "ajena"] {
        plane.play_the_cluster(name)?;
        let wait = ["wait", "--for=condition=Ready", "--timeout=90s", "inst"];
        plane.kubectl().run(&[&wait[..], &[name]].concat())?;
    }
    Ok(Bed {
        plane,
        _operator: operator,
    })
}

fn kubectl() -> &'static Kubectl {
    BED.plane.kubectl()
}

/// As whom kubectl asks.
const STAFF: [&str; 2] = ["--as=somebody", "--as-group=propia-staff"];
const ANA: [&str; 1] = ["--as=ana"];

/// What `kubectl auth can-i` says.
fn may(who: &[&str], what: &str, namespace: &str) -> Result<bool> {
    let ask = ["auth", "can-i", "--quiet", "--namespace", namespace];
    let what: Vec<_> = what.split(' ').collect();
    let ask = [&ask[..], who, &what].concat();
    Ok(kubectl().try_with(&ask, "")?.status.success())
}

/// Everything that they may in their own namespace, as kubectl asks it.
const ALLOWED: [&str; 12] = [
    "get configmap/institution-status",
    "get pods",
    "list pods",
    "watch pods",
    "get pods --subresource=log",
    "create pods --subresource=exec",
    "get pods --subresource=exec",
    "get events",
    "list events",
    "watch events",
    "list events.events.k8s.io",
    "get deployments.apps/image-server",
];

const VERBS: [&str; 8] = [
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
];

/// What an institution's namespace has, and what would lead out of it.
const RESOURCES: &[&str] = &[
    "configmaps",
    "configmap/ca-bundle",
    "cronjobs.batch",
    "daemonsets.apps",
    "deployments.apps",
    "deployments.apps/scale",
    "endpoints",
    "endpointslices.discovery.k8s.io",
    "events",
    "gateways.gateway.networking.k8s.io",
    "horizontalpodautoscalers.autoscaling",
    "httproutes.gateway.networking.k8s.io",
    "iiifinstitutions.acervo.dev",
    "iiifinstitutions.acervo.dev/status",
    "ingresses.networking.k8s.io",
    "jobs.batch",
    "leases.coordination.k8s.io",
    "limitranges",
    "namespaces",
    "networkpolicies.networking.k8s.io",
    "nodes",
    "persistentvolumeclaims",
    "persistentvolumes",
    "poddisruptionbudgets.policy",
    "pods",
    "pods/attach",
    "pods/ephemeralcontainers",
    "pods/eviction",
    "pods/exec",
    "pods/log",
    "pods/portforward",
    "pods/proxy",
    "replicasets.apps",
    "resourcequotas",
    "rolebindings.rbac.authorization.k8s.io",
    "roles.rbac.authorization.k8s.io",
    "secrets",
    "serviceaccounts",
    "serviceaccounts/token",
    "services",
    "services/proxy",
    "statefulsets.apps",
    "volumesnapshots.snapshot.storage.k8s.io",
];

#[test]
fn they_may_what_they_need_in_their_own_namespace() -> Result<()> {
    for who in [&STAFF[..], &ANA] {
        for what in ALLOWED {
            assert!(may(who, what, OWN)?, "{who:?} {what}");
            assert!(!may(who, what, OTHERS)?, "{who:?} {what} of others");
        }
    }
    Ok(())
}

/// By the rules that the API server says hold for them, so that no resource is forgotten; beyond those of
/// everybody, who may ask what they may do.
#[test]
fn no_rule_gives_them_anything_else() -> Result<()> {
    let rules = |namespace: &str, who: &[&str]| -> Result<Vec<String>> {
        let review = json!({
            "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview",
            "spec": {"namespace": namespace},
        });
        let mut create = vec!["create", "--validate=false", "--output", "json"];
        create.extend(["--filename", "-"]);
        create.extend(who);
        let answer: Value = serde_json::from_str(&kubectl().with(&create, &review.to_string())?)?;
        let rules = answer["status"]["resourceRules"].as_array();
        let mut rules: Vec<_> = rules
            .context("rules")?
            .iter()
            .map(Value::to_string)
            .collect();
        rules.sort();
        rules.dedup();
        Ok(rules)
    };
    let nobody = ["--as=nobody-special", "--as-group=system:authenticated"];
    for who in [&STAFF[..], &ANA] {
        let who = [who, &["--as-group=system:authenticated"]].concat();
        let elsewhere = rules(OTHERS, &who)?;
        assert_eq!(elsewhere, rules(OTHERS, &nobody)?, "{who:?} elsewhere");
        let own = rules(OWN, &who)?;
        let added: Vec<_> = own
            .iter()
            .filter(|rule| !elsewhere.contains(rule))
            .collect();
        assert_eq!(added.len(), 6, "as in clusterrole-staff.yaml: {added:#?}");
        assert!(added.iter().all(|rule| !rule.contains('*')), "{added:#?}");
    }
    Ok(())
}

#[test]
fn every_other_verb_on_every_other_resource_is_denied() -> Result<()> {
    let allowed = |verb: &str, resource: &str| {
        let bare = resource.split('.').next().unwrap_or(resource);
        let sub = resource.split_once('/').map(|(_, sub)| sub);
        match (bare, sub) {
            ("events" | "pods", None) => ["get", "list", "watch"].contains(&verb),
            ("pods/log", Some("log")) => verb == "get",
            ("pods/exec", Some("exec")) => ["get", "create"].contains(&verb),
            _ => false,
        }
    };
    let mut reviews = Vec::new();
    let mut expected = Vec::new();
    for namespace in [OWN, OTHERS, "acervo", ""] {
        for resource in RESOURCES {
            for verb in VERBS {
                let (path, sub) = match resource.split_once('/') {
                    // A name, not a subresource.
                    Some(("configmap", name)) => ("configmaps".to_owned(), Err(name)),
                    Some((path, sub)) => (path.to_owned(), Ok(sub)),
                    None => ((*resource).to_owned(), Ok("")),
                };
                let (resource_name, group) = path.split_once('.').unwrap_or((&path, ""));
                reviews.push(json!({
                    "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
                    "spec": {
                        "user": "somebody", "groups": ["propia-staff", "system:authenticated"],
                        "resourceAttributes": {
                            "namespace": namespace, "verb": verb, "group": group, "resource": resource_name,
                            "subresource": sub.unwrap_or_default(), "name": sub.err().unwrap_or_default(),
                        },
                    },
                }));
                let may = namespace == OWN && allowed(verb, resource);
                expected.push((namespace, *resource, verb, may));
            }
        }
    }
    let list = json!({"apiVersion": "v1", "kind": "List", "items": reviews});
    let create = [
        "create",
        "--filename",
        "-",
        "--output",
        r#"jsonpath={.status.allowed}{"\n"}"#,
    ];
    // One kubectl for all: a process for each question would take minutes.
    let answers = kubectl().with(&create, &list.to_string())?;
    let answers: Vec<_> = answers.lines().map(|line| line == "true").collect();
    assert_eq!(answers.len(), expected.len());
    let wrong: Vec<_> = expected
        .iter()
        .zip(&answers)
        .filter(|((.., may), is)| may != *is)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}

#[test]
fn they_read_their_own_status_and_it_follows() -> Result<()> {
    let target = ["configmap/institution-status", "--namespace", OWN];
    let read = |who: &[&str]| -> Result<Value> {
        let object = kubectl().get(&[&target[..], who].concat())?;
        Ok(object.context("the copy of the status")?["data"].clone())
    };
    for who in [&STAFF[..], &ANA] {
        let data = read(who)?;
        assert_eq!(data["url"], "http://iiif.example.org/propia/");
        let ready = data["Ready"].as_str().context("Ready")?;
        assert!(ready.starts_with("True Ready: readers can use"), "{ready}");
        let whole = data["status.yaml"].as_str().context("all of it")?;
        for field in ["observedGeneration: ", "collections:", "name: mapas"] {
            assert!(whole.contains(field), "no {field} in\n{whole}");
        }
    }
    let of_others = ["configmap/institution-status", "--namespace", OTHERS];
    assert!(
        kubectl().get(&of_others)?.is_none(),
        "nobody is named there"
    );
    // What somebody writes into it is undone; what changes in the status follows.
    kubectl().patch(
        &target,
        &json!({"data": {"Ready": "False Lie: nothing works"}}),
    )?;
    kubectl().until("the truth", &target, |map| {
        map["data"]["Ready"]
            .as_str()?
            .starts_with("True")
            .then_some(())
    })?;
    kubectl().patch(&["inst", "propia"], &json!({"spec": {"plan": "huge"}}))?;
    kubectl().until("what is wrong", &target, |map| {
        let ready = map["data"]["Ready"].as_str()?;
        ready.starts_with("False UnknownPlan: ").then_some(())
    })?;
    kubectl().patch(&["inst", "propia"], &json!({"spec": {"plan": "small"}}))?;
    kubectl().until("all to be well", &target, |map| {
        map["data"]["Ready"]
            .as_str()?
            .starts_with("True")
            .then_some(())
    })
}

/// Nothing runs here, so a command that is admitted ends at the node that is not there.
#[test]
fn they_run_one_command_and_no_other() -> Result<()> {
    let pods = [
        "pods",
        "--namespace",
        OWN,
        "--selector",
        "app.kubernetes.io/name=image-server",
    ];
    let pod = kubectl().until("a pod", &pods, |pods| {
        let pod = &pods["items"].get(0)?["metadata"]["name"];
        pod.as_str().map(str::to_owned)
    })?;
    let run = |who: &[&str], command: &[&str]| -> Result<String> {
        let exec = ["exec", "--stdin", "--namespace", OWN, pod.as_str()];
        let all = [&exec[..], who, &["--"], command].concat();
        let finished = kubectl().try_with(&all, "")?;
        assert!(!finished.status.success(), "there is no node");
        Ok(finished.output)
    };
    let refusal = "acervo receive";
    for who in [&STAFF[..], &ANA] {
        let said = run(who, &["acervo", "receive", "mapas"])?;
        assert!(
            !said.contains("orbidden") && !said.contains(refusal),
            "{said}"
        );
        for command in [
            &["acervo", "ingest", "mapas"][..],
            &["acervo", "receive"],
            &["acervo", "receive", "mapas", "--data", "/tmp"],
            &["/bin/sh", "-c", "true"],
        ] {
            let said = run(who, command)?;
            assert!(said.contains(refusal), "{command:?} was admitted: {said}");
        }
    }
    // A provider is not hindered.
    let said = run(&[], &["acervo", "ingest", "mapas"])?;
    assert!(!said.contains(refusal), "{said}");
    // And in the namespace of another institution they run nothing at all.
    let exec = [
        "exec",
        "--namespace",
        OTHERS,
        "any",
        STAFF[0],
        STAFF[1],
        "--",
        "acervo",
        "receive",
        "mapas",
    ];
    let said = kubectl().try_with(&exec, "")?.output;
    assert!(said.contains("orbidden"), "{said}");
    Ok(())
}
