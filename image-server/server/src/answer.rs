//! The request pipeline, top to bottom.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use acervo_tenancy::{Address, Asked, Language, Located, Tenant, TenantTable};
use axum::http::{HeaderMap, Method, Request, Version, header};

use crate::document::Api;
use crate::respond::{self, Failure, Response};
use crate::route::Route;
use crate::state::State;
use crate::{document, html, image, kept, sitemap, theme};

/// Who asks what of whom: all that later stages know of the request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asking<'r> {
    pub(crate) state: &'r Arc<State>,
    pub(crate) asked: &'r Asked,
    pub(crate) headers: &'r HeaderMap,
    pub(crate) path: &'r str,
    pub(crate) query: &'r str,
    /// The base URI of an image as it was published before, if that is what is asked.
    pub(crate) kept: Option<&'r str>,
    /// Whether the connection sends parts of files: in HTTP/2 every stream has its own frames.
    pub(crate) sends_parts: bool,
}

/// An institution and the address that was asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'t> {
    pub(crate) tenant: &'t Tenant,
    pub(crate) address: &'t Address,
}

/// accept → tenant → route → (parse → resolve → plan → conditional → admission → run) → respond
pub(crate) async fn answer<B>(state: &Arc<State>, request: Request<B>) -> Response {
    state.counters.requests.fetch_add(1, Ordering::Relaxed);
    let (parts, _) = request.into_parts();
    let asked = asked(&parts.headers, &parts.uri);
    let path = parts.uri.path();
    let asking = Asking {
        state,
        asked: &asked,
        headers: &parts.headers,
        path,
        query: parts.uri.query().unwrap_or_default(),
        kept: None,
        sends_parts: parts.version < Version::HTTP_2,
    };
    match parts.method {
        Method::GET | Method::HEAD => {}
        Method::OPTIONS => return respond::options(),
        _ => return respond::method_not_allowed(),
    }
    let table = state.table.load_full();
    let result = match table.locate(&asked, path) {
        Located::Kept(tenant, kind, values, rest) => {
            let place = Place {
                tenant,
                address: tenant.primary(),
            };
            let result = Box::pin(kept::answer(asking, place, kind, &values, rest)).await;
            result.map_err(|failure| (failure, Some(place), false))
        }
        Located::Tenant(tenant, address, rest) => {
            let place = Place { tenant, address };
            match within(asking, place, rest).await {
                Ok(response) => Ok(response),
                Err(failure) => Err((failure, Some(place), is_page(rest))),
            }
        }
        Located::Platform => Box::pin(platform(asking, &table)).await,
        Located::Nowhere => Err((Failure::NotFound, None, false)),
    };
    let response = match result {
        Ok(response) => response,
        Err((failure, place, page)) => {
            if failure.is_ours() {
                state.counters.failed.fetch_add(1, Ordering::Relaxed);
                tracing::error!(path, error = %failure, "a request failed");
            }
            if page {
                html::failure(asking, place, table.language, &failure)
            } else {
                respond::failure(&failure)
            }
        }
    };
    let draining = state.draining.load(Ordering::Acquire);
    respond::public(if draining {
        respond::last(response)
    } else {
        response
    })
}

/// The platform's own pages.
async fn platform<'t>(
    asking: Asking<'_>,
    table: &TenantTable,
) -> Result<Response, (Failure, Option<Place<'t>>, bool)> {
    if let Some(asset) = asking.path.strip_prefix("/assets/") {
        return html::asset(asking, asset).map_err(|failure| (failure, None, false));
    }
    let result = match asking.path {
        "/" => html::platform(asking, table).await,
        "/robots.txt" => sitemap::robots_of_all(asking, table),
        _ => Err(Failure::NotFound),
    };
    result.map_err(|failure| (failure, None, true))
}

async fn within(asking: Asking<'_>, place: Place<'_>, rest: &str) -> Result<Response, Failure> {
    if place.tenant.suspended {
        return Err(Failure::Suspended);
    }
    match Route::of(rest) {
        Route::ImageBase(version, identifier) => {
            image::base(asking, place, version, identifier).await
        }
        Route::ImageInfo(version, identifier) => {
            image::info(asking, place, version, identifier).await
        }
        Route::Image(version, identifier, parameters) => {
            image::image(asking, place, version, identifier, parameters).await
        }
        // What takes longer anyway has memory of its own, so that what is asked most takes little.
        other => Box::pin(of_records(asking, place, other)).await,
    }
}

