//! What is stored is answered as it is stored: no pixel is decoded or encoded for it, however it is asked for.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use acervo_tests::{Collection, Documents, Folder, Raster, Server, get, image_services};
use anyhow::{Context as _, Result};

/// Two rows of two tiles, the last of each cut; then levels of one tile.
const SIZE: (u32, u32) = (1000, 700);
const TILE: u32 = 512;

struct Served {
    _folder: Folder,
    server: Server,
    color: String,
    gray: String,
}

static SERVED: LazyLock<Served> = LazyLock::new(|| serve().expect("the platform starts"));

fn serve() -> Result<Served> {
    let folder = Folder::new()?;
    let maps = Collection {
        name: "mapas",
        es: "Mapas",
        en: "Maps",
    };
    folder.institution("biblioteca", &[maps])?;
    let picture = Raster::computed(SIZE.0, SIZE.1, 60);
    folder.hand_over("biblioteca", "mapas", "color.jpg", &picture.jpeg()?)?;
    folder.hand_over("biblioteca", "mapas", "gris.png", &gray_png(&picture)?)?;
    let server = Server::start(&folder, &[])?;
    let service = |item: &str| -> Result<String> {
        let manifest = server.get(&Documents::manifest("biblioteca", "mapas", item))?;
        Ok(image_services(&manifest.json()?)?.remove(0))
    };
    let (color, gray) = (service("color")?, service("gris")?);
    Ok(Served {
        _folder: folder,
        color,
        gray,
        server,
    })
}

fn gray_png(picture: &Raster) -> Result<Vec<u8>> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, picture.width, picture.height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let gray: Vec<u8> = picture.pixels.chunks(3).map(|pixel| pixel[0]).collect();
    encoder.write_header()?.write_image_data(&gray)?;
    Ok(file)
}

/// Image requests answered with stored bytes, and those for which pixels were made.
fn counted() -> Result<(u64, u64)> {
    let metrics = SERVED.server.admin("/metrics")?.text();
    let count = |name: &str| -> Result<u64> {
        let line = metrics.lines().find(|line| line.starts_with(name));
        let value = line.and_then(|line| line.split(' ').nth(1));
        Ok(value.with_context(|| name.to_owned())?.parse()?)
    };
    Ok((
        count("acervo_images_stored_total ")?,
        count("acervo_images_rendered_total ")?,
    ))
}

/// Every tile of every level as region and size of the full image: left, top, width, height; width, height.
fn tiles() -> Vec<([u32; 4], [u32; 2])> {
    let mut all = Vec::new();
    for level in 0..4 {
        let step = TILE << level;
        for y in (0..SIZE.1).step_by(step as usize) {
            for x in (0..SIZE.0).step_by(step as usize) {
                let (w, h) = (step.min(SIZE.0 - x), step.min(SIZE.1 - y));
                let size = [w, h].map(|side| side.div_ceil(1 << level));
                all.push(([x, y, w, h], size));
            }
        }
    }
    all
}

/// Every path that means a tile: the major version, and the rest but the quality.
fn spellings([x, y, w, h]: [u32; 4], [tw, th]: [u32; 2]) -> Vec<(&'static str, String)> {
    let percent = |part: u32, whole: u32| f64::from(part) / f64::from(whole) * 100.0;
    let mut regions = vec![
        format!("{x},{y},{w},{h}"),
        format!("{x},{y},{w},99999"),
        format!(
            "pct:{:.9},{:.9},{:.9},{:.9}",
            percent(x, SIZE.0),
            percent(y, SIZE.1),
            percent(w, SIZE.0),
            percent(h, SIZE.1)
        ),
    ];
    if y + h < SIZE.1 {
        regions.remove(1);
    }
    if (w, h) == SIZE {
        regions.push("full".to_owned());
    }
    let sizes = [
        format!("{tw},{th}"),
        format!("{tw},"),
        format!(",{th}"),
        format!("!{tw},{th}"),
        // A power of two, because tiles are.
        format!("pct:{}", 100.0 / f64::from(w.div_ceil(tw))),
    ];
    let mut paths = Vec::new();
    for region in regions {
        for size in &sizes {
            paths.push(("2", format!("{region}/{size}/0")));
            paths.push(("3", format!("{region}/{size}/0")));
            paths.push(("3", format!("{region}/^{size}/0")));
            paths.push(("3", format!("{region}/%5E{size}/360.0")));
        }
        if (tw, th) == (w, h) {
            paths.push(("2", format!("{region}/full/0")));
            paths.push(("2", format!("{region}/max/0")));
            paths.push(("3", format!("{region}/max/0")));
        }
    }
    paths
}

#[test]
fn no_spelling_of_a_tile_or_level_calls_a_codec() -> Result<()> {
    for (service, qualities) in [
        (&SERVED.color, ["default", "color"].as_slice()),
        (&SERVED.gray, ["default", "color", "gray"].as_slice()),
    ] {
        let mut asked = 0;
        let before = counted()?;
        let mut different = BTreeSet::new();
        for (region, size) in tiles() {
            let mut bytes: Option<Vec<u8>> = None;
            for (version, path) in spellings(region, size) {
                let service = service.replacen("/image/3/", &format!("/image/{version}/"), 1);
                for quality in qualities {
                    let url = format!("{service}/{path}/{quality}.jpg");
                    let answer = get(&url)?;
                    assert_eq!(answer.status, 200, "{url}: {}", answer.text());
                    assert_eq!(counted()?.1, before.1, "{url} was rendered");
                    asked += 1;
                    let first = bytes.get_or_insert_with(|| answer.body.clone());
                    assert_eq!(*first, answer.body, "{url} has other bytes");
                }
            }
            let body = bytes.context("an answer")?;
            let picture = Raster::from_jpeg(&body)?;
            assert_eq!([picture.width, picture.height], size, "{region:?}");
            different.insert(body);
        }
        assert_eq!(different.len(), tiles().len());
        assert_eq!(counted()?, (before.0 + asked, before.1));
    }
    // What is next to a tile is not one.
    let before = counted()?;
    let others = [
        "1,0,512,512/512,512/0/default.jpg",
        "0,0,512,512/511,511/0/default.jpg",
        "0,0,512,512/512,512/0/gray.jpg",
        "0,0,512,512/512,512/!0/default.jpg",
        "0,0,512,512/512,512/0/default.webp",
    ];
    for path in others {
        assert_eq!(
            get(&format!("{}/{path}", SERVED.color))?.status,
            200,
            "{path}"
        );
    }
    assert_eq!(counted()?, (before.0, before.1 + others.len() as u64));
    Ok(())
}
