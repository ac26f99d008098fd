//! versitygw, which serves the folders of a folder as buckets.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use acervo_bucket::Credentials;
use anyhow::{Context as _, Result, ensure};
use object_store::aws::{AwsAuthorizer, AwsCredential};
use object_store::client::HttpRequestBody;
use tempfile::TempDir;

use super::SCANS;

/// The key of a service.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key {
    pub(crate) id: &'static str,
    pub(crate) secret: &'static str,
}

/// The one that the service of tests knows.
pub(crate) const KEY: Key = Key {
    id: "acervo-tests",
    secret: "not-a-secret",
};

impl Key {
    pub(crate) fn credentials(self) -> Credentials {
        Credentials {
            access_key_id: self.id.to_owned(),
            secret_access_key: self.secret.to_owned(),
        }
    }
}

/// A service of its own for one test, with one bucket.
#[derive(Debug)]
pub(crate) struct Service {
    /// Its `host:port`.
    pub(crate) address: String,
    child: Child,
    folder: TempDir,
}

/// A service, if [`binary`] gives one.
pub(crate) fn service() -> Result<Option<Service>> {
    Service::start(&[])
}

/// versitygw, or nothing where it is not; with `CI` set, that is an error.
pub(crate) fn binary() -> Result<Option<OsString>> {
    let binary = std::env::var_os("ACERVO_S3_BIN");
    if binary.is_none() {
        ensure!(
            std::env::var_os("CI").is_none(),
            "ACERVO_S3_BIN is not set: run `make test`, or set it to $(tests/s3/build)"
        );
        eprintln!("skipped: ACERVO_S3_BIN is not set to $(tests/s3/build)");
    }
    Ok(binary)
}

impl Service {
    /// Starts one with more arguments.
    pub(crate) fn start(arguments: &[&str]) -> Result<Option<Self>> {
        let Some(binary) = binary()? else {
            return Ok(None);
        };
        let folder = TempDir::new()?;
        fs::create_dir(folder.path().join(SCANS))?;
        // Free again once this line is over; nobody else on a machine of tests asks for this very one.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let mut child = Command::new(binary)
            .env("ROOT_ACCESS_KEY", KEY.id)
            .env("ROOT_SECRET_KEY", KEY.secret)
            .args(["--port", &address])
            .args(arguments)
            .arg("posix")
            .arg(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("ACERVO_S3_BIN")?;
        let said = BufReader::new(child.stdout.take().context("its output was asked for")?);
        let mut service = Self {
            address,
            child,
            folder,
        };
        // What it says is read, so that it never waits for a reader.
        thread::spawn(move || said.lines().for_each(drop));
        while TcpStream::connect(&service.address).is_err() {
            let ended = service.child.try_wait()?;
            ensure!(ended.is_none(), "the service ended: {ended:?}");
            #[expect(
                clippy::disallowed_methods,
                reason = "another process gives no event to wait for; it listens or it ends"
            )]
            thread::sleep(Duration::from_millis(20));
        }
        Ok(Some(service))
    }

    /// Where an object lies as a file. One that is written there has no `ETag`.
    pub(crate) fn file(&self, path: &str) -> PathBuf {
        self.folder.path().join(SCANS).join(path)
    }

    /// Writes an object as a file.
    pub(crate) fn lay(&self, path: &str, content: &[u8]) -> Result<()> {
        let file = self.file(path);
        fs::create_dir_all(file.parent().context("it lies in a folder")?)?;
        Ok(fs::write(file, content)?)
    }

    /// Puts an object as clients do, so that it has an `ETag`. `key` is written as in a URL.
    pub(crate) fn put(&self, key: &str, content: &[u8]) -> Result<()> {
        put(&self.address, key, content)
    }
}

/// As [`Service::put`], for what outlives the service.
pub(crate) fn put(address: &str, key: &str, content: &[u8]) -> Result<()> {
    let credential = AwsCredential {
        key_id: KEY.id.to_owned(),
        secret_key: KEY.secret.to_owned(),
        token: None,
    };
    let url = format!("http://{}/{SCANS}/{key}", address);
    let mut signed = http::Request::put(&url).body(HttpRequestBody::empty())?;
    AwsAuthorizer::new(&credential, "s3", "us-east-1")
        .with_sign_payload(false)
        .try_authorize(&mut signed, None)?;
    let mut request = reqwest::Request::new(http::Method::PUT, url.parse()?);
    *request.headers_mut() = signed.headers().clone();
    *request.body_mut() = Some(content.to_vec().into());
    let client = || reqwest::Client::builder().tls_backend_preconfigured(no_tls());
    let answer = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(async { client().no_proxy().build()?.execute(request).await })?;
    ensure!(answer.status().is_success(), "{key}: {}", answer.status());
    Ok(())
}

fn no_tls() -> rustls::ClientConfig {
    rustls::ClientConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("ring knows TLS")
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth()
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
