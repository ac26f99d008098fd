//! Presentation documents: from the catalogue and the tenant table to JSON.

mod collection;
mod describe;
mod manifest;
mod text;

pub(crate) use collection::{collection, institution, part, volumes};
pub(crate) use describe::{level_from, level_within, levels, small};
pub(crate) use manifest::{manifest, record};
pub(crate) use text::text;

use std::sync::Arc;

use acervo_catalogue::{Catalogue, Detail, ItemState};
use acervo_tenancy::Collection;
use axum::http::header;
use bytes::Bytes;

use crate::answer::{Asking, Place};
use crate::library::{Library, Shelf};
use crate::respond::{self, Failure, Keep, Response};

/// Changes whenever the same record would give another document or page.
const RECIPE: &str = concat!(env!("CARGO_PKG_VERSION"), " 1");

/// The versions of the Presentation API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Api {
    /// 2.1.
    V2,
    /// 3.0.
    V3,
}

impl Api {
    pub(crate) const fn major(self) -> u8 {
        match self {
            Self::V2 => 2,
            Self::V3 => 3,
        }
    }

    const fn context(self) -> &'static str {
        match self {
            Self::V2 => "http://iiif.io/api/presentation/2/context.json",
            Self::V3 => "http://iiif.io/api/presentation/3/context.json",
        }
    }

    /// The version that the client asks for where an address has both: 3.0, unless it names 2 alone.
    pub(crate) fn accepted(asking: Asking<'_>) -> Self {
        let accept = accept(asking);
        let names = |api: Self| accept.contains(api.context());
        if names(Self::V2) && !names(Self::V3) {
            Self::V2
        } else {
            Self::V3
        }
    }
}

fn accept(asking: Asking<'_>) -> &str {
    asking
        .headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// The collection called `name`, if the institution declares it.
pub(crate) fn declared<'t>(
    asking: Asking<'_>,
    place: Place<'t>,
    name: &str,
) -> Result<&'t Collection, Failure> {
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
) -> Result<Detail, Failure> {
    let found = query(asking, place, collection, move |catalogue| {
        Ok(catalogue.item(&item)?)
    })
    .await?;
    published(found.flatten())
}

/// What is known of an item that is published.
pub(crate) fn published(found: Option<ItemState>) -> Result<Detail, Failure> {
    match found {
        Some(ItemState::Published(detail)) => Ok(*detail),
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
    let library = asking.state.library.load_full();
    query_in(&library, place, collection, ask).await
}

/// As [`query`], of one state of all collections: what a first question found, a second one finds there, whatever is
/// published meanwhile.
pub(crate) async fn query_in<T: Send + 'static>(
    library: &Library,
    place: Place<'_>,
    collection: &str,
    ask: impl FnOnce(&Catalogue) -> Result<T, Failure> + Send + 'static,
) -> Result<Option<T>, Failure> {
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

/// Which published state of a collection it is.
pub(crate) fn generation(asking: Asking<'_>, place: Place<'_>, collection: &str) -> u64 {
    let library = asking.state.library.load();
    library
        .shelf(place.tenant.name.as_str(), collection)
        .map_or(0, |shelf| shelf.generation)
}

/// Names a document: what it is made of, and what the tenant table and the address say beside that.
pub(crate) fn etag(asking: Asking<'_>, base: &str, parts: &[&str]) -> String {
    let table = asking.state.table.load();
    let mut hasher = blake3::Hasher::new();
    for part in [RECIPE, table.digest.as_str(), base].iter().chain(parts) {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

/// Answers with the document that `etag` names: the client's own, one that was made before, or a new one.
fn answer(
    asking: Asking<'_>,
    api: Api,
    etag: &str,
    make: impl FnOnce() -> Result<Vec<u8>, Failure>,
) -> Result<Response, Failure> {
    let kind = media_type(asking, api);
    let cached = || match asking.state.documents.get(etag) {
        Some(bytes) => Ok(bytes),
        None => {
            let bytes = Bytes::from(make()?);
            asking
                .state
                .documents
                .insert(etag.to_owned(), bytes.clone());
            Ok(bytes)
        }
    };
    let mut response = respond::named(asking.headers, etag, &kind, Keep::Ask, cached)?;
    let vary = "Accept, Accept-Encoding, Host";
    respond::insert(response.headers_mut(), header::VARY, vary);
    Ok(response)
}

/// Browsers show plain JSON and download anything else.
fn media_type(asking: Asking<'_>, api: Api) -> String {
    if accept(asking).contains("text/html") {
        "application/json".to_owned()
    } else {
        format!("application/ld+json;profile=\"{}\"", api.context())
    }
}
