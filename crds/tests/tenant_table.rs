//! From institutions and platform configuration to the tenant table.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use acervo_crds::images::Images;
use acervo_crds::{IiifInstitution, Outcome, PlatformConfig, Reason, read, tenant_table};
use acervo_tenancy::{Address, TenantTable};
use serde_json::json;

/// An institution as the cluster has it: `age` is the hour at which it was made, or none.
fn institution(name: &str, age: Option<u8>, uid: &str, hostnames: &[&str]) -> IiifInstitution {
    let mut metadata = json!({"name": name, "uid": uid});
    if let Some(hour) = age {
        metadata["creationTimestamp"] = json!(format!("2026-01-01T{hour:02}:00:00Z"));
    }
    serde_json::from_value(json!({
        "apiVersion": "acervo.dev/v1alpha1",
        "kind": "IiifInstitution",
        "metadata": metadata,
        "spec": {
            "displayName": {"es": name},
            "storage": {"size": "1Gi"},
            "hostnames": hostnames,
        },
    }))
    .unwrap()
}

fn platform(base_url: Option<&str>) -> PlatformConfig {
    PlatformConfig {
        base_url: base_url.map(|text| text.parse().unwrap()),
        ..Default::default()
    }
}

fn names(table: &TenantTable) -> Vec<&str> {
    table
        .tenants
        .iter()
        .map(|tenant| tenant.name.as_str())
        .collect()
}

fn addresses<'t>(table: &'t TenantTable, name: &str) -> &'t [Address] {
    let tenant = table
        .tenants
        .iter()
        .find(|tenant| tenant.name.as_str() == name)
        .unwrap();
    &tenant.addresses
}

fn problems(outcome: &Outcome) -> Vec<(&str, &str, Reason)> {
    let problems = outcome.problems.iter();
    problems
        .map(|p| (p.institution.as_str(), p.field.as_str(), p.reason))
        .collect()
}

fn hosts(table: &TenantTable, name: &str) -> Vec<String> {
    addresses(table, name)
        .iter()
        .skip(1)
        .filter_map(|address| address.host.clone())
        .collect()
}

#[test]
fn a_library_becomes_a_tenant() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/good-library.yaml");
    let yaml = std::fs::read_to_string(file).unwrap();
    let library = read("good-library.yaml", &yaml, &[]).remove(0).unwrap();
    let outcome = tenant_table(&[library], &platform(Some("https://iiif.example.org")));
    assert_eq!(outcome.problems, []);
    assert_eq!(outcome.table.check(), Ok(()));
    insta::assert_json_snapshot!(outcome.table, @r#"
    {
      "version": 3,
      "language": "es",
      "listsInstitutions": false,
      "tenants": [
        {
          "name": "biblioteca-sur",
          "displayName": {
            "en": "Southern Library",
            "es": "Biblioteca del Sur"
          },
          "homepage": "https://www.example.org/?lang=es",
          "defaultLanguage": "es",
          "addresses": [
            {
              "host": "iiif.example.org",
              "origin": "https://iiif.example.org",
              "prefix": "/biblioteca-sur"
            },
            {
              "host": "biblioteca.example.org",
              "origin": "https://biblioteca.example.org"
            },
            {
              "host": "mapas.example.org",
              "origin": "https://mapas.example.org"
            }
          ],
          "images": {
            "limits": {
              "maxArea": 50000000
            },
            "upscaling": false,
            "maxAge": 86400
          },
          "suspended": false,
          "collections": [
            {
              "name": "mapas",
              "label": {
                "en": "Maps and plans",
                "es": "Mapas y planos",
                "pt-BR": "Mapas"
              },
              "rights": "http://rightsstatements.org/vocab/NoC-OKLR/1.0/"
            },
            {
              "name": "fotografias",
              "label": {
                "und": "fotografias"
              },
              "rights": "http://creativecommons.org/licenses/by/4.0/"
            }
          ]
        }
      ]
    }
    "#);
}

