//! Collections that come from a bucket: when they are read, by what Job, and where it may go.

use acervo_crds::IiifInstitution;
use acervo_crds::collection::{Schedule, Source};
use acervo_operator::names::{CONFIRM_REMOVAL, INGEST_NOW};
use acervo_operator::observe;
use acervo_operator::reconcile::build::ingest_job::{jobs_to_start, next_wake, spent_jobs};
use acervo_operator::reconcile::facts::{JobPhase, JobState};
use k8s_openapi::api::core::v1::Container;
use serde_json::json;

use crate::fixture::{Case, FULL, GATEWAY, INGRESS, job, time};

/// The full institution with its bucket alone, and neither request nor schedule.
fn bucket() -> Case {
    let mut case = Case::running(FULL, GATEWAY);
    case.institution.metadata.annotations = None;
    case.institution.spec.collections.remove(0);
    case
}

fn with(mut case: Case, change: impl FnOnce(&mut Case)) -> Case {
    change(&mut case);
    case
}

fn s3(institution: &mut IiifInstitution) -> &mut acervo_crds::collection::S3Source {
    match &mut institution.spec.collections[0].source {
        Source::S3(s3) => s3,
        Source::Directory(_) => panic!("it is a bucket"),
    }
}

fn starts(case: &Case) -> Vec<String> {
    let starts = jobs_to_start(&case.validate().unwrap());
    starts
        .iter()
        .map(|s| format!("{} {}", s.collection, s.cause))
        .collect()
}

/// A Job that read the bucket as the case names it.
fn read(case: &Case, created: &str, phase: JobPhase) -> JobState {
    let known = jobs_to_start(&bucket().validate().unwrap()).remove(0);
    JobState {
        generation: case.institution.metadata.generation,
        ..job(
            "postales",
            known.fingerprint.as_deref().unwrap(),
            "changed",
            created,
            phase,
        )
    }
}

fn container(case: &Case) -> Container {
    let mut jobs = case.build().ingest_jobs;
    let pod = jobs.remove(0).spec.unwrap().template.spec.unwrap();
    pod.containers.into_iter().next().unwrap()
}

#[test]
fn a_bucket_is_read_when_it_is_new_or_named_otherwise_and_every_six_hours() {
    use JobPhase::{Failed, Running, Succeeded};
    let case = bucket();
    let after = |created, phase| bucket().job(read(&case, created, phase));
    let (lately, long_ago) = ("2026-05-04T06:00:01Z", "2026-05-04T06:00:00Z");
    let changed = ["postales changed"];
    let due = ["postales scheduled:2026-05-04T12:00:00Z"];
    let nothing: [&str; 0] = [];
    let renamed = |case| with(case, |case| s3(&mut case.institution).bucket.push('2'));
    for (why, case, expected) in [
        ("new", bucket(), &changed[..]),
        ("just read", after(lately, Succeeded), &nothing),
        ("read six hours ago", after(long_ago, Succeeded), &due),
        ("one at a time", after(long_ago, Running), &nothing),
        ("just failed", after(lately, Failed), &nothing),
        ("failed six hours ago", after(long_ago, Failed), &due),
        (
            "named otherwise",
            renamed(after(lately, Succeeded)),
            &changed,
        ),
        (
            "failed, and the resource changed",
            with(after(lately, Failed), |case| {
                case.institution.metadata.generation = Some(9);
            }),
            &changed,
        ),
        (
            "published by a Job that is gone",
            bucket()
                .job(JobState {
                    created: time(long_ago),
                    ..read(&case, long_ago, Succeeded)
                })
                .ingested("postales", "ff", "2026-05-04T09:00:00Z"),
            &nothing,
        ),
        (
            "nobody is there to be beside",
            with(bucket(), |case| case.facts.inside = None),
            &nothing,
        ),
        (
            "suspended",
            with(bucket(), |case| case.institution.spec.suspend = true),
            &nothing,
        ),
        (
            "not allowed",
            with(bucket(), |case| {
                s3(&mut case.institution).endpoint = Some("http://10.2.0.1".to_owned());
            }),
            &nothing,
        ),
        (
            "requested",
            after(lately, Succeeded).annotated(INGEST_NOW, "x"),
            &["postales requested:x"],
        ),
    ] {
        assert_eq!(starts(&case), expected, "{why}");
    }
}

