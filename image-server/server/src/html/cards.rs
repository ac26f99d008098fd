//! Entries of the catalogue as cards.

use acervo_catalogue::{Entry, Page};
use acervo_pages::{Image, ItemCard};
use acervo_record::{Record, Term, Text};
use acervo_tenancy::Language;

use super::{Around, Label};
use crate::document::{level_from, level_within, levels, small};

/// An entry and all that its card refers to.
pub(super) struct Card {
    pub(super) label: Label,
    creator: Option<String>,
    date: Option<String>,
    pages: u64,
    volumes: u64,
    thumbnail: Option<Image>,
}

impl Card {
    pub(super) fn of(around: &Around<'_>, collection: &str, entry: &Entry) -> Self {
        let cover = entry.cover.as_ref();
        Self {
            label: Label {
                text: entry.record.label_or(&entry.name),
                url: around.item_url(collection, &entry.name),
            },
            creator: said(&entry.record, Term::Creator, around.language),
            date: said(&entry.record, Term::Date, around.language),
            pages: entry.pages,
            volumes: entry.volumes,
            thumbnail: cover.map(|page| in_card(&around.base, collection, page)),
        }
    }

    /// The card with another image.
    pub(super) fn showing(self, thumbnail: Image) -> Self {
        Self {
            thumbnail: Some(thumbnail),
            ..self
        }
    }

    pub(super) fn view(&self) -> ItemCard<'_> {
        ItemCard {
            item: self.label.named(),
            creator: self.creator.as_deref(),
            date: self.date.as_deref(),
            pages: self.pages,
            volumes: self.volumes,
            thumbnail: self.thumbnail.clone(),
        }
    }
}

/// The first value of a property for a reader of `language`.
pub(super) fn said(record: &Record, term: Term, language: Language) -> Option<String> {
    let values: Vec<Text> = record.values(term).cloned().collect();
    Text::pick(&values, language)
        .next()
        .map(|text| text.text.clone())
}

/// The base URI of a page's image in 3.0, at the address that was asked.
pub(super) fn service(base: &str, collection: &str, page: &Page) -> String {
    format!("{base}/image/3/{collection}.{}", page.code)
}

/// The image of a page as cards show it.
pub(super) fn in_card(base: &str, collection: &str, page: &Page) -> Image {
    let size = small(page.stored.width, page.stored.height);
    image(base, collection, page, size)
}

/// The largest stored image of a page with no side longer than `most`.
pub(super) fn within(base: &str, collection: &str, page: &Page, most: u32) -> Image {
    let size = level_within(page.stored.width, page.stored.height, most);
    image(base, collection, page, size)
}

/// The smallest stored image of a page with a side of at least `least`.
pub(super) fn from(base: &str, collection: &str, page: &Page, least: u32) -> Image {
    let size = level_from(page.stored.width, page.stored.height, least);
    image(base, collection, page, size)
}

fn image(base: &str, collection: &str, page: &Page, size: (u32, u32)) -> Image {
    Image {
        src: request(base, collection, page, size),
        srcset: None,
        width: size.0,
        height: size.1,
    }
}

/// The URL of the image of a page in a size.
pub(super) fn request(
    base: &str,
    collection: &str,
    page: &Page,
    (width, height): (u32, u32),
) -> String {
    let service = service(base, collection, page);
    format!("{service}/full/{width},{height}/0/default.jpg")
}

/// The sizes of the stored levels of a page, the smallest first: those that cost no pixel.
pub(super) fn sizes(page: &Page) -> Vec<(u32, u32)> {
    levels(page.stored.width, page.stored.height)
}
