//! What is planned: stored tiles however they are asked for, and the memory of all else.
#![expect(clippy::unwrap_used, reason = "tests")]

use acervo_pixels::{Plan, Recipe, TILE, largest_area, plan};
use iiif_spec::{
    Evaluated, Format, ImageRequest, OutputFormat, RequestError, Rules, Source, Version, evaluate,
};
use proptest::prelude::*;
use tiff_pyramid::{Layout, Samples, TileAt};

/// What an answer takes beside, if its image has a colour profile.
const PROFILED: u64 = 4 << 20;

const FREE: Rules = Rules {
    max_width: None,
    max_height: None,
    max_area: None,
    upscaling: false,
    strict_size: false,
};

fn ask(
    version: Version,
    path: &str,
    layout: &Layout,
    samples: Samples,
    rules: &Rules,
) -> Result<Evaluated, RequestError> {
    let [region, size, rotation, rest] = path.split('/').collect::<Vec<_>>().try_into().unwrap();
    let request = ImageRequest::parse(version, region, size, rotation, rest).unwrap();
    let source = Source {
        width: layout.full().width,
        height: layout.full().height,
        gray: samples == Samples::Gray,
    };
    evaluate(&request, &source, rules)
}

/// A tile of a pyramid, and what it shows.
#[derive(Debug)]
struct Shown {
    at: TileAt,
    /// Of the full image: left, top, width, height.
    region: [u32; 4],
    size: [u32; 2],
}

impl Shown {
    fn of(layout: &Layout, at: TileAt) -> Self {
        let (full, step) = (layout.full(), TILE << at.level);
        let (x, y) = (at.column * step, at.row * step);
        let region = [x, y, step.min(full.width - x), step.min(full.height - y)];
        let (width, height) = layout.levels()[at.level].visible(at.column, at.row);
        let size = [width, height];
        Self { at, region, size }
    }

    /// Every way to write the region.
    fn regions(&self, layout: &Layout) -> Vec<String> {
        let (full, step) = (layout.full(), TILE << self.at.level);
        let [x, y, w, h] = self.region;
        let percent = |part: u32, whole: u32| f64::from(part) / f64::from(whole) * 100.0;
        let mut all = vec![
            format!("{x},{y},{w},{h}"),
            // A viewer that does not cut at the edge.
            format!("{x},{y},{step},{step}"),
            format!(
                "pct:{:.12},{:.12},{:.12},{:.12}",
                percent(x, full.width),
                percent(y, full.height),
                percent(w, full.width),
                percent(h, full.height)
            ),
        ];
        if (w, h) == (full.width, full.height) {
            all.push("full".to_owned());
        }
        let side = full.width.min(full.height);
        if (w, h, x, y)
            == (
                side,
                side,
                (full.width - side) / 2,
                (full.height - side) / 2,
            )
        {
            all.push("square".to_owned());
        }
        all
    }

    /// Every way to write the size in a version.
    fn sizes(&self, version: Version) -> Vec<String> {
        let [_, _, w, h] = self.region;
        let [tw, th] = self.size;
        let scale = 1_u32 << self.at.level;
        let mut all = vec![
            format!("{tw},{th}"),
            format!("pct:{}", 100.0 / f64::from(scale)),
        ];
        // A strip narrower than the scale is as wide at several scales.
        if w >= scale {
            all.extend([format!("{tw},"), format!("!{tw},99999")]);
        }
        if h >= scale {
            all.extend([format!(",{th}"), format!("!99999,{th}")]);
        }
        if w >= scale && h >= scale {
            all.push(format!("!{tw},{th}"));
        }
        if self.at.level == 0 {
            all.push("max".to_owned());
        }
        match version {
            Version::V2 if self.at.level == 0 => all.push("full".to_owned()),
            Version::V2 => {}
            Version::V3 => {
                // Without limits `^max` has no size.
                let plain = all.iter().filter(|size| *size != "max");
                let carets: Vec<String> = plain
                    // A box beyond the region asks to enlarge.
                    .filter(|size| !(self.at.level == 0 && size.contains("99999")))
                    .map(|size| format!("^{size}"))
                    .collect();
                all.extend(carets);
            }
        }
        all
    }
}

