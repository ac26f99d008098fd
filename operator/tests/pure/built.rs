//! What is built: whole sets of objects, and what holds for every set.

use acervo_crds::addresses::Addresses;
use acervo_operator::names;
use acervo_operator::quantity::Amount;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::fixture::{Case, EXISTING_CLAIM, FULL, GATEWAY, INGRESS, MINIMAL, SUSPENDED};
use crate::restricted;
use crate::{objects, objects::all};

#[test]
fn an_institution_that_says_the_least_gets_everything_it_needs() {
    insta::assert_snapshot!(objects::yaml(&Case::new(MINIMAL, GATEWAY).build()));
}

/// On a shared volume, with hosts and listeners, a copied key and certificates, and an ingest that
/// starts.
#[test]
fn an_institution_that_uses_everything() {
    let case = Case::running(FULL, GATEWAY).handed_over("placas de vidrio", "4be1d2aa90ff17");
    insta::assert_snapshot!(objects::yaml(&case.build()));
}

#[test]
fn an_institution_with_an_existing_claim_gets_no_other_volume() {
    let case = Case::running(EXISTING_CLAIM, INGRESS).handed_over("planos", "c0ffee0123456789");
    insta::assert_snapshot!(objects::yaml(&case.build()));
}

#[test]
fn a_suspended_institution_keeps_its_objects_and_runs_nothing() {
    let case = Case::running(SUSPENDED, GATEWAY).handed_over("prensa", "aa");
    insta::assert_snapshot!(objects::yaml(&case.build()));
}

#[test]
fn behind_an_ingress_controller_every_host_is_in_one_ingress() {
    let mut case = Case::running(MINIMAL, INGRESS);
    case.institution.spec.hostnames = vec!["museo.example.net".to_owned()];
    case.institution.spec.addresses = Some(Addresses {
        manifest: Some("https://old.example.net/iiif/{institution}/{item}".to_owned()),
        image: Some("https://museo.example.net/iiif/2/{identifier}".to_owned()),
    });
    let resources = case.build();
    assert!(resources.http_routes.is_empty() && resources.listener_set.is_none());
    insta::assert_snapshot!(
        serde_saphyr::to_string(&objects::value(&resources.ingress.unwrap())).unwrap()
    );
}

#[test]
fn over_plain_http_nothing_asks_for_a_certificate() {
    let plain = |yaml: &str| yaml.replace("https://", "http://");
    for config in [GATEWAY, INGRESS] {
        let mut case = Case::running(MINIMAL, &plain(config));
        case.institution.spec.hostnames = vec!["museo.example.net".to_owned()];
        let resources = case.build();
        assert_eq!(resources.listener_set, None);
        let ingress = resources.ingress.and_then(|ingress| ingress.spec);
        assert_eq!(ingress.and_then(|spec| spec.tls), None);
        assert_eq!(case.validate().unwrap().findings, []);
    }
}

#[test]
fn hosts_of_an_institution_never_share_a_route_with_the_platforms_path() {
    let routes = Case::running(FULL, GATEWAY).build().http_routes;
    let summary: Vec<_> = routes
        .iter()
        .map(|route| {
            let path = route.spec.rules[0].matches[0].path.as_ref().unwrap();
            (route.spec.hostnames.join(" "), path.value.as_str())
        })
        .collect();
    assert_eq!(
        summary,
        [
            ("iiif.example.org".to_owned(), "/fototeca-oeste"),
            ("fototeca.example.org fotos.example.net".to_owned(), "/"),
            ("fotos.example.com".to_owned(), "/iiif/fototeca-oeste"),
            ("iiif.example.org".to_owned(), "/fotos/2"),
        ]
    );
}

#[test]
fn namespace_and_volume_go_with_the_resource_only_where_it_says_so() {
    for (yaml, goes) in [(MINIMAL, false), (FULL, true)] {
        let resources = Case::running(yaml, GATEWAY).build();
        let kept = [
            resources.namespace.metadata,
            resources.claim.unwrap().metadata,
        ];
        assert_eq!(kept.map(|m| m.owner_references.is_some()), [goes; 2]);
        assert!(resources.deployment.metadata.owner_references.is_some());
    }
}

