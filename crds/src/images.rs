//! What may be asked of the institution's images, and what becomes of their colours.

#![expect(
    unreachable_pub,
    reason = "KubeSchema repeats each struct inside a function"
)]

use acervo_tenancy::Limits;
use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::schema;

/// What may be asked of the institution's images.
#[derive(KubeSchema, Serialize, Deserialize, Debug, Clone, PartialEq, Eq, Default)]
#[serde(rename_all = "camelCase")]
pub struct Images {
    /// The widest answer in pixels, where that is less than the plan allows. Without a height it is the limit of both sides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "schema::pixels_of_a_side")]
    pub max_width: Option<u32>,
    /// The highest answer in pixels, where that is less than the plan allows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "schema::pixels_of_a_side")]
    pub max_height: Option<u32>,
    /// The largest answer, width × height in pixels, where that is less than the plan allows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "schema::pixels_of_an_area")]
    pub max_area: Option<u64>,
    /// Whether answers may be larger than the image, up to the limits (`^` in sizes of the Image API).
    #[serde(default)]
    pub upscaling: bool,
    /// How many seconds readers' browsers and caches may use an image without asking again; 86400, a day, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "schema::seconds")]
    pub max_age: Option<u32>,
    /// Whether images with a colour profile become sRGB, `Convert`, or keep their colours and their profile, `Embed`. A change makes those images anew.
    #[serde(default)]
    pub color_profiles: ColorProfiles,
}

/// What becomes of images with a colour profile that is not sRGB.
#[derive(JsonSchema, Serialize, Deserialize, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColorProfiles {
    /// Their colours become sRGB, which every program shows rightly.
    #[default]
    Convert,
    /// Their colours stay, and their profile goes with every answer. Inks (CMYK), and images whose profile is
    /// longer than 64 KiB, are converted all the same.
    Embed,
}

impl ColorProfiles {
    /// The same as an argument of `acervo ingest`.
    #[must_use]
    pub const fn argument(self) -> &'static str {
        match self {
            Self::Convert => "convert",
            Self::Embed => "embed",
        }
    }
}

impl Images {
    /// The lower of these limits and those of the plan.
    pub(crate) fn within(&self, plan: Limits) -> Limits {
        fn lower<N: Ord>(one: Option<N>, other: Option<N>) -> Option<N> {
            [one, other].into_iter().flatten().min()
        }
        Limits {
            max_width: lower(self.max_width, plan.max_width),
            max_height: lower(self.max_height, plan.max_height),
            max_area: lower(self.max_area, plan.max_area),
        }
    }
}
