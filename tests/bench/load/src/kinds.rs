//! The kinds of children that an institution can have.

use kube::core::{ApiResource, GroupVersionKind};

/// The label of every child.
pub(crate) const INSTITUTION: &str = "acervo.dev/institution";

/// A kind of child.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    group: &'static str,
    version: &'static str,
    kind: &'static str,
    plural: &'static str,
    /// Whether it goes at once when it is deleted: namespaces and claims wait for controllers.
    pub(crate) goes: bool,
}

impl Kind {
    const fn new(
        group: &'static str,
        version: &'static str,
        kind: &'static str,
        plural: &'static str,
    ) -> Self {
        Self {
            group,
            version,
            kind,
            plural,
            goes: true,
        }
    }

    const fn staying(self) -> Self {
        Self {
            goes: false,
            ..self
        }
    }

    /// The kind as the client names it.
    pub(crate) fn resource(self) -> ApiResource {
        let kind = GroupVersionKind::gvk(self.group, self.version, self.kind);
        ApiResource::from_gvk_with_plural(&kind, self.plural)
    }
}

pub(crate) const CLAIM: Kind =
    Kind::new("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims").staying();
pub(crate) const DEPLOYMENT: Kind = Kind::new("apps", "v1", "Deployment", "deployments");
pub(crate) const QUOTA: Kind = Kind::new("", "v1", "ResourceQuota", "resourcequotas");
pub(crate) const ROUTE: Kind =
    Kind::new("gateway.networking.k8s.io", "v1", "HTTPRoute", "httproutes");

/// The kinds that the institutions of the benchmark have.
pub(crate) const CHILDREN: [Kind; 11] = [
    Kind::new("", "v1", "Namespace", "namespaces").staying(),
    Kind::new("", "v1", "ServiceAccount", "serviceaccounts"),
    QUOTA,
    Kind::new("", "v1", "LimitRange", "limitranges"),
    Kind::new(
        "networking.k8s.io",
        "v1",
        "NetworkPolicy",
        "networkpolicies",
    ),
    Kind::new(
        "rbac.authorization.k8s.io",
        "v1",
        "RoleBinding",
        "rolebindings",
    ),
    CLAIM,
    Kind::new("", "v1", "ConfigMap", "configmaps"),
    DEPLOYMENT,
    Kind::new("", "v1", "Service", "services"),
    ROUTE,
];

/// The resource.
pub(crate) const INSTITUTIONS: Kind = Kind::new(
    "acervo.dev",
    "v1alpha1",
    "IiifInstitution",
    "iiifinstitutions",
);
