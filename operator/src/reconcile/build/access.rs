//! Who may look into the institution's namespace.

use k8s_openapi::api::rbac::v1::{RoleBinding, RoleRef, Subject};

use super::object;
use crate::names;
use crate::reconcile::validate::Validated;

/// The group of roles and of those who have them.
const RBAC: &str = "rbac.authorization.k8s.io";

/// The groups and users of `spec.access` get the platform's role for staff; none if nobody is named.
pub(super) fn access(institution: &Validated<'_>) -> Option<RoleBinding> {
    let access = &institution.institution.spec.access;
    let subject = |kind: &str, name: &String| Subject {
        api_group: Some(RBAC.to_owned()),
        kind: kind.to_owned(),
        name: name.clone(),
        namespace: None,
    };
    let subjects = access.iter().flat_map(|access| {
        let group = access.group.iter().map(|name| subject("Group", name));
        let user = access.user.iter().map(|name| subject("User", name));
        group.chain(user)
    });
    (!access.is_empty()).then(|| RoleBinding {
        metadata: object::owned(institution, names::INSTITUTION_OBJECT),
        role_ref: RoleRef {
            api_group: RBAC.to_owned(),
            kind: "ClusterRole".to_owned(),
            name: names::STAFF_ROLE.to_owned(),
        },
        subjects: Some(subjects.collect()),
    })
}
