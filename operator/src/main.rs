//! Start-up of the operator, in one page.

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::sync::Arc;

use acervo_operator::context::Context;
use acervo_operator::events::Events;
use acervo_operator::watch::Progress;
use acervo_operator::{admin, client, controller};
use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// glibc's allocator keeps what a start has freed in the arenas of the threads that freed it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// It waits for the API server nearly all the time; more threads would cost memory for nothing.
const THREADS: usize = 2;

/// The Acervo operator: keeps the objects of every IiifInstitution as its resource says.
#[derive(Debug, Parser)]
#[command(
    name = "acervo-operator",
    version,
    after_help = "Example / ejemplo:\n  acervo-operator --config-map acervo/acervo\n  acervo-operator crd | kubectl apply --server-side -f -"
)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: Run,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Prints the CustomResourceDefinition.
    Crd,
}

#[derive(Debug, Args)]
struct Run {
    /// The ConfigMap with the platform's configuration (key `config.yaml`), as NAMESPACE/NAME.
    #[arg(long, env = "ACERVO_CONFIG_MAP", default_value = "acervo/acervo")]
    config_map: String,
    /// The address for /livez, /readyz and /metrics.
    #[arg(long, env = "ACERVO_ADMIN_LISTEN", default_value = "0.0.0.0:8081")]
    admin_listen: SocketAddr,
    /// How many seconds a watch may tell nothing before it is asked for anew: what a connection that died
    /// silently keeps from the operator, it learns after that.
    #[arg(long, env = "ACERVO_WATCH_TIMEOUT", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=290))]
    watch_timeout: u32,
    /// How many institutions are reconciled at the same time.
    #[arg(long, default_value_t = 8)]
    workers: usize,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if let Some(Command::Crd) = arguments.command {
        print!("{}", acervo_crds::crd_yaml());
        return Ok(());
    }
    let filter = EnvFilter::try_from_env("ACERVO_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(THREADS)
        .enable_all()
        .build()?;
    runtime.block_on(run(arguments.run))
}

async fn run(arguments: Run) -> anyhow::Result<()> {
    let (namespace, config_map) = arguments
        .config_map
        .split_once('/')
        .context("--config-map must be NAMESPACE/NAME, such as acervo/acervo")?;
    let progress = Arc::new(Progress::new(arguments.watch_timeout));
    let client = client::connect(Arc::clone(&progress)).await?;
    let events = Events::new(&client, std::env::var("HOSTNAME").ok());
    let context = Arc::new(Context::new(client, namespace, progress, events));
    let listener = TcpListener::bind(arguments.admin_listen)
        .await
        .with_context(|| {
            format!(
                "cannot listen on {}; choose another --admin-listen",
                arguments.admin_listen
            )
        })?;
    tracing::info!("admin on http://{}", listener.local_addr()?);
    let admin = axum::serve(listener, admin::router(Arc::clone(&context)));
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        () = controller::run(context, config_map, arguments.workers) => {
            anyhow::bail!("the controller ended; see the log above")
        }
        served = admin.into_future() => Ok(served?),
        _ = terminate.recv() => Ok(()),
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}
