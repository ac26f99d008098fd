//! Responses: every outcome to status and headers. The only file that names status codes.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use bytes::Bytes;
use iiif_spec::{RequestError, StatusKind};

use acervo_catalogue::CatalogueError;
use acervo_pixels::RenderError;

use crate::admission::AdmissionError;
use crate::encode::{self, Coding};
use crate::store::{Part, StoreError};

/// An answer to a reader.
pub(crate) type Response = axum::http::Response<Content>;

/// Why a request has no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// There is nothing: 404.
    #[error("there is nothing at this address")]
    NotFound,
    /// There was something once: 410.
    #[error("what was at this address has been withdrawn")]
    Gone,
    /// The institution is suspended: 503.
    #[error("this institution is suspended")]
    Suspended,
    /// The image request is wrong: 400 or 501.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// No memory or core for it: 400 or 503.
    #[error(transparent)]
    Admission(#[from] AdmissionError),
    /// The catalogue is damaged: 500.
    #[error("{0}")]
    Catalogue(String),
    /// The pyramid is damaged: 500.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A tile is damaged: 500.
    #[error("{path}: {source}")]
    Render {
        /// The file.
        path: std::path::PathBuf,
        /// Why not.
        source: RenderError,
    },
    /// What several requests waited for failed.
    #[error(transparent)]
    Shared(Arc<Failure>),
    /// A thread of ours failed: 500.
    #[error("a task failed: {0}")]
    Task(#[from] tokio::task::JoinError),
    /// A document could not be written: 500.
    #[error("a document cannot be written: {0}")]
    Document(#[from] serde_json::Error),
}

impl From<CatalogueError> for Failure {
    fn from(error: CatalogueError) -> Self {
        Self::Catalogue(error.to_string())
    }
}

impl Failure {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Gone => StatusCode::GONE,
            Self::Suspended | Self::Admission(AdmissionError::Busy) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Admission(AdmissionError::TooLarge) => StatusCode::BAD_REQUEST,
            Self::Shared(failure) => failure.status(),
            Self::Request(error) => match error.status_kind() {
                StatusKind::BadRequest => StatusCode::BAD_REQUEST,
                StatusKind::NotImplemented => StatusCode::NOT_IMPLEMENTED,
            },
            Self::Admission(AdmissionError::Broken)
            | Self::Catalogue(_)
            | Self::Store(_)
            | Self::Render { .. }
            | Self::Task(_)
            | Self::Document(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Whether the server, not the client, is at fault.
    pub(crate) fn is_ours(&self) -> bool {
        self.status() == StatusCode::INTERNAL_SERVER_ERROR
    }
}

/// Status and headers of a failure, without a body.
pub(crate) fn failure_head(failure: &Failure) -> Response {
    let mut response = Response::default();
    *response.status_mut() = failure.status();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if failure.status() == StatusCode::SERVICE_UNAVAILABLE {
        let seconds = if matches!(failure, Failure::Suspended) {
            "3600"
        } else {
            "5"
        };
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
    }
    response
}

/// A failure in words, for programs and their authors: Spanish, then English.
pub(crate) fn failure(failure: &Failure) -> Response {
    if let Failure::Shared(shared) = failure {
        return self::failure(shared);
    }
    let text = match failure {
        Failure::Request(error) => {
            let (es, en) = error.bilingual();
            format!("{es}\n{en}\n")
        }
        // What went wrong inside is for the log.
        ours if ours.is_ours() => "error interno del servidor\ninternal server error\n".to_owned(),
        other => format!("{}\n{other}\n", spanish(other)),
    };
    let mut response = failure_head(failure);
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    *response.body_mut() = Bytes::from(text).into();
    response
}

fn spanish(failure: &Failure) -> &'static str {
    match failure {
        Failure::Gone => "lo que había en esta dirección fue retirado",
        Failure::Suspended => "esta institución está suspendida",
        Failure::Admission(AdmissionError::TooLarge) => {
            "hacer esta imagen requiere más memoria de la que tiene el servidor"
        }
        Failure::Admission(AdmissionError::Busy) => {
            "el servidor está ocupado; intente de nuevo en unos segundos"
        }
        _ => "no hay nada en esta dirección",
    }
}

/// What every public answer carries.
pub(crate) fn public(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("ETag, Link"),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}

/// The last answer of its connection: the server is about to end.
pub(crate) fn last(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// The answer to a preflight.
pub(crate) fn options() -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(
        header::ALLOW,
        HeaderValue::from_static("GET, HEAD, OPTIONS"),
    );
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, HEAD, OPTIONS"),
    );
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("*"),
    );
    headers.insert(
        header::ACCESS_CONTROL_MAX_AGE,
        HeaderValue::from_static("86400"),
    );
    public(response)
}

