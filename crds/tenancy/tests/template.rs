//! Templates of kept addresses: what is one, what matches it, and what it gives.

#![expect(clippy::unwrap_used, reason = "tests")]

use acervo_tenancy::{ImageVersion, KeptKind, Template, TemplateError, Values};
use proptest::prelude::*;

fn template(text: &str) -> Template {
    text.parse().unwrap()
}

fn values(collection: &str, item: &str) -> Values {
    Values {
        collection: Some(collection.to_owned()),
        item: Some(item.to_owned()),
        ..Values::default()
    }
}

fn identifier(identifier: &str) -> Values {
    Values {
        identifier: Some(identifier.to_owned()),
        ..Values::default()
    }
}

const MANIFEST: &str =
    "https://imagenes.example.org/iiif/prezi/bdc/{institution}/{collection}/{item}/manifest.json";

#[test]
fn a_template_keeps_its_text_and_knows_its_parts() {
    for (text, kind, host, prefix) in [
        (
            MANIFEST,
            KeptKind::Manifest,
            "imagenes.example.org",
            "/iiif/prezi/bdc/{institution}",
        ),
        (
            "http://Imagenes.Example.org:8080/IIIF/obra-{item}",
            KeptKind::Manifest,
            "imagenes.example.org",
            "/IIIF",
        ),
        (
            "https://h.example.org/a%20b/{item}/",
            KeptKind::Manifest,
            "h.example.org",
            "/a%20b",
        ),
        (
            "https://h.example.org/{institution}/{version}/{identifier}",
            KeptKind::Image,
            "h.example.org",
            "/{institution}",
        ),
        (
            "http://localhost:8080/i/{collection}:{item}:{page}.tif",
            KeptKind::Image,
            "localhost",
            "/i",
        ),
        (
            "https://h.example.org/i/{item}/{file}",
            KeptKind::Image,
            "h.example.org",
            "/i",
        ),
    ] {
        let read = template(text);
        assert_eq!(read.to_string(), text);
        assert_eq!(
            (read.kind(), read.host(), read.prefix().as_str()),
            (kind, host, prefix)
        );
        assert!(text.starts_with(read.origin()), "{text}");
    }
    let filled = template(MANIFEST).of(&"biblioteca-sur".parse().unwrap());
    assert_eq!(filled.prefix(), "/iiif/prezi/bdc/biblioteca-sur");
    assert_eq!(
        filled.to_string(),
        MANIFEST.replace("{institution}", "biblioteca-sur")
    );
}

