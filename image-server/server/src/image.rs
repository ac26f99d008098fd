//! Image requests: parse → resolve → plan → conditional → admission → run → respond.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use acervo_pixels::{Plan, plan, render};
use acervo_tenancy::Limits;
use axum::http::header;
use axum::response::Response;
use bytes::Bytes;
use iiif_spec::{
    Identifier, ImageDescription, ImageRequest, InfoV2, InfoV3, OutputFormat, Rules, Source,
    Version, canonical, evaluate,
};

use tiff_pyramid::Samples;

use crate::answer::{Asking, Place};
use crate::document::declared;
use crate::respond::{self, Failure, Keep};
use crate::store::{OpenPyramid, read};

/// The longest side that is written as JPEG, which every image is offered as.
const MAX_SIDE: u32 = OutputFormat::Jpg.longest_side();

/// The base URI redirects to the description.
pub(crate) async fn base(
    asking: Asking<'_>,
    place: Place<'_>,
    version: Version,
    identifier: &str,
) -> Result<Response, Failure> {
    let image = resolve(asking, place, identifier).await?;
    Ok(respond::see_other(&format!(
        "{}/info.json",
        image.url(asking, place, version)
    )))
}

/// The description, made from what would be executed.
pub(crate) async fn info(
    asking: Asking<'_>,
    place: Place<'_>,
    version: Version,
    identifier: &str,
) -> Result<Response, Failure> {
    let image = resolve(asking, place, identifier).await?;
    let layout = image.open.pyramid.layout();
    let full = layout.full();
    let rights = place
        .tenant
        .collection(&image.collection)
        .and_then(|c| c.rights.clone());
    let description = ImageDescription {
        width: full.width,
        height: full.height,
        gray: image.open.pyramid.samples() == Samples::Gray,
        tile_width: layout.tile(),
        tile_height: layout.tile(),
        levels: layout
            .levels()
            .iter()
            .map(|level| (level.width, level.height))
            .collect(),
        rules: rules(asking, place, (full.width, full.height)),
        rights,
    };
    // The address in it is the one that was asked.
    let id = image.url(asking, place, version);
    let document = match version {
        Version::V2 => serde_json::to_vec(&InfoV2::new(id, &description))?,
        Version::V3 => serde_json::to_vec(&InfoV3::new(id, &description))?,
    };
    let etag = format!("\"{}\"", &blake3::hash(&document).to_hex()[..32]);
    let kind = info_media_type(asking, version);
    let mut response = respond::body(asking.headers, &etag, kind, Keep::Ask, document.into());
    respond::insert(response.headers_mut(), header::VARY, "Accept");
    respond::insert(response.headers_mut(), header::LINK, &profile_link(version));
    Ok(response)
}

