//! Replicas: of two operators one writes, and whatever becomes of it, the other goes on where it was.

use std::time::{Duration, Instant};

use acervo_tests::{ControlPlane, Kubectl, Operator, VALUES, institution, render_chart, until};
use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// How long a replica may take to lead, or to stop, on a busy machine: two leases.
const PATIENCE: Duration = Duration::from_secs(90);

fn leads(operator: &Operator) -> Result<bool> {
    Ok(operator.metric("acervo_operator_leader")? > 0.0)
}

fn until_it_leads(operator: &Operator) -> Result<()> {
    let led = until("the replica to lead", PATIENCE, || {
        Ok(leads(operator)?.then_some(()))
    });
    led.with_context(|| operator.log())
}

/// The Lease's spec.
fn lease(plane: &ControlPlane) -> Result<Value> {
    let target = ["lease", "acervo-operator", "--namespace", "acervo"];
    let lease = plane.kubectl().get(&target)?.context("the lease")?;
    Ok(lease["spec"].clone())
}

/// How many writes of a replica the API server has answered, those of the Lease apart.
fn writes_of(plane: &ControlPlane, identity: &str) -> Result<usize> {
    let agent = format!("({identity})");
    let asked = plane.asked_by_operator()?;
    let is_its_write = |asked: &&acervo_tests::Asked| asked.agent.ends_with(&agent);
    let its = asked.iter().filter(is_its_write);
    Ok(its.filter(|asked| asked.is_write()).count())
}

/// The generation of the resource that the status speaks of.
fn has_seen(plane: &ControlPlane, name: &str, generation: i64) -> Result<()> {
    let what = format!("generation {generation} of {name} to be seen");
    plane.kubectl().until(&what, &["inst", name], |resource| {
        (resource["status"]["observedGeneration"] == generation).then_some(())
    })
}

/// Gives the institution another name in its pages: something of its objects has to change.
fn rename(plane: &ControlPlane, name: &str, title: &str) -> Result<()> {
    let mut renamed = institution(name);
    renamed["spec"]["displayName"]["en"] = title.into();
    plane.kubectl().apply(&renamed.to_string())?;
    Ok(())
}

/// Whether the institution's tenant table has the title.
fn is_renamed(plane: &ControlPlane, name: &str, title: &str) -> Result<()> {
    let namespace = format!("acervo-{name}");
    let tables = ["configmaps", "--namespace", &namespace];
    plane
        .kubectl()
        .until("the new tenant table", &tables, |tables| {
            tables.to_string().contains(title).then_some(())
        })
}

#[test]
fn of_two_replicas_one_writes_and_both_are_ready() -> Result<()> {
    let plane = ControlPlane::with_gateway(VALUES)?;
    let rights = plane.as_operator()?;
    let first = Operator::start_as("first", &rights)?;
    until_it_leads(&first)?;
    let second = Operator::start_as("second", &rights)?;
    plane.kubectl().apply(&institution("una").to_string())?;
    plane.play_the_cluster("una")?;
    plane.becomes_ready("una")?;
    let service = ["service", "image-server", "--namespace", "acervo-una"];
    plane.kubectl().run(&[&["delete"], &service[..]].concat())?;
    plane
        .kubectl()
        .until("the service to come back", &service, |service| {
            service.get("spec").map(drop)
        })?;
    assert!(writes_of(&plane, "first")? > 10);
    assert_eq!(writes_of(&plane, "second")?, 0, "{}", second.log());
    assert!(!leads(&second)?);
    assert_eq!(second.admin("/readyz")?.status, 200);
    assert_eq!(lease(&plane)?["holderIdentity"], "first");
    assert_eq!(lease(&plane)?["leaseTransitions"], 0);

    let may = |arguments: &[&str]| -> Result<bool> {
        let asks = [&["auth", "can-i", "--quiet"], arguments].concat();
        Ok(rights.try_with(&asks, "")?.status.success())
    };
    for (verb, lease, allowed) in [
        ("update", "leases/acervo-operator", true),
        ("get", "leases/acervo-operator", true),
        ("update", "leases/other", false),
        ("delete", "leases/acervo-operator", false),
        ("patch", "leases/acervo-operator", false),
    ] {
        let there = may(&[verb, lease, "--namespace", "acervo"])?;
        assert_eq!(there, allowed, "{verb} {lease}");
        assert!(!may(&[verb, lease, "--namespace", "kube-system"])?);
    }
    Ok(())
}

#[test]
fn a_leader_that_is_asked_to_end_hands_over_at_once() -> Result<()> {
    let plane = ControlPlane::with_gateway(VALUES)?;
    let rights = plane.as_operator()?;
    let first = Operator::start_as("first", &rights)?;
    until_it_leads(&first)?;
    plane.kubectl().apply(&institution("una").to_string())?;
    plane.play_the_cluster("una")?;
    plane.becomes_ready("una")?;
    let second = Operator::start_as("second", &rights)?;
    let begun = Instant::now();
    first.terminate()?;
    until_it_leads(&second)?;
    eprintln!("handed over in {:?}", begun.elapsed());
    let after = lease(&plane)?;
    assert_eq!(after["holderIdentity"], "second");
    assert_eq!(after["leaseTransitions"], 1);
    rename(&plane, "una", "Handed over")?;
    is_renamed(&plane, "una", "Handed over")?;
    has_seen(&plane, "una", 2)?;

    second.terminate()?;
    assert_eq!(lease(&plane)?["holderIdentity"], "", "nobody's now");
    let begun = Instant::now();
    let third = Operator::start_as("third", &rights)?;
    until_it_leads(&third)?;
    eprintln!("taken up, start-up included, in {:?}", begun.elapsed());
    Ok(())
}

