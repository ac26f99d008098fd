//! The admin port: life, readiness, figures, and the report for staff. Never reachable from the public one.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::extract::State as Extract;
use axum::http::StatusCode;
use axum::routing::get;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::registry::Registry;

use crate::report;
use crate::state::State;

pub(crate) fn router(state: Arc<State>) -> Router {
    Router::new()
        .route("/livez", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .route("/report", get(report::only))
        .route("/report/{institution}", get(report::of))
        .route("/report/{institution}/{file}", get(report::data))
        .route("/assets/{*asset}", get(report::asset))
        .with_state(state)
}

async fn ready(Extract(state): Extract<Arc<State>>) -> (StatusCode, &'static str) {
    let why = if state.draining.load(Ordering::Acquire) {
        "the server is about to end\n"
    } else if !state.ready.load(Ordering::Acquire) {
        "what is published has not been opened or ingested yet\n"
    } else {
        return (StatusCode::OK, "ok\n");
    };
    (StatusCode::SERVICE_UNAVAILABLE, why)
}

async fn metrics(Extract(state): Extract<Arc<State>>) -> Result<String, StatusCode> {
    let mut registry = Registry::with_prefix("acervo");
    let counters = &state.counters;
    for (name, help, value) in [
        ("requests", "Requests", &counters.requests),
        (
            "images_stored",
            "Image requests answered with stored bytes",
            &counters.stored,
        ),
        (
            "images_rendered",
            "Image requests for which pixels were made",
            &counters.rendered,
        ),
        ("failures", "Requests answered 500", &counters.failed),
    ] {
        registry.register(name, help, ConstCounter::new(value.load(Ordering::Relaxed)));
    }
    let mut text = String::new();
    encode(&mut text, &registry).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(text)
}
