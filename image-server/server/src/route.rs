//! Routes: a path within an institution becomes one of a few things that can be asked.

use iiif_spec::Version;
use percent_encoding::percent_decode_str;

/// What is asked of an institution. Segments of image requests are as sent; names are decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route<'p> {
    /// The base URI of an image, which redirects to its description.
    ImageBase(Version, &'p str),
    /// An image's info.json.
    ImageInfo(Version, &'p str),
    /// Pixels: identifier, region, size, rotation, quality and format.
    Image(Version, &'p str, [&'p str; 4]),
    /// The institution's Collection document.
    InstitutionDocument,
    /// A collection's Collection document.
    CollectionDocument(String),
    /// An item's Manifest.
    Manifest(String, String),
    /// The institution's page.
    InstitutionPage,
    /// A collection's page.
    CollectionPage(String),
    /// An item's page.
    ItemPage(String, String),
    /// An embedded file: hash and name.
    Asset(&'p str),
    /// The institution's page without its final slash.
    WithoutSlash,
    /// A collection's page without its final slash.
    CollectionWithoutSlash(String),
    /// An item's page without its final slash.
    ItemWithoutSlash(String, String),
    /// Nothing.
    Nothing,
}

impl<'p> Route<'p> {
    /// What `path` asks; empty or beginning with `/`.
    pub(crate) fn of(path: &'p str) -> Self {
        let Some(rest) = path.strip_prefix('/') else {
            return Self::WithoutSlash;
        };
        if let Some(asset) = rest.strip_prefix("assets/") {
            return Self::Asset(asset);
        }
        let segments: Vec<&str> = rest.split('/').collect();
        let name = |raw: &str| percent_decode_str(raw).decode_utf8().ok().map(String::from);
        let named = |raw: &str, then: fn(String) -> Self| name(raw).map_or(Self::Nothing, then);
        let both = |a: &str, b: &str, then: fn(String, String) -> Self| match (name(a), name(b)) {
            (Some(a), Some(b)) => then(a, b),
            _ => Self::Nothing,
        };
        match segments.as_slice() {
            [""] => Self::InstitutionPage,
            ["image", version @ ("2" | "3"), rest @ ..] => image(version, rest),
            ["presentation", "3", "collection.json"] => Self::InstitutionDocument,
            ["presentation", "3", collection, "collection.json"] => {
                named(collection, Self::CollectionDocument)
            }
            ["presentation", "3", collection, item, "manifest.json"] => {
                both(collection, item, Self::Manifest)
            }
            ["image" | "presentation", ..] => Self::Nothing,
            [collection, ""] => named(collection, Self::CollectionPage),
            [collection, item, ""] => both(collection, item, Self::ItemPage),
            [collection] => named(collection, Self::CollectionWithoutSlash),
            [collection, item] => both(collection, item, Self::ItemWithoutSlash),
            _ => Self::Nothing,
        }
    }
}

fn image<'p>(version: &str, rest: &[&'p str]) -> Route<'p> {
    let version = if version == "2" {
        Version::V2
    } else {
        Version::V3
    };
    match rest {
        [identifier] | [identifier, ""] => Route::ImageBase(version, identifier),
        [identifier, "info.json"] => Route::ImageInfo(version, identifier),
        [identifier, region, size, rotation, quality] => {
            Route::Image(version, identifier, [region, size, rotation, quality])
        }
        _ => Route::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::Route;
    use iiif_spec::Version::{V2, V3};

    #[test]
    fn paths_are_routed() {
        for (path, expected) in [
            ("", Route::WithoutSlash),
            ("/", Route::InstitutionPage),
            ("/mapas", Route::CollectionWithoutSlash("mapas".into())),
            (
                "/robots.txt",
                Route::CollectionWithoutSlash("robots.txt".into()),
            ),
            ("/mapas/", Route::CollectionPage("mapas".into())),
            (
                "/mapas/Plano%20%C3%A9/",
                Route::ItemPage("mapas".into(), "Plano é".into()),
            ),
            (
                "/mapas/a",
                Route::ItemWithoutSlash("mapas".into(), "a".into()),
            ),
            ("/mapas/a/b", Route::Nothing),
            ("/mapas/%ff/", Route::Nothing),
            ("/image/3/x", Route::ImageBase(V3, "x")),
            ("/image/2/x/info.json", Route::ImageInfo(V2, "x")),
            (
                "/image/3/x/full/max/0/default.jpg",
                Route::Image(V3, "x", ["full", "max", "0", "default.jpg"]),
            ),
            ("/image/3/a/b/full/max/0/default.jpg", Route::Nothing),
            ("/image/4/x/info.json", Route::Nothing),
            (
                "/presentation/3/collection.json",
                Route::InstitutionDocument,
            ),
            (
                "/presentation/3/m/i%2Fj/manifest.json",
                Route::Manifest("m".into(), "i/j".into()),
            ),
        ] {
            assert_eq!(Route::of(path), expected, "{path}");
        }
    }
}