#[test]
fn a_leader_that_is_killed_between_two_writes_is_taken_over_from_by_a_standby() -> Result<()> {
    let plane = ControlPlane::with_gateway(VALUES)?;
    let rights = plane.as_operator()?;
    let first = Operator::start_as("first", &rights)?;
    until_it_leads(&first)?;
    let second = Operator::start_as("second", &rights)?;
    for name in ["una", "dos", "tres"] {
        plane.kubectl().apply(&institution(name).to_string())?;
    }
    until("some of its writes", PATIENCE, || {
        Ok((writes_of(&plane, "first")? >= 8).then_some(()))
    })?;
    let begun = Instant::now();
    first.kill()?;
    assert_eq!(writes_of(&plane, "second")?, 0);
    until_it_leads(&second)?;
    eprintln!("taken over in {:?}", begun.elapsed());
    for name in ["una", "dos", "tres"] {
        plane.play_the_cluster(name)?;
        plane.becomes_ready(name)?;
    }
    assert_eq!(lease(&plane)?["holderIdentity"], "second");
    Ok(())
}

#[test]
fn a_leader_that_was_stopped_for_a_while_does_not_write_when_it_goes_on() -> Result<()> {
    let plane = ControlPlane::with_gateway(VALUES)?;
    let rights = plane.as_operator()?;
    let first = Operator::start_as("first", &rights)?;
    until_it_leads(&first)?;
    let second = Operator::start_as("second", &rights)?;
    let names: Vec<_> = (1..=10).map(|number| format!("una-{number}")).collect();
    for name in &names {
        plane.kubectl().apply(&institution(name).to_string())?;
    }
    until("some of its writes", PATIENCE, || {
        Ok((writes_of(&plane, "first")? >= 12).then_some(()))
    })?;
    first.stop()?;
    until_it_leads(&second)?;
    // What the first one would do by what it knows is undone by whoever leads.
    for name in &names {
        rename(&plane, name, "Renamed meanwhile")?;
        is_renamed(&plane, name, "Renamed meanwhile")?;
    }
    let before = writes_of(&plane, "first")?;
    first.go_on()?;
    until("the first to see that it leads no longer", PATIENCE, || {
        let knows = first.log().contains("this replica leads no longer");
        Ok((knows && !leads(&first)?).then_some(()))
    })?;
    // It goes on to follow: what happens now reaches it as well, and it leaves it to the other.
    rename(&plane, "una-1", "Renamed again")?;
    is_renamed(&plane, "una-1", "Renamed again")?;
    has_seen(&plane, "una-1", 3)?;
    assert_eq!(writes_of(&plane, "first")?, before, "{}", first.log());
    assert!(leads(&second)?);
    assert_eq!(first.admin("/readyz")?.status, 200);

    // And it is the one that goes on when the other ends.
    second.terminate()?;
    until_it_leads(&first)?;
    rename(&plane, "una-2", "Renamed at last")?;
    is_renamed(&plane, "una-2", "Renamed at last")
}

#[test]
fn the_api_server_keeps_a_place_for_what_the_operator_asks() -> Result<()> {
    let plane = ControlPlane::with_gateway(VALUES)?;
    let admin = plane.kubectl();
    let uid = |kind: &str, name: &str| -> Result<String> {
        let found = admin.get(&[kind, name])?.context("the chart made it")?;
        let uid = found["metadata"]["uid"].as_str().context("a uid")?;
        Ok(uid.to_owned())
    };
    let schema = uid("flowschema", "acervo-operator")?;
    let level = uid("prioritylevelconfiguration", "acervo-operator")?;
    let leases = uid("flowschema", "acervo-operator-lease")?;
    // What kubectl prints of the answers' headers.
    let headers = |kubectl: &Kubectl, target: &[&str]| -> Result<String> {
        let asks = [&["get", "--v=8"], target].concat();
        Ok(kubectl.try_with(&asks, "")?.output.to_lowercase())
    };
    let operator = plane.as_operator()?;
    let list = ["iiifinstitutions"];
    let lease = ["lease", "acervo-operator", "--namespace", "acervo"];
    // The API server learns of new levels by its own watch.
    until("its requests to be on its level", PATIENCE, || {
        let answer = headers(&operator, &list)?;
        Ok((answer.contains(&schema) && answer.contains(&level)).then_some(()))
    })?;
    until("its lease to be on that of leaders", PATIENCE, || {
        Ok(headers(&operator, &lease)?.contains(&leases).then_some(()))
    })?;
    let others = headers(admin, &list)?;
    ensure!(
        others.contains("x-kubernetes-pf-flowschema-uid"),
        "{others}"
    );
    assert!(!others.contains(&schema), "nobody else's: {others}");

    let without = render_chart(&format!(
        "{VALUES}operator: {{flowControl: {{enabled: false}}}}\n"
    ))?;
    assert!(!without.contains("kind: FlowSchema"));
    Ok(())
}
