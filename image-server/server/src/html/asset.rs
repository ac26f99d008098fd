//! Embedded files, compressed when the program was built.

use acervo_pages::assets;
use axum::http::header;
use bytes::Bytes;

use crate::answer::Asking;
use crate::encode::{self, Coding};
use crate::respond::{self, Failure, Keep, Response};

/// An embedded file.
pub(crate) fn asset(asking: Asking<'_>, path: &str) -> Result<Response, Failure> {
    let found = assets::get(path).ok_or(Failure::NotFound)?;
    let asset = found.asset;
    let keep = if found.immutable {
        Keep::Forever
    } else {
        Keep::Ask
    };
    let coding = Coding::accepted(asking.headers, Coding::SMALLEST);
    let bytes = match coding {
        Coding::Identity => asset.bytes,
        Coding::Gzip => asset.gzip,
        Coding::Brotli => asset.brotli,
        Coding::Zstd => asset.zstd,
    };
    let etag = encode::tag(asset.hash, coding);
    let bytes = Bytes::from_static(bytes);
    let mut response = respond::body(asking.headers, &etag, asset.content_type, keep, bytes);
    let headers = response.headers_mut();
    respond::insert(headers, header::VARY, "Accept-Encoding");
    if let Some(word) = coding.word() {
        respond::insert(headers, header::CONTENT_ENCODING, word);
    }
    Ok(response)
}
