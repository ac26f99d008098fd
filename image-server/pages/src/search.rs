//! Searching: the box, and the page of what was found.

use maud::{Markup, html};

use crate::filter::FilterValue;
use crate::frame::{Content, Frame, document};
use crate::link;
use crate::paging::{Paging, pagination};
use crate::parts::{
    ItemCard, Named, Passage, breadcrumbs, byline, foreign, image, named, passage, title_of,
};
use crate::text::{self, Text};

/// What the page of a search shows.
#[derive(Debug, Clone)]
pub struct SearchPage<'a> {
    /// Whose collections are searched; the frame's `search_url` is this page.
    pub institution: Named<'a>,
    /// What the reader searched for, decoded; empty or blank if nothing yet.
    pub query: &'a str,
    /// What was found, the best first: this page of the list.
    pub results: Vec<SearchResult<'a>>,
    /// Which page of the list this is; its total counts items.
    pub paging: Paging,
    /// Whether there is more than is listed: the words are too common for all of it.
    pub is_cut: bool,
    /// The collections with what was found in each: `url` searches in that one alone, or in all again if it
    /// is active.
    pub collections: Vec<FilterValue<'a>>,
}

/// An item that was found.
#[derive(Debug, Clone)]
pub struct SearchResult<'a> {
    /// The item; its thumbnail may show the page that was found.
    pub item: ItemCard<'a>,
    /// The collection it belongs to.
    pub collection: Named<'a>,
    /// Where in the item the words were found; a few of them.
    pub hits: Vec<Hit<'a>>,
}

/// A place where words were found.
#[derive(Debug, Clone)]
pub struct Hit<'a> {
    /// The number and label of the image whose text it is; `None` for the record.
    pub page: Option<(usize, &'a str)>,
    /// The item's page at that image, with the words marked: `…/?page=3&q=…`.
    pub url: &'a str,
    /// The BCP 47 tag of the text, if it is known.
    pub language: Option<&'a str>,
    /// The words among their neighbours.
    pub snippet: Passage,
}

/// The box in the header; on small screens a link to the page that has one.
pub(crate) fn in_header(frame: &Frame<'_>) -> Markup {
    let language = frame.language;
    html! {
        @if let Some(url) = frame.search_url {
            search.finder { (field(frame, url, "", "find", text::SEARCH_IN)) }
            a.find href=(frame.to(url)) { (glass()) span { (text::SEARCH.get(language)) } }
        }
    }
}

/// A box to search with; `id` is that of its field.
pub(crate) fn form(frame: &Frame<'_>, url: &str, query: &str, id: &str) -> Markup {
    field(frame, url, query, id, text::SEARCH_HINT)
}

fn field(frame: &Frame<'_>, url: &str, query: &str, id: &str, hint: Text) -> Markup {
    let language = frame.language;
    html! {
        form.search method="get" action=(url) {
            label.unseen for=(id) { (text::SEARCH_IN.get(language)) }
            input id=(id) type="search" name="q" value=(query) maxlength="200"
                placeholder=(hint.get(language)) enterkeyhint="search";
            @if link::language(frame.query).is_some() {
                input type="hidden" name="lang" value=(language.tag());
            }
            button type="submit" { (glass()) span { (text::SEARCH.get(language)) } }
        }
    }
}

fn glass() -> Markup {
    html! {
        svg.icon viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false" {
            path d="M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5 20 20" {}
        }
    }
}

/// The page of a search.
#[must_use]
pub fn search(frame: &Frame<'_>, page: &SearchPage<'_>) -> String {
    let language = frame.language;
    let asked = page.query.trim();
    let heading = match asked {
        "" => text::SEARCH.get(language).to_owned(),
        asked => text::results_for(asked, language),
    };
    let (_, institution) = title_of(page.institution.label, language);
    let main = html! {
        (breadcrumbs(frame, &[page.institution]))
        div.hero.narrow {
            h1.item { (heading) }
            @if let Some(url) = frame.search_url { search { (form(frame, url, page.query, "q")) } }
        }
        @if asked.is_empty() {
            p.empty { (text::SEARCH_INVITATION.get(language)) }
        } @else {
            (found(frame, page))
        }
    };
    // Lists of what was found are no pages of their own for search engines.
    document(
        &Frame {
            canonical: None,
            ..*frame
        },
        &Content {
            title: &heading,
            description: &format!("{heading}. {institution}."),
            institution: Some(page.institution),
            document: None,
            data: None,
            number: page.paging.number,
            viewer: false,
            searches: true,
            main,
        },
    )
}

fn found(frame: &Frame<'_>, page: &SearchPage<'_>) -> Markup {
    let language = frame.language;
    html! {
        (places(frame, &page.collections))
        @if page.results.is_empty() {
            div.none {
                p.lead { (text::NOTHING_FOUND.get(language)) }
                ul {
                    li { (text::NOTHING_SPELLING.get(language)) }
                    li { (text::NOTHING_FEWER.get(language)) }
                    li {
                        a href=(frame.to(page.institution.url)) { (text::NOTHING_BROWSE.get(language)) }
                    }
                }
            }
        } @else {
            p.facts role="status" {
                (text::ITEMS_N.count(page.paging.total, language))
                @if page.paging.pages > 1 {
                    " · " (text::page_of(page.paging.number, page.paging.pages, language))
                }
            }
            @if page.is_cut { p.note { (text::TOO_MANY_FOUND.get(language)) } }
            ol.results role="list" {
                @for result in &page.results { (entry(frame, result)) }
            }
            (pagination(frame, page.paging))
        }
    }
}

fn places(frame: &Frame<'_>, collections: &[FilterValue<'_>]) -> Markup {
    let language = frame.language;
    html! {
        @if !collections.is_empty() {
            nav.chips aria-label=(text::SEARCH_WHERE.get(language)) {
                @for place in collections {
                    a.chip href=(frame.to(place.url)) rel="nofollow"
                        aria-current=[place.active.then_some("true")] {
                        (place.label)
                        @if place.active { span aria-hidden="true" { "×" } }
                        @else { span.count { (text::number(place.count, language)) } }
                    }
                }
            }
        }
    }
}

fn entry(frame: &Frame<'_>, result: &SearchResult<'_>) -> Markup {
    let language = frame.language;
    let item = &result.item;
    html! {
        li.result {
            a.mat href=(frame.to(item.item.url)) tabindex="-1" aria-hidden="true" {
                @match &item.thumbnail {
                    Some(thumbnail) => (image(thumbnail, "")),
                    None => span.blank {},
                }
            }
            div {
                h2.name { a href=(frame.to(item.item.url)) { (named(item.item.label, language)) } }
                p.about {
                    @if let Some(byline) = byline(item) { (byline) " · " }
                    (named(result.collection.label, language))
                }
                @for hit in &result.hits { (place(frame, hit)) }
            }
        }
    }
}

fn place(frame: &Frame<'_>, hit: &Hit<'_>) -> Markup {
    let language = frame.language;
    html! {
        p.hit {
            @if let Some((number, label)) = hit.page {
                a href=(frame.to(hit.url)) rel="nofollow" {
                    @if label.is_empty() { (text::image_number(number, language)) } @else { (label) }
                }
                " "
            }
            span lang=[foreign(hit.language, language)] { (passage(&hit.snippet)) }
        }
    }
}
