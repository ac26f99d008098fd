//! How readers' requests reach the institution through a Gateway.
//!
//! A route's hosts and paths multiply, so the platform's host (with a path), the institution's own hosts
//! (without) and each place of kept addresses are routes of their own.

pub(super) mod ingress;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::object;
use crate::config::{Gateway, Routing};
use crate::gateway::{
    BackendReference, CertificateReference, GROUP, HttpRoute, HttpRouteMatch, HttpRouteRule,
    HttpRouteSpec, ListenerEntry, ListenerSet, ListenerSetSpec, ListenerTls, ParentReference,
    PathMatch,
};
use crate::names;
use crate::reconcile::facts::GatewayState;
use crate::reconcile::validate::{Certificate, Validated};

/// `public` for the platform's host; `public-hosts` for the institution's own, `public-manifests` and
/// `public-images` for its kept addresses, where it has any.
pub(super) fn http_routes(institution: &Validated<'_>) -> Vec<HttpRoute> {
    let Some(gateway) = provider(institution) else {
        return Vec::new();
    };
    let addresses = &institution.addresses;
    let platform = parent(gateway, gateway.section_name.as_deref());
    let hosts = addresses
        .named_host()
        .map(str::to_owned)
        .into_iter()
        .collect();
    let mut routes = vec![route(
        institution,
        names::PUBLIC,
        platform,
        hosts,
        &addresses.path,
    )];
    if !addresses.own_hosts.is_empty() {
        let own = if addresses.https && has_listeners(institution) {
            own_listeners()
        } else {
            parent(gateway, None)
        };
        let hosts = addresses.own_hosts.clone();
        routes.push(route(institution, names::PUBLIC_HOSTS, own, hosts, "/"));
    }
    for kept in &addresses.kept {
        let parent = match kept.certificate {
            Certificate::Own if has_listeners(institution) => own_listeners(),
            Certificate::Platform => parent(gateway, gateway.section_name.as_deref()),
            Certificate::Own | Certificate::Provider | Certificate::None => parent(gateway, None),
        };
        let name = names::kept_route(kept.kind);
        let hosts = vec![kept.host.clone()];
        routes.push(route(institution, name, parent, hosts, &kept.path));
    }
    routes
}

fn own_listeners() -> ParentReference {
    ParentReference {
        group: Some(GROUP.to_owned()),
        kind: Some("ListenerSet".to_owned()),
        name: names::PUBLIC_HOSTS.to_owned(),
        ..ParentReference::default()
    }
}

/// HTTPS listeners for the institution's own hosts, those of its kept addresses among them, where the cluster knows ListenerSets.
pub(super) fn listener_set(institution: &Validated<'_>) -> Option<ListenerSet> {
    let gateway = provider(institution).filter(|_| has_listeners(institution))?;
    let listener = |host: &str| ListenerEntry {
        name: host.to_owned(),
        hostname: Some(host.to_owned()),
        port: gateway.https_port.into(),
        protocol: "HTTPS".to_owned(),
        tls: Some(ListenerTls {
            mode: "Terminate".to_owned(),
            certificate_refs: vec![CertificateReference {
                group: String::new(),
                kind: "Secret".to_owned(),
                name: host.to_owned(),
            }],
        }),
    };
    let annotations = &gateway.listener_set_annotations;
    let metadata = ObjectMeta {
        annotations: (!annotations.is_empty()).then(|| annotations.clone()),
        ..object::owned(institution, names::PUBLIC_HOSTS)
    };
    let spec = ListenerSetSpec {
        parent_ref: parent(gateway, None),
        listeners: institution
            .addresses
            .certified_hosts()
            .into_iter()
            .map(listener)
            .collect(),
    };
    Some(ListenerSet::new(metadata, spec))
}

/// The Gateway; none where the platform uses an Ingress, or the cluster does not know routes.
fn provider<'a>(institution: &Validated<'a>) -> Option<&'a Gateway> {
    match &institution.config.routing {
        Routing::Gateway(gateway) if institution.facts.gateway != GatewayState::NoApi => {
            Some(gateway)
        }
        Routing::Gateway(_) | Routing::Ingress(_) => None,
    }
}

fn has_listeners(institution: &Validated<'_>) -> bool {
    institution.facts.listener_sets && !institution.addresses.certified_hosts().is_empty()
}

fn parent(gateway: &Gateway, section: Option<&str>) -> ParentReference {
    ParentReference {
        group: Some(GROUP.to_owned()),
        kind: Some("Gateway".to_owned()),
        namespace: Some(gateway.namespace.clone()),
        name: gateway.name.clone(),
        section_name: section.map(str::to_owned),
    }
}

fn route(
    institution: &Validated<'_>,
    name: &str,
    parent: ParentReference,
    hostnames: Vec<String>,
    path: &str,
) -> HttpRoute {
    let rule = HttpRouteRule {
        matches: vec![HttpRouteMatch {
            path: Some(PathMatch {
                type_: "PathPrefix".to_owned(),
                value: path.to_owned(),
            }),
        }],
        backend_refs: vec![BackendReference {
            group: String::new(),
            kind: "Service".to_owned(),
            name: names::IMAGE_SERVER.to_owned(),
            port: Some(names::HTTP_PORT),
            weight: 1,
        }],
    };
    let spec = HttpRouteSpec {
        parent_refs: vec![parent],
        hostnames,
        rules: vec![rule],
    };
    HttpRoute::new(object::owned(institution, name), spec)
}
