//! When an ingest starts, and which Jobs are no longer needed.

use acervo_crds::images::ColorProfiles;
use acervo_operator::names::{self, CONFIRM_REMOVAL, INGEST_NOW};
use acervo_operator::reconcile::build::ingest_job::{
    Cause, job as built_job, jobs_to_start, next_wake, spent_jobs,
};
use acervo_operator::reconcile::facts::{JobPhase, JobState};

use crate::fixture::{Case, FULL, GATEWAY, job, time};

const PLACAS: &str = "placas de vidrio";
/// Two fingerprints.
const A: &str = "a1a1a1a1a1a1a1a1";
const B: &str = "b2b2b2b2b2b2b2b2";

/// The full institution with its folder alone; buckets have tests of their own.
fn full() -> Case {
    let mut case = Case::running(FULL, GATEWAY);
    case.institution.spec.collections.truncate(1);
    case
}

/// The full institution without its request and its schedule.
fn quiet() -> Case {
    let mut case = full();
    case.institution.metadata.annotations = None;
    case.institution.spec.collections[0].schedule = None;
    case
}

/// The causes of the ingests that start, as the Jobs carry them.
fn starts(case: &Case) -> Vec<String> {
    let starts = jobs_to_start(&case.validate().unwrap());
    starts
        .iter()
        .map(|s| format!("{} {}", s.collection, s.cause))
        .collect()
}

fn done(fingerprint: &str, cause: &str) -> JobState {
    job(
        "placas",
        fingerprint,
        cause,
        "2026-05-04T10:00:00Z",
        JobPhase::Succeeded,
    )
}

fn failed(fingerprint: &str, cause: &str) -> JobState {
    JobState {
        phase: JobPhase::Failed,
        ..done(fingerprint, cause)
    }
}

fn requested(value: &str) -> JobState {
    JobState {
        request: Some(value.to_owned()),
        ..done(A, &format!("requested:{value}"))
    }
}

#[test]
fn a_changed_folder_starts_an_ingest_once_it_has_settled() {
    let nothing: [&str; 0] = [];
    let changed = ["placas changed"];
    let day_before = "2026-05-03T00:00:00Z";
    let mut unsettled = quiet();
    unsettled.incoming(PLACAS, A, false);
    let mut silent = quiet().handed_over(PLACAS, A);
    silent.facts.inside = None;
    let running = JobState {
        phase: JobPhase::Running,
        ..done(B, "changed")
    };
    for (why, case, expected) in [
        ("nothing was handed over", quiet(), &nothing[..]),
        ("new", quiet().handed_over(PLACAS, A), &changed),
        ("still changing", unsettled, &nothing),
        ("the server is silent", silent, &nothing),
        (
            "published as it is",
            quiet()
                .handed_over(PLACAS, A)
                .ingested("placas", A, day_before),
            &nothing,
        ),
        (
            "changed since",
            quiet()
                .handed_over(PLACAS, B)
                .ingested("placas", A, day_before),
            &changed,
        ),
        (
            "one at a time",
            quiet().handed_over(PLACAS, A).job(running),
            &nothing,
        ),
        (
            "just read, the server does not say so yet",
            quiet().handed_over(PLACAS, A).job(done(A, "changed")),
            &nothing,
        ),
        (
            "failed and the same",
            quiet().handed_over(PLACAS, A).job(failed(A, "changed")),
            &nothing,
        ),
        (
            "failed on request and the same",
            quiet().handed_over(PLACAS, A).job(failed(A, "requested:x")),
            &nothing,
        ),
        (
            "failed, then changed",
            quiet().handed_over(PLACAS, B).job(failed(A, "changed")),
            &changed,
        ),
    ] {
        assert_eq!(starts(&case), expected, "{why}");
    }
}

#[test]
fn another_policy_for_colours_starts_an_ingest_once() {
    let told = |colors: Option<&str>| JobState {
        color_profiles: colors.map(str::to_owned),
        ..done(A, "changed")
    };
    for (wanted, told_before, expected) in [
        (ColorProfiles::Convert, Some("convert"), None),
        (ColorProfiles::Embed, Some("embed"), None),
        (
            ColorProfiles::Embed,
            Some("convert"),
            Some("placas changed"),
        ),
        (
            ColorProfiles::Convert,
            Some("embed"),
            Some("placas changed"),
        ),
        (ColorProfiles::Convert, None, Some("placas changed")),
    ] {
        let mut case = quiet()
            .handed_over(PLACAS, A)
            .ingested("placas", A, "2026-05-03T00:00:00Z")
            .job(told(told_before));
        let images = case.institution.spec.images.get_or_insert_default();
        images.color_profiles = wanted;
        let expected: Vec<_> = expected.into_iter().collect();
        assert_eq!(starts(&case), expected, "{wanted:?} after {told_before:?}");
        for job in case.build().ingest_jobs {
            let annotations = job.metadata.annotations.unwrap();
            assert_eq!(annotations[names::COLOR_PROFILES], wanted.argument());
            let pod = job.spec.unwrap().template.spec.unwrap();
            let arguments = pod.containers[0].args.clone().unwrap();
            let option = ["--color-profiles", wanted.argument()];
            assert!(
                arguments.windows(2).any(|pair| pair == option),
                "{arguments:?}"
            );
        }
    }
}

