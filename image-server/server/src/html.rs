//! Pages: lists of links, in the reader's language.

use std::fmt::Write as _;

use acervo_tenancy::{Language, TenantTable};
use axum::http::{HeaderValue, header};
use axum::response::Response;

use crate::answer::{Asking, Place, language};
use crate::document::{find, manifest_url, query, segment, services, thumbnail_size};
use crate::respond::{self, Failure, Keep};

/// The platform's list of institutions.
pub(crate) fn platform(asking: Asking<'_>, table: &TenantTable) -> Response {
    let language = language(asking, table.language);
    let mut list = String::new();
    for tenant in &table.tenants {
        let url = format!("{}/", tenant.primary().base_url(asking.asked));
        entry(&mut list, &url, tenant.display_name.pick(language).1);
    }
    page(asking, language, "Acervo", &format!("<ul>{list}</ul>"))
}

/// An institution's collections.
pub(crate) fn institution(asking: Asking<'_>, place: Place<'_>) -> Response {
    let language = language(asking, place.tenant.default_language);
    let base = place.address.base_url(asking.asked);
    let mut list = String::new();
    for collection in &place.tenant.collections {
        entry(
            &mut list,
            &format!("{base}/{}/", collection.name),
            collection.label.pick(language).1,
        );
    }
    page(
        asking,
        language,
        place.tenant.display_name.pick(language).1,
        &format!("<ul>{list}</ul>"),
    )
}

/// A collection's items.
pub(crate) async fn collection(
    asking: Asking<'_>,
    place: Place<'_>,
    name: String,
) -> Result<Response, Failure> {
    let language = language(asking, place.tenant.default_language);
    let collection = place.tenant.collection(&name).ok_or(Failure::NotFound)?;
    let names = query(asking, place, &name, |catalogue| Ok(catalogue.names()?)).await?;
    let base = place.address.base_url(asking.asked);
    let mut list = String::new();
    for item in names.unwrap_or_default() {
        entry(
            &mut list,
            &format!("{base}/{name}/{}/", segment(&item)),
            &item,
        );
    }
    Ok(page(
        asking,
        language,
        collection.label.pick(language).1,
        &format!("<ul>{list}</ul>"),
    ))
}

/// An item's images.
pub(crate) async fn item(
    asking: Asking<'_>,
    place: Place<'_>,
    collection: String,
    item: String,
) -> Result<Response, Failure> {
    let language = language(asking, place.tenant.default_language);
    place
        .tenant
        .collection(&collection)
        .ok_or(Failure::NotFound)?;
    let item = find(asking, place, &collection, item).await?;
    let base = place.address.base_url(asking.asked);
    let mut body = String::new();
    for page in &item.pages {
        let (width, height) = thumbnail_size(page.stored.width, page.stored.height);
        let (image, _) = services(&base, &collection, page);
        let _ = write!(
            body,
            "<p><a href=\"{image}/full/max/0/default.jpg\"><img src=\"{image}/full/{width},{height}/0/default.jpg\" width=\"{width}\" height=\"{height}\" alt=\"{}\"></a></p>",
            escape(&page.label),
        );
    }
    let _ = write!(
        body,
        "<p><a href=\"{}\">IIIF manifest</a></p>",
        manifest_url(&base, &collection, &item.name)
    );
    Ok(page(asking, language, &item.name, &body))
}

fn entry(list: &mut String, url: &str, text: &str) {
    let _ = write!(
        list,
        "<li><a href=\"{}\">{}</a></li>",
        escape(url),
        escape(text)
    );
}

fn page(asking: Asking<'_>, language: Language, title: &str, body: &str) -> Response {
    let title = escape(title);
    let html = format!(
        "<!DOCTYPE html><html lang=\"{language}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>"
    );
    let etag = format!("\"{}\"", &blake3::hash(html.as_bytes()).to_hex()[..32]);
    let mut response = respond::body(
        asking.headers,
        &etag,
        "text/html; charset=utf-8",
        Keep::Ask,
        html.into(),
    );
    let headers = response.headers_mut();
    headers.insert(
        header::VARY,
        HeaderValue::from_static("Accept-Language, Host"),
    );
    headers.insert(
        header::CONTENT_LANGUAGE,
        HeaderValue::from_static(language.tag()),
    );
    response
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
