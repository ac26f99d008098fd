//! The public pages: records in, HTML out.
//!
//! Each page is one pure function of a [`Frame`] (who asks, where, in which language) and a record.
//! The crate knows no HTTP, reads no file at run time and knows nothing of the catalogue; the caller
//! hands in ready-made URLs and sends what comes back. Pages work without JavaScript and under the
//! content security policy [`CONTENT_SECURITY_POLICY`].

pub mod assets;

mod frame;
mod link;
mod parts;
mod rights;
mod text;

mod collection;
mod institution;
mod item;
mod platform;
mod problem;

pub use collection::{CollectionPage, Paging, collection};
pub use frame::{CONTENT_SECURITY_POLICY, Frame};
pub use institution::{InstitutionPage, institution};
pub use item::{ItemPage, PageImage, Turn, item};
pub use parts::{CollectionCard, Image, InstitutionCard, ItemCard, Named};
pub use platform::{PlatformPage, platform};
pub use problem::{Problem, problem};
