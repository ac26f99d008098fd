//! The region, rotation, quality and format of an answer, rule by rule, and canonical paths.

use iiif_spec::{
    Decimal, Format, OutputFormat, OutputQuality, Rect, RequestError, Rules, Source, StatusKind,
    Turn, Version, canonical,
};

use crate::support::{FREE, LANDSCAPE, ask, kind};

fn region(text: &str, width: u32, height: u32) -> Result<[u32; 4], RequestError> {
    let source = Source {
        width,
        height,
        gray: false,
    };
    ask(
        Version::V3,
        &format!("{text}/max/0/default.jpg"),
        source,
        FREE,
    )
    .map(|evaluated| {
        let Rect {
            x,
            y,
            width,
            height,
        } = evaluated.region;
        [x, y, width, height]
    })
}

#[test]
fn regions_are_cropped_at_the_edge_and_squares_centred() {
    for (text, width, height, expected) in [
        ("full", 300, 200, [0, 0, 300, 200]),
        ("square", 300, 200, [50, 0, 200, 200]),
        ("square", 200, 301, [0, 50, 200, 200]),
        ("square", 200, 200, [0, 0, 200, 200]),
        // The examples of section 4.1.
        ("125,15,120,140", 300, 200, [125, 15, 120, 140]),
        ("pct:41.6,7.5,40,70", 300, 200, [125, 15, 120, 140]),
        ("125,15,200,200", 300, 200, [125, 15, 175, 185]),
        ("pct:41.6,7.5,66.6,100", 300, 200, [125, 15, 175, 185]),
        ("299,199,4294967295,4294967295", 300, 200, [299, 199, 1, 1]),
        ("0,0,300,200", 300, 200, [0, 0, 300, 200]),
        ("pct:0,0,100,100", 300, 200, [0, 0, 300, 200]),
        ("pct:0,0,999999.9,999999.9", 300, 200, [0, 0, 300, 200]),
        (
            "pct:33.333333333333336,0,33.333333333333336,100",
            1000,
            10,
            [333, 0, 333, 10],
        ),
        // Less than a pixel, but more than nothing.
        ("pct:50,50,0.00001,0.00001", 300, 200, [150, 100, 1, 1]),
    ] {
        assert_eq!(region(text, width, height).unwrap(), expected, "{text}");
    }
}

#[test]
fn empty_and_outside_regions_are_bad_requests() {
    for text in [
        "0,0,0,10",
        "0,0,10,0",
        "300,0,1,1",
        "0,200,1,1",
        "4294967295,4294967295,1,1",
        "pct:0,0,0,10",
        "pct:0,0,10,0.0",
        "pct:100,0,1,1",
        "pct:0,100,1,1",
        "pct:999999,0,1,1",
    ] {
        assert_eq!(
            kind(region(text, 300, 200)),
            StatusKind::BadRequest,
            "{text}"
        );
    }
}

#[test]
fn a_position_below_all_of_the_image_is_inside_however_it_rounds() {
    assert_eq!(
        region("pct:99.9,99.9,10,10", 300, 200).unwrap(),
        [299, 199, 1, 1]
    );
}

#[test]
fn images_are_turned_by_any_angle() {
    for (text, mirror, turn) in [
        ("0", false, Turn::D0),
        ("90", false, Turn::D90),
        ("180.0", false, Turn::D180),
        ("270", false, Turn::D270),
        ("360", false, Turn::D0),
        ("!0", true, Turn::D0),
        ("!180", true, Turn::D180),
        ("22.5", false, Turn::Angle(Decimal::parse("22.5").unwrap())),
        ("!345", true, Turn::Angle(345.into())),
        (
            "0.0001",
            false,
            Turn::Angle(Decimal::parse(".00010").unwrap()),
        ),
    ] {
        let evaluated = ask(
            Version::V3,
            &format!("full/max/{text}/default.jpg"),
            LANDSCAPE,
            FREE,
        )
        .unwrap();
        assert_eq!((evaluated.mirror, evaluated.turn), (mirror, turn), "{text}");
    }
    for text in ["360.00001", "-90", "!361", "90,", "!"] {
        let result = ask(
            Version::V3,
            &format!("full/max/{text}/default.jpg"),
            LANDSCAPE,
            FREE,
        );
        assert_eq!(kind(result), StatusKind::BadRequest, "{text}");
    }
}

#[test]
fn a_turned_image_lies_in_the_smallest_box() {
    for (degrees, width, height) in [
        ("0", 300, 200),
        ("90", 200, 300),
        ("45", 354, 354),
        ("22.5", 354, 300),
        ("135", 354, 354),
        // As little more than nothing or less than a quarter as can be written.
        ("0.00000000000000000001", 300, 200),
        ("89.99999999999999999999", 200, 300),
        // sin 30° is exactly a half: 300 cos 30° + 100, 150 + 200 cos 30°.
        ("30", 360, 324),
    ] {
        let path = format!("full/300,200/{degrees}/default.png");
        let answer = ask(Version::V3, &path, LANDSCAPE, FREE).unwrap().answer();
        assert_eq!((answer.width, answer.height), (width, height), "{degrees}");
    }
}