#[test]
fn what_is_no_template_is_refused_by_its_fault_in_both_languages() {
    use KeptKind::{Image, Manifest};
    use TemplateError as E;
    let unknown = |name: &str| E::Unknown(name.to_owned());
    let long = format!("https://h.example.org/{}/{{item}}", "a".repeat(512));
    for (kind, text, fault) in [
        (Manifest, "", E::Scheme),
        (Manifest, "ftp://h.example.org/a/{item}", E::Scheme),
        (Manifest, "HTTPS://h.example.org/a/{item}", E::Scheme),
        (Manifest, "https://h_h.example.org/a/{item}", E::Host),
        (Manifest, "https:///a/{item}", E::Host),
        (Manifest, "https://10.0.0.1/a/{item}", E::Host),
        (Manifest, "https://[::1]/a/{item}", E::Host),
        (Manifest, "https://u@h.example.org/a/{item}", E::Host),
        (
            Manifest,
            "https://{institution}.example.org/a/{item}",
            E::Host,
        ),
        (Manifest, "https://h.example.org:0/a/{item}", E::Port),
        (Manifest, "https://h.example.org:/a/{item}", E::Port),
        (Manifest, "https://h.example.org:65536/a/{item}", E::Port),
        (Manifest, "https://u:p@h.example.org/a/{item}", E::Host),
        (Manifest, "https://h.example.org/a/{item}?x=1", E::Query),
        (Manifest, "https://h.example.org/a/{item}#x", E::Query),
        (
            Manifest,
            "https://h.example.org/a b/{item}",
            E::Character(' '),
        ),
        (
            Manifest,
            "https://h.example.org/año/{item}",
            E::Character('ñ'),
        ),
        (Manifest, "https://h.example.org/a%2/{item}", E::Percent),
        (Manifest, "https://h.example.org/a%+1/{item}", E::Percent),
        (Manifest, "https://h.example.org/a%2fb/{item}", E::Percent),
        (Manifest, "https://h.example.org/a//{item}", E::Segment),
        (Manifest, "https://h.example.org/a/../{item}", E::Segment),
        (Manifest, "https://h.example.org/a/{item}/.", E::Segment),
        (Manifest, "https://h.example.org/a/{item", E::Brace),
        (Manifest, "https://h.example.org/a/item}", E::Brace),
        (Manifest, "https://h.example.org/a/{{item}}", E::Brace),
        (Manifest, "https://h.example.org/a/{Item}", unknown("Item")),
        (Manifest, "https://h.example.org/a/{}", unknown("")),
        (
            Manifest,
            "https://h.example.org/a/{item}/{page}",
            unknown("page"),
        ),
        (
            Manifest,
            "https://h.example.org/a/{item}{collection}",
            E::Adjacent,
        ),
        (
            Manifest,
            "https://h.example.org/a/{item}/{item}",
            E::Twice("item".to_owned()),
        ),
        (Manifest, "https://h.example.org/{item}", E::First),
        (Manifest, "https://h.example.org/a-{item}/m", E::First),
        (Manifest, "https://h.example.org/a/{collection}", E::NoItem),
        (Manifest, "https://h.example.org", E::NoItem),
        (Manifest, &long, E::TooLong),
        (Image, "https://h.example.org/a/{item}", E::NoImage),
        (Image, "https://h.example.org/a/{page}", E::NoImage),
        (
            Image,
            "https://h.example.org/a/{item}/{page}/{file}",
            E::NoImage,
        ),
        (
            Image,
            "https://h.example.org/a/{item}/{identifier}",
            E::NoImage,
        ),
        (
            Image,
            "https://h.example.org/a/{identifier}/",
            E::FinalSlash,
        ),
    ] {
        let refused = Template::read(text, kind).unwrap_err();
        assert_eq!(refused, fault, "{text}");
        let message = refused.message();
        assert_ne!(message.es, message.en);
    }
}

#[test]
fn values_are_decoded_once_and_what_follows_an_image_is_what_is_asked_of_it() {
    let manifest = template("https://h.example.org/m/{collection}/{item}/manifest.json");
    let image = template("https://h.example.org/i/{version}/{identifier}");
    let page = template("https://h.example.org/i/{item}_p{page}.jpg");
    let v3 = Values {
        version: Some(ImageVersion::V3),
        ..identifier("x~1")
    };
    let paged = |item: &str, page: u32| Values {
        item: Some(item.to_owned()),
        page: std::num::NonZeroU32::new(page),
        ..Values::default()
    };
    for (template, path, expected) in [
        (
            &manifest,
            "/m/BDC/100%2525%20%C3%B1/manifest.json",
            Some((values("BDC", "100%25 ñ"), "")),
        ),
        (&manifest, "/m/a/b/manifest.json/", None),
        (&manifest, "/M/a/b/manifest.json", None),
        (&manifest, "/m/a/b/Manifest.json", None),
        (&manifest, "/m/a/b%2Fc/manifest.json", None),
        (&manifest, "/m/a/%2E%2E/manifest.json", None),
        (&manifest, "/m/a/%00/manifest.json", None),
        (&manifest, "/m/a/%FF/manifest.json", None),
        (&manifest, "/m//b/manifest.json", None),
        (&manifest, "/m/a/b/c/manifest.json", None),
        (
            &image,
            "/i/3/x~1/info.json",
            Some((v3.clone(), "/info.json")),
        ),
        (&image, "/i/3/x~1", Some((v3.clone(), ""))),
        (&image, "/i/3/x~1/", Some((v3, "/"))),
        (&image, "/i/4/x", None),
        (&image, "/i/3/", None),
        (
            &page,
            "/i/a_p1_p12.jpg/info.json",
            Some((paged("a_p1", 12), "/info.json")),
        ),
        (&page, "/i/a_p1.jpg", Some((paged("a", 1), ""))),
        (&page, "/i/a_p1.jpgx", None),
        (&page, "/i/a_p0.jpg", None),
        (&page, "/i/a_p01.jpg", None),
        (&page, "/i/a_p+1.jpg", None),
    ] {
        assert_eq!(template.matches(path), expected, "{template} {path}");
    }
    assert_eq!(identifier("x").image_version(), ImageVersion::V2);
}

