//! The table itself, and finding the tenant of a request in it.

use serde::{Deserialize, Serialize};

use crate::{Address, Asked, CollectionName, InstitutionName, Language, LanguageMap};

/// The version of the wire form that this crate reads and writes.
pub const TABLE_VERSION: u32 = 1;

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
    /// What a single image request may ask.
    #[serde(default)]
    pub limits: Limits,
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
    /// The canonical URI of the rights statement of its items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rights: Option<String>,
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

/// Where a request belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Located<'t, 'p> {
    /// An institution, the address that was asked, and the path within it (empty or beginning with `/`).
    Tenant(&'t Tenant, &'t Address, &'p str),
    /// The platform's own pages.
    Platform,
    /// Nobody answers here.
    Nowhere,
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
    /// If the version is another or an institution has no address.
    pub fn check(&self) -> Result<(), String> {
        if self.version != TABLE_VERSION {
            return Err(format!(
                "the tenant table has version {}, this server reads version {TABLE_VERSION}",
                self.version
            ));
        }
        match self.tenants.iter().find(|t| t.addresses.is_empty()) {
            Some(tenant) => Err(format!("institution {} has no address", tenant.name)),
            None => Ok(()),
        }
    }

    /// Who answers `path` on the host that was asked.
    ///
    /// A declared host wins over addresses that answer on every host; a path-form address of another
    /// host is still found by its prefix, so that health checks and port-forwards work.
    #[must_use]
    pub fn locate<'t, 'p>(&'t self, asked: &Asked, path: &'p str) -> Located<'t, 'p> {
        let host = asked.host();
        let candidates = || {
            self.tenants
                .iter()
                .flat_map(|t| t.addresses.iter().map(move |a| (t, a)))
                .filter_map(|(t, a)| a.strip(path).map(|rest| (t, a, rest)))
        };
        candidates()
            .find(|(_, a, _)| a.host.as_deref() == Some(host.as_str()))
            .or_else(|| candidates().find(|(_, a, _)| a.host.is_none()))
            .or_else(|| candidates().find(|(_, a, _)| !a.prefix.is_empty()))
            .map_or_else(
                || {
                    if self.lists_institutions {
                        Located::Platform
                    } else {
                        Located::Nowhere
                    }
                },
                |(t, a, rest)| Located::Tenant(t, a, rest),
            )
    }
}
