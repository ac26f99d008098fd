//! What is told about an image: info.json of version 2.1 (Image API 2.1, section 5).

use serde::Serialize;

use crate::info::{ImageDescription, ListedSize, Tiles};
use crate::{OutputFormat, Rules, Version};

/// What is offered beyond the compliance level, which has every quality there is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProfileExtras {
    formats: [&'static str; 3],
    supports: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_height: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_area: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Profile {
    Level(&'static str),
    Extras(ProfileExtras),
}

/// The document of version 2.1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InfoV2 {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    kind: &'static str,
    protocol: &'static str,
    width: u32,
    height: u32,
    profile: Vec<Profile>,
    sizes: Vec<ListedSize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tiles: Vec<Tiles>,
    #[serde(skip_serializing_if = "Option::is_none")]
    license: Option<String>,
}

impl InfoV2 {
    /// The document of the image whose base URI is `id`.
    #[must_use]
    pub fn new(id: String, image: &ImageDescription) -> Self {
        let Rules {
            max_width,
            max_height,
            max_area,
            ..
        } = image.rules;
        let mut supports = vec![
            "canonicalLinkHeader",
            "mirroring",
            "profileLinkHeader",
            "regionSquare",
            "rotationArbitrary",
        ];
        supports.extend(image.rules.enlarges().then_some("sizeAboveFull"));
        let extras = ProfileExtras {
            formats: OutputFormat::EXTRA,
            supports,
            max_width: max_width.or(max_height.map(|_| image.width)),
            max_height,
            max_area,
        };
        Self {
            context: Version::V2.context(),
            id,
            kind: "iiif:Image",
            protocol: "http://iiif.io/api/image",
            width: image.width,
            height: image.height,
            profile: vec![
                Profile::Level(Version::V2.profile()),
                Profile::Extras(extras),
            ],
            sizes: image.sizes(),
            tiles: image.tiles(),
            license: image.rights.clone(),
        }
    }
}
