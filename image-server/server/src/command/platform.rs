//! `acervo platform`: every institution of a folder, on this machine, without a cluster.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc;

use acervo_crds::{BaseUrl, PlatformConfig};
use anyhow::Context as _;
use clap::Args;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::state::{Settings, State};
use crate::watch::Watch;
use crate::{admin, answer};

/// Serves every IiifInstitution in the YAML files of a folder, on this machine.
///
/// The images of a collection with `source: {directory: mapas}` lie in DIR/<institution>/mapas/.
/// Changed files and changed YAML are noticed while it runs.
#[derive(Debug, Args)]
#[command(after_help = "Example / ejemplo:\n  acervo platform examples --data ./acervo-data")]
pub(crate) struct Arguments {
    /// The folder with the YAML files and the institutions' images.
    dir: PathBuf,
    /// Where published images and catalogues are kept.
    #[arg(long, default_value = "./acervo-data")]
    data: PathBuf,
    /// The address that readers use.
    #[arg(long, default_value = "127.0.0.1:8080", env = "ACERVO_LISTEN")]
    listen: SocketAddr,
    /// The address for /livez, /readyz and /metrics.
    #[arg(long, default_value = "127.0.0.1:8081", env = "ACERVO_ADMIN_LISTEN")]
    admin_listen: SocketAddr,
    /// The URL that documents name, such as https://iiif.example.org/{institution}; without it,
    /// addresses follow the host that was asked.
    #[arg(long, env = "ACERVO_BASE_URL")]
    base_url: Option<BaseUrl>,
    /// Answer 400 to sizes !w,h beyond the image, as the official validator wants, in place of the
    /// clamped image that the specification asks for.
    #[arg(long)]
    iiif_strict_size: bool,
    /// Memory for rendering, in MiB; requests beyond it wait and are then answered 503.
    #[arg(long, default_value_t = 1024)]
    render_memory: u32,
}

pub(crate) fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let platform = PlatformConfig {
        base_url: arguments.base_url,
        lists_institutions: true,
        ..PlatformConfig::default()
    };
    let state = Arc::new(State::new(Settings {
        strict_size: arguments.iiif_strict_size,
        render_memory: arguments.render_memory,
    }));
    let mut watch = Watch::new(arguments.dir, arguments.data, platform, Arc::clone(&state))?;
    if !watch.load()? {
        eprintln!(
            "Ninguna institución se puede servir desde {dir}. Escriba en esa carpeta un archivo .yaml con un \
             IiifInstitution, o corrija los mencionados arriba.\n\
             No institution can be served from {dir}. Write a .yaml file with an IiifInstitution into that \
             folder, or correct those named above.",
            dir = watch.dir().display()
        );
        return Ok(ExitCode::FAILURE);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let bind = |address: SocketAddr| async move {
            TcpListener::bind(address).await.with_context(|| {
                format!("cannot listen on {address}: is another server running? choose another address with --listen or --admin-listen")
            })
        };
        let public = bind(arguments.listen).await?;
        let private = bind(arguments.admin_listen).await?;
        println!("listening on http://{}", public.local_addr()?);
        println!("admin on http://{}", private.local_addr()?);
        let (stop, stopped) = mpsc::channel();
        let watcher = std::thread::spawn(move || watch.run(&stopped));
        let admin = axum::serve(private, admin::router(Arc::clone(&state)));
        let serve = axum::serve(public, answer::router(Arc::clone(&state)))
            .with_graceful_shutdown(terminated());
        tokio::select! {
            served = serve.into_future() => served?,
            served = admin.into_future() => served?,
        }
        drop(stop);
        // An ingest that is under way ends at its next file or is cut; both leave what is published.
        drop(watcher);
        anyhow::Ok(())
    })?;
    Ok(ExitCode::SUCCESS)
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
