//! Buckets from outside: against a real S3 service, and against servers that are none.

mod access;
mod endpoint;
mod fetching;
mod harness;
mod listing;
