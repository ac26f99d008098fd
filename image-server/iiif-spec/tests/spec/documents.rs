//! What is told about images, items and collections: the documents whole, and that info.json keeps
//! its promises.

use iiif_spec::presentation::{
    CanvasInput, Chapter, Collection, Description, ImageResource, LanguageValues, Manifest, Pair,
    Reference, TextLine, TextPage, plain, v2,
};
use iiif_spec::{
    ImageDescription, ImageRequest, InfoV2, InfoV3, Rules, Size, Source, Version, evaluate,
    matches_scale,
};
use insta::assert_json_snapshot;
use serde_json::Value;

const FREE: Rules = Rules {
    max_width: None,
    max_height: None,
    max_area: None,
    upscaling: false,
    strict_size: false,
};

/// An image as ingest stores it: halved, rounded up, until it fits one tile.
fn image(width: u32, height: u32, rules: Rules) -> ImageDescription {
    let mut levels = vec![(width, height)];
    while let Some(&(w, h)) = levels.last().filter(|(w, h)| *w > 512 || *h > 512) {
        levels.push((w.div_ceil(2), h.div_ceil(2)));
    }
    let rights = Some("http://rightsstatements.org/vocab/NoC-OKLR/1.0/".to_owned());
    ImageDescription {
        width,
        height,
        gray: false,
        tile_width: 512,
        tile_height: 512,
        levels,
        rules,
        rights,
    }
}

fn info(version: Version, image: &ImageDescription) -> Value {
    let id = format!(
        "https://iiif.example.org/sur/image/{}/mapa-1",
        version.major()
    );
    match version {
        Version::V2 => serde_json::to_value(InfoV2::new(id, image)),
        Version::V3 => serde_json::to_value(InfoV3::new(id, image)),
    }
    .unwrap()
}

#[test]
fn info_documents_are_written_in_full() {
    let rules = Rules {
        max_width: Some(3000),
        max_area: Some(6_000_000),
        ..FREE
    };
    let image = image(6001, 4001, rules);
    let id = |version: Version| format!("https://iiif.example.org/sur/image/{}/m", version.major());
    assert_json_snapshot!("info-3.0", InfoV3::new(id(Version::V3), &image));
    assert_json_snapshot!("info-2.1", InfoV2::new(id(Version::V2), &image));
}

#[test]
fn what_is_offered_is_told() {
    let enlarging = Rules {
        upscaling: true,
        max_area: Some(100_000_000),
        ..FREE
    };
    for (gray, rules) in [(false, FREE), (true, enlarging)] {
        let image = ImageDescription {
            gray,
            ..image(6000, 4000, rules)
        };
        let (v3, v2) = (info(Version::V3, &image), info(Version::V2, &image));
        let names = |list: &Value| -> Vec<String> {
            let texts = list.as_array().unwrap().iter();
            texts
                .map(|text| text.as_str().unwrap().to_owned())
                .collect()
        };
        let offers = |list: &Value, name: &str| names(list).iter().any(|known| known == name);
        let up = rules.enlarges();
        assert_eq!(offers(&v3["extraFeatures"], "sizeUpscaling"), up);
        assert_eq!(offers(&v2["profile"][1]["supports"], "sizeAboveFull"), up);
        assert_eq!(offers(&v3["extraQualities"], "color"), !gray);
        // Every format and quality that is told is answered, and every other one refused.
        for format in iiif_spec::Format::ALL {
            let told = matches!(format.as_str(), "jpg" | "png")
                || offers(&v3["extraFormats"], format.as_str());
            let told_2 = matches!(format.as_str(), "jpg" | "png")
                || offers(&v2["profile"][1]["formats"], format.as_str());
            assert_eq!((told, told_2), (format.output().is_some(), told));
        }
        let path = "full/^6001,/0/default.jpg";
        let source = Source {
            gray,
            ..crate::support::LANDSCAPE
        };
        let enlarged = crate::support::ask(Version::V3, path, source, rules);
        assert_eq!(enlarged.is_ok(), up);
    }
}

#[test]
fn a_height_limit_alone_is_told_with_a_width() {
    let image = image(
        6000,
        4000,
        Rules {
            max_height: Some(1000),
            ..FREE
        },
    );
    let v3 = info(Version::V3, &image);
    assert_eq!(
        (&v3["maxWidth"], &v3["maxHeight"]),
        (&6000.into(), &1000.into())
    );
    let v2 = info(Version::V2, &image);
    assert_eq!(v2["profile"][1]["maxWidth"], 6000);
    assert_eq!(v2["profile"][1]["maxHeight"], 1000);
}

