//! Where ingest may go: to the S3 services of the institution's collections, and nowhere else inside.

use k8s_openapi::api::networking::v1::{
    IPBlock, NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyPeer, NetworkPolicyPort,
    NetworkPolicySpec,
};
use std::collections::BTreeSet;
use std::net::IpAddr;

use super::{object, peers, policy, port};
use crate::config::{AllowedEndpoint, Cidr, Peer};
use crate::names;
use crate::reconcile::validate::{Validated, host_of, inside, is_allowed};

/// The ports of services that name none.
const WEB: [u16; 2] = [80, 443];

/// Where an address leads, as far as a policy can say it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Destination {
    /// To one address.
    Block(String),
    /// To the pods of a namespace, by a Service.
    Namespace(String),
    /// To what its name is resolved to.
    Named,
}

/// Names, and the services that ingest reads from; nothing where every source is a folder.
pub(super) fn ingest(institution: &Validated<'_>) -> Option<NetworkPolicy> {
    let sources = &institution.config.sources.s3;
    let collections = institution.institution.spec.collections.iter();
    let endpoints: Vec<Option<&str>> = collections
        .filter_map(|collection| Some(collection.source.s3()?.endpoint.as_deref()))
        .filter(|endpoint| is_allowed(*endpoint, sources))
        .collect();
    if endpoints.is_empty() {
        return None;
    }
    let named = endpoints.iter().flatten().copied();
    let ports: BTreeSet<u16> = named.clone().filter_map(port_of).chain(WEB).collect();
    let mut rules = vec![internet(&ports)];
    rules.extend(blocks(institution, &ports));
    // The provider allowed these by name, or put them there.
    let allowed = named.filter(|endpoint| !is_allowed(Some(endpoint), &Default::default()));
    let proxy = &institution.config.ingest.proxy;
    let proxies = [&proxy.http, &proxy.https];
    let inside: BTreeSet<_> = allowed
        .chain(proxies.into_iter().flatten().map(String::as_str))
        .filter_map(|address| Some((destination(&host_of(address)?), port_or_default(address))))
        .collect();
    rules.extend(inside.into_iter().map(|(to, port)| rule_to(&to, port)));
    let dns = &institution.config.network_policy.dns;
    let dns_peers = peers(&dns.selectors, &dns.cidrs);
    let names_rule = (!dns_peers.is_empty()).then(|| NetworkPolicyEgressRule {
        ports: Some(vec![port("UDP", 53), port("TCP", 53)]),
        to: Some(dns_peers),
    });
    let spec = NetworkPolicySpec {
        pod_selector: Some(object::program(institution, names::INGEST)),
        policy_types: Some(vec!["Egress".to_owned()]),
        egress: Some(names_rule.into_iter().chain(rules).collect()),
        ..NetworkPolicySpec::default()
    };
    Some(policy(institution, names::INGEST, spec))
}

/// Everything but what is inside.
fn internet(ports: &BTreeSet<u16>) -> NetworkPolicyEgressRule {
    let inside = inside();
    let all_but = |all: &str, is_ipv4: bool| {
        let except = inside.iter().filter(|block| block.is_ipv4() == is_ipv4);
        block(all, Some(except.map(Cidr::to_string).collect()))
    };
    NetworkPolicyEgressRule {
        ports: Some(tcp(ports)),
        to: Some(vec![all_but("0.0.0.0/0", true), all_but("::/0", false)]),
    }
}

/// The blocks of addresses that the provider allows.
fn blocks(institution: &Validated<'_>, ports: &BTreeSet<u16>) -> Option<NetworkPolicyEgressRule> {
    let allowed = institution.config.sources.s3.allowed_endpoints.iter();
    let blocks: Vec<_> = allowed
        .filter_map(|one| match one {
            AllowedEndpoint::Block(cidr) => Some(block(&cidr.to_string(), None)),
            AllowedEndpoint::Host(_) => None,
        })
        .collect();
    (!blocks.is_empty()).then(|| NetworkPolicyEgressRule {
        ports: Some(tcp(ports)),
        to: Some(blocks),
    })
}

/// A policy sees the pods behind a Service, and their ports are not the Service's: all of them are open.
/// Of another name it knows nothing: its port is open to everywhere, and ingest itself looks where it goes.
fn rule_to(destination: &Destination, number: u16) -> NetworkPolicyEgressRule {
    let ports = Some(vec![port("TCP", number.into())]);
    match destination {
        Destination::Block(cidr) => NetworkPolicyEgressRule {
            ports,
            to: Some(vec![block(cidr, None)]),
        },
        Destination::Namespace(namespace) => {
            let peer = Peer {
                namespace_labels: names::map([("kubernetes.io/metadata.name", namespace)]),
                pod_labels: Default::default(),
            };
            NetworkPolicyEgressRule {
                ports: None,
                to: Some(peers([&peer], &[])),
            }
        }
        Destination::Named => NetworkPolicyEgressRule {
            ports,
            to: Some(vec![block("0.0.0.0/0", None), block("::/0", None)]),
        },
    }
}

fn destination(host: &str) -> Destination {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Destination::Block(Cidr::of(address).to_string());
    }
    let labels: Vec<&str> = host.split('.').collect();
    let namespace = labels
        .iter()
        .skip(2)
        .position(|label| *label == "svc")
        .and_then(|at| labels.get(at + 1));
    namespace.map_or(Destination::Named, |namespace| {
        Destination::Namespace((*namespace).to_owned())
    })
}

/// The port that an address names.
fn port_of(address: &str) -> Option<u16> {
    let (_, rest) = address.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let (_, port) = authority.rsplit_once(':')?;
    port.parse().ok()
}

fn port_or_default(address: &str) -> u16 {
    let of_scheme = if address.starts_with("https://") {
        443
    } else {
        80
    };
    port_of(address).unwrap_or(of_scheme)
}

fn block(cidr: &str, except: Option<Vec<String>>) -> NetworkPolicyPeer {
    NetworkPolicyPeer {
        ip_block: Some(IPBlock {
            cidr: cidr.to_owned(),
            except,
        }),
        ..NetworkPolicyPeer::default()
    }
}

fn tcp(ports: &BTreeSet<u16>) -> Vec<NetworkPolicyPort> {
    let ports = ports.iter();
    ports.map(|number| port("TCP", (*number).into())).collect()
}
