//! What holds of every request and every image: bounds, canonical forms, and viewers' tiles.

use iiif_spec::{Evaluated, RequestError, Rules, Size, Source, Version, canonical, matches_scale};
use proptest::prelude::*;

use crate::support::{FREE, ask};

/// A source, a region within it as text, and limits.
fn situation() -> impl Strategy<Value = (Source, String, Rules)> {
    let side = prop_oneof![1..40_u32, 1..12_000_u32, 1..200_000_u32];
    let limit = proptest::option::of(prop_oneof![1..40_u32, 1..9000_u32]);
    let area = proptest::option::of(1..60_000_000_u64);
    let region = prop_oneof![
        Just("full".to_owned()),
        Just("square".to_owned()),
        (0..4000_u32, 0..4000_u32, 1..9000_u32, 1..9000_u32)
            .prop_map(|(x, y, w, h)| format!("{x},{y},{w},{h}")),
        (0..99_u32, 0..99_u32, 0..9999_u32, 1..999_u32)
            .prop_map(|(x, y, w, h)| format!("pct:{x},{y},0.{w:04}1,{h}.5")),
    ];
    (
        (side.clone(), side),
        region,
        (limit.clone(), limit, area),
        any::<[bool; 3]>(),
    )
        .prop_map(
            |((width, height), region, (max_width, max_height, max_area), flags)| {
                let [upscaling, strict_size, gray] = flags;
                let rules = Rules {
                    max_width,
                    max_height,
                    max_area,
                    upscaling,
                    strict_size,
                };
                (
                    Source {
                        width,
                        height,
                        gray,
                    },
                    region,
                    rules,
                )
            },
        )
}

