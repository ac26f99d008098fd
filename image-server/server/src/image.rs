//! Image requests: parse → resolve → plan → conditional → admission → run → respond.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use acervo_pixels::{Plan, Recipe, plan, profile_memory, render};
use acervo_tenancy::Images;
use axum::http::{HeaderValue, header};
use bytes::Bytes;
use iiif_spec::{
    Identifier, ImageDescription, ImageRequest, InfoV2, InfoV3, OutputFormat, Rules, Source,
    Version, canonical, evaluate,
};

use tiff_pyramid::Samples;

use crate::answer::{Asking, Place};
use crate::document::declared;
use crate::library::Shelf;
use crate::respond::{self, Content, Failure, Keep, Response};
use crate::state::{Description, State};
use crate::store::{OpenPyramid, Part};

/// The longest side that is written as JPEG, which every image is offered as.
const MAX_SIDE: u32 = OutputFormat::Jpg.longest_side();

/// Changes whenever rendering gives other bytes of the same pyramid.
const RENDERING: &str = "2";

/// The base URI redirects to the description.
pub(crate) async fn base(
    asking: Asking<'_>,
    place: Place<'_>,
    version: Version,
    identifier: &str,
) -> Result<Response, Failure> {
    let identifier = identified(identifier)?;
    let image = resolve(asking, place, &identifier).await?;
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
    let identifier = identified(identifier)?;
    let image = resolve(asking, place, &identifier).await?;
    let full = image.open.pyramid.layout().full();
    let rules = rules(asking, place, (full.width, full.height));
    // The address in it is the one that was asked.
    let id = image.url(asking, place, version);
    let made_of = {
        let table = asking.state.table.load();
        let state = etag(&image.open.fingerprint, &rules);
        [&table.digest, version.major(), &id, &state].join(" ")
    };
    let descriptions = &asking.state.descriptions;
    let Description { etag, bytes } = match descriptions.get(&made_of) {
        Some(description) => description,
        None => {
            let bytes = Bytes::from(describe(place, &image, version, id, rules)?);
            let etag = format!("\"{}\"", &blake3::hash(&bytes).to_hex()[..32]).into();
            let made = Description { etag, bytes };
            descriptions.insert(made_of, made.clone());
            made
        }
    };
    let kind = HeaderValue::from_static(info_media_type(asking, version));
    let mut response = respond::body(asking.headers, &etag, kind, Keep::Ask, bytes);
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("Accept"));
    respond::insert(headers, header::LINK, profile_link(version));
    Ok(response)
}

/// The info.json of an image.
fn describe(
    place: Place<'_>,
    image: &Resolved<'_>,
    version: Version,
    id: String,
    rules: Rules,
) -> Result<Vec<u8>, Failure> {
    let layout = image.open.pyramid.layout();
    let full = layout.full();
    let collection = place.tenant.collection(image.collection);
    let levels = layout.levels().iter();
    let description = ImageDescription {
        width: full.width,
        height: full.height,
        gray: image.open.pyramid.samples() == Samples::Gray,
        tile_width: layout.tile(),
        tile_height: layout.tile(),
        levels: levels.map(|level| (level.width, level.height)).collect(),
        rules,
        rights: collection.and_then(|collection| collection.rights.clone()),
    };
    Ok(match version {
        Version::V2 => serde_json::to_vec(&InfoV2::new(id, &description))?,
        Version::V3 => serde_json::to_vec(&InfoV3::new(id, &description))?,
    })
}

fn identified(segment: &str) -> Result<Identifier, Failure> {
    Identifier::parse_segment(segment).map_err(|_| Failure::NotFound)
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
    let identifier = identified(identifier)?;
    let image = resolve(asking, place, &identifier).await?;
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
    let path = canonical(&wanted, version, &source, &rules);
    let content = if respond::not_modified(asking.headers, &etag) {
        Content::Made(Bytes::new())
    } else {
        run(asking, &image, plan, &etag, &path).await?
    };

    // respond
    let kind = HeaderValue::from_static(wanted.format.media_type());
    let mut response = respond::body(
        asking.headers,
        &etag,
        kind,
        Keep::For(place.tenant.images.max_age),
        content,
    );
    let url = image.url(asking, place, version);
    let (canonical, profile) = (">;rel=\"canonical\", <", ">;rel=\"profile\"");
    let link = ["<", &url, "/", &path, canonical, version.profile(), profile].concat();
    respond::insert(response.headers_mut(), header::LINK, link);
    Ok(response)
}

