//! What the service says, as types: pages of a listing, and refusals.
//!
//! Source: Amazon S3 API Reference, `ListObjectsV2` and "Error responses".

use jiff::Timestamp;
use reqwest::StatusCode;
use serde::Deserialize;

use crate::error::{BucketError, Denial, Failure};
use crate::settings::Target;

/// One page of a listing.
///
/// Every service says whether there is more, so an answer without that is no listing and not an empty one.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Page {
    #[serde(default)]
    pub(crate) contents: Vec<Entry>,
    pub(crate) is_truncated: bool,
    pub(crate) next_continuation_token: Option<String>,
}

/// One key of it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) size: u64,
    pub(crate) last_modified: Timestamp,
    #[serde(rename = "ETag")]
    pub(crate) e_tag: Option<String>,
}

impl Page {
    pub(crate) fn parse(body: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(body).map_err(|error| error.to_string())?;
        quick_xml::de::from_str(text).map_err(|error| error.to_string())
    }
}

/// The body of a refusal; some refusals have none.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Told {
    code: String,
    region: Option<String>,
}

/// What a status other than success means.
///
/// `region` is the one that the service names in a header; `path` is the object, if it is asked for one.
pub(crate) fn refusal(
    target: &Target,
    signed: bool,
    status: StatusCode,
    region: Option<String>,
    body: &[u8],
    path: Option<&str>,
) -> Failure {
    let told: Told = std::str::from_utf8(body)
        .ok()
        .and_then(|text| quick_xml::de::from_str(text).ok())
        .unwrap_or_default();
    let code = told.code.as_str();
    let said = format!("{} {code}", status.as_u16()).trim().to_owned();
    let host = || target.host.clone();
    let unexpected = || BucketError::Unexpected {
        host: host(),
        why: said.clone(),
    };
    let error = match (status.as_u16(), code) {
        (408 | 429 | 500 | 502..=599, _) | (400, "RequestTimeout") => {
            return Failure::Passing(BucketError::Unreachable {
                host: host(),
                why: said,
            });
        }
        (301 | 307 | 308, "PermanentRedirect" | "TemporaryRedirect")
        | (400, "AuthorizationHeaderMalformed") => BucketError::WrongRegion {
            region: told.region.or(region),
        },
        (404, "NoSuchBucket") | (400, "InvalidBucketName") => BucketError::NoSuchBucket {
            bucket: target.bucket.clone(),
            host: host(),
        },
        (401 | 403, _)
        | (400, "InvalidAccessKeyId" | "ExpiredToken" | "InvalidToken")
        | (404, "XAdminUserNotFound") => BucketError::Denied(denial(signed, code)),
        (404 | 410 | 412 | 416, _) => path.map_or_else(unexpected, |path| BucketError::Changed {
            path: path.to_owned(),
        }),
        _ => unexpected(),
    };
    Failure::Final(error)
}

fn denial(signed: bool, code: &str) -> Denial {
    match code {
        _ if !signed => Denial::NoKey,
        // The second is versitygw's.
        "InvalidAccessKeyId" | "XAdminUserNotFound" => Denial::UnknownId,
        "SignatureDoesNotMatch" => Denial::WrongSecret,
        "RequestTimeTooSkewed" => Denial::Clock,
        "" => Denial::NotPermitted("403".to_owned()),
        code => Denial::NotPermitted(code.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Limits, Settings};

    fn code(status: u16, body: &str, signed: bool, path: Option<&str>) -> (bool, &'static str) {
        let target = Target::new(&Settings {
            endpoint: None,
            bucket: "scans".to_owned(),
            prefix: None,
            region: None,
            credentials: None,
            allowed_inside: Vec::new(),
            limits: Limits::default(),
        })
        .expect("good settings");
        let status = StatusCode::from_u16(status).expect("a status");
        match refusal(&target, signed, status, None, body.as_bytes(), path) {
            Failure::Passing(error) => (true, error.code()),
            Failure::Final(error) => (false, error.code()),
        }
    }

    #[test]
    fn a_refusal_says_what_to_do_and_whether_trying_again_helps() {
        let body = |code: &str| format!("<Error><Code>{code}</Code><Message>m</Message></Error>");
        for (status, said, path, expected) in [
            (503, "SlowDown", None, (true, "bucket-unreachable")),
            (500, "", None, (true, "bucket-unreachable")),
            (501, "NotImplemented", None, (false, "not-an-s3-service")),
            (404, "NoSuchBucket", Some("a"), (false, "no-such-bucket")),
            (404, "NoSuchKey", Some("a"), (false, "object-changed")),
            (404, "", None, (false, "not-an-s3-service")),
            (
                412,
                "PreconditionFailed",
                Some("a"),
                (false, "object-changed"),
            ),
            (416, "InvalidRange", Some("a"), (false, "object-changed")),
            (403, "AccessDenied", None, (false, "bucket-denied")),
            (
                301,
                "PermanentRedirect",
                None,
                (false, "wrong-bucket-region"),
            ),
            (302, "", None, (false, "not-an-s3-service")),
            (
                400,
                "AuthorizationHeaderMalformed",
                None,
                (false, "wrong-bucket-region"),
            ),
        ] {
            assert_eq!(
                code(status, &body(said), true, path),
                expected,
                "{status} {said}"
            );
        }
    }

    #[test]
    fn a_denial_names_the_value_that_is_wrong() {
        for (signed, said, expected) in [
            (false, "AccessDenied", Denial::NoKey),
            (true, "InvalidAccessKeyId", Denial::UnknownId),
            (true, "SignatureDoesNotMatch", Denial::WrongSecret),
            (true, "RequestTimeTooSkewed", Denial::Clock),
            (
                true,
                "AccessDenied",
                Denial::NotPermitted("AccessDenied".to_owned()),
            ),
        ] {
            assert_eq!(denial(signed, said), expected, "{said}");
        }
    }

    #[test]
    fn a_page_has_its_keys_exactly_as_they_are() {
        let body = "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
            <Name>scans</Name><IsTruncated>true</IsTruncated>\
            <Contents><Key> a  b &amp; c </Key><LastModified>2024-02-29T12:00:00.5Z</LastModified>\
            <ETag>&quot;1f&quot;</ETag><Size>7</Size><StorageClass>STANDARD</StorageClass></Contents>\
            <CommonPrefixes><Prefix>x/</Prefix></CommonPrefixes>\
            <Contents><Key>a&#x1;+%41ñ</Key><LastModified>2024-02-29T12:00:00Z</LastModified>\
            <Size>0</Size></Contents>\
            <NextContinuationToken>t==</NextContinuationToken></ListBucketResult>";
        let page = Page::parse(body.as_bytes()).expect("a page");
        let keys: Vec<_> = page
            .contents
            .iter()
            .map(|entry| entry.key.as_str())
            .collect();
        assert_eq!(keys, [" a  b & c ", "a\u{1}+%41ñ"]);
        let tags: Vec<_> = page
            .contents
            .iter()
            .map(|entry| entry.e_tag.as_deref())
            .collect();
        assert_eq!(tags, [Some("\"1f\""), None]);
        assert!(page.is_truncated);
        assert_eq!(page.next_continuation_token.as_deref(), Some("t=="));
    }

    #[test]
    fn a_web_page_is_no_empty_listing() {
        for body in [
            "<html><body>Welcome</body></html>",
            "<Error><Code>InternalError</Code></Error>",
            "{}",
            "",
        ] {
            assert!(Page::parse(body.as_bytes()).is_err(), "{body}");
        }
    }
}
