//! Endpoints that are not to be trusted: inside, behind a proxy, or no S3 services.

use std::fs::File;
use std::time::{Duration, Instant};

use acervo_bucket::{Bucket, BucketError, Object, Settings};
use anyhow::Result;
use tempfile::tempfile;

use crate::harness::{Script, content, listing, run_with, settings};

/// An answer with a length.
fn answer(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )
}

fn page(rest: &str) -> String {
    answer(
        "200 OK",
        "",
        &format!("<ListBucketResult><Name>scans</Name>{rest}</ListBucketResult>"),
    )
}

/// What is said of an endpoint of which nothing is allowed.
fn refused(endpoint: &str) -> Option<&'static str> {
    let listed = listing(Settings {
        endpoint: Some(endpoint.to_owned()),
        allowed_inside: Vec::new(),
        ..settings("")
    });
    listed.err().map(|error| error.code())
}

#[test]
fn an_endpoint_inside_is_refused_at_once_however_it_is_written() {
    let start = Instant::now();
    for endpoint in [
        "http://169.254.169.254",
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:9000",
        "http://2130706433",
        "http://0x7f.1",
        "http://0177.0.0.1",
        "http://[::1]",
        "http://[::ffff:169.254.169.254]",
        "http://[fd00:ec2::254]",
        "https://10.0.0.1",
        "http://0.0.0.0",
        "http://minio.storage.svc:9000",
        "https://kubernetes.default.svc.cluster.local",
        "http://localhost:9000",
    ] {
        assert_eq!(
            refused(endpoint),
            Some("endpoint-not-allowed"),
            "{endpoint}"
        );
    }
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn a_link_local_address_is_not_opened_by_a_name() {
    let opened = Bucket::open(Settings {
        endpoint: Some("http://169.254.169.254".to_owned()),
        allowed_inside: vec!["metadata.example.org".parse().expect("a host")],
        ..settings("")
    });
    assert!(
        matches!(opened, Err(BucketError::EndpointNotAllowed { .. })),
        "{opened:?}"
    );
}

#[test]
fn a_redirect_is_not_followed() -> Result<()> {
    let elsewhere = Script::start(&[page("<IsTruncated>false</IsTruncated>")])?;
    for (status, body, expected) in [
        ("302 Found", "", "not-an-s3-service"),
        ("307 Temporary Redirect", "", "not-an-s3-service"),
        (
            "301 Moved Permanently",
            "<Error><Code>PermanentRedirect</Code></Error>",
            "wrong-bucket-region",
        ),
    ] {
        let location = format!("Location: http://{}/\r\n", elsewhere.address);
        let script = Script::start(&[answer(status, &location, body)])?;
        let listed = listing(settings(&script.address)).expect_err("it leads elsewhere");
        assert_eq!(listed.code(), expected, "{status}");
    }
    assert!(elsewhere.asked().is_empty());
    Ok(())
}

#[test]
fn what_is_no_listing_is_no_empty_bucket() -> Result<()> {
    for said in [
        answer("200 OK", "", "<html><body>Welcome</body></html>"),
        answer("200 OK", "", ""),
        answer("404 Not Found", "", "not found"),
        page(""),
        page("<IsTruncated>true</IsTruncated>"),
        // A listing that goes round in a circle.
        page("<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"),
    ] {
        let script = Script::start(std::slice::from_ref(&said))?;
        let listed = listing(settings(&script.address)).expect_err("no listing");
        assert_eq!(listed.code(), "not-an-s3-service", "{said}");
    }
    Ok(())
}

#[test]
fn a_service_that_is_out_of_order_for_a_moment_is_asked_again() -> Result<()> {
    let script = Script::start(&[
        answer("503 Slow Down", "", "<Error><Code>SlowDown</Code></Error>"),
        page("<IsTruncated>false</IsTruncated>"),
    ])?;
    assert!(listing(settings(&script.address))?.objects.is_empty());
    assert_eq!(script.asked().len(), 2);
    Ok(())
}

/// What becomes of an object of six bytes that a service answers so.
fn fetch(answers: &[String]) -> Result<(Result<(), BucketError>, Vec<u8>)> {
    let script = Script::start(answers)?;
    let object = Object {
        path: "a".to_owned(),
        size: 6,
        modified: 0,
        version: "\"1\"".to_owned(),
    };
    let mut file: File = tempfile()?;
    let fetched = Bucket::open(settings(&script.address))?.fetch(&object, &mut file);
    Ok((fetched, content(&mut file)?))
}

#[test]
fn a_service_that_ignores_ranges_and_conditions_is_not_believed() -> Result<()> {
    let broken = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nETag: \"1\"\r\n\r\nabc".to_owned();
    let whole = |tag: &str| answer("200 OK", &format!("ETag: \"{tag}\"\r\n"), "abcdef");
    let part = |range: &str, body| {
        let headers = format!("ETag: \"1\"\r\nContent-Range: bytes {range}\r\n");
        answer("206 Partial Content", &headers, body)
    };
    for (next, code, there) in [
        (whole("1"), None, "abcdef"),
        (whole("2"), Some("object-changed"), "abc"),
        (part("3-5/6", "def"), None, "abcdef"),
        (part("2-5/6", "cdef"), Some("not-an-s3-service"), "abc"),
        (part("3-6/7", "defg"), Some("object-changed"), "abc"),
        (
            answer("200 OK", "ETag: \"1\"\r\n", "abcdefg"),
            Some("object-changed"),
            "abc",
        ),
    ] {
        let (fetched, content) = fetch(&[broken.clone(), next.clone()])?;
        assert_eq!(fetched.err().map(|error| error.code()), code, "{next}");
        assert_eq!(String::from_utf8(content)?, there, "{next}");
    }
    Ok(())
}

#[test]
fn the_proxy_of_the_environment_is_used_and_names_are_left_to_it() -> Result<()> {
    let proxy = Script::start(&[page("<IsTruncated>false</IsTruncated>")])?;
    let url = format!("http://user:word@{}", proxy.address);
    run_with(
        "endpoint::behind_a_proxy",
        &[("HTTP_PROXY", &url), ("http_proxy", &url)],
    )?;
    let asked = proxy.asked();
    assert_eq!(asked.len(), 1, "{asked:?}");
    let head = asked[0].to_lowercase();
    assert!(
        head.starts_with("get http://s3.example.org/scans?"),
        "{head}"
    );
    assert!(
        head.contains("proxy-authorization: basic dxnlcjp3b3jk"),
        "{head}"
    );

    // An endpoint that is excepted is connected to, and looked at when its name is resolved.
    let except = [("HTTP_PROXY", url.as_str()), ("NO_PROXY", "localhost")];
    run_with("endpoint::excepted_from_the_proxy", &except)?;
    assert_eq!(proxy.asked().len(), 1);
    Ok(())
}

#[test]
#[ignore = "run by another test, with an environment of its own"]
fn behind_a_proxy() {
    assert_eq!(refused("http://s3.example.org"), None);
    for endpoint in [
        "http://169.254.169.254",
        "http://10.0.0.1",
        "http://localhost",
        "http://minio",
        "http://minio.storage.svc",
        "http://metadata.google.internal",
    ] {
        assert_eq!(
            refused(endpoint),
            Some("endpoint-not-allowed"),
            "{endpoint}"
        );
    }
}

#[test]
#[ignore = "run by another test, with an environment of its own"]
fn excepted_from_the_proxy() {
    assert_eq!(refused("http://localhost"), Some("endpoint-not-allowed"));
}
