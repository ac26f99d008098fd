//! Routes: a path within an institution becomes one of a few things that can be asked.

use iiif_spec::Version;
use percent_encoding::percent_decode_str;

use crate::document::Api;

/// One more than the segments of the longest route; what comes after them only a file's name can have.
const MOST: usize = 8;

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
    InstitutionDocument(Api),
    /// A collection's Collection document.
    CollectionDocument(Api, String),
    /// A part of a large collection's Collection document.
    PartDocument(Api, String, u64),
    /// The Collection document of an item's volumes.
    VolumesDocument(Api, String, String),
    /// An item's Manifest.
    Manifest(Api, String, String),
    /// The text of a page: collection, item and the page's code.
    Text(Api, String, String, String),
    /// What is known of an item, as data.
    Record(String, String),
    /// The institution's page.
    InstitutionPage,
    /// A collection's page.
    CollectionPage(String),
    /// An item's page.
    ItemPage(String, String),
    /// A search.
    Search,
    /// The list of pages for search engines.
    Sitemap,
    /// What programs may look at.
    Robots,
    /// The institution's logo.
    Logo,
    /// The institution's style sheet.
    Style,
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
        let mut segments = [""; MOST];
        let mut count = 0;
        for (place, segment) in segments.iter_mut().zip(rest.split('/')) {
            *place = segment;
            count += 1;
        }
        match &segments[..count] {
            [""] => Self::InstitutionPage,
            ["image", version @ ("2" | "3"), rest @ ..] => image(version, rest),
            ["presentation", "2", rest @ ..] => presentation(Api::V2, rest),
            ["presentation", "3", rest @ ..] => presentation(Api::V3, rest),
            ["image" | "presentation", ..] => Self::Nothing,
            ["assets", "logo", _] => Self::Logo,
            ["assets", _, "theme.css"] => Self::Style,
            ["assets", ..] => rest
                .strip_prefix("assets/")
                .map_or(Self::Nothing, Self::Asset),
            ["search"] => Self::Search,
            ["sitemap.xml"] => Self::Sitemap,
            ["robots.txt"] => Self::Robots,
            [collection, ""] => named(collection, Self::CollectionPage),
            [collection, item, ""] => both(collection, item, Self::ItemPage),
            [collection] => named(collection, Self::CollectionWithoutSlash),
            [collection, item] => both(collection, item, Self::ItemWithoutSlash),
            _ => Self::Nothing,
        }
    }
}

fn name(raw: &str) -> Option<String> {
    percent_decode_str(raw).decode_utf8().ok().map(String::from)
}

fn named<'p>(raw: &str, then: impl FnOnce(String) -> Route<'p>) -> Route<'p> {
    name(raw).map_or(Route::Nothing, then)
}

fn both<'p>(a: &str, b: &str, then: impl FnOnce(String, String) -> Route<'p>) -> Route<'p> {
    match (name(a), name(b)) {
        (Some(a), Some(b)) => then(a, b),
        _ => Route::Nothing,
    }
}

fn presentation<'p>(api: Api, rest: &[&'p str]) -> Route<'p> {
    match rest {
        ["collection.json"] => Route::InstitutionDocument(api),
        [collection, "collection.json"] => named(collection, |collection| {
            Route::CollectionDocument(api, collection)
        }),
        [collection, "parts", number, "collection.json"] => match number.parse() {
            Ok(number) => named(collection, |collection| {
                Route::PartDocument(api, collection, number)
            }),
            Err(_) => Route::Nothing,
        },
        [collection, item, "collection.json"] => both(collection, item, |collection, item| {
            Route::VolumesDocument(api, collection, item)
        }),
        [collection, item, "manifest.json"] => both(collection, item, |collection, item| {
            Route::Manifest(api, collection, item)
        }),
        [collection, item, "record.json"] if api == Api::V3 => {
            both(collection, item, Route::Record)
        }
        [collection, item, "text", code] => match code.strip_suffix(".json") {
            Some(code) => both(collection, item, |collection, item| {
                Route::Text(api, collection, item, code.to_owned())
            }),
            None => Route::Nothing,
        },
        _ => Route::Nothing,
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
    use crate::document::Api;
    use iiif_spec::Version::{V2, V3};

    #[test]
    fn paths_are_routed() {
        for (path, expected) in [
            ("", Route::WithoutSlash),
            ("/", Route::InstitutionPage),
            ("/mapas", Route::CollectionWithoutSlash("mapas".into())),
            ("/robots.txt", Route::Robots),
            ("/search", Route::Search),
            ("/sitemap.xml", Route::Sitemap),
            ("/assets/logo/l.svg", Route::Logo),
            ("/assets/0123/theme.css", Route::Style),
            ("/assets/0123/style.css", Route::Asset("0123/style.css")),
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
                Route::InstitutionDocument(Api::V3),
            ),
            (
                "/presentation/3/m/i%2Fj/manifest.json",
                Route::Manifest(Api::V3, "m".into(), "i/j".into()),
            ),
            (
                "/presentation/2/m/i/manifest.json",
                Route::Manifest(Api::V2, "m".into(), "i".into()),
            ),
            (
                "/presentation/3/m/collection.json",
                Route::CollectionDocument(Api::V3, "m".into()),
            ),
            (
                "/presentation/3/m/parts/2/collection.json",
                Route::PartDocument(Api::V3, "m".into(), 2),
            ),
            (
                "/presentation/3/m/obra/collection.json",
                Route::VolumesDocument(Api::V3, "m".into(), "obra".into()),
            ),
            (
                "/presentation/3/m/i/text/abc.json",
                Route::Text(Api::V3, "m".into(), "i".into(), "abc".into()),
            ),
            ("/presentation/3/m/i/text/abc", Route::Nothing),
            ("/presentation/2/m/i/record.json", Route::Nothing),
        ] {
            assert_eq!(Route::of(path), expected, "{path}");
        }
    }
}
