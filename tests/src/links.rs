//! The links of what the server answers: of pages, of sitemaps and robots.txt, of IIIF documents.

use serde_json::Value;

use crate::html::{Element, elements, resolve};
use crate::http::Answer;

/// Types of things that a IIIF document describes in itself: their ids need not answer.
const INSIDE: [&str; 14] = [
    "Canvas",
    "Range",
    "Annotation",
    "AnnotationCollection",
    "TextualBody",
    "SpecificResource",
    "PointSelector",
    "FragmentSelector",
    "Choice",
    "sc:Canvas",
    "sc:Range",
    "sc:Sequence",
    "sc:Layer",
    "oa:Annotation",
];
/// Properties of IIIF documents whose value may be an address without more about it.
const ADDRESSES: [&str; 14] = [
    "first",
    "next",
    "prev",
    "last",
    "logo",
    "thumbnail",
    "related",
    "rendering",
    "seeAlso",
    "within",
    "otherContent",
    "collections",
    "manifests",
    "members",
];

/// How one thing leads to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// A link that people follow.
    Anchor,
    /// A link that people follow and search engines should not.
    NoFollow,
    /// What a browser loads by itself: images, styles, scripts; and where a form leads.
    Loaded,
    /// A link in a page's head: another form of the page, its licence.
    Head,
    /// An address in data: of a IIIF document, or schema.org's.
    Data,
    /// An entry of a sitemap, or of robots.txt.
    Listed,
}

/// A link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it leads: absolute, without fragment.
    pub url: String,
    /// How.
    pub how: How,
}

/// The links of the answer at `url`.
#[must_use]
pub(crate) fn links(url: &str, answer: &Answer) -> Vec<Link> {
    let kind = answer.header("content-type").unwrap_or_default();
    if kind.starts_with("text/html") {
        of_page(url, &elements(&answer.text()))
    } else if kind.contains("json") {
        let json = answer.json().unwrap_or_default();
        let mut found = Vec::new();
        of_document(&json, &mut found);
        found.iter().map(|to| link(url, to, How::Data)).collect()
    } else if kind.contains("xml") && !kind.contains("svg") {
        of_sitemap(url, &elements(&answer.text()))
    } else if url.ends_with("/robots.txt") {
        answer
            .text()
            .lines()
            .filter_map(|line| line.strip_prefix("Sitemap:"))
            .map(|to| link(url, to.trim(), How::Listed))
            .collect()
    } else {
        Vec::new()
    }
}

fn link(page: &str, to: &str, how: How) -> Link {
    Link {
        url: resolve(page, to),
        how,
    }
}

fn of_sitemap(url: &str, all: &[Element]) -> Vec<Link> {
    let listed = |element: &Element| match element.name.as_str() {
        "loc" | "image:loc" => Some(link(url, element.text.trim(), How::Listed)),
        // Of a sitemap (other languages) or of a feed.
        "xhtml:link" | "link" => element.get("href").map(|to| link(url, to, How::Data)),
        _ => None,
    };
    all.iter().filter_map(listed).collect()
}

fn of_page(url: &str, all: &[Element]) -> Vec<Link> {
    all.iter()
        .flat_map(|element| of_element(url, element))
        .collect()
}

fn of_element(url: &str, element: &Element) -> Vec<Link> {
    let mut found = Vec::new();
    let mut add = |to: Option<&str>, how: How| {
        found.extend(to.map(|to| link(url, to, how)));
    };
    match element.name.as_str() {
        "a" => {
            let hidden = element.has("rel", "nofollow");
            add(
                element.get("href"),
                if hidden { How::NoFollow } else { How::Anchor },
            );
        }
        "link" => {
            let loads = ["stylesheet", "icon", "preload", "modulepreload", "manifest"];
            let loaded = loads.iter().any(|rel| element.has("rel", rel));
            let how = if loaded { How::Loaded } else { How::Head };
            add(element.get("href"), how);
        }
        "form" => add(element.get("action"), How::Loaded),
        "meta" => {
            let names = ["og:image", "og:url", "twitter:image"];
            let named = element.get("property").or_else(|| element.get("name"));
            if named.is_some_and(|name| names.contains(&name)) {
                add(element.get("content"), How::Data);
            }
        }
        "script" if element.get("type") == Some("application/ld+json") => {
            let data = serde_json::from_str(&element.text).unwrap_or_default();
            for to in addresses(&data) {
                add(Some(to), How::Data);
            }
        }
        _ => {}
    }
    for attribute in ["src", "poster", "data", "data-info", "data-script"] {
        add(element.get(attribute), How::Loaded);
    }
    for attribute in ["srcset", "imagesrcset"] {
        // Our addresses hold commas, but no spaces.
        let all = element.get(attribute).unwrap_or_default();
        let addresses = all.split_ascii_whitespace().step_by(2);
        for address in addresses {
            add(Some(address), How::Loaded);
        }
    }
    found
}

