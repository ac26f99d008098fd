//! What pods read: the tenant table, certificates, and the Secrets that their image is pulled with.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{ConfigMap, Secret};

use super::object;
use crate::names;
use crate::reconcile::validate::Validated;

/// The tenant table. Its name follows from its content, so pods that mount it follow every change, and
/// each of them keeps the table that it started with.
pub(super) fn tenant_table(institution: &Validated<'_>) -> ConfigMap {
    let table = serde_json::to_string_pretty(&institution.table).expect("a table is plain data");
    ConfigMap {
        metadata: object::owned(institution, &names::table_config_map(table.as_bytes())),
        immutable: Some(true),
        data: Some(BTreeMap::from([(names::TABLE_KEY.to_owned(), table)])),
        ..ConfigMap::default()
    }
}

/// A copy of the platform's certificates: a pod can only mount what is in its namespace.
pub(super) fn ca_bundle(institution: &Validated<'_>) -> Option<ConfigMap> {
    let certificates = institution.facts.ca_bundle.as_deref()?;
    Some(ConfigMap {
        metadata: object::owned(institution, names::CA_BUNDLE),
        data: Some(names::map([(names::CA_BUNDLE_KEY, certificates)])),
        ..ConfigMap::default()
    })
}

/// Copies of the platform's image pull Secrets, for the same reason.
pub(super) fn pull_secrets(institution: &Validated<'_>) -> Vec<Secret> {
    let secrets = institution.facts.pull_secrets.iter();
    secrets
        .map(|secret| Secret {
            metadata: object::owned(institution, &secret.name),
            type_: Some(secret.type_.clone()),
            data: Some(secret.data.clone()),
            ..Secret::default()
        })
        .collect()
}
