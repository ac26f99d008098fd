//! Every document of the examples, read by @iiif/parser, the library that viewers read documents with.

use acervo_tests::{
    Document, Documents, Folder, Server, example_institutions, examples, parse_presentation,
};
use anyhow::Result;

#[test]
fn nothing_is_to_be_fixed_in_any_document_and_the_older_ones_say_the_same() -> Result<()> {
    let folder = Folder::of(&examples())?;
    let server = Server::start(&folder, &[])?;
    for institution in example_institutions()? {
        let documents = Documents::walk(&server, server.base(), &institution)?;
        let whole = documents.collections().chain(documents.manifests());
        let addresses: Vec<String> = whole.map(|one: &Document| server.url(&one.path)).collect();
        let verdict = parse_presentation(&addresses)?;
        assert!(verdict.good, "{institution}:\n{}", verdict.text);
    }
    Ok(())
}

#[test]
fn what_is_to_be_fixed_is_found() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut paths = Vec::new();
    for (name, change) in [
        ("good", ("unchanged", "unchanged")),
        ("label", ("{\"none\":[\"Mapa\"]}", "\"Mapa\"")),
        ("behaviour", ("[\"paged\"]", "\"paged\"")),
        ("rights", ("http://creative", "https://creative")),
        (
            "part",
            (
                "example.org/canvas/1\",\"type\":\"Canvas\"}]",
                "example.org/canvas/2\",\"type\":\"Canvas\"}]",
            ),
        ),
    ] {
        let text = MANIFEST.replace(change.0, change.1);
        let path = folder.path().join(format!("{name}.json"));
        std::fs::write(&path, text)?;
        paths.push(path.to_string_lossy().into_owned());
    }
    let verdict = parse_presentation(&paths)?;
    assert!(!verdict.good);
    for (n, path) in paths.iter().enumerate() {
        assert_eq!(
            verdict.text.contains(path),
            n > 0,
            "{path}\n{}",
            verdict.text
        );
    }
    Ok(())
}

/// A manifest of one page and one part.
const MANIFEST: &str = r#"{"@context":"http://iiif.io/api/presentation/3/context.json",
"id":"http://example.org/manifest.json","type":"Manifest","label":{"none":["Mapa"]},"behavior":["paged"],
"rights":"http://creativecommons.org/publicdomain/mark/1.0/",
"items":[{"id":"http://example.org/canvas/1","type":"Canvas","label":{"none":["1"]},"width":10,"height":10,"items":[]}],
"structures":[{"id":"http://example.org/range/1","type":"Range","label":{"none":["Parte"]},
"items":[{"id":"http://example.org/canvas/1","type":"Canvas"}]}]}"#;
