//! The size of an answer, rule by rule.

use iiif_spec::{RequestError, Rules, Size, Source, StatusKind, Version};

use crate::support::{FREE, LANDSCAPE, ask, kind};

/// The size of `{region}/{text}`, of an image of 6000 × 4000.
fn size(version: Version, text: &str, rules: Rules) -> Result<(u32, u32), RequestError> {
    size_of(version, "full", text, LANDSCAPE, rules)
}

fn size_of(
    version: Version,
    region: &str,
    text: &str,
    source: Source,
    rules: Rules,
) -> Result<(u32, u32), RequestError> {
    ask(
        version,
        &format!("{region}/{text}/0/default.jpg"),
        source,
        rules,
    )
    .map(|evaluated| (evaluated.size.width, evaluated.size.height))
}

#[test]
fn sizes_of_both_versions_keep_the_proportions() {
    for (text, expected) in [
        ("max", (6000, 4000)),
        ("150,", (150, 100)),
        (",100", (150, 100)),
        ("6000,", (6000, 4000)),
        (",4000", (6000, 4000)),
        ("1,", (1, 1)),
        ("100,", (100, 67)),
        ("pct:100", (6000, 4000)),
        ("pct:50", (3000, 2000)),
        ("pct:33.3", (1998, 1332)),
        ("225,100", (225, 100)),
        ("6000,1", (6000, 1)),
        ("!225,100", (150, 100)),
        ("!150,4000", (150, 100)),
        ("!6000,4000", (6000, 4000)),
        // "As large as possible but not larger than the extracted region."
        ("!60000,40000", (6000, 4000)),
        ("!4294967295,4294967295", (6000, 4000)),
        ("!60000,100", (150, 100)),
    ] {
        for version in Version::ALL {
            assert_eq!(
                size(version, text, FREE).unwrap(),
                expected,
                "{version:?} {text}"
            );
        }
    }
    assert_eq!(size(Version::V2, "full", FREE).unwrap(), (6000, 4000));
}

#[test]
fn sizes_of_nothing_are_bad_requests() {
    for text in [
        "0,",
        ",0",
        "0,0",
        "0,10",
        "10,0",
        "!0,10",
        "!10,0",
        "pct:0",
        "pct:0.0",
        "pct:.000001",
    ] {
        for version in Version::ALL {
            assert_eq!(
                kind(size(version, text, FREE)),
                StatusKind::BadRequest,
                "{version:?} {text}"
            );
        }
    }
}

#[test]
fn a_side_that_follows_is_at_least_one_pixel() {
    let strip = Source {
        width: 10_000,
        height: 10,
        gray: false,
    };
    for (text, expected) in [
        ("100,", (100, 1)),
        ("!100,100", (100, 1)),
        ("pct:1", (100, 1)),
        (",1", (1000, 1)),
    ] {
        let evaluated = ask(
            Version::V3,
            &format!("full/{text}/0/default.jpg"),
            strip,
            FREE,
        );
        let Size { width, height } = evaluated.unwrap().size;
        assert_eq!((width, height), expected, "{text}");
    }
}

#[test]
fn nothing_is_enlarged() {
    for text in [
        "6001,",
        ",4001",
        "6001,4000",
        "6000,4001",
        "1,4001",
        "pct:100.001",
        "pct:200",
    ] {
        for version in Version::ALL {
            assert_eq!(
                kind(size(version, text, FREE)),
                StatusKind::BadRequest,
                "{text}"
            );
        }
        assert_eq!(
            kind(size(Version::V3, &format!("^{text}"), FREE)),
            StatusKind::NotImplemented,
            "^{text}"
        );
    }
    for text in ["^!60000,40000", "^!6001,4001"] {
        assert_eq!(
            kind(size(Version::V3, text, FREE)),
            StatusKind::NotImplemented,
            "{text}"
        );
    }
}

#[test]
fn where_enlarging_is_offered_a_caret_enlarges_up_to_the_limits() {
    let width = Rules {
        upscaling: true,
        max_width: Some(9000),
        ..FREE
    };
    let area = Rules {
        upscaling: true,
        max_area: Some(54_000_000),
        ..FREE
    };
    for rules in [width, area] {
        for (text, expected) in [
            ("max", (9000, 6000)),
            ("9000,", (9000, 6000)),
            (",6000", (9000, 6000)),
            ("pct:150", (9000, 6000)),
            ("7000,7000", (7000, 7000)),
            ("1,7000", (1, 7000)),
            ("!9000,4294967295", (9000, 6000)),
            ("!60000,60000", (9000, 6000)),
            ("!7500,60000", (7500, 5000)),
        ] {
            let caret = size(Version::V3, &format!("^{text}"), rules);
            assert_eq!(caret.unwrap(), expected, "^{text} {rules:?}");
            if text == "max" {
                // Nothing is enlarged unasked.
                assert_eq!(size(Version::V3, text, rules).unwrap(), (6000, 4000));
                assert_eq!(size(Version::V2, text, rules).unwrap(), (6000, 4000));
            } else {
                // 2.1 has no `^`.
                assert_eq!(size(Version::V2, text, rules).unwrap(), expected, "{text}");
            }
        }
        for text in [
            "9001,6001",
            "12000,",
            "pct:151",
            "pct:999999",
            "4294967295,",
        ] {
            let result = size(Version::V3, &format!("^{text}"), rules);
            assert_eq!(result, Err(RequestError::OverLimit), "^{text}");
        }
        for text in ["6001,", "pct:101", "6000,4001"] {
            assert_eq!(size(Version::V3, text, rules), Err(RequestError::Upscale));
        }
        assert_eq!(size(Version::V3, "!7000,7000", rules), Ok((6000, 4000)));
    }
}

