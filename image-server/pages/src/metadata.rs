//! What a record says, as a list of terms with their values.

use acervo_record::{Entry, Property, Record, Term, Text as Value};
use acervo_tenancy::Language;
use maud::{Markup, html};

use crate::frame::Frame;
use crate::parts::{foreign, paragraphs, rights_link};
use crate::{link, text};

/// Where a value of a record leads: to the other items that have it.
#[derive(Debug, Clone, Copy)]
pub struct ValueLink<'a> {
    /// The property that has the value.
    pub term: Term,
    /// The value, as the record says it.
    pub value: &'a str,
    /// The URL of the list.
    pub url: &'a str,
}

/// One value, marked with its language where that is not the page's; a web address is a link.
pub(crate) fn value(value: &Value, language: Language) -> Markup {
    if let Some(url) = link::web(&value.text).filter(|url| !url.contains(char::is_whitespace)) {
        return html! { a href=(url) rel="external" { (link::spoken(url)) } };
    }
    match foreign(value.language.as_deref(), language) {
        Some(tag) => html! { span lang=(tag) dir="auto" { (value.text) } },
        None => html! { (value.text) },
    }
}

/// What the item is, in the paragraphs of its summary.
pub(crate) fn summary(record: &Record, language: Language) -> Markup {
    html! {
        @for value in Value::pick(&record.summary, language) {
            @let tag = foreign(value.language.as_deref(), language);
            @for paragraph in paragraphs(&value.text) {
                p.summary lang=[tag] dir=[tag.map(|_| "auto")] { (paragraph) }
            }
        }
    }
}

/// Everything that the record says of the item, each property with its values.
pub(crate) fn entries(frame: &Frame<'_>, record: &Record, links: &[ValueLink<'_>]) -> Markup {
    let language = frame.language;
    html! {
        @for entry in &record.metadata {
            // Rights have a place of their own.
            @if entry.property != Property::Term(Term::RightsText) {
                div {
                    dt { (heading(&entry.property, language)) }
                    @for said in Value::pick(&entry.values, language) {
                        dd { (linked(frame, entry, said, links)) }
                    }
                }
            }
        }
    }
}

fn heading(property: &Property, language: Language) -> Markup {
    match property {
        Property::Term(term) => html! { (term.label(language)) },
        Property::Other(words) => html! {
            @for (at, word) in Value::pick(words, language).enumerate() {
                @if at > 0 { ", " }
                (value(word, language))
            }
        },
    }
}

fn linked(frame: &Frame<'_>, entry: &Entry, said: &Value, links: &[ValueLink<'_>]) -> Markup {
    let target = links
        .iter()
        .find(|link| entry.property == Property::Term(link.term) && link.value == said.text);
    let shown = value(said, frame.language);
    match target {
        Some(target) => html! { a href=(frame.to(target.url)) { (shown) } },
        None => shown,
    }
}

/// What may be done with the item: its own rights, or `fallback`, the URI of its collection's.
pub(crate) fn rights(
    record: &Record,
    fallback: Option<&str>,
    language: Language,
) -> Option<Markup> {
    let uri = record.rights.as_deref().or(fallback);
    let link = uri.and_then(|uri| rights_link(uri, language));
    let words: Vec<&Value> = record
        .metadata
        .iter()
        .filter(|entry| entry.property == Property::Term(Term::RightsText))
        .flat_map(|entry| Value::pick(&entry.values, language))
        .chain(Value::pick(&record.statement, language))
        .collect();
    (link.is_some() || !words.is_empty()).then(|| {
        html! {
            @if let Some(link) = link { p { (link) } }
            @for word in words { p { (value(word, language)) } }
        }
    })
}

/// The links to the item's page elsewhere and to what else describes it.
pub(crate) fn elsewhere(record: &Record, language: Language) -> Markup {
    html! {
        @if let Some(homepage) = &record.homepage {
            @if let Some(url) = link::web(&homepage.url) {
                p.outward {
                    a href=(url) rel="external" {
                        @match Value::pick(&homepage.label, language).next() {
                            Some(label) => (value(label, language)),
                            None => (text::HOMEPAGE.get(language)),
                        }
                    }
                }
            }
        }
    }
}

/// The first value of a property that a reader of `language` sees.
pub(crate) fn first(record: &Record, term: Term, language: Language) -> Option<&str> {
    all(record, term, language).into_iter().next()
}

/// The values of a property that a reader of `language` sees.
pub(crate) fn all(record: &Record, term: Term, language: Language) -> Vec<&str> {
    record
        .metadata
        .iter()
        .filter(|entry| entry.property == Property::Term(term))
        .flat_map(|entry| Value::pick(&entry.values, language))
        .map(|value| value.text.as_str())
        .collect()
}
