//! Where readers find the institution, and what of it depends on others.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use acervo_crds::Claim;
use acervo_tenancy::{KeptKind, Template, Tenant};

use super::{Finding, FindingReason};
use crate::config::{OperatorConfig, Routing};
use crate::names;
use crate::reconcile::facts::{Facts, GatewayState};

/// Where readers find the institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    /// The primary address, without final slash.
    pub base_url: String,
    /// The platform's host.
    pub host: String,
    /// The path under it: `/` or `/name`.
    pub path: String,
    /// The institution's own hosts, which answer at `/`.
    pub own_hosts: Vec<String>,
    /// Whether readers use HTTPS.
    pub https: bool,
    /// Where kept addresses are, of those that no address above leads to.
    pub kept: Vec<KeptPlace>,
}

/// A part of a host where kept addresses are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPlace {
    /// Of which addresses; of manifests, if those of images are there too.
    pub kind: KeptKind,
    /// The host.
    pub host: String,
    /// The path under it.
    pub path: String,
    /// Whose business its certificate is.
    pub certificate: Certificate,
}

/// Whose business the certificate of a host is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certificate {
    /// Nobody's: readers use `http`.
    None,
    /// The platform's: the host is its own.
    Platform,
    /// The provider's: several institutions share the host, and no listener of one admits the others.
    Provider,
    /// The institution's.
    Own,
}

impl Addresses {
    /// The hosts whose certificates are the institution's business.
    #[must_use]
    pub fn certified_hosts(&self) -> Vec<&str> {
        let own = self.own_hosts.iter().filter(|_| self.https);
        let kept = self
            .kept
            .iter()
            .filter(|kept| kept.certificate == Certificate::Own);
        let mut hosts: Vec<&str> = own
            .chain(kept.map(|kept| &kept.host))
            .map(String::as_str)
            .collect();
        let mut seen = BTreeSet::new();
        hosts.retain(|host| seen.insert(*host));
        hosts
    }

    /// The names of the routes, or of the Ingress, that lead to all of them.
    #[must_use]
    pub fn routes(&self, gateway: GatewayState, routing: &Routing) -> Vec<&'static str> {
        match routing {
            Routing::Ingress(_) => vec![names::PUBLIC],
            Routing::Gateway(_) if gateway == GatewayState::NoApi => Vec::new(),
            Routing::Gateway(_) => {
                let hosts = (!self.own_hosts.is_empty()).then_some(names::PUBLIC_HOSTS);
                let kept = self.kept.iter().map(|kept| names::kept_route(kept.kind));
                [names::PUBLIC]
                    .into_iter()
                    .chain(hosts)
                    .chain(kept)
                    .collect()
            }
        }
    }

    /// The platform's host as routes name it; none where it is an IP address: routes have names only,
    /// and one without any answers for every host.
    #[must_use]
    pub fn named_host(&self) -> Option<&str> {
        let is_number = self.host.parse::<Ipv4Addr>().is_ok() || self.host.starts_with('[');
        Some(self.host.as_str()).filter(|_| !is_number)
    }
}

/// What the addresses of a tenant mean for routes; none without a primary address with a host.
pub(super) fn addresses(
    tenant: &Tenant,
    facts: &Facts,
    config: &OperatorConfig,
) -> Option<Addresses> {
    let (primary, own) = tenant.addresses.split_first()?;
    let origin = primary.origin.as_deref()?;
    let prefix = &primary.prefix;
    let base_url = String::from(config.platform.base_url.clone());
    let mut addresses = Addresses {
        base_url: format!("{origin}{prefix}"),
        host: primary.host.clone()?,
        path: if prefix.is_empty() { "/" } else { prefix }.to_owned(),
        own_hosts: own.iter().filter_map(|a| a.host.clone()).collect(),
        https: base_url.starts_with("https://"),
        kept: Vec::new(),
    };
    let primary = Claim {
        host: addresses.host.clone(),
        prefix: prefix.clone(),
    };
    for template in [&tenant.kept.manifest, &tenant.kept.image] {
        let Some(template) = template else { continue };
        let claim = Claim::of(template);
        let own = addresses.own_hosts.contains(&claim.host);
        let mut kept = addresses.kept.iter();
        let led = kept.any(|kept| kept.host == claim.host && kept.path == claim.prefix);
        if !own && !led && !primary.covers(&claim) {
            let place = place(template, claim, facts, config);
            addresses.kept.push(place);
        }
    }
    Some(addresses)
}

fn place(template: &Template, claim: Claim, facts: &Facts, config: &OperatorConfig) -> KeptPlace {
    let kind = template.kind();
    // Ingress controllers merge what several namespaces say of one host; listeners conflict.
    let is_gateway = matches!(config.routing, Routing::Gateway(_));
    let mut settled = facts.kept.iter().filter(|settled| settled.kind == kind);
    let certificate = if config.platform.base_url.owns(&claim.host) {
        Certificate::Platform
    } else if !template.is_https() {
        Certificate::None
    } else if is_gateway && settled.any(|settled| settled.shared) {
        Certificate::Provider
    } else {
        Certificate::Own
    };
    KeptPlace {
        kind,
        host: claim.host,
        path: claim.prefix,
        certificate,
    }
}

