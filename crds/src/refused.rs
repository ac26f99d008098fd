//! What is wrong with a YAML document, for the person who wrote it.

use std::fmt;

use acervo_tenancy::{Bilingual, Language};
use serde::Serialize;

/// A document that the API server would refuse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Refused {
    /// The file, as it was named to [`crate::read`].
    pub file: String,
    /// Which document of the file, from 1; empty ones are not counted.
    pub document: usize,
    /// The institution, if the document names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub institution: Option<String>,
    /// What is wrong, in the order of the file. Never empty.
    pub faults: Vec<Fault>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    /// What kind of fault it is.
    pub kind: FaultKind,
    /// The path of the field, such as `spec.collections[0].rights`; empty for the document as a whole.
    pub field: String,
    /// The line of the file, from 1, where the field is or is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// What is wrong and what to write instead.
    pub message: Bilingual,
}

/// The kinds of fault, in the order in which they are looked for. A kind is looked for only in
/// documents without faults of the kinds before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// The text is no YAML.
    Yaml,
    /// The document is no `IiifInstitution`, or of another version.
    NotAnInstitution,
    /// A field that the resource does not have.
    UnknownField,
    /// A value of the wrong type or size, a missing or a repeated one.
    Schema,
    /// A value that breaks a rule.
    Rule,
}

impl Fault {
    /// A fault of the field at `field`; the line comes with the document.
    pub(crate) fn new(kind: FaultKind, field: impl Into<String>, message: Bilingual) -> Self {
        Self {
            kind,
            field: field.into(),
            line: None,
            message,
        }
    }
}

impl Refused {
    /// One line for each fault: file, line, institution, field, sentence.
    #[must_use]
    pub fn report(&self, language: Language) -> String {
        let lines: Vec<_> = self
            .faults
            .iter()
            .map(|fault| self.line(fault, language))
            .collect();
        lines.join("\n")
    }

    fn line(&self, fault: &Fault, language: Language) -> String {
        let place = match fault.line {
            Some(line) => format!("{}:{line}", self.file),
            None => self.file.clone(),
        };
        let parts = [
            place.as_str(),
            self.institution.as_deref().unwrap_or_default(),
            fault.field.as_str(),
            fault.message.get(language),
        ];
        parts
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(": ")
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.report(Language::En))
    }
}

impl std::error::Error for Refused {}
