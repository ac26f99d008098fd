//! What is refused and what is not, file by file.
//!
//! A file `fixtures/good-*.yaml` is accepted whole. A file `fixtures/bad-*.yaml` is refused for exactly
//! the faults in its comments, `# expect: KIND LINE FIELD` each (`-` is the document as a whole);
//! `# previous: FILE` names the file with what was there before.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};

use acervo_crds::{FaultKind, IiifInstitution, Refused, crd_yaml, read};
use acervo_tenancy::Language;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn fixture(name: &str) -> String {
    std::fs::read_to_string(fixtures().join(name)).unwrap()
}

fn names(prefix: &str) -> Vec<String> {
    let entries = std::fs::read_dir(fixtures()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name.starts_with(prefix)).collect();
    names.sort();
    assert!(!names.is_empty(), "there are fixtures {prefix}*");
    names
}

fn accepted(name: &str) -> Vec<IiifInstitution> {
    read(name, &fixture(name), &[])
        .into_iter()
        .map(|read| read.unwrap())
        .collect()
}

fn comments<'t>(text: &'t str, key: &str) -> Vec<&'t str> {
    let lines = text
        .lines()
        .filter_map(|line| line.strip_prefix("# ")?.strip_prefix(key));
    lines.map(|rest| rest.trim_start_matches(": ")).collect()
}

fn refused(name: &str) -> Refused {
    let text = fixture(name);
    let previous: Vec<_> = comments(&text, "previous")
        .into_iter()
        .flat_map(accepted)
        .collect();
    let mut read = read(name, &text, &previous);
    assert_eq!(read.len(), 1, "{name} has one document");
    read.remove(0).expect_err(name)
}

#[test]
fn good_files_are_accepted() {
    for name in names("good-") {
        assert!(!accepted(&name).is_empty(), "{name}");
    }
}

