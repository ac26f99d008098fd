//! What the pages in `docs/` promise to list, they list: every code of a refusal or a note, in both languages.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use acervo_tests::repository;
use anyhow::{Context as _, Result};

/// The pages that list all codes.
const PAGES: [&str; 2] = ["docs/refusals.md", "docs/rechazos.md"];

/// Places that have codes; if one is not found, this test looks for codes in the wrong way.
const KNOWN: [&str; 6] = [
    "image-server/bucket/src/error.rs",
    "image-server/ingest/src/refusal.rs",
    "image-server/page-text/src/error.rs",
    "image-server/server/src/receive/refusal.rs",
    "image-server/sheet/src/error.rs",
    "image-server/sheet/src/note.rs",
];

/// Whether a text is written as codes are: words of small letters, joined by hyphens.
fn is_code(text: &str) -> bool {
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    !text.is_empty() && text.split('-').all(is_word)
}

/// The codes in the text of a source file: the strings in methods `fn code(…self) -> &'static str`.
fn codes_of(source: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut end = None;
    for line in source.lines() {
        let indent = line.len() - line.trim_start().len();
        if line.contains("fn code(") && line.contains("self) -> &'static str {") {
            end = Some(indent);
        } else if end == Some(indent) && line.trim() == "}" {
            end = None;
        } else if end.is_some() {
            let strings = line.split('"').skip(1).step_by(2);
            found.extend(strings.filter(|text| is_code(text)).map(String::from));
        }
    }
    found
}

/// Every Rust file below `at`, but for tests, examples and what was built.
fn sources(at: &Path, into: &mut Vec<PathBuf>) -> Result<()> {
    const OTHERS: [&str; 4] = ["target", "node_modules", "tests", "examples"];
    for entry in fs::read_dir(at)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            if !OTHERS.iter().any(|name| entry.file_name() == *name) {
                sources(&entry.path(), into)?;
            }
        } else if entry
            .path()
            .extension()
            .is_some_and(|ending| ending == "rs")
        {
            into.push(entry.path());
        }
    }
    Ok(())
}

/// The codes of every source file that has some, by its path.
fn codes() -> Result<BTreeMap<String, BTreeSet<String>>> {
    let mut files = Vec::new();
    sources(&repository().join("image-server"), &mut files)?;
    let mut all = BTreeMap::new();
    for file in files {
        let found = codes_of(&fs::read_to_string(&file)?);
        if !found.is_empty() {
            let path = file.strip_prefix(repository())?;
            all.insert(path.to_string_lossy().into_owned(), found);
        }
    }
    Ok(all)
}

/// The codes that a page lists: the first cells of its tables that begin with a code between backticks.
fn listed(page: &str) -> BTreeSet<String> {
    let cells = page.lines().filter_map(|line| line.strip_prefix("| `"));
    let first = cells.filter_map(|rest| rest.split('`').next());
    first
        .filter(|text| is_code(text))
        .map(String::from)
        .collect()
}

#[test]
fn every_code_is_explained_in_both_languages_and_no_other() -> Result<()> {
    let codes = codes()?;
    for path in KNOWN {
        assert!(codes.contains_key(path), "no code was found in {path}");
    }
    let all: BTreeSet<String> = codes.values().flatten().cloned().collect();
    for path in PAGES {
        let page = fs::read_to_string(repository().join(path)).context(path)?;
        let listed = listed(&page);
        let missing: Vec<_> = all.difference(&listed).collect();
        assert!(missing.is_empty(), "{path} does not explain {missing:?}");
        let unknown: Vec<_> = listed.difference(&all).collect();
        assert!(
            unknown.is_empty(),
            "{path} explains codes that nothing has: {unknown:?}"
        );
    }
    Ok(())
}

#[test]
fn codes_are_found_however_a_method_is_written() {
    let source = "
impl A {
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::One => \"one-thing\",
            Self::Io(error) if is_full(error) => \"disk-full\",
            Self::Other => Other::Two.code(),
        }
    }

    fn word(self) -> &'static str {
        \"no-code\"
    }
}

impl B {
    pub(super) fn code(self) -> &'static str {
        \"link\"
    }
}
";
    let found: Vec<String> = codes_of(source).into_iter().collect();
    assert_eq!(found, ["disk-full", "link", "one-thing"]);
}
