//! From a folder of files to published pyramids and a catalogue.
//!
//! [`ingest`] is the whole story of one collection, top to bottom: scan, sort, group, convert, publish. The
//! source is only read; everything that is written lies in the collection's published folder, and the
//! rename of its catalogue is the only moment at which readers see a change.

mod assign;
mod before;
mod bucket;
mod convert;
mod error;
mod gather;
mod group;
mod name;
mod natural;
mod publish;
mod refusal;
mod remark;
mod report;
mod run;
mod running;
mod scan;
mod sheets;
mod sort;
mod source;
mod steps;
mod words;

pub use assign::{Assigned, assign};
pub use error::IngestError;
pub use group::{Group, Member, group};
pub use name::{is_ignored, printable, usable};
pub use natural::natural_order;
pub use refusal::Reason;
pub use remark::Remark;
pub use report::{REPORT_PATH, Report, ReportEntry, ReportHead};
pub use run::{Job, Outcome, Progress, Silent, ingest};
pub use running::{PROGRESS_PATH, Running};
pub use scan::{Found, Scan, Stamp, beneath, scan};
pub use source::Source;
