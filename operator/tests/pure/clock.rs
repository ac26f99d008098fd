//! Clocks that jump: the operator's, the API server's, a node's. No schedule is forgotten for years, none
//! is met over and over.

use acervo_operator::names::INGEST_NOW;
use acervo_operator::reconcile::build::ingest_job::{jobs_to_start, spent_jobs};
use acervo_operator::reconcile::facts::{JobPhase, JobState};

use crate::fixture::{Case, FULL, GATEWAY, job, time};

const FOLDER: &str = "placas de vidrio";
const STATE: &str = "a1a1a1a1a1a1a1a1";
/// When the schedule was due: three o'clock in Havana.
const DUE: &str = "2026-05-04T07:00:00Z";

/// An institution with a folder that is read every day, and was read once.
fn daily(now: &str, finished: &str) -> Case {
    let mut case = Case::running(FULL, GATEWAY)
        .handed_over(FOLDER, STATE)
        .ingested("placas", STATE, finished);
    case.institution.spec.collections.truncate(1);
    case.institution.metadata.annotations = None;
    case.facts.now = time(now);
    case
}

fn ended(created: &str) -> JobState {
    let mut job = job(
        "placas",
        STATE,
        &format!("scheduled:{DUE}"),
        created,
        JobPhase::Succeeded,
    );
    job.name = format!("ingest-{created}");
    job
}

fn starts(case: &Case) -> usize {
    jobs_to_start(&case.validate().unwrap()).len()
}

#[test]
fn an_operator_whose_clock_jumps_meets_a_schedule_once() {
    for (now, starts_now) in [
        ("2026-05-04T07:10:00Z", 0),
        // Back by an hour, a day, years, and to where it was.
        ("2026-05-04T06:10:00Z", 0),
        ("2026-05-03T07:10:00Z", 0),
        ("1970-01-01T00:10:00Z", 0),
        ("2026-05-04T07:10:00Z", 0),
        // Ahead by years: once, not once a day that has passed.
        ("2036-05-04T07:10:00Z", 1),
    ] {
        let case = daily(now, "2026-05-04T07:03:00Z").job(ended("2026-05-04T07:00:02Z"));
        assert_eq!(starts(&case), starts_now, "{now}");
    }
    // That ingest is told by the API server's clock, which did not jump; and the operator's is right again.
    let case =
        daily("2026-05-04T07:20:00Z", "2026-05-04T07:15:00Z").job(ended("2026-05-04T07:14:00Z"));
    assert_eq!(starts(&case), 0);
}

#[test]
fn a_result_from_the_future_does_not_end_a_schedule() {
    let case =
        daily("2026-05-05T07:00:00Z", "2036-01-01T00:00:00Z").job(ended("2026-05-04T07:00:02Z"));
    assert_eq!(starts(&case), 1, "a node's clock was wrong for a while");
}

#[test]
fn a_job_from_the_future_is_not_the_newest_for_ever() {
    let wrong = ended("2036-01-01T00:00:00Z");
    let mut met = ended("2026-05-04T11:00:00Z");
    met.request = Some("again".to_owned());
    let case = daily("2026-05-04T12:00:00Z", "2026-05-04T11:01:00Z")
        .annotated(INGEST_NOW, "again")
        .job(wrong.clone())
        .job(met);
    assert_eq!(starts(&case), 0, "the request was met");
    assert_eq!(spent_jobs(&case.validate().unwrap()), [wrong.name]);
}

#[test]
fn an_ingest_that_failed_in_the_future_is_tried_again() {
    let mut failed = ended("2026-05-04T11:00:00Z");
    failed.phase = JobPhase::Failed;
    let mut case = daily("2026-05-04T11:02:00Z", "2026-05-04T11:01:00Z");
    case.config.ingest.retries = 1;
    case.institution.spec.collections[0].schedule = None;
    for (created, finished, starts_now) in [
        ("2026-05-04T11:00:00Z", "2036-01-01T00:00:00Z", 1),
        ("2036-01-01T00:00:00Z", "2036-01-01T00:00:30Z", 1),
        ("2026-05-04T11:00:00Z", "2026-05-04T11:01:30Z", 0),
    ] {
        failed.created = time(created);
        failed.finished = Some(time(finished));
        let case = case.clone().job(failed.clone());
        assert_eq!(starts(&case), starts_now, "{finished}");
    }
}

#[test]
fn clocks_that_differ_by_seconds_are_believed() {
    let case =
        daily("2026-05-04T07:00:00Z", "2026-05-03T07:03:00Z").job(ended("2026-05-04T07:00:03Z"));
    assert_eq!(
        starts(&case),
        0,
        "it was made a moment ago, by a clock that is ahead"
    );
}
