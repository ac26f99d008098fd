//! The namespace.

use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::object;
use crate::reconcile::validate::Validated;

/// The level of the Pod Security Standards that holds in every institution's namespace.
const LEVEL: &str = "restricted";

/// The namespace. The mark of one that was retained is not among its labels, so applying it takes the
/// mark away.
pub(super) fn namespace(institution: &Validated<'_>) -> Namespace {
    let mut metadata = ObjectMeta {
        namespace: None,
        ..object::retained(institution, &institution.namespace)
    };
    let labels = metadata.labels.get_or_insert_default();
    for mode in ["enforce", "audit", "warn"] {
        labels.insert(
            format!("pod-security.kubernetes.io/{mode}"),
            LEVEL.to_owned(),
        );
    }
    Namespace {
        metadata,
        ..Namespace::default()
    }
}
