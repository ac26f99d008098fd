//! The platform's own configuration: what is true for all of its institutions.

use std::collections::BTreeMap;

use acervo_tenancy::{Language, Limits};
use serde::{Deserialize, Serialize};

use crate::BaseUrl;

/// The plan of an institution that names none.
pub const SMALL: &str = "small";

/// What is true for all institutions of a platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct PlatformConfig {
    /// Where institutions are found; without it, addresses follow the host that was asked, by path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<BaseUrl>,
    /// The language of the platform's own pages and messages.
    pub language: Language,
    /// Whether `/` outside every institution lists them.
    pub lists_institutions: bool,
    /// The plans that institutions can name.
    pub plans: BTreeMap<String, Plan>,
}

/// What an institution gets of the platform.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Plan {
    /// What a single image request may ask.
    #[serde(default)]
    pub limits: Limits,
}

impl Plan {
    /// A plan whose largest answer has this many megapixels.
    const fn megapixels(count: u64) -> Self {
        Self {
            limits: Limits {
                max_width: None,
                max_height: None,
                max_area: Some(count * 1_000_000),
            },
        }
    }
}

impl Default for PlatformConfig {
    /// No base URL, Spanish, and the plans `small`, `medium` and `large`: answers of 50, 100 and 200
    /// megapixels.
    fn default() -> Self {
        let plans = [
            (SMALL, Plan::megapixels(50)),
            ("medium", Plan::megapixels(100)),
            ("large", Plan::megapixels(200)),
        ];
        Self {
            base_url: None,
            language: Language::default(),
            lists_institutions: false,
            plans: plans.map(|(name, plan)| (name.to_owned(), plan)).into(),
        }
    }
}
