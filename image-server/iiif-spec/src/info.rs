//! What is told about an image: info.json of version 3.0 (Image API 3.0, section 5).

use serde::Serialize;

use crate::geometry::Size;
use crate::{OutputFormat, Quality, Rules, Version};

/// What is stored of an image, and what may be asked of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageDescription {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Pixels across a stored tile.
    pub tile_width: u32,
    /// Whether it has no colours but grey.
    pub gray: bool,
    /// Pixels down a stored tile.
    pub tile_height: u32,
    /// The sizes of the stored levels, the full image first.
    pub levels: Vec<(u32, u32)>,
    /// The limits.
    pub rules: Rules,
    /// The URI of the rights statement.
    pub rights: Option<String>,
}

/// Tiles that cost nothing to answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tiles {
    width: u32,
    height: u32,
    scale_factors: Vec<u32>,
}

/// One of the sizes that cost little to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct ListedSize {
    width: u32,
    height: u32,
}

impl ImageDescription {
    /// The sizes of the levels within the limits, the smallest first.
    pub(crate) fn sizes(&self) -> Vec<ListedSize> {
        let allowed = |&&(width, height): &&(u32, u32)| self.rules.allow(Size { width, height });
        let levels = self.levels.iter().rev().filter(allowed);
        levels
            .map(|&(width, height)| ListedSize { width, height })
            .collect()
    }

    /// The tiles of all levels, unless a single tile is over the limits.
    pub(crate) fn tiles(&self) -> Vec<Tiles> {
        let tile = Size {
            width: self.tile_width.min(self.width),
            height: self.tile_height.min(self.height),
        };
        if !self.rules.allow(tile) {
            return Vec::new();
        }
        let scale_factors = (0..self.levels.len()).map(|level| 1 << level).collect();
        vec![Tiles {
            width: self.tile_width,
            height: self.tile_height,
            scale_factors,
        }]
    }
}

/// The document of version 3.0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InfoV3 {
    #[serde(rename = "@context")]
    context: &'static str,
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    protocol: &'static str,
    profile: &'static str,
    width: u32,
    height: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_height: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_area: Option<u64>,
    sizes: Vec<ListedSize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tiles: Vec<Tiles>,
    extra_formats: [&'static str; 3],
    extra_qualities: Vec<&'static str>,
    extra_features: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rights: Option<String>,
}

impl InfoV3 {
    /// The document of the image whose base URI is `id`.
    #[must_use]
    pub fn new(id: String, image: &ImageDescription) -> Self {
        let qualities = [Quality::Bitonal, Quality::Color, Quality::Gray].into_iter();
        let mut extra_features = vec![
            "canonicalLinkHeader",
            "mirroring",
            "profileLinkHeader",
            "rotationArbitrary",
        ];
        extra_features.extend(image.rules.enlarges().then_some("sizeUpscaling"));
        Self {
            context: Version::V3.context(),
            id,
            kind: "ImageService3",
            protocol: "http://iiif.io/api/image",
            profile: "level2",
            width: image.width,
            height: image.height,
            // A height needs a width beside it (section 5.3).
            max_width: image
                .rules
                .max_width
                .or(image.rules.max_height.map(|_| image.width)),
            max_height: image.rules.max_height,
            max_area: image.rules.max_area,
            sizes: image.sizes(),
            tiles: image.tiles(),
            extra_formats: OutputFormat::EXTRA,
            // Colour that is not there is answered, but not promised (section 4.4).
            extra_qualities: qualities
                .filter(|quality| !(image.gray && *quality == Quality::Color))
                .map(Quality::as_str)
                .collect(),
            extra_features,
            rights: image.rights.clone(),
        }
    }
}
