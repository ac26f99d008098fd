//! The types of the Gateway API (`gateway.networking.k8s.io/v1`) that the operator makes: those fields
//! that it sets or reads, no more.

use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, LabelSelector, ObjectMeta};
use serde::{Deserialize, Serialize};

/// The group of the Gateway API.
pub const GROUP: &str = "gateway.networking.k8s.io";
/// The version that the operator speaks.
pub const VERSION: &str = "v1";

/// Declares an object of the Gateway API: what its kind is called, and its metadata, spec and status.
macro_rules! object {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $plural:literal, $spec:ty, $status:ty) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            /// `gateway.networking.k8s.io/v1`.
            #[serde(default = "api_version")]
            pub api_version: String,
            #[doc = concat!("`", $kind, "`.")]
            #[serde(default)]
            pub kind: String,
            /// Name, namespace, labels.
            pub metadata: ObjectMeta,
            /// What is wanted.
            pub spec: $spec,
            /// What the Gateway's controller says of it.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub status: Option<$status>,
        }

        impl $name {
            /// An object without status.
            #[must_use]
            pub fn new(metadata: ObjectMeta, spec: $spec) -> Self {
                Self {
                    api_version: api_version(),
                    kind: $kind.to_owned(),
                    metadata,
                    spec,
                    status: None,
                }
            }
        }

        impl kube::Resource for $name {
            type DynamicType = ();
            type Scope = NamespaceResourceScope;

            fn kind((): &()) -> std::borrow::Cow<'_, str> {
                $kind.into()
            }

            fn group((): &()) -> std::borrow::Cow<'_, str> {
                GROUP.into()
            }

            fn version((): &()) -> std::borrow::Cow<'_, str> {
                VERSION.into()
            }

            fn plural((): &()) -> std::borrow::Cow<'_, str> {
                $plural.into()
            }

            fn meta(&self) -> &ObjectMeta {
                &self.metadata
            }

            fn meta_mut(&mut self) -> &mut ObjectMeta {
                &mut self.metadata
            }
        }
    };
}

fn api_version() -> String {
    format!("{GROUP}/{VERSION}")
}

object! {
    /// Which requests of a Gateway go to which Service.
    HttpRoute, "HTTPRoute", "httproutes", HttpRouteSpec, HttpRouteStatus
}

object! {
    /// Listeners that a namespace adds to a Gateway.
    ListenerSet, "ListenerSet", "listenersets", ListenerSetSpec, ListenerSetStatus
}

object! {
    /// A Gateway of the provider; the operator only reads whether it is there and accepted, and its listeners.
    Gateway, "Gateway", "gateways", GatewaySpec, ConditionsStatus
}

/// What an HTTPRoute wants.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpRouteSpec {
    /// What it is attached to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parent_refs: Vec<ParentReference>,
    /// The hosts that it answers for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hostnames: Vec<String>,
    /// Which requests go where.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<HttpRouteRule>,
}

/// A Gateway or ListenerSet that a route or listeners are attached to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ParentReference {
    /// Its group; that of the Gateway API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Its kind; `Gateway` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its namespace; the same if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// The listener; every one that fits if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section_name: Option<String>,
}

/// Requests that match go to the backends.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpRouteRule {
    /// Any of these must match.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub matches: Vec<HttpRouteMatch>,
    /// Where the requests go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub backend_refs: Vec<BackendReference>,
}

/// What a request must be like.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpRouteMatch {
    /// Its path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<PathMatch>,
}

/// What a path must be like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PathMatch {
    /// `PathPrefix`: whole segments.
    #[serde(rename = "type")]
    pub type_: String,
    /// Its beginning, such as `/` or `/biblioteca-sur`.
    pub value: String,
}

/// A Service that requests go to. Its fields stand in a list that the API server replaces as a whole
/// and fills with defaults, so the operator writes the defaults itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BackendReference {
    /// Its group: empty.
    #[serde(default)]
    pub group: String,
    /// `Service`.
    pub kind: String,
    /// Its name, in the route's namespace.
    pub name: String,
    /// Its port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<i32>,
    /// Its share of the requests.
    pub weight: i32,
}

/// What the parents say of a route.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpRouteStatus {
    /// One entry for each parent that knows it.
    #[serde(default)]
    pub parents: Vec<RouteParentStatus>,
}

/// What one parent says of a route.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteParentStatus {
    /// The parent.
    pub parent_ref: ParentReference,
    /// `Accepted`, `ResolvedRefs`.
    #[serde(default)]
    pub conditions: Vec<Condition>,
}

/// What a ListenerSet wants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListenerSetSpec {
    /// The Gateway.
    pub parent_ref: ParentReference,
    /// The listeners, at least one.
    pub listeners: Vec<ListenerEntry>,
}

