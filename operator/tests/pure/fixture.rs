//! Institutions, platforms and facts for the tests.

use std::collections::BTreeMap;
use std::sync::Arc;

use acervo_crds::IiifInstitution;
use acervo_operator::config::OperatorConfig;
use acervo_operator::inside::{CollectionInside, Incoming, Ingested, StatusDocument, StorageUse};
use acervo_operator::reconcile::build::{self, Prepared, Resources};
use acervo_operator::reconcile::facts::{
    ClaimPhase, ClaimState, Facts, GatewayState, JobPhase, JobState, NamespaceState, PullSecret,
    StorageClassState,
};
use acervo_operator::reconcile::validate::{ValidateError, Validated, validate};
use jiff::Timestamp;
use k8s_openapi::ByteString;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

pub(crate) const GATEWAY: &str = include_str!("fixtures/gateway.yaml");
pub(crate) const INGRESS: &str = include_str!("fixtures/ingress.yaml");
pub(crate) const MINIMAL: &str = include_str!("fixtures/minimal.yaml");
pub(crate) const FULL: &str = include_str!("fixtures/full.yaml");
pub(crate) const EXISTING_CLAIM: &str = include_str!("fixtures/existing-claim.yaml");
pub(crate) const SUSPENDED: &str = include_str!("fixtures/suspended.yaml");

/// An institution, a platform, and what is known of the cluster.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) institution: IiifInstitution,
    pub(crate) config: OperatorConfig,
    pub(crate) facts: Facts,
}

impl Case {
    /// The institution of a YAML text, made on 2026-03-01, on the platform of another; at noon of
    /// 2026-05-04, with a Gateway and nothing of the institution yet.
    pub(crate) fn new(institution: &str, config: &str) -> Self {
        let mut institution = acervo_crds::read("fixture", institution, &[])
            .remove(0)
            .unwrap();
        institution.metadata.uid = Some("5f7c0c0e-0000-4000-8000-000000000001".to_owned());
        institution.metadata.creation_timestamp = Some(Time(time("2026-03-01T00:00:00Z")));
        let mut facts = Facts::nothing_yet(time("2026-05-04T12:00:00Z"));
        facts.gateway = GatewayState::Found { accepted: true };
        Self {
            institution,
            config: OperatorConfig::from_yaml(config).unwrap(),
            facts,
        }
    }

    /// The same once it runs: with everything that the platform's configuration names, its volume of
    /// `size` bound, and a server that knows nothing of any folder yet.
    pub(crate) fn running(institution: &str, config: &str) -> Self {
        let mut case = Self::new(institution, config);
        let storage = case.institution.spec.storage.clone();
        let class = storage.storage_class_name;
        let class = class.or_else(|| case.config.storage_class_name.clone());
        let size = (&storage.size).try_into().unwrap();
        let facts = &mut case.facts;
        facts.namespace = NamespaceState::Ours;
        facts.listener_sets = true;
        facts.storage_class = StorageClassState::Found {
            name: class.clone().unwrap_or("standard".to_owned()),
            expandable: true,
        };
        facts.claim = Some(ClaimState {
            requested: Some(size),
            capacity: Some(size),
            storage_class: class.or(Some("standard".to_owned())),
            access_modes: vec![format!("{:?}", storage.access_mode)],
            phase: ClaimPhase::Bound,
            resize_error: None,
            is_existing: false,
        });
        let keys = case.config.image.pull_secrets.iter();
        facts.pull_secrets = keys.map(|name| pull_secret(name)).collect();
        let bundle = case.config.ingest.ca_bundle_config_map.as_ref();
        facts.ca_bundle = bundle.map(|_| "-----BEGIN CERTIFICATE-----".to_owned());
        facts.inside = Some(Arc::new(StatusDocument {
            version: 1,
            institution: case.institution.metadata.name.clone().unwrap(),
            storage: StorageUse {
                used: 1,
                capacity: 2,
            },
            incoming: Vec::new(),
            collections: Vec::new(),
        }));
        case
    }

    pub(crate) fn validate(&self) -> Result<Validated<'_>, ValidateError> {
        validate(&self.institution, &self.facts, &self.config)
    }

    pub(crate) fn build(&self) -> Resources<Prepared> {
        build::build(&self.validate().unwrap(), usize::MAX)
    }

    /// The folder `directory` is there and has settled.
    pub(crate) fn handed_over(mut self, directory: &str, fingerprint: &str) -> Self {
        self.incoming(directory, fingerprint, true);
        self
    }

    pub(crate) fn incoming(&mut self, directory: &str, fingerprint: &str, settled: bool) {
        Arc::make_mut(self.facts.inside.as_mut().unwrap())
            .incoming
            .push(Incoming {
                directory: directory.to_owned(),
                fingerprint: fingerprint.to_owned(),
                settled,
            });
    }

    /// The collection was published from a folder of this fingerprint.
    pub(crate) fn ingested(mut self, collection: &str, fingerprint: &str, finished: &str) -> Self {
        let inside = Arc::make_mut(self.facts.inside.as_mut().unwrap());
        inside.collections.push(CollectionInside {
            name: collection.to_owned(),
            published: 3,
            refused: 0,
            in_work: 0,
            ingested: Some(Ingested {
                fingerprint: fingerprint.to_owned(),
                finished: time(finished),
            }),
            running: None,
            reasons: Vec::new(),
        });
        self
    }

    /// A Job is there.
    pub(crate) fn job(mut self, job: JobState) -> Self {
        self.facts.jobs.push(job);
        self
    }

    pub(crate) fn annotated(mut self, name: &str, value: &str) -> Self {
        let annotations = self
            .institution
            .metadata
            .annotations
            .get_or_insert_default();
        annotations.insert(name.to_owned(), value.to_owned());
        self
    }
}

/// An ended or running Job of `collection`.
pub(crate) fn job(
    collection: &str,
    fingerprint: &str,
    cause: &str,
    created: &str,
    phase: JobPhase,
) -> JobState {
    JobState {
        name: format!("ingest-{collection}-{fingerprint}"),
        collection: collection.to_owned(),
        fingerprint: Some(fingerprint.to_owned()),
        cause: Some(cause.parse().unwrap()),
        request: None,
        confirmation: None,
        color_profiles: Some("convert".to_owned()),
        generation: None,
        attempt: 1,
        image: "localhost/acervo/acervo:test".to_owned(),
        begun: true,
        hindered: None,
        created: time(created),
        phase,
        finished: None,
        last_words: None,
        failure: None,
    }
}

pub(crate) fn pull_secret(name: &str) -> PullSecret {
    PullSecret {
        name: name.to_owned(),
        type_: "kubernetes.io/dockerconfigjson".to_owned(),
        data: BTreeMap::from([(".dockerconfigjson".to_owned(), ByteString(b"{}".to_vec()))]),
    }
}

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}
