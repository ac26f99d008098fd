//! Addresses that institutions published before: whose they are, and what the tenant table keeps.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use acervo_crds::{
    BaseUrl, IiifInstitution, Outcome, PlatformConfig, PlatformPlace, Reason, read, tenant_table,
};
use acervo_tenancy::KeptKind;
use serde_json::{Value, json};

const BY_PATH: Option<&str> = Some("https://iiif.example.org/{institution}");
const BY_HOST: Option<&str> = Some("https://{institution}.iiif.example.org");

/// An institution made at an hour of a day, with `spec.addresses` as given.
fn institution(name: &str, hour: u8, addresses: Value) -> IiifInstitution {
    serde_json::from_value(json!({
        "apiVersion": "acervo.dev/v1alpha1",
        "kind": "IiifInstitution",
        "metadata": {
            "name": name,
            "uid": name,
            "creationTimestamp": format!("2026-01-01T{hour:02}:00:00Z"),
        },
        "spec": {
            "displayName": {"es": name},
            "storage": {"size": "1Gi"},
            "addresses": addresses,
        },
    }))
    .unwrap()
}

fn with_manifest(name: &str, hour: u8, template: &str) -> IiifInstitution {
    institution(name, hour, json!({"manifest": template}))
}

fn table(institutions: &[IiifInstitution], base_url: Option<&str>) -> Outcome {
    let platform = PlatformConfig {
        base_url: base_url.map(|text| text.parse().unwrap()),
        ..PlatformConfig::default()
    };
    tenant_table(institutions, &platform)
}

/// Institution and template of every kept address of manifests.
fn kept(outcome: &Outcome) -> Vec<String> {
    let tenants = outcome.table.tenants.iter();
    let manifests = tenants.filter_map(|t| Some((t.name.as_str(), t.kept.manifest.as_ref()?)));
    manifests
        .map(|(name, template)| format!("{name} {template}"))
        .collect()
}

fn problems(outcome: &Outcome) -> Vec<(&str, &str, Reason)> {
    let problems = outcome.problems.iter();
    problems
        .map(|p| (p.institution.as_str(), p.field.as_str(), p.reason))
        .collect()
}

#[test]
fn what_an_institution_says_of_itself_and_published_before_is_in_the_table() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/good-published.yaml");
    let yaml = std::fs::read_to_string(file).unwrap();
    let archive = read("good-published.yaml", &yaml, &[]).remove(0).unwrap();
    let outcome = table(&[archive], BY_PATH);
    assert_eq!(outcome.problems, []);
    assert_eq!(outcome.table.check(), Ok(()));
    let tenant = &outcome.table.tenants[0];
    insta::assert_json_snapshot!(json!([tenant.kept, tenant.pages, tenant.collections]), @r##"
    [
      {
        "image": "http://imagenes.example.org:8182/IIIF/{version}/archivo-del-puerto/{collection}!{item}!{page}.tif",
        "manifest": "https://imagenes.example.org/iiif/prezi/bdc/archivo-del-puerto/{collection}/{item}/manifest.json"
      },
      {
        "about": {
          "en": "Keeps the papers of the harbour since 1871.",
          "es": "Custodia los papeles del puerto desde 1871.\n\nAbre de lunes a viernes.\n"
        },
        "accent": "#7b1e3a",
        "featured": [
          {
            "collection": "planos",
            "item": "Plano n.º 12"
          },
          {
            "collection": "planos",
            "item": "faro"
          }
        ],
        "logo": "identidad/logo.png"
      },
      [
        {
          "addressName": "BDC_Planos.1",
          "description": {
            "en": "Plans of quays and warehouses.",
            "es": "Planos de muelles y almacenes."
          },
          "label": {
            "es": "Planos"
          },
          "name": "planos",
          "requiredStatement": {
            "en": "Courtesy of the Harbour Archive",
            "es": "Cortesía del Archivo del Puerto"
          }
        }
      ]
    ]
    "##);
}

#[test]
fn institutions_share_a_host_and_each_has_its_own_part_of_it() {
    let shared = "https://h.example.org/iiif/{institution}/{item}";
    let outcome = table(
        &[with_manifest("a", 1, shared), with_manifest("b", 2, shared)],
        BY_PATH,
    );
    assert_eq!(outcome.problems, []);
    assert_eq!(
        kept(&outcome),
        [
            "a https://h.example.org/iiif/a/{item}",
            "b https://h.example.org/iiif/b/{item}"
        ]
    );
}

/// The older claim, and the template that an institution made later asks for.
#[test]
fn a_part_of_a_host_belongs_to_the_older_claim_and_so_does_what_is_below_it() {
    for (older, younger, is_lost) in [
        (
            "h.example.org/iiif/{item}",
            "h.example.org/iiif/{item}/m",
            true,
        ),
        (
            "h.example.org/iiif/{item}",
            "H.example.org/iiif/b/{item}",
            true,
        ),
        (
            "h.example.org/iiif/a/{item}",
            "h.example.org/iiif/{item}",
            false,
        ),
        (
            "h.example.org/iiif/{item}",
            "h.example.org/iiif2/{item}",
            false,
        ),
        (
            "h.example.org/iiif/{item}",
            "h.example.org/IIIF/{item}",
            false,
        ),
        (
            "h.example.org/iiif/{item}",
            "i.example.org/iiif/{item}",
            false,
        ),
    ] {
        let of = |name, hour, text| with_manifest(name, hour, &format!("https://{text}"));
        let institutions = [of("a", 2, younger), of("z", 1, older)];
        let outcome = table(&institutions, BY_PATH);
        let lost = ("a", "spec.addresses.manifest", Reason::AddressClaimed);
        let expected = if is_lost { vec![lost] } else { vec![] };
        assert_eq!(problems(&outcome), expected, "{older} {younger}");
        assert_eq!(kept(&outcome).len(), if is_lost { 1 } else { 2 });
        for problem in &outcome.problems {
            assert!(problem.message.es.contains("«z»") && problem.message.en.contains("\"z\""));
        }
        assert_eq!(
            outcome.table.tenants.len(),
            2,
            "the loser is served all the same"
        );
    }
}