#[test]
fn a_bucket_with_a_schedule_is_read_by_it() {
    let scheduled = |created| {
        with(bucket(), |case| {
            case.institution.spec.collections[0].schedule = Some(Schedule {
                cron: "0 3 * * *".to_owned(),
                time_zone: None,
            });
            let job = read(case, created, JobPhase::Succeeded);
            case.facts.jobs.push(job);
        })
    };
    assert_eq!(starts(&scheduled("2026-05-04T03:00:01Z")), [""; 0]);
    assert_eq!(
        starts(&scheduled("2026-05-04T02:59:59Z")),
        ["postales scheduled:2026-05-04T03:00:00Z"]
    );
}

#[test]
fn the_institution_is_looked_at_again_when_its_bucket_is_due() {
    let wake = |created: &str| {
        let case = bucket();
        let job = read(&case, created, JobPhase::Succeeded);
        next_wake(&case.job(job).validate().unwrap())
    };
    let due = Some(time("2026-05-04T17:00:00Z"));
    assert_eq!(wake("2026-05-04T11:00:00Z"), due);
    assert_eq!(wake("2026-05-04T01:00:00Z"), None, "it is due already");
}

#[test]
fn the_state_that_asked_for_a_confirmation_is_what_is_confirmed() {
    let case = bucket();
    let job = read(&case, "2026-05-04T11:00:00Z", JobPhase::Succeeded);
    let fingerprint = "0123456789abcdef";
    let case = case
        .job(job)
        .ingested("postales", fingerprint, "2026-05-04T11:01:00Z");
    let confirm = |value: &str| starts(&case.clone().annotated(CONFIRM_REMOVAL, value));
    assert_eq!(
        confirm("postales:0123456789"),
        ["postales removal-confirmed"]
    );
    assert_eq!(confirm("postales:9876543210"), [""; 0]);
}

#[test]
fn a_job_that_cannot_begin_makes_room_when_the_bucket_is_named_otherwise() {
    let waiting = |change: fn(&mut Case)| {
        let case = bucket();
        let job = JobState {
            begun: false,
            image: case.config.image.reference.clone(),
            ..read(&case, "2026-05-04T11:00:00Z", JobPhase::Running)
        };
        let case = with(case.job(job), change);
        spent_jobs(&case.validate().unwrap()).len()
    };
    assert_eq!(waiting(|_| {}), 0);
    let other_secret = |case: &mut Case| {
        s3(&mut case.institution).credentials_secret = Some("another-key".to_owned());
    };
    assert_eq!(waiting(other_secret), 1);
}

#[test]
fn the_job_of_a_bucket_is_told_where_it_is_and_nothing_of_folders() {
    let arguments = container(&bucket()).args.unwrap().join(" ");
    assert_eq!(
        arguments,
        "ingest --collection postales --s3-bucket postales --s3-endpoint http://objects.example.org:9000 --s3-prefix digitised/ --s3-region eu-west-1 --s3-allow-inside minio.storage.svc --s3-allow-inside 10.1.0.0/16 --published /data/published/postales --default-language en --color-profiles convert --termination-message /dev/termination-log"
    );
    let least = with(Case::running(FULL, INGRESS), |case| {
        case.institution.metadata.annotations = None;
        case.institution.spec.plan = "small".to_owned();
        case.institution.spec.collections.remove(0);
        let s3 = s3(&mut case.institution);
        (s3.endpoint, s3.region, s3.credentials_secret) = (None, None, None);
        s3.prefix = Some("-x".to_owned());
    });
    let container = container(&least);
    let arguments = container.args.unwrap();
    assert!(
        arguments.contains(&"--s3-prefix=-x".to_owned()),
        "{arguments:?}"
    );
    assert!(
        arguments
            .iter()
            .all(|a| a != "--s3-endpoint" && a != "--s3-allow-inside")
    );
    assert_eq!(container.env, None, "a public bucket needs no keys");
}

#[test]
fn only_the_pod_that_reads_the_bucket_gets_its_keys() {
    let resources = Case::running(FULL, GATEWAY)
        .handed_over("placas de vidrio", "aa")
        .build();
    let secret = |key: &str| json!({"secretKeyRef": {"name": "postales-key", "key": key}});
    let keys = |container: &Container| {
        let env = serde_json::to_value(&container.env).unwrap();
        let env = env.as_array().cloned().unwrap_or_default();
        let keys = env.into_iter().filter(|one| one.get("valueFrom").is_some());
        keys.collect::<Vec<_>>()
    };
    let mut found = Vec::new();
    for pod in crate::objects::pods(&resources) {
        found.extend(pod.containers.iter().flat_map(keys));
    }
    assert_eq!(
        found,
        [
            json!({"name": "AWS_ACCESS_KEY_ID", "valueFrom": secret("accessKeyId")}),
            json!({"name": "AWS_SECRET_ACCESS_KEY", "valueFrom": secret("secretAccessKey")}),
        ]
    );
}

