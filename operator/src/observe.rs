//! What is read off an observed child: the facts that status is computed from. Pure.

use jiff::Timestamp;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{
    ConfigMap, LimitRange, Namespace, PersistentVolumeClaim, Pod, ResourceQuota, Service,
    ServiceAccount,
};
use k8s_openapi::api::networking::v1::{Ingress, NetworkPolicy};
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::api::rbac::v1::RoleBinding;
use kube::{Resource, ResourceExt as _};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::children::{Child, Key, Kind, Seen};
use crate::digest;
use crate::gateway::{HttpRoute, ListenerSet};
use crate::names;
use crate::quantity::Amount;
use crate::reconcile::facts::{
    ClaimPhase, ClaimState, Hindrance, JobPhase, JobState, RouteState, ServerState,
};

/// A kind of child that is watched.
pub trait Watched:
    Resource<DynamicType = ()>
    + Clone
    + std::fmt::Debug
    + DeserializeOwned
    + Serialize
    + Send
    + Sync
    + 'static
{
    /// Which kind.
    const KIND: Kind;

    /// What status is computed from.
    fn seen(&self) -> Seen {
        Seen::Other
    }
}

/// The institution that an object belongs to: that of its label, if the object is where children of
/// that institution are. Whoever puts the label on anything else makes no child of it. `home` is the
/// operator's own namespace.
#[must_use]
pub fn institution<'o, K: Resource<DynamicType = ()>>(
    object: &'o K,
    home: &str,
) -> Option<&'o str> {
    let label = object.meta().labels.as_ref()?.get(names::INSTITUTION)?;
    place(object, home).filter(|place| place == label)
}

/// The institution in whose namespace an object is. What the operator makes in its own namespace has the
/// institution at the end of its name.
#[must_use]
pub fn place<'o, K: Resource<DynamicType = ()>>(object: &'o K, home: &str) -> Option<&'o str> {
    let metadata = object.meta();
    let name = metadata.name.as_deref()?;
    match metadata.namespace.as_deref() {
        // A Namespace is in none, and is its own place.
        None => name.strip_prefix(names::NAMESPACE_PREFIX),
        Some(namespace) if namespace == home => Some(names::notice_route_of(name)?.1),
        Some(namespace) => namespace.strip_prefix(names::NAMESPACE_PREFIX),
    }
}

/// By what a child of `institution` is remembered: of what is in another namespace than the institution's,
/// with that namespace.
#[must_use]
pub fn key<K: Watched>(object: &K, institution: &str) -> Key {
    let name = object.meta().name.as_deref().unwrap_or_default();
    let elsewhere =
        object.meta().namespace.as_deref().filter(|namespace| {
            namespace.strip_prefix(names::NAMESPACE_PREFIX) != Some(institution)
        });
    let name = match elsewhere {
        Some(namespace) => format!("{namespace}/{name}").into(),
        None => name.into(),
    };
    (K::KIND, name)
}

/// What is remembered of an observed child.
#[must_use]
pub fn child<K: Watched>(object: &K) -> Option<Child> {
    let json = serde_json::to_value(object).ok()?;
    Some(Child {
        version: object.resource_version()?.parse().ok()?,
        owned: digest::owned(&json, object.managed_fields()),
        stands_for: None,
        terminating: object.meta().deletion_timestamp.is_some(),
        seen: object.seen(),
    })
}

/// When an object was made.
fn created<K: Resource>(object: &K) -> Timestamp {
    let created = object.meta().creation_timestamp.as_ref();
    created.map_or(Timestamp::UNIX_EPOCH, |time| time.0)
}

macro_rules! watched {
    ($($type:ty => $kind:ident),* $(,)?) => {
        $(impl Watched for $type {
            const KIND: Kind = Kind::$kind;
        })*
    };
}

watched! {
    LimitRange => LimitRange,
    NetworkPolicy => NetworkPolicy,
    RoleBinding => RoleBinding,
    ConfigMap => ConfigMap,
    PodDisruptionBudget => DisruptionBudget,
    HorizontalPodAutoscaler => Autoscaler,
}

