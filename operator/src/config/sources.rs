//! From where ingest may fetch images.

use std::fmt;
use std::net::IpAddr;

use serde::Deserialize;

use super::Cidr;

/// From where ingest may fetch images.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Sources {
    /// S3 services.
    pub s3: S3Sources,
}

/// From which S3 services ingest may fetch images: all on the internet, and those inside that are named.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct S3Sources {
    /// Services inside the cluster or on private networks that institutions may name as endpoints.
    pub allowed_endpoints: Vec<AllowedEndpoint>,
}

/// A host name, or a block of addresses.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum AllowedEndpoint {
    /// A host name, in lower case.
    Host(String),
    /// A block of addresses; one address is a block of its own.
    Block(Cidr),
}

/// Why a text is neither a host name nor a block of addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is neither a host name nor a block of addresses; write for example minio.storage.svc.cluster.local or 10.0.0.0/24"
)]
pub struct AllowedEndpointError(String);

impl TryFrom<String> for AllowedEndpoint {
    type Error = AllowedEndpointError;

    fn try_from(text: String) -> Result<Self, AllowedEndpointError> {
        if let Ok(block) = text.parse() {
            return Ok(Self::Block(block));
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self::Block(Cidr::of(address)));
        }
        let is_label = |label: &str| {
            let is_allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
            !label.is_empty() && label.bytes().all(is_allowed)
        };
        if text.split('.').all(is_label) {
            Ok(Self::Host(text.to_ascii_lowercase()))
        } else {
            Err(AllowedEndpointError(text))
        }
    }
}

impl fmt::Display for AllowedEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(host) => f.write_str(host),
            Self::Block(block) => block.fmt(f),
        }
    }
}
