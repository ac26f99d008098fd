//! What follows a failed ingest.

use acervo_operator::names;
use acervo_operator::reconcile::build::ingest_job::{jobs_to_start, next_wake, retry::pause};
use acervo_operator::reconcile::facts::{JobPhase, JobState};
use jiff::SignedDuration;

use crate::fixture::{Case, FULL, GATEWAY, job, time};

const PLACAS: &str = "placas de vidrio";
const A: &str = "a1a1a1a1a1a1a1a1";
const B: &str = "b2b2b2b2b2b2b2b2";

/// At noon, an ingest of the folder as it is has failed at 11:00 in some attempt.
fn failed(attempt: u32, cause: &str) -> JobState {
    JobState {
        attempt,
        finished: Some(time("2026-05-04T11:00:00Z")),
        confirmation: Some(format!("placas:{A}")),
        ..job("placas", A, cause, "2026-05-04T10:00:00Z", JobPhase::Failed)
    }
}

fn case(folder: &str, failed: JobState) -> Case {
    let mut case = Case::running(FULL, GATEWAY);
    case.institution.metadata.annotations = None;
    case.institution.spec.collections.truncate(1);
    case.institution.spec.collections[0].schedule = None;
    case.config.ingest.retries = 3;
    case.handed_over(PLACAS, folder).job(failed)
}

/// Cause and attempt of what starts.
fn starts(case: &Case) -> Vec<(String, u32)> {
    let starts = jobs_to_start(&case.validate().unwrap());
    let of = |start: &acervo_operator::reconcile::build::ingest_job::IngestStart| {
        (start.cause.to_string(), start.attempt)
    };
    starts.iter().map(of).collect()
}

#[test]
fn pauses_grow_up_to_six_hours() {
    let minutes: Vec<_> = (1..=7).map(|n| pause(n).as_mins()).collect();
    assert_eq!(minutes, [1, 5, 25, 125, 360, 360, 360]);
    assert_eq!(pause(u32::MAX), SignedDuration::from_hours(6));
}

#[test]
fn a_failed_ingest_is_tried_again_when_it_is_due_as_often_as_the_platform_says() {
    let wake = |case: &Case| next_wake(&case.validate().unwrap());
    let again = |attempt| starts(&case(A, failed(attempt, "changed")));
    assert_eq!(again(1), [("changed".to_owned(), 2)]);
    assert_eq!(again(3), [("changed".to_owned(), 4)]);
    assert_eq!(again(4), [], "it has been tried often enough");
    let mut soon = case(A, failed(2, "changed"));
    soon.facts.now = time("2026-05-04T11:04:59Z");
    assert_eq!(starts(&soon), [], "five minutes are not over");
    assert_eq!(wake(&soon), Some(time("2026-05-04T11:05:00Z")));
    let mut never = case(A, failed(4, "changed"));
    never.facts.now = time("2026-05-04T11:04:59Z");
    assert_eq!(wake(&never), None);
}

/// Also that of a removal, which was confirmed for exactly this state, and of a schedule.
#[test]
fn the_next_attempt_has_the_cause_of_the_one_before() {
    for cause in [
        "removal-confirmed",
        "requested:x",
        "scheduled:2026-05-04T10:00:00Z",
    ] {
        let case = case(A, failed(1, cause));
        assert_eq!(starts(&case), [(cause.to_owned(), 2)]);
        let job = case.build().ingest_jobs.remove(0);
        let annotations = job.metadata.annotations.unwrap();
        assert_eq!(annotations[names::ATTEMPT], "2");
        assert_eq!(annotations[names::CONFIRM_REMOVAL], format!("placas:{A}"));
    }
}

#[test]
fn another_state_another_resource_or_another_wish_begin_with_a_first_attempt() {
    let first = |case: &Case, cause: &str| assert_eq!(starts(case), [(cause.to_owned(), 1)]);
    first(&case(B, failed(4, "changed")), "changed");
    let mut edited = case(A, failed(4, "changed"));
    edited.institution.metadata.generation = Some(2);
    first(&edited, "changed");
    let asked = case(A, failed(1, "changed")).annotated(names::INGEST_NOW, "now");
    first(&asked, "requested:now");
}

#[test]
fn each_attempt_has_a_name_of_its_own() {
    let name = |attempt: u32, name: &str| {
        let failed = JobState {
            name: name.to_owned(),
            ..failed(attempt, "changed")
        };
        let mut jobs = case(A, failed).build().ingest_jobs;
        jobs.remove(0).metadata.name.unwrap()
    };
    let second = name(1, "first");
    assert_ne!(name(2, &second), second);
    assert_eq!(name(1, "first"), second, "the same decision, the same name");
}
