//! The Python packages that check our answers, each set in an environment of its own.

use std::process::{Command, Output};

use anyhow::Result;

use crate::tools::{installed, repository, run_any};

/// A set of Python packages, pinned in `python/requirements-….txt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// The official Image API validator.
    Validator,
    /// The Presentation API library iiif-prezi3.
    Prezi,
}

/// Runs the environment's Python to its end, in `tests/python`; a script of the environment is named by
/// `bin/…`.
///
/// # Errors
/// If the environment is not installed or Python cannot be started; its exit code is the caller's to judge.
pub fn python(environment: Environment, arguments: &[&str], input: &[u8]) -> Result<Output> {
    let place = installed(match environment {
        Environment::Validator => "ACERVO_VALIDATOR_VENV",
        Environment::Prezi => "ACERVO_PREZI_VENV",
    })?;
    let mut command = Command::new(place.join("bin/python"));
    command.current_dir(repository().join("tests/python"));
    for argument in arguments {
        match argument.strip_prefix("bin/") {
            Some(script) => command.arg(place.join("bin").join(script)),
            None => command.arg(argument),
        };
    }
    run_any(&mut command, input)
}
