//! What the Image API says and the official validator does not ask: overhang, canonical addresses, which
//! status, conditions, methods, limits, and characters that clients should have encoded.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::sync::LazyLock;

use acervo_tests::{Answer, Raster, Server, Volume, image_services, raw, request};
use anyhow::{Context as _, Result};
use serde_json::{Value, json};

const SIZE: (u32, u32) = (1000, 700);

struct Served {
    _volume: Volume,
    server: Server,
    /// The path of the image in version 3, without the last slash.
    image: String,
}

static SERVED: LazyLock<Served> = LazyLock::new(|| serve().expect("the server starts"));
/// The same in an institution whose answers have at most 200,000 pixels and are at most 600 pixels wide.
static LIMITED: LazyLock<Served> = LazyLock::new(|| {
    let limits = json!({ "maxWidth": 600, "maxArea": 200_000 });
    serve_within(&limits).expect("the server starts")
});

fn serve() -> Result<Served> {
    serve_within(&json!({}))
}

fn serve_within(limits: &Value) -> Result<Served> {
    let volume = Volume::new("biblioteca", &["mapas"])?;
    let mut table = volume.table(&["mapas"]);
    table["tenants"][0]["images"] = json!({ "limits": limits, "upscaling": false });
    volume.mount(&table.to_string())?;
    let picture = Raster::computed(SIZE.0, SIZE.1, 90);
    volume.hand_over("mapas", "plano.png", &picture.png()?)?;
    let ingest = volume.ingest("mapas")?;
    anyhow::ensure!(ingest.status.success(), "{}", ingest.output);
    let server = volume.serve(&[])?;
    let manifest = server.get("/biblioteca/presentation/3/mapas/plano/manifest.json")?;
    let service = image_services(&manifest.json()?)?.remove(0);
    let path = service
        .strip_prefix(server.base())
        .context(service.clone())?;
    Ok(Served {
        _volume: volume,
        image: path.to_owned(),
        server,
    })
}

impl Served {
    fn get(&self, version: u8, path: &str) -> Result<Answer> {
        self.server.get(&self.path(version, path))
    }

    fn path(&self, version: u8, path: &str) -> String {
        let image = self
            .image
            .replacen("/image/3/", &format!("/image/{version}/"), 1);
        format!("{image}/{path}")
    }

    fn status(&self, version: u8, path: &str) -> Result<u16> {
        Ok(self.get(version, path)?.status)
    }
}

fn size_of(answer: &Answer) -> Result<(u32, u32)> {
    let picture = Raster::from_jpeg(&answer.body)?;
    Ok((picture.width, picture.height))
}

/// The target of a link in the header.
fn link(answer: &Answer, relation: &str) -> Option<String> {
    let header = answer.header("link")?;
    let link = header
        .split(", ")
        .find(|link| link.ends_with(&format!("rel=\"{relation}\"")))?;
    Some(link.split_once('<')?.1.split_once('>')?.0.to_owned())
}

#[test]
fn what_overhangs_is_cut_and_what_is_outside_is_refused() -> Result<()> {
    for version in [2, 3] {
        for (region, size) in [
            ("900,600,500,500", (100, 100)),
            ("0,0,5000,5000", SIZE),
            ("999,699,1,1", (1, 1)),
            ("pct:50,50,100,100", (500, 350)),
            ("pct:0,0,200,200", SIZE),
        ] {
            let answer = SERVED.get(version, &format!("{region}/max/0/default.jpg"))?;
            assert_eq!(answer.status, 200, "{region}");
            assert_eq!(size_of(&answer)?, size, "{region}");
        }
        for region in [
            "1000,0,10,10",
            "0,700,10,10",
            "0,0,0,10",
            "pct:100,0,1,1",
            "pct:0,0,0,5",
        ] {
            let path = format!("{region}/max/0/default.jpg");
            assert_eq!(SERVED.status(version, &path)?, 400, "{path}");
        }
    }
    Ok(())
}

