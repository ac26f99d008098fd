//! Manifests, in both versions, and what is known of an item as data.

use acervo_catalogue::{Detail, Page};
use acervo_record::Range;
use acervo_tenancy::Collection;
use iiif_spec::presentation::{
    CanvasInput, Chapter, ImageResource, LanguageValues, Manifest, Reference, plain, v2,
};
use serde_json::json;

use super::describe::{
    self, description, label, metadata, nothing, small, statement, texts, thumbnail,
};
use super::{Api, answer, declared, etag, find};
use crate::address::{Addresses, Services};
use crate::answer::{Asking, Place};
use crate::respond::{self, Failure, Keep, Response};
use crate::theme;

/// An item's Manifest.
pub(crate) async fn manifest(
    asking: Asking<'_>,
    place: Place<'_>,
    api: Api,
    name: String,
    item: String,
) -> Result<Response, Failure> {
    let collection = declared(asking, place, &name)?;
    let detail = find(asking, place, &name, item).await?;
    if detail.item.pages.is_empty() {
        // A work in volumes has a Collection.
        return Err(Failure::NotFound);
    }
    let addresses = Addresses::of(asking, place);
    let kind = format!("manifest {}", api.major());
    let etag = etag(asking, &addresses.base, &[&kind, &name, &detail.digest]);
    answer(asking, api, &etag, || match api {
        Api::V3 => Ok(serde_json::to_vec(&version_3(
            &addresses, collection, &detail,
        ))?),
        Api::V2 => Ok(serde_json::to_vec(&version_2(
            &addresses, collection, &detail,
        ))?),
    })
}

/// What is known of an item, as its row says it.
pub(crate) async fn record(
    asking: Asking<'_>,
    place: Place<'_>,
    name: String,
    item: String,
) -> Result<Response, Failure> {
    declared(asking, place, &name)?;
    let detail = find(asking, place, &name, item).await?;
    let etag = etag(asking, "", &["record", &name, &detail.digest]);
    let make = || {
        let mut record = serde_json::to_value(&detail.item.record)?;
        // Beside what people say of the item: what became of their files.
        record["images"] = detail.item.pages.iter().map(image).collect();
        Ok(serde_json::to_vec_pretty(&record)?.into())
    };
    respond::named(asking.headers, &etag, "application/json", Keep::Ask, make)
}

/// An image of an item, for its data: its size, and whether the full image has the coefficients of the
/// original, or why not, and what became of its colours.
fn image(page: &Page) -> serde_json::Value {
    let stored = &page.stored;
    json!({
        "label": page.label,
        "width": stored.width,
        "height": stored.height,
        "original": stored.original,
        "colors": stored.colors,
    })
}

/// Where canvases and what belongs to them have their addresses.
pub(super) fn below(manifest: &str) -> &str {
    manifest.strip_suffix("/manifest.json").unwrap_or(manifest)
}

/// Pages with their numbers and the services of their images.
fn pages<'h>(
    addresses: &'h Addresses<'_>,
    collection: &'h Collection,
    detail: &'h Detail,
) -> impl Iterator<Item = (&'h Page, Services)> {
    let item = &detail.item;
    let numbered = (1..).zip(&item.pages);
    numbered.map(|(number, page)| {
        (
            page,
            addresses.services(collection, &item.name, number, page),
        )
    })
}

