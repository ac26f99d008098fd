//! What items can be found by: facets, and the words of their records.

use acervo_record::{Record, Term, Text};

use crate::model::Facet;

/// A span of years longer than this many decades says nothing about a decade.
const MOST_DECADES: i16 = 10;

impl Facet {
    /// The number that stands for it in the file.
    pub(crate) const fn number(self) -> i64 {
        match self {
            Self::Subject => 1,
            Self::Place => 2,
            Self::Decade => 3,
        }
    }
}

/// The facets of a record: kind, value, language tag or nothing.
pub(crate) fn facets(record: &Record) -> Vec<(Facet, String, String)> {
    let of = |facet, term| {
        record.values(term).map(move |text| {
            let language = text.language.clone().unwrap_or_default();
            (facet, text.text.clone(), language)
        })
    };
    let mut all: Vec<_> = of(Facet::Subject, Term::Subject)
        .chain(of(Facet::Place, Term::Location))
        .collect();
    if let Some(date) = &record.date {
        let (first, last) = (date.from - date.from % 10, date.to - date.to % 10);
        if (last - first) / 10 < MOST_DECADES {
            let decades = (first..=last).step_by(10);
            all.extend(decades.map(|decade| (Facet::Decade, decade.to_string(), String::new())));
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// The words of a record beside its title.
pub(crate) fn description(record: &Record) -> String {
    let metadata = record.metadata.iter().flat_map(|entry| &entry.values);
    let chapters = record.ranges.iter().flat_map(|range| &range.label);
    joined(record.summary.iter().chain(metadata).chain(chapters))
}

/// The title in every language; the name, which people know too.
pub(crate) fn title(name: &str, record: &Record) -> String {
    let label = joined(&record.label);
    // Names of files have underscores where words have spaces; the tokenizer parts at both.
    format!("{label}\n{name}")
}

fn joined<'t>(texts: impl IntoIterator<Item = &'t Text>) -> String {
    let texts: Vec<&str> = texts.into_iter().map(|text| text.text.as_str()).collect();
    texts.join("\n")
}