/// One listener: an HTTPS host with its certificate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListenerEntry {
    /// Its name, unique in the set.
    pub name: String,
    /// Its host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// Its port on the Gateway.
    pub port: i32,
    /// `HTTPS`.
    pub protocol: String,
    /// Its certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<ListenerTls>,
    /// Whose routes it admits; those of its own namespace if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_routes: Option<AllowedRoutes>,
}

/// Whose routes a listener admits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AllowedRoutes {
    /// Of which namespaces.
    pub namespaces: RouteNamespaces,
}

/// Namespaces whose routes a listener admits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteNamespaces {
    /// `Selector`.
    pub from: String,
    /// Their labels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selector: Option<LabelSelector>,
}

/// The certificate of a listener.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListenerTls {
    /// `Terminate`.
    #[serde(default)]
    pub mode: String,
    /// Secrets of the same namespace.
    #[serde(default)]
    pub certificate_refs: Vec<CertificateReference>,
}

/// A Secret with a certificate, in the same namespace; with its defaults, as [`BackendReference`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateReference {
    /// Its group: empty.
    #[serde(default)]
    pub group: String,
    /// `Secret`.
    pub kind: String,
    /// Its name.
    pub name: String,
}

/// What the Gateway says of a ListenerSet.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListenerSetStatus {
    /// One entry for each listener that the Gateway knows.
    #[serde(default)]
    pub listeners: Vec<ListenerStatus>,
}

/// What the Gateway says of one listener.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListenerStatus {
    /// Its name.
    pub name: String,
    /// `Accepted`, `Programmed`, `ResolvedRefs`.
    #[serde(default)]
    pub conditions: Vec<Condition>,
}

impl ListenerSetStatus {
    /// The names of the listeners whose certificate the Gateway does not find or cannot read.
    #[must_use]
    pub fn without_certificate(&self) -> Vec<String> {
        let lacks = |condition: &Condition| {
            condition.type_ == "ResolvedRefs"
                && condition.status == "False"
                && condition.reason == "InvalidCertificateRef"
        };
        let lacking = self
            .listeners
            .iter()
            .filter(|listener| listener.conditions.iter().any(lacks));
        lacking.map(|listener| listener.name.clone()).collect()
    }
}

/// Conditions, as Gateways report them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConditionsStatus {
    /// `Accepted`, `Programmed`.
    #[serde(default)]
    pub conditions: Vec<Condition>,
}

/// What a Gateway wants, as far as the operator reads it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct GatewaySpec {
    /// Where it takes requests.
    #[serde(default)]
    pub listeners: Vec<GatewayListener>,
}

/// A listener of a Gateway.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct GatewayListener {
    /// The host that it is for, or `*.` before the end of many; none for every host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// `HTTP` or `HTTPS`, for example.
    pub protocol: String,
}

impl GatewayListener {
    /// Whether readers can ask for `host` by HTTPS here (Gateway API, Listener, `hostname`).
    #[must_use]
    pub fn secures(&self, host: &str) -> bool {
        self.protocol == "HTTPS"
            && match self.hostname.as_deref() {
                None | Some("") => true,
                Some(pattern) => match pattern.strip_prefix('*') {
                    // One name at least stands for the asterisk.
                    Some(end) => host.len() > end.len() && host.ends_with(end),
                    None => host == pattern,
                },
            }
    }
}

impl ConditionsStatus {
    /// What the condition `Accepted` says; none if it is not there or unknown.
    #[must_use]
    pub fn accepted(&self) -> Option<bool> {
        accepted(&self.conditions)
    }
}

impl HttpRouteStatus {
    /// Whether every parent that has spoken accepted the route and found its backends; none if none
    /// has spoken.
    #[must_use]
    pub fn accepted(&self) -> Option<bool> {
        let mut said = self
            .parents
            .iter()
            .filter_map(|p| accepted(&p.conditions))
            .peekable();
        said.peek()?;
        let refused = self.parents.iter().any(|parent| refusal(parent).is_some());
        Some(said.all(|accepted| accepted) && !refused)
    }

    /// What the first parent that refused the route says: its reason and message.
    #[must_use]
    pub fn refusal(&self) -> Option<String> {
        self.parents.iter().find_map(refusal)
    }
}

fn accepted(conditions: &[Condition]) -> Option<bool> {
    let condition = conditions.iter().find(|c| c.type_ == "Accepted")?;
    match condition.status.as_str() {
        "True" => Some(true),
        "False" => Some(false),
        _ => None,
    }
}

fn refusal(parent: &RouteParentStatus) -> Option<String> {
    let refuses = |c: &&Condition| {
        ["Accepted", "ResolvedRefs"].contains(&c.type_.as_str()) && c.status == "False"
    };
    let condition = parent.conditions.iter().find(refuses)?;
    Some(format!("{}: {}", condition.reason, condition.message))
}
