//! The rules of ARCHITECTURE.md that a machine can hold: who may know whom, and that the map is of this place.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use acervo_tests::repository;
use anyhow::{Context as _, Result};
use cargo_metadata::{Metadata, MetadataCommand, Package};

/// What each crate may import of this workspace; a crate that is not named here may import nothing.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("acervo-catalogue", &["acervo-record", "acervo-tenancy"]),
    ("acervo-bucket", &["acervo-tenancy"]),
    ("acervo-crds", &["acervo-tenancy"]),
    (
        "acervo-ingest",
        &[
            "acervo-bucket",
            "acervo-catalogue",
            "acervo-page-text",
            "acervo-pixels",
            "acervo-record",
            "acervo-sheet",
            "acervo-tenancy",
            "iiif-spec",
            "tiff-pyramid",
        ],
    ),
    (
        "acervo-fuzz",
        &[
            "acervo-catalogue",
            "acervo-pixels",
            "acervo-record",
            "acervo-tenancy",
            "iiif-spec",
            "jpeg-blocks",
            "tiff-pyramid",
        ],
    ),
    ("acervo-page-text", &["acervo-tenancy"]),
    ("acervo-pages", &["acervo-record", "acervo-tenancy"]),
    ("acervo-record", &["acervo-tenancy"]),
    ("acervo-sheet", &["acervo-record", "acervo-tenancy"]),
    (
        "acervo-pixels",
        &["iiif-spec", "jpeg-blocks", "tiff-pyramid"],
    ),
    ("acervo-operator", &["acervo-crds", "acervo-tenancy"]),
    ("acervo-tests", &["acervo-tenancy"]),
    (
        "acervo",
        &[
            "acervo-bucket",
            "acervo-catalogue",
            "acervo-crds",
            "acervo-ingest",
            "acervo-page-text",
            "acervo-pages",
            "acervo-pixels",
            "acervo-record",
            "acervo-tenancy",
            "iiif-spec",
            "tiff-pyramid",
        ],
    ),
];

/// Crates of others that only some of ours may know, so that each idea has one home.
const KNOWN_ONLY_BY: &[(&str, &[&str])] = &[
    ("axum", &["acervo", "acervo-operator"]),
    ("rusqlite", &["acervo-catalogue"]),
    ("kube", &["acervo-crds", "acervo-load", "acervo-operator"]),
];

/// The crates of the operator, which never meet those of `image-server/`.
const OPERATOR: &str = "acervo-operator";

fn metadata() -> Result<Metadata> {
    Ok(MetadataCommand::new()
        .manifest_path(repository().join("Cargo.toml"))
        .no_deps()
        .other_options(vec!["--offline".to_owned()])
        .exec()?)
}

/// Every (crate, imported crate) of the workspace, development and build imports too.
fn edges(metadata: &Metadata) -> BTreeSet<(String, String)> {
    let imports = |package: &Package| {
        let from = package.name.to_string();
        package
            .dependencies
            .iter()
            .map(move |to| (from.clone(), to.name.clone()))
            .collect::<Vec<_>>()
    };
    metadata
        .workspace_packages()
        .into_iter()
        .flat_map(imports)
        .collect()
}

#[test]
fn a_crate_imports_only_what_the_map_allows() -> Result<()> {
    let metadata = metadata()?;
    let ours: BTreeSet<String> = metadata
        .workspace_packages()
        .iter()
        .map(|package| package.name.to_string())
        .collect();
    let allowed: BTreeMap<&str, &[&str]> = MAY_IMPORT.iter().copied().collect();
    let forbidden: Vec<_> = edges(&metadata)
        .into_iter()
        .filter(|(_, to)| ours.contains(to))
        .filter(|(from, to)| {
            !allowed
                .get(from.as_str())
                .is_some_and(|all| all.contains(&to.as_str()))
        })
        .collect();
    assert!(
        forbidden.is_empty(),
        "imports that ARCHITECTURE.md does not allow: {forbidden:?}"
    );
    Ok(())
}

#[test]
fn axum_sqlite_and_kubernetes_have_one_home_each() -> Result<()> {
    let edges = edges(&metadata()?);
    for (foreign, homes) in KNOWN_ONLY_BY {
        let strangers: Vec<_> = edges
            .iter()
            .filter(|(from, to)| to == foreign && !homes.contains(&from.as_str()))
            .collect();
        assert!(
            strangers.is_empty(),
            "only {homes:?} may import {foreign}: {strangers:?}"
        );
        assert!(
            edges.iter().any(|(_, to)| to == foreign),
            "nobody imports {foreign}: take it out of this test"
        );
    }
    Ok(())
}

