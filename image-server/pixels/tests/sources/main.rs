//! Sources of every format, of every colour, and damaged.
#![expect(clippy::unwrap_used, reason = "tests")]

mod color;
mod damage;
mod embedded;
mod formats;
mod hostile;
mod support;
