//! What kubectl answers to YAML that is wrong: the API server itself refuses it, in words that say what
//! to write instead. No operator runs.

use std::sync::LazyLock;

use acervo_tests::{ControlPlane, VALUES, institution};
use anyhow::Result;
use serde_json::{Value, json};

static PLANE: LazyLock<ControlPlane> =
    LazyLock::new(|| ControlPlane::with_chart(VALUES).expect("a control plane"));

/// A change of a good institution, and what the refusal must say.
type Wrong = (&'static str, fn(&mut Value), &'static [&'static str]);

const WRONG: &[Wrong] = &[
    (
        "no name to show",
        |i| i["spec"]["displayName"] = json!({}),
        &["displayName"],
    ),
    (
        "no size",
        |i| i["spec"]["storage"] = json!({}),
        &["spec.storage.size", "Required"],
    ),
    (
        "a size without unit",
        |i| i["spec"]["storage"]["size"] = json!("50 gigas"),
        &["spec.storage.size", "50Gi"],
    ),
    (
        "a reserved name",
        |i| i["metadata"]["name"] = json!("search"),
        &["metadata.name", "search"],
    ),
    (
        "a name that is too long",
        |i| i["metadata"]["name"] = json!("a".repeat(41)),
        &["metadata.name", "40"],
    ),
    (
        "a source that is none",
        |i| i["spec"]["collections"][0]["source"] = json!({}),
        &["spec.collections[0].source", "directory", "s3"],
    ),
    (
        "two sources",
        |i| i["spec"]["collections"][0]["source"]["s3"] = json!({"bucket": "mapas"}),
        &["spec.collections[0].source", "directory", "s3"],
    ),
    (
        "a folder that leads elsewhere",
        |i| i["spec"]["collections"][0]["source"]["directory"] = json!("../otra"),
        &["spec.collections[0].source.directory"],
    ),
    (
        "a reserved collection",
        |i| i["spec"]["collections"][0]["name"] = json!("image"),
        &["spec.collections[0].name", "image"],
    ),
    (
        "the same collection twice",
        |i| {
            let first = i["spec"]["collections"][0].clone();
            i["spec"]["collections"] = json!([first, first]);
        },
        &["Duplicate", "mapas"],
    ),
    (
        "rights that are no address",
        |i| i["spec"]["collections"][0]["rights"] = json!("dominio público"),
        &["spec.collections[0].rights", "http"],
    ),
    (
        "a schedule that is none",
        |i| i["spec"]["collections"][0]["schedule"] = json!({"cron": "every night"}),
        &["spec.collections[0].schedule.cron", "0 3 * * *"],
    ),
    (
        "sixteen hosts",
        |i| {
            let hosts: Vec<_> = (0..16).map(|n| format!("h{n}.example.org")).collect();
            i["spec"]["hostnames"] = json!(hosts);
        },
        &["spec.hostnames", "15"],
    ),
    (
        "a host with a path",
        |i| i["spec"]["hostnames"] = json!(["example.org/mapas"]),
        &["spec.hostnames"],
    ),
    (
        "a field that does not exist",
        |i| i["spec"]["colections"] = json!([]),
        &["colections"],
    ),
    (
        "another deletion policy",
        |i| i["spec"]["deletionPolicy"] = json!("Keep"),
        &["spec.deletionPolicy", "Retain", "Delete"],
    ),
    (
        "nobody who may look in",
        |i| i["spec"]["access"] = json!([{}]),
        &["spec.access[0]", "group", "user"],
    ),
    (
        "two in one entry",
        |i| i["spec"]["access"] = json!([{"group": "staff", "user": "ana"}]),
        &["spec.access[0]", "group", "user"],
    ),
    (
        "everybody",
        |i| i["spec"]["access"] = json!([{"group": "system:authenticated"}]),
        &["spec.access[0].group", "everybody"],
    ),
    (
        "another language",
        |i| i["spec"]["defaultLanguage"] = json!("fr"),
        &["spec.defaultLanguage", "es", "en"],
    ),
];

#[test]
fn wrong_yaml_is_refused_with_a_sentence_that_says_what_to_write() -> Result<()> {
    let kubectl = PLANE.kubectl();
    for (what, change, says) in WRONG {
        let mut yaml = institution("museo");
        change(&mut yaml);
        let answer = kubectl.try_with(&["apply", "--filename", "-"], &yaml.to_string())?;
        assert!(!answer.status.success(), "{what} was accepted");
        for words in *says {
            assert!(
                answer.output.contains(words),
                "{what}: not \"{words}\" in\n{}",
                answer.output
            );
        }
        assert!(kubectl.get(&["inst", "museo"])?.is_none(), "{what}");
    }
    Ok(())
}

#[test]
fn a_volume_never_shrinks_and_the_refusal_speaks_two_languages() -> Result<()> {
    let kubectl = PLANE.kubectl();
    kubectl.apply(&institution("crece").to_string())?;
    let mut larger = institution("crece");
    larger["spec"]["storage"]["size"] = json!("20Gi");
    kubectl.apply(&larger.to_string())?;
    let answer = kubectl.try_with(
        &["apply", "--filename", "-"],
        &institution("crece").to_string(),
    )?;
    assert!(!answer.status.success(), "{}", answer.output);
    for words in ["spec.storage.size", "es: ", "en: ", "20Gi"] {
        assert!(
            answer.output.contains(words),
            "no \"{words}\" in {}",
            answer.output
        );
    }
    Ok(())
}