/// Where ingest may go, a line a rule: ports and peers.
fn egress(case: &Case) -> Vec<String> {
    let policies = case.build().network_policies;
    let policy = policies
        .into_iter()
        .find(|policy| policy.metadata.name.as_deref() == Some("ingest"));
    let rules = policy.and_then(|policy| policy.spec?.egress);
    let line = |rule: k8s_openapi::api::networking::v1::NetworkPolicyEgressRule| {
        let ports = rule.ports.unwrap_or_default();
        let ports = ports.iter().map(|port| match &port.port {
            Some(port) => serde_json::to_string(port).unwrap(),
            None => "all".to_owned(),
        });
        let ports: Vec<_> = ports.collect();
        let peer = |peer: k8s_openapi::api::networking::v1::NetworkPolicyPeer| {
            let labels = peer
                .namespace_selector
                .and_then(|labels| labels.match_labels);
            let namespace = labels.and_then(|labels| labels.into_values().next());
            let block = peer.ip_block.map(|block| {
                let except = block.except.map_or(0, |except| except.len());
                format!("{} but {except}", block.cidr)
            });
            namespace.or(block).unwrap_or_default()
        };
        let peers: Vec<_> = rule.to.unwrap().into_iter().map(peer).collect();
        format!("{} {}", ports.join(","), peers.join(", "))
    };
    rules.unwrap_or_default().into_iter().map(line).collect()
}

#[test]
fn ingest_reaches_the_internet_and_of_what_is_inside_only_what_is_allowed() {
    let to = |endpoint: &str| {
        with(bucket(), |case| {
            s3(&mut case.institution).endpoint = Some(endpoint.to_owned());
            case.config.ingest.proxy = Default::default();
        })
    };
    let internet = "0.0.0.0/0 but 10, ::/0 but 4";
    assert_eq!(
        egress(&to("https://s3.example.org:9000")),
        [
            "53,53 kube-system",
            &format!("80,443,9000 {internet}"),
            "80,443,9000 10.1.0.0/16 but 0",
        ]
    );
    assert_eq!(
        egress(&to("http://minio.storage.svc:9000")).last().unwrap(),
        " storage",
        "a Service's ports are not those of its pods"
    );
    assert_eq!(
        egress(&to("http://10.1.0.9:9000")).last().unwrap(),
        "9000 10.1.0.9/32 but 0"
    );
    assert_eq!(
        egress(&to("http://10.2.0.9:9000")),
        [""; 0],
        "nothing is opened for what is not allowed"
    );
    let proxied = with(to("https://s3.example.org"), |case| {
        case.config.ingest.proxy.https = Some("http://proxy.example.org:3128".to_owned());
    });
    assert_eq!(
        egress(&proxied).last().unwrap(),
        "3128 0.0.0.0/0 but 0, ::/0 but 0"
    );
}

#[test]
fn what_a_node_says_of_a_pod_that_cannot_begin_is_read_and_what_takes_its_time_is_not() {
    let waiting = |reason: &str| {
        let pod = json!({
            "status": {"containerStatuses": [{
                "name": "ingest", "image": "acervo", "imageID": "", "ready": false, "restartCount": 0,
                "state": {"waiting": {"reason": reason, "message": "secret \"keys\" not found"}},
            }]},
        });
        observe::hindrance(&serde_json::from_value(pod).unwrap())
    };
    let hindrance = waiting("CreateContainerConfigError").unwrap();
    assert_eq!(hindrance.message, "secret \"keys\" not found");
    assert_eq!(waiting("ContainerCreating"), None);
    assert_eq!(observe::hindrance(&Default::default()), None);
}

#[test]
fn only_a_job_that_should_have_begun_is_asked_about() {
    let now = time("2026-05-04T12:00:00Z");
    let of = |created, begun, phase| JobState {
        begun,
        ..read(&bucket(), created, phase)
    };
    let long_ago = "2026-05-04T11:59:50Z";
    for (job, is_late) in [
        (of(long_ago, false, JobPhase::Running), true),
        (of(long_ago, true, JobPhase::Running), false),
        (of(long_ago, false, JobPhase::Failed), false),
        (of("2026-05-04T11:59:51Z", false, JobPhase::Running), false),
    ] {
        assert_eq!(job.is_late(now), is_late, "{job:?}");
    }
}
