//! What is known of an item, and what can be taken along: links, downloads, documents.

use acervo_record::{Range, Text as Value};
use acervo_tenancy::Language;
use maud::{Markup, html};

use super::{Download, ItemPage, reading};
use crate::citation::{self, Citation};
use crate::frame::Frame;
use crate::parts::{document_link, named};
use crate::{link, metadata, text};

/// What is known of the item, what can be taken along, and the way through its chapters.
pub(super) fn known(
    frame: &Frame<'_>,
    page: &ItemPage<'_>,
    citation: Option<Citation<'_>>,
) -> Markup {
    let language = frame.language;
    html! {
        div.known {
            (chapters(frame, &page.record.ranges))
            div.story {
                (metadata::summary(page.record, language))
                (reading::text(page.text.as_ref(), language))
                section aria-labelledby="about" {
                    h2 #about { (text::ABOUT.get(language)) }
                    (facts(frame, page))
                    (metadata::elsewhere(page.record, language))
                }
            }
            div.taking {
                @if let Some(rights) = metadata::rights(page.record, page.rights, language) {
                    section.rights aria-labelledby="rights" {
                        h2 #rights { (text::RIGHTS.get(language)) }
                        (rights)
                    }
                }
                (downloads(page, language))
                @if let Some(citation) = citation {
                    (citation::section(&citation.line(language), language))
                }
                (programs(frame, page))
            }
        }
    }
}

fn facts(frame: &Frame<'_>, page: &ItemPage<'_>) -> Markup {
    let language = frame.language;
    let images = text::IMAGES_N.count(page.turn.total as u64, language);
    html! {
        dl.record {
            (metadata::entries(frame, page.record, &page.links))
            @if let Some(parent) = page.parent {
                div {
                    dt { (text::PART_OF.get(language)) }
                    dd { a href=(frame.to(parent.url)) { (named(parent.label, language)) } }
                }
            }
            div {
                dt { (text::COLLECTION.get(language)) }
                dd { a href=(frame.to(page.collection.url)) { (named(page.collection.label, language)) } }
            }
            div {
                dt { (text::DIGITISED.get(language)) }
                dd { (images) }
            }
        }
    }
}

/// The item's chapters, each a link to its first image.
fn chapters(frame: &Frame<'_>, ranges: &[Range]) -> Markup {
    let language = frame.language;
    html! {
        @if !ranges.is_empty() {
            nav.chapters aria-labelledby="chapters" {
                h2 #chapters { (text::CHAPTERS.get(language)) }
                ol role="list" {
                    @for range in ranges {
                        li class={ "level-" (range.level.clamp(1, 4)) } {
                            a href=(link::page(frame.query, range.page as usize)) data-turn {
                                @match Value::pick(&range.label, language).next() {
                                    Some(label) => (metadata::value(label, language)),
                                    None => (text::image_number(range.page as usize, language)),
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn downloads(page: &ItemPage<'_>, language: Language) -> Markup {
    let pixels = |pixels: u32| text::number(u64::from(pixels), language);
    let shown = &page.shown;
    html! {
        section.take aria-labelledby="take" {
            h2 #take { (text::THIS_IMAGE.get(language)) }
            div data-swap="take" {
                p.facts {
                    (text::ORIGINAL_SIZE.get(language)) ": "
                    (pixels(shown.width)) " × " (pixels(shown.height)) " " (text::PIXELS.get(language))
                }
                @if !page.downloads.is_empty() {
                    ul.downloads role="list" {
                        @for size in &page.downloads { li { (download(size, language)) } }
                    }
                }
            }
            p.document {
                button type="button" data-copy="" data-done=(text::LINK_COPIED.get(language)) {
                    (text::COPY_VIEW.get(language))
                }
                span.status role="status" {}
            }
        }
    }
}

fn download(size: &Download<'_>, language: Language) -> Markup {
    let pixels = |pixels: u32| text::number(u64::from(pixels), language);
    html! {
        a href=(size.url) download {
            span {
                (text::DOWNLOAD.get(language)) " "
                (pixels(size.width)) " × " (pixels(size.height))
            }
            @if let Some(bytes) = size.bytes { " " span.count { (text::bytes(bytes, language)) } }
        }
    }
}

/// The documents of the item for viewers and programs.
fn programs(frame: &Frame<'_>, page: &ItemPage<'_>) -> Markup {
    let language = frame.language;
    html! {
        section aria-labelledby="data" {
            h2 #data { (text::DATA.get(language)) }
            (document_link(text::MANIFEST, page.manifest_url, language))
            @if let Some(older) = page.manifest_2_url {
                p.document { a href=(older) type="application/ld+json" { (text::MANIFEST_2.get(language)) } }
            }
            p.note {
                a.drag href=(link::dragged(frame.canonical.unwrap_or(page.manifest_url), page.manifest_url)) {
                    span.badge aria-hidden="true" { "IIIF" }
                    (text::OTHER_VIEWER.get(language))
                }
                " " (text::OTHER_VIEWER_HELP.get(language))
            }
        }
    }
}
