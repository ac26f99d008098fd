//! An item's page: one of its images, or its volumes.

use acervo_catalogue::{Detail, Page};
use acervo_page_text::PageText as Words;
use acervo_pages::{
    self as pages, Download, Image, ItemPage, Named, PageImage, PageText, Paging, Passage, Turn,
    ValueLink, VolumesPage,
};
use acervo_record::{Record, Term};
use acervo_tenancy::Collection;
use iiif_spec::{ImageRequest, Source, Version, evaluate};

use super::cards::{Card, from, request, service, sizes, within};
use super::collection::PER_PAGE;
use super::excerpt::Question;
use super::{Around, Label, choose, html, number, parameters};
use crate::address::{Addresses, segment};
use crate::answer::{Asking, Place};
use crate::document::{declared, published, query};
use crate::image;
use crate::respond::{Failure, Response};

/// The longest side of the first image, in pixels: it is readable after some 40 KB.
const FIRST: u32 = 512;
/// An image in the strip is at least as large, in pixels.
const IN_STRIP: u32 = 100;
/// What is smaller is not worth downloading, in pixels.
const WORTH: u32 = 300;

/// An item's page.
pub(crate) async fn item(
    asking: Asking<'_>,
    place: Place<'_>,
    name: String,
    item: String,
) -> Result<Response, Failure> {
    let collection = declared(asking, place, &name)?;
    let number = number(asking.query, "page").unwrap_or(1);
    let found = query(asking, place, &name, move |catalogue| {
        let detail = published(catalogue.item(&item)?)?;
        let shown = number
            .checked_sub(1)
            .and_then(|at| detail.item.pages.get(at));
        let beside = match shown {
            Some(page) => {
                let (before, after) = catalogue.neighbours(&item)?;
                let words = match page.text {
                    Some(_) => catalogue.words(&page.code)?,
                    None => None,
                };
                Beside {
                    before,
                    after,
                    words,
                }
            }
            None => Beside::default(),
        };
        Ok((detail, beside))
    });
    let (detail, beside) = found.await?.ok_or(Failure::NotFound)?;
    let around = Around::of(asking, place);
    if detail.item.pages.is_empty() {
        volumes(asking, place, around, collection, detail).await
    } else {
        images(asking, place, around, collection, detail, beside)
    }
}

/// What the page of an image shows beside its item.
#[derive(Default)]
struct Beside {
    /// The item before it, by its name.
    before: Option<(String, Record)>,
    /// The item after it.
    after: Option<(String, Record)>,
    /// The text of the image, as it is stored.
    words: Option<String>,
}

/// The page of a work in volumes.
async fn volumes(
    asking: Asking<'_>,
    place: Place<'_>,
    mut around: Around<'_>,
    collection: &Collection,
    detail: Detail,
) -> Result<Response, Failure> {
    let name = collection.name.as_str();
    let number = number(asking.query, "page").unwrap_or(1);
    let wanted = detail.item.name.clone();
    let found = query(asking, place, name, move |catalogue| {
        let total = catalogue.entry(&wanted)?.map_or(0, |entry| entry.volumes);
        let paging = Paging::new(number, total, PER_PAGE).ok_or(Failure::NotFound)?;
        let skip = paging.offset() as u64;
        Ok((
            paging,
            catalogue.entries(Some(&wanted), skip, PER_PAGE as u64)?,
        ))
    });
    let (paging, entries) = found.await?.ok_or(Failure::NotFound)?;
    let cards: Vec<Card> = entries
        .iter()
        .map(|entry| Card::of(&around, name, entry))
        .collect();
    let first = cards.first().and_then(|card| card.view().thumbnail);
    around.share = first.map(|image| image.src);
    let own = Label {
        text: detail.item.record.label_or(&detail.item.name),
        url: around.item_url(name, &detail.item.name),
    };
    let links = choose::links(&detail.item.record, &around.collection_url(name));
    let record = shown_record(&detail.item.record, collection);
    let page = VolumesPage {
        institution: around.institution(),
        collection: Named {
            label: &collection.label,
            url: &around.collection_url(name),
        },
        item: own.named(),
        record: &record,
        links: views(&links),
        rights: collection.rights.as_deref(),
        volumes: cards.iter().map(Card::view).collect(),
        paging,
        collection_url: &Addresses::of(asking, place).volumes(3, name, &detail.item.name),
    };
    let canonical = format!("{}/{name}/{}/", around.primary, segment(&detail.item.name));
    let frame = around.frame(asking, &canonical);
    html(asking, frame.language, pages::volumes(&frame, &page))
}

