//! Where readers find the institution, and what of it depends on others.

use std::net::Ipv4Addr;

use acervo_tenancy::Address;

use super::{Finding, FindingReason};
use crate::config::{OperatorConfig, Routing};
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
}

impl Addresses {
    /// The platform's host as routes name it; none where it is an IP address: routes have names only,
    /// and one without any answers for every host.
    #[must_use]
    pub fn named_host(&self) -> Option<&str> {
        let is_number = self.host.parse::<Ipv4Addr>().is_ok() || self.host.starts_with('[');
        Some(self.host.as_str()).filter(|_| !is_number)
    }
}

/// What the addresses of a tenant mean for routes; none without a primary address with a host.
pub(super) fn addresses(declared: &[Address], config: &OperatorConfig) -> Option<Addresses> {
    let (primary, own) = declared.split_first()?;
    let origin = primary.origin.as_deref()?;
    let prefix = &primary.prefix;
    let base_url = String::from(config.platform.base_url.clone());
    Some(Addresses {
        base_url: format!("{origin}{prefix}"),
        host: primary.host.clone()?,
        path: if prefix.is_empty() { "/" } else { prefix }.to_owned(),
        own_hosts: own.iter().filter_map(|a| a.host.clone()).collect(),
        https: base_url.starts_with("https://"),
    })
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
    if addresses.https {
        let own = addresses.own_hosts.iter();
        findings.extend(own.filter_map(|host| {
            match gateway {
                Some(gateway) if !facts.listener_sets => Some(listener_needed(
                    host,
                    &format!("{}/{}", gateway.namespace, gateway.name),
                )),
                _ => facts
                    .without_certificate
                    .contains(host)
                    .then(|| certificate_missing(host)),
            }
        }));
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
