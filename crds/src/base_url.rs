//! The platform's base URL: the template that gives every institution its primary address.

use std::fmt;
use std::str::FromStr;

use acervo_tenancy::{Address, InstitutionName};
use serde::{Deserialize, Serialize};

use crate::claims::is_below;
use crate::rules::RESERVED_INSTITUTIONS;

/// What stands for the institution's name in a template.
const NAME: &str = "{institution}";

/// Where institutions are found, such as `https://{institution}.iiif.example.org` (by host) or
/// `https://iiif.example.org/{institution}` (by path). A URL without `{institution}` is by path too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BaseUrl {
    scheme: Scheme,
    /// The platform's host in lower case; by host, what follows the institution's name and a dot.
    host: String,
    /// The port, unless it is the scheme's own.
    port: Option<u16>,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Http,
    Https,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    /// Each institution has its own host.
    ByHost,
    /// Each institution has its own path below this one, which has no final slash.
    ByPath(String),
}

/// To whom a place belongs by the platform's own addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlatformPlace<'p> {
    /// To the institution of this name, if there is one.
    Institution(&'p str),
    /// To the platform itself.
    Platform,
    /// To nobody.
    Free,
}

/// Why a text is no template of base URLs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    /// Neither `http://` nor `https://` leads it.
    #[error(
        "base URL \"{0}\" must begin with http:// or https://, such as https://iiif.example.org"
    )]
    Scheme(String),
    /// The host is no host.
    #[error("base URL \"{0}\" has no valid host; write for example https://iiif.example.org")]
    Host(String),
    /// The port is no number from 1 to 65535.
    #[error("base URL \"{0}\" has no valid port; write a number from 1 to 65535 after the colon")]
    Port(String),
    /// The institution stands in a place where it cannot be told from other text.
    #[error(
        "base URL \"{0}\" must have {NAME} either as the first label of its host (https://{NAME}.iiif.example.org) or as the last segment of its path (https://iiif.example.org/{NAME})"
    )]
    Place(String),
    /// The path has a query, a fragment, or characters that need percent-encoding.
    #[error("base URL \"{0}\" may have only letters, digits and - . _ ~ in its path, and no query")]
    Path(String),
}

impl BaseUrl {
    /// The primary address of an institution.
    #[must_use]
    pub fn address(&self, name: &InstitutionName) -> Address {
        let (host, prefix) = match &self.form {
            Form::ByHost => (format!("{name}.{}", self.host), String::new()),
            Form::ByPath(path) => (self.host.clone(), format!("{path}/{name}")),
        };
        Address {
            origin: Some(self.origin(&host)),
            host: Some(host),
            prefix,
        }
    }

    /// The address of an institution under a host of its own, with the platform's scheme and port.
    #[must_use]
    pub fn extra_address(&self, host: &str) -> Address {
        Address {
            host: Some(host.to_owned()),
            origin: Some(self.origin(host)),
            prefix: String::new(),
        }
    }

    /// Whether `host` belongs to the platform, so that no institution can claim it.
    #[must_use]
    pub fn owns(&self, host: &str) -> bool {
        let below = || {
            host.strip_suffix(self.host.as_str())
                .is_some_and(|rest| rest.ends_with('.'))
        };
        host == self.host || (self.form == Form::ByHost && below())
    }

    /// To whom the path `prefix` (beginning with `/`, without final slash) on `host` belongs by this base URL; without
    /// one, institutions are the first segment of the path on every host.
    #[must_use]
    pub fn place<'p>(of: Option<&Self>, host: &'p str, prefix: &'p str) -> PlatformPlace<'p> {
        let path = match of.map(|base_url| (base_url, &base_url.form)) {
            None => "",
            Some((base_url, Form::ByPath(path))) if base_url.host == host => path.as_str(),
            Some((base_url, Form::ByHost)) if base_url.host != host => {
                let label = host.strip_suffix(base_url.host.as_str());
                let label = label.and_then(|label| label.strip_suffix('.'));
                return label.map_or(PlatformPlace::Free, PlatformPlace::Institution);
            }
            Some((_, Form::ByHost)) => {
                let first = prefix.split('/').nth(1).unwrap_or_default();
                return if RESERVED_INSTITUTIONS.contains(&first) {
                    PlatformPlace::Platform
                } else {
                    PlatformPlace::Free
                };
            }
            Some((_, Form::ByPath(_))) => return PlatformPlace::Free,
        };
        // What lies above the institutions would lead all of them.
        if is_below(path, prefix) {
            return PlatformPlace::Platform;
        }
        if !is_below(prefix, path) {
            return PlatformPlace::Free;
        }
        let name = prefix[path.len()..].split('/').nth(1).unwrap_or_default();
        if RESERVED_INSTITUTIONS.contains(&name) {
            PlatformPlace::Platform
        } else {
            PlatformPlace::Institution(name)
        }
    }

