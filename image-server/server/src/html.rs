//! Pages: from the catalogue and the tenant table to the records that the page crate draws.

mod asset;
mod cards;
mod choose;
mod collection;
mod excerpt;
mod failure;
mod institution;
mod item;
mod platform;
mod search;

pub(crate) use asset::asset;
pub(crate) use collection::collection;
pub(crate) use failure::failure;
pub(crate) use institution::institution;
pub(crate) use item::item;
pub(crate) use platform::platform;
pub(crate) use search::search;

use acervo_pages::{CONTENT_SECURITY_POLICY, Frame, Image, Named, ThemeLink};
use acervo_tenancy::{Language, LanguageMap, Tenant};
use axum::http::header;
use bytes::Bytes;
use percent_encoding::percent_decode_str;

use crate::address::segment;
use crate::answer::{Asking, Place, language};
use crate::respond::{self, Failure, Keep, Response};
use crate::theme;

/// What every page of an institution has about it.
pub(super) struct Around<'t> {
    tenant: &'t Tenant,
    /// The base URL at the address that was asked: links stay there.
    base: String,
    /// The base URL that documents name.
    primary: String,
    start: String,
    search: String,
    institutions: Option<String>,
    theme: Option<String>,
    logo: Option<Image>,
    /// The image that stands for the page where somebody shares its address.
    share: Option<String>,
    language: Language,
}

impl<'t> Around<'t> {
    fn of(asking: Asking<'_>, place: Place<'t>) -> Self {
        let tenant = place.tenant;
        let base = place.address.base_url(asking.asked);
        let listed =
            asking.state.table.load().lists_institutions && !place.address.prefix.is_empty();
        let institutions =
            listed.then(|| format!("{}://{}/", asking.asked.scheme, asking.asked.authority));
        let logo = theme::logo_url(&base, tenant).map(|(src, _)| Image {
            src,
            srcset: None,
            // It is shown as high as a line of the header, whatever its own size.
            width: 48,
            height: 48,
        });
        Self {
            tenant,
            primary: tenant.primary().base_url(asking.asked),
            start: format!("{base}/"),
            search: format!("{base}/search"),
            institutions,
            theme: theme::style_url(&base, tenant),
            logo,
            share: None,
            language: language(asking, tenant.default_language),
            base,
        }
    }

    fn frame<'a>(&'a self, asking: Asking<'a>, canonical: &'a str) -> Frame<'a> {
        Frame {
            language: self.language,
            query: asking.query,
            base: &self.base,
            // The platform's own assets serve all institutions of its host.
            assets_base: if self.institutions.is_some() {
                ""
            } else {
                &self.base
            },
            canonical: Some(canonical),
            institutions_url: self.institutions.as_deref(),
            theme: self.theme.as_deref().map(|url| ThemeLink { url }),
            logo: self.logo.as_ref(),
            search_url: Some(&self.search),
            share_image: self.share.as_deref(),
            alternates: &[],
        }
    }

    fn institution(&self) -> Named<'_> {
        Named {
            label: &self.tenant.display_name,
            url: &self.start,
        }
    }

    fn collection_url(&self, collection: &str) -> String {
        format!("{}/{collection}/", self.base)
    }

    fn item_url(&self, collection: &str, item: &str) -> String {
        format!("{}/{collection}/{}/", self.base, segment(item))
    }
}

/// A label and where it leads.
pub(super) struct Label {
    text: LanguageMap,
    url: String,
}

impl Label {
    fn named(&self) -> Named<'_> {
        Named {
            label: &self.text,
            url: &self.url,
        }
    }
}

/// The values of a key in the query, decoded.
pub(crate) fn parameters(query: &str, name: &str) -> Vec<String> {
    query
        .split('&')
        .filter_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
        .map(|raw| {
            let spaced = raw.replace('+', " ");
            percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
        })
        .collect()
}

/// A number in the query.
pub(crate) fn number(query: &str, name: &str) -> Option<usize> {
    parameters(query, name).first()?.parse().ok()
}

fn html(
    asking: Asking<'_>,
    language: Language,
    text: impl Into<Bytes>,
) -> Result<Response, Failure> {
    let text: Bytes = text.into();
    let name = blake3::hash(&text).to_hex()[..32].to_owned();
    let kind = "text/html; charset=utf-8";
    let mut response = respond::named(asking.headers, &name, kind, Keep::Ask, || Ok(text))?;
    page_headers(&mut response, language);
    Ok(response)
}

fn page_headers(response: &mut Response, language: Language) {
    let headers = response.headers_mut();
    respond::insert(headers, header::CONTENT_TYPE, "text/html; charset=utf-8");
    respond::insert(headers, header::CONTENT_LANGUAGE, language.tag());
    respond::insert(
        headers,
        header::VARY,
        "Accept-Encoding, Accept-Language, Host",
    );
    respond::insert(
        headers,
        header::CONTENT_SECURITY_POLICY,
        CONTENT_SECURITY_POLICY,
    );
}
