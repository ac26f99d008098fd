//! How readers' requests reach the institution through a Gateway.
//!
//! A route's hosts and paths multiply, so the platform's host (with a path), the institution's own hosts
//! (without) and each place of kept addresses are routes of their own. While the institution is suspended,
//! routes in the operator's namespace stand in for them and lead to the notice.

pub(super) mod ingress;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{
    LabelSelector, LabelSelectorRequirement, ObjectMeta,
};

use super::object;
use crate::config::{Gateway, Routing};
use crate::gateway::{
    AllowedRoutes, BackendReference, CertificateReference, GROUP, HttpRoute, HttpRouteMatch,
    HttpRouteRule, HttpRouteSpec, ListenerEntry, ListenerSet, ListenerSetSpec, ListenerTls,
    ParentReference, PathMatch, RouteNamespaces,
};
use crate::names;
use crate::reconcile::facts::GatewayState;
use crate::reconcile::validate::{Certificate, Readers, Validated};

/// The label of a namespace that is its name.
const NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";

/// Where a route leads readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum To {
    /// To the image server.
    Server,
    /// To the notice of suspension.
    Notice,
}

impl To {
    /// Whether there is a route called `name` now. Whoever takes over gets it before the other loses it.
    fn wants(self, institution: &Validated<'_>, name: &str) -> bool {
        let is_there = || {
            let mut routes = institution.facts.routes.iter();
            routes.any(|route| route.name == name)
        };
        match (self, institution.readers) {
            (Self::Server, Readers::Server | Readers::NoticeUntilServer { answers: true }) => true,
            (Self::Server, Readers::Notice { .. }) => false,
            (Self::Server, _) => is_there(),
            (Self::Notice, readers) => readers != Readers::Server,
        }
    }

    const fn service(self) -> &'static str {
        match self {
            Self::Server => names::IMAGE_SERVER,
            Self::Notice => names::NOTICE,
        }
    }

    /// Name and namespace of the route called `name`. A route and its Service are in one namespace.
    fn metadata(self, institution: &Validated<'_>, name: &str) -> ObjectMeta {
        match self {
            Self::Server => object::owned(institution, name),
            Self::Notice => ObjectMeta {
                namespace: Some(home(institution).to_owned()),
                ..object::owned(institution, &names::notice_route(name, &institution.name))
            },
        }
    }
}

fn home<'a>(institution: &Validated<'a>) -> &'a str {
    &institution.config.network_policy.operator_namespace
}

/// `public` for the platform's host; `public-hosts` for the institution's own, `public-manifests` and
/// `public-images` for its kept addresses, where it has any.
pub(super) fn http_routes(institution: &Validated<'_>, to: To) -> Vec<HttpRoute> {
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
    let mut routes = vec![(names::PUBLIC, platform, hosts, addresses.path.as_str())];
    if !addresses.own_hosts.is_empty() {
        let own = if addresses.https && has_listeners(institution) {
            own_listeners(institution, to)
        } else {
            parent(gateway, None)
        };
        let hosts = addresses.own_hosts.clone();
        routes.push((names::PUBLIC_HOSTS, own, hosts, "/"));
    }
    for kept in &addresses.kept {
        let parent = match kept.certificate {
            Certificate::Own if has_listeners(institution) => own_listeners(institution, to),
            Certificate::Platform => parent(gateway, gateway.section_name.as_deref()),
            Certificate::Own | Certificate::Provider | Certificate::None => parent(gateway, None),
        };
        let name = names::kept_route(kept.kind);
        let hosts = vec![kept.host.clone()];
        routes.push((name, parent, hosts, &kept.path));
    }
    routes
        .into_iter()
        .filter(|(name, ..)| to.wants(institution, name))
        .map(|(name, parent, hosts, path)| {
            HttpRoute::new(
                to.metadata(institution, name),
                spec(to, parent, hosts, path),
            )
        })
        .collect()
}

fn own_listeners(institution: &Validated<'_>, to: To) -> ParentReference {
    ParentReference {
        namespace: (to == To::Notice).then(|| institution.namespace.clone()),
        group: Some(GROUP.to_owned()),
        kind: Some("ListenerSet".to_owned()),
        name: names::PUBLIC_HOSTS.to_owned(),
        ..ParentReference::default()
    }
}

/// HTTPS listeners for the institution's own hosts, those of its kept addresses among them, where the
/// cluster knows ListenerSets. They admit the routes of the notice as well.
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
        allowed_routes: Some(AllowedRoutes {
            namespaces: RouteNamespaces {
                from: "Selector".to_owned(),
                selector: Some(named([&institution.namespace, home(institution)])),
            },
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

/// Selects namespaces by name.
fn named(names: [&str; 2]) -> LabelSelector {
    LabelSelector {
        match_expressions: Some(vec![LabelSelectorRequirement {
            key: NAMESPACE_NAME.to_owned(),
            operator: "In".to_owned(),
            values: Some(names.map(str::to_owned).into()),
        }]),
        match_labels: None,
    }
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

fn spec(to: To, parent: ParentReference, hostnames: Vec<String>, path: &str) -> HttpRouteSpec {
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
            name: to.service().to_owned(),
            port: Some(names::HTTP_PORT),
            weight: 1,
        }],
    };
    HttpRouteSpec {
        parent_refs: vec![parent],
        hostnames,
        rules: vec![rule],
    }
}
