//! The page of an item: one of its images at a time, with deep zoom, and all that is known of it.

mod about;
mod reading;
mod viewer;

use std::ops::RangeInclusive;

use acervo_record::{Record, Text as Value};
use maud::{Markup, html};

use crate::citation::Citation;
use crate::frame::{Content, Frame, document};
use crate::metadata::ValueLink;
use crate::parts::{Image, Named, Passage, breadcrumbs, named, title_of};
use crate::{schema, text};

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
    /// The item of several volumes that it is a volume of.
    pub parent: Option<Named<'a>>,
    /// The item.
    pub item: Named<'a>,
    /// What is known of it; its label is not read, `item` has it.
    pub record: &'a Record,
    /// Where values of its record lead.
    pub links: Vec<ValueLink<'a>>,
    /// The URI of the rights statement of the collection, for a record without one.
    pub rights: Option<&'a str>,
    /// Which image is shown.
    pub turn: Turn,
    /// The image shown.
    pub shown: PageImage<'a>,
    /// The label and a small image of each number of [`Turn::strip`], in its order.
    pub strip: Vec<(&'a str, Image)>,
    /// The text of the image shown.
    pub text: Option<PageText<'a>>,
    /// The sizes in which the image shown may be downloaded, the smallest first.
    pub downloads: Vec<Download<'a>>,
    /// The absolute URL of the manifest (Presentation API 3.0).
    pub manifest_url: &'a str,
    /// The absolute URL of the manifest for older viewers (Presentation API 2.1).
    pub manifest_2_url: Option<&'a str>,
    /// The item before it in the collection, or the volume before it.
    pub previous: Option<Named<'a>>,
    /// The item after it in the collection, or the volume after it.
    pub next: Option<Named<'a>>,
}

/// One image of an item.
#[derive(Debug, Clone)]
pub struct PageImage<'a> {
    /// What the image is called within its item, such as a folio number; may be empty.
    pub label: &'a str,
    /// What it shows, in words, for those who do not see it; a name and number stand in if empty.
    pub alt: &'a [Value],
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

/// The text on an image.
#[derive(Debug, Clone)]
pub struct PageText<'a> {
    /// Its BCP 47 tag, if it is known.
    pub language: Option<&'a str>,
    /// Whether a machine read it, and may have misread it.
    pub recognised: bool,
    /// Its paragraphs, with the words marked that the reader searched for.
    pub paragraphs: Vec<Passage>,
}

/// A size in which an image may be downloaded.
#[derive(Debug, Clone, Copy)]
pub struct Download<'a> {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Its URL.
    pub url: &'a str,
    /// About how many bytes it has, if that is known.
    pub bytes: Option<u64>,
}

/// The page of an item.
#[must_use]
pub fn item(frame: &Frame<'_>, page: &ItemPage<'_>) -> String {
    let language = frame.language;
    let Turn { number, total } = page.turn;
    let (_, name) = title_of(page.item.label, language);
    let title = match number {
        1 => name.to_owned(),
        _ => format!("{name} · {}", text::image_of(number, total, language)),
    };
    let (_, collection) = title_of(page.collection.label, language);
    let (_, institution) = title_of(page.institution.label, language);
    let images = text::IMAGES_N.count(total as u64, language);
    let above: Vec<_> = [Some(page.institution), Some(page.collection), page.parent]
        .into_iter()
        .flatten()
        .collect();
    let citation = frame.canonical.map(|url| Citation {
        title: name,
        record: page.record,
        collection,
        institution,
        url,
    });
    let main = html! {
        (breadcrumbs(frame, &above))
        h1.item { (named(page.item.label, language)) }
        div.seeing {
            (viewer::viewer(frame, page, name))
            (viewer::strip(frame, page))
        }
        (about::known(frame, page, citation))
        (neighbours(frame, page))
    };
    document(
        frame,
        &Content {
            title: &title,
            description: &description(
                page,
                name,
                &format!("{collection}, {institution}. {images}."),
                frame,
            ),
            institution: Some(page.institution),
            document: Some(page.manifest_url),
            data: frame.canonical.map(|address| {
                schema::item(
                    frame,
                    &schema::Work {
                        address,
                        name,
                        record: page.record,
                        collection: page.collection,
                        institution: page.institution,
                        rights: page.rights,
                        document: page.manifest_url,
                    },
                )
            }),
            number,
            viewer: true,
            searches: false,
            main,
        },
    )
}

/// What the item is: its summary if it has one, else where it belongs.
fn description(page: &ItemPage<'_>, name: &str, place: &str, frame: &Frame<'_>) -> String {
    let summary = Value::pick(&page.record.summary, frame.language).next();
    match summary {
        Some(summary) => summary
            .text
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" "),
        None => format!("{name}. {place}"),
    }
}

fn neighbours(frame: &Frame<'_>, page: &ItemPage<'_>) -> Markup {
    let language = frame.language;
    let words = match page.parent {
        Some(_) => (text::PREVIOUS_VOLUME, text::NEXT_VOLUME),
        None => (text::PREVIOUS_ITEM, text::NEXT_ITEM),
    };
    let sides = [
        (page.previous, "before", words.0),
        (page.next, "after", words.1),
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