fn any_size() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("max".to_owned()),
        Just("^max".to_owned()),
        (1..9000_u32).prop_map(|w| format!("^{w},")),
        (1..9000_u32, 1..9000_u32).prop_map(|(w, h)| format!("^{w},{h}")),
        (1..9000_u32, 1..9000_u32).prop_map(|(w, h)| format!("^!{w},{h}")),
        (0..400_u32).prop_map(|n| format!("^pct:{n}")),
        (1..9000_u32).prop_map(|w| format!("{w},")),
        (1..9000_u32).prop_map(|h| format!(",{h}")),
        (1..9000_u32, 1..9000_u32).prop_map(|(w, h)| format!("{w},{h}")),
        (1..9000_u32, 1..9000_u32).prop_map(|(w, h)| format!("!{w},{h}")),
        (0..101_u32, 0..9999_u32).prop_map(|(n, f)| format!("pct:{n}.{f:04}")),
        (0..12_u32).prop_map(|n| format!("pct:{}", 100.0 / f64::from(1 << n))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn answers_are_within_the_image_the_region_and_the_limits(
        (source, region, rules) in situation(), size in any_size(),
    ) {
        for version in Version::ALL {
            let path = format!("{region}/{size}/0/default.jpg");
            let Ok(Evaluated { region, size: answered, .. }) = ask(version, &path, source, rules) else {
                continue;
            };
            prop_assert!(region.width > 0 && u64::from(region.x) + u64::from(region.width) <= u64::from(source.width));
            prop_assert!(region.height > 0 && u64::from(region.y) + u64::from(region.height) <= u64::from(source.height));
            prop_assert!(answered.width > 0 && answered.height > 0);
            prop_assert!(rules.allow(answered), "{answered:?}");
            // Only where enlarging is offered, and 3.0 only with `^`.
            if !rules.enlarges() || (version == Version::V3 && !size.starts_with('^')) {
                prop_assert!(answered.width <= region.width && answered.height <= region.height);
            }
        }
    }

    #[test]
    fn an_enlarged_max_is_as_large_as_the_limits_allow((source, region, rules) in situation()) {
        let rules = Rules { upscaling: true, max_width: rules.max_width.or(Some(9000)), ..rules };
        let Ok(Evaluated { region, size, .. }) =
            ask(Version::V3, &format!("{region}/^max/0/default.png"), source, rules)
        else {
            return Ok(());
        };
        prop_assert!(rules.allow(size), "{size:?}");
        let natural = Size { width: region.width, height: region.height };
        let plain = rules.shrink(natural);
        prop_assert!(size.width >= plain.width && size.height >= plain.height, "{size:?} {plain:?}");
        // Two pixels more on the longer side are over a limit.
        let (long, short) = (natural.width.max(natural.height), natural.width.min(natural.height));
        let longer = size.width.max(size.height).saturating_add(2);
        let across = u64::from(short) * u64::from(longer);
        let shorter = u32::try_from(across.div_ceil(u64::from(long))).unwrap();
        let larger = if natural.height > natural.width {
            Size { width: shorter, height: longer }
        } else {
            Size { width: longer, height: shorter }
        };
        prop_assert!(!rules.allow(larger), "{size:?} of {region:?}");
    }

    #[test]
    fn max_is_always_available_and_as_large_as_the_limits_allow(
        (source, region, rules) in situation(),
    ) {
        let path = format!("{region}/max/0/default.png");
        if let Err(error) = ask(Version::V3, &path, source, rules) {
            prop_assert_eq!(error, RequestError::RegionOutside);
            return Ok(());
        }
        let Evaluated { region, size, .. } = ask(Version::V3, &path, source, rules).unwrap();
        prop_assert!(rules.allow(size), "{size:?}");
        // Two pixels more on the longer side are more than the region has or over a limit.
        let grown = |length: u32, along: u32, across: u32| {
            let across = u64::from(across) * u64::from(length + 2);
            (length + 2, u32::try_from(across.div_ceil(u64::from(along))).unwrap())
        };
        let larger = if region.height > region.width {
            let (height, width) = grown(size.height, region.height, region.width);
            Size { width, height }
        } else {
            let (width, height) = grown(size.width, region.width, region.height);
            Size { width, height }
        };
        prop_assert!(
            larger.width > region.width || larger.height > region.height || !rules.allow(larger),
            "{size:?} of {region:?}"
        );
    }

    #[test]
    fn a_canonical_request_means_the_same_and_is_its_own_canonical_form(
        (source, region, rules) in situation(), size in any_size(),
        rotation in "!?(0|90|180|270|360|22\\.5|0?[0-9]{1,2}(\\.[0-9]{1,9})?)",
        quality in "default|color|gray|bitonal", format in "jpg|png|webp|gif|tif",
    ) {
        for version in Version::ALL {
            let path = format!("{region}/{size}/{rotation}/{quality}.{format}");
            let Ok(evaluated) = ask(version, &path, source, rules) else { continue };
            let path = canonical(&evaluated, version, &source, &rules).to_string();
            let again = ask(version, &path, source, rules);
            prop_assert_eq!(again, Ok(evaluated), "{}", path);
            prop_assert_eq!(canonical(&evaluated, version, &source, &rules).to_string(), path);
        }
    }

    /// The algorithm of Image API 2.1, appendix A, with `w,h` and, as viewers of 2.1 ask, `w,`.
    #[test]
    fn requests_of_viewers_get_the_stored_tiles(
        width in 1..30_000_u32, height in 1..30_000_u32, tile in proptest::sample::select(vec![256_u32, 512, 1000]),
        halvings in 0..6_u32, across in 0.0..1.0_f64, down in 0.0..1.0_f64,
    ) {
        let source = Source {
            width,
            height,
            gray: false,
        };
        let scale = 1 << halvings;
        let step = tile * scale;
        let pick = |part: f64, length: u32| (part * f64::from(length.div_ceil(step))) as u32 * step;
        let (x, y) = (pick(across, width), pick(down, height));
        let (w, h) = (step.min(width - x), step.min(height - y));
        let (tile_width, tile_height) = (w.div_ceil(scale), h.div_ceil(scale));
        let of = |size: String| {
            ask(Version::V2, &format!("{x},{y},{w},{h}/{size}/0/default.jpg"), source, FREE).unwrap()
        };
        let exact = of(format!("{tile_width},{tile_height}"));
        prop_assert!(matches_scale(exact.region, exact.size, scale));
        // A strip narrower than the scale is the same width at several scales.
        if w >= scale {
            let by_width = of(format!("{tile_width},"));
            prop_assert!(matches_scale(by_width.region, by_width.size, scale), "{by_width:?}");
        }
        if h >= scale {
            let by_height = of(format!(",{tile_height}"));
            prop_assert!(matches_scale(by_height.region, by_height.size, scale), "{by_height:?}");
        }
    }
}
