//! Remarks: what was set aside or is worth a look, and where.

use acervo_catalogue::Refusal;

use crate::refusal::Reason;

/// Something that was set aside, or is worth a look although it is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The path below the source's folder; empty for the folder itself.
    pub path: String,
    /// The row of a spreadsheet.
    pub row: Option<u32>,
    /// The heading of its column.
    pub column: Option<String>,
    /// Why.
    pub reason: Reason,
    /// Whether it is published in spite of it.
    pub is_note: bool,
}

impl Remark {
    /// `path` is set aside.
    #[must_use]
    pub fn refused(path: impl Into<String>, reason: Reason) -> Self {
        Self {
            path: path.into(),
            row: None,
            column: None,
            reason,
            is_note: false,
        }
    }

    /// `path` is published, and worth a look.
    #[must_use]
    pub fn note(path: impl Into<String>, reason: Reason) -> Self {
        Self {
            is_note: true,
            ..Self::refused(path, reason)
        }
    }

    /// The remark about a cell or a row.
    #[must_use]
    pub fn at(self, row: Option<u32>, column: Option<String>) -> Self {
        Self {
            row,
            column,
            ..self
        }
    }

    /// The record of it.
    #[must_use]
    pub fn record(&self) -> Refusal {
        Refusal {
            path: self.path.clone(),
            row: self.row,
            column: self.column.clone(),
            code: self.reason.code().to_owned(),
            message: self.reason.message(),
            is_note: self.is_note,
        }
    }
}
