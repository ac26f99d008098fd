//! What a search finds in all collections of an institution.

use acervo_catalogue::{Found, Hit as CatalogueHit};
use acervo_page_text::PageText;
use acervo_pages::{
    self as pages, FilterValue, Hit, Named, Paging, Passage, SearchPage, SearchResult,
};
use acervo_record::{Record, Text};
use acervo_tenancy::Language;

use super::cards::{Card, in_card};
use super::excerpt::Question;
use super::{Around, Label, html, number, parameters};
use crate::address::segment;
use crate::answer::{Asking, Place};
use crate::document::query_in;
use crate::respond::{Failure, Response};

/// Results on one page.
const PER_PAGE: usize = 24;
/// The longest question, in characters.
const LONGEST: usize = 200;

/// What one collection has.
struct InCollection {
    name: String,
    label: Label,
    found: Found,
}

/// What is shown of a result.
struct Shown {
    card: Card,
    /// Which collection of the page's.
    collection: usize,
    hits: Vec<Spot>,
}

/// A place where words were found.
struct Spot {
    page: Option<(usize, String)>,
    url: String,
    language: Option<String>,
    snippet: Passage,
}

/// The page of a search.
pub(crate) async fn search(asking: Asking<'_>, place: Place<'_>) -> Result<Response, Failure> {
    let around = Around::of(asking, place);
    let words = parameters(asking.query, "q")
        .into_iter()
        .next()
        .unwrap_or_default();
    let words: String = words
        .chars()
        .filter(|c| !c.is_control())
        .take(LONGEST)
        .collect();
    let only = parameters(asking.query, "in").into_iter().next();
    // What is found is known by numbers of its catalogue, which another one gives to others.
    let library = asking.state.library.load_full();
    let mut all = Vec::new();
    for collection in &place.tenant.collections {
        let name = collection.name.to_string();
        let asked = words.clone();
        let found = query_in(&library, place, &name, move |catalogue| {
            Ok(catalogue.search(&asked)?)
        });
        // A damaged catalogue costs its own collection, not the search.
        let found = found.await.unwrap_or_else(|error| {
            tracing::error!(collection = name, %error, "a collection is not searched");
            None
        });
        all.push(InCollection {
            label: Label {
                text: collection.label.clone(),
                url: around.collection_url(&name),
            },
            name,
            found: found.unwrap_or_default(),
        });
    }
    let chosen = |one: &InCollection| only.as_ref().is_none_or(|only| *only == one.name);
    let total: usize = all
        .iter()
        .filter(|one| chosen(one))
        .map(|one| one.found.len())
        .sum();
    let number = number(asking.query, "page").unwrap_or(1);
    let paging = Paging::new(number, total as u64, PER_PAGE).ok_or(Failure::NotFound)?;
    let mut results = Vec::new();
    // Collections one after the other: what is best in one says nothing about another.
    let (mut skip, mut left) = (paging.offset(), PER_PAGE);
    for (at, one) in all.iter().enumerate().filter(|(_, one)| chosen(one)) {
        let here = one.found.len();
        if skip >= here || left == 0 {
            skip = skip.saturating_sub(here);
            continue;
        }
        let (from, count) = (skip, left.min(here - skip));
        let found = one.found.clone();
        let hits = query_in(&library, place, &one.name, move |catalogue| {
            Ok(catalogue.hits(&found, from, count)?)
        });
        let hits = hits.await.unwrap_or_else(|error| {
            tracing::error!(collection = one.name, %error, "what was found cannot be shown");
            None
        });
        for hit in hits.unwrap_or_default() {
            results.push(result(&around, &words, at, &one.name, hit));
        }
        (skip, left) = (0, left - count);
    }
    let urls: Vec<String> = all
        .iter()
        .map(|one| {
            let q = segment(&words);
            match only.as_deref() == Some(one.name.as_str()) {
                true => format!("?q={q}"),
                false => format!("?q={q}&in={}", one.name),
            }
        })
        .collect();
    let collections = all
        .iter()
        .zip(&urls)
        .filter(|(one, _)| !one.found.is_empty());
    let page = SearchPage {
        institution: around.institution(),
        query: &words,
        results: results.iter().map(|result| view(result, &all)).collect(),
        paging,
        is_cut: all.iter().any(|one| chosen(one) && one.found.is_cut),
        collections: collections
            .map(|(one, url)| FilterValue {
                label: one.label.text.pick(around.language).1,
                count: one.found.len() as u64,
                url,
                active: only.as_deref() == Some(one.name.as_str()),
            })
            .collect(),
    };
    let canonical = format!("{}/search", around.primary);
    let frame = around.frame(asking, &canonical);
    html(asking, frame.language, pages::search(&frame, &page))
}

fn result(
    around: &Around<'_>,
    words: &str,
    at: usize,
    collection: &str,
    hit: CatalogueHit,
) -> Shown {
    let question = Question::of(words);
    let url = around.item_url(collection, &hit.entry.name);
    let mut card = Card::of(around, collection, &hit.entry);
    let mut hits = Vec::new();
    if let Some(snippet) = of_record(&hit.entry.record, &question, around.language) {
        hits.push(Spot {
            page: None,
            url: url.clone(),
            language: None,
            snippet,
        });
    }
    if let Some((number, page, content)) = hit.page {
        let text: Option<PageText> = serde_json::from_str(&content).ok();
        let plain = text.as_ref().map(PageText::plain).unwrap_or_default();
        if let Some(snippet) = question.excerpt(&plain) {
            hits.push(Spot {
                page: Some((usize::try_from(number).unwrap_or(1), page.label.clone())),
                url: format!("{url}?page={number}&q={}", segment(words)),
                language: text.and_then(|text| text.language),
                snippet,
            });
            card = card.showing(in_card(&around.base, collection, &page));
        }
    }
    Shown {
        card,
        collection: at,
        hits,
    }
}

/// Where in summary and metadata the words stand; in the reader's language first.
fn of_record(record: &Record, question: &Question, language: Language) -> Option<Passage> {
    let metadata = record.metadata.iter().flat_map(|entry| &entry.values);
    let mut texts: Vec<&Text> = record.summary.iter().chain(metadata).collect();
    let is_foreign =
        |text: &&Text| text.language.as_deref().and_then(Language::from_tag) != Some(language);
    texts.sort_by_key(is_foreign);
    texts
        .into_iter()
        .find_map(|text| question.excerpt(&text.text))
}

fn view<'a>(result: &'a Shown, all: &'a [InCollection]) -> SearchResult<'a> {
    let collection = &all[result.collection].label;
    SearchResult {
        item: result.card.view(),
        collection: Named {
            label: &collection.text,
            url: &collection.url,
        },
        hits: result
            .hits
            .iter()
            .map(|hit| Hit {
                page: hit
                    .page
                    .as_ref()
                    .map(|(number, label)| (*number, label.as_str())),
                url: &hit.url,
                language: hit.language.as_deref(),
                snippet: hit.snippet.clone(),
            })
            .collect(),
    }
}
