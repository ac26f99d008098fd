//! What is in the bucket.

use http::header::HeaderMap;

use crate::answer::{Entry, Page};
use crate::error::{BucketError, Failure};
use crate::patience::Patience;
use crate::service::{Ask, Service};
use crate::settings::{Limits, is_odd};

/// What lies below the prefix.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// The objects whose keys are paths, in the order of the service.
    pub objects: Vec<Object>,
    /// Keys that are no paths of files, below the prefix and as they are: with an empty segment, `.` or `..`,
    /// a control character or U+FFFD. They cannot be fetched.
    pub odd: Vec<String>,
}

/// One object of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its key below the prefix, exactly: `/`-separated, nothing encoded.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// When it was written, in nanoseconds since 1970.
    pub modified: i64,
    /// What names its content: the `ETag` with its quotes, or, where the service gives none, time and size.
    pub version: String,
}

impl Object {
    /// The `ETag`, if the service gave one.
    pub(crate) fn tag(&self) -> Option<&str> {
        self.version
            .starts_with('"')
            .then_some(self.version.as_str())
    }
}

/// As many bytes as a page may have: a thousand keys of 1,024 bytes, each character written as five or six.
const PAGE_BYTES: usize = 8 << 20;

pub(crate) async fn list(service: &Service, limits: &Limits) -> Result<Listing, BucketError> {
    let mut listing = Listing::default();
    let mut token: Option<String> = None;
    let mut seen = 0;
    let mut patience = Patience::new(limits.without_progress, 0);
    loop {
        let page = match page(service, token.as_deref(), &patience).await {
            Ok(page) => page,
            Err(Failure::Final(error)) => return Err(error),
            Err(Failure::Passing(error)) => {
                patience.after(error).await?;
                continue;
            }
        };
        // A page without keys counts too, so that there is an end to them.
        seen += page.contents.len().max(1) as u64;
        if seen > limits.objects && (page.is_truncated || !page.contents.is_empty()) {
            return Err(BucketError::TooMany {
                limit: limits.objects,
            });
        }
        patience.come(seen);
        for entry in page.contents {
            listing.take(&service.target.prefix, entry);
        }
        if !page.is_truncated {
            return Ok(listing);
        }
        token = page.next_continuation_token;
    }
}

async fn page(
    service: &Service,
    token: Option<&str>,
    patience: &Patience,
) -> Result<Page, Failure> {
    let mut query = vec![("list-type", "2"), ("prefix", &service.target.prefix)];
    query.extend(token.map(|token| ("continuation-token", token)));
    let ask = Ask {
        path: None,
        query: &query,
        headers: HeaderMap::new(),
    };
    let response = service.get(ask, patience.silence()).await?;
    let body = service
        .body(response, PAGE_BYTES, patience.silence())
        .await?;
    let page =
        Page::parse(&body).map_err(|why| service.unexpected(format!("no listing: {why}")))?;
    let next = page.next_continuation_token.as_deref();
    if page.is_truncated && (next.is_none() || next == token) {
        return Err(service.unexpected("a listing that does not say how it goes on"));
    }
    Ok(page)
}

impl Listing {
    fn take(&mut self, prefix: &str, entry: Entry) {
        let Some(path) = entry.key.strip_prefix(prefix) else {
            // Not asked for, whatever it is.
            return;
        };
        if entry.size == 0 && (path.is_empty() || path.ends_with('/')) {
            // The marker of a folder.
            return;
        }
        if is_odd(path) {
            self.odd.push(path.to_owned());
            return;
        }
        let modified = i64::try_from(entry.last_modified.as_nanosecond()).unwrap_or_default();
        let version = match entry.e_tag.as_deref().map(|tag| tag.trim_matches('"')) {
            None | Some("") => format!("{modified}-{}", entry.size),
            Some(tag) => format!("\"{tag}\""),
        };
        self.objects.push(Object {
            path: path.to_owned(),
            size: entry.size,
            modified,
            version,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(key: &str, size: u64, e_tag: Option<&str>) -> Entry {
        Entry {
            key: key.to_owned(),
            size,
            last_modified: "1970-01-01T00:00:02Z".parse().expect("a time"),
            e_tag: e_tag.map(str::to_owned),
        }
    }

    #[test]
    fn markers_of_folders_are_left_out_and_odd_keys_are_given_by_name() {
        let mut listing = Listing::default();
        for (key, size) in [
            ("p/", 0),
            ("p/a/", 0),
            ("p/a/1.tif", 1),
            ("p/a/..b", 0),
            ("p//b", 1),
            ("p/a/../b", 1),
            ("p/./b", 1),
            ("p/c/", 1),
            ("p/d\u{1}", 1),
            ("p/e\u{fffd}", 1),
            ("elsewhere", 1),
        ] {
            listing.take("p/", entry(key, size, Some("x")));
        }
        let paths: Vec<_> = listing.objects.iter().map(|o| o.path.as_str()).collect();
        assert_eq!(paths, ["a/1.tif", "a/..b"]);
        assert_eq!(
            listing.odd,
            ["/b", "a/../b", "./b", "c/", "d\u{1}", "e\u{fffd}"]
        );
    }

    #[test]
    fn a_version_is_the_tag_or_else_time_and_size() {
        for (tag, version, has_tag) in [
            (Some("\"1f\""), "\"1f\"", true),
            (Some("1f"), "\"1f\"", true),
            (Some("\"\""), "2000000000-7", false),
            (None, "2000000000-7", false),
        ] {
            let mut listing = Listing::default();
            listing.take("", entry("a", 7, tag));
            let object = &listing.objects[0];
            assert_eq!(object.version, version, "{tag:?}");
            assert_eq!(object.tag().is_some(), has_tag, "{tag:?}");
        }
    }
}
