//! What is read off an observed child: the facts that status is computed from. Pure.

use jiff::Timestamp;
use k8s_openapi::api::apps::v1::{Deployment, DeploymentStatus};
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{
    ConfigMap, LimitRange, Namespace, PersistentVolumeClaim, Pod, PodSpec, ResourceQuota, Service,
    ServiceAccount,
};
use k8s_openapi::api::networking::v1::{Ingress, NetworkPolicy};
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::api::rbac::v1::RoleBinding;
use kube::core::ObjectMeta;
use kube::{Resource, ResourceExt as _};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::children::{Key, Kind, Seen};
use crate::gateway::{HttpRoute, ListenerSet};
use crate::json::Json;
use crate::names;
use crate::quantity::Amount;
use crate::reconcile::facts::{
    ClaimPhase, ClaimState, Hindrance, JobPhase, JobState, RouteState, ServerState,
};

mod observed;

pub use observed::Observed;

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

    /// The same, from an object as the API server writes it; nothing where that cannot be read.
    #[must_use]
    fn read(object: Json<'_>) -> Option<Seen> {
        object.into_type().ok().map(|object: Self| object.seen())
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

/// By what a child of the institution in `namespace` is known: what is in another one, with that.
#[must_use]
pub fn key<K: Watched>(object: &K, namespace: &str) -> Key {
    key_of::<K>(object.meta(), namespace)
}

fn key_of<K: Watched>(metadata: &ObjectMeta, namespace: &str) -> Key {
    let name = metadata.name.as_deref().unwrap_or_default();
    let elsewhere = metadata.namespace.as_deref();
    let elsewhere = elsewhere.filter(|elsewhere| *elsewhere != namespace);
    let name = elsewhere.map_or_else(|| name.into(), |other| format!("{other}/{name}").into());
    (K::KIND, name)
}

/// When an object was made.
fn created<K: Resource>(object: &K) -> Timestamp {
    let created = object.meta().creation_timestamp.as_ref();
    created.map_or(Timestamp::UNIX_EPOCH, |time| time.0)
}

/// Takes a pod template away but for the images of its containers and the ConfigMaps that it mounts: nothing else
/// of it is looked at, and it is most of an object.
fn without_template(mut object: Json<'_>) -> Json<'_> {
    let mut spec = object.take("spec");
    let mut template = spec.take("template").take("spec");
    let containers = match template.take("containers") {
        Json::List(containers) => containers,
        _ => Vec::new(),
    };
    let containers = Json::List(containers.into_iter().map(image_of).collect());
    let mut volumes = match template.take("volumes") {
        Json::List(volumes) => volumes,
        _ => Vec::new(),
    };
    volumes.retain(|volume| *volume.get("configMap") != Json::Null);
    let pod = Json::Object(vec![
        ("containers".into(), containers),
        ("volumes".into(), Json::List(volumes)),
    ]);
    spec.set("template", Json::Object(vec![("spec".into(), pod)]));
    object.set("spec", spec);
    object
}

fn image_of(mut container: Json<'_>) -> Json<'_> {
    let image = ("image".into(), container.take("image"));
    Json::Object(vec![image, ("name".into(), container.take("name"))])
}

macro_rules! watched {
    ($($type:ty => $kind:ident),* $(,)?) => {
        $(impl Watched for $type {
            const KIND: Kind = Kind::$kind;

            fn read(_: Json<'_>) -> Option<Seen> {
                Some(Seen::Other)
            }
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
        let amount = |(resource, quantity): (&String, _)| {
            Some((resource.as_str().into(), Amount::try_from(quantity).ok()?))
        };
        Seen::Quota {
            counted: allowed == counted,
            allowed: allowed.into_iter().flatten().filter_map(amount).collect(),
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

/// How the API server refuses pods as long as nobody has counted what a new quota is used for: the cluster's
/// controllers try again at once.
const NOT_COUNTED_YET: &str = "status unknown for quota";

impl Watched for Deployment {
    const KIND: Kind = Kind::Deployment;

    fn read(object: Json<'_>) -> Option<Seen> {
        let object = without_template(object).into_type();
        object.ok().map(|object: Self| object.seen())
    }

    fn seen(&self) -> Seen {
        let status = self.status.clone().unwrap_or_default();
        let generation = self.metadata.generation.unwrap_or(0);
        let observed_generation = status.observed_generation.unwrap_or(0);
        let spec = self.spec.as_ref();
        let pod = spec.and_then(|spec| spec.template.spec.as_ref());
        let failure = status.conditions.iter().flatten().find(|condition| {
            let message = condition.message.as_deref().unwrap_or_default();
            let soon_over = message.contains(NOT_COUNTED_YET);
            (condition.type_ == "ReplicaFailure" && condition.status == "True" && !soon_over)
                || (condition.type_ == "Progressing" && condition.status == "False")
        });
        let record = self.annotations().get(names::ROLLOUT);
        Seen::Server(Box::new(ServerState {
            generation,
            observed_generation,
            replicas: spec.and_then(|spec| spec.replicas).unwrap_or(1),
            updated: status.updated_replicas.unwrap_or(0),
            total: status.replicas.unwrap_or(0),
            available: status.available_replicas.unwrap_or(0),
            image: pod
                .and_then(|pod| pod.containers.first())
                .and_then(|container| container.image.clone())
                .unwrap_or_default(),
            table: pod.and_then(mounted_table).unwrap_or_default().into(),
            rolling: observed_generation < generation || !has_come(&status),
            rollout: record.and_then(|text| text.parse().ok()),
            // Told by who wrote what, which is not read here.
            drifted: false,
            failure: failure.and_then(|condition| condition.message.clone()),
        }))
    }
}

/// Whether the newest template has been rolled out once. Its controller remembers it whatever becomes
/// of single pods later.
fn has_come(status: &DeploymentStatus) -> bool {
    let mut conditions = status.conditions.iter().flatten();
    conditions.any(|condition| {
        condition.type_ == "Progressing"
            && condition.reason.as_deref() == Some("NewReplicaSetAvailable")
    })
}

/// The name of the ConfigMap that a pod of the image server mounts.
fn mounted_table(pod: &PodSpec) -> Option<&str> {
    let mut volumes = pod.volumes.iter().flatten();
    volumes.find_map(|volume| volume.config_map.as_ref().map(|map| map.name.as_str()))
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

    fn read(object: Json<'_>) -> Option<Seen> {
        let object = without_template(object).into_type();
        object.ok().map(|object: Self| object.seen())
    }

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
            color_profiles: annotations.get(names::COLOR_PROFILES).cloned(),
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
