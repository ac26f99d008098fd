//! The page of an item: one of its images at a time, with deep zoom, and the strip of the others.

use std::ops::RangeInclusive;

use maud::{Markup, html};

use crate::frame::{Content, Frame, document};
use crate::parts::{Image, Named, breadcrumbs, document_link, image, named, rights_link, title_of};
use crate::{assets, link, text};

/// How many images the strip shows.
const STRIP: usize = 24;

/// Which image of an item is shown; the others are found under `?page=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    number: usize,
    total: usize,
}

impl Turn {
    /// Image `number` (1 is the first) of `total`; `None` if there is no such image.
    #[must_use]
    pub fn new(number: usize, total: usize) -> Option<Self> {
        (1..=total)
            .contains(&number)
            .then_some(Self { number, total })
    }

    /// The numbers of the images that the strip shows: the one shown and its neighbours.
    #[must_use]
    pub fn strip(self) -> RangeInclusive<usize> {
        let first = self
            .number
            .saturating_sub(STRIP / 2)
            .min(self.total.saturating_sub(STRIP - 1));
        let first = first.max(1);
        first..=self.total.min(first + STRIP - 1)
    }
}

/// What an item's page shows.
#[derive(Debug, Clone)]
pub struct ItemPage<'a> {
    /// Whose item it is.
    pub institution: Named<'a>,
    /// The collection it belongs to.
    pub collection: Named<'a>,
    /// The item.
    pub item: Named<'a>,
    /// Which image is shown.
    pub turn: Turn,
    /// The image shown.
    pub shown: PageImage<'a>,
    /// The label and a small image of each number of [`Turn::strip`], in its order.
    pub strip: Vec<(&'a str, Image)>,
    /// The URL of the manifest.
    pub manifest_url: &'a str,
    /// The URI of the rights statement.
    pub rights: Option<&'a str>,
    /// The item before it in the collection.
    pub previous: Option<Named<'a>>,
    /// The item after it in the collection.
    pub next: Option<Named<'a>>,
}

/// One image of an item.
#[derive(Debug, Clone)]
pub struct PageImage<'a> {
    /// What the image is called within its item, such as a folio number; may be empty.
    pub label: &'a str,
    /// The URL of its info.json, on the host that was asked.
    pub info_url: &'a str,
    /// Full width in pixels.
    pub width: u32,
    /// Full height in pixels.
    pub height: u32,
    /// What is shown before, or without, deep zoom.
    pub preview: Image,
    /// The URL of a still image as large as one answer may be.
    pub larger_url: &'a str,
}

/// The page of an item.
#[must_use]
pub fn item(frame: &Frame<'_>, page: &ItemPage<'_>) -> String {
    let language = frame.language;
    let label = page.item.label;
    let Turn { number, total } = page.turn;
    let (_, name) = title_of(label, language);
    let title = match number {
        1 => name.to_owned(),
        _ => format!("{name} · {}", text::image_of(number, total, language)),
    };
    let (_, collection) = title_of(page.collection.label, language);
    let (_, institution) = title_of(page.institution.label, language);
    let images = text::IMAGES_N.count(total as u64, language);
    let main = html! {
        (breadcrumbs(frame, &[page.institution, page.collection]))
        h1.item { (named(label, language)) }
        div.reading {
            div.seeing {
                (viewer(frame, page, name))
                (strip(frame, page))
            }
            (details(frame, page, &images))
        }
        (neighbours(frame, page))
    };
    document(
        frame,
        &Content {
            title: &title,
            description: &format!("{name}. {collection}, {institution}. {images}."),
            institution: Some(page.institution),
            document: Some(page.manifest_url),
            number,
            viewer: true,
            main,
        },
    )
}

