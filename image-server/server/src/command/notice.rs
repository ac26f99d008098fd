//! `acervo notice`: what readers of suspended institutions get.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Request;
use clap::Args;
use hyper::body::Incoming;

use crate::notice::{Notice, admin};
use crate::serving::{Drain, Ports};

/// Answers every request with 503 and a page in Spanish and English that says that the institution is suspended.
///
/// The routes of suspended institutions lead here. Browsers get the page, whoever asks for JSON gets
/// JSON, and everybody else plain text; all with Retry-After.
#[derive(Debug, Args)]
#[command(
    after_help = "Example / ejemplo:\n  acervo notice --listen 0.0.0.0:8080 --admin-listen 0.0.0.0:8081"
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    ports: Ports,
    /// Seconds between SIGTERM, after which /readyz answers 503, and the end of new connections.
    #[arg(long, default_value_t = 5)]
    drain_notice: u64,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let notice = Arc::new(Notice::new());
    let drain = Drain {
        notice: Duration::from_secs(arguments.drain_notice),
        limit: Duration::from_secs(5),
    };
    let answering = Arc::clone(&notice);
    let answer = move |request: Request<Incoming>| std::future::ready(answering.answer(&request));
    let admin = admin(Arc::clone(&notice));
    arguments
        .ports
        .serve(answer, admin, drain, &notice.draining, |_| {})?;
    Ok(ExitCode::SUCCESS)
}