fn version_3(addresses: &Addresses<'_>, collection: &Collection, detail: &Detail) -> Manifest {
    let item = &detail.item;
    let id = addresses.manifest(collection, &item.name);
    let mut description = description(addresses, collection, &item.name, &item.record, id.clone());
    description.part_of = vec![match (&item.parent, &detail.parent) {
        (Some(parent), Some(record)) => Reference::collection(
            addresses.volumes(3, collection.name.as_str(), parent),
            label(record, parent),
        ),
        _ => Reference::collection(
            addresses.collection(3, collection.name.as_str()),
            describe::values(&collection.label),
        ),
    }];
    let shown = item.record.thumbnail.unwrap_or(1) as usize;
    let mut canvases = Vec::with_capacity(item.pages.len());
    for (number, (page, services)) in (1..).zip(pages(addresses, collection, detail)) {
        if number == shown {
            description.thumbnail = Some(thumbnail(&services, page));
        }
        let stored = &page.stored;
        canvases.push(CanvasInput {
            key: page.code.clone(),
            label: page_label(page),
            summary: summary(page),
            metadata: page.record.as_deref().map(metadata).unwrap_or_default(),
            width: stored.width,
            height: stored.height,
            body: ImageResource::new(
                &services.v3,
                &services.v2,
                "full/max/0/default.jpg",
                stored.width,
                stored.height,
            ),
            thumbnail: thumbnail(&services, page),
            text: page
                .text
                .as_ref()
                .map(|_| addresses.text(3, collection, &item.name, &page.code)),
        });
    }
    Manifest::new(
        description,
        below(&id),
        canvases,
        &chapters(&item.record.ranges),
    )
}

fn version_2(
    addresses: &Addresses<'_>,
    collection: &Collection,
    detail: &Detail,
) -> serde_json::Value {
    let item = &detail.item;
    let record = &item.record;
    let id = addresses.manifest_2(collection, &item.name);
    let limits = addresses.tenant.images.limits;
    // The word of then for the whole size; where it is limited, that of today.
    let size = if limits == acervo_tenancy::Limits::default() {
        "full"
    } else {
        "max"
    };
    let description = v2::Description {
        label: label(record, &item.name),
        description: texts(&record.summary),
        metadata: metadata(record),
        attribution: statement(record, collection),
        license: record.rights.clone().or_else(|| collection.rights.clone()),
        nav_date: record.date.as_ref().map(|date| date.navigation.clone()),
        viewing_hint: record
            .behavior
            .iter()
            .map(|behavior| behavior.as_str())
            .find(|word| *word != "unordered"),
        viewing_direction: record.viewing_direction.map(|direction| direction.as_str()),
        related: addresses.item_page(collection.name.as_str(), &item.name),
        within: Some(match &item.parent {
            Some(parent) => addresses.volumes(2, collection.name.as_str(), parent),
            None => addresses.collection(2, collection.name.as_str()),
        }),
        logo: theme::logo_url(&addresses.base, addresses.tenant).map(|(url, _)| url),
        id: id.clone(),
    };
    let image = |service: &str, request: String, (width, height)| v2::Image {
        service: service.to_owned(),
        request,
        width,
        height,
    };
    let canvases: Vec<v2::Canvas> = pages(addresses, collection, detail)
        .map(|(page, services)| {
            let whole = (page.stored.width, page.stored.height);
            let little = small(whole.0, whole.1);
            let service = &services.v2;
            v2::Canvas {
                key: page.code.clone(),
                label: page_label(page),
                metadata: page.record.as_deref().map(metadata).unwrap_or_default(),
                image: image(service, format!("full/{size}/0/default.jpg"), whole),
                thumbnail: image(service, format!("full/{},/0/default.jpg", little.0), little),
                text: page
                    .text
                    .as_ref()
                    .map(|_| addresses.text(2, collection, &item.name, &page.code)),
            }
        })
        .collect();
    v2::manifest(
        &description,
        below(&id),
        &canvases,
        &chapters(&record.ranges),
    )
}

/// What people call a page: its row's label, or what names it in its item.
fn page_label(page: &Page) -> LanguageValues {
    match &page.record {
        Some(record) if !record.label.is_empty() => texts(&record.label),
        _ => plain(&page.label),
    }
}

/// What a page shows, in words: for all, or for those who do not see it.
fn summary(page: &Page) -> LanguageValues {
    match &page.record {
        Some(record) if !record.summary.is_empty() => texts(&record.summary),
        _ if !page.alt.is_empty() => texts(&page.alt),
        _ => nothing(),
    }
}

fn chapters(ranges: &[Range]) -> Vec<Chapter> {
    let chapter = |range: &Range| Chapter {
        label: texts(&range.label),
        first: (range.page as usize).saturating_sub(1),
        level: range.level,
    };
    let mut chapters: Vec<Chapter> = ranges.iter().map(chapter).collect();
    chapters.sort_by_key(|chapter| chapter.first);
    chapters
}
