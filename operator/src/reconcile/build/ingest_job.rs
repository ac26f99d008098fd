//! An ingest: why it starts, and its Job. When it starts is decided in [`decision`].

pub mod decision;
pub mod retry;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use acervo_crds::collection::Source;
use acervo_tenancy::CollectionName;
use jiff::Timestamp;
use k8s_openapi::api::batch::v1::{
    Job, JobSpec, PodFailurePolicy, PodFailurePolicyOnPodConditionsPattern, PodFailurePolicyRule,
};
use k8s_openapi::api::core::v1::{
    ConfigMapVolumeSource, Container, EnvVar, EnvVarSource, PodSpec, PodTemplateSpec,
    SecretKeySelector, Volume,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::ResourceExt as _;

use super::deployment::count;
use super::{object, pod};
use crate::names;
use crate::reconcile::validate::Validated;

pub use decision::{jobs_to_start, next_wake, spent_jobs};
pub use retry::next_attempt;

/// Where what institutions hand over is.
const INCOMING: &str = "/data/incoming";
/// Where collections are published.
const PUBLISHED: &str = "/data/published";
/// Where the certificates that ingest trusts are.
const CERTIFICATES: &str = "/etc/acervo-ca";
/// Where the last words of a container are read.
const LAST_WORDS: &str = "/dev/termination-log";

/// Why an ingest starts. Its text is the annotation [`crate::names::CAUSE`] of the Job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// The source is not what was published last, or something else is to become of colour profiles.
    Changed,
    /// The removal of more than half of the items was confirmed.
    RemovalConfirmed,
    /// The annotation [`crate::names::INGEST_NOW`] has this value.
    Requested(String),
    /// The collection's schedule named this time.
    Scheduled(Timestamp),
}

/// An ingest that is to start now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IngestStart {
    /// The collection.
    pub collection: CollectionName,
    /// Why.
    pub cause: Cause,
    /// The state of the source: of a folder a digest of what is in it, none if it is not there; of a
    /// bucket a digest of how the resource names it.
    pub fingerprint: Option<String>,
    /// Where the images come from.
    pub source: Source,
    /// The value of [`crate::names::CONFIRM_REMOVAL`] that this ingest, or one before, has met.
    pub confirmation: Option<String>,
    /// The newest Job of the collection so far.
    pub after: Option<String>,
    /// Which attempt it is, from 1.
    pub attempt: u32,
}

impl IngestStart {
    /// The name of its Job. It follows from what is known when it starts, so that the same ingest is
    /// never started twice, whatever happens between decision and status.
    #[must_use]
    pub fn job_name(&self) -> String {
        let cause = self.cause.to_string();
        let known =
            [&self.fingerprint, &self.after].map(|text| text.as_deref().unwrap_or_default());
        names::ingest_job(&self.collection, &[known[0], &cause, known[1]])
    }
}

/// A text that is no cause.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no cause of an ingest")]
pub struct CauseError(String);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed => f.write_str("changed"),
            Self::RemovalConfirmed => f.write_str("removal-confirmed"),
            Self::Requested(value) => write!(f, "requested:{value}"),
            Self::Scheduled(time) => write!(f, "scheduled:{time}"),
        }
    }
}

impl FromStr for Cause {
    type Err = CauseError;

    fn from_str(text: &str) -> Result<Self, CauseError> {
        let error = || CauseError(text.to_owned());
        match text.split_once(':') {
            None if text == "changed" => Ok(Self::Changed),
            None if text == "removal-confirmed" => Ok(Self::RemovalConfirmed),
            Some(("requested", value)) => Ok(Self::Requested(value.to_owned())),
            Some(("scheduled", time)) => time.parse().map(Self::Scheduled).map_err(|_| error()),
            _ => Err(error()),
        }
    }
}

/// The Job of an ingest.
#[must_use]
pub fn job(institution: &Validated<'_>, start: &IngestStart) -> Job {
    let name = start.job_name();
    let mut labels = names::labels(&institution.name);
    labels.insert(names::NAME.to_owned(), names::INGEST.to_owned());
    labels.insert(names::COLLECTION.to_owned(), start.collection.to_string());
    let template = PodTemplateSpec {
        metadata: Some(ObjectMeta {
            labels: Some(labels.clone()),
            ..ObjectMeta::default()
        }),
        spec: Some(pod_spec(institution, start)),
    };
    Job {
        metadata: ObjectMeta {
            labels: Some(labels),
            annotations: Some(annotations(institution, start)),
            ..object::owned(institution, &name)
        },
        spec: Some(JobSpec {
            backoff_limit: Some(count(institution.config.ingest.backoff_limit)),
            pod_failure_policy: Some(evictions_do_not_count()),
            template,
            ..JobSpec::default()
        }),
        ..Job::default()
    }
}

/// A pod that a drained or lost node takes away has not failed.
fn evictions_do_not_count() -> PodFailurePolicy {
    PodFailurePolicy {
        rules: vec![PodFailurePolicyRule {
            action: "Ignore".to_owned(),
            on_pod_conditions: Some(vec![PodFailurePolicyOnPodConditionsPattern {
                type_: "DisruptionTarget".to_owned(),
                status: "True".to_owned(),
            }]),
            on_exit_codes: None,
        }],
    }
}

