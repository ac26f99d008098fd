//! Lays every static asset into `OUT_DIR/assets`: as it is, in three content codings, and its content hash.
//!
//! Nothing is fetched here: the deep zoom viewer must already lie in `node_modules`.

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

use flate2::{Compression, GzBuilder};

/// Where each asset is read, seen from this crate, and the name it is served under.
const ASSETS: [(&str, &str); 6] = [
    ("assets/style.css", "style.css"),
    ("assets/copy.js", "copy.js"),
    ("assets/viewer.js", "viewer.js"),
    ("assets/favicon.svg", "favicon.svg"),
    (
        "node_modules/openseadragon/build/openseadragon/openseadragon.min.js",
        "openseadragon.min.js",
    ),
    (
        "node_modules/openseadragon/LICENSE.txt",
        "openseadragon.LICENSE.txt",
    ),
];

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?).join("assets");
    fs::create_dir_all(&out)?;
    for (from, name) in ASSETS {
        println!("cargo::rerun-if-changed={from}");
        let bytes = match fs::read(root.join(from)) {
            Ok(bytes) => bytes,
            Err(error) => {
                println!("cargo::error={}", unreadable(&root, from, &error));
                continue;
            }
        };
        fs::write(out.join(name), &bytes)?;
        fs::write(out.join(format!("{name}.gz")), gzip(&bytes)?)?;
        fs::write(out.join(format!("{name}.br")), brotli(&bytes)?)?;
        fs::write(out.join(format!("{name}.zst")), zstd(&bytes)?)?;
        // 64 bits tell one version of a file from the next.
        let hash = blake3::hash(&bytes).to_hex();
        fs::write(out.join(format!("{name}.hash")), &hash[..16])?;
    }
    Ok(())
}

fn unreadable(root: &Path, from: &str, error: &std::io::Error) -> String {
    let path = root.join(from);
    let fix = if from.starts_with("node_modules/") {
        format!("run `npm ci` in {} (`make` does it)", root.display())
    } else {
        "restore it from the repository".to_owned()
    };
    format!("cannot read {}: {error}; {fix}", path.display())
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    // No file name and no time: the same bytes give the same output.
    let mut writer = GzBuilder::new().write(Vec::new(), Compression::best());
    writer.write_all(bytes)?;
    writer.finish()
}

fn brotli(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut out, 4096, 11, 24);
    writer.write_all(bytes)?;
    writer.flush()?;
    drop(writer);
    Ok(out)
}

fn zstd(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    // Browsers refuse windows above 8 MiB (RFC 9659); level 19 stays at that.
    zstd::bulk::compress(bytes, 19)
}
