//! What lies between the operator and what is stored fails for a while, silently or not, or refuses: the
//! operator comes back to the wanted state without a person, and without a restart.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use acervo_tests::{ControlPlane, Kubectl, Operator, VALUES, condition, institution, until};
use anyhow::{Result, ensure};
use serde_json::{Value, json};

/// How long a watch may tell nothing before it is asked for anew, in seconds; a minute without this.
const SHORT_WATCHES: (&str, &str) = ("ACERVO_WATCH_TIMEOUT", "5");

fn make_ready(plane: &ControlPlane, name: &str) -> Result<()> {
    plane.kubectl().apply(&institution(name).to_string())?;
    plane.play_the_cluster(name)?;
    plane.becomes_ready(name)
}

fn pass(time: Duration) -> Result<()> {
    let end = Instant::now() + time;
    until("some time to pass", 2 * time, || {
        Ok((Instant::now() > end).then_some(()))
    })
}

/// Deletes a child and waits until it is made anew.
fn comes_back(plane: &ControlPlane, child: &str, name: &str) -> Result<()> {
    let namespace = format!("acervo-{name}");
    let target = [child, "--namespace", &namespace];
    let uid = |object: &Value| object["metadata"]["uid"].as_str().map(str::to_owned);
    let before = plane.kubectl().until(child, &target, uid)?;
    plane
        .kubectl()
        .run(&["delete", child, "--namespace", &namespace, "--wait=false"])?;
    let after = |object: &Value| uid(object).filter(|now| *now != before);
    plane
        .kubectl()
        .until("it to come back", &target, after)
        .map(drop)
}

#[test]
fn an_etcd_that_stands_still_for_20_seconds_in_the_middle_of_a_change() -> Result<()> {
    let plane = ControlPlane::with_gateway(VALUES)?;
    let operator = Operator::start(&plane.as_operator()?)?;
    make_ready(&plane, "antes")?;
    let before = plane.asked_by_operator()?.len();
    plane.kubectl().apply(&institution("durante").to_string())?;
    until("the change to begin", Duration::from_secs(30), || {
        let asked = plane.asked_by_operator()?;
        Ok(asked[before..]
            .iter()
            .any(|asked| asked.is_write())
            .then_some(()))
    })?;
    plane.pause_etcd()?;
    pass(Duration::from_secs(20))?;
    ensure!(
        operator.admin("/livez")?.status == 200,
        "it waits, so it lives"
    );
    plane.resume_etcd()?;
    plane.play_the_cluster("durante")?;
    plane.becomes_ready("durante")?;
    make_ready(&plane, "despues")?;
    plane.becomes_ready("antes")
}

#[test]
fn what_changed_while_the_history_of_changes_was_lost_is_seen() -> Result<()> {
    let plane = ControlPlane::with_gateway(VALUES)?;
    let relay = plane.relay()?;
    let _operator = Operator::start(&plane.as_operator_by(&relay)?)?;
    make_ready(&plane, "una")?;
    make_ready(&plane, "dos")?;
    relay.cut();
    let kubectl = plane.kubectl();
    let service = [
        "delete",
        "service",
        "image-server",
        "--namespace",
        "acervo-una",
    ];
    kubectl.run(&service)?;
    let mut changed = institution("una");
    changed["spec"]["access"] = json!([{"group": "personal"}]);
    kubectl.apply(&changed.to_string())?;
    kubectl.run(&["delete", "inst", "dos"])?;
    // A watch that goes on from where it was is told 410 Gone: neither etcd nor the API server remembers.
    plane.compact_etcd()?;
    plane.kill_api_server()?;
    plane.start_api_server()?;
    relay.mend();
    let namespace = "acervo-una";
    for child in ["service/image-server", "rolebinding/institution"] {
        kubectl.until(child, &[child, "--namespace", namespace], |object| {
            object.get("metadata").map(drop)
        })?;
    }
    plane.becomes_ready("una")?;
    for child in ["namespace/acervo-dos", "persistentvolumeclaim/data"] {
        kubectl.until(
            "it to be retained",
            &[child, "--namespace", "acervo-dos"],
            |object| (object["metadata"]["labels"]["acervo.dev/retained"] == "true").then_some(()),
        )?;
    }
    Ok(())
}