#[test]
fn a_host_of_an_institution_is_all_its_own_but_for_what_was_claimed_before() {
    let template = "https://h.example.org/iiif/{item}";
    for (hour_of_host, lost) in [(1, vec!["b"]), (3, vec![])] {
        let mut owner = institution("a", hour_of_host, json!(null));
        owner.spec.hostnames.push("h.example.org".to_owned());
        let outcome = table(&[owner, with_manifest("b", 2, template)], BY_PATH);
        let losers: Vec<_> = problems(&outcome).iter().map(|p| p.0).collect();
        assert_eq!(losers, lost);
        assert_eq!(outcome.table.tenants[0].addresses.len(), 2);
    }
}

#[test]
fn on_the_platforms_own_host_only_what_is_nobodys_can_be_kept() {
    let other = |base_url, text: &str| {
        let institutions = [
            institution("otra", 9, json!(null)),
            with_manifest("a", 1, text),
        ];
        let outcome = table(&institutions, base_url);
        let mut reasons = outcome.problems.iter().map(|problem| problem.reason);
        (reasons.next(), kept(&outcome).len())
    };
    let (lost, had) = ((Some(Reason::AddressClaimed), 0), (None, 1));
    let below = Some("https://iiif.example.org/x/y/{institution}");
    for (base_url, text, expected) in [
        (BY_PATH, "https://iiif.example.org/prezi/{item}", had),
        (
            BY_PATH,
            "https://iiif.example.org/{institution}/{item}",
            had,
        ),
        (BY_PATH, "https://iiif.example.org/otra/x/{item}", lost),
        (BY_PATH, "https://iiif.example.org/assets/{item}", lost),
        (BY_HOST, "https://iiif.example.org/prezi/{item}", had),
        (BY_HOST, "https://iiif.example.org/livez/{item}", lost),
        (BY_HOST, "https://a.iiif.example.org/x/{item}", had),
        (BY_HOST, "https://otra.iiif.example.org/x/{item}", lost),
        (below, "https://iiif.example.org/x/{item}", lost),
        (below, "https://iiif.example.org/x/y/otra/{item}", lost),
        (below, "https://iiif.example.org/x/z/{item}", had),
        (None, "https://h.example.org/otra/{item}", lost),
        (None, "https://h.example.org/search/{item}", lost),
        (None, "https://h.example.org/iiif/{item}", had),
    ] {
        assert_eq!(other(base_url, text), expected, "{base_url:?} {text}");
    }
    let base_url: BaseUrl = "https://iiif.example.org".parse().unwrap();
    let place = BaseUrl::place(Some(&base_url), "h.example.org", "/otra");
    assert_eq!(place, PlatformPlace::Free);
}

#[test]
fn without_base_url_kept_addresses_follow_the_host_asked_and_differ_by_path() {
    let institutions = [
        with_manifest("a", 1, "https://h.example.org/iiif/{item}"),
        with_manifest("b", 2, "https://i.example.org/iiif/{item}"),
        institution("c", 3, json!({})),
    ];
    let outcome = table(&institutions, None);
    let follow = outcome.table.tenants.iter().map(|t| t.kept.follows_asked);
    assert_eq!(follow.collect::<Vec<_>>(), [true, false, false]);
    let expected = ("b", "spec.addresses.manifest", Reason::AddressClaimed);
    assert_eq!(problems(&outcome), [expected]);
}

#[test]
fn a_template_that_cannot_be_read_costs_only_itself() {
    let addresses = json!({
        "manifest": "https://h.example.org/a/{item}/../m",
        "image": "https://h.example.org/i/{identifier}",
    });
    let outcome = table(&[institution("a", 1, addresses)], BY_PATH);
    let expected = ("a", "spec.addresses.manifest", Reason::AddressInvalid);
    assert_eq!(problems(&outcome), [expected]);
    let kept = &outcome.table.tenants[0].kept;
    assert!(kept.get(KeptKind::Manifest).is_none() && kept.get(KeptKind::Image).is_some());
}

#[test]
fn no_two_collections_are_called_the_same_in_addresses() {
    let mut one = institution("a", 1, json!(null));
    let collection = |name: &str, address_name: Option<&str>| {
        let json = json!({
            "name": name, "addressName": address_name, "source": {"directory": name},
        });
        serde_json::from_value(json).unwrap()
    };
    one.spec.collections = vec![
        collection("mapas", Some("X")),
        collection("planos", Some("X")),
        collection("x", Some("mapas")),
    ];
    let outcome = table(&[one], BY_PATH);
    let expected = (
        "a",
        "spec.collections[1].addressName",
        Reason::AddressInvalid,
    );
    assert_eq!(problems(&outcome), [expected]);
    let collections = outcome.table.tenants[0].collections.iter();
    let names: Vec<_> = collections.map(|c| c.name_in_addresses()).collect();
    assert_eq!(names, ["X", "planos", "mapas"]);
}
