//! Who may look into the institution's namespace.

use k8s_openapi::api::rbac::v1::{RoleBinding, RoleRef, Subject};

use super::object;
use crate::names;
use crate::reconcile::validate::Validated;

/// The group of roles and of those who have them.
const RBAC: &str = "rbac.authorization.k8s.io";

/// The groups of `spec.access` get the platform's role for staff; none if nobody is named.
pub(super) fn access(institution: &Validated<'_>) -> Option<RoleBinding> {
    let access = &institution.institution.spec.access;
    let group = |group: &str| Subject {
        api_group: Some(RBAC.to_owned()),
        kind: "Group".to_owned(),
        name: group.to_owned(),
        namespace: None,
    };
    (!access.is_empty()).then(|| RoleBinding {
        metadata: object::owned(institution, names::INSTITUTION_OBJECT),
        role_ref: RoleRef {
            api_group: RBAC.to_owned(),
            kind: "ClusterRole".to_owned(),
            name: names::STAFF_ROLE.to_owned(),
        },
        subjects: Some(access.iter().map(|access| group(&access.group)).collect()),
    })
}