/// Region, size, rotation, quality and format as asked; the canonical forms of 2.1 and 3.0.
const CANONICAL: [(&str, &str, &str); 16] = [
    (
        "full/max/0/default.jpg",
        "full/full/0/default.jpg",
        "full/max/0/default.jpg",
    ),
    (
        "0,0,1000,700/1000,/0/color.jpg",
        "full/full/0/default.jpg",
        "full/max/0/default.jpg",
    ),
    (
        "pct:0,0,100,100/pct:100/360/default.jpg",
        "full/full/0/default.jpg",
        "full/max/0/default.jpg",
    ),
    (
        "0,0,9999,9999/500,/0/default.jpg",
        "full/500,/0/default.jpg",
        "full/500,350/0/default.jpg",
    ),
    (
        "full/,350/0/default.jpg",
        "full/500,/0/default.jpg",
        "full/500,350/0/default.jpg",
    ),
    (
        "full/!500,500/0/default.jpg",
        "full/500,/0/default.jpg",
        "full/500,350/0/default.jpg",
    ),
    (
        "full/pct:50/0/default.jpg",
        "full/500,/0/default.jpg",
        "full/500,350/0/default.jpg",
    ),
    (
        "full/300,300/0/default.jpg",
        "full/300,300/0/default.jpg",
        "full/300,300/0/default.jpg",
    ),
    (
        "square/max/0/default.jpg",
        "150,0,700,700/full/0/default.jpg",
        "150,0,700,700/max/0/default.jpg",
    ),
    (
        "square/100,/0/default.jpg",
        "150,0,700,700/100,/0/default.jpg",
        "150,0,700,700/100,100/0/default.jpg",
    ),
    (
        "900,600,500,500/50,/0/default.jpg",
        "900,600,100,100/50,/0/default.jpg",
        "900,600,100,100/50,50/0/default.jpg",
    ),
    (
        "pct:10,10,20,20/max/0/default.jpg",
        "100,70,200,140/full/0/default.jpg",
        "100,70,200,140/max/0/default.jpg",
    ),
    (
        "full/500,/22.50/gray.png",
        "full/500,/22.5/gray.png",
        "full/500,350/22.5/gray.png",
    ),
    (
        "full/500,/!090/bitonal.webp",
        "full/500,/!90/bitonal.webp",
        "full/500,350/!90/bitonal.webp",
    ),
    (
        "full/500,/.5/default.gif",
        "full/500,/0.5/default.gif",
        "full/500,350/0.5/default.gif",
    ),
    (
        "full/500,/!180.0/default.tif",
        "full/500,/!180/default.tif",
        "full/500,350/!180/default.tif",
    ),
];

#[test]
fn the_canonical_address_is_the_specifications_and_answers_the_same() -> Result<()> {
    for (asked, canonical_2, canonical_3) in CANONICAL {
        for (version, canonical) in [(2, canonical_2), (3, canonical_3)] {
            let answer = SERVED.get(version, asked)?;
            assert_eq!(answer.status, 200, "{asked}: {}", answer.text());
            let address = SERVED.server.url(&SERVED.path(version, canonical));
            assert_eq!(link(&answer, "canonical"), Some(address.clone()), "{asked}");
            let profile = format!("http://iiif.io/api/image/{version}/level2.json");
            assert_eq!(link(&answer, "profile"), Some(profile), "{asked}");
            let again = request("GET", &address, &[])?;
            assert_eq!(again.body, answer.body, "{asked} and {canonical}");
            assert_eq!(again.header("etag"), answer.header("etag"));
            assert_eq!(link(&again, "canonical"), Some(address), "{canonical}");
        }
    }
    Ok(())
}

#[test]
fn every_format_is_what_it_says_and_as_large() -> Result<()> {
    for (format, kind) in [
        ("jpg", "image/jpeg"),
        ("png", "image/png"),
        ("webp", "image/webp"),
        ("gif", "image/gif"),
        ("tif", "image/tiff"),
    ] {
        for (path, size) in [
            ("full/300,210/0/default", (300, 210)),
            ("full/300,210/90/gray", (210, 300)),
            ("full/300,210/!180/bitonal", (300, 210)),
            // 300 cos 30° + 210 sin 30°, 210 cos 30° + 300 sin 30°, rounded up.
            ("full/300,210/30/default", (365, 332)),
        ] {
            let answer = SERVED.get(3, &format!("{path}.{format}"))?;
            assert_eq!(answer.status, 200, "{path}.{format}");
            assert_eq!(answer.header("content-type"), Some(kind));
            assert_eq!(sides(format, &answer.body)?, size, "{path}.{format}");
            let again = SERVED.get(3, &format!("{path}.{format}"))?;
            assert_eq!(
                answer.body, again.body,
                "{path}.{format} differs from itself"
            );
        }
    }
    Ok(())
}

