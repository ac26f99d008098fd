//! The client of the API server: requests leave a trace, and none waits for ever.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use kube::client::{Body, ClientBuilder};
use kube::{Client, Config};
use tower::BoxError;
use tower::util::{MapFutureLayer, MapRequestLayer};

use crate::watch::Progress;

/// The longest that an answer may take to begin. A connection that died silently is found out by it, and
/// whoever asked asks again on another one.
const LONGEST: Duration = Duration::from_secs(30);

/// A client whose lists and watches leave a trace in `progress`, so that liveness can see that they go on.
///
/// # Errors
/// If no cluster is known.
pub async fn connect(progress: Arc<Progress>) -> anyhow::Result<Client> {
    let config = Config::infer()
        .await
        .context("no cluster is known; run inside one, or set KUBECONFIG")?;
    let trace = MapRequestLayer::new(move |request: http::Request<Body>| {
        progress.asked(request.uri());
        request
    });
    let limit = MapFutureLayer::new(|answer| async {
        let answer = tokio::time::timeout(LONGEST, answer).await;
        answer.unwrap_or_else(|_| Err(BoxError::from("the API server does not answer")))
    });
    let builder = ClientBuilder::try_from(config)?;
    Ok(builder.with_layer(&limit).with_layer(&trace).build())
}
