//! Filters of a list: by subject, by place, by decade, as plain links with counts.

use maud::{Markup, html};

use crate::frame::Frame;
use crate::text::{self, Text};

/// Values of one property by which a collection's items can be chosen.
#[derive(Debug, Clone)]
pub struct Filter<'a> {
    /// Which property it is.
    pub kind: FilterKind,
    /// Its values, in the order to show; the active ones among them.
    pub values: Vec<FilterValue<'a>>,
    /// Where the list with all values is, if these are not all.
    pub more_url: Option<&'a str>,
}

/// The property behind a [`Filter`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterKind {
    /// What items are about.
    Subject,
    /// The places they are about or come from.
    Place,
    /// When they were made, by decade.
    Decade,
}

/// One value of a [`Filter`].
#[derive(Debug, Clone, Copy)]
pub struct FilterValue<'a> {
    /// The value as it is shown: `Cartografía`, `1840–1849`.
    pub label: &'a str,
    /// How many items of the list as it is have it.
    pub count: u64,
    /// The list with this value chosen; for an active one, the list without it. May be relative to the page
    /// (`?subject=…`); the language that the reader chose is added.
    pub url: &'a str,
    /// Whether the list shown is chosen by it.
    pub active: bool,
}

impl FilterKind {
    const fn name(self) -> Text {
        match self {
            Self::Subject => text::SUBJECTS,
            Self::Place => text::PLACES,
            Self::Decade => text::DECADES,
        }
    }
}

/// Whether the list is not whole.
pub(crate) fn active(filters: &[Filter<'_>]) -> bool {
    filters
        .iter()
        .any(|filter| filter.values.iter().any(|value| value.active))
}

/// What the list is chosen by; each chip leads to the list without its value.
pub(crate) fn chips(frame: &Frame<'_>, filters: &[Filter<'_>], clear: Option<&str>) -> Markup {
    let language = frame.language;
    let chosen: Vec<_> = filters
        .iter()
        .flat_map(|filter| filter.values.iter().map(move |value| (filter.kind, value)))
        .filter(|(_, value)| value.active)
        .collect();
    html! {
        @if !chosen.is_empty() {
            div.chips role="group" aria-label=(text::ACTIVE_FILTERS.get(language)) {
                @for (kind, value) in &chosen {
                    a.chip href=(frame.to(value.url)) rel="nofollow"
                        aria-label={ (text::REMOVE.get(language)) " " (kind.name().get(language)) ": " (value.label) } {
                        (value.label) span aria-hidden="true" { "×" }
                    }
                }
                @if let Some(clear) = clear {
                    a.clear href=(frame.to(clear)) { (text::CLEAR_FILTERS.get(language)) }
                }
            }
        }
    }
}

/// The values to choose from, one closed list a property.
pub(crate) fn panel(frame: &Frame<'_>, filters: &[Filter<'_>]) -> Markup {
    let language = frame.language;
    let offered: Vec<_> = filters
        .iter()
        .filter(|filter| filter.values.iter().any(|value| !value.active))
        .collect();
    html! {
        @if !offered.is_empty() {
            section.filters aria-labelledby="filters" {
                h2 #filters { (text::FILTER.get(language)) }
                @for filter in offered {
                    details name="filter" {
                        summary { (filter.kind.name().get(language)) }
                        div { (values(frame, filter)) }
                    }
                }
            }
        }
    }
}

fn values(frame: &Frame<'_>, filter: &Filter<'_>) -> Markup {
    let language = frame.language;
    html! {
        ul role="list" {
            @for value in filter.values.iter().filter(|value| !value.active) {
                li {
                    a href=(frame.to(value.url)) rel="nofollow" {
                        span { (value.label) } " "
                        span.count { (text::number(value.count, language)) }
                    }
                }
            }
        }
        @if let Some(more) = filter.more_url {
            a.more href=(frame.to(more)) rel="nofollow" {
                (text::SHOW_ALL.get(language))
                span.unseen { ": " (filter.kind.name().get(language)) }
            }
        }
    }
}