/// Gateway, listeners and certificates.
pub(super) fn check(
    addresses: &Addresses,
    facts: &Facts,
    config: &OperatorConfig,
    findings: &mut Vec<Finding>,
) {
    let gateway = match &config.routing {
        Routing::Gateway(gateway) => Some(gateway),
        Routing::Ingress(_) => None,
    };
    if let Some(gateway) = gateway {
        let name = format!("{}/{}", gateway.namespace, gateway.name);
        findings.extend(gateway_finding(&name, facts.gateway));
    }
    let gateway = gateway.map(|gateway| format!("{}/{}", gateway.namespace, gateway.name));
    for host in addresses.certified_hosts() {
        findings.extend(match &gateway {
            Some(gateway) if !facts.listener_sets => {
                let mut listeners = facts.listeners.iter();
                let is_secured = listeners.any(|listener| listener.secures(host));
                (!is_secured).then(|| listener_needed(host, gateway))
            }
            _ => facts
                .without_certificate
                .iter()
                .any(|without| without == host)
                .then(|| certificate_missing(host)),
        });
    }
    for kept in &addresses.kept {
        // A listener that the provider added shows by the route that it admits.
        let name = names::kept_route(kept.kind);
        let mut routes = facts.routes.iter();
        let is_admitted = routes.any(|route| route.name == name && route.accepted == Some(true));
        if let Some(gateway) = &gateway
            && kept.certificate == Certificate::Provider
            && !is_admitted
        {
            findings.push(listener_shared(&kept.host, gateway));
        }
    }
    for name in &config.image.pull_secrets {
        if !facts.pull_secrets.iter().any(|secret| &secret.name == name) {
            findings.push(Finding::new(
                FindingReason::PullSecretMissing,
                format!(
                    "falta el Secret «{name}» para descargar imágenes en el espacio de nombres del operador; créelo allí con tipo kubernetes.io/dockerconfigjson"
                ),
                format!(
                    "the Secret \"{name}\" that images are pulled with is missing in the operator's namespace; create it there with type kubernetes.io/dockerconfigjson"
                ),
            ));
        }
    }
}

fn gateway_finding(name: &str, state: GatewayState) -> Option<Finding> {
    match state {
        GatewayState::Unused | GatewayState::Found { accepted: true } => None,
        GatewayState::NoApi => Some(Finding::new(
            FindingReason::GatewayApiMissing,
            "el clúster no tiene la Gateway API; instale sus CRD y un controlador, o configure routing.ingress en la plataforma",
            "the cluster has no Gateway API; install its CRDs and a controller, or configure routing.ingress in the platform",
        )),
        GatewayState::Missing => Some(Finding::new(
            FindingReason::GatewayMissing,
            format!(
                "no existe el Gateway {name}; créelo o corrija routing.gateway en la configuración de la plataforma"
            ),
            format!(
                "there is no Gateway {name}; create it or correct routing.gateway in the platform's configuration"
            ),
        )),
        GatewayState::Found { accepted: false } => Some(Finding::new(
            FindingReason::GatewayNotAccepted,
            format!(
                "ningún controlador ha aceptado el Gateway {name}; revise sus condiciones con kubectl describe gateway"
            ),
            format!(
                "no controller has accepted the Gateway {name}; look at its conditions with kubectl describe gateway"
            ),
        )),
    }
}

fn listener_needed(host: &str, gateway: &str) -> Finding {
    Finding::new(
        FindingReason::ListenerNeeded,
        format!(
            "el clúster no tiene ListenerSets; añada al Gateway {gateway} un listener HTTPS con hostname {host} y su certificado, que admita rutas del espacio de nombres de la institución"
        ),
        format!(
            "the cluster has no ListenerSets; add to the Gateway {gateway} an HTTPS listener with hostname {host} and its certificate that admits routes of the institution's namespace"
        ),
    )
}

fn listener_shared(host: &str, gateway: &str) -> Finding {
    Finding::new(
        FindingReason::ListenerNeeded,
        format!(
            "varias instituciones comparten {host}; añada al Gateway {gateway} un listener HTTPS con hostname {host} y su certificado, que admita rutas de los espacios de nombres de las instituciones"
        ),
        format!(
            "several institutions share {host}; add to the Gateway {gateway} an HTTPS listener with hostname {host} and its certificate that admits routes of the institutions' namespaces"
        ),
    )
}

fn certificate_missing(host: &str) -> Finding {
    Finding::new(
        FindingReason::CertificateMissing,
        format!(
            "falta el certificado de {host}: un Secret de tipo kubernetes.io/tls con el nombre {host} en el espacio de nombres de la institución; créelo, o configure un emisor de cert-manager en la plataforma"
        ),
        format!(
            "the certificate of {host} is missing: a Secret of type kubernetes.io/tls named {host} in the institution's namespace; create it, or configure an issuer of cert-manager in the platform"
        ),
    )
}
