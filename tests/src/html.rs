//! The elements of pages and sitemaps: as much of a parser as markup needs that is known to be well formed.
//! That ours is, html-validate sees to.

/// A start tag, and the text up to the next tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Its name, as written.
    pub name: String,
    /// Names and values, unescaped; an attribute without a value has an empty one.
    pub attributes: Vec<(String, String)>,
    /// The text that follows, unescaped; of a script, all of it as it is.
    pub text: String,
}

impl Element {
    /// The value of an attribute.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether an attribute that is a list of words has `word`.
    #[must_use]
    pub fn has(&self, name: &str, word: &str) -> bool {
        self.get(name)
            .is_some_and(|value| value.split_ascii_whitespace().any(|one| one == word))
    }
}

/// The elements of a document, in the order of their start tags.
#[must_use]
pub fn elements(document: &str) -> Vec<Element> {
    let mut found = Vec::new();
    let mut rest = document;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
        } else if rest.starts_with(|first: char| first.is_ascii_alphabetic()) {
            let (element, after) = element(rest);
            found.push(element);
            rest = after;
        }
    }
    found
}

/// The element whose tag `text` begins with, after its `<`; and what follows its own text.
fn element(text: &str) -> (Element, &str) {
    let end = text
        .find(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/')
        .unwrap_or(text.len());
    let (name, mut rest) = text.split_at(end);
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        let end = rest
            .find(|c: char| c.is_ascii_whitespace() || "=>/".contains(c))
            .unwrap_or(rest.len());
        if end == 0 {
            break;
        }
        let key = rest[..end].to_owned();
        rest = &rest[end..];
        let value = rest.strip_prefix("=\"").and_then(|v| v.split_once('"'));
        attributes.push((key, value.map_or_else(String::new, |(v, _)| unescape(v))));
        rest = value.map_or(rest, |(_, after)| after);
    }
    rest = rest.strip_prefix('>').unwrap_or(rest);
    let raw = matches!(name, "script" | "style");
    let end = if raw {
        rest.find(&format!("</{name}"))
    } else {
        rest.find('<')
    };
    let (text, after) = rest.split_at(end.unwrap_or(rest.len()));
    let element = Element {
        name: name.to_owned(),
        attributes,
        text: if raw { text.to_owned() } else { unescape(text) },
    };
    (element, after)
}

/// The references that serialisers write.
fn unescape(text: &str) -> String {
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// The address that `reference` on the page at `page` leads to, without fragment; absolute addresses as they are.
#[must_use]
pub fn resolve(page: &str, reference: &str) -> String {
    let reference = reference.split('#').next().unwrap_or_default();
    let page = page.split('#').next().unwrap_or_default();
    let scheme = reference
        .split_once(':')
        .is_some_and(|(scheme, _)| !scheme.is_empty() && !scheme.contains(['/', '?']));
    if scheme {
        return reference.to_owned();
    }
    let (protocol, after) = page.split_once("://").unwrap_or(("http", page));
    if let Some(other_host) = reference.strip_prefix("//") {
        return format!("{protocol}://{other_host}");
    }
    let (host, path) = after.split_at(after.find('/').unwrap_or(after.len()));
    let bare = path.split('?').next().unwrap_or_default();
    let target = match reference.chars().next() {
        None => path.to_owned(),
        Some('?') => format!("{bare}{reference}"),
        Some('/') => reference.to_owned(),
        Some(_) => format!(
            "{}/{reference}",
            bare.rsplit_once('/').map_or("", |(folder, _)| folder)
        ),
    };
    format!("{protocol}://{host}{}", without_dots(&target))
}

/// A path without `.` and `..`; its query stays as it is.
fn without_dots(path: &str) -> String {
    let (path, query) = path.split_at(path.find('?').unwrap_or(path.len()));
    let mut kept: Vec<&str> = Vec::new();
    let segments: Vec<&str> = path.split('/').collect();
    for (n, segment) in segments.iter().enumerate() {
        let last = n + 1 == segments.len();
        match *segment {
            "." if last => kept.push(""),
            "." => {}
            ".." => {
                if kept.len() > 1 {
                    kept.pop();
                }
                if last {
                    kept.push("");
                }
            }
            other => kept.push(other),
        }
    }
    format!("{}{query}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_with_attributes_and_text() {
        let found = elements(
            "<!DOCTYPE html><!-- <a href=\"no\"> --><a href=\"?a=1&amp;b=2\" rel=\"x nofollow\" hidden>L &lt; M</a>\
             <script type=\"t\">{\"a\": \"<b>\"}</script><br/><loc>u</loc>",
        );
        let names: Vec<_> = found.iter().map(|element| element.name.as_str()).collect();
        assert_eq!(names, ["a", "script", "br", "loc"]);
        assert_eq!(found[0].get("href"), Some("?a=1&b=2"));
        assert!(found[0].has("rel", "nofollow") && found[0].get("hidden") == Some(""));
        assert_eq!(found[0].text, "L < M");
        assert_eq!(found[1].text, "{\"a\": \"<b>\"}");
        assert_eq!(found[3].text, "u");
    }

    #[test]
    fn references_are_resolved() {
        for (reference, expected) in [
            ("", "http://h:1/a/b/?p=2"),
            ("#x", "http://h:1/a/b/?p=2"),
            ("?lang=es", "http://h:1/a/b/?lang=es"),
            ("./", "http://h:1/a/b/"),
            ("../c?d#e", "http://h:1/a/c?d"),
            ("../../../c", "http://h:1/c"),
            ("/x/./y", "http://h:1/x/y"),
            ("//other/z", "http://other/z"),
            ("https://other/", "https://other/"),
            ("mailto:a@b", "mailto:a@b"),
        ] {
            assert_eq!(
                resolve("http://h:1/a/b/?p=2", reference),
                expected,
                "{reference}"
            );
        }
        assert_eq!(resolve("http://h:1", "x"), "http://h:1/x");
    }
}
