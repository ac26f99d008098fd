//! Links: query strings that keep what the reader chose, and which foreign addresses are linked.

use acervo_tenancy::Language;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// A reference to the page itself with `key` set to `value` in its query, or removed.
///
/// `query` is the raw query string as asked; other pairs stay as they are. The reference is relative
/// (`?page=2&lang=en`, or `./` when nothing is left), so it holds behind any proxy.
pub(crate) fn with(query: &str, key: &str, value: Option<&str>) -> String {
    let mut pairs: Vec<String> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && name_of(pair) != key)
        .map(str::to_owned)
        .collect();
    pairs.extend(value.map(|value| format!("{key}={value}")));
    if pairs.is_empty() {
        "./".to_owned()
    } else {
        format!("?{}", pairs.join("&"))
    }
}

/// A reference to page `number` of a paged page; the first has no number in its address.
pub(crate) fn page(query: &str, number: usize) -> String {
    let number = (number > 1).then(|| number.to_string());
    with(query, "page", number.as_deref())
}

/// The pairs of `query` other than `key`, decoded, for the hidden fields of a form.
pub(crate) fn hidden(query: &str, key: &str) -> Vec<(String, String)> {
    let decoded = |part: &str| {
        let spaced = part.replace('+', " ");
        percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
    };
    query
        .split('&')
        .filter(|pair| !pair.is_empty() && name_of(pair) != key)
        .map(|pair| {
            let value = pair.split_once('=').map_or("", |(_, value)| value);
            (decoded(name_of(pair)), decoded(value))
        })
        .collect()
}

/// A link that can be dragged into another viewer: it leads to `page`, and names the manifest both as the
/// IIIF Content State API does (1.0, section 3) and as viewers from before it read it.
pub(crate) fn dragged(page: &str, manifest: &str) -> String {
    let manifest = utf8_percent_encode(manifest, NON_ALPHANUMERIC);
    format!("{page}?manifest={manifest}&iiif-content={manifest}")
}

/// The language that `query` asks for with `lang`.
pub(crate) fn language(query: &str) -> Option<Language> {
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix("lang="))
        .and_then(Language::from_tag)
}

/// `url` with `lang` added to its query.
pub(crate) fn in_language(url: &str, language: Language) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}lang={language}")
}

/// `url` if it is an absolute http or https URL; a page links no other foreign address.
pub(crate) fn web(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    let safe = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    (safe && !rest.is_empty() && !url.contains(char::is_control)).then_some(url)
}

/// A web address as people write it: without scheme and final slash.
pub(crate) fn spoken(url: &str) -> &str {
    url.split_once("://")
        .map_or(url, |(_, rest)| rest)
        .trim_end_matches('/')
}

fn name_of(pair: &str) -> &str {
    pair.split_once('=').map_or(pair, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_replaces_its_own_pair_and_keeps_the_others() {
        for (query, key, value, expected) in [
            ("", "lang", Some("en"), "?lang=en"),
            ("lang=es", "lang", Some("en"), "?lang=en"),
            ("page=3&lang=es", "lang", Some("en"), "?page=3&lang=en"),
            (
                "q=a%20b&lang=es&lang=en",
                "lang",
                Some("es"),
                "?q=a%20b&lang=es",
            ),
            ("language=x", "lang", Some("es"), "?language=x&lang=es"),
            ("page=3", "page", None, "./"),
            ("&&", "page", None, "./"),
        ] {
            assert_eq!(with(query, key, value), expected, "{query}");
        }
    }

    #[test]
    fn the_first_page_has_no_number_in_its_address() {
        assert_eq!(page("page=2&lang=en", 1), "?lang=en");
        assert_eq!(page("page=2", 1), "./");
        assert_eq!(page("lang=en", 7), "?lang=en&page=7");
    }

    #[test]
    fn a_form_keeps_the_rest_of_the_query() {
        assert_eq!(
            hidden("page=2&q=a%20b+c&lang=en&x", "page"),
            [("q", "a b c"), ("lang", "en"), ("x", "")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }

    #[test]
    fn a_link_for_other_viewers_names_the_manifest() {
        assert_eq!(
            dragged("https://x.example/p/", "https://x.example/m.json"),
            "https://x.example/p/?manifest=https%3A%2F%2Fx%2Eexample%2Fm%2Ejson\
             &iiif-content=https%3A%2F%2Fx%2Eexample%2Fm%2Ejson"
        );
    }

    #[test]
    fn only_web_addresses_are_linked() {
        for (url, linked) in [
            ("https://www.example.org/", true),
            ("HTTP://example.org", true),
            ("javascript:alert(1)", false),
            ("javascript://example.org/%0aalert(1)", false),
            ("data:text/html,x", false),
            ("//example.org/", false),
            ("https://", false),
            ("https://example.org/\n", false),
        ] {
            assert_eq!(web(url).is_some(), linked, "{url}");
        }
    }
}
