//! The image server.

use k8s_openapi::api::apps::v1::{
    Deployment, DeploymentSpec, DeploymentStrategy, RollingUpdateDeployment,
};
use k8s_openapi::api::core::v1::{
    ConfigMap, ConfigMapVolumeSource, Container, ContainerPort, HTTPGetAction, PodSpec,
    PodTemplateSpec, Probe, TopologySpreadConstraint, Volume,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::{object, pod};
use crate::reconcile::validate::Validated;
use crate::waves::{self, Rollout, Turn};
use crate::{digest, names};

/// Where the tenant table is.
const CONFIG_PATH: &str = "/etc/acervo";
/// The volume of the tenant table.
const TABLE: &str = "tenant-table";

/// The Deployment. A new pod answers before an old one goes.
pub(super) fn image_server(institution: &Validated<'_>, table: &ConfigMap) -> Deployment {
    let mut labels = names::labels(&institution.name);
    labels.insert(names::NAME.to_owned(), names::IMAGE_SERVER.to_owned());
    let template = PodTemplateSpec {
        metadata: Some(ObjectMeta {
            labels: Some(labels.clone()),
            ..ObjectMeta::default()
        }),
        spec: Some(pod_spec(institution, table)),
    };
    // Where an autoscaler says how many pods there are, nobody else does.
    let scaled = institution.most_replicas() > institution.replicas();
    Deployment {
        metadata: ObjectMeta {
            labels: Some(labels),
            ..object::owned(institution, names::IMAGE_SERVER)
        },
        spec: Some(DeploymentSpec {
            replicas: (!scaled).then(|| count(institution.replicas())),
            revision_history_limit: Some(2),
            progress_deadline_seconds: Some(count(institution.config.upgrades.deadline_seconds)),
            selector: object::program(institution, names::IMAGE_SERVER),
            strategy: Some(DeploymentStrategy {
                type_: Some("RollingUpdate".to_owned()),
                rolling_update: Some(RollingUpdateDeployment {
                    max_surge: Some(IntOrString::Int(1)),
                    max_unavailable: Some(IntOrString::Int(0)),
                }),
            }),
            template,
            ..DeploymentSpec::default()
        }),
        ..Deployment::default()
    }
}

/// Records in the Deployment what it is made from; tells whether it can be written at once.
pub(super) fn record(institution: &Validated<'_>, deployment: &mut Deployment) -> Turn {
    // A Deployment is plain data, and so is its digest.
    let json = serde_json::to_value(&*deployment).unwrap_or_default();
    let generation = institution.institution.metadata.generation.unwrap_or(0);
    let server = institution.facts.server.as_ref();
    let wanted = digest::wanted(&json);
    let (rollout, turn) = if institution.readers.wants_server() {
        waves::judge(server, generation, wanted)
    } else {
        // Nobody waits to stop.
        (Rollout::own(generation, wanted), Turn::Now)
    };
    let record = names::map([(names::ROLLOUT, &*rollout.to_string())]);
    deployment.metadata.annotations = Some(record);
    turn
}

/// A number, as Kubernetes types write it.
pub(super) fn count(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// A volume of one node keeps all its pods on that node, those of a rollout and of ingest too; pods of
/// a shared volume spread.
fn pod_spec(institution: &Validated<'_>, table: &ConfigMap) -> PodSpec {
    let volume = Volume {
        name: TABLE.to_owned(),
        config_map: Some(ConfigMapVolumeSource {
            name: table.metadata.name.clone().unwrap_or_default(),
            ..ConfigMapVolumeSource::default()
        }),
        ..Volume::default()
    };
    let common = pod::spec(
        institution,
        names::IMAGE_SERVER,
        container(institution),
        vec![volume],
    );
    let anybody = || names::map([(names::INSTITUTION, institution.name.as_str())]);
    let spreads = institution.storage.shared && institution.most_replicas() > 1;
    PodSpec {
        affinity: (!institution.storage.shared).then(|| pod::beside(anybody())),
        topology_spread_constraints: spreads.then(|| spread(institution)),
        ..common
    }
}

fn container(institution: &Validated<'_>) -> Container {
    let table = format!("{CONFIG_PATH}/{}", names::TABLE_KEY);
    let [listen, admin] =
        [names::HTTP_PORT, names::ADMIN_PORT].map(|port| format!("0.0.0.0:{port}"));
    let arguments = [
        "serve",
        "--table",
        &table,
        "--data",
        pod::DATA_PATH,
        "--listen",
        &listen,
        "--admin-listen",
        &admin,
    ];
    Container {
        name: names::IMAGE_SERVER.to_owned(),
        args: Some(arguments.map(str::to_owned).into()),
        ports: Some(vec![
            port(names::HTTP, names::HTTP_PORT),
            port(names::ADMIN, names::ADMIN_PORT),
        ]),
        resources: Some(pod::resources(&institution.plan.resources)),
        volume_mounts: Some(vec![pod::read_only(TABLE, CONFIG_PATH)]),
        startup_probe: Some(Probe {
            period_seconds: Some(1),
            failure_threshold: Some(300),
            ..probe("/readyz")
        }),
        readiness_probe: Some(probe("/readyz")),
        liveness_probe: Some(probe("/livez")),
        ..Container::default()
    }
}

fn port(name: &str, number: i32) -> ContainerPort {
    ContainerPort {
        name: Some(name.to_owned()),
        container_port: number,
        protocol: Some("TCP".to_owned()),
        ..ContainerPort::default()
    }
}

fn probe(path: &str) -> Probe {
    Probe {
        http_get: Some(HTTPGetAction {
            path: Some(path.to_owned()),
            port: IntOrString::String(names::ADMIN.to_owned()),
            ..HTTPGetAction::default()
        }),
        period_seconds: Some(5),
        timeout_seconds: Some(3),
        failure_threshold: Some(3),
        ..Probe::default()
    }
}

fn spread(institution: &Validated<'_>) -> Vec<TopologySpreadConstraint> {
    [pod::NODE, "topology.kubernetes.io/zone"]
        .into_iter()
        .map(|key| TopologySpreadConstraint {
            max_skew: 1,
            topology_key: key.to_owned(),
            when_unsatisfiable: "ScheduleAnyway".to_owned(),
            label_selector: Some(object::program(institution, names::IMAGE_SERVER)),
            ..TopologySpreadConstraint::default()
        })
        .collect()
}
