//! Content codings: which one a client takes, and text in it.

use std::io::Write as _;

use axum::http::{HeaderMap, header};
use bytes::Bytes;

/// Shorter texts gain nothing.
const WORTH: usize = 1024;
/// Levels at which a page costs less to compress than to write.
const BROTLI: u32 = 3;
const GZIP: u32 = 4;
const ZSTD: i32 = 3;
/// Above this the fastest level is taken: a listing of megabytes is not worth a second.
const LARGE: usize = 512 << 10;

/// A content coding (RFC 9110, section 8.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    /// As it is.
    Identity,
    /// gzip.
    Gzip,
    /// Brotli.
    Brotli,
    /// Zstandard.
    Zstd,
}

impl Coding {
    /// The word in headers.
    pub(crate) const fn word(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
            Self::Zstd => Some("zstd"),
        }
    }

    /// For what was compressed when the program was built: the one that makes text smallest.
    pub(crate) const SMALLEST: [Self; 3] = [Self::Brotli, Self::Zstd, Self::Gzip];
    /// For what is compressed now: Zstandard takes a third of the time of Brotli, for as few bytes.
    pub(crate) const QUICKEST: [Self; 3] = [Self::Zstd, Self::Brotli, Self::Gzip];

    /// The coding for a client: the first in `order` that it takes.
    pub(crate) fn accepted(headers: &HeaderMap, order: [Self; 3]) -> Self {
        let accepted: Vec<&str> = headers
            .get_all(header::ACCEPT_ENCODING)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect();
        let takes = |coding: &Self| {
            accepted.iter().any(|part| {
                let mut words = part.split(';').map(str::trim);
                let is_it = words
                    .next()
                    .zip(coding.word())
                    .is_some_and(|(word, known)| word.eq_ignore_ascii_case(known));
                let quality = words.find_map(|word| word.strip_prefix("q="));
                is_it && quality.is_none_or(|q| q.parse::<f32>().is_ok_and(|q| q > 0.0))
            })
        };
        order.into_iter().find(takes).unwrap_or(Self::Identity)
    }

    /// The bytes in this coding; `None` where they are better sent as they are.
    pub(crate) fn encode(self, bytes: &[u8]) -> Option<Bytes> {
        if bytes.len() < WORTH {
            return None;
        }
        let is_large = bytes.len() > LARGE;
        let encoded = match self {
            Self::Identity => return None,
            Self::Gzip => {
                let level = flate2::Compression::new(if is_large { 1 } else { GZIP });
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
                encoder.write_all(bytes).ok()?;
                encoder.finish().ok()?
            }
            Self::Brotli => {
                let quality = if is_large { 1 } else { BROTLI };
                let mut out = Vec::new();
                let mut writer = brotli::CompressorWriter::new(&mut out, 4096, quality, 20);
                writer.write_all(bytes).ok()?;
                drop(writer);
                out
            }
            Self::Zstd => zstd::bulk::compress(bytes, if is_large { 1 } else { ZSTD }).ok()?,
        };
        Some(encoded.into())
    }
}

/// Whether bytes of this media type become smaller.
pub(crate) fn is_text(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default();
    kind.starts_with("text/")
        || kind.ends_with("+xml")
        || kind.ends_with("json")
        || kind == "application/xml"
}

/// The entity tag, in quotes: another coding is another representation.
pub(crate) fn tag(name: &str, coding: Coding) -> String {
    match coding.word() {
        None => format!("\"{name}\""),
        Some(word) => format!("\"{name}-{word}\""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn the_first_of_what_a_client_takes() {
        for (accepted, smallest, quickest) in [
            ("gzip, deflate, br, zstd", Coding::Brotli, Coding::Zstd),
            ("gzip, br", Coding::Brotli, Coding::Brotli),
            ("gzip, zstd", Coding::Zstd, Coding::Zstd),
            ("GZIP", Coding::Gzip, Coding::Gzip),
            ("br;q=0, gzip;q=0.5", Coding::Gzip, Coding::Gzip),
            ("deflate", Coding::Identity, Coding::Identity),
            ("", Coding::Identity, Coding::Identity),
            ("brotli", Coding::Identity, Coding::Identity),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted));
            let of = |order| Coding::accepted(&headers, order);
            assert_eq!(of(Coding::SMALLEST), smallest, "{accepted}");
            assert_eq!(of(Coding::QUICKEST), quickest, "{accepted}");
        }
    }

    #[test]
    fn text_becomes_smaller_and_short_text_stays() {
        let text = "una página que se repite ".repeat(200);
        for coding in [Coding::Gzip, Coding::Brotli, Coding::Zstd] {
            let encoded = coding.encode(text.as_bytes()).expect("a coding");
            assert!(encoded.len() < text.len() / 10, "{coding:?}");
            assert!(coding.encode(b"corto").is_none());
        }
    }
}
