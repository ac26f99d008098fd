//! What is known of an item beside its images: pure types, and the two questions with rules of their own,
//! dates and rights.
//!
//! A record is made from a row of a spreadsheet, or from nothing but a name; it is stored in the catalogue
//! as JSON, becomes part of IIIF documents, and is what pages show.

mod date;
mod record;
mod rights;
mod term;

pub use acervo_tenancy::rights::normalise;
pub use date::Date;
pub use record::{Behavior, Direction, Entry, Link, Place, Property, Range, Record, Text};
pub use rights::{Rights, rights};
pub use term::Term;
