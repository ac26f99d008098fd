//! The report for staff, on the admin port: what is published, what is not and why.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use acervo_ingest::{REPORT_PATH, ReportEntry, ReportHead, Running};
use acervo_pages::{
    self as pages, CONTENT_SECURITY_POLICY, Frame, Named, ReportCollection, ReportPage, ReportRow,
    Work,
};
use acervo_tenancy::{Asked, Language, Tenant};
use axum::extract::{Path, RawQuery, State as Extract};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};

use crate::answer::{Asking, language};
use crate::html;
use crate::respond;
use crate::state::State;

/// Rows of each kind and collection on the page; all of them are in the file.
const SHOWN: usize = 500;

/// Without a name: the report of the only institution.
pub(crate) async fn only(Extract(state): Extract<Arc<State>>) -> Response {
    let table = state.table.load();
    match table.tenants.as_slice() {
        [only] => Redirect::temporary(&format!("/report/{}", only.name)).into_response(),
        many => {
            let names: Vec<String> = many
                .iter()
                .map(|tenant| format!("/report/{}\n", tenant.name))
                .collect();
            names.concat().into_response()
        }
    }
}

/// The report of an institution.
pub(crate) async fn of(
    Extract(state): Extract<Arc<State>>,
    Path(institution): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let table = state.table.load_full();
    let Some(tenant) = table
        .tenants
        .iter()
        .find(|tenant| tenant.name.as_str() == institution)
    else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let asked = Asked {
        scheme: "http",
        authority: String::new(),
    };
    let asking = Asking {
        state: &state,
        asked: &asked,
        headers: &headers,
        path: "",
        query: query.as_deref().unwrap_or_default(),
        kept: None,
        sends_parts: false,
    };
    let language = language(asking, tenant.default_language);
    let folders = folders(&state, tenant);
    let read = tokio::task::spawn_blocking(move || folders.into_iter().map(Read::of).collect());
    let read: Vec<Read> = match read.await {
        Ok(read) => read,
        Err(error) => {
            tracing::error!(institution, %error, "the report cannot be read");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let text = page(tenant, &read, language, asking.query);
    let mut response = text.into_response();
    let headers = response.headers_mut();
    respond::insert(headers, header::CONTENT_TYPE, "text/html; charset=utf-8");
    respond::insert(headers, header::CONTENT_LANGUAGE, language.tag());
    let policy = header::CONTENT_SECURITY_POLICY;
    respond::insert(headers, policy, CONTENT_SECURITY_POLICY);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The whole report of a collection, as it lies on the volume: `{collection}.json`.
pub(crate) async fn data(
    Extract(state): Extract<Arc<State>>,
    Path((institution, file)): Path<(String, String)>,
) -> Response {
    let table = state.table.load_full();
    let tenant = table
        .tenants
        .iter()
        .find(|tenant| tenant.name.as_str() == institution);
    let folder = tenant.and_then(|tenant| {
        let collection = file.strip_suffix(".json")?;
        let mut folders = folders(&state, tenant).into_iter();
        folders.find(|(name, _)| name == collection)
    });
    let Some((_, folder)) = folder else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match tokio::task::spawn_blocking(move || fs::read(folder.join(REPORT_PATH))).await {
        Ok(Ok(text)) => ([(header::CONTENT_TYPE, "application/json")], text).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// What pages need beside themselves.
pub(crate) async fn asset(
    Extract(state): Extract<Arc<State>>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Response {
    let asked = Asked {
        scheme: "http",
        authority: String::new(),
    };
    let asking = Asking {
        state: &state,
        asked: &asked,
        headers: &headers,
        path: "",
        query: "",
        kept: None,
        sends_parts: false,
    };
    html::asset(asking, &path)
        .unwrap_or_else(|failure| respond::failure(&failure))
        .map(|content| content.made().into())
}

/// The collections of an institution and where they are published.
fn folders(state: &State, tenant: &Tenant) -> Vec<(String, PathBuf)> {
    let library = state.library.load();
    let collections = tenant.collections.iter();
    collections
        .filter_map(|collection| {
            let name = collection.name.as_str();
            let shelf = library.shelf(tenant.name.as_str(), name)?;
            Some((name.to_owned(), shelf.folder.clone()))
        })
        .collect()
}

/// What is known of one collection.
struct Read {
    name: String,
    head: ReportHead,
    ended: Option<String>,
    running: Option<Running>,
}

impl Read {
    fn of((name, folder): (String, PathBuf)) -> Self {
        let head = ReportHead::read(&folder, SHOWN).unwrap_or_else(|error| {
            tracing::error!(folder = %folder.display(), %error, "a report cannot be read");
            None
        });
        let head = head.unwrap_or_default();
        Self {
            name,
            ended: head.finished.map(|at| at.to_string()),
            running: Running::read(&folder).ok().flatten(),
            head,
        }
    }
}

fn page(tenant: &Tenant, read: &[Read], language: Language, query: &str) -> String {
    let downloads: Vec<(String, String)> = read
        .iter()
        .map(|one| {
            let name = format!("{}.json", one.name);
            (format!("/report/{}/{name}", tenant.name), name)
        })
        .collect();
    let rows = |of: fn(&ReportHead) -> &[ReportEntry]| {
        read.iter()
            .flat_map(move |one| of(&one.head).iter().map(move |entry| row(&one.name, entry)))
            .collect()
    };
    let collections = read.iter().filter_map(|one| {
        let collection = tenant.collection(&one.name)?;
        Some(ReportCollection {
            label: &collection.label,
            name: &one.name,
            // Where readers find it is another port's matter.
            url: None,
            published: one.head.published,
            refused: one.head.refused,
            notes: one.head.notes,
            ended: one.ended.as_deref(),
        })
    });
    let work = read.iter().filter_map(|one| {
        let Running { done, total } = one.running?;
        Some(Work {
            collection: &one.name,
            done,
            total,
        })
    });
    let url = format!("/report/{}", tenant.name);
    let page = ReportPage {
        institution: Named {
            label: &tenant.display_name,
            url: &url,
        },
        collections: collections.collect(),
        refused: rows(|head| &head.reasons),
        notes: rows(|head| &head.noted),
        work: work.collect(),
        downloads: downloads
            .iter()
            .map(|(url, name)| (url.as_str(), name.as_str()))
            .collect(),
    };
    let frame = Frame {
        language,
        query,
        ..Frame::default()
    };
    pages::report(&frame, &page)
}

fn row<'a>(collection: &'a str, entry: &'a ReportEntry) -> ReportRow<'a> {
    ReportRow {
        collection,
        path: &entry.path,
        row: entry.row,
        column: entry.column.as_deref(),
        code: &entry.code,
        sentence: &entry.message,
    }
}
