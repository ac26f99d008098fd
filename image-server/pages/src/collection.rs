//! The page of a collection: its items, a page of them at a time, chosen by filters.

use acervo_tenancy::LanguageMap;
use maud::html;

use crate::filter::{self, Filter};
use crate::frame::{Content, Frame, document};
use crate::paging::{Paging, pagination};
use crate::parts::{
    ItemCard, Named, breadcrumbs, document_link, item_grid, named, prose, rights_link, title_of,
};
use crate::{schema, text};

/// What a collection's page shows.
#[derive(Debug, Clone)]
pub struct CollectionPage<'a> {
    /// Whose collection it is.
    pub institution: Named<'a>,
    /// The collection.
    pub collection: Named<'a>,
    /// What it holds, in paragraphs that blank lines divide.
    pub description: Option<&'a LanguageMap>,
    /// The URI of the rights statement of its items.
    pub rights: Option<&'a str>,
    /// By what its items can be chosen; a filter without values is left out.
    pub filters: Vec<Filter<'a>>,
    /// The list without any filter, for when one is active.
    pub clear_url: Option<&'a str>,
    /// The items of this page of the list.
    pub items: Vec<ItemCard<'a>>,
    /// Which page of the list this is; its total counts the items that the filters leave.
    pub paging: Paging,
    /// The URL of the IIIF collection.
    pub collection_url: &'a str,
}

/// The page of a collection.
#[must_use]
pub fn collection(frame: &Frame<'_>, page: &CollectionPage<'_>) -> String {
    let language = frame.language;
    let label = page.collection.label;
    let (_, name) = title_of(label, language);
    let items = text::ITEMS_N.count(page.paging.total, language);
    let number = page.paging.number;
    let title = match number {
        1 => name.to_owned(),
        _ => format!("{name} · {}", text::page(number, language)),
    };
    let (_, institution) = title_of(page.institution.label, language);
    let chosen = filter::active(&page.filters);
    let main = html! {
        (breadcrumbs(frame, &[page.institution]))
        div.hero {
            p.kind { (text::COLLECTION.get(language)) }
            h1 { (named(label, language)) }
            @if let (Some(description), 1, false) = (page.description, number, chosen) {
                div.prose { (prose(description, language)) }
            }
            @if let Some(rights) = page.rights.and_then(|uri| rights_link(uri, language)) {
                p.rights { span.term { (text::RIGHTS.get(language)) ":" } " " (rights) }
            }
        }
        (filter::panel(frame, &page.filters))
        section.list aria-labelledby="items" {
            h2.unseen #items { (text::ITEMS.get(language)) }
            (filter::chips(frame, &page.filters, page.clear_url))
            p.facts {
                (items)
                @if page.paging.pages > 1 {
                    " · " (text::page_of(number, page.paging.pages, language))
                }
            }
            @if page.items.is_empty() {
                p.empty {
                    @if chosen { (text::NO_ITEMS_LEFT.get(language)) }
                    @else { (text::NO_ITEMS.get(language)) }
                }
            } @else {
                (item_grid(frame, &page.items))
            }
            (pagination(frame, page.paging))
        }
        section.data aria-labelledby="data" {
            h2 #data { (text::DATA.get(language)) }
            (document_link(text::COLLECTION_DOCUMENT, page.collection_url, language))
        }
    };
    // A list that filters made is no page of its own for search engines.
    let canonical = frame.canonical.filter(|_| !chosen);
    document(
        &Frame {
            canonical,
            ..*frame
        },
        &Content {
            title: &title,
            description: &format!("{name}, {institution}: {items}."),
            institution: Some(page.institution),
            document: Some(page.collection_url),
            data: canonical.map(|address| schema::collection(address, page, language)),
            number,
            viewer: false,
            searches: false,
            main,
        },
    )
}
