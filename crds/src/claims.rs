//! Claims: the places that institutions want for themselves.
//!
//! A claim is a host and a path under it. It is lost to an older institution that has the same place or
//! one above it. An older claim below a younger one keeps its place within it.

use acervo_tenancy::Template;

use crate::IiifInstitution;

/// A host and a path under it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Claim {
    /// The host, in lower case.
    pub host: String,
    /// The path, without final slash; empty for the whole host.
    pub prefix: String,
}

impl Claim {
    /// The claim to a whole host.
    #[must_use]
    pub fn host(host: &str) -> Self {
        Self {
            host: host.to_owned(),
            prefix: String::new(),
        }
    }

    /// The claim of a template in which `{institution}` is filled in.
    #[must_use]
    pub fn of(template: &Template) -> Self {
        Self {
            host: template.host().to_owned(),
            prefix: template.prefix(),
        }
    }

    /// Whether the place of `other` is this one or below it.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self.host == other.host && is_below(&other.prefix, &self.prefix)
    }

    /// This place and all above it.
    pub(crate) fn and_above(&self) -> impl Iterator<Item = Self> + '_ {
        let ends = self.prefix.match_indices('/').map(|(at, _)| at);
        ends.chain([self.prefix.len()]).map(|end| Self {
            host: self.host.clone(),
            prefix: self.prefix[..end].to_owned(),
        })
    }
}

/// Whether `path` is `prefix` or below it.
pub(crate) fn is_below(path: &str, prefix: &str) -> bool {
    let rest = path.strip_prefix(prefix);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// All that an institution claims: its hosts, and the places of its kept addresses.
#[must_use]
pub fn claims_of(institution: &IiifInstitution) -> Vec<Claim> {
    let spec = &institution.spec;
    let hosts = spec.hostnames.iter().map(|host| Claim::host(host));
    let name = institution.metadata.name.as_deref().unwrap_or_default();
    let name = name.parse().ok();
    let templates = spec.addresses.iter().flat_map(|kept| kept.templates());
    let kept =
        templates.filter_map(|(_, template)| Some(Claim::of(&template.ok()?.of(name.as_ref()?))));
    hosts.chain(kept).collect()
}