/// The size that the bytes of a file tell.
fn sides(format: &str, file: &[u8]) -> Result<(u32, u32)> {
    let word = |at: usize| -> Result<u32> {
        let bytes = file.get(at..at + 2).context("too short")?;
        Ok(u32::from(u16::from_le_bytes([bytes[0], bytes[1]])))
    };
    Ok(match format {
        "jpg" => {
            let picture = Raster::from_jpeg(file)?;
            (picture.width, picture.height)
        }
        "png" => {
            let reader = png::Decoder::new(Cursor::new(file)).read_info()?;
            (reader.info().width, reader.info().height)
        }
        "gif" => {
            assert_eq!(&file[..6], b"GIF89a");
            (word(6)?, word(8)?)
        }
        "tif" => {
            let mut decoder = tiff::decoder::Decoder::new(Cursor::new(file))?;
            decoder.read_image()?;
            decoder.dimensions()?
        }
        _ => {
            assert_eq!((&file[..4], &file[8..12]), (&b"RIFF"[..], &b"WEBP"[..]));
            match &file[12..16] {
                b"VP8 " => (word(26)? & 0x3fff, word(28)? & 0x3fff),
                // With transparency: three bytes a side, less one.
                _ => {
                    let side = |at| {
                        Ok::<_, anyhow::Error>((word(at)? | u32::from(file[at + 2]) << 16) + 1)
                    };
                    (side(24)?, side(27)?)
                }
            }
        }
    })
}

#[test]
fn corners_are_transparent_where_the_format_can_and_white_elsewhere() -> Result<()> {
    let path = "full/300,210/45/default";
    let jpeg = Raster::from_jpeg(&SERVED.get(3, &format!("{path}.jpg"))?.body)?;
    let corner = jpeg.pixel(0, 0);
    assert!(corner.iter().all(|value| *value > 250), "{corner:?}");
    let png = SERVED.get(3, &format!("{path}.png"))?.body;
    let mut reader = png::Decoder::new(Cursor::new(png.as_slice())).read_info()?;
    let mut pixels = vec![0; reader.output_buffer_size().context("a size")?];
    let frame = reader.next_frame(&mut pixels)?;
    assert_eq!(frame.color_type, png::ColorType::Rgba);
    let centre = (frame.height as usize / 2 * frame.width as usize + frame.width as usize / 2) * 4;
    assert_eq!((pixels[3], pixels[centre + 3]), (0, 255));
    let webp = SERVED.get(3, &format!("{path}.webp"))?.body;
    assert_eq!(&webp[12..16], b"VP8X", "no transparency");
    Ok(())
}

#[test]
fn what_is_wrong_with_a_request_decides_its_status() -> Result<()> {
    let missing = SERVED.image.replacen("/mapas.", "/mapas.x", 1);
    for (status, path) in [
        (400, "fulll/max/0/default.jpg"),
        (400, "full/maxx/0/default.jpg"),
        (400, "full/0,/0/default.jpg"),
        (400, "full/max/361/default.jpg"),
        (400, "full/max/-1/default.jpg"),
        (400, "full/max/90deg/default.jpg"),
        (400, "full/max/0/grey.jpg"),
        (400, "full/max/0/default.jpeg"),
        (400, "full/max/0/default.jp2"),
        (400, "full/max/0/default.pdf"),
        (400, "full/max/0/default"),
        (400, "full/1001,/0/default.jpg"),
        (400, "full/pct:100.1/0/default.jpg"),
        (404, "full/max/0/default.jpg/more"),
        (404, "full/max/0"),
        (404, "nothing.json"),
    ] {
        for version in [2, 3] {
            assert_eq!(SERVED.status(version, path)?, status, "{version} {path}");
            let elsewhere = format!("{missing}/{path}");
            let there = SERVED.server.get(&elsewhere)?.status;
            assert_eq!(there, 404, "{elsewhere}");
        }
    }
    // `^` is of 3.0, where enlarging is another matter than a mistake.
    for (path, status_2, status_3) in [
        ("full/^1001,/0/default.jpg", 400, 501),
        ("full/^pct:101/0/default.jpg", 400, 501),
        ("full/^2000,2000/0/default.jpg", 400, 501),
        ("full/^!2000,2000/0/default.jpg", 400, 501),
        ("full/^500,/0/default.jpg", 400, 200),
        ("full/^maxx/0/default.jpg", 400, 400),
        ("full/full/0/default.jpg", 200, 400),
        ("full/!2000,2000/0/default.jpg", 200, 200),
    ] {
        assert_eq!(SERVED.status(2, path)?, status_2, "2 {path}");
        assert_eq!(SERVED.status(3, path)?, status_3, "3 {path}");
    }
    for (method, status) in [("POST", 405), ("PUT", 405), ("DELETE", 405)] {
        let url = SERVED.server.url(&SERVED.path(3, "full/max/0/default.jpg"));
        let answer = request(method, &url, &[])?;
        assert_eq!(answer.status, status, "{method}");
        assert!(
            answer
                .header("allow")
                .is_some_and(|allow| allow.contains("GET"))
        );
    }
    Ok(())
}

