//! The clients of the API server: requests leave a trace, none waits for ever, and nobody writes who does not
//! lead.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use http::HeaderValue;
use http::header::USER_AGENT;
use kube::client::{Body, ClientBuilder};
use kube::{Client, Config};
use tower::BoxError;
use tower::util::{MapFutureLayer, MapRequestLayer};

use crate::leader::fence::{FenceLayer, Leadership};
use crate::watch::Progress;

/// The longest that an answer may take to begin. A connection that died silently is found out by it, and
/// whoever asked asks again on another one.
const LONGEST: Duration = Duration::from_secs(30);

/// The clients of the API server.
pub struct Clients {
    /// For the Lease alone.
    pub lease: Client,
    /// For everything else: it writes only while this replica leads.
    pub fenced: Client,
}

/// Clients whose lists and watches leave a trace in `progress`, so that liveness can see that they go on. The
/// API server knows them by `identity`.
///
/// # Errors
/// If no cluster is known, or the name cannot be sent.
pub async fn connect(
    identity: &str,
    progress: &Arc<Progress>,
    leadership: &Arc<Leadership>,
) -> anyhow::Result<Clients> {
    let mut config = Config::infer()
        .await
        .context("no cluster is known; run inside one, or set KUBECONFIG")?;
    let agent = concat!("acervo-operator/", env!("CARGO_PKG_VERSION"));
    let agent = HeaderValue::try_from(format!("{agent} ({identity})"))
        .context("--identity must be printable ASCII")?;
    config.headers.push((USER_AGENT, agent));
    let progress = Arc::clone(progress);
    let trace = MapRequestLayer::new(move |request: http::Request<Body>| {
        progress.asked(request.uri());
        request
    });
    let limit = MapFutureLayer::new(|answer| async {
        let answer = tokio::time::timeout(LONGEST, answer).await;
        answer.unwrap_or_else(|_| Err(BoxError::from("the API server does not answer")))
    });
    let fence = FenceLayer(Arc::clone(leadership));
    let fenced = ClientBuilder::try_from(config.clone())?
        .with_layer(&limit)
        .with_layer(&trace)
        .with_layer(&fence)
        .build();
    // The election has a time for its tries, and counts them.
    config.default_retry = false;
    let lease = ClientBuilder::try_from(config)?.with_layer(&trace).build();
    Ok(Clients { lease, fenced })
}
