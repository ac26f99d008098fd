//! What validation says: errors that stop everything, and findings that do not.

use acervo_crds::addresses::Addresses;
use acervo_crds::collection::Source;
use acervo_operator::gateway::GatewayListener;
use acervo_operator::reconcile::facts::{
    GatewayState, HostClaim, KeptClaim, NamespaceState, RouteState, StorageClassState,
};
use acervo_operator::reconcile::validate::{About, ValidateErrorKind};
use acervo_tenancy::KeptKind;

use crate::fixture::{Case, EXISTING_CLAIM, FULL, GATEWAY, INGRESS, MINIMAL, time};

/// The endpoint of the bucket of the full institution.
fn name_endpoint(case: &mut Case, endpoint: &str) {
    match &mut case.institution.spec.collections[1].source {
        Source::S3(s3) => s3.endpoint = Some(endpoint.to_owned()),
        Source::Directory(_) => panic!("it is a bucket"),
    }
}

/// What each finding is and belongs to.
fn findings(case: &Case) -> Vec<(About, &'static str)> {
    let validated = case.validate().unwrap();
    let findings = validated.findings.iter();
    findings.map(|f| (f.about, f.reason.as_str())).collect()
}

#[test]
fn where_all_is_well_nothing_is_found() {
    assert_eq!(findings(&Case::running(MINIMAL, GATEWAY)), []);
    assert_eq!(findings(&Case::running(MINIMAL, INGRESS)), []);
}

#[test]
fn what_stops_everything_has_a_reason_and_says_what_to_do() {
    use ValidateErrorKind::{InvalidResource, NamespaceTaken, NamespaceTerminating, UnknownPlan};
    type Change = fn(&mut Case);
    let changes: [(ValidateErrorKind, &str, Change); 6] = [
        (UnknownPlan, "write one of: big, small", |case| {
            case.institution.spec.plan = "huge".to_owned();
        }),
        (NamespaceTaken, "acervo-museo-norte", |case| {
            case.facts.namespace = NamespaceState::Foreign;
        }),
        (NamespaceTerminating, "acervo-museo-norte", |case| {
            case.facts.namespace = NamespaceState::Terminating;
        }),
        (InvalidResource, "spec.displayName", |case| {
            case.institution.spec.display_name.0.clear();
        }),
        (InvalidResource, "metadata.name", |case| {
            case.institution.metadata.name = Some("livez".to_owned());
        }),
        (InvalidResource, "metadata.uid", |case| {
            case.institution.metadata.uid = None;
        }),
    ];
    for (kind, says, change) in changes {
        let mut case = Case::running(MINIMAL, GATEWAY);
        change(&mut case);
        let error = case.validate().unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
        assert!(error.message.en.contains(says), "{error}");
        assert_ne!(error.message.es, error.message.en);
    }
}

#[test]
fn a_retained_namespace_is_taken_back() {
    let mut case = Case::running(MINIMAL, GATEWAY);
    case.facts.namespace = NamespaceState::Retained;
    let namespace = case.build().namespace;
    let labels = namespace.metadata.labels.unwrap();
    assert!(!labels.contains_key(acervo_operator::names::RETAINED));
}

#[test]
fn a_lost_host_costs_only_itself() {
    let mut case = Case::running(FULL, GATEWAY);
    case.institution
        .spec
        .hostnames
        .push("iiif.example.org".to_owned());
    let lost = |host: &str, to: Option<&str>| HostClaim {
        host: host.to_owned(),
        lost_to: to.map(str::to_owned),
    };
    case.facts.hosts = vec![
        lost("fototeca.example.org", Some("archivo-viejo")),
        lost("fotos.example.net", None),
    ];
    let validated = case.validate().unwrap();
    assert_eq!(validated.addresses.own_hosts, ["fotos.example.net"]);
    assert_eq!(validated.url(), "https://iiif.example.org/fototeca-oeste/");
    let hosts: Vec<_> = findings(&case)
        .into_iter()
        .filter(|(about, _)| *about == About::Hostnames)
        .collect();
    assert_eq!(
        hosts,
        [
            (About::Hostnames, "HostnameClaimed"),
            (About::Hostnames, "HostnameOfPlatform"),
        ]
    );
    let message = &validated.findings[0].message;
    assert!(message.es.contains("archivo-viejo") && message.en.contains("archivo-viejo"));
    let routed: Vec<_> = case
        .build()
        .http_routes
        .into_iter()
        .flat_map(|r| r.spec.hostnames)
        .collect();
    assert_eq!(
        routed,
        [
            "iiif.example.org",
            "fotos.example.net",
            "fotos.example.com",
            "iiif.example.org"
        ]
    );
}

