//! The report for staff: what was published, what was set aside and why.

use acervo_catalogue::Refusal;
use acervo_tenancy::Bilingual;
use serde::{Deserialize, Serialize};

/// Where the report lies in the published folder of its collection.
pub const REPORT_PATH: &str = "refused/report.json";

/// What `refused/report.json` holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The collection.
    pub collection: String,
    /// Items that are published.
    pub published: u64,
    /// Files that changed while they were read; the next ingest takes them.
    pub in_work: u64,
    /// What was set aside, by path.
    pub refused: Vec<ReportEntry>,
}

/// One thing that was set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportEntry {
    /// The path below the source's folder; empty for the folder itself.
    pub path: String,
    /// The stable code.
    pub code: String,
    /// What happened and what to do.
    pub message: Bilingual,
}

impl From<&Refusal> for ReportEntry {
    fn from(refusal: &Refusal) -> Self {
        let Refusal {
            path,
            code,
            message,
        } = refusal.clone();
        Self {
            path,
            code,
            message,
        }
    }
}
