//! The identifier of an image: the one part of an image URL that names something stored.

use std::fmt;
use std::str::FromStr;

use percent_encoding::percent_decode_str;

/// The longest identifier, in bytes.
const LONGEST: usize = 160;

/// The identifier of an image, decoded and safe: 1 to 160 of `A-Z a-z 0-9 . _ ~ -`, never `.` or `..`.
///
/// These are exactly the characters that no proxy rewrites (RFC 3986, section 2.3), so the decoded
/// form is also the form in URLs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identifier(String);

/// Why a path segment is no identifier; nothing can be stored under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// Nothing was written.
    #[error("the identifier is empty")]
    Empty,
    /// It has more than 160 bytes.
    #[error("the identifier is longer than {LONGEST} bytes")]
    TooLong,
    /// It is `.` or `..`.
    #[error("the identifier is a path, not a name")]
    Dots,
    /// Its percent-encoded bytes are no UTF-8.
    #[error("the identifier is not UTF-8 when percent-decoded")]
    Encoding,
    /// It has a character that identifiers never have, such as `/` or NUL.
    #[error("the identifier has the character {0:?}; identifiers use only A-Z a-z 0-9 . _ ~ -")]
    Character(char),
}

impl Identifier {
    /// The identifier in one raw path segment; percent-encoding of harmless characters (`%2D` is
    /// `-`) is undone once.
    ///
    /// # Errors
    /// If the decoded segment is no identifier: `%2F`, `%00`, `%252D`, bytes that are no UTF-8.
    pub fn parse_segment(raw: &str) -> Result<Self, IdentifierError> {
        let decoded = percent_decode_str(raw)
            .decode_utf8()
            .map_err(|_| IdentifierError::Encoding)?;
        decoded.parse()
    }

    /// The identifier as text, as it stands in URLs.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Identifier {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '~' | '-');
        if let Some(other) = text.chars().find(|c| !allowed(*c)) {
            return Err(IdentifierError::Character(other));
        }
        match text {
            "" => Err(IdentifierError::Empty),
            "." | ".." => Err(IdentifierError::Dots),
            long if long.len() > LONGEST => Err(IdentifierError::TooLong),
            _ => Ok(Self(text.to_owned())),
        }
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
