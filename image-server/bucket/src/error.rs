//! What can go wrong with a bucket, and with how much of it trying again helps.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use acervo_tenancy::Bilingual;

use crate::words;

/// Why a bucket is not listed or an object not fetched.
#[derive(Debug, thiserror::Error)]
pub enum BucketError {
    /// A setting that cannot be used.
    #[error("{name}: '{value}' cannot be used")]
    Setting {
        /// The name of the setting, as in [`crate::Settings`].
        name: &'static str,
        /// What was written.
        value: String,
    },
    /// The service has no bucket of this name.
    #[error("there is no bucket '{bucket}' at {host}")]
    NoSuchBucket {
        /// The bucket.
        bucket: String,
        /// The host of the service.
        host: String,
    },
    /// The key is wrong or missing, or does not open this bucket.
    #[error("access denied: {0:?}")]
    Denied(Denial),
    /// The bucket is in another region than requests are signed for.
    #[error("the bucket is in another region ({})", region.as_deref().unwrap_or("not said which"))]
    WrongRegion {
        /// The region that the service names.
        region: Option<String>,
    },
    /// No connection, or one that broke, or a service that is out of order for now.
    #[error("{host} cannot be reached: {why}")]
    Unreachable {
        /// The host of the service.
        host: String,
        /// What happened, in English.
        why: String,
    },
    /// The certificate of the service is not trusted.
    #[error("the certificate of {host} is not trusted: {why}")]
    Untrusted {
        /// The host of the service.
        host: String,
        /// What is wrong with it, in English.
        why: String,
    },
    /// The endpoint is inside, and the provider does not allow it.
    #[error("the endpoint {host} is not allowed{}", address.map(|a| format!(" ({a})")).unwrap_or_default())]
    EndpointNotAllowed {
        /// The host of the service.
        host: String,
        /// The address that it has; none if its name alone is refused.
        address: Option<IpAddr>,
    },
    /// More keys than a listing may have.
    #[error("more than {limit} objects")]
    TooMany {
        /// The most keys.
        limit: u64,
    },
    /// An object with more bytes than one may have.
    #[error("{path}: {size} bytes are more than {limit}")]
    TooLarge {
        /// The object.
        path: String,
        /// Its size in bytes.
        size: u64,
        /// The most bytes.
        limit: u64,
    },
    /// The service keeps the connection open and sends nothing.
    #[error("{host} has sent nothing new for {after:?}")]
    Stalled {
        /// The host of the service.
        host: String,
        /// How long it was waited for.
        after: Duration,
    },
    /// The object is not what was listed any more: other bytes, or gone.
    #[error("{path} has changed since it was listed")]
    Changed {
        /// The object.
        path: String,
    },
    /// The service answers something that S3 services do not.
    #[error("{host} does not answer like an S3 service: {why}")]
    Unexpected {
        /// The host of the service.
        host: String,
        /// What it answered, in English.
        why: String,
    },
    /// The file that is written to, or this machine.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Why the service opens nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denial {
    /// There is no key, and the bucket is not public.
    NoKey,
    /// The key is empty or has characters that keys do not have.
    Unfit,
    /// The service does not know `accessKeyId`.
    UnknownId,
    /// `secretAccessKey` does not belong to `accessKeyId`.
    WrongSecret,
    /// The clocks of this machine and of the service differ too much.
    Clock,
    /// The key is good, but not for this; the text is the service's code.
    NotPermitted(String),
}

impl BucketError {
    /// The code, which never changes.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Setting { .. } => "bad-bucket-setting",
            Self::NoSuchBucket { .. } => "no-such-bucket",
            Self::Denied(_) => "bucket-denied",
            Self::WrongRegion { .. } => "wrong-bucket-region",
            Self::Unreachable { .. } => "bucket-unreachable",
            Self::Untrusted { .. } => "bucket-untrusted",
            Self::EndpointNotAllowed { .. } => "endpoint-not-allowed",
            Self::TooMany { .. } => "too-many-objects",
            Self::TooLarge { .. } => "object-too-large",
            Self::Stalled { .. } => "bucket-stalled",
            Self::Changed { .. } => "object-changed",
            Self::Unexpected { .. } => "not-an-s3-service",
            Self::Io(error) if is_full(error) => "disk-full",
            Self::Io(_) => "unwritable",
        }
    }

    /// What happened and what to do, in both languages.
    #[must_use]
    pub fn message(&self) -> Bilingual {
        words::message(self)
    }
}

/// Whether there is no room left, on the disk or in a quota.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}

/// How one try ended.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Another try may go better.
    Passing(BucketError),
    /// Another try would end the same.
    Final(BucketError),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Final(error.into())
    }
}
