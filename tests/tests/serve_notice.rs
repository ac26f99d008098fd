//! `acervo notice`: whoever asks for anything of a suspended institution is told so, in a form and a
//! language that suit, and nobody keeps the answer.

use std::time::Duration;

use acervo_tests::{Answer, Server, elements, request, until};
use anyhow::{Context as _, Result};

const BROWSER: (&str, &str) = (
    "accept",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
);

fn notice() -> Result<Server> {
    Server::notice(&["--drain-notice", "0"])
}

/// What every answer of the notice has in common.
fn says_come_back(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 503, "{what}");
    for (header, expected) in [
        ("retry-after", "3600"),
        ("cache-control", "no-store"),
        ("access-control-allow-origin", "*"),
        ("x-content-type-options", "nosniff"),
        ("vary", "Accept, Accept-Encoding, Accept-Language"),
    ] {
        assert_eq!(answer.header(header), Some(expected), "{what}: {header}");
    }
}

/// Path, headers, and of the answer: form, languages, and words.
type Case<'a> = (
    &'a str,
    &'a [(&'a str, &'a str)],
    &'a str,
    &'a str,
    &'a [&'a str],
);

#[test]
fn a_form_and_a_language_for_everybody_at_every_address() -> Result<()> {
    let server = notice()?;
    let (es, en) = ("Estas páginas están en pausa", "These pages are paused");
    let html = "text/html; charset=utf-8";
    let json = "application/problem+json";
    let text = "text/plain; charset=utf-8";
    let image = "/museo/image/3/mapas.0123/full/max/0/default.jpg";
    let cases: &[Case<'_>] = &[
        ("/", &[BROWSER], html, "es", &[es, en]),
        ("/museo/mapas/?lang=en", &[BROWSER], html, "en", &[en, es]),
        (
            "/museo/search?q=faro",
            &[BROWSER, ("accept-language", "fr, en;q=0.7, es;q=0.3")],
            html,
            "en",
            &[en, es],
        ),
        (
            "/museo/presentation/3/collection.json",
            &[("accept", "*/*")],
            json,
            "es",
            &[es, "503"],
        ),
        (
            "/iiif/prezi/bdc/1/manifest",
            &[
                ("accept", "application/ld+json"),
                ("accept-language", "en-GB"),
            ],
            json,
            "en",
            &[en, "503"],
        ),
        (
            image,
            &[("accept", "image/avif,image/webp,*/*;q=0.8")],
            text,
            "es, en",
            &[es, en],
        ),
        ("/robots.txt", &[], text, "es, en", &[es, en]),
        ("/%ff/..%2f?lang=xx", &[BROWSER], html, "es", &[es, en]),
    ];
    for (path, headers, kind, language, words) in cases {
        let answer = request("GET", &server.url(path), headers)?;
        says_come_back(&answer, path);
        assert_eq!(answer.header("content-type"), Some(*kind), "{path}");
        assert_eq!(answer.header("content-language"), Some(*language), "{path}");
        let body = answer.text();
        let found: Vec<_> = words.iter().map(|word| body.find(word)).collect();
        assert!(
            found.is_sorted() && found.iter().all(Option::is_some),
            "{path}: {words:?} in this order in\n{body}"
        );
        if *kind == json {
            assert_eq!(answer.json()?["status"], 503, "{path}");
        }
    }
    Ok(())
}

#[test]
fn the_page_needs_no_other_address() -> Result<()> {
    let server = notice()?;
    let answer = server.get_with("/museo/", &[BROWSER])?;
    let policy = answer.header("content-security-policy");
    assert!(policy.is_some_and(|policy| policy.starts_with("default-src 'none'")));
    let page = elements(&answer.text());
    for element in &page {
        for attribute in ["src", "srcset"] {
            assert_eq!(element.get(attribute), None, "{element:?}");
        }
    }
    assert!(page.iter().all(|element| element.name != "link"));
    let links = page.iter().filter(|element| element.name == "a");
    let links: Vec<_> = links.filter_map(|link| link.get("href")).collect();
    assert_eq!(links, ["?lang=es", "?lang=en"]);
    Ok(())
}

#[test]
fn methods_and_codings_are_those_of_the_image_server() -> Result<()> {
    let server = notice()?;
    let url = server.url("/museo/");
    let head = request("HEAD", &url, &[BROWSER])?;
    says_come_back(&head, "HEAD");
    assert_eq!(head.body, b"");
    let whole = request("GET", &url, &[BROWSER])?;
    let length = whole.body.len().to_string();
    assert_eq!(head.header("content-length"), Some(length.as_str()));
    let preflight = request("OPTIONS", &url, &[("access-control-request-method", "GET")])?;
    assert_eq!(preflight.status, 204);
    assert_eq!(
        preflight.header("access-control-allow-methods"),
        Some("GET, HEAD, OPTIONS")
    );
    assert_eq!(request("POST", &url, &[])?.status, 405);
    for coding in ["br", "gzip", "zstd"] {
        let encoded = request("GET", &url, &[BROWSER, ("accept-encoding", coding)])?;
        says_come_back(&encoded, coding);
        assert_eq!(encoded.header("content-encoding"), Some(coding));
        assert!(encoded.body.len() < whole.body.len() / 2, "{coding}");
    }
    Ok(())
}

#[test]
fn its_admin_port_tells_of_life_readiness_and_requests_and_it_ends_when_told() -> Result<()> {
    let mut server = notice()?;
    server.get("/museo/")?;
    assert_eq!(server.admin("/livez")?.status, 200);
    let metrics = server.admin("/metrics")?.text();
    let count = metrics
        .lines()
        .find(|line| line.starts_with("acervo_notice_requests_total "));
    assert_eq!(count.context("a count")?, "acervo_notice_requests_total 1");
    assert_eq!(server.get("/metrics")?.status, 503, "the admin port's own");
    server.terminate()?;
    let limit = Duration::from_secs(60);
    assert!(server.ended(limit)?.success(), "{}", server.log());
    until("connections to be refused", limit, || {
        Ok(server.get("/").is_err().then_some(()))
    })
}
