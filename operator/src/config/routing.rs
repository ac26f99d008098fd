//! How readers' requests reach the institutions.

use std::collections::BTreeMap;

use serde::Deserialize;

/// How readers' requests reach the institutions: a Gateway or an Ingress controller of the provider.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Routing {
    /// Each institution gets HTTPRoutes on a Gateway of the provider.
    Gateway(Gateway),
    /// Each institution gets an Ingress.
    Ingress(Ingress),
}

/// A Gateway of the provider. Its listener must admit routes from the institutions' namespaces.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Gateway {
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// The listener that serves the platform's own hosts; every listener that fits if absent.
    #[serde(default)]
    pub section_name: Option<String>,
    /// The port of the HTTPS listeners that hosts of institutions get through a ListenerSet; 443 if
    /// absent.
    #[serde(default = "https_port")]
    pub https_port: u16,
    /// Annotations of those ListenerSets, such as `cert-manager.io/cluster-issuer: letsencrypt`.
    #[serde(default)]
    pub listener_set_annotations: BTreeMap<String, String>,
}

/// An Ingress controller of the provider.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Ingress {
    /// Its IngressClass; the cluster's default class if absent.
    pub class_name: Option<String>,
    /// Annotations of every Ingress, such as `cert-manager.io/cluster-issuer: letsencrypt`.
    pub annotations: BTreeMap<String, String>,
    /// Whether the platform's own host gets a certificate for each institution (in a Secret named like
    /// the host, in its namespace) instead of the controller's default certificate. For base URLs by
    /// host, where the controller has no wildcard certificate.
    pub own_certificates: bool,
}

const fn https_port() -> u16 {
    443
}
