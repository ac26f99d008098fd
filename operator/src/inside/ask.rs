//! Asking an institution's image server what goes on inside. A server that does not answer says
//! nothing, which is no error: it may be starting.

use std::time::Duration;

use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::StatusDocument;
use crate::names;

/// Longer than a healthy server takes, short enough not to hold up the questions to others.
const PATIENCE: Duration = Duration::from_secs(3);
/// More than the status of the largest institution: 256 collections with three reasons each.
const LONGEST: usize = 2 << 20;

/// What the server behind the Service at `address` says of itself.
pub(super) async fn status(address: &str) -> Option<StatusDocument> {
    let asked = tokio::time::timeout(PATIENCE, ask(address)).await;
    match asked {
        Ok(Ok(document)) => Some(document),
        Ok(Err(error)) => {
            tracing::debug!(address, %error, "an image server does not tell its status");
            None
        }
        Err(_) => None,
    }
}

async fn ask(address: &str) -> Result<StatusDocument, Box<dyn std::error::Error + Send + Sync>> {
    let host = if address.contains(':') {
        format!("[{address}]")
    } else {
        address.to_owned()
    };
    let authority = format!("{host}:{}", names::ADMIN_PORT);
    let stream = TcpStream::connect(&authority).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let driver = tokio::spawn(connection);
    let request = hyper::Request::get("/status")
        .header(hyper::header::HOST, &authority)
        .body(Empty::<Bytes>::new())?;
    let response = sender.send_request(request).await?;
    if !response.status().is_success() {
        return Err(format!("it answers {}", response.status()).into());
    }
    let body = Limited::new(response.into_body(), LONGEST)
        .collect()
        .await?
        .to_bytes();
    driver.abort();
    Ok(serde_json::from_slice(&body)?)
}