/// The web addresses in schema.org's data, but for those of vocabularies.
fn addresses(data: &Value) -> Vec<&str> {
    match data {
        Value::String(text) if text.starts_with("http") => vec![text],
        Value::Array(all) => all.iter().flat_map(addresses).collect(),
        Value::Object(all) => all
            .iter()
            .filter(|(key, _)| *key != "@context")
            .flat_map(|(_, value)| addresses(value))
            .collect(),
        _ => Vec::new(),
    }
}

/// The addresses of a IIIF document that have to answer.
fn of_document(json: &Value, found: &mut Vec<String>) {
    match json {
        Value::Array(all) => all.iter().for_each(|one| of_document(one, found)),
        Value::Object(all) => {
            found.extend(to_ask(json));
            for (key, value) in all {
                if ADDRESSES.contains(&key.as_str()) {
                    let bare = value
                        .as_array()
                        .map_or(std::slice::from_ref(value), |all| all);
                    found.extend(bare.iter().filter_map(Value::as_str).map(str::to_owned));
                }
                of_document(value, found);
            }
        }
        _ => {}
    }
}

/// What to ask for about one thing in a IIIF document.
fn to_ask(thing: &Value) -> Vec<String> {
    let text = |key: &str| thing[key].as_str();
    let Some(id) = text("id").or_else(|| text("@id")) else {
        return Vec::new();
    };
    let kind = text("type").or_else(|| text("@type")).unwrap_or_default();
    let profile = thing["profile"].to_string();
    let embedded = thing.get("items").is_some() || thing.get("resources").is_some();
    if kind.starts_with("ImageService") || profile.contains("iiif.io/api/image/") {
        return vec![id.to_owned(), format!("{id}/info.json")];
    }
    if kind.contains("Search") || kind.contains("AutoComplete") || profile.contains("/api/search/")
    {
        return vec![format!("{id}?q=a")];
    }
    let inside = INSIDE.contains(&kind)
        || (embedded && ["AnnotationPage", "sc:AnnotationList"].contains(&kind));
    if inside {
        Vec::new()
    } else {
        vec![id.to_owned()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answer(kind: &str, body: &str) -> Answer {
        Answer {
            status: 200,
            headers: vec![("content-type".into(), kind.into())],
            body: body.into(),
        }
    }

    fn told(kind: &str, body: &str) -> Vec<(String, How)> {
        links("http://h/a/", &answer(kind, body))
            .into_iter()
            .map(|link| (link.url, link.how))
            .collect()
    }

    #[test]
    fn a_page_leads_where_its_elements_lead() {
        let page = r#"<link rel="icon" href="/i.svg"><link rel="alternate" href="?lang=en">
            <a href="b/" rel="nofollow">x</a><a href="c/">y</a><form action="/s"></form>
            <img src="1.jpg" srcset="http://h/x/1,2/a.jpg 1w, http://h/x/3,4/a.jpg 2w">
            <script type="application/ld+json">{"@context": "http://schema.org", "url": "http://h/j"}</script>"#;
        let expected = [
            ("http://h/i.svg", How::Loaded),
            ("http://h/a/?lang=en", How::Head),
            ("http://h/a/b/", How::NoFollow),
            ("http://h/a/c/", How::Anchor),
            ("http://h/s", How::Loaded),
            ("http://h/a/1.jpg", How::Loaded),
            ("http://h/x/1,2/a.jpg", How::Loaded),
            ("http://h/x/3,4/a.jpg", How::Loaded),
            ("http://h/j", How::Data),
        ];
        let found = told("text/html; charset=utf-8", page);
        assert_eq!(found, expected.map(|(url, how)| (url.to_owned(), how)));
    }

    #[test]
    fn a_document_leads_to_what_has_to_answer_and_not_to_what_it_holds() {
        let document = json!({
            "id": "http://h/m", "type": "Manifest",
            "items": [{
                "id": "http://h/c", "type": "Canvas",
                "items": [{ "id": "http://h/p", "type": "AnnotationPage", "items": [] }],
                "annotations": [{ "id": "http://h/text", "type": "AnnotationPage" }],
                "thumbnail": [{ "id": "http://h/t.jpg", "type": "Image", "service": [
                    { "@id": "http://h/i2", "@type": "ImageService2", "profile": "x" },
                ] }],
            }],
            "within": "http://h/collection",
        });
        let found: Vec<_> = told("application/ld+json", &document.to_string())
            .into_iter()
            .map(|(url, _)| url.replace("http://h/", ""))
            .collect();
        let mut sorted = found.clone();
        sorted.sort();
        assert_eq!(
            sorted,
            ["collection", "i2", "i2/info.json", "m", "t.jpg", "text"]
        );
    }

    #[test]
    fn a_sitemap_leads_to_its_entries() {
        let sitemap =
            "<?xml version=\"1.0\"?><urlset><url><loc>http://h/x?a&amp;b</loc></url></urlset>";
        assert_eq!(
            told("application/xml", sitemap),
            [("http://h/x?a&b".to_owned(), How::Listed)]
        );
    }
}
