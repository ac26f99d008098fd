//! Hostile bytes: what must hold of any input of every parser of foreign bytes.
//!
//! A [`Target`] takes any bytes and panics if something does not hold; [`TARGETS`] are all of them. The
//! same targets run a fixed number of times in the tests ([`Mutator`]), and for hours under libFuzzer
//! (`tests/fuzz/run`).
#![expect(
    clippy::unwrap_used,
    reason = "what cannot fail for good input must not: a panic is what is looked for"
)]

mod catalogue;
mod identifier;
mod mutate;
mod picture;
mod pyramid;
mod render;
mod source;
mod url;

pub use mutate::Mutator;

/// A parser of foreign bytes, and what must hold of it.
#[derive(Debug)]
pub struct Target {
    /// Its name, for commands.
    pub name: &'static str,
    /// Executions in `make test`: fewer for those that take long.
    pub executions: usize,
    /// Reads the bytes, and panics if something does not hold.
    pub run: fn(&[u8]),
    /// Good input, from which hostile bytes are made.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// Every target.
pub const TARGETS: &[Target] = &[
    url::TARGET,
    identifier::TARGET,
    pyramid::TARGET,
    render::TARGET,
    source::TARGET,
    catalogue::TARGET,
];

/// The target called `name`.
#[must_use]
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
