//! Addresses that an institution published before it came here, and keeps.

use serde::{Deserialize, Serialize};

use crate::{Asked, Collection, KeptKind, Template, Tenant, Values};

/// The templates of an institution's kept addresses, each with `{institution}` filled in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeptAddresses {
    /// Of manifests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest: Option<Template>,
    /// Of the base URIs of images.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Template>,
    /// Whether they answer on every host, and are named on the host that was asked: where the platform
    /// has no base URL and so knows no hosts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub follows_asked: bool,
}

impl KeptAddresses {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.manifest.is_none() && self.image.is_none()
    }

    /// The template of a kind.
    #[must_use]
    pub fn get(&self, kind: KeptKind) -> Option<&Template> {
        match kind {
            KeptKind::Manifest => self.manifest.as_ref(),
            KeptKind::Image => self.image.as_ref(),
        }
    }

    /// The kept address with these values, as documents name it; nothing if none is kept, or it cannot
    /// hold them ([`Template::fill`]).
    #[must_use]
    pub fn url(&self, kind: KeptKind, asked: &Asked, values: &Values) -> Option<String> {
        let template = self.get(kind)?;
        if self.follows_asked {
            let path = template.path(values)?;
            Some(format!("{}://{}{path}", asked.scheme, asked.authority))
        } else {
            template.fill(values)
        }
    }

    /// Both, of those that there are.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Template> {
        self.manifest.iter().chain(&self.image)
    }
}

impl Collection {
    /// What stands for `{collection}` in kept addresses.
    #[must_use]
    pub fn name_in_addresses(&self) -> &str {
        self.address_name
            .as_deref()
            .unwrap_or_else(|| self.name.as_str())
    }
}

impl Tenant {
    /// The template of a kind for what is in `collection`.
    ///
    /// A template without `{collection}` speaks of the institution's first collection, and of no other
    /// (unless it names images by our identifiers, which are the institution's).
    #[must_use]
    pub fn kept_for(&self, kind: KeptKind, collection: &Collection) -> Option<&Template> {
        let template = self.kept.get(kind)?;
        let of_all = template.names_collection() || template.names_identifier();
        let first = self.collections.first();
        (of_all || first.is_some_and(|first| first.name == collection.name)).then_some(template)
    }

    /// The collection that a kept address with these values speaks of; nothing if there is none of that
    /// name. Without one it is the first, as in [`Tenant::kept_for`].
    #[must_use]
    pub fn kept_collection(&self, values: &Values) -> Option<&Collection> {
        match &values.collection {
            None => self.collections.first(),
            Some(name) => self
                .collections
                .iter()
                .find(|collection| collection.name_in_addresses() == name),
        }
    }
}
