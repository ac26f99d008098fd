//! The status: what each condition says of what is observed, and what stays when nobody can tell.

use std::sync::Arc;

use acervo_crds::institution::Access;
use acervo_crds::status::{CollectionStatus, IiifInstitutionStatus};
use acervo_operator::inside::{LastWords, Progress, RefusalReason, StorageUse};
use acervo_operator::reconcile::apply::{ApplyError, ObjectError};
use acervo_operator::reconcile::build::build;
use acervo_operator::reconcile::facts::{ClaimPhase, Hindrance, JobPhase, RouteState, ServerState};
use acervo_operator::reconcile::mirror::mirror;
use acervo_operator::reconcile::status;
use acervo_tenancy::{Bilingual, Language};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use crate::fixture::{Case, FULL, GATEWAY, MINIMAL, job, time};

/// The status of what is observed in the case, as if all of it had been applied.
fn status_of(case: &Case) -> IiifInstitutionStatus {
    let validated = case.validate().unwrap();
    let built = build(&validated, usize::MAX);
    let applied = built.applied();
    let mut observed = case.facts.clone();
    for started in &applied.ingest_jobs {
        let mut state = job(
            "mapas",
            "aa",
            "changed",
            "2026-05-04T12:00:00Z",
            JobPhase::Running,
        );
        state.name = started.metadata.name.clone().unwrap();
        observed.jobs.push(state);
    }
    status::status(&validated, &applied, &observed)
}

fn condition(status: &IiifInstitutionStatus, type_: &str) -> (String, String, String) {
    let condition = status.conditions.iter().find(|c| c.type_ == type_).unwrap();
    (
        condition.status.clone(),
        condition.reason.clone(),
        condition.message.clone(),
    )
}

fn accepted(name: &str) -> RouteState {
    RouteState {
        name: name.to_owned(),
        accepted: Some(true),
        refusal: None,
        created: time("2026-05-04T11:00:00Z"),
    }
}

/// An institution of which everything is as it should be.
fn ready() -> Case {
    let mut case = Case::running(MINIMAL, GATEWAY);
    let mapas = serde_json::json!({"name": "mapas", "source": {"directory": "mapas"}});
    case.institution.spec.collections = vec![serde_json::from_value(mapas).unwrap()];
    case.facts.routes = vec![accepted("public")];
    case.facts.server = Some(ServerState {
        replicas: 1,
        available: 1,
        ..ServerState::default()
    });
    let inside = Arc::make_mut(case.facts.inside.as_mut().unwrap());
    inside.storage = StorageUse {
        used: 1 << 30,
        capacity: 5 << 30,
    };
    case
}

#[test]
fn an_institution_is_ready_when_volume_server_and_route_are() {
    let case = ready();
    assert_eq!(condition(&status_of(&case), "Ready").0, "True");
    type Change = fn(&mut Case);
    let changes: [(&str, &str, Change); 7] = [
        ("StorageReady", "VolumePending", |case| {
            case.facts.claim.as_mut().unwrap().phase = ClaimPhase::Pending;
        }),
        ("StorageReady", "VolumeLost", |case| {
            case.facts.claim.as_mut().unwrap().phase = ClaimPhase::Lost;
        }),
        ("ServerAvailable", "ServerStarting", |case| {
            case.facts.server = None
        }),
        ("ServerAvailable", "ServerFailed", |case| {
            let server = case.facts.server.as_mut().unwrap();
            (server.available, server.failure) = (0, Some("exceeded quota".to_owned()));
        }),
        ("RouteAccepted", "RoutePending", |case| {
            case.facts.routes.clear()
        }),
        ("RouteAccepted", "RoutePending", |case| {
            case.facts.routes[0].accepted = None
        }),
        ("RouteAccepted", "RouteRefused", |case| {
            case.facts.routes[0].refusal = Some("NotAllowedByListeners: no".to_owned());
        }),
    ];
    for (type_, reason, change) in changes {
        let mut case = ready();
        change(&mut case);
        let status = status_of(&case);
        let (holds, why, message) = condition(&status, type_);
        assert_eq!((holds.as_str(), why.as_str()), ("False", reason));
        let ready = condition(&status, "Ready");
        assert_eq!(
            ready,
            ("False".to_owned(), why, message),
            "Ready says what is missing"
        );
    }
}

