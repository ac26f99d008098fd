//! A bucket of an S3 service as a source of files: what is in it, and the bytes of one object.
//!
//! [`Bucket`] is blocking, for programs that work with threads; it has a small runtime of its own inside. The
//! service is somewhere on the network and named by people who do not run the platform, so two things
//! are never taken for granted: where the name of the endpoint leads (`address.rs`), and that an object stays
//! the same while it is fetched (`fetch.rs`).
//!
//! Requests are signed by `object_store`. Its listing is not used, because one key with an empty or a `..`
//! segment makes it fail as a whole, and here such keys are given by name ([`Listing::odd`]).

mod address;
mod answer;
mod bucket;
mod client;
mod error;
mod fetch;
mod list;
mod patience;
mod resolve;
mod service;
mod settings;
mod words;

pub use address::{Allowed, AllowedError};
pub use bucket::Bucket;
pub use error::{BucketError, Denial};
pub use list::{Listing, Object};
pub use settings::{Credentials, Limits, Settings};
