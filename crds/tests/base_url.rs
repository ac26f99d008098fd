//! The template of base URLs: what it is, and which addresses it gives.

#![expect(clippy::unwrap_used, reason = "tests")]

use acervo_crds::{BaseUrl, BaseUrlError};
use acervo_tenancy::{Address, Asked};

fn base_url(text: &str) -> BaseUrl {
    text.parse().unwrap()
}

fn address(text: &str) -> Address {
    base_url(text).address(&"archivo".parse().unwrap())
}

/// What documents name does not depend on what was asked once there is a base URL.
fn url(address: &Address) -> String {
    address.base_url(&Asked {
        scheme: "http",
        authority: "asked.example.org:1".to_owned(),
    })
}

#[test]
fn each_form_gives_an_institution_its_address() {
    for (template, host, prefix, url_of) in [
        (
            "https://{institution}.iiif.example.org",
            "archivo.iiif.example.org",
            "",
            "https://archivo.iiif.example.org",
        ),
        (
            "https://{institution}.IIIF.example.org:8443/",
            "archivo.iiif.example.org",
            "",
            "https://archivo.iiif.example.org:8443",
        ),
        (
            "https://iiif.example.org/{institution}",
            "iiif.example.org",
            "/archivo",
            "https://iiif.example.org/archivo",
        ),
        (
            "https://iiif.example.org:443/{institution}/",
            "iiif.example.org",
            "/archivo",
            "https://iiif.example.org/archivo",
        ),
        (
            "https://example.org/iiif/v1/{institution}",
            "example.org",
            "/iiif/v1/archivo",
            "https://example.org/iiif/v1/archivo",
        ),
        (
            "http://127.0.0.1:8080",
            "127.0.0.1",
            "/archivo",
            "http://127.0.0.1:8080/archivo",
        ),
        (
            "http://[::1]:8080/",
            "[::1]",
            "/archivo",
            "http://[::1]:8080/archivo",
        ),
        (
            "http://localhost:80",
            "localhost",
            "/archivo",
            "http://localhost/archivo",
        ),
    ] {
        let address = address(template);
        assert_eq!(address.host.as_deref(), Some(host), "{template}");
        assert_eq!(address.prefix, prefix, "{template}");
        assert_eq!(url(&address), url_of, "{template}");
    }
}

#[test]
fn a_template_reads_back_what_it_prints() {
    for text in [
        "https://{institution}.iiif.example.org:8443",
        "https://iiif.example.org/{institution}",
        "http://[::1]:8080/iiif/{institution}",
    ] {
        assert_eq!(base_url(text).to_string(), text);
        let json = serde_json::to_string(&base_url(text)).unwrap();
        assert_eq!(
            serde_json::from_str::<BaseUrl>(&json).unwrap(),
            base_url(text)
        );
    }
}

#[test]
fn what_is_no_template_is_refused_for_its_reason() {
    type Reason = fn(String) -> BaseUrlError;
    let cases: [(Reason, &[&str]); 5] = [
        (
            BaseUrlError::Scheme,
            &["iiif.example.org", "ftp://example.org", "HTTPS//x", ""],
        ),
        (
            BaseUrlError::Host,
            &[
                "https://",
                "https:///x",
                "http://a_b.org",
                "http://-a.org",
                "http://[::x]",
                "http://u@h",
            ],
        ),
        (
            BaseUrlError::Port,
            &[
                "http://h:0",
                "http://h:65536",
                "http://h:",
                "http://h:http",
                "http://user:pass@h",
            ],
        ),
        (
            BaseUrlError::Place,
            &[
                "https://iiif.{institution}.org",
                "https://{institution}",
                "https://{institution}x.example.org",
                "https://{institution}.example.org/iiif",
                "https://{institution}.example.org/{institution}",
                "https://example.org/{institution}/iiif",
                "https://example.org/x{institution}",
                "https://example.org/{name}",
            ],
        ),
        (
            BaseUrlError::Path,
            &[
                "https://example.org?x=1",
                "https://example.org/a b",
                "https://example.org/../x",
                "https://example.org/a//b",
                "https://example.org/ñ/{institution}",
                "https://example.org/#/{institution}",
            ],
        ),
    ];
    for (reason, texts) in cases {
        for &text in texts {
            assert_eq!(
                text.parse::<BaseUrl>(),
                Err(reason(text.to_owned())),
                "{text}"
            );
        }
    }
}

#[test]
fn the_platform_owns_its_host_and_by_host_what_is_below_it() {
    let by_path = base_url("https://iiif.example.org/{institution}");
    let by_host = base_url("https://{institution}.iiif.example.org");
    for (host, owned_by_path, owned_by_host) in [
        ("iiif.example.org", true, true),
        ("archivo.iiif.example.org", false, true),
        ("a.b.iiif.example.org", false, true),
        ("example.org", false, false),
        ("otroiiif.example.org", false, false),
    ] {
        let owned = (by_path.owns(host), by_host.owns(host));
        assert_eq!(owned, (owned_by_path, owned_by_host), "{host}");
    }
}