#[test]
fn only_news_of_a_beginning_may_wait_for_better_ones() {
    let done = status_of(&ready());
    let starting = {
        let mut case = ready();
        case.facts.server = None;
        status_of(&case)
    };
    let lost = {
        let mut case = ready();
        case.facts.claim.as_mut().unwrap().phase = ClaimPhase::Lost;
        status_of(&case)
    };
    let waits = |before, now| status::is_beginning(before, now);
    assert!(waits(None, &starting));
    assert!(waits(Some(&starting), &starting));
    assert!(waits(Some(&lost), &starting), "it is on its way again");
    assert!(!waits(None, &done));
    assert!(!waits(Some(&starting), &lost), "somebody has to know");
    assert!(!waits(Some(&done), &starting), "readers no longer can");
}

#[test]
fn every_route_that_was_applied_must_be_accepted() {
    let mut case = Case::running(FULL, GATEWAY);
    case.facts.server = ready().facts.server;
    case.facts.routes = vec![accepted("public")];
    for name in ["public-hosts", "public-manifests", "public-images"] {
        assert_eq!(
            condition(&status_of(&case), "RouteAccepted").1,
            "RoutePending"
        );
        case.facts.routes.push(accepted(name));
    }
    assert_eq!(condition(&status_of(&case), "RouteAccepted").0, "True");
}

#[test]
fn what_could_not_be_written_is_said_and_does_not_take_away_what_serves() {
    let case = ready();
    let validated = case.validate().unwrap();
    let refusal = kube::core::Status::failure("denied by policy", "Forbidden").with_code(403);
    let error = ApplyError {
        first: ObjectError {
            kind: "Deployment".to_owned(),
            name: "image-server".to_owned(),
            source: Box::new(kube::Error::Api(Box::new(refusal))),
        },
        others: 1,
    };
    let (holds, reason, message) =
        condition(&status::hindered(&validated, &error, &case.facts), "Ready");
    assert_eq!((holds.as_str(), reason.as_str()), ("True", "ApplyFailed"));
    assert!(message.contains("Deployment image-server") && message.contains("denied by policy"));
    let mut without = case.clone();
    without.facts.server = None;
    let (holds, reason, _) = condition(
        &status::hindered(&validated, &error, &without.facts),
        "Ready",
    );
    assert_eq!((holds.as_str(), reason.as_str()), ("False", "ApplyFailed"));
}

#[test]
fn the_time_of_a_condition_changes_with_its_status_only() {
    let mut case = ready();
    let first = status_of(&case);
    case.institution.status = Some(first.clone());
    case.facts.now = time("2026-05-04T13:00:00Z");
    assert_eq!(
        status_of(&case),
        first,
        "nothing changed, so nothing is written"
    );
    case.facts.routes.clear();
    let times = |status: &IiifInstitutionStatus| -> Vec<_> {
        status
            .conditions
            .iter()
            .map(|c| (c.type_.clone(), c.last_transition_time.0))
            .collect()
    };
    let changed: Vec<_> = times(&status_of(&case))
        .into_iter()
        .zip(times(&first))
        .filter(|(now, before)| now != before)
        .map(|(now, _)| now.0)
        .collect();
    assert_eq!(changed, ["Ready", "RouteAccepted"]);
}

#[test]
fn counts_stay_as_they_were_while_no_server_tells() {
    let mut case = ready().ingested("mapas", "aa", "2026-05-01T00:00:00.5Z");
    let known = status_of(&case);
    assert_eq!((known.published, known.refused), (Some(3), Some(0)));
    case.institution.status = Some(known.clone());
    case.facts.inside = None;
    let status = status_of(&case);
    assert_eq!(status.collections, known.collections);
    assert_eq!(status.storage, known.storage);
    assert_eq!(condition(&status, "CollectionsIngested").0, "Unknown");
}

#[test]
fn a_little_more_in_use_is_no_news() {
    let mut case = ready();
    let known = status_of(&case);
    case.institution.status = Some(known.clone());
    let inside = Arc::make_mut(case.facts.inside.as_mut().unwrap());
    inside.storage.used += inside.storage.capacity / 100;
    assert_eq!(status_of(&case), known);
    let inside = Arc::make_mut(case.facts.inside.as_mut().unwrap());
    inside.storage.used += inside.storage.capacity / 10;
    assert_ne!(status_of(&case).storage, known.storage);
}

