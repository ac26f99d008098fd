//! The grammar of identifiers and image requests: what is read, how it is written, what is refused.

use iiif_spec::{
    Decimal, Format, Identifier, IdentifierError, ImageRequest, Quality, Region, RequestError,
    Rotation, SizeForm, SizeParameter, StatusKind, Version,
};
use proptest::prelude::*;

/// Reads `region/size/rotation/quality.format`.
fn parse(version: Version, path: &str) -> Result<ImageRequest, RequestError> {
    let [region, size, rotation, rest] = path.split('/').collect::<Vec<_>>().try_into().unwrap();
    ImageRequest::parse(version, region, size, rotation, rest)
}

#[test]
fn requests_of_both_versions_are_written_in_their_plainest_form() {
    for (path, written) in [
        ("full/max/0/default.jpg", "full/max/0/default.jpg"),
        ("square/150,/!90/gray.png", "square/150,/!90/gray.png"),
        (
            "0,00010,7,4294967295/,150/360/color.tif",
            "0,10,7,4294967295/,150/360/color.tif",
        ),
        (
            "pct:41.60,07.5,.5,100./pct:50.0/22.50/bitonal.webp",
            "pct:41.6,7.5,0.5,100/pct:50/22.5/bitonal.webp",
        ),
        (
            "0%2C0%2c10,10/%21225,100/%210/default%2Ejpg",
            "0,0,10,10/!225,100/!0/default.jpg",
        ),
        (
            "full/225,100/180.0/default.jp2",
            "full/225,100/180/default.jp2",
        ),
        ("full/0,0/0/default.pdf", "full/0,0/0/default.pdf"),
    ] {
        for version in Version::ALL {
            assert_eq!(
                parse(version, path).unwrap().to_string(),
                written,
                "{version:?}"
            );
        }
    }
}

#[test]
fn the_versions_differ_in_full_and_in_the_caret() {
    for form in ["max", "360,", ",240", "pct:120", "360,360", "!360,360"] {
        for caret in ["^", "%5E", "%5e"] {
            let path = format!("full/{caret}{form}/0/default.jpg");
            let read = parse(Version::V3, &path).unwrap();
            assert!(read.size.upscale, "{path}");
            assert_eq!(read.to_string(), format!("full/^{form}/0/default.jpg"));
            assert!(
                matches!(parse(Version::V2, &path), Err(RequestError::Caret(_))),
                "{path}"
            );
        }
    }
    let full = "full/full/0/default.jpg";
    assert_eq!(
        parse(Version::V2, full).unwrap().size,
        SizeForm::Full.into()
    );
    assert!(matches!(
        parse(Version::V3, full),
        Err(RequestError::FullSize)
    ));
    assert!(matches!(
        parse(Version::V3, "full/^full/0/default.jpg"),
        Err(RequestError::FullSize)
    ));
}

// Texts that break the grammar of a segment.
const REGION: &[&str] = &[
    "",
    "Full",
    " full",
    "full ",
    "0,0,10",
    "0,0,10,10,10",
    "0,0,10,",
    ",,,",
    "-1,0,10,10",
    "+1,0,10,10",
    "0,0,1.5,10",
    "0,0,0x1,10",
    "0,0,4294967296,1",
    "0,0,00000000001,1",
    "0,0,99999999999999999999999999,1",
    "pct:",
    "pct:0,0,10",
    "pct:0,0,1e1,10",
    "pct:0,0,nan,10",
    "pct:0,0,inf,10",
    "pct:0,0,.,10",
    "pct:0,0,1.2.3,10",
    "pct:-1,0,1,1",
    "PCT:0,0,1,1",
    "pct:1000000,0,1,1",
    "pct:0.123456789012345678901,0,1,1",
    "%252C",
    "0%00,0,1,1",
    "٠,0,1,1",
];
const SIZE: &[&str] = &[
    "",
    ",",
    "!",
    "!,",
    "!10,",
    "!,10",
    "MAX",
    "10",
    "10,10,10",
    "-1,",
    ",-1",
    "1.5,",
    "pct:",
    "pct:-1",
    "pct:+1",
    "pct:1e2",
    "pct:NaN",
    "pct:50%",
    "!max",
    "!^10,10",
    "^^max",
    "^",
    "4294967296,",
    ",99999999999",
    "10 ,",
    "max%2F0",
];
const ROTATION: &[&str] = &[
    "",
    "!",
    "!!0",
    "-90",
    "+90",
    "360.1",
    "361",
    "1e2",
    "nan",
    "90deg",
    "0!",
    "9,0",
    ".",
    "99999999999999999999",
];
const QUALITY: &[&str] = &[
    ".jpg",
    "Default.jpg",
    "native.jpg",
    "grey.jpg",
    "default.jpg.png",
    "default.jp%2E",
    "def%00ault.jpg",
];
const FORMAT: &[&str] = &["default.", "default.JPG", "default.jpeg", "default.bmp"];
const NO_FORMAT: &[&str] = &["", "default", "jpg"];
const ENCODING: &[&str] = &["%ff", "full%C3", "%ED%A0%80"];

