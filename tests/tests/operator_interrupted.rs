//! What lies between the operator and what is stored fails for a while, silently or not, or refuses: the
//! operator comes back to the wanted state without a person, and without a restart.

use std::time::{Duration, Instant};

use acervo_tests::{ControlPlane, Operator, VALUES, condition, institution, until};
use anyhow::{Result, ensure};
use serde_json::{Value, json};

/// How long a watch may tell nothing before it is asked for anew, in seconds; a minute without this.
const SHORT_WATCHES: (&str, &str) = ("ACERVO_WATCH_TIMEOUT", "5");

fn plane() -> Result<ControlPlane> {
    let plane = ControlPlane::with_chart(VALUES)?;
    plane.gateway("gateway", "public")?;
    Ok(plane)
}

fn is_ready(plane: &ControlPlane, name: &str) -> Result<()> {
    plane
        .kubectl()
        .until("Ready=True", &["inst", name], |resource| {
            let is_current =
                resource["status"]["observedGeneration"] == resource["metadata"]["generation"];
            (is_current && condition(resource, "Ready")?.0 == "True").then_some(())
        })
}

fn make_ready(plane: &ControlPlane, name: &str) -> Result<()> {
    plane.kubectl().apply(&institution(name).to_string())?;
    plane.play_the_cluster(name)?;
    is_ready(plane, name)
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
    let plane = plane()?;
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
    is_ready(&plane, "durante")?;
    make_ready(&plane, "despues")?;
    is_ready(&plane, "antes")
}

#[test]
fn what_changed_while_the_history_of_changes_was_lost_is_seen() -> Result<()> {
    let plane = plane()?;
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
    is_ready(&plane, "una")?;
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
    let plane = plane()?;
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

/// A priority level with room for nobody, and the operator in it: every request is refused with 429.
fn jail() -> Value {
    let user = json!({"kind": "ServiceAccount", "serviceAccount": {"name": "acervo-operator", "namespace": "acervo"}});
    let everything = json!([{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"], "clusterScope": true, "namespaces": ["*"]}]);
    json!({"apiVersion": "v1", "kind": "List", "items": [
        {
            "apiVersion": "flowcontrol.apiserver.k8s.io/v1", "kind": "PriorityLevelConfiguration",
            "metadata": {"name": "nobody"},
            "spec": {"type": "Limited", "limited": {
                "nominalConcurrencyShares": 0, "lendablePercent": 0, "borrowingLimitPercent": 0,
                "limitResponse": {"type": "Reject"},
            }},
        },
        {
            "apiVersion": "flowcontrol.apiserver.k8s.io/v1", "kind": "FlowSchema",
            "metadata": {"name": "nobody"},
            "spec": {
                "matchingPrecedence": 2, "priorityLevelConfiguration": {"name": "nobody"},
                "rules": [{"subjects": [user], "resourceRules": everything}],
            },
        },
    ]})
}

#[test]
fn an_api_server_that_says_too_many_requests_is_obeyed_and_asked_again() -> Result<()> {
    let plane = plane()?;
    let operator = Operator::start(&plane.as_operator()?)?;
    make_ready(&plane, "antes")?;
    plane.kubectl().apply(&jail().to_string())?;
    let refused = || -> Result<usize> {
        let asked = plane.asked_by_operator()?;
        Ok(asked.iter().filter(|asked| asked.code == 429).count())
    };
    until("a first refusal", Duration::from_secs(60), || {
        // Whatever changes makes it ask, once the new rule is in force.
        let patch = json!({"metadata": {"annotations": {"example.org/now": format!("{:?}", Instant::now())}}});
        plane
            .kubectl()
            .patch(&["namespace", "acervo-antes"], &patch)?;
        let target = [
            "delete",
            "service",
            "image-server",
            "--namespace",
            "acervo-antes",
            "--ignore-not-found",
        ];
        plane.kubectl().run(&target)?;
        Ok((refused()? > 0).then_some(()))
    })?;
    plane.kubectl().apply(&institution("durante").to_string())?;
    pass(Duration::from_secs(15))?;
    let many = refused()?;
    ensure!(
        many < 300,
        "it waits longer and longer, so it asked {many} times in vain and no more"
    );
    ensure!(
        operator.admin("/livez")?.status == 200,
        "it waits, so it lives"
    );
    plane
        .kubectl()
        .run(&["delete", "flowschema,prioritylevelconfiguration", "nobody"])?;
    plane.play_the_cluster("durante")?;
    is_ready(&plane, "durante")?;
    let service = ["service/image-server", "--namespace", "acervo-antes"];
    plane.kubectl().until("the Service", &service, |service| {
        service.get("spec").map(drop)
    })
}

#[test]
fn a_namespace_that_cannot_end_is_waited_for_and_then_made_anew() -> Result<()> {
    let plane = plane()?;
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
    plane
        .kubectl()
        .run(&["delete", "persistentvolume", "acervo-fin", "--wait=false"])?;
    plane.kubectl().gone(&["persistentvolume", "acervo-fin"])?;
    plane.play_the_cluster("fin")?;
    is_ready(&plane, "fin")
}

#[test]
fn fields_that_another_manager_applies_by_force_are_taken_back() -> Result<()> {
    let plane = plane()?;
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