#[test]
fn enlarging_without_a_stated_limit_is_not_offered() {
    let unlimited = Rules {
        upscaling: true,
        ..FREE
    };
    let height = Rules {
        max_height: Some(9000),
        max_area: Some(1 << 30),
        ..unlimited
    };
    for rules in [unlimited, height] {
        assert!(!rules.enlarges());
        assert_eq!(
            size(Version::V3, "^6001,", rules),
            Err(RequestError::UpscaleNotOffered)
        );
    }
}

#[test]
fn a_box_that_a_power_of_two_touches_gives_that_size() {
    let source = Source {
        width: 1021,
        height: 700,
        gray: false,
    };
    for (text, expected) in [
        ("!256,256", (256, 175)),
        ("!256,175", (256, 175)),
        ("!9000,175", (256, 175)),
        ("!257,257", (257, 176)),
        ("!256,174", (254, 174)),
    ] {
        for version in Version::ALL {
            let answered = size_of(version, "full", text, source, FREE);
            assert_eq!(answered.unwrap(), expected, "{text}");
        }
    }
}

#[test]
fn a_caret_that_enlarges_nothing_changes_nothing() {
    for text in [
        "150,",
        ",100",
        "6000,4000",
        "pct:50",
        "pct:100",
        "225,100",
        "!225,100",
        "!60000,4000",
    ] {
        assert_eq!(
            size(Version::V3, &format!("^{text}"), FREE).unwrap(),
            size(Version::V3, text, FREE).unwrap(),
            "{text}"
        );
    }
    for max_width in [3000, 6000] {
        let rules = Rules {
            max_width: Some(max_width),
            ..FREE
        };
        let height = max_width * 2 / 3;
        assert_eq!(
            size(Version::V3, "^max", rules).unwrap(),
            (max_width, height)
        );
    }
    let rules = Rules {
        max_width: Some(9000),
        ..FREE
    };
    assert_eq!(
        kind(size(Version::V3, "^max", rules)),
        StatusKind::NotImplemented
    );
}

#[test]
fn with_strict_size_a_box_larger_than_the_region_is_a_bad_request() {
    let strict = Rules {
        strict_size: true,
        ..FREE
    };
    for version in Version::ALL {
        assert_eq!(
            kind(size(version, "!6001,4001", strict)),
            StatusKind::BadRequest
        );
        assert_eq!(size(version, "!6000,4001", strict).unwrap(), (6000, 4000));
        assert_eq!(size(version, "!60000,100", strict).unwrap(), (150, 100));
    }
}

#[test]
fn explicit_sizes_over_a_limit_are_bad_requests_and_max_shrinks() {
    let width = Rules {
        max_width: Some(3000),
        ..FREE
    };
    let height = Rules {
        max_height: Some(1000),
        ..FREE
    };
    let area = Rules {
        max_area: Some(1_500_000),
        ..FREE
    };
    let all = Rules {
        max_width: Some(3000),
        max_height: Some(3000),
        max_area: Some(1_500_000),
        ..FREE
    };
    for (rules, max) in [
        (width, (3000, 2000)),
        (height, (1500, 1000)),
        (area, (1500, 1000)),
        (all, (1500, 1000)),
    ] {
        for version in Version::ALL {
            assert_eq!(size(version, "max", rules).unwrap(), max, "{rules:?}");
            for text in ["6000,", ",3999", "pct:99", "5999,3999"] {
                assert_eq!(
                    kind(size(version, text, rules)),
                    StatusKind::BadRequest,
                    "{text}"
                );
            }
        }
        // 2.1 section 4.2: `full` "is not scaled", so it cannot shrink.
        assert_eq!(
            kind(size(Version::V2, "full", rules)),
            StatusKind::BadRequest
        );
        // 3.0 section 4.2: `!w,h` is never larger than "server-imposed limits".
        assert_eq!(
            size(Version::V3, "!5000,5000", rules).unwrap(),
            max,
            "{rules:?}"
        );
    }
    // A width alone limits the height as well.
    let portrait = Source {
        width: 1000,
        height: 5000,
        gray: false,
    };
    assert_eq!(
        size_of(Version::V3, "full", "max", portrait, width).unwrap(),
        (600, 3000)
    );
    assert_eq!(
        kind(size_of(Version::V3, "full", ",3001", portrait, width)),
        StatusKind::BadRequest
    );
}

#[test]
fn strips_stay_within_the_limits() {
    let rules = Rules {
        max_width: Some(1000),
        max_height: Some(1000),
        ..FREE
    };
    for (source, expected) in [
        (
            Source {
                width: 1,
                height: 100_000,
                gray: false,
            },
            (1, 1000),
        ),
        (
            Source {
                width: 2,
                height: 100_000,
                gray: false,
            },
            (1, 1000),
        ),
        (
            Source {
                width: 100_000,
                height: 1,
                gray: false,
            },
            (1000, 1),
        ),
        (
            Source {
                width: 3000,
                height: 9000,
                gray: false,
            },
            (333, 1000),
        ),
        (
            Source {
                width: 9000,
                height: 3000,
                gray: false,
            },
            (1000, 333),
        ),
    ] {
        let max = size_of(Version::V3, "full", "max", source, rules).unwrap();
        assert_eq!(max, expected, "{source:?}");
    }
}
