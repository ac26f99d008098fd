//! A real S3 service, versitygw, which serves the folders of a folder as buckets.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Result, ensure};
use percent_encoding::utf8_percent_encode;
use tempfile::{NamedTempFile, TempDir};

use crate::documents::SEGMENT;
use crate::guard::Guard;
use crate::http::get;
use crate::process::{Output, START, acervo, spawn};
use crate::tools::{installed, run};
use crate::volume::Volume;
use crate::wait::until;

/// The bucket that it has.
const BUCKET: &str = "scans";
/// The key that it knows.
const KEY: (&str, &str) = ("acervo-tests", "not-a-secret");

/// A running S3 service with one bucket; killed when dropped, and when this process ends.
#[derive(Debug)]
pub struct S3 {
    address: String,
    child: Child,
    output: Output,
    root: TempDir,
    _guard: Guard,
}

impl S3 {
    /// Starts one, and waits until it listens.
    ///
    /// # Errors
    /// If `ACERVO_S3_BIN` is not set, or it does not start.
    pub fn start() -> Result<Self> {
        let root = TempDir::with_prefix("acervo-s3-")?;
        fs::create_dir(root.path().join(BUCKET))?;
        // Free again once this line is over; nobody else on a machine of tests asks for this very one.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let mut command = Command::new(installed("ACERVO_S3_BIN")?);
        command
            .env("ROOT_ACCESS_KEY", KEY.0)
            .env("ROOT_SECRET_KEY", KEY.1)
            .args(["--port", &address, "posix"])
            .arg(root.path())
            .stdin(Stdio::null());
        let (child, output) = spawn(&mut command)?;
        let guard = Guard::new(
            r#"pid=${1%% *}; kill -9 "$pid"; rm -rf -- "${1#* }""#,
            format!("{} {}", child.id(), root.path().display()),
        )?;
        until("the S3 service to listen", START, || {
            ensure!(!output.ended(), "it ended: {}", output.text());
            Ok(TcpStream::connect(&address).is_ok().then_some(()))
        })?;
        Ok(Self {
            address,
            child,
            output,
            root,
            _guard: guard,
        })
    }

    /// Its URL.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The name of its bucket.
    #[must_use]
    pub fn bucket(&self) -> &'static str {
        BUCKET
    }

    /// Its access key and the secret one.
    #[must_use]
    pub fn keys(&self) -> (&'static str, &'static str) {
        KEY
    }

    /// Puts an object, as clients of the service do.
    ///
    /// # Errors
    /// If it is refused.
    pub fn put(&self, key: &str, bytes: &[u8]) -> Result<()> {
        let path: Vec<String> = key
            .split('/')
            .map(|part| utf8_percent_encode(part, SEGMENT).to_string())
            .collect();
        // Of a file curl knows the length, which the service wants to know first.
        let file = NamedTempFile::new()?;
        fs::write(file.path(), bytes)?;
        run(
            Command::new("curl")
                .args(["--silent", "--show-error", "--fail", "--upload-file"])
                .arg(file.path())
                .args(["--noproxy", "*", "--aws-sigv4", "aws:amz:us-east-1:s3"])
                .args(["--user", &format!("{}:{}", KEY.0, KEY.1)])
                .args(["--header", "x-amz-content-sha256: UNSIGNED-PAYLOAD"])
                .args(["--header", "Expect:"])
                .arg(format!("{}/{BUCKET}/{}", self.endpoint(), path.join("/"))),
            b"",
        )?;
        Ok(())
    }

    /// Puts every file of a folder below `prefix`, which is empty or ends with a slash.
    ///
    /// # Errors
    /// If one cannot be read, or is refused.
    pub fn put_folder(&self, prefix: &str, folder: &Path) -> Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let key = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                self.put_folder(&format!("{key}/"), &entry.path())?;
            } else {
                self.put(&key, &fs::read(entry.path())?)?;
            }
        }
        Ok(())
    }

    /// Where an object lies as a file.
    #[must_use]
    pub fn file(&self, key: &str) -> PathBuf {
        self.root.path().join(BUCKET).join(key)
    }

    /// The keys of objects that were fetched so far, one entry a request that was answered with bytes.
    ///
    /// # Errors
    /// If its log does not come to the present.
    pub fn fetched(&self) -> Result<Vec<String>> {
        // Its log is in order, so that all before this request is there when this request is.
        let mark = format!("/{BUCKET}/mark-{}", self.output.text().lines().count());
        get(&format!("{}{mark}", self.endpoint()))?;
        until("the log of the S3 service", START, || {
            Ok(self.output.text().contains(&mark).then_some(()))
        })?;
        let below = format!("/{BUCKET}/");
        let key = |line: &str| {
            let mut fields = line.split('|').map(str::trim);
            let status = fields.nth(2)?;
            let (method, path) = (fields.nth(2)?, fields.next()?);
            let key = path.strip_prefix(&below)?;
            let is_object = method == "GET" && status.starts_with('2') && !key.is_empty();
            is_object.then(|| key.to_owned())
        };
        Ok(self.output.text().lines().filter_map(key).collect())
    }

    /// The command that ingests the objects whose keys begin with `prefix` as a collection of `volume`.
    ///
    /// # Errors
    /// If the binary cannot be built.
    pub fn ingest(&self, volume: &Volume, collection: &str, prefix: &str) -> Result<Command> {
        let endpoint = self.endpoint();
        let mut command = acervo(&["ingest", "--collection", collection])?;
        command
            .args(["--s3-bucket", BUCKET, "--s3-endpoint", &endpoint])
            .args(["--s3-prefix", prefix, "--s3-allow-inside", "127.0.0.0/8"])
            .arg("--published")
            .arg(volume.published(collection))
            .arg("--termination-message")
            .arg(volume.termination_message())
            .env("AWS_ACCESS_KEY_ID", KEY.0)
            .env("AWS_SECRET_ACCESS_KEY", KEY.1)
            .stdin(Stdio::null());
        Ok(command)
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        // It may be gone already; the guard kills what is left.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
