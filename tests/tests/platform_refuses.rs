//! YAML that `acervo platform` refuses: with the file, the field and what to write, in both languages.

use std::time::Duration;

use acervo_tests::{Collection, Finished, Folder, Raster, Server, run_to_end};
use anyhow::Result;

const LIMIT: Duration = Duration::from_secs(60);

/// A whole resource with one collection, and the spec's further lines.
fn resource(name: &str, spec: &str, collection: &str) -> String {
    format!(
        "apiVersion: acervo.dev/v1alpha1\nkind: IiifInstitution\nmetadata: {{name: {name}}}\nspec:\n  \
         displayName: {{es: Biblioteca, en: Library}}\n  storage: {{size: 1Gi}}\n{spec}\n  collections:\n  \
         - name: mapas\n    label: {{es: Mapas, en: Maps}}\n    source: {{directory: mapas}}\n{collection}\n"
    )
}

fn refuse(text: &str) -> Result<Finished> {
    let folder = Folder::new()?;
    folder.yaml("biblioteca", text)?;
    run_to_end(&folder, &[], LIMIT)
}

/// Asserts that the platform ends, and that it says what to do in both languages: each sentence in a line that
/// names the file and the field.
#[track_caller]
fn assert_refused(text: &str, field: &str, es: &str, en: &str) {
    let Finished { status, output } = refuse(text).expect("the platform ends by itself");
    assert!(
        status.code().is_some_and(|code| code != 0),
        "{status}: {output}"
    );
    assert!(!output.contains("panicked"), "{output}");
    for sentence in [es, en] {
        let said = output.lines().any(|line| {
            ["biblioteca.yaml", field, sentence]
                .iter()
                .all(|words| line.contains(words))
        });
        assert!(
            said,
            "no line with biblioteca.yaml, {field} and \"{sentence}\":\n{output}"
        );
    }
}

#[test]
fn an_unknown_plan_is_refused() {
    let text = resource("biblioteca", "  plan: gigantic", "");
    assert_refused(
        &text,
        "plan",
        "«gigantic»; escriba uno de estos",
        "\"gigantic\"; write one of",
    );
}

#[test]
fn a_duplicate_collection_is_refused() {
    let second = "  - {name: mapas, source: {directory: otros}}";
    let text = resource("biblioteca", "", second);
    assert_refused(
        &text,
        "spec.collections[1].name",
        "está repetido",
        "is in the list twice",
    );
}

#[test]
fn a_bad_host_name_is_refused() {
    let text = resource("biblioteca", "  hostnames: [\"Not A Host\"]", "");
    assert_refused(
        &text,
        "spec.hostnames[0]",
        "escriba por ejemplo",
        "write for example",
    );
}

#[test]
fn rights_that_are_no_uri_are_refused() {
    let text = resource("biblioteca", "", "    rights: all of them");
    assert_refused(
        &text,
        "spec.collections[0].rights",
        "escriba por ejemplo http://",
        "write for example http://",
    );
}

#[test]
fn an_unknown_field_is_refused() {
    let text = resource("biblioteca", "  colour: green", "");
    assert_refused(&text, "spec.colour", "quítelo", "remove it");
}

#[test]
fn a_reserved_name_is_refused() {
    assert_refused(
        &resource("metrics", "", ""),
        "metadata.name",
        "escriba otro",
        "write another",
    );
}

#[test]
fn text_that_is_no_yaml_is_refused() {
    assert_refused(
        "kind: [IiifInstitution\n",
        ":1:",
        "no es YAML válido",
        "is not valid YAML",
    );
}

#[test]
fn a_folder_without_institutions_is_refused() -> Result<()> {
    let finished = run_to_end(&Folder::new()?, &[], LIMIT)?;
    assert!(
        finished.status.code().is_some_and(|code| code != 0),
        "{}",
        finished.output
    );
    assert!(
        finished.output.contains(".yaml"),
        "what to write is not said: {}",
        finished.output
    );
    Ok(())
}

#[test]
fn a_good_institution_is_served_beside_a_bad_one_which_is_named() -> Result<()> {
    let folder = Folder::new()?;
    folder.institution(
        "archivo",
        &[Collection {
            name: "fotos",
            es: "Fotos",
            en: "Photographs",
        }],
    )?;
    folder.hand_over(
        "archivo",
        "fotos",
        "calle.jpg",
        &Raster::computed(300, 200, 80).jpeg()?,
    )?;
    folder.yaml(
        "biblioteca",
        &resource("biblioteca", "  plan: gigantic", ""),
    )?;
    let server = Server::start(&folder, &[])?;
    assert_eq!(server.get("/archivo/")?.status, 200);
    assert_eq!(server.get("/biblioteca/")?.status, 404);
    let log = server.log();
    assert!(
        log.contains("biblioteca.yaml") && log.contains("gigantic"),
        "{log}"
    );
    Ok(())
}
