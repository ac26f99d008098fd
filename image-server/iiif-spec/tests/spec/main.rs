//! The specification as tests: grammar, meaning, canonical forms, and documents.

#![expect(clippy::unwrap_used, reason = "tests")]

mod documents;
mod evaluate;
mod grammar;
mod properties;
mod sizes;
mod support;
