//! What is said when a real service does not open, or may not be asked.

use std::fs;
use std::process::Command;

use acervo_bucket::{BucketError, Credentials, Denial, Settings};
use anyhow::{Context as _, Result, ensure};

use crate::harness::{KEY, Service, binary, code, listing, run_with, service, settings};

#[test]
fn a_key_that_does_not_open_is_named() -> Result<()> {
    let Some(service) = service()? else {
        return Ok(());
    };
    let key = |id: &str, secret: &str| {
        Some(Credentials {
            access_key_id: id.to_owned(),
            secret_access_key: secret.to_owned(),
        })
    };
    for (credentials, expected, names) in [
        (key("nobody", KEY.secret), Denial::UnknownId, "accessKeyId"),
        (key(KEY.id, "wrong"), Denial::WrongSecret, "secretAccessKey"),
        (key(KEY.id, ""), Denial::Unfit, "secretAccessKey"),
        (None, Denial::NoKey, "accessKeyId"),
    ] {
        let denied = listing(Settings {
            credentials,
            ..settings(&service.address)
        });
        let Err(BucketError::Denied(denial)) = &denied else {
            panic!("{expected:?}: {denied:?}");
        };
        assert_eq!(denial, &expected);
        let message = denied.expect_err("it is denied").message();
        assert!(
            message.es.contains(names) && message.en.contains(names),
            "{message:?}"
        );
    }
    Ok(())
}

#[test]
fn a_bucket_that_is_not_there_is_named() -> Result<()> {
    let Some(service) = service()? else {
        return Ok(());
    };
    let missing = listing(Settings {
        bucket: "elsewhere".to_owned(),
        ..settings(&service.address)
    });
    assert_eq!(code(&missing), "no-such-bucket");
    let message = missing.expect_err("it is not there").message();
    assert!(message.en.contains("elsewhere"), "{message:?}");
    Ok(())
}

#[test]
fn an_endpoint_inside_is_read_only_where_the_provider_allows_it() -> Result<()> {
    let Some(service) = service()? else {
        return Ok(());
    };
    let port = service.address.rsplit_once(':').context("a port")?.1;
    for (host, allowed, expected) in [
        ("127.0.0.1", "", Some("endpoint-not-allowed")),
        ("127.0.0.1", "127.0.0.0/8", None),
        ("127.0.0.1", "127.0.0.1", None),
        ("127.0.0.1", "10.0.0.0/8", Some("endpoint-not-allowed")),
        ("localhost", "", Some("endpoint-not-allowed")),
        ("LOCALHOST", "localhost", None),
        ("localhost", "127.0.0.0/8", None),
        ("localhost", "elsewhere", Some("endpoint-not-allowed")),
    ] {
        let listed = listing(Settings {
            endpoint: Some(format!("http://{host}:{port}")),
            allowed_inside: allowed.parse().into_iter().collect(),
            ..settings(&service.address)
        });
        let listed = listed.map(|_| ()).map_err(|error| error.code());
        assert_eq!(listed.err(), expected, "{host}, allowed: '{allowed}'");
    }
    Ok(())
}

/// Makes a key and a certificate for 127.0.0.1 that is its own authority.
fn certificate(key: &str, certificate: &str) -> Result<()> {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec"])
        .args(["-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"])
        .args(["-days", "2", "-subj", "/CN=acervo tests"])
        .args(["-addext", "subjectAltName=IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-keyout", key, "-out", certificate])
        .output()
        .context("openssl")?;
    ensure!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    Ok(())
}

#[test]
fn a_certificate_is_trusted_if_its_authority_is_named() -> Result<()> {
    if binary()?.is_none() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (key, own, other, none) = (path("key"), path("own"), path("other"), path("none"));
    certificate(&path("other key"), &other)?;
    certificate(&key, &own)?;
    fs::write(&none, "")?;
    let Some(service) = Service::start(&["--cert", &own, "--key", &key])? else {
        return Ok(());
    };
    service.lay("a", b"hello")?;
    let endpoint = format!("https://{}", service.address);
    for (authorities, expected) in [
        (&own, ""),
        (&other, "bucket-untrusted"),
        (&none, "bucket-untrusted"),
    ] {
        let variables = [
            ("SSL_CERT_FILE", authorities.as_str()),
            ("ENDPOINT", &endpoint),
            ("EXPECTED", expected),
        ];
        run_with("access::over_tls", &variables)?;
    }
    Ok(())
}

#[test]
#[ignore = "run by another test, with an environment of its own"]
fn over_tls() -> Result<()> {
    let variable = |name| std::env::var(name).context(name);
    let listed = listing(Settings {
        endpoint: Some(variable("ENDPOINT")?),
        ..settings("")
    });
    let code = listed.as_ref().map_or_else(|error| error.code(), |_| "");
    assert_eq!(code, variable("EXPECTED")?, "{listed:?}");
    Ok(())
}