#[test]
fn a_request_is_met_once() {
    let case = || {
        quiet()
            .handed_over(PLACAS, A)
            .ingested("placas", A, "2026-05-03T00:00:00Z")
            .annotated(INGEST_NOW, "today")
    };
    assert_eq!(starts(&case()), ["placas requested:today"]);
    assert_eq!(starts(&case().job(requested("today"))), [""; 0]);
    assert_eq!(
        starts(&case().job(requested("yesterday"))),
        ["placas requested:today"]
    );
    let failure = JobState {
        phase: JobPhase::Failed,
        ..requested("today")
    };
    assert_eq!(starts(&case().job(failure)), [""; 0]);
    // A newer ingest for another cause met the request as well, and remembers it.
    let newer = JobState {
        request: Some("today".to_owned()),
        created: time("2026-05-04T11:00:00Z"),
        ..done(B, "changed")
    };
    assert_eq!(starts(&case().job(requested("today")).job(newer)), [""; 0]);
}

#[test]
fn a_request_is_met_even_where_the_folder_is_missing_so_that_somebody_says_why() {
    let case = quiet().annotated(INGEST_NOW, "today");
    assert_eq!(starts(&case), ["placas requested:today"]);
}

#[test]
fn a_removal_is_confirmed_for_one_state_of_one_collection_once() {
    let case = |value: &str| {
        quiet()
            .handed_over(PLACAS, A)
            .ingested("placas", B, "2026-05-03T00:00:00Z")
            .job(failed(A, "changed"))
            .annotated(CONFIRM_REMOVAL, value)
    };
    let short = &A[..names::SHORT];
    for (value, expected) in [
        (format!("placas:{A}"), &["placas removal-confirmed"][..]),
        (
            format!("otra:{B}, placas:{short}"),
            &["placas removal-confirmed"],
        ),
        (format!("placas:{B}"), &[]),
        (format!("otra:{A}"), &[]),
        ("placas:".to_owned(), &[]),
        ("placas:a1".to_owned(), &[]),
        ("true".to_owned(), &[]),
    ] {
        assert_eq!(starts(&case(&value)), expected, "{value}");
    }
    let value = format!("placas:{A}");
    let confirmed = JobState {
        confirmation: Some(value.clone()),
        created: time("2026-05-04T11:00:00Z"),
        ..failed(A, "removal-confirmed")
    };
    assert_eq!(starts(&case(&value).job(confirmed)), [""; 0]);
}

#[test]
fn a_schedule_starts_an_ingest_in_its_time_zone() {
    // Three o'clock in Havana is seven o'clock UTC in summer.
    let case = |now: &str, finished: &str| {
        let mut case = full()
            .handed_over(PLACAS, A)
            .ingested("placas", A, finished);
        case.institution.metadata.annotations = None;
        case.facts.now = time(now);
        case
    };
    let yesterday = "2026-05-03T07:05:00Z";
    assert_eq!(starts(&case("2026-05-04T06:59:59Z", yesterday)), [""; 0]);
    assert_eq!(
        starts(&case("2026-05-04T07:00:00Z", yesterday)),
        ["placas scheduled:2026-05-04T07:00:00Z"]
    );
    // Days that were missed are made up for once.
    assert_eq!(
        starts(&case("2026-05-09T22:00:00Z", yesterday)),
        ["placas scheduled:2026-05-09T07:00:00Z"]
    );
    let met = case("2026-05-04T12:00:00Z", "2026-05-04T07:03:00Z");
    assert_eq!(starts(&met), [""; 0]);
    let scheduled = job(
        "placas",
        A,
        "scheduled:2026-05-04T07:00:00Z",
        "2026-05-04T07:00:02Z",
        JobPhase::Failed,
    );
    let tried = case("2026-05-04T12:00:00Z", yesterday).job(scheduled);
    assert_eq!(
        starts(&tried),
        [""; 0],
        "what failed waits for the next time"
    );
    // Whatever is law there in the next winters.
    for day in ["2026-12-04", "2027-12-04"] {
        let winter = case(&format!("{day}T12:00:00Z"), yesterday);
        let three: jiff::civil::DateTime = format!("{day}T03:00").parse().unwrap();
        let three = three.in_tz("America/Havana").unwrap().timestamp();
        assert_eq!(starts(&winter), [format!("placas scheduled:{three}")]);
    }
}

