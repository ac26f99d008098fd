//! Serving: both ports, from binding them to letting the last request end.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::http::Request;
use clap::Args;
use hyper::body::Incoming;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::answer::answer;
use crate::connections;
use crate::memory;
use crate::respond::Response;
use crate::state::{Settings, State};

/// Steps of connections after which a thread asks the system whose socket is ready: while whole pictures are sent, one
/// such step takes as long as a tile.
const EVENTS: u32 = 8;

/// What every command that serves institutions can be told.
#[derive(Debug, Args)]
pub(crate) struct Serving {
    #[command(flatten)]
    ports: Ports,
    /// Answer 400 to sizes !w,h beyond the image, as the official validator wants, in place of the
    /// clamped image that the specification asks for.
    #[arg(long)]
    iiif_strict_size: bool,
    /// Memory that the server may have in all, in MiB. What is not its own is for images in the making and
    /// on their way; requests beyond it wait and are then answered 503. By default the limit of the
    /// container, or 2048 without one.
    #[arg(long, env = "ACERVO_MEMORY", value_parser = clap::value_parser!(u32).range(96..))]
    memory: Option<u32>,
}

/// What every command that answers readers can be told.
#[derive(Debug, Args)]
pub(crate) struct Ports {
    /// The address that readers use.
    #[arg(long, default_value = "127.0.0.1:8080", env = "ACERVO_LISTEN")]
    listen: SocketAddr,
    /// The address for /livez, /readyz, /metrics and, of one institution, /status.
    #[arg(long, default_value = "127.0.0.1:8081", env = "ACERVO_ADMIN_LISTEN")]
    admin_listen: SocketAddr,
    /// Connections of readers at a time; more wait to be accepted.
    #[arg(long, default_value_t = 4096, value_parser = clap::value_parser!(u32).range(1..))]
    connections: u32,
    /// Seconds that a connection may be idle, a request may take to come, and an answer may wait for a
    /// client that does not read it.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
    idle_seconds: u64,
}

/// How a server that is told to end does so.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Drain {
    /// How long it goes on as usual, but not ready, so that others learn to send readers elsewhere.
    pub(crate) notice: Duration,
    /// How long requests that are under way may then take to end.
    pub(crate) limit: Duration,
}

impl Serving {
    /// What all requests will share.
    ///
    /// # Errors
    /// If threads cannot be started.
    pub(crate) fn state(&self) -> anyhow::Result<Arc<State>> {
        let state = State::new(Settings {
            strict_size: self.iiif_strict_size,
            pyramids: pyramids(files(), self.ports.connections),
            memory: memory::for_work(self.memory),
        })?;
        Ok(Arc::new(state))
    }

    /// Serves until SIGTERM or Ctrl-C, with `admin` on the admin port, and `watch` on a thread until
    /// its argument is disconnected.
    ///
    /// # Errors
    /// If a port cannot be had.
    pub(crate) fn serve(
        &self,
        state: &Arc<State>,
        admin: Router,
        drain: Drain,
        watch: impl FnOnce(&Receiver<()>) + Send + 'static,
    ) -> anyhow::Result<()> {
        let answering = Arc::clone(state);
        let answer = move |request: Request<Incoming>| {
            let state = Arc::clone(&answering);
            async move { answer(&state, request).await }
        };
        self.ports
            .serve(answer, admin, drain, &state.draining, watch)
    }
}

impl Ports {
    /// Gives readers' requests to `answer` until SIGTERM or Ctrl-C, with `admin` on the admin port, and
    /// `watch` on a thread until its argument is disconnected. `draining` tells when the end is near.
    ///
    /// # Errors
    /// If a port cannot be had.
    pub(crate) fn serve<A, F>(
        &self,
        answer: A,
        admin: Router,
        drain: Drain,
        draining: &AtomicBool,
        watch: impl FnOnce(&Receiver<()>) + Send + 'static,
    ) -> anyhow::Result<()>
    where
        A: Fn(Request<Incoming>) -> F + Clone + Send + 'static,
        F: Future<Output = Response> + Send + 'static,
    {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .event_interval(EVENTS)
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let public = bind(self.listen).await?;
            let private = bind(self.admin_listen).await?;
            println!("listening on http://{}", public.local_addr()?);
            println!("admin on http://{}", private.local_addr()?);
            // What is under way on this thread is cut; nothing that is published depends on it.
            let (_watching, stopped) = mpsc::channel();
            std::thread::spawn(move || watch(&stopped));
            let (told, mut heard) = tokio::sync::watch::channel(());
            let ended = async move {
                // Only the end of the sender is waited for; there is nothing to receive.
                let _ = heard.changed().await;
            };
            let limits = connections::Limits {
                connections: self.connections as usize,
                patience: Duration::from_secs(self.idle_seconds),
            };
            let serve = connections::serve(public, answer, limits, ended);
            let ending = async move {
                terminated().await;
                draining.store(true, Ordering::Release);
                let drained = async {
                    tokio::time::sleep(drain.notice).await;
                    drop(told);
                    tokio::time::sleep(drain.limit).await;
                    tracing::warn!("requests were cut that did not end in time");
                };
                // Whoever asks twice means now.
                tokio::select! {
                    () = drained => {}
                    () = terminated() => {}
                }
            };
            tokio::select! {
                () = serve => {}
                served = axum::serve(private, admin).into_future() => served?,
                () = ending => {}
            }
            anyhow::Ok(())
        })?;
        // A read that the volume never answers must not hold the process.
        runtime.shutdown_background();
        Ok(())
    }
}

/// Files that this process may have open, after asking for as many as it is allowed to ask for: every
/// connection is one, and every pyramid that is kept open.
fn files() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let wanted = Rlimit {
        current: limit.maximum,
        ..limit
    };
    // Where it is refused, fewer pyramids are kept open.
    let _ = setrlimit(Resource::Nofile, wanted);
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// Pyramids that a process with so many files may keep open: three quarters of what readers' connections leave it,
/// or of half, where they could take all.
fn pyramids(files: u64, connections: u32) -> u64 {
    files.saturating_sub(connections.into()).max(files / 2) / 4 * 3
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}: is another server running? choose another address with --listen or --admin-listen")
    })
}

/// Resolves at SIGTERM or Ctrl-C.
async fn terminated() {
    let Ok(mut term) = signal(SignalKind::terminate()) else {
        return;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

#[cfg(test)]
mod tests {
    use super::pyramids;

    #[test]
    fn pyramids_are_kept_open_with_files_that_connections_leave() {
        for (files, connections, expected) in [
            (1024, 4096, 384),
            (20_000, 4096, 11_928),
            (1 << 20, 4096, 783_360),
        ] {
            assert_eq!(pyramids(files, connections), expected, "{files}");
        }
    }
}
