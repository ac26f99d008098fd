//! The status for staff: the resource belongs to the whole cluster and shows all institutions to whoever may
//! read it, so those named in `spec.access` read a copy in their institution's namespace.

use std::collections::BTreeMap;

use acervo_crds::IiifInstitution;
use acervo_crds::status::IiifInstitutionStatus;
use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource as _;

use crate::names;

/// The key with the whole status.
const WHOLE: &str = "status.yaml";

/// The copy of a status; none where nobody is named in `spec.access`.
#[must_use]
pub fn mirror(institution: &IiifInstitution, status: &IiifInstitutionStatus) -> Option<ConfigMap> {
    if institution.spec.access.is_empty() {
        return None;
    }
    let name = institution.metadata.name.as_deref()?.parse().ok()?;
    let yaml = serde_saphyr::to_string(status).ok()?;
    let mut data = BTreeMap::from([(WHOLE.to_owned(), yaml)]);
    data.extend(status.url.clone().map(|url| ("url".to_owned(), url)));
    // One line a condition, for whoever looks with `kubectl describe`.
    data.extend(status.conditions.iter().map(|condition| {
        let (is, reason) = (&condition.status, &condition.reason);
        let line = format!("{is} {reason}: {}", condition.message);
        (condition.type_.clone(), line)
    }));
    Some(ConfigMap {
        metadata: ObjectMeta {
            name: Some(names::STATUS.to_owned()),
            namespace: Some(names::namespace(&name)),
            labels: Some(names::labels(&name)),
            owner_references: institution
                .controller_owner_ref(&())
                .map(|owner| vec![owner]),
            ..ObjectMeta::default()
        },
        data: Some(data),
        ..ConfigMap::default()
    })
}
