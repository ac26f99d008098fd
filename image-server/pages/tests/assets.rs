//! The embedded files.

#![expect(clippy::unwrap_used, reason = "tests")]

use acervo_pages::assets;

#[test]
fn an_asset_of_another_version_is_served_but_not_kept() {
    let style = assets::get(&format!("{}/style.css", assets::STYLE.hash)).unwrap();
    assert!(style.immutable);
    let other = assets::get("0000000000000000/style.css").unwrap();
    assert!(!other.immutable);
    assert_eq!(other.asset.bytes, assets::STYLE.bytes);
}

#[test]
fn nothing_but_the_assets_is_found() {
    for path in [
        "",
        "style.css",
        "x/",
        "x/y.css",
        "x/../style.css",
        "../x/style.css",
        "x/y/style.css",
    ] {
        assert!(assets::get(path).is_none(), "{path}");
    }
}

#[test]
fn urls_and_tags_are_told_by_content() {
    let mut hashes: Vec<_> = assets::ALL.iter().map(|asset| asset.hash).collect();
    for asset in assets::ALL {
        assert!(asset.hash.len() == 16 && asset.hash.bytes().all(|b| b.is_ascii_hexdigit()));
        assert_eq!(
            asset.url("/sur"),
            format!("/sur/assets/{}/{}", asset.hash, asset.name)
        );
        assert_eq!(asset.etag(), format!("\"{}\"", asset.hash));
    }
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), assets::ALL.len());
}

#[test]
fn the_compressed_form_holds_the_same_bytes() {
    for asset in assets::ALL {
        let mut plain = Vec::new();
        let mut reader = flate2::read::GzDecoder::new(asset.gzip);
        std::io::Read::read_to_end(&mut reader, &mut plain).unwrap();
        assert!(plain == asset.bytes, "{}", asset.name);
        plain.clear();
        let mut reader = brotli::Decompressor::new(asset.brotli, 4096);
        std::io::Read::read_to_end(&mut reader, &mut plain).unwrap();
        assert!(plain == asset.bytes, "{}", asset.name);
        let plain = zstd::bulk::decompress(asset.zstd, asset.bytes.len()).unwrap();
        assert!(plain == asset.bytes, "{}", asset.name);
    }
}

#[test]
fn what_an_item_page_loads_before_its_image_is_small() {
    let scripts = assets::COPY.gzip.len() + assets::VIEWER.gzip.len();
    assert!(assets::STYLE.gzip.len() < 8_000, "style");
    assert!(scripts < 6_000, "{scripts} bytes of scripts");
    assert!(assets::OPENSEADRAGON.gzip.len() < 95_000);
    for asset in assets::ALL {
        // What is short already gains nothing.
        let coded = [asset.brotli.len(), asset.zstd.len()];
        assert!(asset.gzip.len() < 1000 || coded.iter().all(|len| *len < asset.bytes.len()));
    }
}

#[test]
fn our_style_and_scripts_name_no_other_host() {
    for asset in [&assets::STYLE, &assets::COPY, &assets::VIEWER] {
        let text = std::str::from_utf8(asset.bytes).unwrap();
        for foreign in ["http:", "https:", "url(", "@import", "//cdn"] {
            assert!(!text.contains(foreign), "{} has {foreign}", asset.name);
        }
    }
}

#[test]
fn the_viewer_goes_with_its_licence() {
    let licence = std::str::from_utf8(assets::OPENSEADRAGON_LICENSE.bytes).unwrap();
    assert!(licence.contains("OpenSeadragon contributors") && licence.contains("Redistribution"));
    assert!(
        assets::OPENSEADRAGON
            .bytes
            .starts_with(b"//! openseadragon 6.1.")
    );
}