    fn origin(&self, host: &str) -> String {
        match self.port {
            Some(port) => format!("{}://{host}:{port}", self.scheme),
            None => format!("{}://{host}", self.scheme),
        }
    }
}

impl Scheme {
    const fn own_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http => "http",
            Self::Https => "https",
        })
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.form {
            Form::ByHost => f.write_str(&self.origin(&format!("{NAME}.{}", self.host))),
            Form::ByPath(path) => write!(f, "{}{path}/{NAME}", self.origin(&self.host)),
        }
    }
}

impl FromStr for BaseUrl {
    type Err = BaseUrlError;

    fn from_str(text: &str) -> Result<Self, BaseUrlError> {
        let as_given = || text.to_owned();
        let (scheme, rest) = match text.split_once("://") {
            Some(("http", rest)) => (Scheme::Http, rest),
            Some(("https", rest)) => (Scheme::Https, rest),
            _ => return Err(BaseUrlError::Scheme(as_given())),
        };
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let (host, port) = match authority.rfind(':') {
            Some(colon) if !authority[colon..].contains(']') => {
                let port = authority[colon + 1..]
                    .parse()
                    .ok()
                    .filter(|&port| port != 0);
                let port: u16 = port.ok_or_else(|| BaseUrlError::Port(as_given()))?;
                (
                    &authority[..colon],
                    Some(port).filter(|&port| port != scheme.own_port()),
                )
            }
            _ => (authority, None),
        };
        let path = path.trim_end_matches('/');
        let (host, form) = match host.strip_prefix(NAME) {
            Some(rest) => {
                let host = rest.strip_prefix('.').filter(|_| path.is_empty());
                (
                    host.ok_or_else(|| BaseUrlError::Place(as_given()))?,
                    Form::ByHost,
                )
            }
            None => {
                let path = path
                    .strip_suffix(NAME)
                    .map_or(path, |p| p.trim_end_matches('/'));
                (host, Form::ByPath(path.to_owned()))
            }
        };
        if host.contains('{') || path.matches('{').count() > 1 || !whole_segment(path) {
            return Err(BaseUrlError::Place(as_given()));
        }
        let host = host.to_ascii_lowercase();
        if !is_host(&host) {
            return Err(BaseUrlError::Host(as_given()));
        }
        if let Form::ByPath(path) = &form
            && !is_path(path)
        {
            return Err(BaseUrlError::Path(as_given()));
        }
        Ok(Self {
            scheme,
            host,
            port,
            form,
        })
    }
}

/// The institution, if it stands in the path, is the whole of the last segment.
fn whole_segment(path: &str) -> bool {
    !path.contains(['{', '}']) || path.strip_suffix(NAME).is_some_and(|p| p.ends_with('/'))
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    host.len() <= 253 && host.split('.').all(is_label)
}

fn is_path(path: &str) -> bool {
    let is_segment = |segment: &str| {
        !["", ".", ".."].contains(&segment)
            && segment
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
    };
    path.is_empty()
        || path
            .strip_prefix('/')
            .is_some_and(|path| path.split('/').all(is_segment))
}

impl TryFrom<String> for BaseUrl {
    type Error = BaseUrlError;

    fn try_from(text: String) -> Result<Self, BaseUrlError> {
        text.parse()
    }
}

impl From<BaseUrl> for String {
    fn from(base_url: BaseUrl) -> Self {
        base_url.to_string()
    }
}
