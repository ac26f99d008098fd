//! Which S3 services ingest may be sent to.
//!
//! Whoever writes a resource must not reach through ingest what only the cluster or the provider's
//! network can reach: node metadata, databases, the Kubernetes API. Here the endpoint as it is written
//! is judged; ingest itself judges the addresses that its name leads to.

use std::net::{IpAddr, Ipv4Addr};

use crate::config::{AllowedEndpoint, Cidr, S3Sources};

/// Blocks that are not on the internet: this host and network, private, shared, loopback, link-local,
/// special and multicast ones (RFC 6890), and their IPv6 relatives.
const INSIDE: [&str; 14] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "224.0.0.0/3",
    "::/96",
    "fc00::/7",
    "fe80::/10",
    "ff00::/8",
];

/// Names that no public DNS has, or that the cluster's own DNS answers.
const INSIDE_NAMES: [&str; 5] = ["localhost", "local", "internal", "lan", "arpa"];

/// The blocks of addresses that are not on the internet.
pub(in crate::reconcile) fn inside() -> Vec<Cidr> {
    INSIDE
        .iter()
        .filter_map(|block| block.parse().ok())
        .collect()
}

/// The host of an address, without brackets and final dot, in lower case.
pub(in crate::reconcile) fn host_of(address: &str) -> Option<String> {
    let (_, rest) = address.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next()?,
        None => authority.split(':').next()?,
    };
    let host = host.strip_suffix('.').unwrap_or(host);
    Some(host.to_ascii_lowercase())
}

/// Whether ingest may be sent to `endpoint`; without one it is Amazon's.
#[must_use]
pub fn is_allowed(endpoint: Option<&str>, sources: &S3Sources) -> bool {
    let Some(endpoint) = endpoint else {
        return true;
    };
    let Some(host) = host_of(endpoint) else {
        return false;
    };
    let mut allowed = sources.allowed_endpoints.iter();
    if let Ok(address) = host.parse::<IpAddr>() {
        let address = match address {
            IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(address, IpAddr::V4),
            IpAddr::V4(_) => address,
        };
        let is_inside = inside().iter().any(|block| block.contains(address));
        return !is_inside
            || allowed.any(
                |one| matches!(one, AllowedEndpoint::Block(block) if block.contains(address)),
            );
    }
    !is_inside_name(&host)
        || allowed.any(|one| matches!(one, AllowedEndpoint::Host(name) if *name == host))
}

fn is_inside_name(host: &str) -> bool {
    let labels: Vec<&str> = host.split('.').collect();
    let last = labels.last().copied().unwrap_or_default();
    // `10.1` and `0x7f000001` are addresses to those who read them as C does.
    let is_number = last.parse::<u64>().is_ok() || last.starts_with("0x");
    labels.len() < 2
        || is_number
        || host.parse::<Ipv4Addr>().is_ok()
        || INSIDE_NAMES.contains(&last)
        // Services of the cluster, whatever its domain is called.
        || labels.contains(&"svc")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn allows(endpoint: &str, allowed: &[&str]) -> bool {
        let entries = allowed
            .iter()
            .map(|&text| text.to_owned().try_into().unwrap());
        let sources = S3Sources {
            allowed_endpoints: entries.collect(),
        };
        is_allowed(Some(endpoint), &sources)
    }

    #[test]
    fn what_is_on_the_internet_is_allowed_without_being_named() {
        for endpoint in [
            "https://s3.example.org",
            "http://s3.example.org:9000/x",
            "https://203.0.113.7",
            "https://172.32.0.1",
            "https://[2001:db8::1]:9000",
        ] {
            assert!(allows(endpoint, &[]), "{endpoint}");
        }
        assert!(is_allowed(None, &S3Sources::default()));
    }

    #[test]
    fn what_is_inside_is_allowed_only_where_it_is_named() {
        for (endpoint, entry) in [
            ("http://10.1.2.3:9000", "10.1.0.0/16"),
            ("http://10.1.2.3:9000", "10.1.2.3"),
            ("http://172.31.255.255", "172.16.0.0/12"),
            ("http://192.168.0.1", "0.0.0.0/0"),
            ("http://127.0.0.1:9000", "127.0.0.1/32"),
            ("http://169.254.169.254/latest/meta-data", "169.254.169.254"),
            ("http://100.64.1.1", "100.64.0.0/10"),
            ("http://0.0.0.0", "0.0.0.0"),
            ("http://[::1]:9000", "::1"),
            ("http://[fd00::7]", "fd00::/8"),
            ("http://[fe80::1]", "fe80::/64"),
            ("http://[::ffff:10.1.2.3]", "10.0.0.0/8"),
            ("http://localhost:9000", "localhost"),
            ("http://minio", "minio"),
            ("http://minio.storage.svc:9000", "minio.storage.svc"),
            (
                "http://MinIO.storage.svc.cluster.local.",
                "minio.storage.svc.cluster.local",
            ),
            ("http://nas.lan", "nas.lan"),
            (
                "http://metadata.google.internal",
                "metadata.google.internal",
            ),
        ] {
            assert!(!allows(endpoint, &[]), "{endpoint}");
            assert!(
                !allows(endpoint, &["other.svc", "10.9.0.0/16", "fd99::/16"]),
                "{endpoint}"
            );
            assert!(
                allows(endpoint, &["other.svc", entry]),
                "{endpoint} {entry}"
            );
        }
        for endpoint in [
            "http://10.1",
            "http://2130706433",
            "http://0x7f.0x1",
            "http://127.1",
        ] {
            assert!(
                !allows(endpoint, &["127.0.0.0/8", "10.0.0.0/8"]),
                "{endpoint}"
            );
        }
    }

    #[test]
    fn a_block_holds_the_addresses_that_begin_as_it_does() {
        for (block, address, holds) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("0.0.0.0/0", "255.1.2.3", true),
            ("1.2.3.4/32", "1.2.3.4", true),
            ("1.2.3.4/32", "1.2.3.5", false),
            ("::/0", "ff::1", true),
            ("0.0.0.0/0", "::1", false),
        ] {
            let block: Cidr = block.parse().unwrap();
            assert_eq!(
                block.contains(address.parse().unwrap()),
                holds,
                "{block} {address}"
            );
        }
    }
}