/// JSON-LD, unless the client wants plain JSON or is a browser, which shows plain JSON only.
fn info_media_type(asking: Asking<'_>, version: Version) -> &'static str {
    let accept = asking
        .headers
        .get(header::ACCEPT)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let names = |kind: &str| accept.contains(kind);
    let linked = names("application/ld+json");
    match version {
        _ if linked => version.info_media_type(),
        Version::V3 if !names("application/json") && !names("text/html") => {
            version.info_media_type()
        }
        Version::V2 | Version::V3 => "application/json",
    }
}

/// Pixels.
pub(crate) async fn image(
    asking: Asking<'_>,
    place: Place<'_>,
    version: Version,
    identifier: &str,
    [region, size, rotation, quality]: [&str; 4],
) -> Result<Response, Failure> {
    // parse, resolve
    let request = ImageRequest::parse(version, region, size, rotation, quality);
    let image = resolve(asking, place, identifier).await?;
    let request = request?;

    // plan
    let pyramid = &image.open.pyramid;
    let full = pyramid.layout().full();
    let source = Source {
        width: full.width,
        height: full.height,
        gray: pyramid.samples() == Samples::Gray,
    };
    let rules = rules(asking, place, (full.width, full.height));
    let wanted = evaluate(&request, &source, &rules)?;
    let plan = plan(&wanted, pyramid.layout(), pyramid.samples());

    // conditional, admission, run
    let etag = etag(&image.open.fingerprint, &rules);
    let bytes = if respond::not_modified(asking.headers, &etag) {
        Bytes::new()
    } else {
        run(asking, &image, plan).await?
    };

    // respond
    let kind = wanted.format.media_type();
    let mut response = respond::body(asking.headers, &etag, kind, Keep::Day, bytes);
    let path = canonical(&wanted, version, &source, &rules);
    let url = image.url(asking, place, version);
    let link = format!(
        "<{url}/{path}>;rel=\"canonical\", {}",
        profile_link(version)
    );
    respond::insert(response.headers_mut(), header::LINK, &link);
    Ok(response)
}

async fn run(asking: Asking<'_>, image: &Resolved, plan: Plan) -> Result<Bytes, Failure> {
    let counters = &asking.state.counters;
    let result = match plan {
        Plan::Stored(at) => {
            counters.stored.fetch_add(1, Ordering::Relaxed);
            let span = image.open.pyramid.tile(at).ok_or(Failure::NotFound)?;
            read(&image.open, span).await.map_err(Failure::from)
        }
        Plan::Render(recipe) => {
            let permits = asking.state.admission.admit(recipe.memory).await?;
            counters.rendered.fetch_add(1, Ordering::Relaxed);
            let open = Arc::clone(&image.open);
            let rendered = tokio::task::spawn_blocking(move || {
                let bytes = render(&recipe, &open.pyramid, &open.file);
                drop(permits);
                bytes.map_err(|source| Failure::Render {
                    path: open.path.clone(),
                    source,
                })
            });
            rendered.await?.map(Bytes::from)
        }
    };
    if result.is_err() {
        asking.state.store.forget(image.generation, &image.code);
    }
    result
}

/// A stored image and what names it.
struct Resolved {
    open: Arc<OpenPyramid>,
    identifier: Identifier,
    collection: String,
    code: String,
    generation: u64,
}

impl Resolved {
    /// The base URI at the address that was asked.
    fn url(&self, asking: Asking<'_>, place: Place<'_>, version: Version) -> String {
        if let Some(kept) = asking.kept {
            return kept.to_owned();
        }
        let base = place.address.base_url(asking.asked);
        format!("{base}/image/{}/{}", version.major(), self.identifier)
    }
}

/// Identifier → opened pyramid. An identifier is a collection's name, a dot and a page's code.
async fn resolve(
    asking: Asking<'_>,
    place: Place<'_>,
    identifier: &str,
) -> Result<Resolved, Failure> {
    let identifier = Identifier::parse_segment(identifier).map_err(|_| Failure::NotFound)?;
    let (collection, code) = identifier
        .as_str()
        .split_once('.')
        .ok_or(Failure::NotFound)?;
    let (collection, code) = (collection.to_owned(), code.to_owned());
    declared(asking, place, &collection)?;
    let library = asking.state.library.load();
    let shelf = library
        .shelf(place.tenant.name.as_str(), &collection)
        .ok_or(Failure::NotFound)?;
    let generation = shelf.generation;
    if let Some(open) = asking.state.store.cached(generation, &code) {
        return Ok(Resolved {
            open,
            identifier,
            collection,
            code,
            generation,
        });
    }
    let (shelf, state, wanted) = (Arc::clone(shelf), Arc::clone(asking.state), code.clone());
    let open = tokio::task::spawn_blocking(move || {
        let catalogue = match &shelf.catalogue {
            None => return Err(Failure::NotFound),
            Some(Err(error)) => return Err(Failure::Catalogue(error.to_string())),
            Some(Ok(catalogue)) => catalogue,
        };
        match catalogue.stored(&wanted)? {
            Some(stored) => Ok(state
                .store
                .open(generation, &wanted, &shelf.folder, &stored)?),
            None if catalogue.is_gone_page(&wanted)? => Err(Failure::Gone),
            None => Err(Failure::NotFound),
        }
    })
    .await??;
    Ok(Resolved {
        open,
        identifier,
        collection,
        code,
        generation,
    })
}

/// What may be asked of an image of `full` pixels: the institution's limits, and those of the server,
/// which are advertised where the image exceeds them.
pub(crate) fn rules(asking: Asking<'_>, place: Place<'_>, full: (u32, u32)) -> Rules {
    let Limits {
        max_width,
        max_height,
        max_area,
    } = place.tenant.limits;
    let lower = |limit: Option<u32>, side: u32| {
        if side > MAX_SIDE {
            Some(limit.map_or(MAX_SIDE, |limit| limit.min(MAX_SIDE)))
        } else {
            limit
        }
    };
    let (max_width, max_height) = (lower(max_width, full.0), lower(max_height, full.1));
    let room = acervo_pixels::largest_area(asking.state.admission.total(), full);
    let max_area = if u64::from(full.0) * u64::from(full.1) > room {
        Some(max_area.map_or(room, |limit| limit.min(room)))
    } else {
        max_area
    };
    Rules {
        max_width,
        max_height,
        max_area,
        upscaling: false,
        strict_size: asking.state.settings.strict_size,
    }
}

/// What `max` means depends on the limits, so they are part of the tag.
fn etag(fingerprint: &str, rules: &Rules) -> String {
    let limits = blake3::hash(format!("{rules:?}").as_bytes()).to_hex();
    format!("\"{fingerprint}-{}\"", &limits[..8])
}

fn profile_link(version: Version) -> String {
    format!("<{}>;rel=\"profile\"", version.profile())
}
