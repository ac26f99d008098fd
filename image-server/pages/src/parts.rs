//! Parts that several pages share: names, images, cards, breadcrumbs, links to documents.

use acervo_tenancy::{Language, LanguageMap};
use maud::{Markup, html};

use crate::frame::Frame;
use crate::text::{self, Text};
use crate::{link, rights};

/// Something with a name and a page of its own.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// Its name; one in no language, such as a file's, is under `none`, as in IIIF.
    pub label: &'a LanguageMap,
    /// The URL of its page.
    pub url: &'a str,
}

/// An image as the page shows it; the page itself says what it depicts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Its URL.
    pub src: String,
    /// Larger forms for dense screens, in the syntax of HTML's `srcset` (`…/full/!800,800/… 2x`).
    pub srcset: Option<String>,
    /// Width in pixels of what `src` answers.
    pub width: u32,
    /// Height in pixels of what `src` answers.
    pub height: u32,
}

/// An institution in the platform's list.
#[derive(Debug, Clone)]
pub struct InstitutionCard<'a> {
    /// Its name and page.
    pub institution: Named<'a>,
    /// How many items it has published.
    pub items: u64,
    /// An image of one of its items.
    pub thumbnail: Option<Image>,
}

/// A collection in the institution's list.
#[derive(Debug, Clone)]
pub struct CollectionCard<'a> {
    /// Its name and page.
    pub collection: Named<'a>,
    /// How many items it has published.
    pub items: u64,
    /// An image of one of its items.
    pub thumbnail: Option<Image>,
}

/// An item in a list.
#[derive(Debug, Clone)]
pub struct ItemCard<'a> {
    /// Its name and page.
    pub item: Named<'a>,
    /// How many images it has.
    pub pages: u64,
    /// Its first image.
    pub thumbnail: Option<Image>,
}

/// The tag and text of a name; an empty one reads "untitled".
pub(crate) fn title_of(label: &LanguageMap, language: Language) -> (&str, &str) {
    match label.pick(language) {
        (_, text) if text.trim().is_empty() => (language.tag(), text::UNTITLED.get(language)),
        picked => picked,
    }
}

/// A name, marked with its language where that is known not to be the page's.
pub(crate) fn named(label: &LanguageMap, language: Language) -> Markup {
    let (tag, text) = title_of(label, language);
    match tag {
        "" | "none" => html! { bdi { (breakable(text)) } },
        tag if Language::from_tag(tag) == Some(language) => breakable(text),
        tag => html! { span lang=(tag) dir="auto" { (breakable(text)) } },
    }
}

/// A text that may break after underscores: names of files have them where others have spaces.
fn breakable(text: &str) -> Markup {
    html! {
        @for part in text.split_inclusive('_') {
            (part)
            @if part.ends_with('_') { wbr; }
        }
    }
}

/// An image with the text `alt`; an empty one says that words beside it tell the same.
pub(crate) fn image(image: &Image, alt: &str) -> Markup {
    html! {
        img src=(image.src) srcset=[image.srcset.as_deref()] alt=(alt)
            width=(image.width) height=(image.height) loading="lazy" decoding="async";
    }
}

/// A card of a grid: one link with an image, a name and a count.
pub(crate) fn card(
    frame: &Frame<'_>,
    target: Named<'_>,
    thumbnail: Option<&Image>,
    count: Option<&str>,
) -> Markup {
    html! {
        li.card {
            a href=(frame.to(target.url)) {
                span.mat {
                    @match thumbnail {
                        Some(thumbnail) => (image(thumbnail, "")),
                        None => span.blank aria-hidden="true" {},
                    }
                }
                span.name { (named(target.label, frame.language)) }
                @if let Some(count) = count { span.count { (count) } }
            }
        }
    }
}

/// The cards of items; the number of images is told where there are several.
pub(crate) fn item_grid(frame: &Frame<'_>, items: &[ItemCard<'_>]) -> Markup {
    html! {
        ul.grid.items role="list" {
            @for card_of in items {
                @let count = text::IMAGES_N.count(card_of.pages, frame.language);
                (card(
                    frame,
                    card_of.item,
                    card_of.thumbnail.as_ref(),
                    (card_of.pages > 1).then_some(&*count),
                ))
            }
        }
    }
}

/// The way from the list of institutions down to the page, whose own name follows as its heading.
pub(crate) fn breadcrumbs(frame: &Frame<'_>, above: &[Named<'_>]) -> Markup {
    let language = frame.language;
    html! {
        @if frame.institutions_url.is_some() || !above.is_empty() {
            nav.crumbs aria-label=(text::YOU_ARE_HERE.get(language)) {
                ol role="list" {
                    @if let Some(url) = frame.institutions_url {
                        li { a href=(frame.to(url)) { (text::INSTITUTIONS.get(language)) } }
                    }
                    @for step in above {
                        li { a href=(frame.to(step.url)) { (named(step.label, language)) } }
                    }
                }
            }
        }
    }
}

/// A link to a document for programs, with a button that copies its address.
pub(crate) fn document_link(name: Text, url: &str, language: Language) -> Markup {
    html! {
        p.document {
            a href=(url) type="application/ld+json" { (name.get(language)) }
            " "
            button type="button" hidden data-copy=(url) data-done=(text::COPIED.get(language)) {
                (text::COPY.get(language))
            }
            span.status role="status" {}
        }
    }
}

/// What `uri` allows, in words where they are known; `None` if it cannot be shown as a link.
pub(crate) fn rights_link(uri: &str, language: Language) -> Option<Markup> {
    let href = link::web(uri)?;
    let words = rights::words(href, language);
    Some(html! {
        a href=(href) rel="license" { (words.as_deref().unwrap_or_else(|| link::spoken(href))) }
    })
}