/// The image, still at first; the script puts deep zoom over it. What stays on a full screen.
fn viewer(frame: &Frame<'_>, page: &ItemPage<'_>, name: &str) -> Markup {
    let language = frame.language;
    let Turn { number, total } = page.turn;
    let shown = &page.shown;
    let caption = match (total, shown.label) {
        (1, "") => None,
        (1, label) => Some(label.to_owned()),
        (_, "") => Some(text::image_of(number, total, language)),
        (_, label) => Some(format!(
            "{} · {label}",
            text::image_of(number, total, language)
        )),
    };
    let alt = match &caption {
        Some(caption) => format!("{name}. {caption}"),
        None => name.to_owned(),
    };
    html! {
        div.viewer #viewer data-viewer="still" data-tiles-drawn="0"
            data-script=(assets::OPENSEADRAGON.url(frame.assets_base))
            data-help=(text::CANVAS_HELP.get(language))
            data-opening=(text::OPENING.get(language))
            data-opened=(text::OPENED.get(language))
            data-failed=(text::OPEN_FAILED.get(language))
            data-level=(text::ZOOM_LEVEL.get(language)) {
            figure {
                div.stage {
                    a.still href=(shown.larger_url) data-swap="still" data-info=(shown.info_url) {
                        img src=(shown.preview.src) srcset=[shown.preview.srcset.as_deref()]
                            alt=(alt) width=(shown.preview.width) height=(shown.preview.height)
                            decoding="async" fetchpriority="high";
                    }
                    div.deep {}
                    (tools(frame))
                }
                figcaption data-swap="caption" { @if let Some(caption) = caption { (caption) } }
            }
            p.status role="status" {}
            (turning(frame, page.turn))
        }
    }
}

/// The buttons over the image; useless without the script, which shows them.
fn tools(frame: &Frame<'_>) -> Markup {
    let language = frame.language;
    let buttons = [
        ("in", text::ZOOM_IN, "M5 12h14M12 5v14"),
        ("out", text::ZOOM_OUT, "M5 12h14"),
        (
            "home",
            text::WHOLE_IMAGE,
            "M4 11.5 12 5l8 6.5M6.5 10v9h11v-9",
        ),
        (
            "rotate",
            text::ROTATE,
            "M19 12a7 7 0 1 1-2.6-5.4L19 9M19 4v5h-5",
        ),
    ];
    html! {
        div.tools role="group" aria-label=(text::IMAGE_CONTROLS.get(language)) hidden {
            button.open type="button" data-do="open" { (text::ZOOM.get(language)) }
            @for (action, name, path) in buttons { (tool(action, name.get(language), path)) }
            (tool("full", text::FULL_SCREEN.get(language), "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5"))
        }
    }
}

fn tool(action: &str, name: &str, path: &str) -> Markup {
    html! {
        button type="button" data-do=(action) aria-label=(name) title=(name) {
            svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false" {
                path d=(path) {}
            }
        }
    }
}

/// Links to the image before and after, and a field for any number.
fn turning(frame: &Frame<'_>, turn: Turn) -> Markup {
    let language = frame.language;
    let Turn {
        number: here,
        total,
    } = turn;
    let to = |number| link::page(frame.query, number);
    html! {
        @if total > 1 {
            nav.turning aria-label=(text::TURN.get(language)) data-swap="turning" tabindex="-1" {
                @if here > 1 {
                    a.step rel="prev" href=(to(here - 1)) data-turn data-key="previous"
                        aria-label=(text::PREVIOUS_IMAGE.get(language)) {
                        (text::PREVIOUS.get(language))
                    }
                }
                form method="get" {
                    label for="page" { (text::GO_TO_IMAGE.get(language)) }
                    input #page type="number" name="page" inputmode="numeric" required
                        min="1" max=(total) value=(here);
                    @if link::language(frame.query).is_some() {
                        input type="hidden" name="lang" value=(language.tag());
                    }
                    span aria-hidden="true" { "/ " (total) }
                    button type="submit" { (text::GO.get(language)) }
                }
                @if here < total {
                    a.step rel="next" href=(to(here + 1)) data-turn data-key="next"
                        aria-label=(text::NEXT_IMAGE.get(language)) {
                        (text::NEXT.get(language))
                    }
                }
            }
        }
    }
}

