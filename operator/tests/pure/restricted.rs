//! The level `restricted` of the Pod Security Standards, as far as Linux pods can break it.
//! <https://kubernetes.io/docs/concepts/security/pod-security-standards/>

use k8s_openapi::api::core::v1::{Container, PodSpec, SeccompProfile, Volume};

use crate::fixture::{Case, FULL, GATEWAY};
use crate::objects;

/// Everything in which a pod breaks the standard.
pub(crate) fn violations(pod: &PodSpec) -> Vec<String> {
    let mut found = Vec::new();
    let mut check = |holds: bool, what: &str| {
        if !holds {
            found.push(what.to_owned());
        }
    };
    let shares = [pod.host_network, pod.host_pid, pod.host_ipc];
    check(!shares.contains(&Some(true)), "a namespace of the host");
    for volume in pod.volumes.iter().flatten() {
        check(is_allowed(volume), "a volume of a forbidden type");
    }
    let security = pod.security_context.clone().unwrap_or_default();
    check(security.sysctls.is_none(), "sysctls");
    let containers = pod
        .containers
        .iter()
        .chain(pod.init_containers.iter().flatten());
    for container in containers {
        let own = container.security_context.clone().unwrap_or_default();
        let non_root = own.run_as_non_root.or(security.run_as_non_root);
        check(non_root == Some(true), "may run as root");
        let user = own.run_as_user.or(security.run_as_user);
        check(user != Some(0), "runs as root");
        let profile = own.seccomp_profile.or(security.seccomp_profile.clone());
        check(is_confined(profile.as_ref()), "no seccomp profile");
        check(own.privileged != Some(true), "privileged");
        check(
            own.allow_privilege_escalation == Some(false),
            "may gain privileges",
        );
        check(
            own.proc_mount.is_none_or(|mount| mount == "Default"),
            "procMount",
        );
        let capabilities = own.capabilities.unwrap_or_default();
        let drops = capabilities.drop.unwrap_or_default();
        check(drops.iter().any(|name| name == "ALL"), "keeps capabilities");
        let adds = capabilities.add.unwrap_or_default();
        check(
            adds.iter().all(|name| name == "NET_BIND_SERVICE"),
            "adds capabilities",
        );
        check(!has_host_port(container), "a port of the host");
    }
    found
}

fn is_allowed(volume: &Volume) -> bool {
    let fields = serde_json::to_value(volume).unwrap();
    let allowed = [
        "name",
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "persistentVolumeClaim",
        "projected",
        "secret",
    ];
    let fields = fields.as_object().unwrap();
    fields.keys().all(|field| allowed.contains(&field.as_str()))
}

fn is_confined(profile: Option<&SeccompProfile>) -> bool {
    profile.is_some_and(|profile| ["RuntimeDefault", "Localhost"].contains(&profile.type_.as_str()))
}

fn has_host_port(container: &Container) -> bool {
    let mut ports = container.ports.iter().flatten();
    ports.any(|port| port.host_port.is_some_and(|port| port != 0))
}

/// The check itself can fail: each of these changes is seen.
#[test]
fn every_way_out_of_the_standard_is_seen() {
    type Change = fn(&mut PodSpec);
    let changes: [(&str, Change); 8] = [
        ("a namespace of the host", |pod| {
            pod.host_network = Some(true)
        }),
        ("a volume of a forbidden type", |pod| {
            pod.volumes.as_mut().unwrap()[0].host_path = Some(Default::default());
        }),
        ("may run as root", |pod| pod.security_context = None),
        ("runs as root", |pod| {
            pod.security_context.as_mut().unwrap().run_as_user = Some(0);
        }),
        ("may gain privileges", |pod| {
            let own = pod.containers[0].security_context.as_mut().unwrap();
            own.allow_privilege_escalation = None;
        }),
        ("keeps capabilities", |pod| {
            pod.containers[0]
                .security_context
                .as_mut()
                .unwrap()
                .capabilities = None;
        }),
        ("privileged", |pod| {
            pod.containers[0]
                .security_context
                .as_mut()
                .unwrap()
                .privileged = Some(true);
        }),
        ("a port of the host", |pod| {
            pod.containers[0].ports.as_mut().unwrap()[0].host_port = Some(80);
        }),
    ];
    let server = objects::pods(&Case::running(FULL, GATEWAY).build()).remove(0);
    assert_eq!(violations(&server), Vec::<String>::new());
    for (what, change) in changes {
        let mut pod = server.clone();
        change(&mut pod);
        assert!(violations(&pod).contains(&what.to_owned()), "{what}");
    }
}
