//! Finding the tenant of a request: by host and leading path, whatever the number of institutions.

use std::collections::HashMap;

use crate::{Address, Asked, KeptKind, Template, Tenant, TenantTable, Values};

/// Where a request belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Located<'t, 'p> {
    /// A kept address of an institution: of what, which one, and what is asked of it (empty for a
    /// manifest; for an image empty or beginning with `/`, such as `/info.json`).
    Kept(&'t Tenant, KeptKind, Values, &'p str),
    /// An institution, the address that was asked, and the path within it (empty or beginning with `/`).
    Tenant(&'t Tenant, &'t Address, &'p str),
    /// The platform's own pages.
    Platform,
    /// Nobody answers here.
    Nowhere,
}

/// Tenant and address, or tenant and kind of kept address, by their places in the table.
type Place = (usize, usize);

/// The addresses of a [`TenantTable`], by what requests say; made once for a table.
#[derive(Debug, Default)]
pub struct Locator {
    /// By host and prefix; of several the first in the table.
    by_host: HashMap<String, HashMap<String, Place>>,
    /// By prefix, those that answer on every host.
    on_every_host: HashMap<String, Place>,
    /// By prefix, those with a prefix, whatever their host.
    by_prefix: HashMap<String, Place>,
    /// Kept addresses by host; without one, those that follow the host that is asked.
    kept: HashMap<Option<String>, Vec<(usize, KeptKind)>>,
    /// Segments of the longest prefix.
    depth: usize,
}

impl Locator {
    /// Of all addresses of `table`.
    #[must_use]
    pub fn new(table: &TenantTable) -> Self {
        let mut locator = Self::default();
        for (number, tenant) in table.tenants.iter().enumerate() {
            for (at, address) in tenant.addresses.iter().enumerate() {
                locator.insert(address, (number, at));
            }
            for template in tenant.kept.all() {
                let host = (!tenant.kept.follows_asked).then(|| template.host().to_owned());
                let all = locator.kept.entry(host).or_default();
                all.push((number, template.kind()));
            }
        }
        locator
    }

    fn insert(&mut self, address: &Address, place: Place) {
        let prefix = &address.prefix;
        self.depth = self.depth.max(prefix.matches('/').count());
        let of_host = match &address.host {
            Some(host) => self.by_host.entry(host.clone()).or_default(),
            None => &mut self.on_every_host,
        };
        of_host.entry(prefix.clone()).or_insert(place);
        if !prefix.is_empty() {
            self.by_prefix.entry(prefix.clone()).or_insert(place);
        }
    }

    /// Who of `table`, which this was made of, answers `path` on the host that was asked.
    ///
    /// `path` is as sent, before any decoding. Kept addresses of the host asked come first. A declared
    /// host wins over addresses that answer on every host; a path-form address of another
    /// host is still found by its prefix, so that health checks and port-forwards work.
    #[must_use]
    pub fn locate<'t, 'p>(
        &self,
        table: &'t TenantTable,
        asked: &Asked,
        path: &'p str,
    ) -> Located<'t, 'p> {
        let host = asked.host();
        if let Some(kept) = self.kept(table, &host, path) {
            return kept;
        }
        let of_host = self.by_host.get(&host);
        let place = of_host
            .and_then(|prefixes| self.leading(prefixes, path))
            .or_else(|| self.leading(&self.on_every_host, path))
            .or_else(|| self.leading(&self.by_prefix, path));
        let found = place.and_then(|(number, at)| {
            let tenant = table.tenants.get(number)?;
            let address = tenant.addresses.get(at)?;
            Some(Located::Tenant(tenant, address, address.strip(path)?))
        });
        match found {
            Some(found) => found,
            None if table.lists_institutions => Located::Platform,
            None => Located::Nowhere,
        }
    }

    /// The first of `prefixes` in the table that leads `path`.
    fn leading(&self, prefixes: &HashMap<String, Place>, path: &str) -> Option<Place> {
        let ends = path.match_indices('/').map(|(at, _)| at);
        let ends = ends.chain([path.len()]).take(self.depth + 1);
        ends.filter_map(|end| prefixes.get(&path[..end]).copied())
            .min()
    }

    /// The kept address that `path` is on this host. Those of collections that there are come before
    /// those of collections that may once have been.
    fn kept<'t, 'p>(
        &self,
        table: &'t TenantTable,
        host: &str,
        path: &'p str,
    ) -> Option<Located<'t, 'p>> {
        if self.kept.is_empty() {
            return None;
        }
        let of = |host: Option<String>| self.kept.get(&host).into_iter().flatten();
        let mut places: Vec<_> = of(Some(host.to_owned())).chain(of(None)).collect();
        places.sort_by_key(|(number, _)| *number);
        let templates: Vec<(&Tenant, &Template)> = places
            .into_iter()
            .filter_map(|(number, kind)| {
                let tenant = table.tenants.get(*number)?;
                Some((tenant, tenant.kept.get(*kind)?))
            })
            .collect();
        let of_known = templates.iter().find_map(|(tenant, template)| {
            let known = |name: &str| {
                let mut collections = tenant.collections.iter();
                collections.any(|collection| collection.name_in_addresses() == name)
            };
            Some((tenant, template, template.matches_where(path, known)?))
        });
        let mut any = templates.iter();
        of_known
            .or_else(|| {
                any.find_map(|(tenant, template)| Some((tenant, template, template.matches(path)?)))
            })
            .map(|(tenant, template, (values, rest))| {
                Located::Kept(tenant, template.kind(), values, rest)
            })
    }
}