#[test]
fn a_collection_that_is_known_tells_readings_apart() {
    let template = template("https://h.example.org/m/{collection}-{item}");
    let read = |known: &str| template.matches_where("/m/a-b-c", |name| name == known);
    assert_eq!(read("a"), Some((values("a", "b-c"), "")));
    assert_eq!(read("a-b"), Some((values("a-b", "c"), "")));
    assert_eq!(read("c"), None);
}

#[test]
fn an_address_that_cannot_hold_a_value_is_not_made() {
    let manifest = template("https://h.example.org/m/{collection}/{item}");
    for item in ["", ".", "..", "a/b", "a\nb"] {
        assert_eq!(manifest.fill(&values("a", item)), None, "{item:?}");
    }
    assert_eq!(manifest.fill(&identifier("x")), None, "values are missing");
    assert_eq!(
        manifest.fill(&values("BDC", "100% año, 1.º")).unwrap(),
        "https://h.example.org/m/BDC/100%25%20a%C3%B1o%2C%201.%C2%BA"
    );
    let unfilled = template(MANIFEST);
    assert_eq!(unfilled.fill(&values("a", "b")), None);
}

/// As slow as a path can make it: every separator could be the one that is meant.
#[test]
fn a_path_of_nothing_but_separators_is_soon_refused() {
    let template = template("https://h.example.org/m/{version}-{collection}-{item}-{page}");
    let path = format!("/m/2-{}x", "-".repeat(4000));
    assert_eq!(template.matches(&path), None);
}

/// Names as institutions have them.
fn name() -> impl Strategy<Value = String> {
    let odd = prop_oneof![
        "[ -.0-~]{1,12}",
        "[a-zA-Z0-9ñÑáü% _.~:;,()-]{1,40}",
        "\\PC{1,20}",
    ];
    odd.prop_filter("no name", |name| {
        ![".", ".."].contains(&name.as_str())
            && !name.contains(|c: char| c == '/' || c.is_control())
    })
}

proptest! {
    #[test]
    fn what_is_filled_in_is_found_again(
        collection in name(),
        item in name(),
        file in name(),
        page in 1_u32..,
        version in prop_oneof![Just(ImageVersion::V2), Just(ImageVersion::V3)],
    ) {
        let all = Values {
            version: Some(version),
            page: std::num::NonZeroU32::new(page),
            file: Some(file),
            ..values(&collection, &item)
        };
        let only = |keep: fn(&mut Values)| {
            let mut values = all.clone();
            keep(&mut values);
            values
        };
        for (text, values) in [
            (
                "https://h.example.org/m/{collection}/{item}/manifest.json",
                only(|v| (v.version, v.page, v.file) = (None, None, None)),
            ),
            (
                "https://h.example.org/m/{collection}:{item}",
                only(|v| (v.version, v.page, v.file) = (None, None, None)),
            ),
            (
                "https://h.example.org/i/{version}/{collection}/{item}/{page}",
                only(|v| v.file = None),
            ),
            (
                "https://h.example.org/i/{collection}/{item}!{file}",
                only(|v| (v.version, v.page) = (None, None)),
            ),
        ] {
            let template = template(text);
            let url = template.fill(&values).unwrap();
            let path = url.strip_prefix(template.origin()).unwrap();
            prop_assert_eq!(template.matches(path), Some((values, "")));
        }
    }

    #[test]
    fn no_path_is_too_odd(path in "\\PC*") {
        let template = template("https://h.example.org/m/{collection}-{item}/m");
        if let Some((values, _)) = template.matches(&path) {
            prop_assert!(values.item.is_some_and(|item| !item.contains('/')));
        }
        let _ = path.parse::<Template>();
    }
}
