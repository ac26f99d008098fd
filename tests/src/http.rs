//! A small HTTP client that hides nothing: no redirect is followed, no status is an error.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::LazyLock;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::Value;
use ureq::http::Request;
use ureq::{Agent, AsSendBody};

/// Longer than any request of the tests takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// Larger than any answer of the tests.
const LARGEST: u64 = 256 << 20;

static AGENT: LazyLock<Agent> = LazyLock::new(|| {
    Agent::config_builder()
        .http_status_as_error(false)
        .allow_non_standard_methods(true)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .timeout_global(Some(PATIENCE))
        .build()
        .new_agent()
});

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body, as sent.
    pub body: Vec<u8>,
}

impl Answer {
    /// The first header called `name` (lower case).
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// If it is none; the message begins with the body.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_slice(&self.body)
            .with_context(|| format!("{} with no JSON: {:.300}", self.status, self.text()))
    }
}

/// GET `url`.
///
/// # Errors
/// If there is no answer.
pub fn get(url: &str) -> Result<Answer> {
    get_with(url, &[])
}

/// GET `url` with request headers.
///
/// # Errors
/// If there is no answer.
pub fn get_with(url: &str, headers: &[(&str, &str)]) -> Result<Answer> {
    request("GET", url, headers)
}

/// `method` of `url` with request headers, without a body.
///
/// # Errors
/// If there is no answer.
pub fn request(method: &str, url: &str, headers: &[(&str, &str)]) -> Result<Answer> {
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    exchange(request.body(())?).with_context(|| format!("{method} {url}"))
}

/// `method` of `url` with a body of a kind, such as `application/json`.
///
/// # Errors
/// If there is no answer.
pub(crate) fn send(method: &str, url: &str, kind: &str, body: &[u8]) -> Result<Answer> {
    let request = Request::builder().method(method).uri(url);
    let request = request.header("content-type", kind).body(body)?;
    exchange(request).with_context(|| format!("{method} {url}"))
}

fn exchange(request: Request<impl AsSendBody>) -> Result<Answer> {
    let mut response = AGENT.run(request)?;
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| {
            (
                name.to_string(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        })
        .collect();
    let body = response
        .body_mut()
        .with_config()
        .limit(LARGEST)
        .read_to_vec()?;
    Ok(Answer {
        status: response.status().as_u16(),
        headers,
        body,
    })
}

/// GET the bytes of `target` as they are, which no client library would send.
///
/// `authority` is host and port. A chunked body is given as sent.
///
/// # Errors
/// If there is no answer, or none that begins as HTTP does.
pub fn raw(authority: &str, target: &[u8]) -> Result<Answer> {
    let mut stream = TcpStream::connect(authority)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut request = b"GET ".to_vec();
    request.extend(target);
    request
        .extend(format!(" HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n").as_bytes());
    stream.write_all(&request)?;
    let mut bytes = Vec::new();
    // A server that refuses early may close with unread bytes, which resets the connection after its answer.
    let read = stream.read_to_end(&mut bytes);
    let end = bytes
        .windows(4)
        .position(|at| at == b"\r\n\r\n")
        .with_context(|| {
            format!(
                "no HTTP answer to {}: {read:?}",
                String::from_utf8_lossy(target)
            )
        })?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1))
        .context("no status line")?;
    Ok(Answer {
        status: status.parse().with_context(|| format!("status {status}"))?,
        headers: lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect(),
        body: bytes[end + 4..].to_vec(),
    })
}
