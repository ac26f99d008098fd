//! Static assets: style, scripts and the deep zoom viewer, embedded in the binary.
//!
//! An asset's URL holds a hash of its bytes, so that an answer to it can be cached for ever.

/// An embedded file.
#[derive(Debug)]
pub struct Asset {
    /// The name it is served under, the last segment of its URL.
    pub name: &'static str,
    /// The media type, with charset for text.
    pub content_type: &'static str,
    /// 16 hexadecimal digits that change with the bytes.
    pub hash: &'static str,
    /// The bytes as they are.
    pub bytes: &'static [u8],
    /// The bytes with gzip content coding.
    pub gzip: &'static [u8],
    /// The bytes with brotli content coding (`br`), the smallest of all.
    pub brotli: &'static [u8],
    /// The bytes with Zstandard content coding (`zstd`).
    pub zstd: &'static [u8],
}

macro_rules! asset {
    ($name:literal, $content_type:literal) => {
        Asset {
            name: $name,
            content_type: $content_type,
            hash: include_str!(concat!(env!("OUT_DIR"), "/assets/", $name, ".hash")),
            bytes: include_bytes!(concat!(env!("OUT_DIR"), "/assets/", $name)),
            gzip: include_bytes!(concat!(env!("OUT_DIR"), "/assets/", $name, ".gz")),
            brotli: include_bytes!(concat!(env!("OUT_DIR"), "/assets/", $name, ".br")),
            zstd: include_bytes!(concat!(env!("OUT_DIR"), "/assets/", $name, ".zst")),
        }
    };
}

/// The style sheet of every page.
pub static STYLE: Asset = asset!("style.css", "text/css; charset=utf-8");
/// The script behind the copy buttons.
pub static COPY: Asset = asset!("copy.js", "text/javascript; charset=utf-8");
/// The script that brings deep zoom to the item page.
pub static VIEWER: Asset = asset!("viewer.js", "text/javascript; charset=utf-8");
/// The icon in the browser's tab.
pub static ICON: Asset = asset!("favicon.svg", "image/svg+xml");
/// The deep zoom library, loaded by [`VIEWER`] on demand.
pub static OPENSEADRAGON: Asset = asset!("openseadragon.min.js", "text/javascript; charset=utf-8");
/// The licence of [`OPENSEADRAGON`], which asks to be passed on with it.
pub static OPENSEADRAGON_LICENSE: Asset =
    asset!("openseadragon.LICENSE.txt", "text/plain; charset=utf-8");

/// Every asset.
pub static ALL: [&Asset; 6] = [
    &STYLE,
    &COPY,
    &VIEWER,
    &ICON,
    &OPENSEADRAGON,
    &OPENSEADRAGON_LICENSE,
];

/// What answers a request for an asset.
#[derive(Debug)]
pub struct Found {
    /// The asset.
    pub asset: &'static Asset,
    /// Whether the hash asked for is this asset's; only then may the answer be cached for ever.
    ///
    /// While servers of two versions answer side by side, a page of one asks its assets of the other.
    pub immutable: bool,
}

/// The asset at `path`, which is what follows `/assets/` in a URL: `{hash}/{name}`.
#[must_use]
pub fn get(path: &str) -> Option<Found> {
    let (hash, name) = path.split_once('/')?;
    let asset = ALL.into_iter().find(|asset| asset.name == name)?;
    Some(Found {
        asset,
        immutable: asset.hash == hash,
    })
}

impl Asset {
    /// The URL under `base`, a base URL without final slash: `{base}/assets/{hash}/{name}`.
    #[must_use]
    pub fn url(&self, base: &str) -> String {
        format!("{base}/assets/{}/{}", self.hash, self.name)
    }

    /// The strong entity tag, in its quotes.
    #[must_use]
    pub fn etag(&self) -> String {
        format!("\"{}\"", self.hash)
    }
}
