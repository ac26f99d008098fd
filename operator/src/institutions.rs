//! The resources of all institutions, as the watch has seen them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acervo_crds::claims::claims_of;
use acervo_crds::{Claim, IiifInstitution};
use kube::ResourceExt as _;
use kube::core::error_boundary::InvalidObject;

use crate::queue::Name;

/// A resource as it is stored; an unreadable one must not hold up the others.
pub type Stored = Arc<Result<IiifInstitution, InvalidObject>>;

/// The resources, by name.
#[derive(Debug, Default)]
pub struct Institutions {
    all: Mutex<HashMap<Name, Stored>>,
}

impl Institutions {
    /// Remembers a resource; gives what it was before.
    pub fn saw(&self, name: &Name, stored: Stored) -> Option<Stored> {
        self.lock().insert(Arc::clone(name), stored)
    }

    /// Forgets a resource; gives what it was.
    pub fn lost(&self, name: &str) -> Option<Stored> {
        self.lock().remove(name)
    }

    /// Remembers what the API server made of a write of ours, unless the watch knows more already:
    /// the next reconcile then compares with this and not with the state before the write.
    pub fn wrote(&self, before: &IiifInstitution, mut written: IiifInstitution) {
        written.metadata.managed_fields = None;
        let mut all = self.lock();
        if let Some(stored) = all.get_mut(before.name_any().as_str())
            && let Ok(known) = stored.as_ref()
            && known.metadata.resource_version == before.metadata.resource_version
            // Another spec is the watch's to tell: others may be concerned.
            && written.metadata.generation == before.metadata.generation
        {
            *stored = Arc::new(Ok(written));
        }
    }

    /// The resource called `name`, if there is one.
    #[must_use]
    pub fn of(&self, name: &str) -> Option<Stored> {
        self.lock().get(name).cloned()
    }

    /// Every resource.
    #[must_use]
    pub fn all(&self) -> Vec<Stored> {
        self.lock().values().cloned().collect()
    }

    /// The names of all.
    #[must_use]
    pub fn names(&self) -> Vec<Name> {
        self.lock().keys().cloned().collect()
    }

    /// The names of those that claim anything on one of `hosts`, or, where `newcomer` has come or gone,
    /// a place that may be part of its primary address.
    #[must_use]
    pub fn claiming(&self, hosts: &[String], newcomer: Option<&str>) -> Vec<Name> {
        if hosts.is_empty() && newcomer.is_none() {
            return Vec::new();
        }
        let is_near = |claim: &Claim| {
            newcomer.is_some_and(|name| {
                claim.host.split('.').next() == Some(name)
                    || claim.prefix.split('/').any(|segment| segment == name)
            })
        };
        let all = self.lock();
        let claims = |stored: &Stored| match stored.as_ref() {
            Ok(institution) => claims_of(institution)
                .iter()
                .any(|claim| hosts.contains(&claim.host) || is_near(claim)),
            Err(_) => false,
        };
        all.iter()
            .filter(|(_, stored)| claims(stored))
            .map(|(name, _)| Arc::clone(name))
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Name, Stored>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
