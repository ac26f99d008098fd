//! In front of the image server.

use k8s_openapi::api::core::v1::{Service, ServicePort, ServiceSpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::object;
use crate::names;
use crate::reconcile::validate::Validated;

/// The Service, with the ports of the pods.
pub(super) fn service(institution: &Validated<'_>) -> Service {
    let port = |name: &str, number| ServicePort {
        name: Some(name.to_owned()),
        port: number,
        target_port: Some(IntOrString::String(name.to_owned())),
        protocol: Some("TCP".to_owned()),
        ..ServicePort::default()
    };
    Service {
        metadata: object::owned(institution, names::IMAGE_SERVER),
        spec: Some(ServiceSpec {
            selector: Some(object::program_labels(institution, names::IMAGE_SERVER)),
            ports: Some(vec![
                port(names::HTTP, names::HTTP_PORT),
                port(names::ADMIN, names::ADMIN_PORT),
            ]),
            ..ServiceSpec::default()
        }),
        ..Service::default()
    }
}