/// What the operator remembers by the Job: what it read and why, and which wishes of the resource it
/// has met.
fn annotations(institution: &Validated<'_>, start: &IngestStart) -> BTreeMap<String, String> {
    let wishes = institution.institution.annotations();
    let generation = institution.institution.metadata.generation;
    let colors = institution.institution.spec.color_profiles();
    [
        (names::CAUSE, Some(start.cause.to_string())),
        (names::ATTEMPT, Some(start.attempt.to_string())),
        (names::FINGERPRINT, start.fingerprint.clone()),
        (
            names::GENERATION,
            generation.map(|generation| generation.to_string()),
        ),
        (names::COLOR_PROFILES, Some(colors.argument().to_owned())),
        (names::INGEST_NOW, wishes.get(names::INGEST_NOW).cloned()),
        (names::CONFIRM_REMOVAL, start.confirmation.clone()),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value?)))
    .collect()
}

/// On a volume of one node, the pod runs on the node of the server's.
fn pod_spec(institution: &Validated<'_>, start: &IngestStart) -> PodSpec {
    let certificates = institution.facts.ca_bundle.is_some();
    let volume = Volume {
        name: names::CA_BUNDLE.to_owned(),
        config_map: Some(ConfigMapVolumeSource {
            name: names::CA_BUNDLE.to_owned(),
            ..ConfigMapVolumeSource::default()
        }),
        ..Volume::default()
    };
    let mut container = Container {
        name: names::INGEST.to_owned(),
        args: Some(arguments(institution, start)),
        env: pod::some(environment(institution, start)),
        resources: Some(pod::resources(&institution.plan.ingest_resources)),
        termination_message_path: Some(LAST_WORDS.to_owned()),
        termination_message_policy: Some("FallbackToLogsOnError".to_owned()),
        ..Container::default()
    };
    if certificates {
        container.volume_mounts = Some(vec![pod::read_only(names::CA_BUNDLE, CERTIFICATES)]);
    }
    let volumes = if certificates {
        vec![volume]
    } else {
        Vec::new()
    };
    let server = || object::program_labels(institution, names::IMAGE_SERVER);
    PodSpec {
        affinity: (!institution.storage.shared).then(|| pod::beside(server())),
        restart_policy: Some("Never".to_owned()),
        ..pod::spec(institution, names::INGEST, container, volumes)
    }
}

fn arguments(institution: &Validated<'_>, start: &IngestStart) -> Vec<String> {
    let published = format!("{PUBLISHED}/{}", start.collection);
    let language = institution.institution.spec.default_language.tag();
    let colors = institution.institution.spec.color_profiles();
    let mut arguments = vec!["ingest".to_owned()];
    let mut option = |name: &str, value: &str| {
        // Together, what begins with a hyphen is no option of its own.
        if value.starts_with('-') {
            arguments.push(format!("{name}={value}"));
        } else {
            arguments.extend([name.to_owned(), value.to_owned()]);
        }
    };
    option("--collection", start.collection.as_str());
    match &start.source {
        Source::Directory(directory) => {
            option("--incoming", INCOMING);
            option("--directory", directory);
        }
        Source::S3(s3) => {
            option("--s3-bucket", &s3.bucket);
            let described = [
                ("--s3-endpoint", &s3.endpoint),
                ("--s3-prefix", &s3.prefix),
                ("--s3-region", &s3.region),
            ];
            for (name, value) in described {
                value.iter().for_each(|value| option(name, value));
            }
            for allowed in &institution.config.sources.s3.allowed_endpoints {
                option("--s3-allow-inside", &allowed.to_string());
            }
        }
    }
    option("--published", &published);
    option("--default-language", language);
    option("--color-profiles", colors.argument());
    option("--termination-message", LAST_WORDS);
    if start.cause == Cause::RemovalConfirmed {
        arguments.push("--confirm-removal".to_owned());
    }
    arguments
}

/// The way out of the cluster, as programs commonly read it, and the keys of a bucket. These the node
/// reads from the institution's Secret: neither the operator nor any other pod sees them.
fn environment(institution: &Validated<'_>, start: &IngestStart) -> Vec<EnvVar> {
    let proxy = &institution.config.ingest.proxy;
    let bundle = format!("{CERTIFICATES}/{}", names::CA_BUNDLE_KEY);
    let bundle = institution.facts.ca_bundle.is_some().then_some(bundle);
    [
        ("HTTP_PROXY", &proxy.http),
        ("HTTPS_PROXY", &proxy.https),
        ("NO_PROXY", &proxy.no),
        ("SSL_CERT_FILE", &bundle),
    ]
    .into_iter()
    .filter_map(|(name, value)| {
        Some(EnvVar {
            name: name.to_owned(),
            value: Some(value.clone()?),
            value_from: None,
        })
    })
    .chain(credentials(&start.source))
    .collect()
}

fn credentials(source: &Source) -> Vec<EnvVar> {
    let secret = source.s3().and_then(|s3| s3.credentials_secret.as_ref());
    let Some(secret) = secret else {
        return Vec::new();
    };
    let variable = |(name, key): (&str, &str)| EnvVar {
        name: name.to_owned(),
        value: None,
        value_from: Some(EnvVarSource {
            secret_key_ref: Some(SecretKeySelector {
                name: secret.clone(),
                key: key.to_owned(),
                optional: None,
            }),
            ..EnvVarSource::default()
        }),
    };
    [
        ("AWS_ACCESS_KEY_ID", names::ACCESS_KEY_ID),
        ("AWS_SECRET_ACCESS_KEY", names::SECRET_ACCESS_KEY),
    ]
    .map(variable)
    .into()
}