/// The page of an item with images.
fn images(
    asking: Asking<'_>,
    place: Place<'_>,
    mut around: Around<'_>,
    collection: &Collection,
    detail: Detail,
    beside: Beside,
) -> Result<Response, Failure> {
    let name = collection.name.as_str();
    let Detail { item, parent, .. } = &detail;
    let number = number(asking.query, "page").unwrap_or(1);
    let turn = Turn::new(number, item.pages.len()).ok_or(Failure::NotFound)?;
    let shown = item.pages.get(number - 1).ok_or(Failure::NotFound)?;
    let Beside {
        before,
        after,
        words,
    } = beside;
    let words: Option<Words> = words.map(|text| serde_json::from_str(&text)).transpose()?;
    let addresses = Addresses::of(asking, place);
    let label = |record: &Record, name_of: &str| Label {
        text: record.label_or(name_of),
        url: around.item_url(name, name_of),
    };
    let own = label(&item.record, &item.name);
    let above = item.parent.as_ref().zip(parent.as_ref());
    let above = above.map(|(name, record)| label(record, name));
    let previous = before.map(|(name, record)| label(&record, &name));
    let next = after.map(|(name, record)| label(&record, &name));
    let service = service(&around.base, name, shown);
    let strip: Vec<(String, Image)> = turn
        .strip()
        .filter_map(|number| item.pages.get(number - 1))
        .map(|page| {
            (
                page_label(page, &around),
                from(&around.base, name, page, IN_STRIP),
            )
        })
        .collect();
    let downloads = downloads(asking, place, &around.base, name, shown);
    let links = choose::links(&item.record, &around.collection_url(name));
    let record = shown_record(&item.record, collection);
    let caption = if item.pages.len() > 1 {
        page_label(shown, &around)
    } else {
        String::new()
    };
    around.share = Some(format!(
        "{service}/full/{}/0/default.jpg",
        share_size(shown)
    ));
    let question = parameters(asking.query, "q")
        .into_iter()
        .next()
        .unwrap_or_default();
    let page = ItemPage {
        institution: around.institution(),
        collection: Named {
            label: &collection.label,
            url: &around.collection_url(name),
        },
        parent: above.as_ref().map(Label::named),
        item: own.named(),
        record: &record,
        links: views(&links),
        rights: collection.rights.as_deref(),
        turn,
        shown: PageImage {
            label: &caption,
            alt: &shown.alt,
            info_url: &format!("{service}/info.json"),
            width: shown.stored.width,
            height: shown.stored.height,
            preview: preview(asking, place, &around.base, name, shown),
            larger_url: &format!("{service}/full/max/0/default.jpg"),
        },
        strip: strip
            .iter()
            .map(|(label, image)| (label.as_str(), image.clone()))
            .collect(),
        text: words.as_ref().map(|words| PageText {
            language: words.language.as_deref(),
            recognised: words.size.is_some(),
            paragraphs: paragraphs(words, &Question::of(&question)),
        }),
        downloads: downloads
            .iter()
            .map(|((width, height), url)| Download {
                width: *width,
                height: *height,
                url,
                bytes: None,
            })
            .collect(),
        manifest_url: &addresses.manifest(collection, &item.name),
        manifest_2_url: Some(&addresses.manifest_2(collection, &item.name)),
        previous: previous.as_ref().map(Label::named),
        next: next.as_ref().map(Label::named),
    };
    let canonical = format!("{}/{name}/{}/", around.primary, segment(&item.name));
    let frame = around.frame(asking, &canonical);
    html(asking, frame.language, pages::item(&frame, &page))
}

