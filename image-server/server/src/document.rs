//! Presentation documents: from the catalogue and the tenant table to JSON.

use std::sync::Arc;

use acervo_catalogue::{Catalogue, Item, ItemState, Page};
use acervo_tenancy::{Collection as TenantCollection, LanguageMap, Tenant};
use axum::http::header;
use axum::response::Response;
use bytes::Bytes;
use iiif_spec::presentation::{
    CanvasInput, Collection, Description, ImageResource, LanguageValues, Manifest, Reference, plain,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use crate::answer::{Asking, Place};
use crate::library::Shelf;
use crate::respond::{self, Failure, Keep};

const MEDIA_TYPE: &str =
    "application/ld+json;profile=\"http://iiif.io/api/presentation/3/context.json\"";
/// What stays as it is in a path segment (RFC 3986, unreserved).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A name as a path segment.
pub(crate) fn segment(name: &str) -> String {
    utf8_percent_encode(name, SEGMENT).to_string()
}

/// The institution's Collection: its collections.
pub(crate) fn institution(asking: Asking<'_>, place: Place<'_>) -> Result<Response, Failure> {
    let tenant = place.tenant;
    let base = tenant.primary().base_url(asking.asked);
    let items = tenant
        .collections
        .iter()
        .map(|collection| collection_reference(&base, collection));
    let description = Description {
        id: format!("{base}/presentation/3/collection.json"),
        label: values(&tenant.display_name),
        rights: None,
        provider: provider(&base, tenant),
        homepage: Reference::page(format!("{base}/"), values(&tenant.display_name)),
        part_of: None,
    };
    json(asking, &Collection::new(description, items.collect()))
}

/// A collection's Collection: its items.
pub(crate) async fn collection(
    asking: Asking<'_>,
    place: Place<'_>,
    name: String,
) -> Result<Response, Failure> {
    let collection = declared(asking, place, &name)?;
    let base = place.tenant.primary().base_url(asking.asked);
    let description = Description {
        id: collection_url(&base, &name),
        label: values(&collection.label),
        rights: None,
        provider: provider(&base, place.tenant),
        homepage: Reference::page(format!("{base}/{name}/"), values(&collection.label)),
        part_of: Some(Reference::collection(
            format!("{base}/presentation/3/collection.json"),
            values(&place.tenant.display_name),
        )),
    };
    // Of a large collection this is tens of megabytes: made once, and not on a thread that serves.
    let key = (
        description_key(&description)?,
        generation(asking, place, &name),
    );
    if let Some(bytes) = asking.state.documents.get(&key) {
        return Ok(answer(asking, bytes));
    }
    let in_collection = name.clone();
    let make = move |covers: Vec<(String, Page)>| {
        let references = covers.iter().map(|(item, page)| {
            let id = manifest_url(&base, &in_collection, item);
            let thumbnail = thumbnail(&base, &in_collection, page);
            Reference::manifest(id, plain(item), Some(thumbnail))
        });
        let bytes = serde_json::to_vec(&Collection::new(description, references.collect()))?;
        Ok::<_, Failure>(Bytes::from(bytes))
    };
    let empty = make.clone();
    let made = query(asking, place, &name, move |catalogue| {
        make(catalogue.covers()?)
    })
    .await?;
    let bytes = made.map_or_else(|| empty(Vec::new()), Ok)?;
    asking.state.documents.insert(key, bytes.clone());
    Ok(answer(asking, bytes))
}

/// Which published state of a collection it is.
fn generation(asking: Asking<'_>, place: Place<'_>, collection: &str) -> u64 {
    let library = asking.state.library.load();
    library
        .shelf(place.tenant.name.as_str(), collection)
        .map_or(0, |shelf| shelf.generation)
}

/// Changes with anything that a document says beside its items.
fn description_key(description: &Description) -> Result<String, Failure> {
    let empty = serde_json::to_vec(&Collection::new(description.clone(), Vec::new()))?;
    Ok(blake3::hash(&empty).to_hex().to_string())
}

/// An item's Manifest.
pub(crate) async fn manifest(
    asking: Asking<'_>,
    place: Place<'_>,
    name: String,
    item: String,
) -> Result<Response, Failure> {
    let collection = declared(asking, place, &name)?;
    let item = find(asking, place, &name, item).await?;
    let base = place.tenant.primary().base_url(asking.asked);
    let id = manifest_url(&base, &name, &item.name);
    let description = Description {
        label: plain(&item.name),
        rights: collection.rights.clone(),
        provider: provider(&base, place.tenant),
        homepage: Reference::page(
            format!("{base}/{name}/{}/", segment(&item.name)),
            plain(&item.name),
        ),
        part_of: Some(collection_reference(&base, collection)),
        id: id.clone(),
    };
    let canvases = item
        .pages
        .iter()
        .map(|page| canvas(&base, &name, page))
        .collect();
    let below = id.trim_end_matches("/manifest.json");
    json(asking, &Manifest::new(description, below, canvases))
}

/// The collection called `name`, if the institution declares it.
pub(crate) fn declared<'t>(
    asking: Asking<'_>,
    place: Place<'t>,
    name: &str,
) -> Result<&'t TenantCollection, Failure> {
    let tenant = place.tenant;
    tenant.collection(name).ok_or_else(|| {
        let library = asking.state.library.load();
        let withdrawn = library.is_withdrawn(tenant.name.as_str(), name);
        if withdrawn {
            Failure::Gone
        } else {
            Failure::NotFound
        }
    })
}

