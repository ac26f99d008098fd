//! How many pods may be evicted at once.

use k8s_openapi::api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::object;
use crate::names;
use crate::reconcile::validate::Validated;

/// One pod at a time, where another one serves meanwhile. Pods that share a volume of one node have
/// no budget: while that node is emptied, none of them can start elsewhere before the last is gone.
pub(super) fn disruption_budget(institution: &Validated<'_>) -> Option<PodDisruptionBudget> {
    let evictable = institution.storage.shared && institution.replicas() > 1;
    evictable.then(|| PodDisruptionBudget {
        metadata: object::owned(institution, names::IMAGE_SERVER),
        spec: Some(PodDisruptionBudgetSpec {
            max_unavailable: Some(IntOrString::Int(1)),
            selector: Some(object::program(institution, names::IMAGE_SERVER)),
            unhealthy_pod_eviction_policy: Some("AlwaysAllow".to_owned()),
            ..PodDisruptionBudgetSpec::default()
        }),
        ..PodDisruptionBudget::default()
    })
}