fn layouts() -> impl Strategy<Value = Layout> {
    let side = || {
        prop_oneof![
            1..40_u32,
            1..1_100_u32,
            1..9_000_u32,
            500..530_u32,
            1..300_000_u32
        ]
    };
    (side(), side()).prop_map(|(width, height)| Layout::new(width, height, TILE).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_stored_tile_answers_however_it_is_asked_for(
        layout in layouts(), which in 0.0..1.0_f64, across in 0.0..1.0_f64, down in 0.0..1.0_f64,
        gray in any::<bool>(),
    ) {
        let samples = if gray { Samples::Gray } else { Samples::Color };
        let pick = |part: f64, of: u32| (part * f64::from(of)) as u32;
        let level = pick(which, u32::try_from(layout.levels().len()).unwrap()) as usize;
        let size = layout.levels()[level];
        let (columns, rows) = (size.columns(), size.rows());
        // Anywhere, at the right edge, at the bottom edge, in the corner.
        for (column, row) in [
            (pick(across, columns), pick(down, rows)),
            (columns - 1, pick(down, rows)),
            (pick(across, columns), rows - 1),
            (columns - 1, rows - 1),
        ] {
            let shown = Shown::of(&layout, TileAt { level, column, row });
            for version in Version::ALL {
                for region in shown.regions(&layout) {
                    for size in shown.sizes(version) {
                        for quality in ["default", "color", "gray"] {
                            let path = format!("{region}/{size}/0/{quality}.jpg");
                            let asked = ask(version, &path, &layout, samples, &FREE).unwrap();
                            let planned = plan(&asked, &layout, samples);
                            let stored = quality != "gray" || gray;
                            if stored {
                                prop_assert_eq!(planned, Plan::Stored(shown.at), "{:?} {}", version, path);
                                continue;
                            }
                            // What is made instead is as large.
                            let Plan::Render(Recipe { size, .. }) = planned else {
                                panic!("{path} is stored without colour");
                            };
                            prop_assert_eq!([size.width, size.height], shown.size);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn what_the_largest_area_allows_has_room(
        layout in layouts(), mebibytes in 24..600_u64,
        (x, y, w, h) in (0.0..1.0_f64, 0.0..1.0_f64, 0.001..1.0_f64, 0.001..1.0_f64),
    ) {
        let full = layout.full();
        let memory = mebibytes << 20;
        let room = largest_area(memory, (full.width, full.height));
        let area = u64::from(full.width) * u64::from(full.height);
        let rules = Rules { max_area: (area > room).then_some(room), ..FREE };
        let part = |of: f64, whole: u32| (of * f64::from(whole)) as u32;
        let region = format!(
            "{},{},{},{}",
            part(x, full.width), part(y, full.height), part(w, full.width) + 1, part(h, full.height) + 1
        );
        let mut paths = vec!["full/max".to_owned(), "square/max".to_owned(), format!("{region}/max")];
        let levels = layout.levels().iter();
        paths.extend(levels.map(|level| format!("full/{},{}", level.width, level.height)));
        for path in paths {
            for format in OutputFormat::ALL {
                for rotation in ["0", "90", "!180"] {
                    let path = format!("{path}/{rotation}/default.{}", Format::from(format));
                    // Levels over the limit, and what a format cannot hold.
                    let Ok(asked) = ask(Version::V3, &path, &layout, Samples::Color, &rules) else { continue };
                    if let Plan::Render(recipe) = plan(&asked, &layout, Samples::Color) {
                        prop_assert!(
                            recipe.memory + PROFILED <= memory,
                            "{path} of {full:?} with {mebibytes} MiB and {rules:?}: {recipe:?}"
                        );
                    }
                }
            }
        }
    }
}
