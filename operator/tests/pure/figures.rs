//! The figures: what Prometheus gets is what the documentation explains, and what alarms and dashboard ask for.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use acervo_operator::metrics::{Metrics, Now, OfKind, Outcome, Says, Write};
use serde_json::Value;

/// Everything that has labels, once.
fn text() -> String {
    let metrics = Metrics::default();
    let outcome = Outcome {
        outcome: "ok",
        reason: "ok",
    };
    let write = Write {
        kind: "Service",
        verb: "apply",
    };
    metrics.reconciles.get_or_create(&outcome).inc();
    metrics.writes.get_or_create(&write).inc();
    metrics
        .drift
        .get_or_create(&OfKind { kind: "Service" })
        .inc();
    let says = Says {
        condition: "Ready".to_owned(),
        status: "True".to_owned(),
        reason: "Ready".to_owned(),
    };
    let now = Now {
        institutions: BTreeMap::from([(says, 3)]),
        upgrades: [("waiting", 1), ("moving", 2), ("stuck", 0)],
        ingests: [("running", 1), ("waiting", 2)],
        ..Now::default()
    };
    metrics.text(&now).unwrap()
}

/// The names of all series, and of their labels.
fn series() -> (BTreeSet<String>, BTreeSet<String>) {
    let text = text();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let (mut names, mut labels) = (BTreeSet::new(), BTreeSet::new());
    for line in lines {
        let (series, _) = line.rsplit_once(' ').unwrap();
        let (name, within) = series.split_once('{').unwrap_or((series, ""));
        names.insert(name.to_owned());
        let pairs = within.trim_end_matches('}').split(',');
        labels.extend(pairs.filter_map(|pair| Some(pair.split_once('=')?.0.to_owned())));
    }
    (names, labels)
}

fn file(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::read_to_string(root.join(path)).unwrap()
}

/// The words in a text that are names of figures of ours.
fn named(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| word.starts_with("acervo_"))
        .map(str::to_owned)
        .collect()
}

/// What a histogram is called, of which only its parts are series.
fn whole(name: &str) -> &str {
    let parts = ["_bucket", "_sum", "_count"];
    parts
        .into_iter()
        .find_map(|part| name.strip_suffix(part))
        .unwrap_or(name)
}

#[test]
fn no_label_names_an_institution_and_each_is_one_of_a_few() {
    let (_, labels) = series();
    let known = [
        "condition",
        "kind",
        "le",
        "outcome",
        "reason",
        "state",
        "status",
        "verb",
    ];
    let known: BTreeSet<_> = known.into_iter().map(str::to_owned).collect();
    assert_eq!(labels, known);
}

#[test]
fn every_figure_is_explained() {
    let (names, _) = series();
    for page in ["docs/operations.md", "docs/operaciones.md"] {
        let explained = named(&file(page));
        for name in &names {
            assert!(
                explained.contains(whole(name)),
                "{page} says nothing of {name}"
            );
        }
        let ours = explained
            .iter()
            .filter(|name| name.starts_with("acervo_operator_"));
        for name in ours {
            let is_there = names.iter().any(|there| whole(there) == whole(name));
            assert!(is_there, "{page} explains {name}, which does not exist");
        }
    }
}

#[test]
fn alarms_and_dashboard_ask_for_what_is_there() {
    let (names, _) = series();
    let of_servers = named(&file("docs/operations.md"));
    let dashboard: Value =
        serde_json::from_str(&file("charts/acervo/files/dashboard.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let targets = panels
        .iter()
        .filter_map(|panel| panel["targets"].as_array());
    let mut expressions: Vec<String> = targets
        .flatten()
        .map(|target| target["expr"].as_str().unwrap().to_owned())
        .collect();
    assert!(expressions.len() > 15);
    let alarms: Value = serde_saphyr::from_str(&file("charts/acervo/files/alarms.yaml")).unwrap();
    let rules = alarms["groups"][0]["rules"].as_array().unwrap();
    expressions.extend(
        rules
            .iter()
            .map(|rule| rule["expr"].as_str().unwrap().to_owned()),
    );
    for expression in &expressions {
        let asked = named(expression);
        assert!(!asked.is_empty(), "{expression}");
        for name in asked {
            let exists = if name.starts_with("acervo_operator_") {
                names.contains(&name)
            } else {
                of_servers.contains(&name)
            };
            assert!(exists, "{expression}");
        }
        for (open, close) in [('(', ')'), ('{', '}'), ('[', ']')] {
            let count = |of| expression.matches(of).count();
            assert_eq!(count(open), count(close), "{expression}");
        }
    }
}

#[test]
fn every_alarm_says_what_it_is_and_the_documentation_what_to_do() {
    let alarms: Value = serde_saphyr::from_str(&file("charts/acervo/files/alarms.yaml")).unwrap();
    let rules = alarms["groups"][0]["rules"].as_array().unwrap();
    assert!(rules.len() > 5);
    for rule in rules {
        let name = rule["alert"].as_str().unwrap();
        for text in ["summary", "description"] {
            assert!(
                rule["annotations"][text].as_str().unwrap().len() > 10,
                "{name}"
            );
        }
        let severity = rule["labels"]["severity"].as_str().unwrap();
        assert!(["critical", "warning"].contains(&severity), "{name}");
        for page in ["docs/operations.md", "docs/operaciones.md"] {
            assert!(
                file(page).contains(&format!("| `{name}` |")),
                "{page}: {name}"
            );
        }
    }
}
