//! What a bucket is opened with, and what that comes down to.

use std::fmt;
use std::time::Duration;

use url::{Host, Url};

use crate::address::Allowed;
use crate::error::{BucketError, Denial};

/// The bucket, and how to get at it.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The service, as an `http` or `https` URL; none means Amazon S3. Buckets are segments of its path.
    pub endpoint: Option<String>,
    /// The name of the bucket.
    pub bucket: String,
    /// The folder in the bucket that is read, `/`-separated; none means the whole bucket.
    pub prefix: Option<String>,
    /// The region that requests are signed for; none means `us-east-1`, which most services other than Amazon's
    /// take for their own.
    pub region: Option<String>,
    /// The key; none means requests without a signature, for buckets that are public.
    pub credentials: Option<Credentials>,
    /// What the provider allows of what is inside. An endpoint elsewhere inside is refused.
    pub allowed_inside: Vec<Allowed>,
    /// How much, and how long.
    pub limits: Limits,
}

/// A key to a service: the two values of a Secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// `accessKeyId`
    pub access_key_id: String,
    /// `secretAccessKey`
    pub secret_access_key: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}

/// How much is taken from a bucket, and how long it is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most keys that a listing may have, markers of folders included.
    pub objects: u64,
    /// The most bytes that an object may have to be fetched.
    pub object_bytes: u64,
    /// How long one call may go on without anything new, over all of its tries.
    pub without_progress: Duration,
    /// How long one connection may take to be made, the resolution of its name included.
    pub connect: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            objects: 1_000_000,
            object_bytes: 16 << 30,
            without_progress: Duration::from_secs(60),
            connect: Duration::from_secs(10),
        }
    }
}

/// Settings that cannot be wrong any more.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// The service, without a `/` at its end.
    pub(crate) endpoint: Url,
    /// The name or address in it, as people write it.
    pub(crate) host: String,
    pub(crate) bucket: String,
    /// Empty, or with a `/` at its end.
    pub(crate) prefix: String,
    pub(crate) region: String,
}

const DEFAULT_REGION: &str = "us-east-1";

impl Target {
    pub(crate) fn new(settings: &Settings) -> Result<Self, BucketError> {
        let region = match settings.region.as_deref().map(str::trim) {
            None | Some("") => DEFAULT_REGION,
            Some(region) => region,
        };
        let word = |text: &str, others: &str| {
            !text.is_empty()
                && text
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || others.contains(c))
        };
        if !word(region, "-") {
            return Err(setting("region", region));
        }
        let bucket = settings.bucket.as_str();
        if !word(bucket, "-._") || bucket.starts_with('.') {
            return Err(setting("bucket", bucket));
        }
        let endpoint = settings.endpoint.as_deref().map_or_else(
            || format!("https://s3.{region}.amazonaws.com"),
            |endpoint| endpoint.trim().trim_end_matches('/').to_owned(),
        );
        let (endpoint, host) = service(&endpoint).ok_or_else(|| setting("endpoint", &endpoint))?;
        let prefix = settings.prefix.as_deref().unwrap_or_default();
        Ok(Self {
            endpoint,
            host,
            bucket: bucket.to_owned(),
            prefix: folder(prefix).ok_or_else(|| setting("prefix", prefix))?,
            region: region.to_owned(),
        })
    }
}

fn setting(name: &'static str, value: &str) -> BucketError {
    BucketError::Setting {
        name,
        value: value.to_owned(),
    }
}

