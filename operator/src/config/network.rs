//! Who may speak with the institutions' pods.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::Deserialize;

use crate::names::map;

/// Who may speak with the institutions' pods. Everything that is not named here is denied.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NetworkPolicyConfig {
    /// The namespace of the operator, which asks image servers for their status.
    pub operator_namespace: String,
    /// The pods of the Gateway or Ingress controller.
    #[serde(default)]
    pub gateway_selectors: Vec<Peer>,
    /// The addresses of the nodes, such as `10.0.0.0/24`: for a Gateway whose requests come from nodes
    /// (host network, load balancers), and for network plug-ins that do not admit the kubelet's probes
    /// by themselves.
    #[serde(default, rename = "nodeCIDRs")]
    pub node_cidrs: Vec<Cidr>,
    /// The pods that read metrics.
    #[serde(default)]
    pub monitoring_selectors: Vec<Peer>,
    /// Where names are looked up, by ingest that reads from outside the cluster.
    #[serde(default)]
    pub dns: Dns,
}

/// Pods of some namespaces: without `namespaceLabels` of every namespace, without `podLabels` every pod.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Peer {
    /// Labels of the namespaces, such as `kubernetes.io/metadata.name: traefik`.
    #[serde(default)]
    pub namespace_labels: BTreeMap<String, String>,
    /// Labels of the pods.
    #[serde(default)]
    pub pod_labels: BTreeMap<String, String>,
}

/// Where names are looked up.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Dns {
    /// Pods; those of the cluster's DNS (`k8s-app: kube-dns` in `kube-system`) if absent.
    pub selectors: Vec<Peer>,
    /// Addresses, for a DNS that runs on nodes, such as `169.254.20.10/32`.
    #[serde(rename = "cidrs")]
    pub cidrs: Vec<Cidr>,
}

/// A block of addresses, such as `10.0.0.0/24` or `fd00::/64`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Cidr {
    address: IpAddr,
    bits: u8,
}

/// Why a text is no block of addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no block of addresses; write for example 10.0.0.0/24")]
pub struct CidrError(String);

impl Default for Dns {
    fn default() -> Self {
        Self {
            selectors: vec![Peer {
                namespace_labels: map([("kubernetes.io/metadata.name", "kube-system")]),
                pod_labels: map([("k8s-app", "kube-dns")]),
            }],
            cidrs: Vec::new(),
        }
    }
}

impl Cidr {
    /// The block of one address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        let bits = if address.is_ipv4() { 32 } else { 128 };
        Self { address, bits }
    }

    /// Whether the address is in the block.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let (of_block, of_address, all) = match (self.address, address) {
            (IpAddr::V4(block), IpAddr::V4(address)) => {
                (block.to_bits().into(), address.to_bits().into(), 32)
            }
            (IpAddr::V6(block), IpAddr::V6(address)) => {
                (block.to_bits(), address.to_bits(), 128_u32)
            }
            _ => return false,
        };
        let different: u128 = of_block ^ of_address;
        different
            .checked_shr(all - u32::from(self.bits))
            .unwrap_or(0)
            == 0
    }

    /// Whether it is one of IPv4 addresses.
    #[must_use]
    pub fn is_ipv4(&self) -> bool {
        self.address.is_ipv4()
    }
}

impl FromStr for Cidr {
    type Err = CidrError;

    fn from_str(text: &str) -> Result<Self, CidrError> {
        let parse = || {
            let (address, bits) = text.split_once('/')?;
            let address: IpAddr = address.parse().ok()?;
            let bits: u8 = bits.parse().ok()?;
            let most = if address.is_ipv4() { 32 } else { 128 };
            (bits <= most).then_some(Self { address, bits })
        };
        parse().ok_or_else(|| CidrError(text.to_owned()))
    }
}

impl TryFrom<String> for Cidr {
    type Error = CidrError;

    fn try_from(text: String) -> Result<Self, CidrError> {
        text.parse()
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}