#[test]
fn what_breaks_the_grammar_is_a_bad_request_in_the_right_segment() {
    type Is = fn(&RequestError) -> bool;
    let cases: [(usize, &[&str], Is); 7] = [
        (0, REGION, |e| matches!(e, RequestError::Region(_))),
        (1, SIZE, |e| matches!(e, RequestError::Size(_))),
        (2, ROTATION, |e| matches!(e, RequestError::Rotation(_))),
        (3, QUALITY, |e| matches!(e, RequestError::Quality(_))),
        (3, FORMAT, |e| matches!(e, RequestError::Format(_))),
        (3, NO_FORMAT, |e| matches!(e, RequestError::NoFormat(_))),
        (0, ENCODING, |e| matches!(e, RequestError::Encoding(_))),
    ];
    for (segment, texts, is) in cases {
        for text in texts {
            let mut segments = ["full", "max", "0", "default.jpg"];
            segments[segment] = text;
            let [region, size, rotation, rest] = segments;
            // Version 2.1 has an error of its own for `^`.
            let versions = Version::ALL
                .into_iter()
                .filter(|v| *v == Version::V3 || !text.starts_with('^'));
            for version in versions {
                let error = ImageRequest::parse(version, region, size, rotation, rest).unwrap_err();
                assert!(is(&error), "{version:?} {segments:?}: {error:?}");
                assert_eq!(error.status_kind(), StatusKind::BadRequest, "{segments:?}");
            }
        }
    }
}

#[test]
fn errors_are_short_and_speak_both_languages() {
    let long = "x".repeat(100_000);
    for (region, size, rotation, rest) in [
        (long.as_str(), "max", "0", "default.jpg"),
        ("full", long.as_str(), "0", "default.jpg"),
        ("full", "max", long.as_str(), "default.jpg"),
        ("full", "max", "0", long.as_str()),
    ] {
        let error = ImageRequest::parse(Version::V3, region, size, rotation, rest).unwrap_err();
        let (es, en) = error.bilingual();
        assert!(es.len() < 300 && en.len() < 300, "{es} {en}");
        assert_ne!(es, en);
        assert_eq!(error.to_string(), en);
    }
}

#[test]
fn identifiers_are_decoded_once_and_safe() {
    for (raw, decoded) in [
        ("mapa-1", "mapa-1"),
        ("67352ccc%2Dd1b0", "67352ccc-d1b0"),
        ("%7E%5f%2e%41", "~_.A"),
        ("...", "..."),
    ] {
        assert_eq!(Identifier::parse_segment(raw).unwrap().as_str(), decoded);
    }
    for (raw, error) in [
        ("", IdentifierError::Empty),
        (".", IdentifierError::Dots),
        ("..", IdentifierError::Dots),
        ("%2e%2E", IdentifierError::Dots),
        ("a%2Fb", IdentifierError::Character('/')),
        ("a%00", IdentifierError::Character('\0')),
        ("a%252Db", IdentifierError::Character('%')),
        ("a%zz", IdentifierError::Character('%')),
        ("[frob]", IdentifierError::Character('[')),
        ("ma%C3%B1ana", IdentifierError::Character('ñ')),
        ("%E9", IdentifierError::Encoding),
    ] {
        assert_eq!(Identifier::parse_segment(raw), Err(error), "{raw}");
    }
    assert!(Identifier::parse_segment(&"a".repeat(160)).is_ok());
    assert_eq!(
        Identifier::parse_segment(&"a".repeat(161)),
        Err(IdentifierError::TooLong)
    );
}

