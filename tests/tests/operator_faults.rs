//! Faults: at rest nothing is asked, and whoever is killed, whenever, all of it converges without a
//! person.

use std::time::{Duration, Instant};

use acervo_tests::{Asked, ControlPlane, Operator, VALUES, condition, institution, until};
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

/// Waits until the operator has asked nothing for some seconds.
fn rest(plane: &ControlPlane) -> Result<Vec<Asked>> {
    let mut last = (Vec::new(), Instant::now());
    until("the operator to rest", Duration::from_secs(60), || {
        let asked = plane.asked_by_operator()?;
        if asked != last.0 {
            last = (asked, Instant::now());
        }
        Ok((last.1.elapsed() > Duration::from_secs(5)).then(|| last.0.clone()))
    })
}

/// What new institutions take: one write for each child, one look at the namespace that nobody knows yet,
/// and a status only when it says anything new.
fn asks_no_more_than_it_must(asked: &[Asked]) {
    // Its volume, its pods and its routes come one after another, and each may be told of by itself.
    const STATUSES: usize = 5;
    for name in ["una", "dos", "tres"] {
        let namespace = format!("acervo-{name}");
        let of = |asked: &&Asked| asked.namespace == namespace || asked.name == namespace;
        let mut children: Vec<_> = asked.iter().filter(of).cloned().collect();
        let reads = children.iter().filter(|asked| !asked.is_write());
        assert_eq!(reads.count(), 1, "{children:#?}");
        children.retain(Asked::is_write);
        let writes = children.len();
        children.sort();
        children.dedup();
        assert_eq!(children.len(), writes, "no child is written twice");
        assert!(
            children.iter().all(|asked| asked.code == 201),
            "every write makes something: {children:#?}"
        );
        let is_status = |asked: &&Asked| asked.resource == "iiifinstitutions/status";
        let statuses = asked.iter().filter(is_status);
        let statuses = statuses.filter(|asked| asked.name == name).count();
        assert!(statuses <= STATUSES, "{statuses} statuses");
        let told = asked.iter().filter(|asked| asked.resource == "events");
        let told = told
            .filter(|asked| asked.name.starts_with(&format!("{name}.")))
            .count();
        assert_eq!(told, 1, "events of {name}");
    }
}

#[test]
fn at_rest_nothing_is_asked_and_a_restart_writes_nothing() -> Result<()> {
    let plane = ControlPlane::with_gateway(VALUES)?;
    plane.storage_class("test")?;
    let operator = Operator::start(&plane.as_operator()?)?;
    for name in ["una", "dos", "tres"] {
        plane.kubectl().apply(&institution(name).to_string())?;
        plane.play_the_cluster(name)?;
    }
    for name in ["una", "dos", "tres"] {
        plane.becomes_ready(name)?;
    }
    let asked = rest(&plane)?;
    asks_no_more_than_it_must(&asked);
    let quiet = Duration::from_secs(10);
    let end = Instant::now() + quiet;
    until("ten seconds to pass", 2 * quiet, || {
        Ok((Instant::now() > end).then_some(()))
    })?;
    let later = plane.asked_by_operator()?;
    assert_eq!(
        later[asked.len()..],
        [],
        "nothing changed, so nothing is asked"
    );
    let refused: Vec<_> = later.iter().filter(|asked| asked.code == 403).collect();
    assert!(
        refused.is_empty(),
        "the chart's rights are enough: {refused:?}"
    );

    operator.terminate()?;
    let before = plane.asked_by_operator()?.len();
    let operator = Operator::start(&plane.as_operator()?)?;
    let asked = rest(&plane)?;
    let writes: Vec<_> = asked[before..]
        .iter()
        .filter(|asked| asked.is_write())
        .collect();
    assert!(writes.is_empty(), "{writes:?}");
    assert!(asked.len() > before, "its caches were filled anew");

    // What is deleted while no operator runs is retained by the next one.
    operator.terminate()?;
    plane.kubectl().run(&["delete", "inst", "tres"])?;
    let _operator = Operator::start(&plane.as_operator()?)?;
    for child in ["namespace/acervo-tres", "persistentvolumeclaim/data"] {
        let target = [child, "--namespace", "acervo-tres"];
        plane
            .kubectl()
            .until(&format!("{child} to be retained"), &target, |object| {
                (object["metadata"]["labels"]["acervo.dev/retained"] == "true").then_some(())
            })?;
    }
    Ok(())
}

