//! The bytes of one object into a file.

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};

use http::header::{
    CONTENT_LENGTH, CONTENT_RANGE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MATCH,
    LAST_MODIFIED, RANGE,
};
use jiff::fmt::rfc2822;
use reqwest::{Response, StatusCode};

use crate::error::{BucketError, Failure};
use crate::list::Object;
use crate::patience::Patience;
use crate::service::{Ask, Service};
use crate::settings::Limits;

/// Writes what `file` lacks of `object`, going on where it or the try before ended.
pub(crate) async fn fetch(
    service: &Service,
    limits: &Limits,
    object: &Object,
    file: &mut File,
) -> Result<(), BucketError> {
    if object.size > limits.object_bytes {
        return Err(BucketError::TooLarge {
            path: object.path.clone(),
            size: object.size,
            limit: limits.object_bytes,
        });
    }
    if file.metadata()?.len() > object.size {
        file.set_len(0)?;
    }
    let mut patience = Patience::new(limits.without_progress, file.metadata()?.len());
    loop {
        let have = file.seek(SeekFrom::End(0))?;
        if have == object.size {
            return Ok(());
        }
        match go_on(service, object, have, file, &mut patience).await {
            Ok(()) => {}
            Err(Failure::Final(error)) => return Err(error),
            Err(Failure::Passing(error)) => patience.after(error).await?,
        }
    }
}

/// One try, from the byte `have` on. When it succeeds, the file is whole.
async fn go_on(
    service: &Service,
    object: &Object,
    mut have: u64,
    file: &mut File,
    patience: &mut Patience,
) -> Result<(), Failure> {
    let changed = || {
        Failure::Final(BucketError::Changed {
            path: object.path.clone(),
        })
    };
    let headers = conditions(object, have)
        .map_err(|why| service.unexpected(format!("a version that is no header: {why}")))?;
    let ask = Ask {
        path: Some(&object.path),
        query: &[],
        headers,
    };
    let mut response = service.get(ask, patience.silence()).await?;
    if !is_same(object, response.headers()) {
        return Err(changed());
    }
    match extent(&response) {
        Extent::Whole(size) if size.is_none_or(|size| size == object.size) => {
            if have > 0 {
                // The service does not go on in the middle: the same bytes once more.
                file.set_len(0)?;
                have = file.seek(SeekFrom::Start(0))?;
            }
        }
        Extent::From { start, size } if size == object.size => {
            if start != have {
                return Err(service.unexpected("another range than was asked for"));
            }
        }
        Extent::Whole(_) | Extent::From { .. } => return Err(changed()),
        Extent::Unknown => return Err(service.unexpected("bytes without saying which")),
    }
    while let Some(chunk) = service.chunk(&mut response, patience.silence()).await? {
        let bytes = chunk.as_ref();
        if have + bytes.len() as u64 > object.size {
            return Err(changed());
        }
        file.write_all(bytes)?;
        have += bytes.len() as u64;
        patience.come(have);
    }
    if have == object.size {
        Ok(())
    } else {
        Err(service.unreachable("the connection ended early"))
    }
}

/// The headers that ask for the rest of this version and no other.
fn conditions(object: &Object, have: u64) -> Result<HeaderMap, http::Error> {
    let mut headers = HeaderMap::new();
    if let Some(tag) = object.tag() {
        headers.insert(IF_MATCH, HeaderValue::from_str(tag)?);
    }
    if have > 0 {
        headers.insert(RANGE, HeaderValue::from_str(&format!("bytes={have}-"))?);
    }
    Ok(headers)
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// Whether an answer is of the version that was listed, which services that do not know conditions leave to us.
fn is_same(object: &Object, headers: &HeaderMap) -> bool {
    if let Some(tag) = object.tag() {
        return text(headers, &ETAG)
            .is_some_and(|now| now.trim_matches('"') == tag.trim_matches('"'));
    }
    // Without a tag, the time of the header, in whole seconds.
    text(headers, &LAST_MODIFIED)
        .and_then(|time| rfc2822::parse(time).ok())
        .is_some_and(|time| {
            time.timestamp().as_second() == object.modified.div_euclid(1_000_000_000)
        })
}

/// Which bytes an answer has.
#[derive(Debug, PartialEq, Eq)]
enum Extent {
    /// All, and how many they are if it says so.
    Whole(Option<u64>),
    /// Those from `start` to the end, of an object of `size` bytes.
    From { start: u64, size: u64 },
    /// It does not say.
    Unknown,
}

fn extent(response: &Response) -> Extent {
    let headers = response.headers();
    match response.status() {
        StatusCode::OK => {
            Extent::Whole(text(headers, &CONTENT_LENGTH).and_then(|length| length.parse().ok()))
        }
        StatusCode::PARTIAL_CONTENT => text(headers, &CONTENT_RANGE)
            .and_then(range)
            .unwrap_or(Extent::Unknown),
        _ => Extent::Unknown,
    }
}

/// `bytes 100-199/200`, which has to lead to the end (RFC 9110, 14.4).
fn range(text: &str) -> Option<Extent> {
    let (range, size) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (start, end) = range.split_once('-')?;
    let (start, end): (u64, u64) = (start.parse().ok()?, end.parse().ok()?);
    let size: u64 = size.parse().ok()?;
    (end.checked_add(1)? == size && start <= end).then_some(Extent::From { start, size })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_leads_to_the_end_or_is_none() {
        for (text, expected) in [
            ("bytes 100-199/200", Some((100, 200))),
            ("bytes 0-0/1", Some((0, 1))),
            ("bytes 100-150/200", None),
            ("bytes */200", None),
            ("bytes 100-199/*", None),
            ("items 100-199/200", None),
            ("bytes 0-18446744073709551615/200", None),
        ] {
            let expected = expected.map(|(start, size)| Extent::From { start, size });
            assert_eq!(range(text), expected, "{text}");
        }
    }

    #[test]
    fn an_answer_is_of_the_version_that_was_listed() {
        let object = |version: &str| Object {
            path: "a".to_owned(),
            size: 7,
            modified: 1_709_208_000_500_000_000,
            version: version.to_owned(),
        };
        let headers = |name: HeaderName, value: &'static str| {
            HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
        };
        let tagged = object("\"1f\"");
        let timed = object("1709208000500000000-7");
        for (object, headers, same) in [
            (&tagged, headers(ETAG, "\"1f\""), true),
            (&tagged, headers(ETAG, "1f"), true),
            (&tagged, headers(ETAG, "\"2f\""), false),
            (&tagged, HeaderMap::new(), false),
            (
                &timed,
                headers(LAST_MODIFIED, "Thu, 29 Feb 2024 12:00:00 GMT"),
                true,
            ),
            (
                &timed,
                headers(LAST_MODIFIED, "Thu, 29 Feb 2024 12:00:01 GMT"),
                false,
            ),
            (&timed, HeaderMap::new(), false),
        ] {
            assert_eq!(is_same(object, &headers), same, "{object:?} {headers:?}");
        }
    }
}
