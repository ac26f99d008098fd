//! A collection's page.

use acervo_catalogue::Entry;
use acervo_pages::{self as pages, CollectionPage, Named, Paging};
use bytes::Bytes;

use super::cards::Card;
use super::choose::{Filters, Wanted};
use super::{Around, html, number};
use crate::answer::{Asking, Place};
use crate::document::{declared, etag, generation, query};
use crate::respond::{Failure, Response};

/// Items on one page of a collection.
pub(super) const PER_PAGE: usize = 48;

/// A collection's page.
pub(crate) async fn collection(
    asking: Asking<'_>,
    place: Place<'_>,
    name: String,
) -> Result<Response, Failure> {
    let collection = declared(asking, place, &name)?;
    let mut around = Around::of(asking, place);
    let number = number(asking.query, "page").unwrap_or(1);
    let wanted = Wanted::of(asking.query);
    let asked = wanted.clone();
    let language = around.language;
    // Many entries and counts go into it, and many readers ask for the same.
    let state = generation(asking, place, &name).to_string();
    let parts = [
        "page",
        &name,
        &state,
        language.tag(),
        asking.query,
        &around.primary,
    ];
    let key = etag(asking, &around.base, &parts);
    if let Some(known) = asking.state.documents.get(&key) {
        return html(asking, language, known);
    }
    let found = query(asking, place, &name, move |catalogue| {
        let choice = asked.choose(catalogue)?;
        let total = choice
            .as_ref()
            .map_or(catalogue.summary().top, |choice| choice.len() as u64);
        let paging = Paging::new(number, total, PER_PAGE).ok_or(Failure::NotFound)?;
        let entries = match &choice {
            Some(choice) => catalogue.chosen(choice, paging.offset(), PER_PAGE)?,
            None => catalogue.entries(None, paging.offset() as u64, PER_PAGE as u64)?,
        };
        let filters = Filters::of(catalogue, &asked, choice.as_ref(), language)?;
        Ok((paging, entries, filters))
    });
    let nothing = || {
        let paging = Paging::new(number, 0, PER_PAGE)?;
        Some((paging, Vec::new(), Filters::default()))
    };
    let found: Option<(Paging, Vec<Entry>, Filters)> = found.await?.or_else(nothing);
    let (paging, entries, filters) = found.ok_or(Failure::NotFound)?;
    let cards: Vec<Card> = entries
        .iter()
        .map(|entry| Card::of(&around, &name, entry))
        .collect();
    around.share = cards
        .first()
        .and_then(|card| card.view().thumbnail)
        .map(|image| image.src);
    let page = CollectionPage {
        institution: around.institution(),
        collection: Named {
            label: &collection.label,
            url: &around.collection_url(&name),
        },
        description: collection.description.as_ref(),
        rights: collection.rights.as_deref(),
        filters: filters.views(),
        clear_url: (!wanted.is_empty()).then_some("./"),
        items: cards.iter().map(Card::view).collect(),
        paging,
        collection_url: &format!("{}/presentation/3/{name}/collection.json", around.primary),
    };
    let canonical = format!("{}/{name}/", around.primary);
    let frame = around.frame(asking, &canonical);
    let text = Bytes::from(pages::collection(&frame, &page));
    asking.state.documents.insert(key, text.clone());
    html(asking, frame.language, text)
}
