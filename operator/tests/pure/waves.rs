//! Waves: what the platform wants of servers waits for a turn, and all that goes with them.

use acervo_operator::names;
use acervo_operator::reconcile::facts::ServerState;
use acervo_operator::reconcile::status;
use acervo_operator::waves::{Cause, Rollout, Turn};
use k8s_openapi::api::apps::v1::Deployment;

use crate::fixture::{Case, GATEWAY, MINIMAL};

fn record(deployment: &Deployment) -> Rollout {
    let annotations = deployment.metadata.annotations.as_ref().unwrap();
    annotations[names::ROLLOUT].parse().unwrap()
}

/// An institution at rest, with the servers that `build` makes, and a folder that is to be ingested.
fn at_rest() -> Case {
    let mut case = Case::running(MINIMAL, GATEWAY);
    let mapas = serde_json::json!({"name": "mapas", "source": {"directory": "mapas"}});
    case.institution.spec.collections = vec![serde_json::from_value(mapas).unwrap()];
    case.institution.metadata.generation = Some(3);
    let mut case = case.handed_over("mapas", "aaaaaaaaaa");
    let built = case.build();
    case.facts.server = Some(ServerState {
        replicas: 1,
        updated: 1,
        total: 1,
        available: 1,
        image: case.config.image.reference.clone(),
        table: built.tenant_table.metadata.name.unwrap().into(),
        rollout: Some(record(&built.deployment)),
        ..ServerState::default()
    });
    case
}

fn server_condition(case: &Case, later: bool) -> (String, String) {
    let validated = case.validate().unwrap();
    let mut built = case.build();
    if later {
        built.wait(case.facts.server.as_ref(), false);
    }
    let status = status::status(&validated, &built.applied(), &case.facts);
    let server = status
        .conditions
        .into_iter()
        .find(|c| c.type_ == "ServerAvailable")
        .unwrap();
    (server.status, server.reason)
}

#[test]
fn what_is_recorded_of_servers_changes_only_with_them_or_their_resource() {
    let mut case = at_rest();
    let first = record(&case.build().deployment);
    assert_eq!((first.cause, first.generation), (Cause::Institution, 3));
    assert_eq!(record(&case.build().deployment), first);
    case.institution.metadata.generation = Some(4);
    let next = record(&case.build().deployment);
    assert_eq!((next.generation, next.wanted), (4, first.wanted));
}

#[test]
fn another_image_plan_or_address_of_the_platform_comes_in_turn() {
    type Change = fn(&mut Case);
    let changes: [(&str, Change); 4] = [
        ("image", |case| case.config.image.reference.push('2')),
        ("plan", |case| {
            case.config
                .platform
                .plans
                .get_mut("small")
                .unwrap()
                .replicas = 2
        }),
        ("nodes", |case| {
            let selector = &mut case.config.scheduling.node_selector;
            selector.insert("zone".to_owned(), "b".to_owned());
        }),
        ("address", |case| {
            case.config.platform.base_url = "https://elsewhere.example.org/{institution}"
                .parse()
                .unwrap();
        }),
    ];
    for (what, change) in changes {
        let mut case = at_rest();
        assert_eq!(case.build().servers, Turn::Now, "nothing changed");
        change(&mut case);
        let built = case.build();
        assert_eq!(built.servers, Turn::InTurn, "{what}");
        assert_eq!(record(&built.deployment).cause, Cause::Platform, "{what}");
        case.institution.metadata.generation = Some(4);
        assert_eq!(case.build().servers, Turn::Now, "{what}, and the resource");
    }
}

#[test]
fn while_servers_wait_ingest_runs_what_they_run() {
    let mut case = at_rest();
    let old = case.config.image.reference.clone();
    case.config.image.reference.push('2');
    let image = |built: &acervo_operator::reconcile::build::Resources<_>| {
        let pod = built.ingest_jobs[0]
            .spec
            .as_ref()
            .unwrap()
            .template
            .spec
            .as_ref()
            .unwrap();
        pod.containers[0].image.clone().unwrap()
    };
    let mut built = case.build();
    assert_eq!(image(&built), format!("{old}2"));
    built.wait(case.facts.server.as_ref(), false);
    assert_eq!(image(&built), old);
    assert_eq!((built.servers, built.routes), (Turn::Later, Turn::Now));
    // A Job that has not begun is not taken for one of an image that nobody runs any more.
    let mut job = crate::fixture::job(
        "mapas",
        "aaaaaaaaaa",
        "changed",
        "2026-05-04T12:00:00Z",
        acervo_operator::reconcile::facts::JobPhase::Running,
    );
    (job.begun, job.image) = (false, old);
    let case = case.job(job);
    assert!(case.build().spent_jobs.is_empty());
}

#[test]
fn while_another_address_waits_readers_are_told_the_old_one() {
    let mut case = at_rest();
    let before = case.validate().unwrap().url();
    let status = serde_json::json!({ "url": before });
    case.institution.status = Some(serde_json::from_value(status).unwrap());
    case.config.platform.base_url = "https://elsewhere.example.org/{institution}"
        .parse()
        .unwrap();
    let validated = case.validate().unwrap();
    let mut built = case.build();
    built.wait(case.facts.server.as_ref(), true);
    let waiting = status::status(&validated, &built.applied(), &case.facts);
    assert_eq!(waiting.url, Some(before));
    let moved = status::status(&validated, &case.build().applied(), &case.facts);
    assert_eq!(moved.url, Some(validated.url()));
}

#[test]
fn the_condition_says_how_far_servers_are() {
    let mut case = at_rest();
    let says = |reason: &str| ("True".to_owned(), reason.to_owned());
    assert_eq!(server_condition(&case, false), says("Available"));
    case.config.image.reference.push('2');
    assert_eq!(server_condition(&case, true), says("UpdateWaiting"));
    let server = case.facts.server.as_mut().unwrap();
    server.rolling = true;
    assert_eq!(server_condition(&case, false), says("Updating"));
    let server = case.facts.server.as_mut().unwrap();
    server.failure = Some("ReplicaSet \"x\" has timed out progressing.".to_owned());
    assert_eq!(server_condition(&case, false), says("UpdateFailed"));
}