#[test]
fn any_change_of_the_table_gives_the_pods_another_config_map() {
    let case = Case::running(MINIMAL, GATEWAY);
    let mut renamed = case.clone();
    renamed.institution.spec.homepage = Some("https://www.example.org/".to_owned());
    let mounts = |case: &Case| {
        let pod = objects::pods(&case.build()).remove(0);
        let volumes = pod.volumes.unwrap().into_iter();
        volumes.filter_map(|v| v.config_map).map(|m| m.name).next()
    };
    assert!(mounts(&case).is_some());
    assert_ne!(mounts(&case), mounts(&renamed));
}

/// Any institution that the resource allows, on any of the platforms.
fn cases() -> impl Strategy<Value = Case> {
    let label = "[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?";
    let directories = prop::collection::vec((label, "[a-zA-Zñé ]{1,20}"), 0..4);
    let storage = (
        prop_oneof![Just("1Gi"), Just("2.5Ti"), Just("700M")],
        prop_oneof![Just("ReadWriteOnce"), Just("ReadWriteMany")],
        prop::option::of(Just("archive")),
        prop::option::of(Just("found")),
    );
    (
        label.prop_filter("reserved", |name| {
            !acervo_crds::rules::RESERVED_INSTITUTIONS.contains(&name.as_str())
        }),
        directories,
        prop::collection::btree_set("[a-z]{1,12}[.]example[.](com|net)", 0..4),
        storage,
        any::<[bool; 6]>(),
    )
        .prop_map(|(name, directories, hosts, storage, flags)| {
            let [running, by_gateway, big, suspend, delete, access] = flags;
            let (size, mode, class, claim) = storage;
            let collections: std::collections::BTreeMap<_, _> = directories
                .into_iter()
                .filter(|(name, _)| {
                    !acervo_crds::rules::RESERVED_COLLECTIONS.contains(&name.as_str())
                })
                .collect();
            let listed: Vec<_> = collections
                .iter()
                .map(|(name, directory)| json!({"name": name, "source": {"directory": directory}}))
                .collect();
            let groups = if access {
                vec![json!({"group": "staff"})]
            } else {
                vec![]
            };
            let mut document = json!({
                "apiVersion": "acervo.dev/v1alpha1",
                "kind": "IiifInstitution",
                "metadata": {"name": name},
                "spec": {
                    "displayName": {"es": "Uno"},
                    "hostnames": hosts,
                    "plan": if big && by_gateway { "big" } else { "small" },
                    "storage": {"size": size, "accessMode": mode},
                    "collections": listed,
                    "access": groups,
                    "suspend": suspend,
                    "deletionPolicy": if delete { "Delete" } else { "Retain" },
                },
            });
            let stored = &mut document["spec"]["storage"];
            class
                .into_iter()
                .for_each(|class| stored["storageClassName"] = class.into());
            claim
                .into_iter()
                .for_each(|claim| stored["existingClaim"] = claim.into());
            let platform = if by_gateway { GATEWAY } else { INGRESS };
            if !running {
                return Case::new(&document.to_string(), platform);
            }
            let mut case = Case::running(&document.to_string(), platform);
            for directory in collections.values() {
                case.incoming(directory, "0123456789abcdef0123456789abcdef", true);
            }
            case
        })
}