/// The record with the collection's statement where it has none of its own.
fn shown_record(record: &Record, collection: &Collection) -> Record {
    let mut record = record.clone();
    if let Some(statement) = collection
        .required_statement
        .as_ref()
        .filter(|_| record.statement.is_empty())
    {
        let texts = statement.0.iter();
        record.statement = texts
            .map(|(tag, text)| acervo_record::Text::in_language(tag, text))
            .collect();
    }
    record
}

fn views(links: &[(Term, String, String)]) -> Vec<ValueLink<'_>> {
    links
        .iter()
        .map(|(term, value, url)| ValueLink {
            term: *term,
            value,
            url,
        })
        .collect()
}

/// What people call a page.
fn page_label(page: &Page, around: &Around<'_>) -> String {
    let said = page
        .record
        .as_ref()
        .filter(|record| !record.label.is_empty());
    said.map_or_else(
        || page.label.clone(),
        |record| {
            record
                .label_or(&page.label)
                .pick(around.language)
                .1
                .to_owned()
        },
    )
}

/// The text of a page in paragraphs, with the words marked that the reader searched for.
fn paragraphs(words: &Words, question: &Question) -> Vec<Passage> {
    let plain = words.plain();
    plain
        .split("\n\n")
        .filter(|paragraph| !paragraph.trim().is_empty())
        .map(|paragraph| question.mark(paragraph))
        .collect()
}

/// The image before deep zoom: one that slow lines carry, and a larger one for those who can load it.
fn preview(
    asking: Asking<'_>,
    place: Place<'_>,
    base: &str,
    collection: &str,
    page: &Page,
) -> Image {
    let image = within(base, collection, page, FIRST);
    let all = sizes(page);
    let larger = all
        .iter()
        .find(|size| size.0 > image.width && is_allowed(asking, place, page, **size));
    let srcset = larger.map(|size| {
        let url = request(base, collection, page, *size);
        format!("{} {}w, {url} {}w", image.src, image.width, size.0)
    });
    Image { srcset, ..image }
}

/// The sizes that may be downloaded: the stored levels within the institution's limits, none of which
/// costs a pixel.
fn downloads(
    asking: Asking<'_>,
    place: Place<'_>,
    base: &str,
    collection: &str,
    page: &Page,
) -> Vec<((u32, u32), String)> {
    let all = sizes(page);
    let whole = all.last().copied();
    all.into_iter()
        .filter(|size| size.0.max(size.1) >= WORTH || Some(*size) == whole)
        .filter(|size| is_allowed(asking, place, page, *size))
        .map(|size| (size, request(base, collection, page, size)))
        .collect()
}

/// Whether a size is within the limits.
fn is_allowed(asking: Asking<'_>, place: Place<'_>, page: &Page, size: (u32, u32)) -> bool {
    let source = Source {
        width: page.stored.width,
        height: page.stored.height,
        gray: false,
    };
    let size = format!("{},{}", size.0, size.1);
    let rules = image::rules(asking, place, (source.width, source.height));
    ImageRequest::parse(Version::V3, "full", &size, "0", "default.jpg")
        .is_ok_and(|request| evaluate(&request, &source, &rules).is_ok())
}

/// About 1,200 pixels across, for where the page is shared: a stored level.
fn share_size(page: &Page) -> String {
    let sizes = sizes(page);
    let enough = sizes.iter().find(|(width, _)| *width >= 1000);
    let (width, height) = enough.or(sizes.last()).copied().unwrap_or_default();
    format!("{width},{height}")
}
