//! Programs and places outside this crate.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::{env, fs, thread};

use anyhow::{Context as _, Result, bail};

/// The root of the work tree.
///
/// # Panics
/// If this crate does not lie in a folder, which cannot be.
#[must_use]
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the crate lies in the work tree")
}

/// The folder of the example institutions.
#[must_use]
pub fn examples() -> PathBuf {
    repository().join("examples")
}

/// The names of the example institutions, which are those of their YAML files.
///
/// # Errors
/// If the folder cannot be read.
pub fn example_institutions() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(examples())? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "yaml") {
            names.extend(
                path.file_stem()
                    .map(|stem| stem.to_string_lossy().into_owned()),
            );
        }
    }
    names.sort();
    Ok(names)
}

/// The place that the Makefile names in the environment variable `name`.
pub(crate) fn installed(name: &str) -> Result<PathBuf> {
    env::var_os(name).map(PathBuf::from).with_context(|| {
        format!("{name} is not set: run `make test`, which installs what this test needs")
    })
}

/// Runs a program to its end with `input` on its standard input.
///
/// # Errors
/// If it cannot be started, or ends with another code than 0: then with what it printed.
pub fn run(command: &mut Command, input: &[u8]) -> Result<Output> {
    let output = run_any(command, input)?;
    if !output.status.success() {
        bail!(
            "{command:?} ended with {}\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(output)
}

/// Runs a program to its end with `input` on its standard input, whatever code it ends with.
///
/// # Errors
/// If it cannot be started.
pub fn run_any(command: &mut Command, input: &[u8]) -> Result<Output> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| {
            format!("starting {command:?}: `make test` installs what this test needs")
        })?;
    let mut stdin = child.stdin.take().context("standard input was asked for")?;
    let output = thread::scope(|scope| {
        // Beside reading, so that neither pipe fills up; a program may end without reading its input.
        scope.spawn(move || stdin.write_all(input));
        child.wait_with_output()
    });
    output.with_context(|| format!("running {command:?}"))
}
