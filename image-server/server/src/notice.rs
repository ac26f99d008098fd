//! The notice that an institution is suspended: one answer to every request, in the form and the language
//! that the client prefers, made once when the program starts.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use acervo_pages::{NOTICE_SECURITY_POLICY, notice, notice_sentence};
use acervo_tenancy::Language;
use axum::Router;
use axum::extract::State as Extract;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::routing::get;
use bytes::Bytes;

use crate::answer::preferred;
use crate::encode::Coding;
use crate::respond::{self, Failure, Response};

/// What the notice is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Form {
    /// A page, for people.
    Page,
    /// A problem in JSON (RFC 9457), for programs.
    Json,
    /// Two lines, for everybody else.
    Text,
}

/// The notice in every form, language and coding.
#[derive(Debug)]
pub(crate) struct Notice {
    bodies: HashMap<(Form, Language, &'static str), Bytes>,
    requests: AtomicU64,
    /// Whether the server is about to end: readers are to be sent elsewhere.
    pub(crate) draining: AtomicBool,
}

impl Form {
    const ALL: [Self; 3] = [Self::Page, Self::Json, Self::Text];

    const fn content_type(self) -> &'static str {
        match self {
            Self::Page => "text/html; charset=utf-8",
            Self::Json => "application/problem+json",
            Self::Text => "text/plain; charset=utf-8",
        }
    }

    /// Browsers name HTML when they open a page; programs that read documents of IIIF name JSON, or
    /// nothing in particular and an address that ends in `.json`.
    fn of(headers: &HeaderMap, path: &str) -> Self {
        let accepted = headers.get_all(header::ACCEPT).iter();
        let accepted = accepted.filter_map(|value| value.to_str().ok());
        let accepted: Vec<_> = accepted.flat_map(|value| value.split(',')).collect();
        let names = |word: &str| accepted.iter().any(|range| range.contains(word));
        if names("text/html") {
            Self::Page
        } else if names("json") || path.ends_with(".json") {
            Self::Json
        } else {
            Self::Text
        }
    }

    fn write(self, language: Language) -> Bytes {
        match self {
            Self::Page => notice(language).into(),
            Self::Json => serde_json::json!({
                "title": "Service Unavailable",
                "status": StatusCode::SERVICE_UNAVAILABLE.as_u16(),
                "detail": notice_sentence(language),
            })
            .to_string()
            .into(),
            Self::Text => Language::ALL
                .map(|language| format!("{}\n", notice_sentence(language)))
                .concat()
                .into(),
        }
    }
}

impl Notice {
    pub(crate) fn new() -> Self {
        let mut bodies = HashMap::new();
        for form in Form::ALL {
            for language in Language::ALL {
                let plain = form.write(language);
                for coding in Coding::SMALLEST {
                    let encoded = coding.encode(&plain).zip(coding.word());
                    bodies.extend(encoded.map(|(body, word)| ((form, language, word), body)));
                }
                bodies.insert((form, language, ""), plain);
            }
        }
        Self {
            bodies,
            requests: AtomicU64::default(),
            draining: AtomicBool::default(),
        }
    }

    /// The answer to any request.
    pub(crate) fn answer<B>(&self, request: &Request<B>) -> Response {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let response = match *request.method() {
            Method::GET | Method::HEAD => self.notice(request.headers(), request.uri()),
            Method::OPTIONS => return respond::options(),
            _ => return respond::method_not_allowed(),
        };
        let draining = self.draining.load(Ordering::Acquire);
        respond::public(if draining {
            respond::last(response)
        } else {
            response
        })
    }

    fn notice(&self, headers: &HeaderMap, uri: &axum::http::Uri) -> Response {
        let form = Form::of(headers, uri.path());
        let language = preferred(uri.query().unwrap_or_default(), headers).unwrap_or_default();
        let word = Coding::accepted(headers, Coding::SMALLEST).word();
        let encoded = word.and_then(|word| self.bodies.get(&(form, language, word)));
        let body = encoded.or_else(|| self.bodies.get(&(form, language, "")));
        let mut response = respond::failure_head(&Failure::Suspended);
        let answer = response.headers_mut();
        respond::insert(answer, header::CONTENT_TYPE, form.content_type());
        respond::insert(answer, header::CONTENT_LANGUAGE, spoken(form, language));
        respond::insert(
            answer,
            header::VARY,
            "Accept, Accept-Encoding, Accept-Language",
        );
        if form == Form::Page {
            let policy = NOTICE_SECURITY_POLICY;
            respond::insert(answer, header::CONTENT_SECURITY_POLICY, policy);
        }
        if let Some(word) = encoded.and(word) {
            respond::insert(answer, header::CONTENT_ENCODING, word);
        }
        *response.body_mut() = body.cloned().unwrap_or_default().into();
        response
    }
}

/// The languages of an answer: text is in all of them.
fn spoken(form: Form, language: Language) -> String {
    match form {
        Form::Page | Form::Json => language.tag().to_owned(),
        Form::Text => Language::ALL.map(Language::tag).join(", "),
    }
}

/// Life, readiness and figures.
pub(crate) fn admin(notice: Arc<Notice>) -> Router {
    Router::new()
        .route("/livez", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(notice)
}

async fn ready(Extract(notice): Extract<Arc<Notice>>) -> (StatusCode, &'static str) {
    if notice.draining.load(Ordering::Acquire) {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "the server is about to end\n",
        )
    } else {
        (StatusCode::OK, "ok\n")
    }
}

async fn metrics(Extract(notice): Extract<Arc<Notice>>) -> String {
    let requests = notice.requests.load(Ordering::Relaxed);
    format!(
        "# HELP acervo_notice_requests Requests to suspended institutions.\n# TYPE acervo_notice_requests counter\nacervo_notice_requests_total {requests}\n# EOF\n"
    )
}