#[test]
fn a_new_institution_does_not_make_up_for_the_time_before_it() {
    let mut case = full().handed_over(PLACAS, A);
    case.institution.metadata.annotations = None;
    case.institution
        .metadata
        .creation_timestamp
        .as_mut()
        .unwrap()
        .0 = time("2026-05-04T11:59:00Z");
    case.facts.jobs = vec![JobState {
        phase: JobPhase::Failed,
        created: time("2026-05-04T11:59:30Z"),
        ..done(A, "changed")
    }];
    assert_eq!(starts(&case), [""; 0]);
}

#[test]
fn the_next_time_of_all_schedules_is_when_to_look_again() {
    let mut case = Case::running(FULL, GATEWAY);
    let wake = |case: &Case| next_wake(&case.validate().unwrap());
    assert_eq!(wake(&case), Some(time("2026-05-05T07:00:00Z")));
    case.institution.spec.collections[1].schedule = Some(acervo_crds::collection::Schedule {
        cron: "*/10 * * * *".to_owned(),
        time_zone: None,
    });
    assert_eq!(wake(&case), Some(time("2026-05-04T12:10:00Z")));
    case.institution.spec.suspend = true;
    assert_eq!(wake(&case), None);
    // There is no 30 February.
    let mut never = full();
    never.institution.spec.collections[0]
        .schedule
        .as_mut()
        .unwrap()
        .cron = "0 0 30 2 *".to_owned();
    assert_eq!(wake(&never), None);
}

#[test]
fn an_institution_runs_no_more_ingests_at_once_than_the_platform_allows() {
    let mut case = quiet();
    let template = case.institution.spec.collections[0].clone();
    case.institution.spec.collections = ["una", "dos", "tres"]
        .map(|name| acervo_crds::collection::Collection {
            name: name.parse().unwrap(),
            source: acervo_crds::collection::Source::Directory(name.to_owned()),
            ..template.clone()
        })
        .into();
    let mut case = case
        .handed_over("una", A)
        .handed_over("dos", A)
        .handed_over("tres", A);
    assert_eq!(starts(&case), ["una changed", "dos changed"]);
    let una = job(
        "una",
        A,
        "changed",
        "2026-05-04T11:00:00Z",
        JobPhase::Running,
    );
    case = case.job(una);
    assert_eq!(starts(&case), ["dos changed"]);
    case.config.ingest.max_concurrent = 1;
    assert_eq!(starts(&case), [""; 0]);
}

#[test]
fn a_job_remembers_what_it_read_and_which_wishes_it_met() {
    let case = full().handed_over(PLACAS, A);
    let job = case.build().ingest_jobs.remove(0);
    let annotations = job.metadata.annotations.unwrap();
    for (name, value) in [
        (names::FINGERPRINT, A),
        (names::CAUSE, "requested:2026-05-01"),
        (INGEST_NOW, "2026-05-01"),
    ] {
        assert_eq!(annotations[name], value, "{name}");
    }
    assert_eq!(job.metadata.labels.unwrap()[names::COLLECTION], "placas");
}

#[test]
fn the_same_ingest_has_the_same_name_and_another_one_another() {
    let case = quiet().handed_over(PLACAS, A);
    let validated = case.validate().unwrap();
    let first = jobs_to_start(&validated).remove(0);
    let name = |fingerprint: &str, cause: Cause| {
        let start = acervo_operator::reconcile::build::ingest_job::IngestStart {
            fingerprint: Some(fingerprint.to_owned()),
            cause,
            ..first.clone()
        };
        built_job(&validated, &start).metadata.name.unwrap()
    };
    assert_eq!(name(A, Cause::Changed), name(A, Cause::Changed));
    let names: std::collections::BTreeSet<_> = [
        name(A, Cause::Changed),
        name(B, Cause::Changed),
        name(A, Cause::RemovalConfirmed),
        name(A, Cause::Requested("x".to_owned())),
        name(A, Cause::Requested("y".to_owned())),
    ]
    .into();
    assert_eq!(names.len(), 5);
}