#[test]
fn collections_tell_what_goes_on_in_them() {
    let reasons = |case: &Case| condition(&status_of(case), "CollectionsIngested").1;
    let mut case = ready();
    assert_eq!(reasons(&case), "NothingHandedOver");
    case.incoming("mapas", "aa", false);
    assert_eq!(reasons(&case), "InWork", "still changing");
    let case = ready().handed_over("mapas", "aa");
    assert_eq!(reasons(&case), "InWork", "an ingest was started");
    let mut case = case.ingested("mapas", "aa", "2026-05-01T00:00:00Z");
    assert_eq!(reasons(&case), "Ingested");
    let inside = Arc::make_mut(case.facts.inside.as_mut().unwrap());
    inside.collections[0].running = Some(Progress { done: 3, total: 9 });
    assert_eq!(reasons(&case), "InWork");
    let message = |case: &Case| status_of(case).collections[0].message.clone().unwrap();
    assert_eq!(message(&case), "3/9");
    let inside = Arc::make_mut(case.facts.inside.as_mut().unwrap());
    inside.collections[0].running = None;
    let reason = |path: &str, code: &str| RefusalReason {
        path: path.to_owned(),
        row: None,
        column: None,
        code: code.to_owned(),
        message: Bilingual::new("no es una imagen.", "it is no image."),
    };
    inside.collections[0].reasons =
        vec![reason("a.txt", "not-an-image"), reason("", "mass-removal")];
    let told = message(&case);
    assert!(
        told.starts_with(
            "a.txt: no es una imagen. · no es una imagen. Para confirmarla: kubectl annotate"
        ),
        "{told}"
    );
    assert!(
        told.ends_with("acervo.dev/confirm-removal=mapas:aa"),
        "{told}"
    );
}

#[test]
fn a_refusal_in_a_spreadsheet_is_told_with_its_row_and_column() {
    let mut case = ready().ingested("mapas", "aa", "2026-05-01T00:00:00Z");
    let json = |place: serde_json::Value| {
        let mut json = serde_json::json!({
            "path": "items.xlsx", "code": "no-title",
            "message": {"es": "falta el título.", "en": "the title is missing."},
        });
        let (json_fields, place) = (json.as_object_mut().unwrap(), place.as_object().unwrap());
        json_fields.extend(place.clone());
        serde_json::from_value::<RefusalReason>(json).unwrap()
    };
    for (place, told) in [
        (serde_json::json!({}), "items.xlsx: the title is missing."),
        (
            serde_json::json!({"row": 12}),
            "items.xlsx: row 12: the title is missing.",
        ),
        (
            serde_json::json!({"row": 12, "column": "title"}),
            "items.xlsx: row 12, column title: the title is missing.",
        ),
        (
            serde_json::json!({"row": null, "column": "título"}),
            "items.xlsx: column título: the title is missing.",
        ),
    ] {
        let inside = Arc::make_mut(case.facts.inside.as_mut().unwrap());
        inside.collections[0].reasons = vec![json(place)];
        case.config.platform.language = Language::En;
        let message = |case: &Case| status_of(case).collections[0].message.clone().unwrap();
        assert_eq!(message(&case), told);
        case.config.platform.language = Language::Es;
        let spanish = told
            .replace("row", "fila")
            .replace("column", "columna")
            .replace("the title is missing", "falta el título");
        assert_eq!(message(&case), spanish);
    }
}