#[test]
fn a_kept_address_that_is_another_institutions_costs_only_itself() {
    let mut case = Case::running(FULL, GATEWAY);
    case.facts.kept = [
        (KeptKind::Manifest, Some("archivo-viejo")),
        (KeptKind::Image, None),
    ]
    .map(|(kind, lost_to)| KeptClaim {
        kind,
        lost_to: lost_to.map(str::to_owned),
        shared: false,
    })
    .into();
    assert_eq!(findings(&case), [(About::Hostnames, "AddressClaimed")]);
    let validated = case.validate().unwrap();
    let message = &validated.findings[0].message.en;
    for part in [
        "spec.addresses.manifest",
        "archivo-viejo",
        "fotos.example.com/iiif/fototeca-oeste",
    ] {
        assert!(message.contains(part), "{message}");
    }
    let kept = &validated.table.tenants[0].kept;
    assert!(kept.manifest.is_none() && kept.image.is_some());
    let routes = case.build().http_routes;
    let names: Vec<_> = routes.iter().map(|r| r.metadata.name.as_deref()).collect();
    assert_eq!(
        names,
        [Some("public"), Some("public-hosts"), Some("public-images")]
    );
}

#[test]
fn a_kept_address_that_cannot_be_had_or_read_is_found() {
    for (manifest, reason) in [
        ("https://iiif.example.org/assets/{item}", "AddressClaimed"),
        ("https://h.example.org/a/{item}/{item}", "AddressInvalid"),
    ] {
        let mut case = Case::running(MINIMAL, GATEWAY);
        case.institution.spec.addresses = Some(Addresses {
            manifest: Some(manifest.to_owned()),
            image: None,
        });
        assert_eq!(findings(&case), [(About::Hostnames, reason)], "{manifest}");
        assert_eq!(
            case.build().http_routes.len(),
            1,
            "it is served all the same"
        );
    }
}

/// Listeners of one namespace do not admit routes of another.
#[test]
fn a_host_that_institutions_share_needs_a_listener_of_the_provider() {
    let mut case = Case::running(MINIMAL, GATEWAY);
    case.institution.spec.addresses = Some(Addresses {
        manifest: Some("https://fotos.example.com/iiif/{institution}/{item}".to_owned()),
        image: None,
    });
    let parents = |case: &Case| {
        let routes = case.build().http_routes;
        let kind = |route: &acervo_operator::gateway::HttpRoute| {
            route.spec.parent_refs[0].kind.clone().unwrap()
        };
        routes.iter().map(kind).collect::<Vec<_>>()
    };
    assert_eq!(findings(&case), []);
    assert_eq!(parents(&case), ["Gateway", "ListenerSet"]);
    case.facts.kept = vec![KeptClaim {
        kind: KeptKind::Manifest,
        lost_to: None,
        shared: true,
    }];
    assert_eq!(findings(&case), [(About::Hostnames, "ListenerNeeded")]);
    assert_eq!(parents(&case), ["Gateway", "Gateway"]);
    assert_eq!(case.build().listener_set, None);
    case.facts.routes = vec![RouteState {
        name: "public-manifests".to_owned(),
        accepted: Some(true),
        refusal: None,
        created: time("2026-05-04T11:00:00Z"),
    }];
    assert_eq!(findings(&case), [], "the provider added one");
}

