//! What is published can be read without Acervo: pyramids by libvips, the catalogue by SQLite.

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::process::Command;

use acervo_tests::{Collection, Folder, Raster, Server, adobe_rgb, profile_segment, run};
use anyhow::{Context as _, Result, bail};
use serde_json::json;

const WIDTH: u32 = 1501;
const HEIGHT: u32 = 1103;

fn published() -> Result<(Folder, std::path::PathBuf)> {
    let folder = Folder::new()?;
    let maps = Collection {
        name: "mapas",
        es: "Mapas",
        en: "Maps",
    };
    folder.institution("biblioteca", &[maps])?;
    let picture = Raster::computed(WIDTH, HEIGHT, 60).png()?;
    folder.hand_over("biblioteca", "mapas", "plano.png", &picture)?;
    drop(Server::start(&folder, &[])?);
    let pyramid = folder
        .pyramids("biblioteca", "mapas")?
        .pop()
        .context("one pyramid")?;
    Ok((folder, pyramid))
}

/// A field of the file's header as libvips reads it, of one level.
fn field(file: &Path, level: u32, name: &str) -> Result<String> {
    let file = format!("{}[page={level}]", file.display());
    let output = run(Command::new("vipsheader").args(["-f", name, &file]), b"")?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

#[test]
fn libvips_reads_every_level_of_a_pyramid_rounded_up() -> Result<()> {
    let (_folder, pyramid) = published()?;
    let levels: u32 = field(&pyramid, 0, "n-pages")?.parse()?;
    assert!(levels >= 3, "{levels} levels");
    for level in 0..levels {
        let at = |full: u32| full.div_ceil(1 << level).to_string();
        assert_eq!(field(&pyramid, level, "width")?, at(WIDTH), "level {level}");
        assert_eq!(
            field(&pyramid, level, "height")?,
            at(HEIGHT),
            "level {level}"
        );
        assert_eq!(field(&pyramid, level, "bands")?, "3", "level {level}");
    }
    let colours = field(&pyramid, 0, "interpretation")?;
    assert!(colours.contains("sRGB"), "{colours}");
    Ok(())
}

#[test]
fn libvips_sees_the_pixels_that_were_handed_over() -> Result<()> {
    let (folder, pyramid) = published()?;
    let given = Raster::computed(WIDTH, HEIGHT, 60);
    for (level, tolerance) in [(0_u32, 6), (1, 10), (2, 10)] {
        let png = folder.data().join(format!("level{level}.png"));
        let from = format!("{}[page={level}]", pyramid.display());
        run(Command::new("vips").args(["copy", &from]).arg(&png), b"")?;
        let seen = Raster::from_png(&fs::read(&png)?)?;
        let (mut error, mut count) = (0_u64, 0_u64);
        // The mean of the pixels that a pixel of this level stands for, wherever it stands for a whole square.
        let step = 1_u32 << level;
        for y in 0..HEIGHT / step {
            for x in 0..WIDTH / step {
                let mut sums = [0_u32; 3];
                for (dx, dy) in (0..step).flat_map(|dy| (0..step).map(move |dx| (dx, dy))) {
                    let pixel = given.pixel(x * step + dx, y * step + dy);
                    sums.iter_mut()
                        .zip(pixel)
                        .for_each(|(sum, value)| *sum += u32::from(value));
                }
                for (sum, value) in sums.into_iter().zip(seen.pixel(x, y)) {
                    error += u64::from((sum / (step * step)).abs_diff(u32::from(value)));
                    count += 1;
                }
            }
        }
        assert!(
            error / count < tolerance,
            "level {level}: mean difference {}",
            error / count
        );
    }
    Ok(())
}

#[test]
fn libvips_reads_the_profile_of_every_level() -> Result<()> {
    let folder = Folder::new()?;
    let collection = json!({
        "name": "mapas",
        "label": { "es": "Mapas" },
        "source": { "directory": "mapas" },
    });
    let spec = json!({ "collections": [collection], "images": { "colorProfiles": "Embed" } });
    folder.resource("biblioteca", spec)?;
    let profile = adobe_rgb()?;
    let plain = Raster::computed(WIDTH, HEIGHT, 60).jpeg()?;
    let profiled = [&plain[..20], &profile_segment(&profile)?, &plain[20..]].concat();
    folder.hand_over("biblioteca", "mapas", "plano.jpg", &profiled)?;
    drop(Server::start(&folder, &[])?);
    let pyramids = folder.pyramids("biblioteca", "mapas")?;
    let [pyramid] = pyramids.as_slice() else {
        bail!("one pyramid, not {}", pyramids.len());
    };
    let levels: u32 = field(pyramid, 0, "n-pages")?.parse()?;
    for level in 0..levels {
        let png = folder.data().join(format!("level{level}.png"));
        let from = format!("{}[page={level}]", pyramid.display());
        run(Command::new("vips").args(["copy", &from]).arg(&png), b"")?;
        let png = fs::read(&png)?;
        let reader = png::Decoder::new(Cursor::new(&png)).read_info()?;
        let read = reader.info().icc_profile.as_deref();
        assert_eq!(read, Some(profile.as_slice()), "level {level}");
    }
    Ok(())
}

#[test]
fn sqlite_reads_the_catalogue() -> Result<()> {
    let (folder, _) = published()?;
    let catalogue = folder.published("biblioteca", "mapas").join("catalogue");
    let sqlite = |sql: &str| -> Result<String> {
        let output = run(
            Command::new("sqlite3")
                .arg("-readonly")
                .arg(&catalogue)
                .arg(sql),
            b"",
        )?;
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    };
    assert_eq!(sqlite("PRAGMA integrity_check")?, "ok");
    assert!(!sqlite("SELECT name FROM sqlite_schema WHERE type = 'table'")?.is_empty());
    Ok(())
}
