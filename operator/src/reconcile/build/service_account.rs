//! ServiceAccounts: no pod of an institution talks to the Kubernetes API.

use k8s_openapi::api::core::v1::ServiceAccount;

use super::object;
use crate::names;
use crate::reconcile::facts::PullSecret;
use crate::reconcile::validate::Validated;

/// One for each program, without token. That of the server remembers which pull Secrets were copied.
pub(super) fn all(institution: &Validated<'_>) -> Vec<ServiceAccount> {
    let account = |name: &str| ServiceAccount {
        metadata: object::owned(institution, name),
        automount_service_account_token: Some(false),
        ..ServiceAccount::default()
    };
    let mut server = account(names::IMAGE_SERVER);
    let copied = copied(&institution.facts.pull_secrets);
    if !copied.is_empty() {
        server.metadata.annotations = Some(names::map([(names::PULL_SECRETS, &copied)]));
    }
    vec![server, account(names::INGEST)]
}

/// The value of [`names::PULL_SECRETS`].
fn copied(secrets: &[PullSecret]) -> String {
    let entry = |secret: &PullSecret| {
        let mut parts = vec![secret.type_.as_bytes()];
        for (key, value) in &secret.data {
            parts.extend([b"\0", key.as_bytes(), b"\0", &value.0]);
        }
        format!("{}:{}", secret.name, names::short_digest(&parts))
    };
    let entries: Vec<_> = secrets.iter().map(entry).collect();
    entries.join(",")
}