/// The content of the answer, which `etag` and `path` name.
async fn run(
    asking: Asking<'_>,
    image: &Resolved<'_>,
    plan: Plan,
    etag: &str,
    path: &str,
) -> Result<Content, Failure> {
    let state = asking.state;
    let result = match plan {
        Plan::Stored(at) => {
            state.counters.stored.fetch_add(1, Ordering::Relaxed);
            let span = image.open.pyramid.tile(at).ok_or(Failure::NotFound)?;
            let part = Part::new(&image.open, span);
            if asking.sends_parts && part.can_be_sent() {
                return Ok(Content::Stored(part));
            }
            let room = state.admission.room(part.holds()).await?;
            part.read(room).await.map_err(Failure::from)
        }
        Plan::Render(recipe) => {
            let name = format!("{etag}{path}");
            let make = make(Arc::clone(state), Arc::clone(&image.open), recipe);
            // Tiles take no room for what renders hold.
            Box::pin(state.renders.share(name, make)).await
        }
    };
    if result.as_ref().is_err_and(Failure::is_ours) {
        state.store.forget(image.generation, image.code);
    }
    result.map(Content::Made)
}

/// Makes pixels.
async fn make(state: Arc<State>, open: Arc<OpenPyramid>, recipe: Recipe) -> Result<Bytes, Failure> {
    let counters = Arc::clone(&state);
    let memory = recipe.memory + profile_memory(&open.pyramid);
    let rendering = state.admission.render(memory, move || {
        counters.counters.rendered.fetch_add(1, Ordering::Relaxed);
        render(&recipe, &open.pyramid, &open.file).map_err(|source| Failure::Render {
            path: open.path.clone(),
            source,
        })
    });
    rendering.await?
}

/// A stored image and what names it.
struct Resolved<'i> {
    open: Arc<OpenPyramid>,
    identifier: &'i Identifier,
    collection: &'i str,
    code: &'i str,
    generation: u64,
}

impl Resolved<'_> {
    /// The base URI at the address that was asked.
    fn url(&self, asking: Asking<'_>, place: Place<'_>, version: Version) -> String {
        if let Some(kept) = asking.kept {
            return kept.to_owned();
        }
        let base = place.address.base_url(asking.asked);
        let image = match version {
            Version::V2 => "/image/2/",
            Version::V3 => "/image/3/",
        };
        [&base, image, self.identifier.as_str()].concat()
    }
}

/// Identifier → opened pyramid. An identifier is a collection's name, a dot and a page's code.
async fn resolve<'i>(
    asking: Asking<'_>,
    place: Place<'_>,
    identifier: &'i Identifier,
) -> Result<Resolved<'i>, Failure> {
    let (collection, code) = identifier
        .as_str()
        .split_once('.')
        .ok_or(Failure::NotFound)?;
    let resolved = |open, generation| Resolved {
        open,
        identifier,
        collection,
        code,
        generation,
    };
    let shelf = {
        let library = asking.state.library.load();
        let Some(shelf) = library.shelf(place.tenant.name.as_str(), collection) else {
            // Whether there ever was one.
            return Err(declared(asking, place, collection)
                .err()
                .unwrap_or(Failure::NotFound));
        };
        if let Some(open) = asking.state.store.cached(shelf.generation, code) {
            return Ok(resolved(open, shelf.generation));
        }
        Arc::clone(shelf)
    };
    let generation = shelf.generation;
    let (state, code) = (Arc::clone(asking.state), code.to_owned());
    let open = tokio::task::spawn_blocking(move || open(&state, &shelf, &code)).await??;
    Ok(resolved(open, generation))
}