#[test]
fn a_refusal_says_in_both_languages_what_to_write() -> Result<()> {
    for (path, words) in [
        (
            "full/max/0/default.jp2",
            ["jpg, png, webp, gif o tif", "jpg, png, webp, gif or tif"],
        ),
        (
            "full/2000,/0/default.jpg",
            ["mayor que la región", "larger than the region"],
        ),
        (
            "full/^2000,/0/default.jpg",
            [
                "no se ofrece la ampliación",
                "enlarging images is not offered",
            ],
        ),
    ] {
        let answer = SERVED.get(3, path)?;
        for word in words {
            assert!(answer.text().contains(word), "{path}: {}", answer.text());
        }
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    }
    Ok(())
}

#[test]
fn conditions_and_methods_are_those_of_http() -> Result<()> {
    for path in [
        "full/500,/0/default.jpg",
        "full/333,/0/default.jpg",
        "full/333,/15/default.webp",
        "info.json",
    ] {
        for version in [2, 3] {
            let url = SERVED.server.url(&SERVED.path(version, path));
            let whole = request("GET", &url, &[])?;
            let tag = whole.header("etag").context("an ETag")?.to_owned();
            assert!(
                tag.starts_with('"') && tag.ends_with('"'),
                "{tag} is not strong"
            );
            let head = request("HEAD", &url, &[])?;
            assert_eq!((head.status, head.body.len()), (200, 0), "{url}");
            for name in [
                "etag",
                "content-type",
                "cache-control",
                "link",
                "access-control-allow-origin",
            ] {
                assert_eq!(head.header(name), whole.header(name), "{name} of {url}");
            }
            for matching in [
                tag.clone(),
                format!("\"other\", {tag}"),
                format!("W/{tag}"),
                "*".to_owned(),
            ] {
                let again = request("GET", &url, &[("if-none-match", &matching)])?;
                assert_eq!(
                    (again.status, again.body.len()),
                    (304, 0),
                    "{matching} {url}"
                );
                assert_eq!(again.header("etag"), Some(tag.as_str()));
                assert_eq!(again.header("cache-control"), whole.header("cache-control"));
            }
            let other = request("GET", &url, &[("if-none-match", "\"other\"")])?;
            assert_eq!((other.status, &other.body), (200, &whole.body));
            let options = request("OPTIONS", &url, &[])?;
            assert!(matches!(options.status, 200 | 204), "{}", options.status);
            assert_eq!(options.header("access-control-allow-origin"), Some("*"));
            let methods = options.header("access-control-allow-methods");
            assert!(
                methods.is_some_and(|list| list.contains("GET")),
                "{methods:?}"
            );
        }
    }
    let base = request("GET", &SERVED.server.url(&SERVED.image), &[])?;
    assert_eq!(base.status, 303);
    let info = base.header("location").context("where to")?;
    assert!(info.ends_with("/info.json"), "{info}");
    Ok(())
}

#[test]
fn info_json_tells_what_is_answered() -> Result<()> {
    let info = SERVED.get(3, "info.json")?.json()?;
    let words = |list: &Value| -> BTreeSet<String> {
        let texts = list.as_array().into_iter().flatten();
        texts
            .filter_map(|text| text.as_str().map(str::to_owned))
            .collect()
    };
    for format in ["jpg", "png", "webp", "gif", "tif", "jp2", "pdf"] {
        let told = matches!(format, "jpg" | "png") || words(&info["extraFormats"]).contains(format);
        let status = SERVED.status(3, &format!("full/50,/0/default.{format}"))?;
        assert_eq!(status == 200, told, "{format}");
    }
    for quality in ["default", "color", "gray", "bitonal", "sepia"] {
        let told = quality == "default" || words(&info["extraQualities"]).contains(quality);
        let status = SERVED.status(3, &format!("full/50,/0/{quality}.jpg"))?;
        assert_eq!(status == 200, told, "{quality}");
    }
    let features = words(&info["extraFeatures"]);
    for (feature, path) in [
        ("mirroring", "full/50,/!0/default.jpg"),
        ("rotationArbitrary", "full/50,/12.34/default.jpg"),
        ("sizeUpscaling", "full/^1001,/0/default.jpg"),
    ] {
        assert_eq!(
            SERVED.status(3, path)? == 200,
            features.contains(feature),
            "{feature}"
        );
    }
    let second = SERVED.get(2, "info.json")?.json()?;
    assert!(words(&second["profile"][1]["supports"]).contains("rotationArbitrary"));
    assert_eq!(
        words(&second["profile"][1]["formats"]),
        words(&info["extraFormats"])
    );
    Ok(())
}