fn strip(frame: &Frame<'_>, page: &ItemPage<'_>) -> Markup {
    let language = frame.language;
    let Turn {
        number: here,
        total,
    } = page.turn;
    html! {
        @if total > 1 {
            nav.strip aria-label=(text::ALL_IMAGES.get(language)) data-swap="strip" {
                ol role="list" {
                    @for (number, (label, small)) in page.turn.strip().zip(&page.strip) {
                        li {
                            a href=(link::page(frame.query, number)) data-turn
                                data-key={ "image-" (number) }
                                aria-label=(strip_name(label, number, total, language))
                                aria-current=[(number == here).then_some("page")] {
                                (image(small, ""))
                                span { @if label.is_empty() { (number) } @else { (label) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn strip_name(
    label: &str,
    number: usize,
    total: usize,
    language: acervo_tenancy::Language,
) -> String {
    let place = text::image_of(number, total, language);
    if label.is_empty() {
        place
    } else {
        format!("{label}, {place}")
    }
}

fn details(frame: &Frame<'_>, page: &ItemPage<'_>, images: &str) -> Markup {
    let language = frame.language;
    let shown = &page.shown;
    let size = |pixels: u32| text::number(u64::from(pixels), language);
    html! {
        aside.details aria-labelledby="about" {
            h2 #about { (text::ABOUT.get(language)) }
            dl {
                dt { (text::COLLECTION.get(language)) }
                dd { a href=(frame.to(page.collection.url)) { (named(page.collection.label, language)) } }
                dt { (text::INSTITUTION.get(language)) }
                dd { a href=(frame.to(page.institution.url)) { (named(page.institution.label, language)) } }
                dt { (text::EXTENT.get(language)) }
                dd { (images) }
                @if let Some(rights) = page.rights.and_then(|uri| rights_link(uri, language)) {
                    dt { (text::RIGHTS.get(language)) }
                    dd { (rights) }
                }
                dt { (text::THIS_IMAGE.get(language)) }
                dd data-swap="size" {
                    (size(shown.width)) " × " (size(shown.height)) " " (text::PIXELS.get(language))
                    br;
                    a href=(shown.larger_url) { (text::OPEN_LARGER.get(language)) }
                }
            }
            h2 { (text::DATA.get(language)) }
            (document_link(text::MANIFEST, page.manifest_url, language))
        }
    }
}

fn neighbours(frame: &Frame<'_>, page: &ItemPage<'_>) -> Markup {
    let language = frame.language;
    let sides = [
        (page.previous, "before", text::PREVIOUS_ITEM),
        (page.next, "after", text::NEXT_ITEM),
    ];
    html! {
        @if page.previous.is_some() || page.next.is_some() {
            nav.neighbours aria-label=(text::OTHER_ITEMS.get(language)) {
                @for (item, side, words) in sides {
                    @if let Some(item) = item {
                        a class=(side) href=(frame.to(item.url)) {
                            span.kind { (words.get(language)) }
                            span.name { (named(item.label, language)) }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_turned_only_to_images_it_has() {
        for (number, total, exists) in [
            (0, 3, false),
            (1, 3, true),
            (3, 3, true),
            (4, 3, false),
            (1, 0, false),
        ] {
            assert_eq!(
                Turn::new(number, total).is_some(),
                exists,
                "{number} of {total}"
            );
        }
    }

    #[test]
    fn the_strip_holds_the_image_shown_and_is_full_where_it_can_be() {
        for (number, total, strip) in [
            (1, 1, 1..=1),
            (2, 5, 1..=5),
            (1, 300, 1..=24),
            (12, 300, 1..=24),
            (13, 300, 1..=24),
            (14, 300, 2..=25),
            (150, 300, 138..=161),
            (299, 300, 277..=300),
            (300, 300, 277..=300),
        ] {
            let turn = Turn::new(number, total).expect("an image of the item");
            assert_eq!(turn.strip(), strip, "{number} of {total}");
            assert!(turn.strip().contains(&number));
        }
    }
}