fn decimal(most: u32) -> impl Strategy<Value = Decimal> {
    (0..most, "[0-9]{0,20}")
        .prop_map(|(whole, fraction)| Decimal::parse(&format!("{whole}.{fraction}")).unwrap())
}

fn region() -> impl Strategy<Value = Region> {
    prop_oneof![
        Just(Region::Full),
        Just(Region::Square),
        any::<[u32; 4]>().prop_map(|[x, y, width, height]| Region::Pixels {
            x,
            y,
            width,
            height
        }),
        [decimal(1_000_000), decimal(200), decimal(200), decimal(1)].prop_map(
            |[x, y, width, height]| Region::Percent {
                x,
                y,
                width,
                height
            }
        ),
    ]
}

fn size(version: Version) -> impl Strategy<Value = SizeParameter> {
    let form = prop_oneof![
        Just(SizeForm::Max),
        any::<u32>().prop_map(SizeForm::Width),
        any::<u32>().prop_map(SizeForm::Height),
        decimal(300).prop_map(SizeForm::Percent),
        any::<(u32, u32)>().prop_map(|(width, height)| SizeForm::Exact { width, height }),
        any::<(u32, u32)>().prop_map(|(width, height)| SizeForm::Confined { width, height }),
    ];
    (any::<bool>(), any::<bool>(), form).prop_map(move |(upscale, full, form)| match version {
        Version::V2 if full => SizeForm::Full.into(),
        Version::V2 => form.into(),
        Version::V3 => SizeParameter { upscale, form },
    })
}

fn request(version: Version) -> impl Strategy<Value = ImageRequest> {
    let rotation =
        (any::<bool>(), decimal(360)).prop_map(|(mirror, degrees)| Rotation { mirror, degrees });
    let quality = proptest::sample::select(Quality::ALL.to_vec());
    let format = proptest::sample::select(Format::ALL.to_vec());
    (region(), size(version), rotation, quality, format).prop_map(
        move |(region, size, rotation, quality, format)| ImageRequest {
            version,
            region,
            size,
            rotation,
            quality,
            format,
        },
    )
}

proptest! {
    #[test]
    fn a_request_of_2_1_written_and_read_is_the_same(request in request(Version::V2)) {
        prop_assert_eq!(parse(Version::V2, &request.to_string()), Ok(request));
    }

    #[test]
    fn a_request_of_3_0_written_and_read_is_the_same(request in request(Version::V3)) {
        prop_assert_eq!(parse(Version::V3, &request.to_string()), Ok(request));
    }

    #[test]
    fn no_text_makes_the_grammar_panic(
        texts in proptest::array::uniform4("[ -~%0-9,.!^]{0,40}|\\PC{0,20}"),
    ) {
        let [region, size, rotation, rest] = &texts;
        for version in Version::ALL {
            if let Ok(request) = ImageRequest::parse(version, region, size, rotation, rest) {
                prop_assert_eq!(parse(version, &request.to_string()), Ok(request));
            }
        }
        drop(Identifier::parse_segment(region));
    }

    /// The official validator sends strings of code points 48 to 122 and expects 400.
    #[test]
    fn random_strings_of_the_validator_are_bad_requests(
        six in "[0->@-Z$\\[-z]{6}", four in "[:->@-Z$\\[-z]{4}", three in "[0->@-Z$\\[-z]{3}",
    ) {
        for version in Version::ALL {
            for [region, size, rotation, rest] in [
                [six.as_str(), "max", "0", "default.jpg"],
                ["full", six.as_str(), "0", "default.jpg"],
                ["full", "max", four.as_str(), "default.jpg"],
                ["full", "max", "0", &format!("{six}.jpg")],
            ] {
                let error = ImageRequest::parse(version, region, size, rotation, rest).unwrap_err();
                prop_assert_eq!(error.status_kind(), StatusKind::BadRequest);
            }
            prop_assume!(!Format::ALL.iter().any(|format| format.as_str() == three));
            let format = format!("full/max/0/default.{three}");
            prop_assert!(parse(version, &format).is_err());
        }
    }
}

#[test]
fn messages_carry_no_control_characters() {
    let error =
        ImageRequest::parse(Version::V3, "a%0D%0Ab%00", "max", "0", "default.jpg").unwrap_err();
    let (es, en) = error.bilingual();
    assert!(
        !es.chars().chain(en.chars()).any(char::is_control),
        "{en:?}"
    );
}