#[test]
fn every_listed_size_and_tile_is_within_the_limits_and_answered() -> Result<()> {
    for version in [2, 3] {
        let served = &*LIMITED;
        let info = served.get(version, "info.json")?.json()?;
        let limits = if version == 3 {
            &info
        } else {
            &info["profile"][1]
        };
        assert_eq!(
            (&limits["maxWidth"], &limits["maxArea"]),
            (&600.into(), &200_000.into())
        );
        let number = |value: &Value| value.as_u64().and_then(|n| u32::try_from(n).ok());
        let sizes = info["sizes"].as_array().context("sizes")?;
        assert!(!sizes.is_empty());
        for size in sizes {
            let (width, height) = (number(&size["width"]), number(&size["height"]));
            let (width, height) = (width.context("a width")?, height.context("a height")?);
            assert!(width <= 600 && height <= 600 && width * height <= 200_000);
            let answer = served.get(version, &format!("full/{width},{height}/0/default.jpg"))?;
            assert_eq!(answer.status, 200, "{size}");
            assert_eq!(size_of(&answer)?, (width, height));
        }
        // A tile of 512 × 512 pixels is over the limit, hence none is promised.
        assert_eq!(info.get("tiles"), None);
        for (path, status) in [
            ("full/600,/0/default.jpg", 400),
            ("full/530,/0/default.jpg", 200),
            ("full/601,10/0/default.jpg", 400),
            ("full/10,601/0/default.jpg", 400),
            ("0,0,512,512/max/0/default.jpg", 200),
            ("0,0,512,512/512,512/0/default.jpg", 400),
            ("full/max/0/default.jpg", 200),
            ("full/!900,900/0/default.jpg", 200),
        ] {
            let answer = served.get(version, path)?;
            assert_eq!(answer.status, status, "{version} {path}: {}", answer.text());
            if status == 200 {
                let (width, height) = size_of(&answer)?;
                assert!(
                    width <= 600 && width * height <= 200_000,
                    "{path}: {width} × {height}"
                );
            }
        }
    }
    let info = SERVED.get(3, "info.json")?.json()?;
    let tiles = info["tiles"][0].clone();
    let step = u32::try_from(tiles["width"].as_u64().context("a width")?)?;
    for factor in tiles["scaleFactors"].as_array().context("factors")? {
        let factor = u32::try_from(factor.as_u64().context("a factor")?)?;
        let covered = step * factor;
        for y in (0..SIZE.1).step_by(covered as usize) {
            for x in (0..SIZE.0).step_by(covered as usize) {
                let (w, h) = (covered.min(SIZE.0 - x), covered.min(SIZE.1 - y));
                let size = (w.div_ceil(factor), h.div_ceil(factor));
                let path = format!("{x},{y},{w},{h}/{},{}/0/default.jpg", size.0, size.1);
                let answer = SERVED.get(3, &path)?;
                assert_eq!((answer.status, size_of(&answer)?), (200, size), "{path}");
            }
        }
    }
    Ok(())
}

#[test]
fn characters_that_should_have_been_encoded_are_read_as_they_are_or_refused() -> Result<()> {
    let authority = SERVED.server.authority();
    let ask = |path: &str| -> Result<u16> {
        let target = SERVED.path(3, path);
        Ok(raw(authority, target.as_bytes())?.status)
    };
    // The caret belongs to the grammar, and most clients send it as it is.
    for (path, status) in [
        ("full/^500,/0/default.jpg", 200),
        ("full/%5E500,/0/default.jpg", 200),
        ("full/%5e500%2C/0/default.jpg", 200),
        ("full/^max/0/default.jpg", 501),
        ("pct%3A0,0,50,50/50,/%2190/default.jpg", 200),
    ] {
        assert_eq!(ask(path)?, status, "{path}");
    }
    for wrong in [
        "<", ">", "\\", "[", "]", "`", "{", "}", "|", "\"", "[x]", "<script>",
    ] {
        for path in [
            format!("{wrong}/max/0/default.jpg"),
            format!("full/{wrong}/0/default.jpg"),
            format!("full/max/{wrong}/default.jpg"),
            format!("full/max/0/{wrong}.jpg"),
            format!("full/max/0/default.{wrong}"),
        ] {
            assert_eq!(ask(&path)?, 400, "{path}");
        }
    }
    Ok(())
}
