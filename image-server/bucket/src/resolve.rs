//! From the name of the endpoint to the addresses that may be connected to.
//!
//! The names are resolved in Rust, from `/etc/hosts`, `/etc/resolv.conf` and the name servers in it: the images are
//! static binaries on nothing, where glibc's own resolution would want to load its modules (NSS) from a
//! system that is not there. Connections are made to the very addresses that were looked at, so that a name
//! which leads elsewhere the second time it is asked for gains nothing.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use hickory_resolver::TokioResolver;
use hickory_resolver::config::LookupIpStrategy;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::address::Policy;

/// The endpoint has no address that may be connected to.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{host} ({address}) is inside and not allowed")]
pub(crate) struct NotAllowed {
    pub(crate) host: String,
    pub(crate) address: IpAddr,
}

/// Resolves names, and keeps what lies inside from being connected to.
pub(crate) struct Guard {
    resolver: Option<TokioResolver>,
    /// None: whatever a name leads to may be connected to. This is so for a proxy's, which the provider named.
    policy: Option<Policy>,
}

impl Guard {
    /// Reads the configuration of this machine; where there is none, no name is found.
    pub(crate) fn new(policy: Option<Policy>) -> Self {
        let resolver = TokioResolver::builder_tokio().ok().and_then(|mut builder| {
            builder.options_mut().ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
            builder.build().ok()
        });
        Self { resolver, policy }
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").finish_non_exhaustive()
    }
}

/// Those of `addresses` that the policy admits.
fn admitted(
    policy: &Policy,
    host: &str,
    addresses: Vec<IpAddr>,
) -> Result<Vec<IpAddr>, NotAllowed> {
    let refused = addresses.first().copied();
    let admitted: Vec<_> = addresses
        .into_iter()
        .filter(|address| policy.admits(host, *address))
        .collect();
    match refused {
        Some(address) if admitted.is_empty() => Err(NotAllowed {
            host: host.to_owned(),
            address,
        }),
        _ => Ok(admitted),
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.resolver.clone();
        let policy = self.policy.clone();
        Box::pin(async move {
            let resolver = resolver.ok_or("this machine names no name server")?;
            let found = match resolver.lookup_ip(name.as_str()).await {
                Ok(found) => found.iter().collect(),
                Err(error) if error.is_no_records_found() => return Err("no such name".into()),
                Err(error) => return Err(error.into()),
            };
            let addresses = match policy {
                Some(policy) => admitted(&policy, name.as_str(), found)?,
                None => found,
            };
            let addresses = addresses.into_iter().map(|ip| SocketAddr::new(ip, 0));
            let addresses: Addrs = Box::new(addresses.collect::<Vec<_>>().into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_public_and_inside_addresses_is_connected_to_at_the_public_ones_alone() {
        let policy = Policy::new(Vec::new());
        let found = |texts: &[&str]| -> Vec<IpAddr> {
            texts
                .iter()
                .map(|text| text.parse().expect("an address"))
                .collect()
        };
        let mixed = admitted(&policy, "a.example.org", found(&["10.0.0.1", "8.8.8.8"]));
        assert_eq!(mixed.expect("one is public"), found(&["8.8.8.8"]));
        let inside = admitted(&policy, "a.example.org", found(&["10.0.0.1", "::1"]));
        assert_eq!(
            inside.expect_err("none is public").address,
            found(&["10.0.0.1"])[0]
        );
    }
}