#[test]
fn five_formats_in_four_qualities_are_offered() {
    for (quality, output) in [
        ("default", OutputQuality::Default),
        ("color", OutputQuality::Default),
        ("gray", OutputQuality::Gray),
        ("bitonal", OutputQuality::Bitonal),
    ] {
        for encoded in OutputFormat::ALL {
            let format = Format::from(encoded);
            let path = format!("full/max/0/{quality}.{format}");
            let evaluated = ask(Version::V3, &path, LANDSCAPE, FREE).unwrap();
            assert_eq!((evaluated.quality, evaluated.format), (output, encoded));
        }
    }
    for format in ["jp2", "pdf"] {
        let result = ask(
            Version::V3,
            &format!("full/max/0/default.{format}"),
            LANDSCAPE,
            FREE,
        );
        assert_eq!(kind(result), StatusKind::BadRequest, "{format}");
    }
}

#[test]
fn what_a_format_cannot_hold_is_a_bad_request() {
    let wide = Source {
        width: 70_000,
        ..LANDSCAPE
    };
    for (path, fits) in [
        ("full/65500,/0/default.jpg", true),
        ("full/65501,/0/default.jpg", false),
        ("full/16383,/0/default.webp", true),
        ("full/16384,/0/default.webp", false),
        ("full/max/0/default.gif", false),
        ("full/max/0/default.png", true),
        ("full/max/0/default.tif", true),
        // 16,300 fits, but not the box around it.
        ("full/16300,16300/45/default.webp", false),
    ] {
        let tall = Source {
            height: 70_000,
            ..wide
        };
        let result = ask(Version::V3, path, tall, FREE);
        assert_eq!(result.is_ok(), fits, "{path} {result:?}");
    }
}

#[test]
fn gray_of_a_gray_image_is_its_default() {
    let gray = Source {
        gray: true,
        ..LANDSCAPE
    };
    for quality in ["default", "color", "gray"] {
        let path = format!("full/max/0/{quality}.jpg");
        let evaluated = ask(Version::V3, &path, gray, FREE).unwrap();
        assert_eq!(evaluated.quality, OutputQuality::Default, "{quality}");
    }
}

#[test]
fn canonical_paths_follow_each_version() {
    let limited = Rules {
        max_width: Some(3000),
        ..FREE
    };
    let enlarged = Rules {
        upscaling: true,
        max_width: Some(9000),
        ..FREE
    };
    for (asked, v3) in [
        ("full/^max/0/default.jpg", "full/^max/0/default.jpg"),
        ("full/^9000,/0/default.jpg", "full/^max/0/default.jpg"),
        (
            "full/^pct:125/0/default.jpg",
            "full/^7500,5000/0/default.jpg",
        ),
        ("full/^6000,/0/default.jpg", "full/max/0/default.jpg"),
        ("full/^150,/0/default.jpg", "full/150,100/0/default.jpg"),
    ] {
        let evaluated = ask(Version::V3, asked, LANDSCAPE, enlarged).unwrap();
        let path = canonical(&evaluated, Version::V3, &LANDSCAPE, &enlarged);
        assert_eq!(path, v3, "{asked}");
    }
    for (rules, asked, v2, v3) in [
        (
            FREE,
            "full/max/!0345.50/default.jpg",
            "full/full/!345.5/default.jpg",
            "full/max/!345.5/default.jpg",
        ),
        (
            FREE,
            "full/max/0/default.jpg",
            "full/full/0/default.jpg",
            "full/max/0/default.jpg",
        ),
        (
            FREE,
            "0,0,9000,9000/6000,/360.0/color.jpg",
            "full/full/0/default.jpg",
            "full/max/0/default.jpg",
        ),
        (
            FREE,
            "full/,100/!90/gray.png",
            "full/150,/!90/gray.png",
            "full/150,100/!90/gray.png",
        ),
        (
            FREE,
            "full/225,100/0/default.jpg",
            "full/225,100/0/default.jpg",
            "full/225,100/0/default.jpg",
        ),
        (
            FREE,
            "square/pct:25/0/default.jpg",
            "1000,0,4000,4000/1000,/0/default.jpg",
            "1000,0,4000,4000/1000,1000/0/default.jpg",
        ),
        (
            limited,
            "full/max/0/default.jpg",
            "full/3000,/0/default.jpg",
            "full/max/0/default.jpg",
        ),
        (
            limited,
            "full/!3000,9000/0/default.jpg",
            "full/3000,/0/default.jpg",
            "full/max/0/default.jpg",
        ),
    ] {
        for (version, expected) in [(Version::V2, v2), (Version::V3, v3)] {
            let evaluated = ask(version, asked, LANDSCAPE, rules).unwrap();
            let path = canonical(&evaluated, version, &LANDSCAPE, &rules);
            assert_eq!(path.to_string(), expected, "{version:?} {asked}");
        }
    }
}
