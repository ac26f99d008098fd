//! What a reconcile knows of the cluster: plain data, gathered by dereference, judged by validate.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use acervo_tenancy::KeptKind;
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;

use super::build::ingest_job::Cause;
use crate::gateway::GatewayListener;
use crate::inside::{LastWords, StatusDocument};
use crate::quantity::Amount;
use crate::waves::Rollout;

/// A time that lies further ahead than this was written by a clock that was wrong, unless all do: then
/// it is ours.
const AHEAD: SignedDuration = SignedDuration::from_hours(1);

/// What a reconcile knows of the cluster about one institution.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// The time of the reconcile.
    pub now: Timestamp,
    /// Whether this generation of the resource was judged by its rules before, and obeys them.
    pub obeys: bool,
    /// The namespace of the institution's name.
    pub namespace: NamespaceState,
    /// How the claims of `spec.hostnames` were settled.
    pub hosts: Vec<HostClaim>,
    /// How the claims of `spec.addresses` were settled.
    pub kept: Vec<KeptClaim>,
    /// The claim that the institution's pods mount (its own, or the existing one it names); none if
    /// there is none yet.
    pub claim: Option<ClaimState>,
    /// The storage class of that claim, or that a new one would get.
    pub storage_class: StorageClassState,
    /// The provider's Gateway.
    pub gateway: GatewayState,
    /// The listeners of that Gateway.
    pub listeners: Arc<[GatewayListener]>,
    /// Whether the cluster knows ListenerSets.
    pub listener_sets: bool,
    /// The institution's hosts whose certificates the Gateway does not find.
    pub without_certificate: Vec<String>,
    /// The platform's image pull Secrets (`image.pullSecrets`), from the operator's namespace.
    pub pull_secrets: Vec<PullSecret>,
    /// The certificates (PEM) of `ingest.caBundleConfigMap`, from the operator's namespace.
    pub ca_bundle: Option<String>,
    /// The Deployment; none if there is none yet.
    pub server: Option<ServerState>,
    /// The address of the Service in the cluster; none if it has none yet.
    pub service: Option<Box<str>>,
    /// The routes or the Ingress, by name.
    pub routes: Vec<RouteState>,
    /// The routes or the Ingress that lead readers to the notice of suspension, by the names of those
    /// that they stand in for.
    pub notices: Vec<RouteState>,
    /// What the server says of itself; none if it does not answer.
    pub inside: Option<Arc<StatusDocument>>,
    /// The institution's ingest Jobs.
    pub jobs: Vec<JobState>,
}

/// Whose the namespace `acervo-<name>` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamespaceState {
    /// Nobody's: it does not exist.
    Absent,
    /// The institution's.
    Ours,
    /// That of an earlier institution of the same name, kept for this one.
    Retained,
    /// Somebody else's: without the institution's label.
    Foreign,
    /// It is being deleted.
    Terminating,
}

/// How the claim of one host was settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostClaim {
    /// The host, as `spec.hostnames` has it.
    pub host: String,
    /// The older institution that has it; none if this institution has it.
    pub lost_to: Option<String>,
}

/// How the claim of the place of one kept address was settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptClaim {
    /// Of which addresses.
    pub kind: KeptKind,
    /// The institution that has the place; none if this institution has it.
    pub lost_to: Option<String>,
    /// Whether others claim something on the same host.
    pub shared: bool,
}

/// A PersistentVolumeClaim, as observed.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimState {
    /// The size that it asks for.
    pub requested: Option<Amount>,
    /// The size that it has.
    pub capacity: Option<Amount>,
    /// The class that it asks for.
    pub storage_class: Option<String>,
    /// `ReadWriteOnce`, `ReadWriteMany`, …
    pub access_modes: Vec<String>,
    /// Its phase.
    pub phase: ClaimPhase,
    /// What the cluster says of a resize that failed.
    pub resize_error: Option<String>,
    /// Whether it is `spec.storage.existingClaim`, which somebody else made.
    pub is_existing: bool,
}

/// The phase of a PersistentVolumeClaim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimPhase {
    /// It waits for a volume.
    Pending,
    /// It has its volume.
    Bound,
    /// Its volume is gone.
    Lost,
}

/// What is known of a storage class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StorageClassState {
    /// None is named, and the cluster has no default; or it could not be found out.
    Unknown,
    /// The class named does not exist.
    Missing {
        /// Its name.
        name: String,
    },
    /// It exists.
    Found {
        /// Its name.
        name: String,
        /// Whether its volumes can grow.
        expandable: bool,
    },
}

/// What is known of the provider's Gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GatewayState {
    /// The platform uses an Ingress.
    Unused,
    /// The cluster has no Gateway API.
    NoApi,
    /// There is no Gateway of that name.
    Missing,
    /// It exists.
    Found {
        /// Whether its controller accepted it.
        accepted: bool,
    },
}

/// An image pull Secret of the platform.
#[derive(Clone, PartialEq, Eq)]
pub struct PullSecret {
    /// Its name.
    pub name: String,
    /// `kubernetes.io/dockerconfigjson` or the older `kubernetes.io/dockercfg`.
    pub type_: String,
    /// Its content.
    pub data: BTreeMap<String, ByteString>,
}

