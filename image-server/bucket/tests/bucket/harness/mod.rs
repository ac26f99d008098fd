//! A real S3 service, and what stands between it and the bucket: relays that break and servers with a script.

mod relay;
mod script;
mod service;

use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::process::Command;

use acervo_bucket::{Bucket, BucketError, Limits, Listing, Object, Settings};
use anyhow::{Context as _, Result, ensure};

pub(crate) use relay::{End, Relay};
pub(crate) use script::Script;
pub(crate) use service::{KEY, Service, binary, put, service};

/// The bucket that tests have.
pub(crate) const SCANS: &str = "scans";

/// How to get at the bucket of tests at `host:port`, with the key of [`Service`] and everything on this machine allowed.
pub(crate) fn settings(address: &str) -> Settings {
    Settings {
        endpoint: Some(format!("http://{address}")),
        bucket: SCANS.to_owned(),
        prefix: None,
        region: None,
        credentials: Some(KEY.credentials()),
        allowed_inside: vec!["127.0.0.0/8".parse().expect("a network")],
        limits: Limits::default(),
    }
}

/// What is in a bucket.
pub(crate) fn listing(settings: Settings) -> Result<Listing, BucketError> {
    Bucket::open(settings)?.list()
}

/// The code of what should be an error.
pub(crate) fn code<T: std::fmt::Debug>(result: &Result<T, BucketError>) -> &'static str {
    match result {
        Ok(value) => panic!("this should not work: {value:?}"),
        Err(error) => error.code(),
    }
}

/// The one object of a listing that is called so.
pub(crate) fn object(listing: &Listing, path: &str) -> Result<Object> {
    let mut found = listing.objects.iter().filter(|object| object.path == path);
    let object = found
        .next()
        .with_context(|| format!("{path}: {listing:?}"))?;
    ensure!(found.next().is_none(), "{path} is listed twice");
    Ok(object.clone())
}

/// What is in a file, from its beginning.
pub(crate) fn content(file: &mut File) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Bytes without a pattern that a mixture could hide in.
pub(crate) fn bytes(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..length).map(|_| next()).collect()
}

/// Runs one ignored test of this binary in a process of its own, with other variables in its environment.
pub(crate) fn run_with(test: &str, variables: &[(&str, &str)]) -> Result<()> {
    let mut command = Command::new(std::env::current_exe()?);
    for name in [
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
    ] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    let output = command
        .args(["--exact", test, "--ignored", "--nocapture"])
        .envs(variables.iter().copied())
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(
        output.status.success() && said.contains("1 passed"),
        "{test}: {said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
