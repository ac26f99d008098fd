//! The operator's pure core: from YAML and facts to objects, without any cluster.

#![expect(clippy::unwrap_used, reason = "tests")]

mod bucket;
mod built;
mod configuration;
mod fixture;
mod ingest;
mod judged;
mod objects;
mod restricted;
mod retry;
mod status;
mod storage;
mod suspension;
