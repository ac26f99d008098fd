//! What a container gets that asks for nothing, so that the quota does not refuse it.

use k8s_openapi::api::core::v1::{LimitRange, LimitRangeItem, LimitRangeSpec};

use super::{object, pod};
use crate::names;
use crate::reconcile::validate::Validated;

/// The defaults: those of the image server.
pub(super) fn limit_range(institution: &Validated<'_>) -> LimitRange {
    let server = pod::resources(&institution.plan.resources);
    LimitRange {
        metadata: object::owned(institution, names::INSTITUTION_OBJECT),
        spec: Some(LimitRangeSpec {
            limits: vec![LimitRangeItem {
                type_: "Container".to_owned(),
                default: server.limits,
                default_request: server.requests,
                ..LimitRangeItem::default()
            }],
        }),
    }
}
