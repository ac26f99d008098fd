//! The browser.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::tools::{repository, run};

/// Lets a browser read pages as `browser/read_pages.mjs` describes, and gives what it saw.
///
/// # Errors
/// If the browser or its driver is not installed, or the script fails: then with its output.
pub fn read_pages(task: &Value) -> Result<Value> {
    let tests = repository().join("tests");
    ensure!(
        tests.join("node_modules/playwright-core").is_dir(),
        "tests/node_modules is not installed: run `make test`"
    );
    let output = run(
        Command::new("node")
            .arg("browser/read_pages.mjs")
            .current_dir(tests),
        task.to_string().as_bytes(),
    )?;
    serde_json::from_slice(&output.stdout).context("the browser script printed no JSON")
}
