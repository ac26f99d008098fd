//! Which addresses an endpoint may have: public ones, and what the provider allows besides.
//!
//! Sources: the IANA special-purpose address registries (RFC 6890 and its successors), and the metadata
//! services of cloud providers, which give their credentials to whoever asks from inside.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use url::Host;

/// A host or a network that the provider opens to buckets although it is inside.
///
/// Written as a host name (`minio.storage.svc`), as an address, or as a network in CIDR notation
/// (`10.20.0.0/16`). A host name opens private and loopback addresses under that very name. Addresses that
/// lead to no service anybody should name (link-local, multicast, reserved) are opened by a network alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed(Opening);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Opening {
    Host(String),
    Network(IpNet),
}

impl Allowed {
    /// What opens every address: for a machine whose owner writes the endpoints.
    #[must_use]
    pub fn everything() -> Vec<Self> {
        let all = [IpNet::from(v4(0, 0, 0, 0, 0)), IpNet::from(v6([0; 4], 0))];
        all.map(|network| Self(Opening::Network(network))).to_vec()
    }
}

/// The text is no host name, address or network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is no host name, address or network; write minio.storage.svc, 10.1.2.3 or 10.20.0.0/16"
)]
pub struct AllowedError(String);

impl FromStr for Allowed {
    type Err = AllowedError;

    fn from_str(text: &str) -> Result<Self, AllowedError> {
        let wrong = || AllowedError(text.to_owned());
        if let Ok(network) = text.parse::<IpNet>() {
            return Ok(Self(Opening::Network(network.trunc())));
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self(Opening::Network(address.to_canonical().into())));
        }
        match Host::parse(text) {
            Ok(Host::Domain(name)) if !name.contains('*') => {
                Ok(Self(Opening::Host(plain(&name).to_owned())))
            }
            _ => Err(wrong()),
        }
    }
}

/// A host name as it is compared: without the dot of the root.
fn plain(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}

/// How far an address reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// The internet.
    Public,
    /// A network of somebody's own, or this machine.
    Inside,
    /// No service that a bucket could be at.
    Nowhere,
}

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6(start: [u16; 4], length: u8) -> Ipv6Net {
    let [a, b, c, d] = start;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0), length)
}

/// What is not public of IPv4.
const SPECIAL_V4: [(Ipv4Net, Reach); 15] = [
    (v4(0, 0, 0, 0, 8), Reach::Nowhere),
    (v4(10, 0, 0, 0, 8), Reach::Inside),
    (v4(100, 64, 0, 0, 10), Reach::Inside),
    (v4(127, 0, 0, 0, 8), Reach::Inside),
    // Link-local, where the metadata services of clouds are.
    (v4(169, 254, 0, 0, 16), Reach::Nowhere),
    (v4(172, 16, 0, 0, 12), Reach::Inside),
    (v4(192, 0, 0, 0, 24), Reach::Nowhere),
    (v4(192, 0, 2, 0, 24), Reach::Nowhere),
    (v4(192, 88, 99, 0, 24), Reach::Nowhere),
    (v4(192, 168, 0, 0, 16), Reach::Inside),
    (v4(198, 18, 0, 0, 15), Reach::Inside),
    (v4(198, 51, 100, 0, 24), Reach::Nowhere),
    (v4(203, 0, 113, 0, 24), Reach::Nowhere),
    (v4(224, 0, 0, 0, 4), Reach::Nowhere),
    (v4(240, 0, 0, 0, 4), Reach::Nowhere),
];

/// What IPv6 has of its own, the narrower first; whatever is not here is nowhere.
const KNOWN_V6: [(Ipv6Net, Reach); 8] = [
    // The metadata service of Amazon, which is not link-local here.
    (v6([0xfd00, 0x0ec2, 0, 0], 32), Reach::Nowhere),
    (v6([0xfc00, 0, 0, 0], 7), Reach::Inside),
    (v6([0x0064, 0xff9b, 1, 0], 48), Reach::Inside),
    // Teredo: the address of somebody's relay.
    (v6([0x2001, 0, 0, 0], 32), Reach::Nowhere),
    (v6([0x2001, 0x0db8, 0, 0], 32), Reach::Nowhere),
    (v6([0x3fff, 0, 0, 0], 20), Reach::Nowhere),
    (v6([0x2000, 0, 0, 0], 3), Reach::Public),
    (v6([0, 0, 0, 0], 0), Reach::Nowhere),
];

/// The IPv4 address that an IPv6 address stands for: NAT64 (RFC 6052) and 6to4 (RFC 3056).
fn within(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let v4 = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match (a, b) {
        (0x0064, 0xff9b) if (c, d, e, f) == (0, 0, 0, 0) => Some(v4(g, h)),
        (0x2002, _) => Some(v4(b, c)),
        _ => None,
    }
}

fn reach(address: IpAddr) -> Reach {
    match address.to_canonical() {
        IpAddr::V4(address) => SPECIAL_V4
            .iter()
            .find(|(network, _)| network.contains(&address))
            .map_or(Reach::Public, |(_, reach)| *reach),
        IpAddr::V6(Ipv6Addr::LOCALHOST) => Reach::Inside,
        IpAddr::V6(address) => within(address).map_or_else(
            || {
                KNOWN_V6
                    .iter()
                    .find(|(network, _)| network.contains(&address))
                    .map_or(Reach::Nowhere, |(_, reach)| *reach)
            },
            |v4| reach(v4.into()),
        ),
    }
}

