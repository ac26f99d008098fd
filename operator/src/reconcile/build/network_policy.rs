//! Who may speak with the institution's pods, and with whom they may speak: nobody but those named.

mod egress;

use k8s_openapi::api::networking::v1::{
    IPBlock, NetworkPolicy, NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicyPort,
    NetworkPolicySpec,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::object;
use crate::config::{Cidr, Peer};
use crate::names;
use crate::reconcile::validate::Validated;

/// The label of the pods with which cert-manager proves that a host is ours, and their port.
const SOLVER: &str = "acme.cert-manager.io/http01-solver";
const SOLVER_PORT: i32 = 8089;

/// Every policy. A rule without peers would admit everybody, so none is made where nobody is named.
pub(super) fn all(institution: &Validated<'_>) -> Vec<NetworkPolicy> {
    let mut policies = vec![deny(institution), image_server(institution)];
    if institution.solved_hosts() > 0 {
        policies.push(solver(institution));
    }
    policies.extend(egress::ingest(institution));
    policies
}

fn policy(institution: &Validated<'_>, name: &str, spec: NetworkPolicySpec) -> NetworkPolicy {
    NetworkPolicy {
        metadata: object::owned(institution, name),
        spec: Some(spec),
    }
}

fn deny(institution: &Validated<'_>) -> NetworkPolicy {
    let spec = NetworkPolicySpec {
        pod_selector: Some(LabelSelector::default()),
        policy_types: Some(vec!["Ingress".to_owned(), "Egress".to_owned()]),
        ..NetworkPolicySpec::default()
    };
    policy(institution, "default-deny", spec)
}

/// Readers through the Gateway; health, metrics and status for kubelet, monitoring and operator. The
/// server itself speaks with nobody.
fn image_server(institution: &Validated<'_>) -> NetworkPolicy {
    let config = &institution.config.network_policy;
    let operator = Peer {
        namespace_labels: names::map([("kubernetes.io/metadata.name", &config.operator_namespace)]),
        pod_labels: Default::default(),
    };
    let admins = config.monitoring_selectors.iter().chain([&operator]);
    let rules = [
        admit(names::HTTP_PORT, gateway_peers(institution)),
        admit(names::ADMIN_PORT, peers(admins, &config.node_cidrs)),
    ];
    let spec = NetworkPolicySpec {
        pod_selector: Some(object::program(institution, names::IMAGE_SERVER)),
        policy_types: Some(vec!["Ingress".to_owned()]),
        ingress: Some(rules.into_iter().flatten().collect()),
        ..NetworkPolicySpec::default()
    };
    policy(institution, names::IMAGE_SERVER, spec)
}

/// The Gateway's requests to the pods with which cert-manager proves a host.
fn solver(institution: &Validated<'_>) -> NetworkPolicy {
    let spec = NetworkPolicySpec {
        pod_selector: Some(LabelSelector {
            match_labels: Some(names::map([(SOLVER, "true")])),
            ..LabelSelector::default()
        }),
        policy_types: Some(vec!["Ingress".to_owned()]),
        ingress: Some(
            admit(SOLVER_PORT, gateway_peers(institution))
                .into_iter()
                .collect(),
        ),
        ..NetworkPolicySpec::default()
    };
    policy(institution, "certificate-solver", spec)
}

fn gateway_peers(institution: &Validated<'_>) -> Vec<NetworkPolicyPeer> {
    let config = &institution.config.network_policy;
    peers(&config.gateway_selectors, &config.node_cidrs)
}

fn peers<'c>(
    selectors: impl IntoIterator<Item = &'c Peer>,
    cidrs: &[Cidr],
) -> Vec<NetworkPolicyPeer> {
    let labels = |labels: &std::collections::BTreeMap<String, String>| LabelSelector {
        match_labels: (!labels.is_empty()).then(|| labels.clone()),
        ..LabelSelector::default()
    };
    let pods = selectors.into_iter().map(|peer| NetworkPolicyPeer {
        namespace_selector: Some(labels(&peer.namespace_labels)),
        pod_selector: (!peer.pod_labels.is_empty()).then(|| labels(&peer.pod_labels)),
        ip_block: None,
    });
    let blocks = cidrs.iter().map(|cidr| NetworkPolicyPeer {
        ip_block: Some(IPBlock {
            cidr: cidr.to_string(),
            except: None,
        }),
        ..NetworkPolicyPeer::default()
    });
    pods.chain(blocks).collect()
}

fn admit(number: i32, from: Vec<NetworkPolicyPeer>) -> Option<NetworkPolicyIngressRule> {
    (!from.is_empty()).then(|| NetworkPolicyIngressRule {
        ports: Some(vec![port("TCP", number)]),
        from: Some(from),
    })
}

fn port(protocol: &str, number: i32) -> NetworkPolicyPort {
    NetworkPolicyPort {
        protocol: Some(protocol.to_owned()),
        port: Some(IntOrString::Int(number)),
        end_port: None,
    }
}
