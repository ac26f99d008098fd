//! What all pods of the institution together can have.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{ResourceQuota, ResourceQuotaSpec};

use super::object;
use crate::names;
use crate::quantity::Amount;
use crate::reconcile::validate::{Validated, Volume};

/// What a pod of cert-manager that answers for one host may need, by its defaults.
const SOLVER_CPU: &str = "100m";
const SOLVER_MEMORY: u64 = 64 << 20;

/// Room for every pod of the server twice, because pods that end still count while those of the next
/// rollout start; for the ingest Jobs; and for the pods with which cert-manager proves hosts.
///
/// A suspended institution keeps its room: the quota of a namespace says what may be, not what is.
pub(super) fn quota(institution: &Validated<'_>) -> ResourceQuota {
    let plan = institution.plan;
    let most = if institution.storage.shared {
        plan.most_replicas()
    } else {
        plan.replicas
    };
    let jobs = institution.config.ingest.max_concurrent;
    let solvers = u32::try_from(institution.solved_hosts()).unwrap_or(u32::MAX);
    let (server, ingest) = (&plan.resources, &plan.ingest_resources);
    let room = |server: Amount, ingest: Amount, solver: Amount| {
        server * (2 * most) + ingest * jobs + solver * solvers
    };
    let solver_cpu: Amount = SOLVER_CPU.parse().unwrap_or_default();
    let solver_memory = Amount::whole(SOLVER_MEMORY);
    let one = Amount::whole(1);
    let mut hard = BTreeMap::from([
        ("pods", room(one, one, one)),
        (
            "requests.cpu",
            room(server.requests.cpu, ingest.requests.cpu, solver_cpu),
        ),
        (
            "requests.memory",
            room(
                server.requests.memory,
                ingest.requests.memory,
                solver_memory,
            ),
        ),
        (
            "limits.memory",
            room(server.limits.memory, ingest.limits.memory, solver_memory),
        ),
        ("services.loadbalancers", Amount::default()),
    ]);
    // Under a quota of it, every container must have a limit.
    if let (Some(server), Some(ingest)) = (server.limits.cpu, ingest.limits.cpu) {
        hard.insert("limits.cpu", room(server, ingest, solver_cpu));
    }
    if let Volume::Own { size, .. } = institution.storage.volume {
        hard.insert("persistentvolumeclaims", one);
        hard.insert("requests.storage", size);
    }
    let hard = hard
        .into_iter()
        .map(|(resource, amount)| (resource.to_owned(), amount.into()));
    ResourceQuota {
        metadata: object::owned(institution, names::INSTITUTION_OBJECT),
        spec: Some(ResourceQuotaSpec {
            hard: Some(hard.collect()),
            ..ResourceQuotaSpec::default()
        }),
        ..ResourceQuota::default()
    }
}
