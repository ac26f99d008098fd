//! The tenant table: all that serving code knows of institutions.
//!
//! The operator (or `acervo platform`) makes it from `IiifInstitution` resources; the image server
//! reads it. It is versioned, plain JSON on the wire, and the only contract between the two.

mod address;
mod kept;
mod language;
mod locate;
mod name;
pub mod rights;
mod table;
mod template;

pub use address::{Address, Asked};
pub use kept::KeptAddresses;
pub use language::{Bilingual, Language, LanguageMap};
pub use locate::{Located, Locator};
pub use name::{CollectionName, InstitutionName, NameError};
pub use table::{Collection, Featured, Images, Limits, Pages, TABLE_VERSION, Tenant, TenantTable};
pub use template::{ImageVersion, KeptKind, Template, TemplateError, Values};
