//! The programs in `browser/`, which judge documents and pages with others' tools: a browser, viewers, libraries.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::tools::{installed, repository, run, run_any};

/// What a program says that judges a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whether nothing is wrong.
    pub good: bool,
    /// What is wrong, for people; the last line counts what was read.
    pub text: String,
}

/// Lets a browser read pages as `browser/read_pages.mjs` describes, and gives what it saw.
///
/// # Errors
/// If the browser or its driver is not installed, or the script fails: then with its output.
pub fn read_pages(task: &Value) -> Result<Value> {
    report("read_pages.mjs", task)
}

/// Lets viewers open documents as `browser/show_in_viewers.mjs` describes, and gives what they showed. The task
/// needs no `viewers`: they are where `ACERVO_VIEWERS` says.
///
/// # Errors
/// If the browser or the viewers are not installed, or the script fails: then with its output.
pub fn show_in_viewers(task: &Value) -> Result<Value> {
    let mut task = task.clone();
    task["viewers"] = installed("ACERVO_VIEWERS")?.to_string_lossy().into();
    report("show_in_viewers.mjs", &task)
}

/// Opens the page of an item over a slow connection as `browser/slow_link.mjs` describes, and gives what came.
///
/// # Errors
/// If the browser or its driver is not installed, or the script fails: then with its output.
pub fn slow_link(task: &Value) -> Result<Value> {
    report("slow_link.mjs", task)
}

/// Validates the HTML of the pages at `addresses` with html-validate.
///
/// # Errors
/// If it is not installed.
pub fn validate_html(addresses: &[String]) -> Result<Verdict> {
    judge("validate_html.mjs", addresses)
}

/// Reads the Presentation 3.0 documents at `addresses`, and the 2.1 documents beside them, with @iiif/parser.
///
/// # Errors
/// If it is not installed.
pub fn parse_presentation(addresses: &[String]) -> Result<Verdict> {
    judge("parse_presentation.mjs", addresses)
}

/// `node` with a script that prints JSON.
fn report(script: &str, task: &Value) -> Result<Value> {
    let output = run(&mut node(script)?, task.to_string().as_bytes())?;
    serde_json::from_slice(&output.stdout).with_context(|| format!("{script} printed no JSON"))
}

/// `node` with a script that reads lines and ends with 1 if something is wrong.
fn judge(script: &str, lines: &[String]) -> Result<Verdict> {
    let output = run_any(&mut node(script)?, lines.join("\n").as_bytes())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let code = output.status.code();
    ensure!(
        // node itself ends with 1 when a script throws, and says so on standard error.
        code == Some(0) || (code == Some(1) && output.stderr.is_empty()),
        "{script} ended with {}\n{text}{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(Verdict {
        good: code == Some(0),
        text,
    })
}

fn node(script: &str) -> Result<Command> {
    let tests = repository().join("tests");
    ensure!(
        tests.join("node_modules/playwright-core").is_dir(),
        "tests/node_modules is not installed: run `make test`"
    );
    let mut command = Command::new("node");
    command.arg(format!("browser/{script}")).current_dir(tests);
    Ok(command)
}