fn is_label_value(text: &str) -> bool {
    let ends = |c: Option<char>| c.is_none_or(|c| c.is_ascii_alphanumeric());
    text.len() <= 63
        && ends(text.chars().next())
        && ends(text.chars().last())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

/// A DNS subdomain; a DNS label for what becomes a host name or a label somewhere.
fn is_name(kind: &str, text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    match kind {
        "Namespace" | "Service" | "Job" => is_label(text),
        _ => text.len() <= 253 && text.split('.').all(is_label),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_object_is_named_labelled_and_in_its_namespace(case in cases()) {
        let name = case.institution.metadata.name.clone().unwrap();
        let namespace = format!("acervo-{name}");
        let mut seen = std::collections::BTreeSet::new();
        for object in all(&case.build()) {
            let kind = object["kind"].as_str().unwrap();
            let metadata = &object["metadata"];
            let own_name = metadata["name"].as_str().unwrap();
            prop_assert!(is_name(kind, own_name), "{kind} {own_name}");
            prop_assert!(seen.insert(format!("{kind} {own_name}")), "{kind} {own_name} twice");
            let is_notice = names::notice_route_of(own_name).is_some_and(|(_, of)| of == name);
            let place = match kind {
                "Namespace" => Value::Null,
                "HTTPRoute" | "Ingress" if is_notice => json!("platform-system"),
                _ => json!(namespace),
            };
            prop_assert_eq!(&metadata["namespace"], &place);
            prop_assert_eq!(&metadata["labels"][names::INSTITUTION], &json!(name));
            prop_assert_eq!(&metadata["labels"][names::MANAGED_BY], &json!(names::FIELD_MANAGER));
            for (label, value) in metadata["labels"].as_object().unwrap() {
                prop_assert!(is_label_value(value.as_str().unwrap()), "{label}: {value}");
            }
        }
    }

    #[test]
    fn the_same_knowledge_builds_the_same_objects(case in cases()) {
        prop_assert_eq!(case.build(), case.clone().build());
    }

    #[test]
    fn every_pod_obeys_the_restricted_standard(case in cases()) {
        for pod in objects::pods(&case.build()) {
            prop_assert_eq!(restricted::violations(&pod), Vec::<String>::new());
            prop_assert_eq!(pod.automount_service_account_token, Some(false));
        }
    }

    #[test]
    fn pods_mount_only_what_is_there(case in cases()) {
        let resources = case.build();
        let built: Vec<_> = all(&resources)
            .iter()
            .map(|o| format!("{} {}", o["kind"], o["metadata"]["name"]))
            .collect();
        let existing = case.institution.spec.storage.existing_claim.as_deref();
        for pod in objects::pods(&resources) {
            for volume in pod.volumes.unwrap() {
                if let Some(map) = volume.config_map {
                    let built_map = format!("\"ConfigMap\" {:?}", map.name);
                    prop_assert!(built.contains(&built_map));
                }
                if let Some(claim) = volume.persistent_volume_claim {
                    let own = format!("\"PersistentVolumeClaim\" {:?}", claim.claim_name);
                    let is_existing = existing == Some(claim.claim_name.as_str());
                    prop_assert!(is_existing != built.contains(&own));
                }
            }
        }
    }

    /// An empty list of peers would admit everybody.
    #[test]
    fn no_policy_admits_everybody(case in cases()) {
        for policy in case.build().network_policies {
            for rule in policy.spec.unwrap().ingress.unwrap_or_default() {
                prop_assert!(rule.from.is_some_and(|from| !from.is_empty()));
                prop_assert!(rule.ports.is_some_and(|ports| !ports.is_empty()));
            }
        }
    }

    /// All pods of a rollout of the most replicas, and as many Jobs as may run, fit into the quota.
    #[test]
    fn the_quota_has_room_for_a_rollout_and_for_ingest(case in cases()) {
        let resources = case.build();
        let validated = case.validate().unwrap();
        let hard = resources.quota.spec.unwrap().hard.unwrap();
        let room = |resource: &str| Amount::try_from(&hard[resource]).unwrap();
        let (plan, jobs) = (validated.plan, case.config.ingest.max_concurrent);
        let pods = validated.most_replicas() + 1;
        prop_assert!(room("pods") >= Amount::whole((pods + jobs).into()));
        let (server, ingest) = (&plan.resources, &plan.ingest_resources);
        prop_assert!(room("requests.cpu") >= server.requests.cpu * pods + ingest.requests.cpu * jobs);
        prop_assert!(room("limits.memory") >= server.limits.memory * pods + ingest.limits.memory * jobs);
        if let Some(claim) = &resources.claim {
            let requests = claim.spec.as_ref().unwrap().resources.as_ref().unwrap().requests.as_ref();
            prop_assert!(room("requests.storage") >= Amount::try_from(&requests.unwrap()["storage"]).unwrap());
        }
    }

    /// Whoever says how many pods there are is alone; pods that may be evicted have another one.
    #[test]
    fn replicas_autoscaler_budget_and_affinity_agree(case in cases()) {
        let resources = case.build();
        let spec = resources.deployment.spec.unwrap();
        let pod = spec.template.spec.unwrap();
        prop_assert_eq!(spec.replicas.is_none(), resources.autoscaler.is_some());
        let shared = case.validate().unwrap().storage.shared;
        prop_assert_eq!(pod.affinity.is_some(), !shared);
        if resources.autoscaler.is_some() || resources.disruption_budget.is_some() {
            prop_assert!(shared && !case.institution.spec.suspend);
        }
        if case.institution.spec.suspend {
            prop_assert_eq!(spec.replicas, Some(0));
            prop_assert!(resources.ingest_jobs.is_empty());
        }
    }
}
