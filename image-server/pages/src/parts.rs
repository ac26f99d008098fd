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
    /// Larger forms, in the syntax of HTML's `srcset`: by density (`…/full/!800,800/… 2x`), or by width
    /// (`… 400w, … 800w`) where the page shows it as wide as the window allows.
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
    /// What it holds; its first paragraph is shown.
    pub description: Option<&'a LanguageMap>,
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
    /// Who made it: the first creator, as the record says it.
    pub creator: Option<&'a str>,
    /// When it was made, as the record says it.
    pub date: Option<&'a str>,
    /// How many images it has.
    pub pages: u64,
    /// How many volumes it has; 0 for what is no item of several volumes.
    pub volumes: u64,
    /// The image that stands for it.
    pub thumbnail: Option<Image>,
}

/// A text in pieces; those marked `true` are what the reader searched for.
pub type Passage = Vec<(bool, String)>;

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

/// The `lang` of a text with the tag `tag` on a page in `language`; `None` where it need not be said.
pub(crate) fn foreign(tag: Option<&str>, language: Language) -> Option<&str> {
    tag.filter(|tag| !tag.is_empty() && *tag != "none" && Language::from_tag(tag) != Some(language))
}

/// The paragraphs of a text, which blank lines divide.
pub(crate) fn paragraphs(text: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    for line in text.lines().map(str::trim) {
        match (line, all.last_mut()) {
            ("", Some(last)) if !last.is_empty() => all.push(String::new()),
            ("", _) | (_, None) => {}
            (line, Some(last)) => {
                if !last.is_empty() {
                    last.push(' ');
                }
                last.push_str(line);
            }
        }
    }
    all.retain(|paragraph| !paragraph.is_empty());
    all
}

/// A text of several paragraphs.
pub(crate) fn prose(text: &LanguageMap, language: Language) -> Markup {
    let (tag, text) = text.pick(language);
    let tag = foreign(Some(tag), language);
    html! {
        @for paragraph in paragraphs(text) {
            p lang=[tag] dir=[tag.map(|_| "auto")] { (paragraph) }
        }
    }
}

/// A text with what was searched for marked.
pub(crate) fn passage(pieces: &Passage) -> Markup {
    html! {
        @for (hit, piece) in pieces {
            @if *hit { mark { (piece) } } @else { (piece) }
        }
    }
}

/// An image with the text `alt`; an empty one says that words beside it tell the same.
pub(crate) fn image(image: &Image, alt: &str) -> Markup {
    html! {
        img src=(image.src) srcset=[image.srcset.as_deref()] sizes=[sizes(image, "20rem")] alt=(alt)
            width=(image.width) height=(image.height) loading="lazy" decoding="async";
    }
}

/// The `sizes` that a `srcset` by width needs.
pub(crate) fn sizes<'a>(image: &Image, sizes: &'a str) -> Option<&'a str> {
    let by_width = image.srcset.as_deref()?.trim_end().ends_with('w');
    by_width.then_some(sizes)
}

/// What a card of a grid shows.
pub(crate) struct Card<'a> {
    pub(crate) target: Named<'a>,
    pub(crate) thumbnail: Option<&'a Image>,
    /// A line under the name.
    pub(crate) about: Option<Markup>,
    /// How much there is behind it.
    pub(crate) count: Option<String>,
}

/// A card of a grid: one link with an image, a name and a count.
pub(crate) fn card(frame: &Frame<'_>, card: &Card<'_>) -> Markup {
    html! {
        li.card {
            a href=(frame.to(card.target.url)) {
                span.mat {
                    @match card.thumbnail {
                        Some(thumbnail) => (image(thumbnail, "")),
                        None => span.blank aria-hidden="true" {},
                    }
                }
                span.name { (named(card.target.label, frame.language)) }
                @if let Some(about) = &card.about { span.about { (about) } }
                @if let Some(count) = &card.count { span.count { (count) } }
            }
        }
    }
}

/// Who made an item and when: `Ana Ruiz, 1846`.
pub(crate) fn byline(item: &ItemCard<'_>) -> Option<Markup> {
    let known = |text: Option<&str>| text.is_some_and(|text| !text.trim().is_empty());
    (known(item.creator) || known(item.date)).then(|| {
        html! {
            @if let Some(creator) = item.creator { bdi { (creator) } }
            @if known(item.creator) && known(item.date) { ", " }
            @if let Some(date) = item.date { bdi { (date) } }
        }
    })
}

/// How much there is of an item, where it is more than one image.
pub(crate) fn amount(item: &ItemCard<'_>, language: Language) -> Option<String> {
    match (item.volumes, item.pages) {
        (1.., _) => Some(text::VOLUMES_N.count(item.volumes, language)),
        (0, 2..) => Some(text::IMAGES_N.count(item.pages, language)),
        (0, _) => None,
    }
}

/// The cards of items.
pub(crate) fn item_grid(frame: &Frame<'_>, items: &[ItemCard<'_>]) -> Markup {
    html! {
        ul.grid.items role="list" {
            @for item in items {
                (card(frame, &Card {
                    target: item.item,
                    thumbnail: item.thumbnail.as_ref(),
                    about: byline(item),
                    count: amount(item, frame.language),
                }))
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

/// A button that copies the address `url`, made absolute, and says so; nothing without the script.
pub(crate) fn copy_address(name: Text, url: &str, language: Language) -> Markup {
    html! {
        button type="button" data-copy=(url) data-done=(text::LINK_COPIED.get(language)) {
            (name.get(language))
        }
        span.status role="status" {}
    }
}

/// A button that copies `text` as it is, and says so; nothing without the script.
pub(crate) fn copy_text(name: Text, text: &str, language: Language) -> Markup {
    html! {
        button type="button" data-text=(text) data-done=(text::TEXT_COPIED.get(language)) {
            (name.get(language))
        }
        span.status role="status" {}
    }
}

/// A link to a document for programs, with a button that copies its address.
pub(crate) fn document_link(name: Text, url: &str, language: Language) -> Markup {
    html! {
        p.document {
            a href=(url) type="application/ld+json" { (name.get(language)) }
            " "
            (copy_address(text::COPY, url, language))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_divide_paragraphs() {
        for (text, expected) in [
            ("", vec![]),
            ("Uno", vec!["Uno"]),
            ("Uno\nsigue", vec!["Uno sigue"]),
            ("\n\nUno\r\n \r\n\r\nDos\n", vec!["Uno", "Dos"]),
        ] {
            assert_eq!(paragraphs(text), expected, "{text:?}");
        }
    }
}