impl Watched for ResourceQuota {
    const KIND: Kind = Kind::ResourceQuota;

    fn seen(&self) -> Seen {
        let allowed = self.spec.as_ref().and_then(|spec| spec.hard.as_ref());
        let counted = self.status.as_ref().and_then(|status| status.hard.as_ref());
        Seen::Quota {
            counted: allowed == counted,
        }
    }
}

impl Watched for ServiceAccount {
    const KIND: Kind = Kind::ServiceAccount;

    fn seen(&self) -> Seen {
        let pull_secrets = self.annotations().get(names::PULL_SECRETS);
        Seen::Account {
            pull_secrets: pull_secrets.cloned().unwrap_or_default().into(),
        }
    }
}

impl Watched for ListenerSet {
    const KIND: Kind = Kind::ListenerSet;

    fn seen(&self) -> Seen {
        let status = self.status.as_ref();
        Seen::Listeners {
            without_certificate: status.map(|s| s.without_certificate()).unwrap_or_default(),
        }
    }
}

impl Watched for Namespace {
    const KIND: Kind = Kind::Namespace;

    fn seen(&self) -> Seen {
        Seen::Namespace {
            retained: self
                .labels()
                .get(names::RETAINED)
                .is_some_and(|v| v == "true"),
        }
    }
}

impl Watched for PersistentVolumeClaim {
    const KIND: Kind = Kind::Claim;

    fn seen(&self) -> Seen {
        Seen::Claim(Box::new(claim(self)))
    }
}

/// The state of a claim, ours or one that existed before.
#[must_use]
pub fn claim(object: &PersistentVolumeClaim) -> ClaimState {
    let spec = object.spec.clone().unwrap_or_default();
    let status = object.status.clone().unwrap_or_default();
    let amount = |quantities: Option<&std::collections::BTreeMap<String, _>>| {
        let quantity: &k8s_openapi::apimachinery::pkg::api::resource::Quantity =
            quantities?.get("storage")?;
        quantity.0.parse::<Amount>().ok()
    };
    let resize_error = status.conditions.iter().flatten().find(|condition| {
        condition.type_.ends_with("ResizeError") || condition.type_.contains("ResizeInfeasible")
    });
    ClaimState {
        requested: amount(spec.resources.as_ref().and_then(|r| r.requests.as_ref())),
        capacity: amount(status.capacity.as_ref()),
        storage_class: spec.storage_class_name,
        access_modes: spec.access_modes.unwrap_or_default(),
        phase: match status.phase.as_deref() {
            Some("Bound") => ClaimPhase::Bound,
            Some("Lost") => ClaimPhase::Lost,
            _ => ClaimPhase::Pending,
        },
        resize_error: resize_error.and_then(|condition| condition.message.clone()),
        is_existing: false,
    }
}

/// What keeps a pod from beginning, as its node says; nothing while it merely takes its time.
#[must_use]
pub fn hindrance(pod: &Pod) -> Option<Hindrance> {
    const TAKES_ITS_TIME: [&str; 2] = ["ContainerCreating", "PodInitializing"];
    let statuses = pod.status.as_ref()?.container_statuses.as_ref()?;
    let mut waiting = statuses
        .iter()
        .filter_map(|status| status.state.as_ref()?.waiting.as_ref());
    waiting.find_map(|waiting| {
        let reason = waiting.reason.clone()?;
        (!TAKES_ITS_TIME.contains(&reason.as_str())).then(|| Hindrance {
            reason,
            message: waiting.message.clone().unwrap_or_default(),
        })
    })
}

impl Watched for Deployment {
    const KIND: Kind = Kind::Deployment;

