//! A bare writer: it knows what to send, sends it, and looks at nothing but the code of the answer.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Lines};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Context as _, bail};
use http::Request;
use http_body_util::BodyExt as _;
use kube::Client;
use kube::client::Body;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::task::JoinSet;

/// A prepared request.
#[derive(Debug, Deserialize)]
struct Prepared {
    method: String,
    path: String,
    r#type: String,
    body: Value,
}

/// Lines that nobody has taken yet.
type Rest = Arc<Mutex<Lines<BufReader<File>>>>;

/// Sends the requests in `file`; tells how many, and the seconds that they took.
pub(crate) async fn write(client: &Client, file: &Path, workers: usize) -> anyhow::Result<Value> {
    let lines = File::open(file).with_context(|| file.display().to_string())?;
    let rest: Rest = Arc::new(Mutex::new(BufReader::new(lines).lines()));
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..workers {
        tasks.spawn(work(client.clone(), Arc::clone(&rest)));
    }
    let mut requests = 0;
    while let Some(ended) = tasks.join_next().await {
        requests += ended??;
    }
    Ok(json!({"requests": requests, "seconds": begun.elapsed().as_secs_f64()}))
}

async fn work(client: Client, rest: Rest) -> anyhow::Result<usize> {
    let mut sent = 0;
    loop {
        let line = rest.lock().unwrap_or_else(PoisonError::into_inner).next();
        let Some(line) = line else { return Ok(sent) };
        for prepared in serde_json::from_str::<Vec<Prepared>>(&line?)? {
            send(&client, prepared).await?;
            sent += 1;
        }
    }
}

async fn send(client: &Client, prepared: Prepared) -> anyhow::Result<()> {
    let body = serde_json::to_vec(&prepared.body)?;
    let request = Request::builder()
        .method(prepared.method.as_str())
        .uri(&prepared.path)
        .header(http::header::CONTENT_TYPE, prepared.r#type)
        .body(Body::from(body))?;
    let answer = client.send(request).await?;
    let status = answer.status();
    let body = answer.into_body().collect().await?.to_bytes();
    if !status.is_success() {
        bail!(
            "{status}: {} {}",
            prepared.path,
            String::from_utf8_lossy(&body)
        );
    }
    Ok(())
}
