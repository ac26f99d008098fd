//! Choosing items by what they have in common: from the query to a choice, and to the links that change it.

use acervo_catalogue::{Catalogue, CatalogueError, Choice, Facet, FacetValue};
use acervo_pages::{Filter, FilterKind, FilterValue};
use acervo_record::{Record, Term};
use acervo_tenancy::Language;

use super::parameters;
use crate::address::segment;

/// Values of a facet that a page shows.
const SHOWN: u64 = 40;

/// What the reader chose.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Wanted(Vec<(Facet, String)>);

/// The name of a facet in the query.
const fn key(facet: Facet) -> &'static str {
    match facet {
        Facet::Subject => "subject",
        Facet::Place => "place",
        Facet::Decade => "decade",
    }
}

impl Wanted {
    pub(super) fn of(query: &str) -> Self {
        let of = |facet| {
            let values = parameters(query, key(facet)).into_iter();
            values
                .filter(|value| !value.is_empty())
                .map(move |value| (facet, value))
        };
        Self(Facet::ALL.into_iter().flat_map(of).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The items that were chosen; `None` if nothing was.
    pub(super) fn choose(&self, catalogue: &Catalogue) -> Result<Option<Choice>, CatalogueError> {
        if self.is_empty() {
            return Ok(None);
        }
        catalogue.choose(&self.0).map(Some)
    }

    /// A link to the same page with a value chosen besides, or no longer.
    fn link(&self, facet: Facet, value: &str) -> String {
        let this = (facet, value.to_owned());
        let is_chosen = self.0.contains(&this);
        let rest = self.0.iter().filter(|other| **other != this);
        let pairs: Vec<String> = rest
            .chain((!is_chosen).then_some(&this))
            .map(|(facet, value)| pair(*facet, value))
            .collect();
        if pairs.is_empty() {
            "./".to_owned()
        } else {
            format!("?{}", pairs.join("&"))
        }
    }
}

fn pair(facet: Facet, value: &str) -> String {
    format!("{}={}", key(facet), segment(value))
}

/// The filters of a page.
#[derive(Default)]
pub(super) struct Filters(Vec<(FilterKind, Vec<One>)>);

/// A value, its label, how many have it, the link that chooses it, and whether it is chosen.
struct One {
    label: String,
    count: u64,
    url: String,
    active: bool,
}

impl Filters {
    pub(super) fn of(
        catalogue: &Catalogue,
        wanted: &Wanted,
        choice: Option<&Choice>,
        language: Language,
    ) -> Result<Self, CatalogueError> {
        let mut all = Vec::new();
        for facet in Facet::ALL {
            let kind = match facet {
                Facet::Subject => FilterKind::Subject,
                Facet::Place => FilterKind::Place,
                Facet::Decade => FilterKind::Decade,
            };
            let values = catalogue.values(facet, choice, SHOWN)?;
            let mut ones: Vec<One> = readable(values, language)
                .map(|value| One {
                    label: label(facet, &value.value, language),
                    count: value.total,
                    url: wanted.link(facet, &value.value),
                    active: wanted.0.contains(&(facet, value.value)),
                })
                .collect();
            // What is chosen can always be taken back.
            for (_, value) in wanted.0.iter().filter(|(of, _)| *of == facet) {
                let label = label(facet, value, language);
                if !ones.iter().any(|one| one.active && one.label == label) {
                    let url = wanted.link(facet, value);
                    let count = choice.map_or(0, |choice| choice.len() as u64);
                    ones.insert(
                        0,
                        One {
                            label,
                            count,
                            url,
                            active: true,
                        },
                    );
                }
            }
            all.push((kind, ones));
        }
        Ok(Self(all))
    }

    pub(super) fn views(&self) -> Vec<Filter<'_>> {
        let filled = self.0.iter().filter(|(_, ones)| !ones.is_empty());
        filled
            .map(|(kind, ones)| Filter {
                kind: *kind,
                values: ones
                    .iter()
                    .map(|one| FilterValue {
                        label: &one.label,
                        count: one.count,
                        url: &one.url,
                        active: one.active,
                    })
                    .collect(),
                more_url: None,
            })
            .collect()
    }
}

/// Values in the reader's language and in none; all, if there are no others.
fn readable(values: Vec<FacetValue>, language: Language) -> impl Iterator<Item = FacetValue> {
    let is_readable = move |value: &FacetValue| {
        value.language.is_empty() || Language::from_tag(&value.language) == Some(language)
    };
    let any = values.iter().any(is_readable);
    values
        .into_iter()
        .filter(move |value| !any || is_readable(value))
}

fn label(facet: Facet, value: &str, language: Language) -> String {
    match (facet, language) {
        (Facet::Decade, Language::Es) => format!("{value}–{}", last_year(value)),
        (Facet::Decade, Language::En) => format!("{value}s"),
        _ => value.to_owned(),
    }
}

fn last_year(decade: &str) -> String {
    decade
        .parse::<i32>()
        .map_or_else(|_| decade.to_owned(), |first| (first + 9).to_string())
}

/// The links from values of a record to the items of its collection that have them too.
pub(super) fn links(record: &Record, collection_url: &str) -> Vec<(Term, String, String)> {
    let of = |term, facet| {
        record.values(term).map(move |text| {
            let url = format!("{collection_url}?{}", pair(facet, &text.text));
            (term, text.text.clone(), url)
        })
    };
    of(Term::Subject, Facet::Subject)
        .chain(of(Term::Location, Facet::Place))
        .collect()
}