pub(crate) fn method_not_allowed() -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response.headers_mut().insert(
        header::ALLOW,
        HeaderValue::from_static("GET, HEAD, OPTIONS"),
    );
    public(response)
}

fn redirect(status: StatusCode, location: &str) -> Response {
    let mut response = Response::default();
    *response.status_mut() = status;
    insert(response.headers_mut(), header::LOCATION, location);
    response
}

/// To the description of an image (Image API 3.0, section 2).
pub(crate) fn see_other(location: &str) -> Response {
    redirect(StatusCode::SEE_OTHER, location)
}

/// To the same page with its final slash.
pub(crate) fn with_slash(path: &str, query: &str) -> Response {
    let query = if query.is_empty() {
        String::new()
    } else {
        format!("?{query}")
    };
    // One slash at the start, or the path would name another host; browsers take a backslash for one.
    let path = path.trim_start_matches('/').replace('\\', "%5C");
    redirect(StatusCode::PERMANENT_REDIRECT, &format!("/{path}/{query}"))
}

/// Sets a header whose value we made; one that no header can hold is left out.
pub(crate) fn insert(
    headers: &mut HeaderMap,
    name: header::HeaderName,
    value: impl TryInto<HeaderValue>,
) {
    if let Ok(value) = value.try_into() {
        headers.insert(name, value);
    }
}

/// How long an answer may be kept without asking again.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Keep {
    /// It never changes at its address.
    Forever,
    /// It may be used for so many seconds; then ask.
    For(u32),
    /// Ask every time.
    Ask,
}

/// What a body holds.
#[derive(Debug)]
pub(crate) enum Content {
    /// Bytes in memory.
    Made(Bytes),
    /// A part of a file, which the connection sends.
    Stored(Part),
}

impl Content {
    /// The bytes in memory: none of a part of a file.
    pub(crate) fn made(self) -> Bytes {
        match self {
            Self::Made(bytes) => bytes,
            Self::Stored(_) => Bytes::new(),
        }
    }
}

impl Default for Content {
    fn default() -> Self {
        Self::Made(Bytes::new())
    }
}

impl From<Bytes> for Content {
    fn from(bytes: Bytes) -> Self {
        Self::Made(bytes)
    }
}

/// 200 with a body, or 304 if the client has it.
pub(crate) fn body(
    asked: &HeaderMap,
    etag: &str,
    content_type: impl TryInto<HeaderValue>,
    keep: Keep,
    content: impl Into<Content>,
) -> Response {
    let mut response = if not_modified(asked, etag) {
        head_304()
    } else {
        Response::new(content.into())
    };
    let headers = response.headers_mut();
    // All that an image needs, without growing.
    headers.reserve(12);
    insert(headers, header::ETAG, etag);
    insert(headers, header::CONTENT_TYPE, content_type);
    let cache = header::CACHE_CONTROL;
    let unchanging = HeaderValue::from_static;
    match keep {
        Keep::Forever => insert(
            headers,
            cache,
            unchanging("public, max-age=31536000, immutable"),
        ),
        Keep::For(seconds) => insert(headers, cache, format!("public, max-age={seconds}")),
        Keep::Ask => insert(headers, cache, unchanging("no-cache")),
    }
    response
}

/// 200 with the text that `name` names, in a coding that the client takes, or 304 if it has it; `make` is
/// only asked for what is sent.
pub(crate) fn named(
    asked: &HeaderMap,
    name: &str,
    content_type: &str,
    keep: Keep,
    make: impl FnOnce() -> Result<Bytes, Failure>,
) -> Result<Response, Failure> {
    let coding = if encode::is_text(content_type) {
        Coding::accepted(asked, Coding::QUICKEST)
    } else {
        Coding::Identity
    };
    let etag = encode::tag(name, coding);
    if not_modified(asked, &etag) {
        return Ok(body(asked, &etag, content_type, keep, Bytes::new()));
    }
    let bytes = make()?;
    let encoded = coding.encode(&bytes);
    let word = encoded.as_ref().and(coding.word());
    let mut response = body(asked, &etag, content_type, keep, encoded.unwrap_or(bytes));
    let headers = response.headers_mut();
    insert(headers, header::VARY, "Accept-Encoding");
    if let Some(word) = word {
        insert(headers, header::CONTENT_ENCODING, word);
    }
    Ok(response)
}

fn head_304() -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    response
}

/// Whether the client's `If-None-Match` names `etag` (RFC 9110, section 13.1.2).
pub(crate) fn not_modified(asked: &HeaderMap, etag: &str) -> bool {
    asked
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/"))
        .any(|tag| tag == etag || tag == "*")
}
