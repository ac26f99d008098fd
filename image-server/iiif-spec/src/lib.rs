//! The IIIF specifications as types: what may be asked of an image, what is answered, and the
//! documents that describe images, items and collections.
//!
//! Nothing here touches network or file system: every function is pure, and its result depends on
//! its arguments alone. In reading order:
//!
//! 1. [`Version`]: Image API 2.1 and 3.0, side by side.
//! 2. [`Identifier`]: the name of an image, decoded and safe.
//! 3. The grammar of an image request: [`Decimal`], [`Region`], [`SizeParameter`], [`Rotation`],
//!    [`Quality`], [`Format`], together an [`ImageRequest`].
//! 4. What can be wrong with a request: [`RequestError`], for people in Spanish and English.
//! 5. The meaning of a request for one image: [`Source`], [`Rules`] and [`evaluate`], which gives
//!    [`Evaluated`]; [`canonical`] writes that in the one form the specification prefers.
//! 6. What is told about an image: [`ImageDescription`], as [`InfoV3`] and [`InfoV2`].
//! 7. [`presentation`]: manifests and collections of the Presentation API 3.0.

mod version;

mod identifier;

mod format;
mod number;
mod quality;
mod region;
mod request;
mod rotation;
mod size;

mod error;

mod canonical;
mod evaluate;
mod geometry;
mod rules;

mod info;
mod info_v2;

pub use canonical::canonical;
pub use error::{Parameter, RequestError, StatusKind};
pub use evaluate::{Evaluated, Source, evaluate};
pub use format::{Format, OutputFormat};
pub use geometry::{Rect, Size, matches_scale};
pub use identifier::{Identifier, IdentifierError};
pub use info::{ImageDescription, InfoV3, Tiles};
pub use info_v2::{InfoV2, ProfileExtras};
pub use number::Decimal;
pub use quality::{OutputQuality, Quality};
pub use region::Region;
pub use request::ImageRequest;
pub use rotation::{Rotation, Turn};
pub use rules::Rules;
pub use size::{SizeForm, SizeParameter};
pub use version::Version;

pub mod presentation;
