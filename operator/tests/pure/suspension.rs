//! Who answers readers while an institution is suspended or comes back: from what is observed to which
//! routes there are and whether a server runs.

use acervo_operator::digest;
use acervo_operator::reconcile::facts::{RouteState, ServerState};
use acervo_operator::reconcile::validate::Readers;
use acervo_operator::waves::{Rollout, Turn};
use jiff::SignedDuration;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};

use crate::fixture::{Case, FULL, GATEWAY, INGRESS, MINIMAL};
use crate::objects;

/// How a route stands.
#[derive(Debug, Clone, Copy)]
enum Is {
    /// Not there.
    Absent,
    /// Nobody has said anything about it.
    Pending,
    /// Accepted a moment ago.
    New,
    /// Accepted for long enough.
    Known,
}

use Is::{Absent, Known, New, Pending};

fn route(case: &Case, name: &str, is: Is) -> Vec<RouteState> {
    let age = SignedDuration::from_secs(if matches!(is, New) { 1 } else { 100 });
    let route = RouteState {
        name: name.to_owned(),
        accepted: matches!(is, New | Known).then_some(true),
        refusal: None,
        created: case.facts.now - age,
    };
    match is {
        Absent => Vec::new(),
        Pending | New | Known => vec![route],
    }
}

fn case(suspend: bool, own: Is, notice: Is, answers: bool) -> Case {
    let mut case = Case::running(MINIMAL, GATEWAY);
    case.institution.spec.suspend = suspend;
    case.facts.routes = route(&case, "public", own);
    case.facts.notices = route(&case, "public", notice);
    case.facts.server = Some(ServerState {
        available: i32::from(answers),
        ..ServerState::default()
    });
    case
}

/// Whether there is a route of its own, one of the notice, and a server.
fn built(case: &Case) -> (bool, bool, bool) {
    let built = case.build();
    let replicas = built.deployment.spec.unwrap().replicas;
    (
        !built.http_routes.is_empty() || built.ingress.is_some(),
        !built.notice_routes.is_empty() || built.notice_ingress.is_some(),
        replicas != Some(0),
    )
}

#[test]
fn whoever_takes_over_has_the_addresses_before_the_other_gives_them_up() {
    let (yes, no) = (true, false);
    for (why, case, expected) in [
        ("it begins", case(no, Absent, Absent, no), (yes, no, yes)),
        ("it serves", case(no, Known, Absent, yes), (yes, no, yes)),
        ("suspended", case(yes, Known, Absent, yes), (yes, yes, yes)),
        (
            "nobody has said anything of the notice",
            case(yes, Known, Pending, yes),
            (yes, yes, yes),
        ),
        (
            "the notice was accepted a moment ago",
            case(yes, Known, New, yes),
            (yes, yes, yes),
        ),
        (
            "the notice has taken over",
            case(yes, Known, Known, yes),
            (no, yes, yes),
        ),
        (
            "its routes are gone",
            case(yes, Absent, Known, yes),
            (no, yes, no),
        ),
        ("at rest", case(yes, Absent, Known, no), (no, yes, no)),
        (
            "suspended from the first day",
            case(yes, Absent, Absent, no),
            (no, yes, no),
        ),
        (
            "resumed, no server yet",
            case(no, Absent, Known, no),
            (no, yes, yes),
        ),
        (
            "resumed, the server answers",
            case(no, Absent, Known, yes),
            (yes, yes, yes),
        ),
        (
            "resumed, its route is pending",
            case(no, Pending, Known, yes),
            (yes, yes, yes),
        ),
        (
            "resumed, its route was accepted a moment ago",
            case(no, New, Known, yes),
            (yes, yes, yes),
        ),
        (
            "resumed, its route has taken over",
            case(no, Known, Known, yes),
            (yes, no, yes),
        ),
        (
            "resumed, the server went away again",
            case(no, Known, Known, no),
            (yes, yes, yes),
        ),
    ] {
        assert_eq!(built(&case), expected, "{why}: route, notice, server");
    }
}

/// What is built depends only on what is observed, so an operator that starts anew in the middle goes on.
#[test]
fn an_ingress_changes_hands_in_the_same_way() {
    let ingress = |suspend, own: Is, notice: Is, answers| {
        let mut case = Case::running(MINIMAL, INGRESS);
        let like = self::case(suspend, own, notice, answers);
        case.institution.spec.suspend = suspend;
        (case.facts.routes, case.facts.notices) = (like.facts.routes, like.facts.notices);
        case.facts.server = like.facts.server;
        built(&case)
    };
    assert_eq!(ingress(true, Known, Absent, true), (true, true, true));
    assert_eq!(ingress(true, Known, New, true), (true, true, true));
    assert_eq!(ingress(true, Known, Known, true), (false, true, true));
    assert_eq!(ingress(true, Absent, Known, true), (false, true, false));
    assert_eq!(ingress(false, Absent, Known, false), (false, true, true));
    assert_eq!(ingress(false, Known, Known, true), (true, false, true));
}

