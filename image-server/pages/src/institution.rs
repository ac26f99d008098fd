//! The page of an institution: who it is, and its collections.

use acervo_tenancy::{Language, LanguageMap};
use maud::{Markup, html};

use crate::frame::{Content, Frame, document};
use crate::parts::{
    Card, CollectionCard, ItemCard, Named, breadcrumbs, byline, card, document_link, foreign,
    item_grid, named, paragraphs, sizes, title_of,
};
use crate::{link, schema, search, text};

/// What an institution's page shows.
#[derive(Debug, Clone)]
pub struct InstitutionPage<'a> {
    /// The institution.
    pub institution: Named<'a>,
    /// What it says of itself, in paragraphs that blank lines divide.
    pub about: Option<&'a LanguageMap>,
    /// Its own web site; linked if it is an http or https URL.
    pub homepage: Option<&'a str>,
    /// The URL of its IIIF collection.
    pub collection_url: &'a str,
    /// Its collections, in the order to show.
    pub collections: Vec<CollectionCard<'a>>,
    /// The item that opens the page, with a large image as `thumbnail`: 1200 pixels wide, and smaller forms
    /// by width in its `srcset`.
    pub hero: Option<ItemCard<'a>>,
    /// A few items to begin with; the one that opens the page is not among them.
    pub featured: Vec<ItemCard<'a>>,
}

/// How many characters of an institution's first paragraph stand at the top of its page.
const LEAD: usize = 320;

/// The page of an institution.
#[must_use]
pub fn institution(frame: &Frame<'_>, page: &InstitutionPage<'_>) -> String {
    let language = frame.language;
    let (_, title) = title_of(page.institution.label, language);
    let collections = text::COLLECTIONS_N.count(page.collections.len() as u64, language);
    let items = text::ITEMS_N.count(
        page.collections.iter().map(|card| card.items).sum(),
        language,
    );
    let facts = format!("{collections} · {items}");
    let main = html! {
        (breadcrumbs(frame, &[]))
        (opening(frame, page, &facts))
        section aria-labelledby="collections" {
            h2 #collections { (text::COLLECTIONS.get(language)) }
            @if page.collections.is_empty() {
                p.empty { (text::NO_COLLECTIONS.get(language)) }
            } @else {
                (shelves(frame, &page.collections))
            }
        }
        @if !page.featured.is_empty() {
            section aria-labelledby="featured" {
                h2 #featured { (text::FEATURED.get(language)) }
                (item_grid(frame, &page.featured))
            }
        }
        (about(frame, page))
    };
    document(
        frame,
        &Content {
            title,
            description: &format!("{title}: {collections}, {items}."),
            institution: Some(page.institution),
            document: Some(page.collection_url),
            data: frame
                .canonical
                .map(|address| schema::institution(frame, address, page)),
            number: 1,
            viewer: false,
            searches: frame.search_url.is_some(),
            main,
        },
    )
}

/// The first paragraph, where it is short enough to stand beside an image, and its tag.
fn first_words(about: &LanguageMap, language: Language) -> Option<(&str, String)> {
    let (tag, text) = about.pick(language);
    let first = paragraphs(text).into_iter().next()?;
    (first.chars().count() <= LEAD).then_some((tag, first))
}

/// Name and search box, beside the image of one item.
fn opening(frame: &Frame<'_>, page: &InstitutionPage<'_>, facts: &str) -> Markup {
    let language = frame.language;
    let lead = page.about.and_then(|about| first_words(about, language));
    html! {
        div.opening {
            div.words {
                h1 { (named(page.institution.label, language)) }
                @if let Some((tag, lead)) = &lead {
                    p.lead lang=[foreign(Some(tag), language)] { (lead) }
                }
                p.facts { (facts) }
                @if let Some(url) = frame.search_url { search { (search::form(frame, url, "", "q")) } }
            }
            @if let Some(hero) = &page.hero {
                @if let Some(large) = &hero.thumbnail {
                    a.showpiece href=(frame.to(hero.item.url)) {
                        img src=(large.src) srcset=[large.srcset.as_deref()]
                            sizes=[sizes(large, "(min-width: 64rem) 60vw, 100vw")] alt=""
                            width=(large.width) height=(large.height) decoding="async" fetchpriority="high";
                        span.caption {
                            span.name { (named(hero.item.label, language)) }
                            @if let Some(byline) = byline(hero) { span.about { (byline) } }
                        }
                    }
                }
            }
        }
    }
}

fn shelves(frame: &Frame<'_>, collections: &[CollectionCard<'_>]) -> Markup {
    html! {
        ul.grid.places role="list" {
            @for place in collections {
                (card(frame, &Card {
                    target: place.collection,
                    thumbnail: place.thumbnail.as_ref(),
                    about: place.description.and_then(|text| lead(text, frame.language)),
                    count: Some(text::ITEMS_N.count(place.items, frame.language)),
                }))
            }
        }
    }
}

/// The first paragraph of a description.
fn lead(text: &LanguageMap, language: Language) -> Option<Markup> {
    let (tag, text) = text.pick(language);
    let first = paragraphs(text).into_iter().next()?;
    Some(html! { span lang=[foreign(Some(tag), language)] { (first) } })
}

/// What the institution says of itself, but for what stands at the top.
fn about(frame: &Frame<'_>, page: &InstitutionPage<'_>) -> Markup {
    let language = frame.language;
    let homepage = page.homepage.and_then(link::web);
    let (tag, text) = page.about.map_or(("", ""), |about| about.pick(language));
    let above = page.about.and_then(|about| first_words(about, language));
    let rest: Vec<_> = paragraphs(text)
        .into_iter()
        .skip(usize::from(above.is_some()))
        .collect();
    html! {
        @if !rest.is_empty() || homepage.is_some() {
            section.who aria-labelledby="about" {
                h2 #about { (text::ABOUT_INSTITUTION.get(language)) }
                div.prose {
                    @for paragraph in &rest {
                        p lang=[foreign(Some(tag), language)] { (paragraph) }
                    }
                    @if let Some(homepage) = homepage {
                        p.outward {
                            a href=(homepage) rel="external" title=(link::spoken(homepage)) {
                                (text::WEB_SITE.get(language))
                            }
                        }
                    }
                }
            }
        }
        section.data aria-labelledby="data" {
            h2 #data { (text::DATA.get(language)) }
            (document_link(text::COLLECTION_DOCUMENT, page.collection_url, language))
        }
    }
}
