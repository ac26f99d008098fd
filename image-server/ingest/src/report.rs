//! The report for staff: what was published, what was set aside and why.

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use acervo_catalogue::Refusal;
use acervo_tenancy::Bilingual;
use jiff::Timestamp;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
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
    /// The state of the folder that was read: changes whenever anything in it does.
    #[serde(default)]
    pub fingerprint: String,
    /// When the ingest ended.
    #[serde(default)]
    pub finished: Timestamp,
    /// What was set aside, by path and row.
    pub refused: Vec<ReportEntry>,
    /// What is published and worth a look, by path and row.
    #[serde(default)]
    pub notes: Vec<ReportEntry>,
}

/// One thing that was set aside or noted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportEntry {
    /// The path below the source's folder; empty for the folder itself.
    pub path: String,
    /// The row of a spreadsheet, as its program counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    /// The heading of its column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The stable code.
    pub code: String,
    /// What happened and what to do.
    pub message: Bilingual,
}

impl From<&Refusal> for ReportEntry {
    fn from(refusal: &Refusal) -> Self {
        let Refusal {
            path,
            row,
            column,
            code,
            message,
            is_note: _,
        } = refusal.clone();
        Self {
            path,
            row,
            column,
            code,
            message,
        }
    }
}

/// The counts of a report and the first of its reasons, read without holding all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReportHead {
    /// Items that are published.
    pub published: u64,
    /// Files that changed while they were read.
    pub in_work: u64,
    /// How much was set aside.
    pub refused: u64,
    /// How much is worth a look.
    pub notes: u64,
    /// The state of the folder that was read; `None` in a report that does not tell.
    pub fingerprint: Option<String>,
    /// When the ingest ended; `None` in a report that does not tell.
    pub finished: Option<Timestamp>,
    /// The first that was set aside.
    pub reasons: Vec<ReportEntry>,
    /// The first that is worth a look.
    pub noted: Vec<ReportEntry>,
}

impl ReportHead {
    /// Reads the report of the collection published in `folder`, with at most `reasons` of its reasons and
    /// as many of its notes;
    /// `None` if there is no report.
    ///
    /// # Errors
    /// If the file cannot be read or is no report.
    pub fn read(folder: &Path, reasons: usize) -> io::Result<Option<Self>> {
        let file = match File::open(folder.join(REPORT_PATH)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut json = serde_json::Deserializer::from_reader(BufReader::new(file));
        let head = json.deserialize_map(Reading(reasons))?;
        Ok(Some(head))
    }
}

/// Reads a report, keeping so many of its reasons.
#[derive(Clone, Copy)]
struct Reading(usize);

impl<'de> Visitor<'de> for Reading {
    type Value = ReportHead;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a report")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ReportHead, A::Error> {
        let mut head = ReportHead::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "published" => head.published = map.next_value()?,
                "inWork" => head.in_work = map.next_value()?,
                "fingerprint" => head.fingerprint = Some(map.next_value()?),
                "finished" => head.finished = Some(map.next_value()?),
                "notes" => (head.notes, head.noted) = map.next_value_seed(First(self.0))?,
                "refused" => (head.refused, head.reasons) = map.next_value_seed(First(self.0))?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(head)
    }
}

/// Counts what was set aside and keeps the first.
struct First(usize);

impl<'de> DeserializeSeed<'de> for First {
    type Value = (u64, Vec<ReportEntry>);

    fn deserialize<D: Deserializer<'de>>(self, list: D) -> Result<Self::Value, D::Error> {
        list.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for First {
    type Value = (u64, Vec<ReportEntry>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of what was set aside")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut first = Vec::new();
        while first.len() < self.0 {
            match list.next_element()? {
                Some(entry) => first.push(entry),
                None => break,
            }
        }
        let mut count = first.len() as u64;
        while list.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok((count, first))
    }
}