#[test]
fn bad_files_are_refused_for_what_is_wrong_in_them_at_its_line() {
    let mut wrong = Vec::new();
    for name in names("bad-") {
        let found = refused(&name).faults.into_iter().map(|fault| {
            let kind = serde_json::to_value(fault.kind).unwrap();
            let line = fault.line.map_or("-".to_owned(), |line| line.to_string());
            let field = if fault.field.is_empty() {
                "-"
            } else {
                &fault.field
            };
            format!("{} {line} {field}", kind.as_str().unwrap())
        });
        let mut found: Vec<_> = found.collect();
        found.sort();
        let text = fixture(&name);
        let mut expected = comments(&text, "expect");
        expected.sort_unstable();
        if found != expected {
            wrong.push(format!("{name}: {found:#?} rather than {expected:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_refusal_says_something_in_each_language() {
    for name in names("bad-") {
        for fault in refused(&name).faults {
            let message = &fault.message;
            assert!(
                !message.es.is_empty() && !message.en.is_empty(),
                "{name}: {fault:?}"
            );
            assert_ne!(message.es, message.en, "{name}: {fault:?}");
            assert!(
                !message.en.contains("CEL") && !message.en.contains("rule"),
                "{name}: {fault:?}"
            );
        }
    }
}

#[test]
fn a_bad_document_does_not_hide_the_good_ones_beside_it() {
    let text = format!(
        "{}---\n{}",
        fixture("bad-rights.yaml"),
        fixture("good-least.yaml")
    );
    let read = read("todas.yaml", &text, &[]);
    assert_eq!(
        read.iter().map(Result::is_ok).collect::<Vec<_>>(),
        [false, true, true]
    );
    let refused = read[0].as_ref().unwrap_err();
    assert_eq!(
        (refused.document, refused.institution.as_deref()),
        (1, Some("biblioteca-sur"))
    );
}

#[test]
fn storage_may_stay_or_grow_in_any_unit() {
    let previous = accepted("good-library.yaml");
    for size in ["50Gi", "51200Mi", "54G", "1Ti", "0.5Ti"] {
        let text = fixture("good-library.yaml").replace("50Gi", size);
        assert!(read("f", &text, &previous)[0].is_ok(), "{size}");
    }
}

#[test]
fn storage_of_another_institution_does_not_matter() {
    let text = fixture("bad-storage-shrinks.yaml").replace("biblioteca-sur", "archivo-norte");
    assert!(read("f", &text, &accepted("good-library.yaml"))[0].is_ok());
}

#[test]
fn what_is_left_out_gets_its_default() {
    let least = &accepted("good-least.yaml")[0];
    let json = serde_json::to_value(&least.spec).unwrap();
    insta::assert_json_snapshot!(json, @r#"
    {
      "defaultLanguage": "es",
      "deletionPolicy": "Retain",
      "displayName": {
        "es": "Archivo"
      },
      "plan": "small",
      "storage": {
        "accessMode": "ReadWriteOnce",
        "size": "1.5Ti"
      },
      "suspend": false
    }
    "#);
}

#[test]
fn what_was_accepted_is_accepted_again_when_written_out() {
    for name in names("good-") {
        for institution in accepted(&name) {
            let yaml = serde_saphyr::to_string(&institution).unwrap();
            assert_eq!(
                read(&name, &yaml, std::slice::from_ref(&institution)),
                [Ok(institution)]
            );
        }
    }
}

#[test]
fn the_status_in_a_file_is_ignored_but_its_unknown_fields_are_not() {
    let good = fixture("good-library.yaml");
    let with = |status: &str| read("f", &format!("{good}status: {status}\n"), &[]).remove(0);
    assert_eq!(with("{url: 7}").unwrap().status, None);
    let refused = with("{adress: x}").unwrap_err();
    assert_eq!(refused.faults[0].kind, FaultKind::UnknownField);
}

#[test]
fn a_report_names_file_line_institution_and_field_in_both_languages() {
    let refused = refused("bad-both-sources.yaml");
    insta::assert_snapshot!(refused.report(Language::Es), @"bad-both-sources.yaml:9: biblioteca-sur: spec.collections[0].source: una colección tiene exactamente un origen; escriba solo directory o solo s3, por ejemplo source: {directory: mapas}");
    insta::assert_snapshot!(refused, @"bad-both-sources.yaml:9: biblioteca-sur: spec.collections[0].source: a collection has exactly one source; write only directory or only s3, for example source: {directory: maps}");
}

#[test]
fn the_committed_definition_is_current() {
    let path = "generated/iiifinstitutions.acervo.dev.yaml";
    let committed = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
    assert!(
        committed.unwrap_or_default() == crd_yaml(),
        "crds/{path} is not current; run: cargo run -p acervo-crds --bin crdgen > crds/{path}"
    );
}

#[test]
fn the_definition_as_yaml_is_the_definition() {
    let json: serde_json::Value = serde_saphyr::from_str(&crd_yaml()).unwrap();
    assert_eq!(json, serde_json::to_value(acervo_crds::crd()).unwrap());
}

/// The API server refuses a rule that it cannot compile, or whose price it cannot bound.
#[test]
fn every_rule_compiles_and_stays_within_its_price() {
    use kube::core::cel::{compile_schema, estimate_rule_cost};
    fn check(compiled: &kube::core::cel::CompiledSchema, path: &str, count: &mut usize) {
        assert!(
            !compiled.has_errors(),
            "{path}: {:?}",
            compiled.compilation_errors()
        );
        for rule in compiled.validations.iter().flatten() {
            *count += 1;
            let warnings = estimate_rule_cost(&rule.rule.rule, compiled);
            assert_eq!(warnings, [], "{path}: {}", rule.rule.rule);
        }
        for (name, child) in &compiled.properties {
            check(child, &format!("{path}.{name}"), count);
        }
        for child in compiled.items.iter().chain(&compiled.additional_properties) {
            check(child, &format!("{path}[]"), count);
        }
    }
    let version = &acervo_crds::crd().spec.versions[0];
    let schema = serde_json::to_value(&version.schema).unwrap();
    let mut count = 0;
    check(&compile_schema(&schema["openAPIV3Schema"]), "", &mut count);
    assert!(count > 20, "the rules are in the schema, not {count}");
}
