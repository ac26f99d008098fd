//! The operator's pure core: from YAML and facts to objects, without any cluster.

#![expect(clippy::unwrap_used, reason = "tests")]

mod bounds;
mod bucket;
mod built;
mod clock;
mod configuration;
mod election;
mod figures;
mod fixture;
mod ingest;
mod judged;
mod objects;
mod quota;
mod restricted;
mod retry;
mod status;
mod storage;
mod suspension;
mod turns;
mod waves;