/// Opens the pyramid of a page. Blocks.
fn open(state: &State, shelf: &Shelf, code: &str) -> Result<Arc<OpenPyramid>, Failure> {
    let catalogue = match &shelf.catalogue {
        None => return Err(Failure::NotFound),
        Some(Err(error)) => return Err(Failure::Catalogue(error.to_string())),
        Some(Ok(catalogue)) => catalogue,
    };
    match catalogue.stored(code)? {
        Some(stored) => {
            let store = &state.store;
            Ok(store.open(shelf.generation, code, &shelf.folder, &stored)?)
        }
        None if catalogue.is_gone_page(code)? => Err(Failure::Gone),
        None => Err(Failure::NotFound),
    }
}

/// What may be asked of an image of `full` pixels.
pub(crate) fn rules(asking: Asking<'_>, place: Place<'_>, full: (u32, u32)) -> Rules {
    let Images {
        limits, upscaling, ..
    } = place.tenant.images;
    let rules = Rules {
        max_width: limits.max_width,
        max_height: limits.max_height,
        max_area: limits.max_area,
        upscaling,
        strict_size: asking.state.settings.strict_size,
    };
    let room = acervo_pixels::largest_area(asking.state.admission.largest(), full);
    within(rules, full, room)
}

/// The institution's rules with the limits of the server, which are told where an answer could exceed them:
/// sides that can be written, and `room` for pixels.
fn within(rules: Rules, full: (u32, u32), room: u64) -> Rules {
    let lower = |limit: Option<u32>, side: u32| {
        if rules.upscaling || side > MAX_SIDE {
            Some(limit.map_or(MAX_SIDE, |limit| limit.min(MAX_SIDE)))
        } else {
            limit
        }
    };
    let exceeds = rules.upscaling || u64::from(full.0) * u64::from(full.1) > room;
    let max_area = rules.max_area.map_or(room, |limit| limit.min(room));
    Rules {
        max_width: lower(rules.max_width, full.0),
        // A width alone is the limit of both sides.
        max_height: lower(rules.max_height.or(rules.max_width), full.1)
            .filter(|_| rules.max_height.is_some() || rules.max_width.is_none()),
        max_area: if exceeds {
            Some(max_area)
        } else {
            rules.max_area
        },
        ..rules
    }
}

/// What `max` means depends on the limits, so they are part of the tag.
fn etag(fingerprint: &str, rules: &Rules) -> String {
    let Rules {
        max_width,
        max_height,
        max_area,
        upscaling,
        strict_size: _,
    } = *rules;
    let limits = [
        ('w', max_width.map(u64::from)),
        ('h', max_height.map(u64::from)),
        ('a', max_area),
    ];
    let mut tag = String::with_capacity(fingerprint.len() + 48);
    for part in ["\"", fingerprint, "-", RENDERING] {
        tag.push_str(part);
    }
    for (name, limit) in limits {
        if let Some(limit) = limit {
            let _ = write!(tag, "{name}{limit:x}");
        }
    }
    tag.push_str(if upscaling { "^\"" } else { "\"" });
    tag
}

fn profile_link(version: Version) -> String {
    format!("<{}>;rel=\"profile\"", version.profile())
}

#[cfg(test)]
mod tests {
    use iiif_spec::Rules;

    use super::{MAX_SIDE, within};

    #[test]
    fn limits_of_the_server_are_told_where_an_answer_could_exceed_them() {
        let free = Rules::default();
        let width = Rules {
            max_width: Some(3000),
            ..free
        };
        let enlarging = Rules {
            upscaling: true,
            ..free
        };
        let limits = |rules: Rules| (rules.max_width, rules.max_height, rules.max_area);
        let room = 50_000_000;
        for (rules, full, expected) in [
            (free, (6000, 4000), (None, None, None)),
            (free, (9000, 6000), (None, None, Some(room))),
            (free, (70_000, 10), (Some(MAX_SIDE), None, None)),
            (width, (6000, 4000), (Some(3000), None, None)),
            (width, (10, 70_000), (Some(3000), None, None)),
            (
                enlarging,
                (60, 40),
                (Some(MAX_SIDE), Some(MAX_SIDE), Some(room)),
            ),
        ] {
            let rules = within(rules, full, room);
            assert_eq!(limits(rules), expected, "{full:?}");
            assert_eq!(rules.enlarges(), rules.upscaling);
        }
    }
}
