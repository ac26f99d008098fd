//! The two versions of the Image API that are spoken.

/// A version of the IIIF Image API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Version {
    /// Image API 2.1 (requests of 2.0 are the same).
    V2,
    /// Image API 3.0.
    V3,
}

impl Version {
    /// Both versions, the older first.
    pub const ALL: [Self; 2] = [Self::V2, Self::V3];

    /// The major version as paths and URIs of the specification write it: `2` or `3`.
    #[must_use]
    pub const fn major(self) -> &'static str {
        match self {
            Self::V2 => "2",
            Self::V3 => "3",
        }
    }

    /// The URI of the JSON-LD context of this version's info.json.
    #[must_use]
    pub const fn context(self) -> &'static str {
        match self {
            Self::V2 => "http://iiif.io/api/image/2/context.json",
            Self::V3 => "http://iiif.io/api/image/3/context.json",
        }
    }

    /// The URI of the compliance level that is kept, for the `rel="profile"` Link header.
    #[must_use]
    pub const fn profile(self) -> &'static str {
        match self {
            Self::V2 => "http://iiif.io/api/image/2/level2.json",
            Self::V3 => "http://iiif.io/api/image/3/level2.json",
        }
    }

    /// The media type of this version's info.json as JSON-LD (3.0 section 5.1, 2.1 section 5.1).
    #[must_use]
    pub const fn info_media_type(self) -> &'static str {
        match self {
            Self::V2 => "application/ld+json",
            Self::V3 => "application/ld+json;profile=\"http://iiif.io/api/image/3/context.json\"",
        }
    }
}