#[test]
fn every_listed_size_and_tile_is_answered_as_a_stored_level() {
    let limits = [
        FREE,
        Rules {
            max_width: Some(3000),
            ..FREE
        },
        Rules {
            max_height: Some(300),
            ..FREE
        },
        Rules {
            max_area: Some(1_000_000),
            ..FREE
        },
        Rules {
            max_area: Some(100_000),
            strict_size: true,
            ..FREE
        },
        Rules {
            max_area: Some(90_000_000),
            upscaling: true,
            ..FREE
        },
        Rules {
            max_width: Some(1),
            upscaling: true,
            ..FREE
        },
    ];
    for (width, height) in [
        (6001, 4001),
        (512, 512),
        (513, 1),
        (1, 20_000),
        (100, 90),
        (4096, 4096),
        (2049, 7),
    ] {
        for rules in limits {
            let image = image(width, height, rules);
            for version in Version::ALL {
                check_sizes(version, &image);
                check_tiles(version, &image);
            }
        }
    }
}

fn answered(version: Version, image: &ImageDescription, path: &str) -> iiif_spec::Evaluated {
    let [region, size, rotation, rest] = path.split('/').collect::<Vec<_>>().try_into().unwrap();
    let request = ImageRequest::parse(version, region, size, rotation, rest).unwrap();
    let source = Source {
        width: image.width,
        height: image.height,
        gray: false,
    };
    evaluate(&request, &source, &image.rules)
        .unwrap_or_else(|error| panic!("{version:?} {path} {:?}: {error}", image.rules))
}

