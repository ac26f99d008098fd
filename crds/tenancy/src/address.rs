//! Addresses: under which host and path an institution is found, and which URLs name it.

use serde::{Deserialize, Serialize};

/// One place where an institution answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Address {
    /// The host (no port) that must be asked; `None` answers on every host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Scheme and authority that documents name, such as `https://iiif.example.org`; `None` follows
    /// what the client asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// The path before the institution's own paths: empty, or `/name` without a final slash.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prefix: String,
}

/// What the client asked: the authority of its Host header and the scheme it used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// `http` or `https`.
    pub scheme: &'static str,
    /// Host with its port, as sent.
    pub authority: String,
}

impl Asked {
    /// The host without port, lower case, and without the final dot of a fully qualified name.
    #[must_use]
    pub fn host(&self) -> String {
        let (host, _) = self.host_and_port();
        host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
    }

    /// The authority before its port, and the port with its colon or nothing.
    fn host_and_port(&self) -> (&str, &str) {
        let authority = self.authority.as_str();
        match authority.rfind(':') {
            // A colon within brackets belongs to an IPv6 address.
            Some(colon) if !authority[colon..].contains(']') => authority.split_at(colon),
            _ => (authority, ""),
        }
    }
}

impl Address {
    /// The base URL without final slash.
    #[must_use]
    pub fn base_url(&self, asked: &Asked) -> String {
        match &self.origin {
            Some(origin) => format!("{origin}{}", self.prefix),
            None => match &self.host {
                // A declared host on the port that was asked.
                Some(host) => {
                    let (_, port) = asked.host_and_port();
                    format!("{}://{host}{port}{}", asked.scheme, self.prefix)
                }
                None => format!("{}://{}{}", asked.scheme, asked.authority, self.prefix),
            },
        }
    }

    /// The rest of `path` (beginning with `/`, or empty) if this address's prefix leads it.
    #[must_use]
    pub fn strip<'p>(&self, path: &'p str) -> Option<&'p str> {
        let rest = path.strip_prefix(&self.prefix)?;
        (rest.is_empty() || rest.starts_with('/')).then_some(rest)
    }
}
