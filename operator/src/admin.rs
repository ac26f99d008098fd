//! The admin port: life, readiness, figures.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

use crate::context::Context;
use crate::metrics::{Now, Says};
use crate::waves::UnderWay;

/// The admin port's answers.
pub fn router(context: Arc<Context>) -> Router {
    Router::new()
        .route("/livez", get(live))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(context)
}

/// Alive while every watch is asked for again in time, answered or not.
async fn live(State(context): State<Arc<Context>>) -> (StatusCode, String) {
    let stuck = context.progress.stuck();
    if stuck.is_empty() {
        (StatusCode::OK, "ok\n".to_owned())
    } else {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("watches are stuck: {}\n", stuck.join(", ")),
        )
    }
}

/// Ready once every cache is filled and the configuration was read.
async fn ready(State(context): State<Arc<Context>>) -> (StatusCode, String) {
    let missing = context.progress.missing();
    if !missing.is_empty() {
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("waiting for the first list of {}\n", missing.join(", ")),
        );
    }
    if context.surroundings.borrow().is_none() {
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            "waiting for the configuration and what it names\n".to_owned(),
        );
    }
    (StatusCode::OK, "ok\n".to_owned())
}

async fn metrics(State(context): State<Arc<Context>>) -> Result<String, StatusCode> {
    let under_way = UnderWay::seen(&context.children);
    let now = Now {
        leads: context.leadership.is_held(),
        queued: context.queue.due(),
        children: context.children.count(),
        institutions: institutions(&context),
        upgrades: [
            ("waiting", context.waves.waiting()),
            ("moving", under_way.moving()),
            ("stuck", under_way.stuck()),
        ],
        ingests: [
            ("running", context.children.running_jobs()),
            ("waiting", context.ingest_turns.waiting()),
        ],
    };
    context
        .metrics
        .text(&now)
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

/// How many institutions have which condition for which reason.
fn institutions(context: &Context) -> BTreeMap<Says, usize> {
    let mut counts = BTreeMap::new();
    context
        .institutions
        .conditions(|[condition, status, reason]| {
            let says = Says {
                condition: condition.to_owned(),
                status: status.to_owned(),
                reason: reason.to_owned(),
            };
            *counts.entry(says).or_default() += 1;
        });
    counts
}
