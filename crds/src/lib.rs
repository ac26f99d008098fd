//! The `IiifInstitution` resource: types, rules, and the tenant table made from it.
//!
//! | Module | What |
//! |---|---|
//! | [`institution`], [`storage`], [`collection`], [`pages`], [`images`], [`addresses`], [`status`] | the resource, as Rust types |
//! | `schema`, [`rules`] | bounds and CEL rules of its fields, with messages in Spanish and English |
//! | [`crd`](mod@crd) | the `CustomResourceDefinition` generated from all of these, as YAML |
//! | [`validate`] | what the API server would refuse, said of YAML files without an API server |
//! | `yaml`, `structural`, `refused` | its parts: documents with lines, the schema's walker, the refusals |
//! | [`base_url`], [`platform`] | the platform's own configuration: addresses, language, plans |
//! | [`claims`] | the places that institutions want for themselves |
//! | [`table`] | institutions and platform configuration in, tenant table and problems out |
//!
//! Nothing here reads a file, asks a cluster or knows the time.

pub mod addresses;
pub mod base_url;
pub mod claims;
pub mod collection;
pub mod crd;
pub mod images;
pub mod institution;
pub mod pages;
pub mod platform;
mod refused;
pub mod rules;
mod schema;
pub mod status;
pub mod storage;
mod structural;
pub mod table;
pub mod validate;
mod yaml;

pub use base_url::{BaseUrl, BaseUrlError, PlatformPlace};
pub use claims::Claim;
pub use crd::{crd, crd_yaml};
pub use institution::{IiifInstitution, IiifInstitutionSpec};
pub use platform::{Plan, PlatformConfig};
pub use status::IiifInstitutionStatus;
pub use table::{Outcome, Problem, Reason, tenant_table};
pub use validate::{Fault, FaultKind, Refused, faults, read};
