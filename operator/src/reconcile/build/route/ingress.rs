//! How readers' requests reach the institution through an Ingress controller.

use k8s_openapi::api::networking::v1::{
    HTTPIngressPath, HTTPIngressRuleValue, Ingress, IngressBackend, IngressRule,
    IngressServiceBackend, IngressSpec, IngressTLS, ServiceBackendPort,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::To;
use crate::config::Routing;
use crate::names;
use crate::reconcile::build::pod;
use crate::reconcile::validate::Validated;

/// The Ingress with every host; none where the platform has a Gateway.
pub(in crate::reconcile::build) fn ingress(institution: &Validated<'_>, to: To) -> Option<Ingress> {
    let Routing::Ingress(controller) = &institution.config.routing else {
        return None;
    };
    if !to.wants(institution, names::PUBLIC) {
        return None;
    }
    let addresses = &institution.addresses;
    let own = addresses.own_hosts.iter();
    let kept = addresses.kept.iter();
    let rules = std::iter::once(rule(to, addresses.named_host(), &addresses.path))
        .chain(own.map(|host| rule(to, Some(host), "/")))
        .chain(kept.map(|kept| rule(to, Some(&kept.host), &kept.path)));
    let annotations = &controller.annotations;
    Some(Ingress {
        metadata: ObjectMeta {
            annotations: (!annotations.is_empty()).then(|| annotations.clone()),
            ..to.metadata(institution, names::PUBLIC)
        },
        spec: Some(IngressSpec {
            ingress_class_name: controller.class_name.clone(),
            rules: Some(rules.collect()),
            tls: pod::some(tls(institution, controller.own_certificates)),
            ..IngressSpec::default()
        }),
        ..Ingress::default()
    })
}

/// A host of the institution has its certificate in a Secret of its name, also one that it shares with
/// others: each has it in its own namespace. The platform's host has the controller's own, unless each
/// institution is to have one.
fn tls(institution: &Validated<'_>, own_certificates: bool) -> Vec<IngressTLS> {
    let addresses = &institution.addresses;
    let tls = |host: &str, own: bool| IngressTLS {
        hosts: Some(vec![host.to_owned()]),
        secret_name: own.then(|| host.to_owned()),
    };
    let platform = addresses.named_host().filter(|_| addresses.https);
    let platform = platform.map(|host| tls(host, own_certificates));
    let own = addresses.certified_hosts().into_iter();
    let own = own.map(|host| tls(host, true));
    platform.into_iter().chain(own).collect()
}

fn rule(to: To, host: Option<&str>, path: &str) -> IngressRule {
    let backend = IngressBackend {
        service: Some(IngressServiceBackend {
            name: to.service().to_owned(),
            port: Some(ServiceBackendPort {
                name: Some(names::HTTP.to_owned()),
                number: None,
            }),
        }),
        resource: None,
    };
    IngressRule {
        host: host.map(str::to_owned),
        http: Some(HTTPIngressRuleValue {
            paths: vec![HTTPIngressPath {
                path: Some(path.to_owned()),
                path_type: "Prefix".to_owned(),
                backend,
            }],
        }),
    }
}