    fn seen(&self) -> Seen {
        let status = self.status.clone().unwrap_or_default();
        let spec = self.spec.as_ref();
        let pod = spec.and_then(|spec| spec.template.spec.as_ref());
        let failure = status.conditions.iter().flatten().find(|condition| {
            (condition.type_ == "ReplicaFailure" && condition.status == "True")
                || (condition.type_ == "Progressing" && condition.status == "False")
        });
        Seen::Server(Box::new(ServerState {
            generation: self.metadata.generation.unwrap_or(0),
            observed_generation: status.observed_generation.unwrap_or(0),
            replicas: spec.and_then(|spec| spec.replicas).unwrap_or(1),
            updated: status.updated_replicas.unwrap_or(0),
            total: status.replicas.unwrap_or(0),
            available: status.available_replicas.unwrap_or(0),
            image: pod
                .and_then(|pod| pod.containers.first())
                .and_then(|container| container.image.clone())
                .unwrap_or_default(),
            failure: failure.and_then(|condition| condition.message.clone()),
        }))
    }
}

impl Watched for Service {
    const KIND: Kind = Kind::Service;

    fn seen(&self) -> Seen {
        let address = self.spec.as_ref().and_then(|spec| spec.cluster_ip.clone());
        let address = address.filter(|address| address != "None" && !address.is_empty());
        Seen::Service {
            address: address.map(Into::into),
        }
    }
}

impl Watched for HttpRoute {
    const KIND: Kind = Kind::HttpRoute;

    fn seen(&self) -> Seen {
        Seen::Route(Box::new(RouteState {
            name: self.name_any(),
            accepted: self.status.as_ref().and_then(|status| status.accepted()),
            refusal: self.status.as_ref().and_then(|status| status.refusal()),
            created: created(self),
        }))
    }
}

impl Watched for Ingress {
    const KIND: Kind = Kind::Ingress;

    fn seen(&self) -> Seen {
        // Controllers that give an Ingress no address give it no other sign either.
        Seen::Route(Box::new(RouteState {
            name: self.name_any(),
            accepted: Some(true),
            refusal: None,
            created: created(self),
        }))
    }
}

impl Watched for Job {
    const KIND: Kind = Kind::Job;

    fn seen(&self) -> Seen {
        let annotations = self.annotations();
        let status = self.status.clone().unwrap_or_default();
        let holds = |type_: &str| {
            let mut conditions = status.conditions.iter().flatten();
            conditions
                .find(|c| c.type_ == type_ && c.status == "True")
                .cloned()
        };
        let (complete, failed) = (holds("Complete"), holds("Failed"));
        let time = |time: &k8s_openapi::apimachinery::pkg::apis::meta::v1::Time| time.0;
        let ended = complete.as_ref().or(failed.as_ref());
        let pod = self
            .spec
            .as_ref()
            .and_then(|spec| spec.template.spec.as_ref());
        let image = pod.and_then(|pod| pod.containers.first()?.image.clone());
        Seen::Job(Box::new(JobState {
            name: self.name_any(),
            collection: self
                .labels()
                .get(names::COLLECTION)
                .cloned()
                .unwrap_or_default(),
            fingerprint: annotations.get(names::FINGERPRINT).cloned(),
            cause: annotations
                .get(names::CAUSE)
                .and_then(|cause| cause.parse().ok()),
            request: annotations.get(names::INGEST_NOW).cloned(),
            confirmation: annotations.get(names::CONFIRM_REMOVAL).cloned(),
            generation: annotations
                .get(names::GENERATION)
                .and_then(|text| text.parse().ok()),
            attempt: annotations
                .get(names::ATTEMPT)
                .and_then(|text| text.parse().ok())
                .unwrap_or(1),
            image: image.unwrap_or_default(),
            begun: status.ready.unwrap_or(0) > 0
                || status.succeeded.unwrap_or(0) > 0
                || status.failed.unwrap_or(0) > 0,
            // Read from the pod of one that should have begun.
            hindered: None,
            created: created(self),
            phase: match (&complete, &failed) {
                (Some(_), _) => JobPhase::Succeeded,
                (None, Some(_)) => JobPhase::Failed,
                (None, None) => JobPhase::Running,
            },
            finished: ended
                .and_then(|c| c.last_transition_time.as_ref())
                .map(time),
            // Read from the pod when no server can tell.
            last_words: None,
            failure: failed.and_then(|condition| condition.reason),
        }))
    }
}
