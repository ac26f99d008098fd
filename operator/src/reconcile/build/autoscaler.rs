//! More pods when there is much to do.

use k8s_openapi::api::autoscaling::v2::{
    CrossVersionObjectReference, HorizontalPodAutoscaler, HorizontalPodAutoscalerSpec, MetricSpec,
    MetricTarget, ResourceMetricSource,
};

use super::deployment::count;
use super::object;
use crate::names;
use crate::reconcile::validate::Validated;

/// How much of the processor time set aside for it a pod uses on average before there are more pods,
/// in per cent.
const UTILISATION: i32 = 80;

/// The autoscaler, where plan and volume allow more pods.
pub(super) fn autoscaler(institution: &Validated<'_>) -> Option<HorizontalPodAutoscaler> {
    let (least, most) = (institution.replicas(), institution.most_replicas());
    (most > least).then(|| HorizontalPodAutoscaler {
        metadata: object::owned(institution, names::IMAGE_SERVER),
        spec: Some(HorizontalPodAutoscalerSpec {
            scale_target_ref: CrossVersionObjectReference {
                api_version: Some("apps/v1".to_owned()),
                kind: "Deployment".to_owned(),
                name: names::IMAGE_SERVER.to_owned(),
            },
            min_replicas: Some(count(least)),
            max_replicas: count(most),
            metrics: Some(vec![MetricSpec {
                type_: "Resource".to_owned(),
                resource: Some(ResourceMetricSource {
                    name: "cpu".to_owned(),
                    target: MetricTarget {
                        type_: "Utilization".to_owned(),
                        average_utilization: Some(UTILISATION),
                        ..MetricTarget::default()
                    },
                }),
                ..MetricSpec::default()
            }]),
            behavior: None,
        }),
        ..HorizontalPodAutoscaler::default()
    })
}
