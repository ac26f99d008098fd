//! The HTTP client: which proxy, which certificates, which addresses.

use std::sync::Arc;

use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use reqwest::{Client, Proxy};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use url::Host;

use crate::address::Policy;
use crate::error::BucketError;
use crate::resolve::Guard;
use crate::settings::{Limits, Target};

/// A client for the one host of `target`.
///
/// The proxy comes from the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`). Behind a proxy, which
/// resolves names itself, the address is looked at as it is written and the name as a name; keeping what is
/// inside out of reach is then the proxy's part too.
///
/// # Errors
/// [`BucketError::EndpointNotAllowed`] for an address or a name that is refused without being resolved,
/// [`BucketError::Untrusted`] for `https` without any authority to trust.
pub(crate) fn client(
    target: &Target,
    policy: Policy,
    limits: &Limits,
) -> Result<Client, BucketError> {
    let proxy = proxy(target, &Matcher::from_env());
    check(target, &policy, proxy.is_some())?;
    let mut builder = Client::builder()
        .user_agent("acervo")
        .http1_only()
        // A redirect leads to another region or to another host; neither is where people said.
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(limits.connect)
        .tls_backend_preconfigured(tls(target)?)
        .no_proxy();
    let guarded = proxy.is_none().then_some(policy);
    builder = builder.dns_resolver(Guard::new(guarded));
    if let Some(intercept) = proxy {
        builder = builder.proxy(through(&intercept)?);
    }
    builder.build().map_err(|error| BucketError::Unexpected {
        host: target.host.clone(),
        why: error.to_string(),
    })
}

/// The proxy that the environment names for the endpoint.
fn proxy(target: &Target, environment: &Matcher) -> Option<Intercept> {
    let endpoint = target.endpoint.as_str().parse().ok()?;
    environment.intercept(&endpoint)
}

fn through(intercept: &Intercept) -> Result<Proxy, BucketError> {
    let unusable = |_| BucketError::Setting {
        name: "proxy",
        value: intercept.uri().to_string(),
    };
    let proxy = Proxy::all(intercept.uri().to_string()).map_err(unusable)?;
    Ok(match intercept.basic_auth() {
        Some(authorization) => proxy.custom_http_auth(authorization.clone()),
        None => proxy,
    })
}

/// What can be said of the endpoint without resolving its name.
fn check(target: &Target, policy: &Policy, behind_proxy: bool) -> Result<(), BucketError> {
    let literal = match target.endpoint.host() {
        Some(Host::Ipv4(address)) => Some(address.into()),
        Some(Host::Ipv6(address)) => Some(address.into()),
        _ => None,
    };
    let admitted = literal.map_or_else(
        || policy.admits_name(&target.host, behind_proxy),
        |address| policy.admits(&target.host, address),
    );
    if admitted {
        Ok(())
    } else {
        Err(BucketError::EndpointNotAllowed {
            host: target.host.clone(),
            address: literal,
        })
    }
}

/// TLS that trusts the authorities of this machine: those of `SSL_CERT_FILE` and `SSL_CERT_DIR` if one of them is
/// set, else those where Linux distributions have them.
fn tls(target: &Target) -> Result<ClientConfig, BucketError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let untrusted = |why: String| BucketError::Untrusted {
        host: target.host.clone(),
        why,
    };
    if roots.is_empty() && target.endpoint.scheme() == "https" {
        return Err(untrusted(
            "no certificate of an authority is there: SSL_CERT_FILE has to name a file of them"
                .to_owned(),
        ));
    }
    Ok(
        ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| untrusted(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth(),
    )
}
