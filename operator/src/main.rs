//! Start-up of the operator, in one page.

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::sync::Arc;

use acervo_operator::client::Clients;
use acervo_operator::context::Context;
use acervo_operator::events::Events;
use acervo_operator::leader::fence::Leadership;
use acervo_operator::leader::{self, Candidate};
use acervo_operator::watch::Progress;
use acervo_operator::{admin, client, controller};
use anyhow::Context as _;
use clap::{Args, Parser, Subcommand, ValueEnum};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// glibc's allocator keeps what a start has freed in the arenas of the threads that freed it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// It waits for the API server nearly all the time; each more would keep memory of its own that the allocator could
/// give to the others.
const THREADS: usize = 1;

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
    /// What tells this replica from the others in the Lease: the name of its pod. Whoever starts with the name of the
    /// holder takes the Lease at once.
    #[arg(long, env = "ACERVO_IDENTITY")]
    identity: Option<String>,
    /// How lines are logged: text for people, json for what collects them.
    #[arg(long, env = "ACERVO_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
    /// How many institutions are reconciled at the same time.
    #[arg(long, default_value_t = 8)]
    workers: usize,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if let Some(Command::Crd) = arguments.command {
        print!("{}", acervo_crds::crd_yaml());
        return Ok(());
    }
    log(arguments.run.log_format);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(THREADS)
        .enable_all()
        .build()?;
    runtime.block_on(run(arguments.run))
}

/// Logs to standard error what `ACERVO_LOG` lets through.
fn log(format: LogFormat) {
    let filter = EnvFilter::try_from_env("ACERVO_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .init(),
    }
}

async fn run(arguments: Run) -> anyhow::Result<()> {
    let (namespace, config_map) = arguments
        .config_map
        .split_once('/')
        .context("--config-map must be NAMESPACE/NAME, such as acervo/acervo")?;
    let identity = arguments.identity.unwrap_or_else(|| {
        std::env::var("HOSTNAME").unwrap_or_else(|_| format!("process-{}", std::process::id()))
    });
    let progress = Arc::new(Progress::new(arguments.watch_timeout));
    let leadership = Arc::new(Leadership::default());
    let Clients { lease, fenced } = client::connect(&identity, &progress, &leadership).await?;
    let events = Events::new(&fenced, Some(identity.clone()));
    let context = Arc::new(Context::new(
        fenced,
        Arc::clone(&leadership),
        namespace,
        Arc::clone(&progress),
        events,
    ));
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
    let candidate = Candidate {
        client: lease,
        namespace: namespace.to_owned(),
        identity,
        leadership,
    };
    let mut terminate = signal(SignalKind::terminate())?;
    let end = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    };
    // Who has not seen everything does not keep the Lease from who has.
    let ready = controller::everything_seen(&context);
    tokio::select! {
        () = controller::run(Arc::clone(&context), config_map, arguments.workers) => {
            anyhow::bail!("the controller ended; see the log above")
        }
        served = admin.into_future() => Ok(served?),
        // Not before the Lease was given back.
        () = leader::run(candidate, &progress, ready, end) => Ok(()),
    }
}
