//! What an institution chooses for its pages: a colour and a logo.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use acervo_ingest::beneath;
use acervo_tenancy::{Images, Tenant};
use axum::http::header;
use rustix::fs::OFlags;

use crate::answer::{Asking, Place};
use crate::respond::{self, Failure, Keep, Response};

/// The largest logo, in bytes: it is on every page.
const LARGEST: u64 = 256 << 10;
/// A picture may not do anything, whatever is written in it.
const HARMLESS: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// The URL of the institution's style sheet below `base`, if it has one.
pub(crate) fn style_url(base: &str, tenant: &Tenant) -> Option<String> {
    let css = acervo_pages::theme::css(tenant.pages.accent.as_deref()?)?;
    let hash = blake3::hash(css.as_bytes()).to_hex();
    Some(format!("{base}/assets/{}/theme.css", &hash[..16]))
}

/// The institution's style sheet.
pub(crate) fn style(asking: Asking<'_>, place: Place<'_>) -> Result<Response, Failure> {
    let accent = place.tenant.pages.accent.as_deref();
    let css = accent
        .and_then(acervo_pages::theme::css)
        .ok_or(Failure::NotFound)?;
    let hash = blake3::hash(css.as_bytes()).to_hex();
    let make = || Ok(css.into());
    respond::named(
        asking.headers,
        &hash[..32],
        "text/css; charset=utf-8",
        Keep::Forever,
        make,
    )
}

/// The URL of the institution's logo below `base` and its media type, if it has one.
pub(crate) fn logo_url(base: &str, tenant: &Tenant) -> Option<(String, &'static str)> {
    let path = tenant.pages.logo.as_deref()?;
    let kind = media_type(path)?;
    let name = path.rsplit('/').next().unwrap_or(path);
    Some((
        format!("{base}/assets/logo/{}", crate::address::segment(name)),
        kind,
    ))
}

fn media_type(path: &str) -> Option<&'static str> {
    let ending = path.rsplit('.').next()?.to_ascii_lowercase();
    Some(match ending.as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "svg" => "image/svg+xml",
        _ => return None,
    })
}

/// The institution's logo, from what it handed over. A file that is no picture of its kind, or too large,
/// is not there.
pub(crate) async fn logo(asking: Asking<'_>, place: Place<'_>) -> Result<Response, Failure> {
    let path = place.tenant.pages.logo.clone().ok_or(Failure::NotFound)?;
    let kind = media_type(&path).ok_or(Failure::NotFound)?;
    let library = asking.state.library.load();
    let root = library
        .incoming(place.tenant.name.as_str())
        .map(Path::to_owned)
        .ok_or(Failure::NotFound)?;
    let read = tokio::task::spawn_blocking(move || picture(&root, &path, kind)).await?;
    let (bytes, etag) = read.ok_or(Failure::NotFound)?;
    let mut response = respond::named(asking.headers, &etag, kind, Keep::For(Images::DAY), || {
        Ok(bytes.into())
    })?;
    respond::insert(
        response.headers_mut(),
        header::CONTENT_SECURITY_POLICY,
        HARMLESS,
    );
    Ok(response)
}

fn picture(root: &PathBuf, path: &str, kind: &str) -> Option<(Vec<u8>, String)> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    let root = rustix::fs::open(root, flags | OFlags::DIRECTORY, rustix::fs::Mode::empty()).ok()?;
    let file = File::from(beneath(&root, Path::new(path), flags | OFlags::NONBLOCK).ok()?);
    let metadata = file.metadata().ok()?;
    if !metadata.is_file() || metadata.size() > LARGEST {
        return None;
    }
    let mut bytes = Vec::new();
    file.take(LARGEST).read_to_end(&mut bytes).ok()?;
    let is_it = match kind {
        "image/png" => bytes.starts_with(b"\x89PNG"),
        "image/jpeg" => bytes.starts_with(b"\xff\xd8\xff"),
        _ => bytes
            .windows(4)
            .take(4096)
            .any(|four| four.eq_ignore_ascii_case(b"<svg")),
    };
    let etag = blake3::hash(&bytes).to_hex()[..32].to_owned();
    is_it.then_some((bytes, etag))
}