#[test]
fn operator_and_image_server_never_import_each_other() -> Result<()> {
    let metadata = metadata()?;
    let image_server: BTreeSet<String> = metadata
        .workspace_packages()
        .iter()
        .filter(|package| package.manifest_path.as_str().contains("/image-server/"))
        .map(|package| package.name.to_string())
        .collect();
    assert!(
        image_server.contains("acervo"),
        "the image server is missing"
    );
    let meetings: Vec<_> = edges(&metadata)
        .into_iter()
        .filter(|(from, to)| {
            (from == OPERATOR && image_server.contains(to))
                || (to == OPERATOR && image_server.contains(from))
        })
        .collect();
    assert!(meetings.is_empty(), "{meetings:?}");
    Ok(())
}

/// The texts between backticks, and the lines of code blocks.
fn code(markdown: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut fenced = false;
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if fenced {
            found.push(line);
        } else {
            found.extend(line.split('`').skip(1).step_by(2));
        }
    }
    found
}

/// The words of a text between backticks that name a file or folder of the work tree: a source file by its
/// ending, anything else by its first folder. Addresses, patterns and files of a volume are none.
fn paths<'t>(span: &'t str, folders: &BTreeSet<String>) -> Vec<&'t str> {
    const SOURCES: [&str; 9] = ["rs", "toml", "md", "mjs", "js", "py", "css", "sh", "yml"];
    span.split_whitespace()
        .map(|word| {
            word.trim_end_matches([',', ';', ':', ')', '.'])
                .trim_start_matches('(')
        })
        .filter(|word| !word.starts_with(['/', '-', '$', '~']) && !word.contains("://"))
        .filter(|word| !word.contains(['{', '<', '*', '(', '=', '"', '…', '|']))
        .filter(|word| {
            let ending = word.rsplit_once('.').map_or("", |(_, ending)| ending);
            let first = word.split('/').next().unwrap_or_default();
            SOURCES.contains(&ending) || (word.contains('/') && folders.contains(first))
        })
        .collect()
}

/// Every file of the work tree that is not ignored, from its root.
fn files() -> Result<Vec<String>> {
    fn collect(root: &Path, at: &Path, into: &mut Vec<String>) -> Result<()> {
        const IGNORED: [&str; 4] = ["target", "node_modules", ".git", "acervo-data"];
        for entry in fs::read_dir(at)? {
            let entry = entry?;
            if IGNORED.iter().any(|name| entry.file_name() == *name) {
                continue;
            }
            if entry.file_type()?.is_dir() {
                collect(root, &entry.path(), into)?;
            } else {
                into.push(
                    entry
                        .path()
                        .strip_prefix(root)?
                        .to_string_lossy()
                        .into_owned(),
                );
            }
        }
        Ok(())
    }
    let mut found = Vec::new();
    collect(repository(), repository(), &mut found)?;
    Ok(found)
}

#[test]
fn every_path_that_the_map_names_exists() -> Result<()> {
    let files = files()?;
    // `operator/` and `charts/` are places of the design: named, they must be there.
    let mut folders: BTreeSet<String> = ["operator".to_owned(), "charts".to_owned()].into();
    folders.extend(
        files
            .iter()
            .filter_map(|file| Some(file.split_once('/')?.0.to_owned())),
    );
    let map =
        fs::read_to_string(repository().join("ARCHITECTURE.md")).context("ARCHITECTURE.md")?;
    let named: Vec<&str> = code(&map)
        .into_iter()
        .flat_map(|span| paths(span, &folders))
        .collect();
    assert!(
        named.len() > 10,
        "the map names {} places: has its form changed?",
        named.len()
    );
    let missing: BTreeSet<_> = named
        .into_iter()
        .filter(|path| {
            let anywhere = format!("/{path}");
            !repository().join(path).exists()
                && (path.contains('/') || !files.iter().any(|file| file.ends_with(&anywhere)))
        })
        .collect();
    assert!(
        missing.is_empty(),
        "ARCHITECTURE.md names what is not there: {missing:?}"
    );
    Ok(())
}

#[test]
fn every_make_target_that_the_readme_names_exists() -> Result<()> {
    let makefile = fs::read_to_string(repository().join("Makefile"))?;
    let targets: BTreeSet<&str> = makefile
        .lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
        .filter_map(|line| Some(line.split_once(':')?.0))
        .collect();
    for document in ["README.md", "ARCHITECTURE.md"] {
        let text = fs::read_to_string(repository().join(document)).context(document)?;
        let named: BTreeSet<&str> = code(&text)
            .into_iter()
            .filter_map(|span| span.trim().strip_prefix("make "))
            .filter_map(|rest| rest.split_whitespace().next())
            .collect();
        let missing: Vec<_> = named
            .iter()
            .filter(|target| !targets.contains(**target))
            .collect();
        assert!(
            missing.is_empty(),
            "{document} names targets that the Makefile lacks: {missing:?}"
        );
        assert!(
            document != "README.md" || (named.contains("run") && named.contains("test")),
            "README.md says neither `make run` nor `make test`"
        );
    }
    Ok(())
}