/// Its status says so.
fn suspended_for(case: &mut Case, seconds: i64) {
    let suspended = Condition {
        type_: "Suspended".to_owned(),
        status: "True".to_owned(),
        last_transition_time: Time(case.facts.now - SignedDuration::from_secs(seconds)),
        message: String::new(),
        observed_generation: None,
        reason: "Suspended".to_owned(),
    };
    let status = case.institution.status.get_or_insert_default();
    status.conditions = vec![suspended];
}

#[test]
fn a_notice_that_nobody_accepts_does_not_keep_the_server_running() {
    let mut case = case(true, Known, Pending, true);
    suspended_for(&mut case, 59);
    assert_eq!(built(&case), (true, true, true));
    suspended_for(&mut case, 60);
    assert_eq!(built(&case), (true, true, false));
    assert_eq!(
        case.validate().unwrap().readers,
        Readers::ServerUntilNotice { runs: false }
    );
}

#[test]
fn nobody_waits_for_a_turn_to_stop() {
    let turn = |suspend, own| {
        let mut case = case(suspend, own, Known, true);
        let record = Rollout::own(
            case.institution.metadata.generation.unwrap_or(0),
            digest::wanted(&serde_json::json!({"spec": "of before"})),
        );
        let server = case.facts.server.as_mut().unwrap();
        server.rollout = Some(record);
        case.build().servers
    };
    assert_eq!(turn(false, Known), Turn::InTurn, "the platform's doing");
    assert_eq!(turn(true, Absent), Turn::Now);
}

#[test]
fn an_institution_is_looked_at_again_when_time_alone_changes_who_answers() {
    let at = |case: &Case| {
        let at = case.validate().unwrap().readers_change_at(&case.facts);
        at.map(|at| at.duration_since(case.facts.now).as_secs())
    };
    for (why, case, seconds) in [
        ("it serves", case(false, Known, Absent, true), None),
        (
            "the notice is pending",
            case(true, Known, Pending, true),
            Some(60),
        ),
        (
            "the notice is accepted",
            case(true, Known, New, true),
            Some(4),
        ),
        ("at rest", case(true, Absent, Known, false), None),
        (
            "its route is pending",
            case(false, Pending, Known, true),
            None,
        ),
        (
            "its route is accepted",
            case(false, New, Known, true),
            Some(4),
        ),
    ] {
        assert_eq!(at(&case), seconds, "{why}");
    }
    // A notice that is accepted late takes over as well.
    let mut late = case(true, Known, New, true);
    suspended_for(&mut late, 3600);
    assert_eq!(at(&late), Some(4));
}

#[test]
fn a_route_that_was_made_in_the_future_takes_over() {
    let mut case = case(true, Known, New, true);
    case.facts.notices[0].created = case.facts.now + SignedDuration::from_secs(60);
    assert_eq!(built(&case), (true, true, true), "clocks differ by little");
    case.facts.notices[0].created = case.facts.now + SignedDuration::from_hours(2);
    assert_eq!(built(&case), (false, true, true), "one of them is wrong");
}

/// Every address of the institution, under every name that routes may have.
#[test]
fn the_notice_stands_in_for_every_route_in_the_operators_namespace() {
    for config in [GATEWAY, INGRESS] {
        let mut case = Case::running(FULL, config);
        case.institution.spec.plan = "small".to_owned();
        let own = case.build();
        case.institution.spec.suspend = true;
        let away = case.build();
        let spec = |mut object: serde_json::Value| {
            let metadata = object["metadata"].take();
            let mut text = object["spec"].to_string();
            for (from, to) in [
                ("\"image-server\"", "\"acervo-notice\""),
                (
                    "\"name\":\"public-hosts\"",
                    "\"name\":\"public-hosts\",\"namespace\":\"acervo-fototeca-oeste\"",
                ),
            ] {
                text = text.replace(from, to);
            }
            let spec: serde_json::Value = serde_json::from_str(&text).unwrap();
            (metadata, spec)
        };
        let as_values = |routes: &[acervo_operator::gateway::HttpRoute], ingress: &Option<_>| {
            let ingress = ingress.iter().map(objects::value);
            routes
                .iter()
                .map(objects::value)
                .chain(ingress)
                .collect::<Vec<_>>()
        };
        let own = as_values(&own.http_routes, &own.ingress);
        let away = as_values(&away.notice_routes, &away.notice_ingress);
        assert_eq!(own.len(), away.len());
        for (own, notice) in own.into_iter().zip(away) {
            let (own_metadata, own_spec) = spec(own);
            let metadata = &notice["metadata"];
            let name = own_metadata["name"].as_str().unwrap();
            assert_eq!(metadata["name"], format!("{name}.fototeca-oeste"));
            assert_eq!(metadata["namespace"], "platform-system");
            for same in ["labels", "annotations", "ownerReferences"] {
                assert_eq!(metadata[same], own_metadata[same], "{name}: {same}");
            }
            assert_eq!(notice["spec"], own_spec, "{name}");
        }
    }
}