#[test]
fn only_a_confirmed_removal_is_told_to_remove() {
    let arguments = |case: &Case| {
        let pod = case.build().ingest_jobs.remove(0).spec.unwrap().template;
        pod.spec.unwrap().containers.remove(0).args.unwrap()
    };
    let flag = "--confirm-removal".to_owned();
    let case = quiet().handed_over(PLACAS, A);
    assert!(!arguments(&case).contains(&flag));
    let confirmed = case.annotated(CONFIRM_REMOVAL, &format!("placas:{A}"));
    assert!(arguments(&confirmed).contains(&flag));
}

#[test]
fn of_ended_jobs_the_newest_of_each_collection_stays() {
    let at = |hour: &str, fingerprint: &str, phase| {
        job(
            "placas",
            fingerprint,
            "changed",
            &format!("2026-05-04T{hour}:00:00Z"),
            phase,
        )
    };
    let gone = job(
        "grabados",
        "g",
        "changed",
        "2026-05-04T11:00:00Z",
        JobPhase::Running,
    );
    let case = quiet()
        .job(at("08", "older", JobPhase::Succeeded))
        .job(at("09", "newest", JobPhase::Failed))
        .job(gone);
    let spent = |case: &Case| spent_jobs(&case.validate().unwrap());
    assert_eq!(spent(&case), ["ingest-grabados-g", "ingest-placas-older"]);
    let mut running = case.job(at("10", "running", JobPhase::Running));
    assert_eq!(
        spent(&running),
        [
            "ingest-grabados-g",
            "ingest-placas-newest",
            "ingest-placas-older"
        ]
    );
    running.institution.spec.suspend = true;
    assert!(spent(&running).contains(&"ingest-placas-running".to_owned()));
}

#[test]
fn a_cause_is_read_as_it_was_written() {
    for cause in [
        Cause::Changed,
        Cause::RemovalConfirmed,
        Cause::Requested("a:b c".to_owned()),
        Cause::Scheduled(time("2026-05-04T07:00:00Z")),
    ] {
        assert_eq!(cause.to_string().parse(), Ok(cause));
    }
    assert!("scheduled:soon".parse::<Cause>().is_err());
    assert!("whim".parse::<Cause>().is_err());
}

#[test]
fn what_was_read_while_it_changed_and_changed_back_is_read_again() {
    // Made for A, it read B; A is there again.
    let case = |now: &str| {
        let mut case = full()
            .handed_over(PLACAS, A)
            .ingested("placas", B, "2026-05-04T11:31:00Z")
            .job(JobState {
                created: time("2026-05-04T11:30:00Z"),
                finished: Some(time("2026-05-04T11:31:05Z")),
                ..done(A, "changed")
            });
        case.institution.metadata.annotations = None;
        case.institution.spec.collections[0].schedule = None;
        case.facts.now = time(now);
        case
    };
    let early = case("2026-05-04T11:31:30Z");
    assert_eq!(starts(&early), [""; 0], "its result may be on its way");
    let wake = next_wake(&early.validate().unwrap());
    assert_eq!(
        wake,
        Some(time("2026-05-04T11:32:05Z")),
        "then it is looked at again"
    );
    assert_eq!(starts(&case("2026-05-04T11:33:00Z")), ["placas changed"]);
}

#[test]
fn what_failed_is_tried_again_when_the_resource_changes() {
    let mut case = full().handed_over(PLACAS, A).job(JobState {
        generation: Some(3),
        ..failed(A, "changed")
    });
    case.institution.metadata.annotations = None;
    case.institution.spec.collections[0].schedule = None;
    case.institution.metadata.generation = Some(3);
    assert_eq!(starts(&case), [""; 0]);
    case.institution.metadata.generation = Some(4);
    assert_eq!(starts(&case), ["placas changed"]);
}

#[test]
fn a_job_that_cannot_begin_with_its_image_makes_room_for_one_that_can() {
    let running = |image: &str, begun: bool| JobState {
        image: image.to_owned(),
        begun,
        phase: JobPhase::Running,
        ..done(A, "changed")
    };
    let today = full().config.image.reference;
    for (image, begun, is_spent) in [
        ("old:1", false, true),
        ("old:1", true, false),
        (today.as_str(), false, false),
    ] {
        let case = full().handed_over(PLACAS, A).job(running(image, begun));
        let spent = spent_jobs(&case.validate().unwrap());
        assert_eq!(!spent.is_empty(), is_spent, "{image} {begun}");
    }
}