/// The URL of a service and the host in it. Passwords, queries and fragments have no place in one.
fn service(text: &str) -> Option<(Url, String)> {
    let url = Url::parse(text).ok()?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    let host = match url.host()? {
        Host::Domain(name) => name.to_owned(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    };
    plain.then_some((url, host))
}

/// A prefix that ends where a folder does: `a/b` does not take `a/bc` in.
fn folder(prefix: &str) -> Option<String> {
    let inner = prefix.trim_matches('/');
    if inner.is_empty() {
        return Some(String::new());
    }
    (!is_odd(inner)).then(|| format!("{inner}/"))
}

/// Whether a path is none of a file: an empty segment, `.` or `..`, or characters that cannot be shown.
///
/// U+FFFD is what some services write for a character that XML cannot carry, so the key is another one.
pub(crate) fn is_odd(path: &str) -> bool {
    path.split('/')
        .any(|segment| matches!(segment, "" | "." | ".."))
        || path
            .chars()
            .any(|c| c.is_control() || c == char::REPLACEMENT_CHARACTER)
}

/// A key without the blanks and line ends that Secrets often have around their values.
pub(crate) fn usable(credentials: &Credentials) -> Result<(String, String), BucketError> {
    let id = credentials.access_key_id.trim();
    let secret = credentials.secret_access_key.trim();
    let graphic = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic());
    if graphic(id) && graphic(secret) {
        Ok((id.to_owned(), secret.to_owned()))
    } else {
        Err(BucketError::Denied(Denial::Unfit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings {
            endpoint: Some("https://s3.example.org".to_owned()),
            bucket: "scans".to_owned(),
            prefix: None,
            region: None,
            credentials: None,
            allowed_inside: Vec::new(),
            limits: Limits::default(),
        }
    }

    fn wrong(settings: &Settings) -> Option<&'static str> {
        match Target::new(settings) {
            Err(BucketError::Setting { name, .. }) => Some(name),
            Ok(_) => None,
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn an_endpoint_is_a_plain_address_of_the_web() {
        for (endpoint, good) in [
            ("https://s3.example.org", true),
            ("http://[2600::1]:9000/", true),
            ("https://gateway.example.org/s3", true),
            ("s3.example.org", false),
            ("file:///etc", false),
            ("https://key:secret@s3.example.org", false),
            ("https://s3.example.org/?bucket=a", false),
            ("", false),
        ] {
            let settings = Settings {
                endpoint: Some(endpoint.to_owned()),
                ..settings()
            };
            let expected = (!good).then_some("endpoint");
            assert_eq!(wrong(&settings), expected, "{endpoint}");
        }
    }

    #[test]
    fn without_an_endpoint_it_is_amazon_s3_in_its_region() {
        let settings = Settings {
            endpoint: None,
            region: Some("sa-east-1".to_owned()),
            ..settings()
        };
        let target = Target::new(&settings).expect("good settings");
        assert_eq!(target.host, "s3.sa-east-1.amazonaws.com");
        let settings = Settings {
            region: Some("evil.example.org/".to_owned()),
            ..settings
        };
        assert_eq!(wrong(&settings), Some("region"));
    }

    #[test]
    fn a_prefix_is_a_folder_however_it_is_written() {
        for (written, meant) in [
            ("", Some("")),
            ("/", Some("")),
            ("a", Some("a/")),
            ("/a/b/", Some("a/b/")),
            ("a//b", None),
            ("../a", None),
        ] {
            assert_eq!(folder(written).as_deref(), meant, "{written}");
        }
    }

    #[test]
    fn a_bucket_is_one_segment() {
        for bucket in ["", "a/b", "..", "a b", "a?b"] {
            let settings = Settings {
                bucket: bucket.to_owned(),
                ..settings()
            };
            assert_eq!(wrong(&settings), Some("bucket"), "{bucket}");
        }
    }

    #[test]
    fn the_secret_is_not_shown() {
        let credentials = Credentials {
            access_key_id: "AKIA1".to_owned(),
            secret_access_key: "hush".to_owned(),
        };
        let shown = format!("{credentials:?}");
        assert!(
            shown.contains("AKIA1") && !shown.contains("hush"),
            "{shown}"
        );
    }

    #[test]
    fn line_ends_around_a_key_do_not_count_and_inside_they_do() {
        let key = |id: &str, secret: &str| {
            usable(&Credentials {
                access_key_id: id.to_owned(),
                secret_access_key: secret.to_owned(),
            })
        };
        assert_eq!(
            key("AKIA1\n", " hush\r\n").expect("a key"),
            ("AKIA1".to_owned(), "hush".to_owned())
        );
        for (id, secret) in [
            ("", "hush"),
            ("AKIA1", ""),
            ("AK\nIA", "hush"),
            ("ñ", "hush"),
        ] {
            let denied = key(id, secret);
            assert!(
                matches!(denied, Err(BucketError::Denied(Denial::Unfit))),
                "{id:?}"
            );
        }
    }
}
