//! Names, labels and annotations of everything that the operator makes.
//!
//! Staff, scripts and dashboards rely on them; none changes once a platform runs.

use std::collections::BTreeMap;

use acervo_tenancy::{CollectionName, InstitutionName, KeptKind};

/// The field manager of every apply, and the value of [`MANAGED_BY`].
pub const FIELD_MANAGER: &str = "acervo-operator";

/// Label of every child: the institution it belongs to.
pub const INSTITUTION: &str = "acervo.dev/institution";
/// Label of every child: who keeps it.
pub const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// Label of workloads and pods: which of the institution's programs it is.
pub const NAME: &str = "app.kubernetes.io/name";
/// Label of ingest Jobs and their pods: the collection.
pub const COLLECTION: &str = "acervo.dev/collection";
/// Label, with the value `true`, of namespace and claim that outlived their resource.
pub const RETAINED: &str = "acervo.dev/retained";

/// Annotation of the resource: any new value starts an ingest of every collection, once.
pub const INGEST_NOW: &str = "acervo.dev/ingest-now";
/// Annotation of the resource: `COLLECTION:FINGERPRINT`, separated by commas, says that in exactly
/// this state of its folder the removal of more than half of a collection is meant. The fingerprint may
/// be shortened to its first [`SHORT`] digits.
pub const CONFIRM_REMOVAL: &str = "acervo.dev/confirm-removal";

/// Annotation of ServiceAccounts: the copied image pull Secrets, as `NAME:DIGEST` separated by commas.
/// It tells whether the copies are as they should be, and their content is never read.
pub const PULL_SECRETS: &str = "acervo.dev/pull-secrets";

/// Annotation of ingest Jobs: the fingerprint of the source when it started.
pub const FINGERPRINT: &str = "acervo.dev/fingerprint";
/// Annotation of ingest Jobs: the generation of the resource when it started.
pub const GENERATION: &str = "acervo.dev/generation";
/// Annotation of ingest Jobs: what becomes of images with a colour profile, as `acervo ingest` is told.
pub const COLOR_PROFILES: &str = "acervo.dev/color-profiles";
/// Annotation of ingest Jobs: which attempt it is, from 1; more follow one that failed.
pub const ATTEMPT: &str = "acervo.dev/attempt";
/// Annotation of ingest Jobs: why it was started.
pub const CAUSE: &str = "acervo.dev/cause";

/// Annotation of the Deployment: what it was made from, as [`crate::waves::Rollout`] writes it.
pub const ROLLOUT: &str = "acervo.dev/rollout";

/// The Lease of the operator's replicas, in their own namespace.
pub const LEASE: &str = "acervo-operator";

/// Deployment, Service, ServiceAccount, and the [`NAME`] of server pods.
pub const IMAGE_SERVER: &str = "image-server";
/// ServiceAccount, and the [`NAME`] of ingest pods.
pub const INGEST: &str = "ingest";
/// The claim of the institution's volume, and the volume in pods.
pub const DATA: &str = "data";
/// The route or Ingress of the platform's own address.
pub const PUBLIC: &str = "public";
/// The route and the listeners of the institution's further hosts.
pub const PUBLIC_HOSTS: &str = "public-hosts";
/// The route of kept addresses of manifests, and of images in the same place.
pub const PUBLIC_MANIFESTS: &str = "public-manifests";
/// The route of kept addresses of images.
pub const PUBLIC_IMAGES: &str = "public-images";
/// The Service of the notice that readers of suspended institutions get, in the operator's namespace.
pub const NOTICE: &str = "acervo-notice";
/// The one ResourceQuota, LimitRange and RoleBinding.
pub const INSTITUTION_OBJECT: &str = "institution";
/// The ClusterRole of the chart that those named in `spec.access` get in their namespace.
pub const STAFF_ROLE: &str = "acervo-institution-staff";
/// The ConfigMap with a copy of the status, for those named in `spec.access`.
pub const STATUS: &str = "institution-status";
/// The ConfigMap with certificates that ingest trusts.
pub const CA_BUNDLE: &str = "ca-bundle";
/// The key in the tenant table's ConfigMap.
pub const TABLE_KEY: &str = "tenants.json";
/// The key in the certificates' ConfigMap.
pub const CA_BUNDLE_KEY: &str = "ca.crt";

/// The key in the Secret of a bucket: who asks.
pub const ACCESS_KEY_ID: &str = "accessKeyId";
/// The key in the Secret of a bucket: what proves it.
pub const SECRET_ACCESS_KEY: &str = "secretAccessKey";

/// The name of the port for readers.
pub const HTTP: &str = "http";
/// The number of the port for readers.
pub const HTTP_PORT: i32 = 8080;
/// The name of the port for health, metrics and status.
pub const ADMIN: &str = "admin";
/// The number of the port for health, metrics and status.
pub const ADMIN_PORT: i32 = 8081;

/// How many hexadecimal digits of a digest stand in a name.
pub const SHORT: usize = 10;

/// What the namespaces of institutions begin with.
pub const NAMESPACE_PREFIX: &str = "acervo-";

/// The namespace of an institution.
#[must_use]
pub fn namespace(institution: impl std::fmt::Display) -> String {
    format!("{NAMESPACE_PREFIX}{institution}")
}

/// The route of kept addresses of a kind.
#[must_use]
pub const fn kept_route(kind: KeptKind) -> &'static str {
    match kind {
        KeptKind::Manifest => PUBLIC_MANIFESTS,
        KeptKind::Image => PUBLIC_IMAGES,
    }
}

/// The name of the route that leads to the notice in the place of the institution's `route`. It lies in the
/// operator's namespace; neither part has a dot.
#[must_use]
pub fn notice_route(route: &str, institution: impl std::fmt::Display) -> String {
    format!("{route}.{institution}")
}

/// The route in whose place one of this name leads to the notice, and the institution.
#[must_use]
pub fn notice_route_of(name: &str) -> Option<(&str, &str)> {
    name.split_once('.')
}

/// The labels of every child.
#[must_use]
pub fn labels(institution: &InstitutionName) -> BTreeMap<String, String> {
    map([
        (INSTITUTION, institution.as_str()),
        (MANAGED_BY, FIELD_MANAGER),
    ])
}

/// The name of the ConfigMap that holds a tenant table with these bytes.
#[must_use]
pub fn table_config_map(table: &[u8]) -> String {
    format!("tenant-{}", short_digest(&[table]))
}

/// The name of the Job that ingests a collection, of what else makes it this one and no other.
#[must_use]
pub fn ingest_job(collection: &CollectionName, what: &[&str]) -> String {
    let digest = short_digest(&[what.join("\0").as_bytes()]);
    format!("ingest-{collection}-{digest}")
}

/// A map of texts, as Kubernetes objects want it.
pub(crate) fn map<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
    pairs
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

pub(crate) fn short_digest(parts: &[&[u8]]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().to_hex()[..SHORT].to_owned()
}
