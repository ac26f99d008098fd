//! The table itself.

use serde::{Deserialize, Serialize};

use crate::{
    Address, CollectionName, InstitutionName, KeptAddresses, KeptKind, Language, LanguageMap,
};

/// The version of the wire form that this crate reads and writes.
pub const TABLE_VERSION: u32 = 3;

/// Every institution that one server answers for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TenantTable {
    /// [`TABLE_VERSION`].
    pub version: u32,
    /// The language of the platform's own pages when the reader asks for none.
    #[serde(default)]
    pub language: Language,
    /// Whether `/` outside every institution lists them (the one-machine platform).
    #[serde(default)]
    pub lists_institutions: bool,
    /// The institutions, by name.
    pub tenants: Vec<Tenant>,
}

/// One institution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tenant {
    /// Its name.
    pub name: InstitutionName,
    /// What people call it.
    pub display_name: LanguageMap,
    /// Its own web site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub homepage: Option<String>,
    /// The language of its pages when the reader asks for none.
    #[serde(default)]
    pub default_language: Language,
    /// Where it answers; the first is the primary address, which documents name. Never empty.
    pub addresses: Vec<Address>,
    /// Addresses that it published before and keeps; looked at before `addresses`.
    #[serde(default, skip_serializing_if = "KeptAddresses::is_empty")]
    pub kept: KeptAddresses,
    /// What its pages show of it.
    #[serde(default, skip_serializing_if = "Pages::is_empty")]
    pub pages: Pages,
    /// What may be asked of its images.
    #[serde(default)]
    pub images: Images,
    /// Whether it is suspended: every address answers 503.
    #[serde(default)]
    pub suspended: bool,
    /// Its collections, in the order of the resource.
    pub collections: Vec<Collection>,
}

/// One collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Collection {
    /// Its name.
    pub name: CollectionName,
    /// What people call it; the name where the resource gives no label.
    pub label: LanguageMap,
    /// What it is, for its page: plain text, with blank lines between paragraphs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<LanguageMap>,
    /// The canonical URI of the rights statement of its items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rights: Option<String>,
    /// The attribution that viewers must show with every item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required_statement: Option<LanguageMap>,
    /// What stands for `{collection}` in kept addresses; its name if absent. One path segment of
    /// unreserved characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address_name: Option<String>,
}

/// What an institution's pages show of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Pages {
    /// What the institution is: plain text, with blank lines between paragraphs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<LanguageMap>,
    /// Its logo: a PNG, JPEG or SVG file, by its path below the institution's `incoming/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    /// The colour of its pages: `#` and six hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accent: Option<String>,
    /// Items that its page shows first, at most 12. Those that do not exist are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub featured: Vec<Featured>,
}

/// An item that an institution's page shows first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Featured {
    /// The collection.
    pub collection: CollectionName,
    /// The item's name.
    pub item: String,
}

/// What may be asked of an institution's images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Images {
    /// The largest answer to a single request.
    pub limits: Limits,
    /// Whether answers may be larger than the image, up to the limits.
    pub upscaling: bool,
    /// Seconds for which an answer may be used without asking again.
    pub max_age: u32,
}

impl Images {
    /// A day, in seconds.
    pub const DAY: u32 = 86_400;
}

impl Default for Images {
    /// No limits of its own, nothing enlarged, a day.
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            upscaling: false,
            max_age: Self::DAY,
        }
    }
}

/// The largest answer to one image request, in pixels; advertised in info.json.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Limits {
    /// Widest answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_width: Option<u32>,
    /// Highest answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_height: Option<u32>,
    /// Largest answer, width × height.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_area: Option<u64>,
}

impl Pages {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Tenant {
    /// The address that documents name.
    ///
    /// # Panics
    /// If the table breaks its rule that `addresses` is never empty; [`TenantTable::check`] keeps it.
    #[must_use]
    pub fn primary(&self) -> &Address {
        &self.addresses[0]
    }

    /// The collection called `name`.
    #[must_use]
    pub fn collection(&self, name: &str) -> Option<&Collection> {
        self.collections.iter().find(|c| c.name.as_str() == name)
    }
}

impl TenantTable {
    /// The first rule that this table breaks, in words; a table from another version or hand is checked
    /// before it is served.
    ///
    /// # Errors
    /// If the version is another, an institution has no address, or a template stands in the place of
    /// the other kind.
    pub fn check(&self) -> Result<(), String> {
        if self.version != TABLE_VERSION {
            return Err(format!(
                "the tenant table has version {}, this server reads version {TABLE_VERSION}",
                self.version
            ));
        }
        if let Some(tenant) = self.tenants.iter().find(|t| t.addresses.is_empty()) {
            return Err(format!("institution {} has no address", tenant.name));
        }
        let misplaced = |tenant: &&Tenant| {
            [KeptKind::Manifest, KeptKind::Image]
                .into_iter()
                .any(|kind| tenant.kept.get(kind).is_some_and(|t| t.kind() != kind))
        };
        match self.tenants.iter().find(misplaced) {
            Some(tenant) => Err(format!(
                "institution {} has a kept address of manifests in the place of images, or the other way round",
                tenant.name
            )),
            None => Ok(()),
        }
    }
}
