//! `acervo platform`: every institution of a folder, on this machine, without a cluster.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use acervo_crds::{BaseUrl, PlatformConfig};
use clap::Args;

use crate::admin;
use crate::serving::{Drain, Serving};
use crate::watch::Watch;

/// Whoever ends a platform on this machine waits for it.
const DRAIN: Drain = Drain {
    notice: Duration::ZERO,
    limit: Duration::from_secs(10),
};

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
    #[command(flatten)]
    serving: Serving,
    /// The URL that documents name, such as https://iiif.example.org/{institution}; without it,
    /// addresses follow the host that was asked.
    #[arg(long, env = "ACERVO_BASE_URL")]
    base_url: Option<BaseUrl>,
}

pub(crate) fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let platform = PlatformConfig {
        base_url: arguments.base_url,
        lists_institutions: true,
        ..PlatformConfig::default()
    };
    let state = arguments.serving.state()?;
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
    let admin = admin::router(Arc::clone(&state));
    arguments
        .serving
        .serve(&state, admin, DRAIN, move |stop| watch.run(stop))?;
    Ok(ExitCode::SUCCESS)
}