/// Where endpoints may be.
#[derive(Debug, Clone)]
pub(crate) struct Policy(Vec<Allowed>);

impl Policy {
    pub(crate) fn new(allowed: Vec<Allowed>) -> Self {
        Self(allowed)
    }

    fn opens_host(&self, host: &str) -> bool {
        let host = plain(host);
        self.0
            .iter()
            .any(|allowed| matches!(&allowed.0, Opening::Host(name) if name == host))
    }

    /// Whether a connection to `address` may be made for the endpoint `host`.
    pub(crate) fn admits(&self, host: &str, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let opened = self.0.iter().any(
            |allowed| matches!(&allowed.0, Opening::Network(network) if network.contains(&address)),
        );
        opened
            || match reach(address) {
                Reach::Public => true,
                Reach::Inside => self.opens_host(host),
                Reach::Nowhere => false,
            }
    }

    /// Whether the endpoint may bear the name `host`, in small letters, whatever its address.
    ///
    /// Names of a cluster's Services may not, unless they are allowed by name. Behind a proxy the name is all that can be looked at, so names that
    /// only mean something inside may not either.
    pub(crate) fn admits_name(&self, host: &str, behind_proxy: bool) -> bool {
        const CLUSTER: [&str; 2] = ["svc", "cluster.local"];
        const INSIDE: [&str; 4] = ["localhost", "local", "internal", "home.arpa"];
        let name = plain(host);
        let under_any = |suffixes: &[&str]| {
            suffixes.iter().any(|suffix| {
                name.strip_suffix(suffix)
                    .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            })
        };
        let inside =
            under_any(&CLUSTER) || (behind_proxy && (!name.contains('.') || under_any(&INSIDE)));
        !inside || self.opens_host(host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(allowed: &[&str]) -> Policy {
        let parse = |text: &&str| text.parse().expect("a host or network");
        Policy::new(allowed.iter().map(parse).collect())
    }

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn only_addresses_of_the_internet_are_admitted() {
        let nothing = policy(&[]);
        for public in [
            "52.216.0.1",
            "8.8.8.8",
            "172.32.0.1",
            "2600:1fa0::1",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
        ] {
            assert!(
                nothing.admits("s3.example.org", address(public)),
                "{public}"
            );
        }
        for inside in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "127.8.8.8",
            "169.254.169.254",
            "172.31.255.255",
            "192.168.1.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::a00:1",
            "2002:a9fe:a9fe::1",
            "2001:0:1::1",
            "fe80::1",
            "fd12::1",
            "fd00:ec2::254",
            "ff02::1",
        ] {
            assert!(
                !nothing.admits("s3.example.org", address(inside)),
                "{inside}"
            );
        }
    }

    #[test]
    fn a_network_opens_its_addresses_under_every_name() {
        let policy = policy(&[
            "10.20.0.0/16",
            "192.168.1.7",
            "fd12::/16",
            "169.254.10.0/24",
        ]);
        for opened in [
            "10.20.3.4",
            "::ffff:10.20.3.4",
            "192.168.1.7",
            "fd12::1",
            "169.254.10.9",
        ] {
            assert!(
                policy.admits("any.example.org", address(opened)),
                "{opened}"
            );
        }
        for closed in ["10.21.0.1", "192.168.1.8", "fd13::1", "169.254.169.254"] {
            assert!(
                !policy.admits("any.example.org", address(closed)),
                "{closed}"
            );
        }
    }

    #[test]
    fn a_name_opens_private_addresses_under_that_name_and_no_link_local_ones() {
        let policy = policy(&["Minio.Storage.svc."]);
        assert!(policy.admits_name("minio.storage.svc", false));
        assert!(policy.admits("minio.storage.svc", address("10.96.0.7")));
        assert!(policy.admits("minio.storage.svc.", address("10.96.0.7")));
        assert!(!policy.admits("minio.storage.svc", address("169.254.169.254")));
        assert!(!policy.admits("other.storage.svc", address("10.96.0.7")));
    }

    #[test]
    fn names_of_a_cluster_are_refused_and_behind_a_proxy_all_names_that_mean_inside() {
        let nothing = policy(&[]);
        for (name, alone, behind_proxy) in [
            ("s3.example.org", true, true),
            ("svc.example.org", true, true),
            ("minio.storage.svc", false, false),
            ("minio.storage.svc.", false, false),
            ("minio.storage.svc.cluster.local", false, false),
            ("kubernetes.default.svc.cluster.local.", false, false),
            ("notsvc", true, false),
            ("localhost", true, false),
            ("metadata.google.internal", true, false),
        ] {
            assert_eq!(nothing.admits_name(name, false), alone, "{name}");
            assert_eq!(
                nothing.admits_name(name, true),
                behind_proxy,
                "{name} behind a proxy"
            );
        }
    }

    #[test]
    fn what_is_allowed_is_a_host_an_address_or_a_network() {
        for wrong in [
            "",
            "http://minio",
            "*.svc",
            "10.0.0.0/33",
            "minio:9000",
            "a b",
        ] {
            assert!(wrong.parse::<Allowed>().is_err(), "{wrong}");
        }
    }
}