/// The Deployment, as observed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServerState {
    /// The generation of its spec.
    pub generation: i64,
    /// The generation that its controller has seen.
    pub observed_generation: i64,
    /// Pods wanted.
    pub replicas: i32,
    /// Pods that follow the newest template.
    pub updated: i32,
    /// Pods that there are, of older templates too.
    pub total: i32,
    /// Pods that have answered for long enough.
    pub available: i32,
    /// The image of its template.
    pub image: String,
    /// The tenant table that its template mounts.
    pub table: Box<str>,
    /// Whether new pods are on the way: the newest template has not been rolled out yet, not even once.
    pub rolling: bool,
    /// What it was made from; none if it does not say.
    pub rollout: Option<Rollout>,
    /// Whether it is not as it was made, or its tenant table is gone.
    pub drifted: bool,
    /// What its controller says when pods cannot be made or the rollout hangs (`ReplicaFailure`, or
    /// `Progressing` false), such as a quota that is too small.
    pub failure: Option<String>,
}

impl ServerState {
    /// Whether every pod follows the newest template and answers.
    #[must_use]
    pub fn is_rolled_out(&self) -> bool {
        self.observed_generation >= self.generation
            && self.updated >= self.replicas
            && self.total == self.updated
            && self.available >= self.updated
    }
}

/// A route or Ingress, as observed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteState {
    /// Its name.
    pub name: String,
    /// Whether every parent accepted it; none if none has said anything yet. An Ingress counts as
    /// accepted: controllers that give it no address give no other sign either.
    pub accepted: Option<bool>,
    /// What the parent that refused it says: reason and message.
    pub refusal: Option<String>,
    /// When it was made.
    pub created: Timestamp,
}

/// An ingest Job, as observed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobState {
    /// Its name.
    pub name: String,
    /// The collection, from its label.
    pub collection: String,
    /// The fingerprint, from its annotation.
    pub fingerprint: Option<String>,
    /// Why it was started, from its annotation; none if that cannot be read.
    pub cause: Option<Cause>,
    /// The value of [`crate::names::INGEST_NOW`] that the resource had when it started.
    pub request: Option<String>,
    /// The value of [`crate::names::CONFIRM_REMOVAL`] that the resource had when it started.
    pub confirmation: Option<String>,
    /// What becomes of images with a colour profile, from its annotation.
    pub color_profiles: Option<String>,
    /// The generation of the resource when it started.
    pub generation: Option<i64>,
    /// Which attempt it is, from 1.
    pub attempt: u32,
    /// The image that it runs.
    pub image: String,
    /// Whether a pod of it has ever run.
    pub begun: bool,
    /// Why its pod cannot begin: reason and message, such as `CreateContainerConfigError`. Looked up
    /// only for Jobs that should have begun.
    pub hindered: Option<Hindrance>,
    /// When it was made.
    pub created: Timestamp,
    /// How it stands.
    pub phase: JobPhase,
    /// When it ended.
    pub finished: Option<Timestamp>,
    /// What its pod said at its end.
    pub last_words: Option<LastWords>,
    /// What the cluster says of its failure, such as `BackoffLimitExceeded`.
    pub failure: Option<String>,
}

/// Why a pod cannot begin, as its node says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hindrance {
    /// One word, such as `CreateContainerConfigError`.
    pub reason: String,
    /// A sentence, such as `secret "key" not found`.
    pub message: String,
}

/// How an ingest Job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobPhase {
    /// It waits or runs.
    Running,
    /// It ended well.
    Succeeded,
    /// It failed for good.
    Failed,
}

impl JobState {
    /// How long a Job takes to begin where nothing is in its way.
    const SOON: SignedDuration = SignedDuration::from_secs(10);

    /// Whether it should have begun by `now`, and has not.
    #[must_use]
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.phase == JobPhase::Running
            && !self.begun
            && now.duration_since(self.created) >= Self::SOON
    }
}

impl Facts {
    /// The newest ingest Job of a collection.
    #[must_use]
    pub fn newest_job(&self, collection: &str) -> Option<&JobState> {
        let jobs = self.jobs.iter();
        jobs.filter(|job| job.collection == collection)
            .max_by_key(|job| {
                let is_credible = self.is_credible(job.created);
                (is_credible, job.created, Reverse(job.name.as_str()))
            })
    }

    /// Whether a time may be true.
    #[must_use]
    pub fn is_credible(&self, time: Timestamp) -> bool {
        time.duration_since(self.now) <= AHEAD
    }

    /// The facts about an institution of which the cluster has nothing yet.
    #[must_use]
    pub fn nothing_yet(now: Timestamp) -> Self {
        Self {
            now,
            obeys: false,
            namespace: NamespaceState::Absent,
            hosts: Vec::new(),
            kept: Vec::new(),
            claim: None,
            storage_class: StorageClassState::Unknown,
            gateway: GatewayState::Unused,
            listeners: Arc::default(),
            listener_sets: false,
            without_certificate: Vec::new(),
            pull_secrets: Vec::new(),
            ca_bundle: None,
            server: None,
            service: None,
            routes: Vec::new(),
            notices: Vec::new(),
            inside: None,
            jobs: Vec::new(),
        }
    }
}

impl PullSecret {
    /// The Secret as a plain value; none if it is of a type that no image is pulled with.
    #[must_use]
    pub fn of(secret: Secret) -> Option<Self> {
        let type_ = secret.type_?;
        let pulls = ["kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg"];
        pulls.contains(&type_.as_str()).then_some(Self {
            name: secret.metadata.name?,
            type_,
            data: secret.data.unwrap_or_default(),
        })
    }
}

impl std::fmt::Debug for PullSecret {
    /// Without the content, which nobody may log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PullSecret")
            .field("name", &self.name)
            .field("type_", &self.type_)
            .finish_non_exhaustive()
    }
}
