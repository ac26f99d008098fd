//! The pages: records in, HTML out.
//!
//! Each page is one pure function of a [`Frame`] (who asks, where, in which language) and a record.
//! The crate knows no HTTP, reads no file at run time and knows nothing of the catalogue; the caller
//! hands in ready-made URLs and sends what comes back. Pages work without JavaScript and under the
//! content security policy [`CONTENT_SECURITY_POLICY`].

pub mod assets;
pub mod theme;

mod citation;
mod filter;
mod frame;
mod link;
mod metadata;
mod paging;
mod parts;
mod rights;
mod schema;
mod social;
mod text;

mod collection;
mod institution;
mod item;
mod notice;
mod platform;
mod problem;
mod report;
mod search;
mod volumes;

pub use collection::{CollectionPage, collection};
pub use filter::{Filter, FilterKind, FilterValue};
pub use frame::{Alternate, CONTENT_SECURITY_POLICY, Frame, ThemeLink};
pub use institution::{InstitutionPage, institution};
pub use item::{Download, ItemPage, PageImage, PageText, Turn, item};
pub use metadata::ValueLink;
pub use notice::{NOTICE_SECURITY_POLICY, notice, notice_sentence};
pub use paging::Paging;
pub use parts::{CollectionCard, Image, InstitutionCard, ItemCard, Named, Passage};
pub use platform::{PlatformPage, platform};
pub use problem::{Problem, problem};
pub use report::{ReportCollection, ReportPage, ReportRow, Work, report};
pub use search::{Hit, SearchPage, SearchResult, search};
pub use volumes::{VolumesPage, volumes};