#[test]
fn an_operator_that_is_killed_between_any_two_writes_is_taken_over_from() -> Result<()> {
    let plane = ControlPlane::with_gateway(VALUES)?;
    let rights = plane.as_operator()?;
    // What one undisturbed institution takes.
    let operator = Operator::start(&rights)?;
    plane.kubectl().apply(&institution("modelo").to_string())?;
    plane.play_the_cluster("modelo")?;
    plane.becomes_ready("modelo")?;
    operator.kill()?;
    let writes_of = |name: &str| -> Result<usize> {
        let namespace = format!("acervo-{name}");
        let asked = plane.asked_by_operator()?;
        let about = |asked: &&Asked| asked.namespace == namespace || asked.name == namespace;
        Ok(asked
            .iter()
            .filter(|asked| asked.is_write())
            .filter(about)
            .count())
    };
    let all = writes_of("modelo")?;
    ensure!(all > 8, "an institution takes {all} writes");
    for number in 1..=all {
        let name = format!("corte-{number}");
        let operator = Operator::start(&rights)?;
        plane.kubectl().apply(&institution(&name).to_string())?;
        until("its next write", Duration::from_secs(30), || {
            Ok((writes_of(&name)? >= number.min(all - 1)).then_some(()))
        })?;
        operator.kill()?;
    }
    let operator = Operator::start(&rights)?;
    for number in 1..=all {
        let name = format!("corte-{number}");
        let converged = plane
            .play_the_cluster(&name)
            .and_then(|()| plane.becomes_ready(&name));
        converged.with_context(|| format!("{name} of {all}:\n{}", operator.log()))?;
    }
    Ok(())
}

#[test]
fn an_api_server_that_is_away_costs_nothing_but_the_time_it_is_away() -> Result<()> {
    let plane = ControlPlane::with_gateway(VALUES)?;
    let operator = Operator::start(&plane.as_operator()?)?;
    plane.kubectl().apply(&institution("antes").to_string())?;
    plane.play_the_cluster("antes")?;
    plane.becomes_ready("antes")?;
    let before = plane.asked_by_operator()?.len();
    plane.kill_api_server()?;
    let away = Duration::from_secs(60);
    let end = Instant::now() + away;
    until("a minute to pass", 2 * away, || {
        let alive = operator.admin("/livez")?;
        ensure!(
            alive.status == 200,
            "it tries again, so it lives: {}",
            alive.text()
        );
        Ok((Instant::now() > end).then_some(()))
    })?;
    plane.start_api_server()?;
    plane.kubectl().apply(&institution("despues").to_string())?;
    plane.play_the_cluster("despues")?;
    plane.becomes_ready("despues")?;
    plane.becomes_ready("antes")?;
    let asked = plane.asked_by_operator()?;
    let again: Vec<_> = asked[before..]
        .iter()
        .filter(|asked| {
            asked.is_write() && (asked.namespace == "acervo-antes" || asked.name == "antes")
        })
        .collect();
    assert!(
        again.is_empty(),
        "what was as it should be is not written again: {again:?}"
    );
    Ok(())
}