#[test]
fn the_table_without_base_url_follows_the_host_asked() {
    let outcome = tenant_table(
        &[institution("archivo", None, "", &["archivo.example.org"])],
        &PlatformConfig {
            lists_institutions: true,
            ..platform(None)
        },
    );
    assert!(outcome.table.lists_institutions);
    let path_form = Address {
        host: None,
        origin: None,
        prefix: "/archivo".to_owned(),
    };
    let host = Some("archivo.example.org".to_owned());
    let own_host = Address {
        host,
        origin: None,
        prefix: String::new(),
    };
    assert_eq!(addresses(&outcome.table, "archivo"), [path_form, own_host]);
}

#[test]
fn own_hosts_have_scheme_and_port_of_the_base_url() {
    let institutions = [institution("archivo", None, "", &["archivo.example.org"])];
    let platform = platform(Some("https://{institution}.iiif.example.net:8443"));
    let outcome = tenant_table(&institutions, &platform);
    let origins = addresses(&outcome.table, "archivo")
        .iter()
        .map(|a| a.origin.as_deref());
    assert_eq!(
        origins.collect::<Vec<_>>(),
        [
            Some("https://archivo.iiif.example.net:8443"),
            Some("https://archivo.example.org:8443")
        ]
    );
}

#[test]
fn tenants_are_in_the_order_of_their_names() {
    let institutions = ["c", "a", "b"].map(|name| institution(name, None, "", &[]));
    assert_eq!(
        names(&tenant_table(&institutions, &platform(None)).table),
        ["a", "b", "c"]
    );
}

#[test]
fn an_unknown_plan_leaves_out_that_institution_only_and_names_the_plans() {
    let mut institutions = ["a", "b"].map(|name| institution(name, None, "", &[]));
    institutions[0].spec.plan = "enorme".to_owned();
    let outcome = tenant_table(&institutions, &platform(None));
    assert_eq!(names(&outcome.table), ["b"]);
    assert_eq!(
        problems(&outcome),
        [("a", "spec.plan", Reason::UnknownPlan)]
    );
    let message = &outcome.problems[0].message;
    for text in [&message.es, &message.en] {
        assert!(
            text.contains("enorme") && text.contains("large, medium, small"),
            "{text}"
        );
    }
}

#[test]
fn an_institution_with_an_unknown_plan_keeps_its_hosts() {
    let host = ["a.example.org"];
    let mut older = institution("a", Some(1), "", &host);
    older.spec.plan = "enorme".to_owned();
    let outcome = tenant_table(
        &[older, institution("b", Some(2), "", &host)],
        &platform(None),
    );
    assert_eq!(hosts(&outcome.table, "b"), Vec::<String>::new());
}

/// The older claim wins: by creation time, then UID, then name; the newest are those not yet made.
#[test]
fn a_host_belongs_to_the_older_claim_and_the_loser_keeps_the_rest() {
    let of = |name, age, uid| institution(name, age, uid, &["shared.example.org"]);
    for (winner, loser) in [
        (of("z", Some(1), "9"), of("a", Some(2), "1")),
        (of("z", Some(1), "1"), of("a", Some(1), "2")),
        (of("a", Some(1), "1"), of("z", Some(1), "1")),
        (of("z", Some(1), "9"), of("a", None, "1")),
        (of("a", None, ""), of("z", None, "")),
    ] {
        let name = |of: &IiifInstitution| of.metadata.name.clone().unwrap();
        let (winner_name, loser_name) = (name(&winner), name(&loser));
        let mut loser = loser;
        loser.spec.hostnames.push("own.example.org".to_owned());
        for institutions in [[winner.clone(), loser.clone()], [loser, winner]] {
            let outcome = tenant_table(&institutions, &platform(None));
            assert_eq!(hosts(&outcome.table, &winner_name), ["shared.example.org"]);
            assert_eq!(hosts(&outcome.table, &loser_name), ["own.example.org"]);
            let expected = (
                loser_name.as_str(),
                "spec.hostnames[0]",
                Reason::HostnameClaimed,
            );
            assert_eq!(problems(&outcome), [expected]);
            let message = &outcome.problems[0].message;
            assert!(
                message.es.contains(&format!("«{winner_name}»")),
                "{}",
                message.es
            );
        }
    }
}

