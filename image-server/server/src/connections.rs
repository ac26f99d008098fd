//! Connections: accepted within limits, spoken to in HTTP/1.1 or HTTP/2, and given up when the other side
//! stands still.
//!
//! A client that sends slowly, or stops reading, holds its socket and its place among the connections, for
//! as long as [`Limits`] says, and nothing else: a request has no memory before its head is complete, and an
//! answer that is not taken is dropped with its connection.

mod parts;
mod progress;
mod turns;

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{Method, Request};
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use crate::respond::{Content, Response};
use parts::{Heads, Outbox, Sending};
use progress::Progressing;
use turns::Turns;

/// Bytes of a request's line and headers.
const HEAD: usize = 16 << 10;
/// Headers of a request.
const HEADERS: usize = 64;
/// Requests at a time on one connection of HTTP/2.
const STREAMS: u32 = 64;

/// What one port grants its clients.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Connections at a time; more wait in the kernel's queue.
    pub(crate) connections: usize,
    /// How long a head may take to come, a connection may be idle, and an answer may wait to be read.
    pub(crate) patience: Duration,
}

/// Gives requests to `answer` until `ending` resolves, then lets what is under way end.
pub(crate) async fn serve<A, F>(
    listener: TcpListener,
    answer: A,
    limits: Limits,
    ending: impl Future<Output = ()>,
) where
    A: Fn(Request<Incoming>) -> F + Clone + Send + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    let builder = builder(limits.patience);
    let heads = Heads::of(&listener);
    let turns = Turns::new(Handle::current().metrics().num_workers());
    let places = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let mut ending = std::pin::pin!(ending);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = &mut ending => break,
        };
        let Some((stream, place)) = accepted else {
            continue;
        };
        let answer = answer.clone();
        let outbox = Outbox::default();
        let io = Progressing::new(
            Sending::new(stream, outbox.clone(), heads, turns.turn()),
            limits.patience,
        );
        let service = service_fn(move |request: Request<Incoming>| {
            let (answer, outbox) = (answer.clone(), outbox.clone());
            async move {
                let asks_head = request.method() == Method::HEAD;
                let answered = answer(request).await;
                Ok::<_, Infallible>(sent(answered, &outbox, asks_head))
            }
        });
        let connection = builder.serve_connection(io, service).into_owned();
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            // How a connection ends is its client's affair.
            let _ = watched.await;
            drop(place);
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

/// The answer, whose body is bytes for hyper to write, or stands for a part of a file.
fn sent(response: Response, outbox: &Outbox, asks_head: bool) -> axum::http::Response<Full<Bytes>> {
    response.map(|content| {
        Full::new(match content {
            Content::Made(bytes) => bytes,
            Content::Stored(part) if asks_head => parts::stand_in(&part),
            Content::Stored(part) => outbox.send(part),
        })
    })
}

fn builder(patience: Duration) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .max_buf_size(HEAD)
        .max_headers(HEADERS);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEAD as u32)
        .keep_alive_interval(patience)
        .keep_alive_timeout(patience);
    builder
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => {
            // An answer is written whole; waiting to fill a packet would only delay its end.
            let _ = stream.set_nodelay(true);
            Some((stream, place))
        }
        Err(error) => {
            tracing::warn!(%error, "a connection could not be accepted");
            // Out of files, most likely: others have to end first.
            tokio::time::sleep(Duration::from_millis(100)).await;
            None
        }
    }
}