#[test]
fn a_stored_resource_that_cannot_be_read_holds_up_nobody() -> Result<()> {
    let plane = ControlPlane::with_gateway(VALUES)?;
    let kubectl = plane.kubectl();
    // Stored while the CRD was another: a schema that lets everything in.
    let crd = kubectl
        .get(&["crd", "iiifinstitutions.acervo.dev"])?
        .context("the CRD")?;
    let mut lax = crd.clone();
    let open = json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true});
    lax["spec"]["versions"][0]["schema"] = json!({"openAPIV3Schema": open});
    for document in [&mut lax] {
        for field in ["status", "metadata"] {
            let kept = json!({"name": "iiifinstitutions.acervo.dev"});
            document[field] = if field == "metadata" {
                kept
            } else {
                Value::Null
            };
        }
    }
    kubectl.with(&["replace", "--force", "--filename", "-"], &lax.to_string())?;
    kubectl.run(&[
        "wait",
        "--for=condition=Established",
        "crd/iiifinstitutions.acervo.dev",
    ])?;
    let mut broken = institution("rota");
    broken["spec"]["collections"] = json!("ninguna");
    until("the lax schema to hold", Duration::from_secs(30), || {
        Ok(kubectl.apply(&broken.to_string()).ok())
    })?;
    kubectl.apply(&institution("sana").to_string())?;
    let operator = Operator::start(&plane.as_operator()?)?;
    plane.play_the_cluster("sana")?;
    plane.becomes_ready("sana")?;
    let message = kubectl.until(
        "the broken one to be told of",
        &["inst", "rota"],
        |resource| {
            let (status, reason, message) = condition(resource, "Ready")?;
            (status == "False" && reason == "InvalidResource").then_some(message)
        },
    )?;
    assert!(
        message.contains("apply the institution's YAML again"),
        "{message}"
    );
    assert!(operator.log().contains("rota"));
    kubectl.apply(&institution("rota").to_string())?;
    plane.play_the_cluster("rota")?;
    plane.becomes_ready("rota")
}

#[test]
fn a_crd_that_is_older_than_the_operator_is_told_of_and_written_to_once() -> Result<()> {
    let plane = ControlPlane::with_gateway(VALUES)?;
    let kubectl = plane.kubectl();
    // A CRD that does not know the printed totals of the status yet.
    let without = json!([
        {"op": "remove", "path": "/spec/versions/0/schema/openAPIV3Schema/properties/status/properties/published"},
        {"op": "remove", "path": "/spec/versions/0/schema/openAPIV3Schema/properties/status/properties/storage"},
    ]);
    kubectl.run(&[
        "patch",
        "crd",
        "iiifinstitutions.acervo.dev",
        "--type",
        "json",
        "--patch",
        &without.to_string(),
    ])?;
    let operator = Operator::start(&plane.as_operator()?)?;
    kubectl.apply(&institution("vieja").to_string())?;
    plane.play_the_cluster("vieja")?;
    plane.becomes_ready("vieja")?;
    rest(&plane).context("the status is not written over and over")?;
    assert!(
        operator.log().contains("older than this operator"),
        "{}",
        operator.log()
    );
    Ok(())
}

#[test]
fn an_operator_waits_for_its_own_kind() -> Result<()> {
    let plane = ControlPlane::with_gateway(VALUES)?;
    let crd = plane
        .kubectl()
        .get(&["crd", "iiifinstitutions.acervo.dev"])?
        .context("the CRD")?;
    plane
        .kubectl()
        .run(&["delete", "crd", "iiifinstitutions.acervo.dev"])?;
    let operator = Operator::start_unready(&plane.as_operator()?)?;
    until(
        "it to say what it waits for",
        Duration::from_secs(30),
        || {
            Ok(operator
                .log()
                .contains("the cluster has no IiifInstitution")
                .then_some(()))
        },
    )?;
    let mut again =
        json!({"apiVersion": crd["apiVersion"], "kind": crd["kind"], "spec": crd["spec"]});
    again["metadata"] = json!({"name": "iiifinstitutions.acervo.dev"});
    plane.kubectl().apply(&again.to_string())?;
    until("the kind", Duration::from_secs(30), || {
        Ok(plane
            .kubectl()
            .apply(&institution("tarde").to_string())
            .ok())
    })?;
    plane.play_the_cluster("tarde")?;
    plane.becomes_ready("tarde")
}
