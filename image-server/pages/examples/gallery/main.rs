//! Writes every kind of page into a folder, with the invented institution of `examples/`, to be looked at.
//!
//! `cargo run -p acervo-pages --example gallery -- FOLDER`, then serve the folder on loopback and open
//! `/index.html`; `tests/browser/look_at_gallery.mjs` does it, takes pictures, and runs axe-core.

mod catalogue;
mod lists;
mod pages;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use acervo_pages::{assets, theme};
use acervo_tenancy::Language;

use catalogue::PICTURES;

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::args().nth(1).ok_or("give a folder to write into")?);
    let pictures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/biblioteca-sur");
    for asset in assets::ALL {
        write(&out, &asset.url("")[1..], asset.bytes)?;
    }
    for picture in PICTURES {
        let bytes = fs::read(pictures.join(picture.file))?;
        write(&out, &picture.url()[1..], &bytes)?;
        write(&out, &picture.info_url()[1..], picture.info().as_bytes())?;
    }
    let css = theme::css("#8c2f39").ok_or("a colour")?;
    write(&out, "theme.css", css.as_bytes())?;
    write(&out, "logo.svg", catalogue::LOGO.as_bytes())?;
    let mut index = String::from("<!DOCTYPE html><title>Gallery</title><ul>");
    for language in Language::ALL {
        for (name, html) in pages::all(language) {
            let file = format!("{name}.{language}.html");
            write(&out, &file, html.as_bytes())?;
            index.push_str(&format!(
                "<li><a href=\"/{file}\">{file}</a> {} bytes",
                html.len()
            ));
        }
    }
    write(&out, "index.html", index.as_bytes())?;
    Ok(())
}

fn write(out: &Path, path: &str, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    let path = out.join(path);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, bytes)?;
    Ok(())
}