/// Only its node knows why a pod does not begin.
#[test]
fn an_ingest_that_cannot_begin_for_want_of_its_keys_names_the_secret() {
    let mut case = ready();
    let postales = serde_json::json!({
        "name": "postales", "source": {"s3": {"bucket": "postales", "credentialsSecret": "keys"}},
    });
    case.institution.spec.collections = vec![serde_json::from_value(postales).unwrap()];
    assert_eq!(
        condition(&status_of(&case), "CollectionsIngested").1,
        "InWork"
    );
    let running = job(
        "postales",
        "aa",
        "changed",
        "2026-05-04T11:00:00Z",
        JobPhase::Running,
    );
    let hindered = |reason: &str| {
        let mut case = case.clone().job(running.clone());
        case.facts.jobs[0].begun = false;
        case.facts.jobs[0].hindered = Some(Hindrance {
            reason: reason.to_owned(),
            message: "it says why".to_owned(),
        });
        let (status, reason, message) = condition(&status_of(&case), "CollectionsIngested");
        assert_eq!(status, "False");
        assert!(message.contains("it says why"), "{message}");
        (reason, message)
    };
    let (reason, message) = hindered("CreateContainerConfigError");
    assert_eq!(reason, "CredentialsMissing");
    for part in [
        "«keys»",
        "accessKeyId",
        "secretAccessKey",
        "acervo-museo-norte",
    ] {
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(hindered("ImagePullBackOff").0, "IngestCannotBegin");
}

#[test]
fn a_failed_ingest_is_told_in_its_own_words() {
    let mut case = ready().job(job(
        "mapas",
        "aa",
        "changed",
        "2026-05-04T11:00:00Z",
        JobPhase::Failed,
    ));
    case.facts.jobs[0].failure = Some("BackoffLimitExceeded".to_owned());
    let told = |case: &Case| condition(&status_of(case), "CollectionsIngested");
    assert_eq!(told(&case).1, "IngestFailed");
    assert!(told(&case).2.contains("BackoffLimitExceeded"));
    case.facts.jobs[0].last_words = Some(LastWords {
        error: Some(Bilingual::new("el disco está lleno.", "the disk is full.")),
        ..Default::default()
    });
    assert!(
        told(&case).2.contains("el disco está lleno. Corrija"),
        "{:?}",
        told(&case)
    );
}

#[test]
fn what_follows_a_failed_ingest_is_told_with_its_time_and_a_newer_one_counts() {
    let mut case = ready().job(job(
        "mapas",
        "aa",
        "changed",
        "2026-05-04T11:58:00Z",
        JobPhase::Failed,
    ));
    case.config.ingest.retries = 3;
    case.facts.jobs[0].attempt = 2;
    case.facts.jobs[0].finished = Some(time("2026-05-04T11:59:00.5Z"));
    let told = |case: &Case| condition(&status_of(case), "CollectionsIngested");
    let (status, reason, message) = told(&case);
    assert_eq!(
        (status.as_str(), reason.as_str()),
        ("False", "IngestRetrying")
    );
    for words in ["intento 2 de 4", "2026-05-04T12:04:00Z"] {
        assert!(message.contains(words), "{message}");
    }
    let mut newer = job(
        "mapas",
        "aa",
        "changed",
        "2026-05-04T12:00:00Z",
        JobPhase::Running,
    );
    newer.name = "newer".to_owned();
    assert_eq!(told(&case.job(newer)).1, "InWork");
}

#[test]
fn an_ingest_that_waits_for_its_turn_among_all_institutions_says_so() {
    let case = ready().handed_over("mapas", "bb");
    let validated = case.validate().unwrap();
    let built = build(&validated, 0);
    assert_eq!(built.waiting.len(), 1);
    assert!(built.ingest_jobs.is_empty());
    let status = status::status(&validated, &built.applied(), &case.facts);
    let (status, reason, message) = condition(&status, "CollectionsIngested");
    assert_eq!(
        (status.as_str(), reason.as_str()),
        ("False", "IngestWaiting")
    );
    assert!(
        message.contains("mapas") && message.contains("7 como máximo"),
        "{message}"
    );
}

#[test]
fn without_a_server_the_last_words_of_an_ingest_count() {
    let mut case = ready();
    case.facts.inside = None;
    let before = CollectionStatus {
        name: "mapas".to_owned(),
        published: 1,
        refused: 0,
        in_work: 0,
        last_ingest: Some(Time(time("2026-05-01T00:00:00Z"))),
        message: None,
    };
    let known = IiifInstitutionStatus {
        collections: vec![before],
        ..Default::default()
    };
    case.institution.status = Some(known);
    let mut job = job(
        "mapas",
        "aa",
        "changed",
        "2026-05-04T11:00:00Z",
        JobPhase::Succeeded,
    );
    job.finished = Some(time("2026-05-04T11:01:00Z"));
    job.last_words = Some(LastWords {
        published: 7,
        refused: 2,
        ..Default::default()
    });
    let case = case.job(job);
    let status = status_of(&case);
    assert_eq!((status.published, status.refused), (Some(7), Some(2)));
}

#[test]
fn staff_read_a_copy_of_the_whole_status_where_somebody_is_named() {
    let mut case = ready();
    let copy = |case: &Case| mirror(&case.institution, &status_of(case));
    assert!(copy(&case).is_none(), "nobody is named");
    case.institution.spec.access = vec![Access {
        group: None,
        user: Some("ana".to_owned()),
    }];
    let data = copy(&case).unwrap().data.unwrap();
    let status = status_of(&case);
    assert_eq!(data.len(), status.conditions.len() + 2);
    assert_eq!(data["url"], status.url.clone().unwrap());
    assert!(data["Ready"].starts_with("True Ready: "), "{data:?}");
    let read: IiifInstitutionStatus = serde_saphyr::from_str(&data["status.yaml"]).unwrap();
    assert_eq!(read, status);
}
