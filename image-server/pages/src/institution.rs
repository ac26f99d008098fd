//! The page of an institution: its collections.

use maud::html;

use crate::frame::{Content, Frame, document};
use crate::parts::{
    CollectionCard, ItemCard, Named, breadcrumbs, card, document_link, item_grid, named, title_of,
};
use crate::{link, text};

/// What an institution's page shows.
#[derive(Debug, Clone)]
pub struct InstitutionPage<'a> {
    /// The institution.
    pub institution: Named<'a>,
    /// Its own web site; linked if it is an http or https URL.
    pub homepage: Option<&'a str>,
    /// The URL of its IIIF collection.
    pub collection_url: &'a str,
    /// Its collections, in the order to show.
    pub collections: Vec<CollectionCard<'a>>,
    /// A few items to begin with.
    pub featured: Vec<ItemCard<'a>>,
}

/// The page of an institution.
#[must_use]
pub fn institution(frame: &Frame<'_>, page: &InstitutionPage<'_>) -> String {
    let language = frame.language;
    let label = page.institution.label;
    let (_, title) = title_of(label, language);
    let collections = text::COLLECTIONS_N.count(page.collections.len() as u64, language);
    let items = text::ITEMS_N.count(
        page.collections.iter().map(|card| card.items).sum(),
        language,
    );
    let main = html! {
        (breadcrumbs(frame, &[]))
        div.hero {
            h1 { (named(label, language)) }
            p.facts { (collections) " · " (items) }
            @if let Some(homepage) = page.homepage.and_then(link::web) {
                p.outward {
                    a href=(homepage) rel="external" title=(link::spoken(homepage)) {
                        (text::WEB_SITE.get(language))
                    }
                }
            }
        }
        section aria-labelledby="collections" {
            h2 #collections { (text::COLLECTIONS.get(language)) }
            @if page.collections.is_empty() {
                p.empty { (text::NO_COLLECTIONS.get(language)) }
            } @else {
                ul.grid.places role="list" {
                    @for place in &page.collections {
                        @let count = text::ITEMS_N.count(place.items, language);
                        (card(frame, place.collection, place.thumbnail.as_ref(), Some(&count)))
                    }
                }
            }
        }
        @if !page.featured.is_empty() {
            section aria-labelledby="featured" {
                h2 #featured { (text::FEATURED.get(language)) }
                (item_grid(frame, &page.featured))
            }
        }
        section.data aria-labelledby="data" {
            h2 #data { (text::DATA.get(language)) }
            (document_link(text::COLLECTION_DOCUMENT, page.collection_url, language))
        }
    };
    document(
        frame,
        &Content {
            title,
            description: &format!("{title}: {collections}, {items}."),
            institution: Some(page.institution),
            document: Some(page.collection_url),
            number: 1,
            viewer: false,
            main,
        },
    )
}