fn check_sizes(version: Version, image: &ImageDescription) {
    let number = |value: &Value| u32::try_from(value.as_u64().unwrap()).unwrap();
    let info = info(version, image);
    let listed: Vec<_> = info["sizes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|size| (number(&size["width"]), number(&size["height"])))
        .collect();
    let mut expected = image.levels.clone();
    expected.retain(|&(width, height)| image.rules.allow(Size { width, height }));
    expected.reverse();
    assert_eq!(listed, expected);
    for (width, height) in listed {
        // 3.0 asks sizes as `w,h`; 2.1 "should" as `w,`, which names one level where their widths differ.
        let same_width = image.levels.iter().filter(|level| level.0 == width).count();
        let by_width = (same_width == 1).then(|| format!("{width},"));
        for size in by_width.into_iter().chain([format!("{width},{height}")]) {
            let size = answered(version, image, &format!("full/{size}/0/default.jpg")).size;
            assert_eq!(
                (size.width, size.height),
                (width, height),
                "{:?}",
                image.levels
            );
        }
    }
}

fn check_tiles(version: Version, image: &ImageDescription) {
    let info = info(version, image);
    let Some(tiles) = info.get("tiles") else {
        let tile = Size {
            width: image.width.min(512),
            height: image.height.min(512),
        };
        assert!(!image.rules.allow(tile), "tiles are missing");
        return;
    };
    assert_eq!(tiles.as_array().unwrap().len(), 1);
    let factors = tiles[0]["scaleFactors"].as_array().unwrap();
    assert_eq!(factors.len(), image.levels.len());
    for (factor, level) in factors.iter().zip(&image.levels) {
        let factor = u32::try_from(factor.as_u64().unwrap()).unwrap();
        assert_eq!(
            (image.width.div_ceil(factor), image.height.div_ceil(factor)),
            *level
        );
        let step = 512 * factor;
        for (x, y) in [
            (0, 0),
            ((image.width - 1) / step * step, 0),
            (
                (image.width - 1) / step * step,
                (image.height - 1) / step * step,
            ),
        ] {
            let (w, h) = (step.min(image.width - x), step.min(image.height - y));
            let (tw, th) = (w.div_ceil(factor), h.div_ceil(factor));
            let tile = answered(
                version,
                image,
                &format!("{x},{y},{w},{h}/{tw},{th}/0/default.jpg"),
            );
            assert!(matches_scale(tile.region, tile.size, factor));
        }
    }
}

/// What the official validator's `info_json` test asks, without a server.
#[test]
fn info_documents_have_what_the_validator_asks() {
    let image = image(1000, 1000, FREE);
    let v3 = info(Version::V3, &image);
    assert_eq!(v3["type"], "ImageService3");
    assert!(
        ["level0", "level1", "level2"]
            .iter()
            .any(|level| v3["profile"] == *level)
    );
    assert_eq!(v3["@context"], "http://iiif.io/api/image/3/context.json");
    assert!(v3["rights"].as_str().unwrap().starts_with("http"));
    for absent in ["license", "attribution", "logo"] {
        assert!(v3.get(absent).is_none());
    }
    let v2 = info(Version::V2, &image);
    assert_eq!(v2["@context"], "http://iiif.io/api/image/2/context.json");
    assert_eq!(v2["profile"][0], "http://iiif.io/api/image/2/level2.json");
    for document in [v2, v3] {
        assert_eq!(document["protocol"], "http://iiif.io/api/image");
        assert!(document["width"].is_u64() && document["height"].is_u64());
    }
}

fn text(tag: &str, text: &str) -> LanguageValues {
    LanguageValues::from([(tag.to_owned(), vec![text.to_owned()])])
}

fn pair(label: &str, value: &str) -> Pair {
    Pair {
        label: text("es", label),
        value: plain(value),
    }
}

fn description(id: &str, part_of: Vec<Reference>) -> Description {
    let home = || {
        Reference::page(
            "https://sur.example.org/".to_owned(),
            text("es", "Biblioteca"),
        )
    };
    let logo = ImageResource::picture("https://sur.example.org/logo.png".to_owned(), "image/png");
    Description {
        id: format!("https://iiif.example.org/sur/presentation/3/{id}"),
        label: plain("Atlas 1"),
        summary: text("es", "Un atlas."),
        metadata: vec![pair("Autoría", "Ana")],
        required_statement: Some(pair("Atribución", "Biblioteca del Sur")),
        rights: Some("http://creativecommons.org/publicdomain/mark/1.0/".to_owned()),
        nav_date: Some("1853-01-01T00:00:00Z".to_owned()),
        behavior: vec!["paged"],
        viewing_direction: Some("left-to-right"),
        provider: vec![Reference::agent(
            "https://sur.example.org/#us".to_owned(),
            text("es", "Biblioteca del Sur"),
            Some(home()),
            Some(logo),
        )],
        homepage: vec![home()],
        see_also: vec![Reference::data(
            "https://sur.example.org/1.xml".to_owned(),
            LanguageValues::new(),
            Some("application/xml".to_owned()),
        )],
        part_of,
        thumbnail: Some(resource("p1", "full/375,250/0/default.jpg", 375, 250)),
    }
}

fn resource(image: &str, request: &str, width: u32, height: u32) -> ImageResource {
    let service = |version| format!("https://iiif.example.org/sur/image/{version}/{image}");
    ImageResource::new(&service(3), &service(2), request, width, height)
}

const BASE: &str = "https://iiif.example.org/sur/presentation/3/mapas/atlas";

fn canvas(key: &str) -> CanvasInput {
    CanvasInput {
        key: key.to_owned(),
        label: plain(key),
        summary: text("es", "Una bahía"),
        metadata: Vec::new(),
        width: 6000,
        height: 4000,
        body: resource(key, "full/max/0/default.jpg", 6000, 4000),
        thumbnail: resource(key, "full/375,250/0/default.jpg", 375, 250),
        text: Some(format!("{BASE}/text/{key}.json")),
    }
}

fn chapter(label: &str, first: usize, level: u8) -> Chapter {
    Chapter {
        label: text("es", label),
        first,
        level,
    }
}

#[test]
fn manifests_are_written_in_full() {
    let collection = Reference::collection(
        "https://iiif.example.org/sur/presentation/3/mapas/collection.json".to_owned(),
        text("en", "Maps"),
    );
    let manifest = Manifest::new(
        description("mapas/atlas/manifest.json", vec![collection]),
        BASE,
        vec![canvas("p1"), canvas("p2")],
        &[chapter("Portada", 0, 1), chapter("Mapas", 1, 1)],
    );
    assert_json_snapshot!("manifest", manifest);
}

#[test]
fn collections_are_written_in_full() {
    let thumbnail = || resource("p1", "full/375,250/0/default.jpg", 375, 250);
    let item = Reference::manifest(
        format!("{BASE}/manifest.json"),
        plain("atlas"),
        Some("1853-01-01T00:00:00Z".to_owned()),
        Some(thumbnail()),
    );
    let work = Reference::multi_part(
        "https://iiif.example.org/sur/presentation/3/mapas/obra/collection.json".to_owned(),
        plain("obra"),
        Some(thumbnail()),
    );
    let collection = Collection::new(
        description("mapas/collection.json", Vec::new()),
        vec![item, work],
    );
    assert_json_snapshot!("collection", collection);
}

#[test]
fn canvases_have_addresses_of_their_own_and_are_painted_on() {
    let keys = ["a", "b", "c"];
    let canvases = keys.into_iter().map(canvas).collect();
    let manifest = Manifest::new(description("m", Vec::new()), BASE, canvases, &[]);
    let manifest = serde_json::to_value(manifest).unwrap();
    for (canvas, key) in manifest["items"].as_array().unwrap().iter().zip(keys) {
        assert_eq!(canvas["id"], format!("{BASE}/canvas/{key}"));
        let annotation = &canvas["items"][0]["items"][0];
        assert_eq!(annotation["motivation"], "painting");
        assert_eq!(annotation["target"], canvas["id"]);
    }
    assert_eq!(manifest["items"].as_array().unwrap().len(), keys.len());
    assert!(manifest.get("structures").is_none());
}

/// A range as `label[canvas canvas range]`.
fn outline(range: &Value) -> String {
    if range["type"] == "Canvas" {
        let id = range["id"].as_str().unwrap();
        return id.rsplit('/').next().unwrap().to_owned();
    }
    let items: Vec<String> = range["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(outline)
        .collect();
    format!(
        "{}[{}]",
        range["label"]["es"][0].as_str().unwrap(),
        items.join(" ")
    )
}

#[test]
fn chapters_hold_their_pages_and_sections() {
    let keys = ["1", "2", "3", "4", "5"];
    for (chapters, expected) in [
        (
            vec![chapter("A", 0, 1), chapter("B", 2, 1)],
            "A[1 2] B[3 4 5]",
        ),
        (
            vec![
                chapter("A", 0, 1),
                chapter("A.1", 1, 2),
                chapter("A.2", 2, 2),
                chapter("B", 4, 1),
            ],
            "A[1 A.1[2] A.2[3 4]] B[5]",
        ),
        (
            vec![chapter("A", 0, 1), chapter("A.1", 0, 2)],
            "A[A.1[1 2 3 4 5]]",
        ),
        (
            vec![chapter("A", 2, 1), chapter("B", 2, 1)],
            "A[3] B[3 4 5]",
        ),
        (vec![chapter("A", 3, 2), chapter("B", 4, 1)], "A[4] B[5]"),
    ] {
        let canvases = keys.into_iter().map(canvas).collect();
        let manifest = Manifest::new(description("m", Vec::new()), BASE, canvases, &chapters);
        let manifest = serde_json::to_value(manifest).unwrap();
        let ranges = manifest["structures"].as_array().unwrap();
        let found: Vec<String> = ranges.iter().map(outline).collect();
        assert_eq!(found.join(" "), expected);
    }
}

#[test]
fn texts_are_written_in_full() {
    let lines = [
        TextLine {
            text: "En el año",
            area: Some((10, 20, 300, 40)),
        },
        TextLine {
            text: "de 1853",
            area: None,
        },
    ];
    let id = format!("{BASE}/text/p1.json");
    assert_json_snapshot!("text", TextPage::new(&id, BASE, "p1", Some("es"), &lines));
    assert_json_snapshot!("text-2.1", v2::text(&id, BASE, "p1", Some("es"), &lines));
}

#[test]
fn documents_of_2_1_are_written_in_full() {
    let image = |request: &str| v2::Image {
        service: "https://iiif.example.org/sur/image/2/p1".to_owned(),
        request: request.to_owned(),
        width: 6000,
        height: 4000,
    };
    let canvas = v2::Canvas {
        key: "p1".to_owned(),
        label: plain("1r"),
        metadata: vec![pair("Nota", "manchada")],
        image: image("full/full/0/default.jpg"),
        thumbnail: image("full/375,/0/default.jpg"),
        text: Some("https://iiif.example.org/sur/text".to_owned()),
    };
    let description = v2::Description {
        id: "https://iiif.example.org/sur/2/m".to_owned(),
        label: LanguageValues::from([
            ("es".to_owned(), vec!["Carta".to_owned()]),
            ("en".to_owned(), vec!["Chart".to_owned()]),
        ]),
        description: text("es", "Un atlas."),
        metadata: vec![pair("Autoría", "Ana")],
        attribution: text("es", "Biblioteca del Sur"),
        license: Some("http://creativecommons.org/publicdomain/mark/1.0/".to_owned()),
        nav_date: Some("1853-01-01T00:00:00Z".to_owned()),
        viewing_hint: Some("paged"),
        viewing_direction: Some("left-to-right"),
        related: "https://iiif.example.org/sur/mapas/m/".to_owned(),
        within: Some("https://iiif.example.org/sur/2/c".to_owned()),
        logo: Some("https://iiif.example.org/logo.png".to_owned()),
    };
    let chapters = [chapter("Portada", 0, 1), chapter("Sello", 0, 2)];
    assert_json_snapshot!(
        "manifest-2.1",
        v2::manifest(&description, BASE, &[canvas], &chapters)
    );
    let reference = |id: &str| v2::Reference {
        id: id.to_owned(),
        label: plain("m"),
        thumbnail: Some(image("full/375,/0/default.jpg")),
    };
    let collection = v2::collection(&description, &[reference("c")], &[reference("m")]);
    assert_json_snapshot!("collection-2.1", collection);
}