#[test]
fn without_listener_sets_a_host_needs_an_https_listener_of_the_gateway() {
    let mut case = Case::running(MINIMAL, GATEWAY);
    case.institution.spec.hostnames = vec!["fotos.example.net".to_owned()];
    case.facts.listener_sets = false;
    let needed = [(About::Hostnames, "ListenerNeeded")];
    for (protocol, hostname, expected) in [
        ("HTTPS", None, &[][..]),
        ("HTTPS", Some(""), &[]),
        ("HTTPS", Some("fotos.example.net"), &[]),
        ("HTTPS", Some("*.example.net"), &[]),
        ("HTTPS", Some("*.net"), &[]),
        ("HTTPS", Some("*.fotos.example.net"), &needed),
        ("HTTPS", Some("mapas.example.net"), &needed),
        ("HTTPS", Some("*.otos.example.net"), &needed),
        ("HTTP", Some("fotos.example.net"), &needed),
        ("TLS", Some("fotos.example.net"), &needed),
    ] {
        let listener = GatewayListener {
            hostname: hostname.map(str::to_owned),
            protocol: protocol.to_owned(),
        };
        case.facts.listeners = [listener].into();
        assert_eq!(findings(&case), expected, "{protocol} {hostname:?}");
    }
}

#[test]
fn what_is_missing_in_the_cluster_is_found_and_stops_nothing() {
    type Change = fn(&mut Case);
    let changes: [(About, &str, &str, Change); 8] = [
        (About::Route, "GatewayApiMissing", FULL, |case| {
            case.facts.gateway = GatewayState::NoApi;
        }),
        (About::Route, "GatewayMissing", FULL, |case| {
            case.facts.gateway = GatewayState::Missing;
        }),
        (About::Route, "GatewayNotAccepted", FULL, |case| {
            case.facts.gateway = GatewayState::Found { accepted: false };
        }),
        (About::Hostnames, "ListenerNeeded", FULL, |case| {
            case.facts.listener_sets = false;
        }),
        (About::Hostnames, "CertificateMissing", FULL, |case| {
            case.facts.without_certificate = vec!["fotos.example.net".to_owned()];
        }),
        (About::Collections, "EndpointNotAllowed", FULL, |case| {
            name_endpoint(case, "http://10.2.0.1:9000");
        }),
        (About::Server, "PullSecretMissing", FULL, |case| {
            case.facts.pull_secrets.clear();
        }),
        (About::Storage, "ClaimMissing", EXISTING_CLAIM, |case| {
            case.facts.claim = None;
        }),
    ];
    for (about, reason, yaml, change) in changes {
        let mut case = Case::running(yaml, GATEWAY);
        change(&mut case);
        assert!(findings(&case).contains(&(about, reason)), "{reason}");
        let found = case.validate().unwrap().findings;
        assert!(
            found
                .iter()
                .all(|f| !f.message.es.is_empty() && f.message.es != f.message.en)
        );
        case.build();
    }
}

/// A missing class matters to a new volume only.
#[test]
fn a_storage_class_that_is_not_there_is_found_before_there_is_a_volume() {
    let mut case = Case::running(MINIMAL, GATEWAY);
    case.facts.storage_class = StorageClassState::Missing {
        name: "shelf".to_owned(),
    };
    assert_eq!(findings(&case), []);
    case.facts.claim = None;
    assert_eq!(findings(&case), [(About::Storage, "StorageClassMissing")]);
}

#[test]
fn a_published_collection_whose_folder_is_gone_is_found() {
    let case = Case::running(EXISTING_CLAIM, GATEWAY);
    assert_eq!(findings(&case), [], "a new collection waits for its images");
    let case = case.ingested("planos", "aa", "2026-05-01T00:00:00Z");
    assert_eq!(findings(&case), [(About::Collections, "SourceMissing")]);
    assert_eq!(findings(&case.handed_over("planos", "aa")), []);
}

#[test]
fn a_schedule_that_cannot_be_followed_is_found() {
    let mut case = Case::running(FULL, GATEWAY);
    let schedule = case.institution.spec.collections[0]
        .schedule
        .as_mut()
        .unwrap();
    schedule.time_zone = Some("America/Atlantis".to_owned());
    assert!(findings(&case).contains(&(About::Collections, "ScheduleInvalid")));
}