#[test]
fn watches_that_fall_silent_are_noticed() -> Result<()> {
    let plane = ControlPlane::with_gateway(VALUES)?;
    let relay = plane.relay()?;
    let rights = plane.as_operator_by(&relay)?;
    let operator = Operator::start_with(&rights, &[SHORT_WATCHES])?;
    make_ready(&plane, "muda")?;
    let silent = relay.silence();
    ensure!(silent > 0, "there were connections");
    // Nobody tells the operator of it: only by asking anew can it learn that the child is gone.
    comes_back(&plane, "networkpolicy/default-deny", "muda")?;
    make_ready(&plane, "despues")?;
    ensure!(operator.admin("/livez")?.status == 200, "without a restart");
    Ok(())
}

/// A priority level with room for one request at a time, and the operator in it; its Lease stays where the
/// chart puts it.
fn narrow() -> Value {
    let user = json!({"kind": "ServiceAccount", "serviceAccount": {"name": "acervo-operator", "namespace": "acervo"}});
    let everything = json!([{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"], "clusterScope": true, "namespaces": ["*"]}]);
    json!({"apiVersion": "v1", "kind": "List", "items": [
        {
            "apiVersion": "flowcontrol.apiserver.k8s.io/v1", "kind": "PriorityLevelConfiguration",
            "metadata": {"name": "narrow"},
            "spec": {"type": "Limited", "limited": {
                "nominalConcurrencyShares": 0, "lendablePercent": 0, "borrowingLimitPercent": 0,
                "limitResponse": {"type": "Reject"},
            }},
        },
        {
            "apiVersion": "flowcontrol.apiserver.k8s.io/v1", "kind": "FlowSchema",
            "metadata": {"name": "narrow"},
            "spec": {
                "matchingPrecedence": 899, "priorityLevelConfiguration": {"name": "narrow"},
                "rules": [{"subjects": [user], "resourceRules": everything}],
            },
        },
    ]})
}

/// A request that takes the only place of the narrow level until its standard input ends: it is about to
/// say what it creates.
fn unfinished(plane: &ControlPlane, operator: &Kubectl) -> Result<Child> {
    let events = "/apis/events.k8s.io/v1/namespaces/default/events";
    let request = operator
        .command(&["create", "--raw", events, "--filename", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let levels = "/debug/api_priority_and_fairness/dump_priority_levels";
    until("it to be under way", Duration::from_secs(30), || {
        let levels = plane.kubectl().run(&["get", "--raw", levels])?;
        let executing = levels
            .lines()
            .map(|line| line.split(',').map(str::trim).collect::<Vec<_>>())
            .find(|level| level[0] == "narrow")
            .map(|level| level[5] == "1");
        Ok(executing.filter(|executing| *executing).map(drop))
    })?;
    Ok(request)
}

#[test]
fn an_api_server_that_says_too_many_requests_is_obeyed_and_asked_again() -> Result<()> {
    let plane = ControlPlane::with_gateway(VALUES)?;
    let rights = plane.as_operator()?;
    let operator = Operator::start(&rights)?;
    make_ready(&plane, "antes")?;
    plane.kubectl().apply(&narrow().to_string())?;
    let narrow = ["flowschema", "narrow"];
    plane
        .kubectl()
        .until("it to be in force", &narrow, |schema| {
            (condition(schema, "Dangling")?.0 == "False").then_some(())
        })?;
    let mut request = unfinished(&plane, &rights)?;
    let refused = || -> Result<usize> {
        let asked = plane.asked_by_operator()?;
        Ok(asked.iter().filter(|asked| asked.code == 429).count())
    };
    plane.kubectl().run(&[
        "delete",
        "service",
        "image-server",
        "--namespace",
        "acervo-antes",
    ])?;
    until("a first refusal", Duration::from_secs(60), || {
        Ok((refused()? > 0).then_some(()))
    })?;
    plane.kubectl().apply(&institution("durante").to_string())?;
    pass(Duration::from_secs(15))?;
    let many = refused()?;
    ensure!(
        many < 300,
        "it waits longer and longer, so it asked {many} times in vain and no more"
    );
    let service = ["service", "image-server", "--namespace", "acervo-antes"];
    ensure!(plane.kubectl().get(&service)?.is_none(), "all was in vain");
    ensure!(
        operator.admin("/livez")?.status == 200,
        "it waits, so it lives"
    );
    drop(request.stdin.take());
    request.wait()?;
    plane
        .kubectl()
        .run(&["delete", "flowschema,prioritylevelconfiguration", "narrow"])?;
    plane.play_the_cluster("durante")?;
    plane.becomes_ready("durante")?;
    plane.kubectl().until("the Service", &service, |service| {
        service.get("spec").map(drop)
    })
}

#[test]
fn a_namespace_that_cannot_end_is_waited_for_and_then_made_anew() -> Result<()> {
    let plane = ControlPlane::with_gateway(VALUES)?;
    let _operator = Operator::start(&plane.as_operator()?)?;
    make_ready(&plane, "fin")?;
    let namespace = ["namespace", "acervo-fin"];
    let hold = |finalizers: Value| json!({"metadata": {"finalizers": finalizers}});
    plane
        .kubectl()
        .patch(&namespace, &hold(json!(["example.org/hold"])))?;
    plane
        .kubectl()
        .run(&["delete", "namespace", "acervo-fin", "--wait=false"])?;
    plane
        .kubectl()
        .until("it to be told of", &["inst", "fin"], |resource| {
            (condition(resource, "Ready")?.1 == "NamespaceTerminating").then_some(())
        })?;
    // Everything in it is gone, and nothing is put into it.
    plane.kubectl().gone(&[
        "deployments,services,configmaps,networkpolicies",
        "--namespace",
        "acervo-fin",
    ])?;
    plane.kubectl().patch(&namespace, &hold(Value::Null))?;
    // The volume of the namespace that is gone is the provider's to remove.
    plane.kubectl().run(&[
        "delete",
        "persistentvolume",
        "acervo-fin-data",
        "--wait=false",
    ])?;
    plane
        .kubectl()
        .gone(&["persistentvolume", "acervo-fin-data"])?;
    plane.play_the_cluster("fin")?;
    plane.becomes_ready("fin")
}

#[test]
fn fields_that_another_manager_applies_by_force_are_taken_back() -> Result<()> {
    let plane = ControlPlane::with_gateway(VALUES)?;
    let _operator = Operator::start(&plane.as_operator()?)?;
    make_ready(&plane, "suya")?;
    let theirs = json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "image-server", "namespace": "acervo-suya"},
        "spec": {"replicas": 0, "template": {"spec": {"automountServiceAccountToken": true}}},
    });
    let force = [
        "apply",
        "--server-side",
        "--field-manager=somebody",
        "--force-conflicts",
        "--filename",
        "-",
    ];
    let deployment = ["deployment", "image-server", "--namespace", "acervo-suya"];
    let version = |object: &Value| object["metadata"]["generation"].as_i64();
    let before = plane.kubectl().until("it", &deployment, version)?;
    plane.kubectl().with(&force, &theirs.to_string())?;
    let after = plane.kubectl().until("our fields", &deployment, |object| {
        let spec = &object["spec"];
        let is_ours = spec["replicas"] == 1
            && spec["template"]["spec"]["automountServiceAccountToken"] == false;
        is_ours.then(|| version(object)).flatten()
    })?;
    ensure!(
        after == before + 2,
        "once theirs and once ours: {before}, {after}"
    );
    Ok(())
}
