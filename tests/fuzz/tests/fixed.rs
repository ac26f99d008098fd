//! A fixed number of hostile bytes for every target, the same at every run.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use acervo_fuzz::{Mutator, TARGETS, Target, target};

/// What the mutations begin with.
const NUMBER: u64 = 0x9e37_79b9_7f4a_7c15;

/// Runs one input; one that breaks a parser is kept in a file.
fn run(target: &Target, what: &str, bytes: &[u8]) {
    if catch_unwind(AssertUnwindSafe(|| (target.run)(bytes))).is_err() {
        let path = std::env::temp_dir().join(format!("acervo-fuzz-{}", target.name));
        fs::write(&path, bytes).unwrap();
        panic!(
            "{}: {what} (number {NUMBER:#x}) breaks it; the input is in {}",
            target.name,
            path.display()
        );
    }
}

fn seeds_and_mutations(name: &str) {
    let target = target(name).unwrap();
    let seeds = (target.seeds)();
    for (at, seed) in seeds.iter().enumerate() {
        run(target, &format!("seed {at}"), seed);
    }
    let mut mutator = Mutator::new(NUMBER);
    for execution in 0..target.executions {
        let bytes = mutator.mutated(&seeds);
        run(target, &format!("execution {execution}"), &bytes);
    }
}

#[test]
fn image_requests_mean_the_same_when_they_are_written_again() {
    seeds_and_mutations("url");
}

#[test]
fn identifiers_are_harmless_or_refused() {
    seeds_and_mutations("identifier");
}

#[test]
fn tiles_of_damaged_pyramids_lie_within_the_file() {
    seeds_and_mutations("pyramid");
}

#[test]
fn damaged_tiles_give_an_error_or_the_size_asked() {
    seeds_and_mutations("render");
}

#[test]
fn damaged_sources_give_an_error_or_a_pyramid() {
    seeds_and_mutations("source");
}

#[test]
fn damaged_catalogues_answer_with_errors() {
    seeds_and_mutations("catalogue");
}

/// The files of `regressions`, which are in folders by class of attack.
fn regressions() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions");
    let classes = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let mut files: Vec<PathBuf> = classes
        .filter(|entry| entry.file_type().unwrap().is_dir())
        .flat_map(|class| fs::read_dir(class.path()).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

#[test]
fn known_attacks_break_nothing() {
    let files = regressions();
    assert!(!files.is_empty(), "no files in regressions");
    for file in files {
        let bytes = fs::read(&file).unwrap();
        for target in TARGETS {
            run(target, &file.display().to_string(), &bytes);
        }
    }
}

#[test]
fn every_known_attack_is_explained() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions");
    let text = fs::read_to_string(folder.join("README.md")).unwrap();
    for file in regressions() {
        let name = file.strip_prefix(&folder).unwrap().display().to_string();
        assert!(
            text.contains(&format!("`{name}`")),
            "{name} is not explained"
        );
    }
}