/// The item, if it is published.
pub(crate) async fn find(
    asking: Asking<'_>,
    place: Place<'_>,
    collection: &str,
    item: String,
) -> Result<Item, Failure> {
    let found = query(asking, place, collection, move |catalogue| {
        Ok(catalogue.item(&item)?)
    })
    .await?;
    match found.flatten() {
        Some(ItemState::Published(item)) => Ok(item),
        Some(ItemState::Gone) => Err(Failure::Gone),
        None => Err(Failure::NotFound),
    }
}

/// Asks a collection's catalogue, on a thread that may wait; `None` if nothing was published yet.
pub(crate) async fn query<T: Send + 'static>(
    asking: Asking<'_>,
    place: Place<'_>,
    collection: &str,
    ask: impl FnOnce(&Catalogue) -> Result<T, Failure> + Send + 'static,
) -> Result<Option<T>, Failure> {
    let library = asking.state.library.load();
    let Some(shelf) = library.shelf(place.tenant.name.as_str(), collection) else {
        return Ok(None);
    };
    let shelf: Arc<Shelf> = Arc::clone(shelf);
    tokio::task::spawn_blocking(move || match &shelf.catalogue {
        None => Ok(None),
        Some(Err(error)) => Err(Failure::Catalogue(error.to_string())),
        Some(Ok(catalogue)) => ask(catalogue).map(Some),
    })
    .await?
}

fn canvas(base: &str, collection: &str, page: &Page) -> CanvasInput {
    let stored = &page.stored;
    let (v3, v2) = services(base, collection, page);
    CanvasInput {
        key: page.code.clone(),
        label: plain(&page.label),
        width: stored.width,
        height: stored.height,
        body: ImageResource::new(
            &v3,
            &v2,
            "full/max/0/default.jpg",
            stored.width,
            stored.height,
        ),
        thumbnail: thumbnail(base, collection, page),
    }
}

fn thumbnail(base: &str, collection: &str, page: &Page) -> ImageResource {
    let (v3, v2) = services(base, collection, page);
    let (width, height) = thumbnail_size(page.stored.width, page.stored.height);
    ImageResource::new(
        &v3,
        &v2,
        &format!("full/{width},{height}/0/default.jpg"),
        width,
        height,
    )
}

/// The size of the smallest stored level, which costs no decoding.
pub(crate) fn thumbnail_size(mut width: u32, mut height: u32) -> (u32, u32) {
    while width.max(height) > acervo_pixels::TILE {
        (width, height) = (width.div_ceil(2), height.div_ceil(2));
    }
    (width, height)
}

/// The base URIs of a page's image.
pub(crate) fn services(base: &str, collection: &str, page: &Page) -> (String, String) {
    let of = |version| format!("{base}/image/{version}/{collection}.{}", page.code);
    (of(3), of(2))
}

fn collection_url(base: &str, collection: &str) -> String {
    format!("{base}/presentation/3/{collection}/collection.json")
}

pub(crate) fn manifest_url(base: &str, collection: &str, item: &str) -> String {
    format!(
        "{base}/presentation/3/{collection}/{}/manifest.json",
        segment(item)
    )
}

fn collection_reference(base: &str, collection: &TenantCollection) -> Reference {
    Reference::collection(
        collection_url(base, collection.name.as_str()),
        values(&collection.label),
    )
}

/// The institution as provider (Presentation API 3.0, section 3.1).
fn provider(base: &str, tenant: &Tenant) -> Reference {
    let label = values(&tenant.display_name);
    let homepage = tenant
        .homepage
        .clone()
        .unwrap_or_else(|| format!("{base}/"));
    Reference::agent(
        format!("{base}/"),
        label.clone(),
        Some(Reference::page(homepage, label)),
    )
}

fn values(map: &LanguageMap) -> LanguageValues {
    map.0
        .iter()
        .map(|(tag, text)| (tag.clone(), vec![text.clone()]))
        .collect()
}

fn json(asking: Asking<'_>, document: &impl Serialize) -> Result<Response, Failure> {
    Ok(answer(asking, serde_json::to_vec(document)?.into()))
}

fn answer(asking: Asking<'_>, bytes: Bytes) -> Response {
    let etag = format!("\"{}\"", &blake3::hash(&bytes).to_hex()[..32]);
    let accept = asking
        .headers
        .get(header::ACCEPT)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    // Browsers show plain JSON and download anything else.
    let kind = if accept.contains("text/html") {
        "application/json"
    } else {
        MEDIA_TYPE
    };
    let mut response = respond::body(asking.headers, &etag, kind, Keep::Ask, bytes);
    respond::insert(response.headers_mut(), header::VARY, "Accept, Host");
    response
}
