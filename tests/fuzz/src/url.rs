//! The grammar of image requests, and what a request means.

use iiif_spec::{Evaluated, ImageRequest, Rules, Source, Version, canonical, evaluate};

use crate::Target;

pub(crate) const TARGET: Target = Target {
    name: "url",
    executions: 20_000,
    run,
    seeds,
};

/// Images that are asked: small, usual, and as long as there are.
const IMAGES: [Source; 4] = [
    image(1, 1),
    image(6000, 4000),
    image(1 << 20, 3),
    image(513, 1 << 20),
];

const fn image(width: u32, height: u32) -> Source {
    Source {
        width,
        height,
        gray: false,
    }
}

/// Limits of institutions: none, sides, an area, and all that are hard to keep.
const RULES: [Rules; 4] = [
    rules(None, None, None),
    rules(Some(1000), None, None),
    rules(None, None, Some(1_000_000)),
    Rules {
        strict_size: true,
        ..rules(Some(7), Some(3), Some(11))
    },
];

const fn rules(max_width: Option<u32>, max_height: Option<u32>, max_area: Option<u64>) -> Rules {
    Rules {
        max_width,
        max_height,
        max_area,
        upscaling: false,
        strict_size: false,
    }
}

/// A request printed and read again is the same, and its answer is within the image and the limits.
fn run(bytes: &[u8]) {
    let path = String::from_utf8_lossy(bytes);
    for version in Version::ALL {
        let Some(request) = parse(version, &path) else {
            continue;
        };
        assert_eq!(parse(version, &request.to_string()), Some(request));
        for image in &IMAGES {
            for rules in &RULES {
                if let Ok(asked) = evaluate(&request, image, rules) {
                    check(version, &asked, image, rules);
                }
            }
        }
    }
}

fn parse(version: Version, path: &str) -> Option<ImageRequest> {
    let mut parts = path.splitn(4, '/');
    let mut next = || parts.next();
    ImageRequest::parse(version, next()?, next()?, next()?, next()?).ok()
}

fn check(version: Version, asked: &Evaluated, image: &Source, rules: &Rules) {
    let (region, size) = (asked.region, asked.size);
    let is_within = |from: u32, length: u32, whole: u32| {
        length > 0 && u64::from(from) + u64::from(length) <= u64::from(whole)
    };
    assert!(is_within(region.x, region.width, image.width), "{asked:?}");
    assert!(
        is_within(region.y, region.height, image.height),
        "{asked:?}"
    );
    assert!(size.width > 0 && size.height > 0, "{asked:?}");
    assert!(rules.allow(size), "{asked:?} by {rules:?}");
    let path = canonical(asked, version, image, rules);
    let again = parse(version, &path).unwrap_or_else(|| panic!("{path} is no request"));
    assert_eq!(evaluate(&again, image, rules).as_ref(), Ok(asked), "{path}");
}

fn seeds() -> Vec<Vec<u8>> {
    [
        "full/max/0/default.jpg",
        "full/full/0/color.png",
        "square/512,/!90/gray.jpg",
        "0,0,512,512/,300/180/bitonal.png",
        "512,1024,5488,2976/!1000,800/270/default.jpg",
        "pct:12.5,0.25,50,100/pct:33.3333/360/default.jpg",
        "5999,3999,1,1/1,1/0/default.webp",
        "full/%5E!100,100/22.5/default.tif",
        "full/^max/!0/default.gif",
        "full/^pct:150/0/native.jp2",
        "0,0,4294967295,4294967295/4294967295,/0/default.pdf",
    ]
    .map(|path| path.as_bytes().to_vec())
    .to_vec()
}
