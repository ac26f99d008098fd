//! What the pods of an institution have in common: they obey the Pod Security level `restricted`, and
//! have the institution's volume.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    Affinity, Capabilities, Container, EmptyDirVolumeSource, LocalObjectReference,
    PersistentVolumeClaimVolumeSource, PodAffinity, PodAffinityTerm, PodSecurityContext, PodSpec,
    ResourceRequirements, SeccompProfile, SecurityContext, Volume, VolumeMount,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

use crate::config::Resources;
use crate::names;
use crate::quantity::Amount;
use crate::reconcile::validate::Validated;

/// User and group of every pod; the volume belongs to this group.
const USER: i64 = 65532;
/// Where the volume is.
pub(super) const DATA_PATH: &str = "/data";
/// The label of a node that no other node has.
pub(super) const NODE: &str = "kubernetes.io/hostname";
/// The most that a pod may leave in its temporary folder.
const TEMPORARY: &str = "256Mi";

/// A pod with one container. `volumes` and the container's mounts are those beside the institution's
/// volume and the temporary folder.
pub(super) fn spec(
    institution: &Validated<'_>,
    program: &str,
    container: Container,
    volumes: Vec<Volume>,
) -> PodSpec {
    let config = institution.config;
    let scheduling = &config.scheduling;
    let own = [data_volume(institution), temporary_volume()];
    let secrets = config.image.pull_secrets.iter();
    let secrets: Vec<_> = secrets
        .map(|name| LocalObjectReference { name: name.clone() })
        .collect();
    PodSpec {
        service_account_name: Some(program.to_owned()),
        automount_service_account_token: Some(false),
        enable_service_links: Some(false),
        security_context: Some(pod_security()),
        image_pull_secrets: some(secrets),
        node_selector: (!scheduling.node_selector.is_empty())
            .then(|| scheduling.node_selector.clone()),
        tolerations: some(scheduling.tolerations.clone()),
        containers: vec![with_mounts(institution, container)],
        volumes: Some(own.into_iter().chain(volumes).collect()),
        ..PodSpec::default()
    }
}

/// Requests and limits, as containers write them.
pub(super) fn resources(resources: &Resources) -> ResourceRequirements {
    let Resources { requests, limits } = resources;
    let map = |cpu: Option<Amount>, memory: Amount| -> BTreeMap<String, Quantity> {
        let cpu = cpu.map(|cpu| ("cpu".to_owned(), cpu.into()));
        cpu.into_iter()
            .chain([("memory".to_owned(), memory.into())])
            .collect()
    };
    ResourceRequirements {
        requests: Some(map(Some(requests.cpu), requests.memory)),
        limits: Some(map(limits.cpu, limits.memory)),
        claims: None,
    }
}

/// On the node where pods with these labels run: those that share a volume of one node.
pub(super) fn beside(labels: BTreeMap<String, String>) -> Affinity {
    let term = PodAffinityTerm {
        label_selector: Some(LabelSelector {
            match_labels: Some(labels),
            ..LabelSelector::default()
        }),
        topology_key: NODE.to_owned(),
        ..PodAffinityTerm::default()
    };
    Affinity {
        pod_affinity: Some(PodAffinity {
            required_during_scheduling_ignored_during_execution: Some(vec![term]),
            ..PodAffinity::default()
        }),
        ..Affinity::default()
    }
}

/// A mount that cannot be written.
pub(super) fn read_only(volume: &str, path: &str) -> VolumeMount {
    VolumeMount {
        read_only: Some(true),
        ..mount(volume, path)
    }
}

/// The list, unless it is empty: an empty list and none are not the same to the API server.
pub(super) fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

fn with_mounts(institution: &Validated<'_>, mut container: Container) -> Container {
    let image = &institution.config.image;
    let mounts = [mount(names::DATA, DATA_PATH), mount("tmp", "/tmp")];
    let others = container.volume_mounts.take().unwrap_or_default();
    Container {
        image: Some(image.reference.clone()),
        image_pull_policy: Some(image.pull_policy.as_str().to_owned()),
        security_context: Some(container_security()),
        volume_mounts: Some(mounts.into_iter().chain(others).collect()),
        ..container
    }
}

fn mount(volume: &str, path: &str) -> VolumeMount {
    VolumeMount {
        name: volume.to_owned(),
        mount_path: path.to_owned(),
        ..VolumeMount::default()
    }
}

fn data_volume(institution: &Validated<'_>) -> Volume {
    Volume {
        name: names::DATA.to_owned(),
        persistent_volume_claim: Some(PersistentVolumeClaimVolumeSource {
            claim_name: institution.storage.claim().to_owned(),
            read_only: None,
        }),
        ..Volume::default()
    }
}

fn temporary_volume() -> Volume {
    Volume {
        name: "tmp".to_owned(),
        empty_dir: Some(EmptyDirVolumeSource {
            size_limit: Some(Quantity(TEMPORARY.to_owned())),
            medium: None,
        }),
        ..Volume::default()
    }
}

/// A large volume is given to the group once, not at every start.
fn pod_security() -> PodSecurityContext {
    PodSecurityContext {
        run_as_non_root: Some(true),
        run_as_user: Some(USER),
        run_as_group: Some(USER),
        fs_group: Some(USER),
        fs_group_change_policy: Some("OnRootMismatch".to_owned()),
        seccomp_profile: Some(SeccompProfile {
            type_: "RuntimeDefault".to_owned(),
            localhost_profile: None,
        }),
        ..PodSecurityContext::default()
    }
}

fn container_security() -> SecurityContext {
    SecurityContext {
        allow_privilege_escalation: Some(false),
        read_only_root_filesystem: Some(true),
        capabilities: Some(Capabilities {
            drop: Some(vec!["ALL".to_owned()]),
            add: None,
        }),
        ..SecurityContext::default()
    }
}