#[test]
fn hosts_of_the_platform_cannot_be_claimed() {
    for (base_url, host, taken) in [
        (
            "https://iiif.example.org/{institution}",
            "iiif.example.org",
            true,
        ),
        (
            "https://{institution}.iiif.example.org",
            "otra.iiif.example.org",
            true,
        ),
        (
            "https://{institution}.iiif.example.org",
            "iiif.example.org",
            true,
        ),
        (
            "https://iiif.example.org/{institution}",
            "otra.iiif.example.org",
            false,
        ),
    ] {
        let institutions = [institution("a", None, "", &[host])];
        let outcome = tenant_table(&institutions, &platform(Some(base_url)));
        assert_eq!(
            hosts(&outcome.table, "a").is_empty(),
            taken,
            "{base_url} {host}"
        );
        let expected = ("a", "spec.hostnames[0]", Reason::HostnameOfPlatform);
        let expected = if taken { vec![expected] } else { vec![] };
        assert_eq!(problems(&outcome), expected, "{base_url} {host}");
    }
}

#[test]
fn of_two_institutions_with_one_name_the_older_is_served() {
    let institutions = [
        institution("a", Some(2), "", &["new.example.org"]),
        institution("a", Some(1), "", &["old.example.org"]),
    ];
    let outcome = tenant_table(&institutions, &platform(None));
    assert_eq!(hosts(&outcome.table, "a"), ["old.example.org"]);
    assert_eq!(
        problems(&outcome),
        [("a", "metadata.name", Reason::DuplicateInstitution)]
    );
}

#[test]
fn a_name_that_is_none_is_a_problem_and_no_panic() {
    let institutions = [institution("Biblioteca Sur", None, "", &[])];
    let outcome = tenant_table(&institutions, &platform(None));
    assert_eq!(names(&outcome.table), Vec::<&str>::new());
    assert_eq!(
        problems(&outcome),
        [("Biblioteca Sur", "metadata.name", Reason::InvalidName)]
    );
}

#[test]
fn a_reason_is_written_as_its_name() {
    let institutions = [institution("Biblioteca Sur", None, "", &[])];
    let problem = &tenant_table(&institutions, &platform(None)).problems[0];
    assert_eq!(problem.reason.to_string(), "InvalidName");
    assert_eq!(
        serde_json::to_value(problem).unwrap()["reason"],
        "InvalidName"
    );
}

#[test]
fn an_institution_lowers_the_limits_of_its_plan_and_never_raises_them() {
    let mut wanted = institution("a", None, "", &[]);
    let images = |institution: &IiifInstitution| {
        let outcome = tenant_table(std::slice::from_ref(institution), &platform(None));
        let images = outcome.table.tenants[0].images;
        let limits = images.limits;
        (
            (limits.max_width, limits.max_height, limits.max_area),
            images.upscaling,
            images.max_age,
        )
    };
    // The plan `small` allows 50 megapixels.
    let plan = Some(50_000_000);
    assert_eq!(images(&wanted), ((None, None, plan), false, 86_400));
    wanted.spec.images = Some(Images {
        max_width: Some(3000),
        max_area: Some(4_000_000),
        upscaling: true,
        max_age: Some(0),
        ..Images::default()
    });
    let lower = ((Some(3000), None, Some(4_000_000)), true, 0);
    assert_eq!(images(&wanted), lower);
    wanted.spec.images = Some(Images {
        max_area: Some(4_000_000_000),
        ..Images::default()
    });
    assert_eq!(images(&wanted), ((None, None, plan), false, 86_400));
}

#[test]
fn a_configuration_is_read_with_its_plans_and_refused_with_unknown_fields() {
    let read = |yaml: &str| serde_saphyr::from_str::<PlatformConfig>(yaml);
    assert_eq!(read("{}").unwrap(), PlatformConfig::default());
    let config = read(concat!(
        "baseUrl: https://{institution}.iiif.example.org\n",
        "language: en\n",
        "plans: {gratis: {limits: {maxArea: 4000000}}}\n",
    ))
    .unwrap();
    assert_eq!(config.plans["gratis"].limits.max_area, Some(4_000_000));
    assert_eq!(config.plans.len(), 1);
    for wrong in [
        "baseURL: x",
        "baseUrl: example.org",
        "language: fr",
        "plans: {a: {limit: {}}}",
    ] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
}
