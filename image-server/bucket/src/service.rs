//! One request to the service: its address, its signature, its answer.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use http::header::HeaderMap;
use object_store::aws::{AwsAuthorizer, AwsCredential};
use object_store::client::HttpRequestBody;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, Method, Request, Response};
use tokio::time::timeout;
use url::Url;

use crate::answer::refusal;
use crate::error::{BucketError, Failure};
use crate::resolve::NotAllowed;
use crate::settings::Target;

/// All but what RFC 3986 calls unreserved: what signatures are made over.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// The same within a path.
const IN_PATH: &AsciiSet = &RESERVED.remove(b'/');
/// As much of a refusal as is read.
const REFUSAL_BYTES: usize = 64 << 10;

/// The service, as far as one bucket goes.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) target: Target,
    pub(crate) client: Client,
    pub(crate) key: Option<AwsCredential>,
}

/// What is asked for.
#[derive(Debug)]
pub(crate) struct Ask<'a> {
    /// The path below the prefix; none for the bucket.
    pub(crate) path: Option<&'a str>,
    pub(crate) query: &'a [(&'a str, &'a str)],
    pub(crate) headers: HeaderMap,
}

impl Service {
    /// Asks, and waits for the head of an answer that is a success.
    ///
    /// `silence` is how long nothing may come.
    pub(crate) async fn get(&self, ask: Ask<'_>, silence: Duration) -> Result<Response, Failure> {
        let path = ask.path;
        let request = self.request(ask).map_err(|why| {
            Failure::Final(BucketError::Unexpected {
                host: self.target.host.clone(),
                why,
            })
        })?;
        let response = timeout(silence, self.client.execute(request))
            .await
            .map_err(|_| self.stalled(silence))?
            .map_err(|error| self.broken(&error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status();
        let region = response
            .headers()
            .get("x-amz-bucket-region")
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        // A refusal without its words still says enough.
        let body = self
            .body(response, REFUSAL_BYTES, silence)
            .await
            .unwrap_or_default();
        let signed = self.key.is_some();
        Err(refusal(&self.target, signed, status, region, &body, path))
    }

    /// The next bytes of an answer; none at its end.
    pub(crate) async fn chunk(
        &self,
        response: &mut Response,
        silence: Duration,
    ) -> Result<Option<impl AsRef<[u8]> + use<>>, Failure> {
        timeout(silence, response.chunk())
            .await
            .map_err(|_| self.stalled(silence))?
            .map_err(|error| self.broken(&error))
    }

    /// The whole of an answer, which may have `most` bytes.
    pub(crate) async fn body(
        &self,
        mut response: Response,
        most: usize,
        silence: Duration,
    ) -> Result<Vec<u8>, Failure> {
        let mut body = Vec::new();
        while let Some(chunk) = self.chunk(&mut response, silence).await? {
            if body.len() + chunk.as_ref().len() > most {
                return Err(self.unexpected(format!("an answer of more than {most} bytes")));
            }
            body.extend_from_slice(chunk.as_ref());
        }
        Ok(body)
    }

    pub(crate) fn unexpected(&self, why: impl Into<String>) -> Failure {
        Failure::Final(BucketError::Unexpected {
            host: self.target.host.clone(),
            why: why.into(),
        })
    }

    pub(crate) fn unreachable(&self, why: impl Into<String>) -> Failure {
        Failure::Passing(BucketError::Unreachable {
            host: self.target.host.clone(),
            why: why.into(),
        })
    }

    fn stalled(&self, after: Duration) -> Failure {
        Failure::Passing(BucketError::Stalled {
            host: self.target.host.clone(),
            after,
        })
    }

    fn request(&self, ask: Ask<'_>) -> Result<Request, String> {
        let url = self.address(ask.path, ask.query)?;
        let mut signed = http::Request::get(url.as_str())
            .body(HttpRequestBody::empty())
            .map_err(|error| error.to_string())?;
        *signed.headers_mut() = ask.headers;
        if let Some(key) = &self.key {
            AwsAuthorizer::new(key, "s3", &self.target.region)
                .try_authorize(&mut signed, None)
                .map_err(|error| error.to_string())?;
        }
        let mut request = Request::new(Method::GET, url);
        *request.headers_mut() = std::mem::take(signed.headers_mut());
        Ok(request)
    }

    fn address(&self, path: Option<&str>, query: &[(&str, &str)]) -> Result<Url, String> {
        let target = &self.target;
        let endpoint = target.endpoint.as_str().trim_end_matches('/');
        let mut address = format!("{endpoint}/{}", target.bucket);
        if let Some(path) = path {
            address.push('/');
            address.extend(utf8_percent_encode(&target.prefix, IN_PATH));
            address.extend(utf8_percent_encode(path, IN_PATH));
        }
        for (place, (name, value)) in query.iter().enumerate() {
            address.push(if place == 0 { '?' } else { '&' });
            address.push_str(name);
            address.push('=');
            address.extend(utf8_percent_encode(value, RESERVED));
        }
        Url::parse(&address).map_err(|error| error.to_string())
    }

    /// What an error of the client comes from.
    fn broken(&self, error: &reqwest::Error) -> Failure {
        let host = self.target.host.clone();
        let mut why = error.to_string();
        let mut cause = error.source();
        while let Some(inner) = cause {
            if let Some(refused) = inner.downcast_ref::<NotAllowed>() {
                return Failure::Final(BucketError::EndpointNotAllowed {
                    host: refused.host.clone(),
                    address: Some(refused.address),
                });
            }
            if let Some(certificate) = certificate(inner) {
                return Failure::Final(BucketError::Untrusted {
                    host,
                    why: certificate,
                });
            }
            why = inner.to_string();
            cause = inner.source();
        }
        Failure::Passing(BucketError::Unreachable { host, why })
    }
}

/// What is wrong with a certificate, if that is what the error is about.
fn certificate(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    // An io::Error does not give what it wraps as its source, and here one wraps another.
    let mut error = error;
    while let Some(inner) = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref)
    {
        error = inner;
    }
    match error.downcast_ref()? {
        rustls::Error::InvalidCertificate(why) => Some(why.to_string()),
        _ => None,
    }
}