/// What catalogues and the tenant table say.
async fn of_records(
    asking: Asking<'_>,
    place: Place<'_>,
    route: Route<'_>,
) -> Result<Response, Failure> {
    match route {
        Route::InstitutionDocument(api) => document::institution(asking, place, api),
        Route::CollectionDocument(api, collection) => {
            document::collection(asking, place, api, collection).await
        }
        Route::PartDocument(api, collection, number) => {
            document::part(asking, place, api, collection, number).await
        }
        Route::VolumesDocument(api, collection, item) => {
            document::volumes(asking, place, api, collection, item).await
        }
        Route::Manifest(api, collection, item) => {
            document::manifest(asking, place, asked_for(asking, api), collection, item).await
        }
        Route::Text(api, collection, item, code) => {
            document::text(asking, place, api, collection, item, code).await
        }
        Route::Record(collection, item) => document::record(asking, place, collection, item).await,
        Route::Search => html::search(asking, place).await,
        Route::Sitemap => sitemap::sitemap(asking, place).await,
        Route::Robots => sitemap::robots(asking, place),
        Route::Logo => theme::logo(asking, place).await,
        Route::Style => theme::style(asking, place),
        Route::InstitutionPage => html::institution(asking, place).await,
        Route::CollectionPage(collection) => html::collection(asking, place, collection).await,
        Route::ItemPage(collection, item) => html::item(asking, place, collection, item).await,
        Route::Asset(asset) => html::asset(asking, asset),
        Route::WithoutSlash => Ok(respond::with_slash(asking.path, asking.query)),
        Route::CollectionWithoutSlash(collection) => {
            document::declared(asking, place, &collection)?;
            Ok(respond::with_slash(asking.path, asking.query))
        }
        Route::ItemWithoutSlash(collection, item) => {
            document::declared(asking, place, &collection)?;
            document::find(asking, place, &collection, item).await?;
            Ok(respond::with_slash(asking.path, asking.query))
        }
        Route::ImageBase(..) | Route::ImageInfo(..) | Route::Image(..) | Route::Nothing => {
            Err(Failure::NotFound)
        }
    }
}

/// The version of a manifest: that of its address, or of 3.0's address the one that the client names.
fn asked_for(asking: Asking<'_>, api: Api) -> Api {
    match api {
        Api::V2 => Api::V2,
        Api::V3 => Api::accepted(asking),
    }
}

/// Whether readers, not programs, ask for such paths.
fn is_page(rest: &str) -> bool {
    let first = rest.split('/').nth(1).unwrap_or_default();
    !matches!(
        first,
        "image" | "presentation" | "assets" | "sitemap.xml" | "robots.txt"
    )
}

/// The host that was asked; HTTP/2 has it in the URI.
fn asked(headers: &HeaderMap, uri: &axum::http::Uri) -> Asked {
    let host = headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok());
    let authority = uri
        .authority()
        .map(axum::http::uri::Authority::as_str)
        .or(host);
    // Only what can be a host and a port may stand in documents.
    let fit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']' | '_');
    let authority = authority
        .filter(|text| text.chars().all(fit))
        .unwrap_or("localhost");
    Asked {
        scheme: "http",
        authority: authority.to_owned(),
    }
}

/// The language of an answer: `?lang=`, then Accept-Language, then `default`.
pub(crate) fn language(asking: Asking<'_>, default: Language) -> Language {
    preferred(asking.query, asking.headers).unwrap_or(default)
}

/// The language that a request asks for: `?lang=`, then Accept-Language.
pub(crate) fn preferred(query: &str, headers: &HeaderMap) -> Option<Language> {
    let parameter = query.split('&').find_map(|pair| pair.strip_prefix("lang="));
    if let Some(language) = parameter.and_then(Language::from_tag) {
        return Some(language);
    }
    let accepted = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|v| v.to_str().ok());
    let mut ranked: Vec<(f32, Language)> = accepted
        .unwrap_or_default()
        .split(',')
        .filter_map(|part| {
            let mut parameters = part.split(';');
            let tag = parameters.next()?;
            let quality = parameters.find_map(|parameter| parameter.trim().strip_prefix("q="));
            let quality: f32 = quality
                .unwrap_or("1")
                .trim()
                .parse()
                .ok()
                .filter(|q| *q > 0.0)?;
            Some((quality, Language::from_tag(tag.trim())?))
        })
        .collect();
    // A stable sort: of equals the first wins.
    ranked.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    ranked.first().map(|(_, language)| *language)
}
