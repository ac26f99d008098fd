//! The children of all institutions, as the watches have seen them: of each its key, version, digest and
//! a few facts, nothing more. 5,000 institutions have 70,000.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::digest::Digest;
use crate::quantity::Amount;
use crate::reconcile::facts::{ClaimState, JobPhase, JobState, RouteState, ServerState};

/// The kinds of children, in the order in which they are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Namespace.
    Namespace,
    /// ServiceAccount.
    ServiceAccount,
    /// ResourceQuota.
    ResourceQuota,
    /// LimitRange.
    LimitRange,
    /// NetworkPolicy.
    NetworkPolicy,
    /// RoleBinding.
    RoleBinding,
    /// PersistentVolumeClaim.
    Claim,
    /// ConfigMap.
    ConfigMap,
    /// Deployment.
    Deployment,
    /// PodDisruptionBudget.
    DisruptionBudget,
    /// HorizontalPodAutoscaler.
    Autoscaler,
    /// Service.
    Service,
    /// ListenerSet.
    ListenerSet,
    /// HTTPRoute.
    HttpRoute,
    /// Ingress.
    Ingress,
    /// Job.
    Job,
}

/// The version of what a new list has not told of yet; the API server gives none that is zero.
const UNLISTED: u64 = 0;

impl Kind {
    /// The kind as manifests write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Namespace => "Namespace",
            Self::ServiceAccount => "ServiceAccount",
            Self::ResourceQuota => "ResourceQuota",
            Self::LimitRange => "LimitRange",
            Self::NetworkPolicy => "NetworkPolicy",
            Self::RoleBinding => "RoleBinding",
            Self::Claim => "PersistentVolumeClaim",
            Self::ConfigMap => "ConfigMap",
            Self::Deployment => "Deployment",
            Self::DisruptionBudget => "PodDisruptionBudget",
            Self::Autoscaler => "HorizontalPodAutoscaler",
            Self::Service => "Service",
            Self::ListenerSet => "ListenerSet",
            Self::HttpRoute => "HTTPRoute",
            Self::Ingress => "Ingress",
            Self::Job => "Job",
        }
    }
}

/// A child, by kind and name. It is in the namespace of its institution, unless the name begins with
/// another one and a slash.
pub type Key = (Kind, Box<str>);

/// What is remembered of a child.
#[derive(Debug, Clone, PartialEq)]
pub struct Child {
    /// Its version when it was seen; later ones are larger.
    pub version: u64,
    /// The fields that are ours; `None` if none are.
    pub owned: Option<Digest>,
    /// What was applied to make it so, if the API server spells it differently.
    pub stands_for: Option<Digest>,
    /// Whether it is being deleted.
    pub terminating: bool,
    /// What status is computed from.
    pub seen: Seen,
}

/// What status is computed from, by kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Seen {
    /// A namespace, and whether it is one that was retained.
    Namespace {
        /// The label `acervo.dev/retained`.
        retained: bool,
    },
    /// The quota.
    Quota {
        /// Whether its controller has counted what there is against what it allows now.
        counted: bool,
        /// What it allows.
        allowed: Box<[(Box<str>, Amount)]>,
    },
    /// A ServiceAccount, and the pull Secrets that were copied for it.
    Account {
        /// The annotation [`crate::names::PULL_SECRETS`].
        pull_secrets: Box<str>,
    },
    /// Listeners for hosts of the institution.
    Listeners {
        /// The hosts whose certificates the Gateway does not find.
        without_certificate: Vec<String>,
    },
    /// A claim.
    Claim(Box<ClaimState>),
    /// The image server.
    Server(Box<ServerState>),
    /// A Service and the address it has in the cluster.
    Service {
        /// The cluster's address; `None` until it has one.
        address: Option<Box<str>>,
    },
    /// A route or an Ingress.
    Route(Box<RouteState>),
    /// An ingest Job.
    Job(Box<JobState>),
    /// Nothing beyond its existence.
    Other,
}

/// Of each institution its children, by their keys: in the least room, because there are so many.
type ByInstitution = HashMap<Box<str>, Vec<(Key, Child)>>;

/// The children of every institution.
#[derive(Debug, Default)]
pub struct Children {
    of: Mutex<ByInstitution>,
    /// The kinds that the cluster has.
    kinds: Mutex<BTreeSet<Kind>>,
}

impl Child {
    /// Whether its fields are as `wanted`.
    #[must_use]
    pub fn is(&self, wanted: Digest) -> bool {
        !self.terminating && (self.owned == Some(wanted) || self.stands_for == Some(wanted))
    }
}

impl Children {
    /// Remembers a child as it was at its version; tells whether that says anything new. A watch may
    /// tell of a version after a write has given a later one: then nothing is new.
    pub fn saw(&self, institution: &str, key: Key, mut child: Child) -> bool {
        let mut all = self.lock();
        if !all.contains_key(institution) {
            all.insert(institution.into(), Vec::new());
        }
        let Some(children) = all.get_mut(institution) else {
            return false;
        };
        let place = match children.binary_search_by(|(other, _)| other.cmp(&key)) {
            Ok(place) => place,
            Err(place) => {
                children.insert(place, (key, child));
                return true;
            }
        };
        let old = &mut children[place].1;
        if old.version > child.version {
            return false;
        }
        if child.stands_for.is_none() && child.owned == old.owned {
            child.stands_for = old.stands_for;
        }
        let news = (old.owned, old.terminating, &old.seen)
            != (child.owned, child.terminating, &child.seen);
        *old = child;
        news
    }

    /// A new list of `kind` begins: whatever it says is newer, also where the cluster was restored from
    /// a backup and counts its versions from an earlier one.
    pub fn relisted(&self, kind: Kind) {
        let mut all = self.lock();
        let children = all.values_mut().flatten();
        children
            .filter(|((of, _), _)| *of == kind)
            .for_each(|(_, child)| child.version = UNLISTED);
    }

    /// Forgets a child that is gone since `version`; tells whether it was known.
    pub fn lost(&self, institution: &str, key: &Key, version: u64) -> bool {
        let mut all = self.lock();
        let Some(children) = all.get_mut(institution) else {
            return false;
        };
        let Ok(place) = children.binary_search_by(|(other, _)| other.cmp(key)) else {
            return false;
        };
        if children[place].1.version > version {
            return false;
        }
        children.remove(place);
        if children.is_empty() {
            all.remove(institution);
        }
        true
    }

    /// Forgets the children of `kind` that were not seen since [`Self::relisted`], after a new list of them;
    /// gives their institutions.
    pub fn listed(&self, kind: Kind) -> Vec<Box<str>> {
        let mut all = self.lock();
        let mut changed = Vec::new();
        for (institution, children) in all.iter_mut() {
            let before = children.len();
            children.retain(|((of, _), child)| *of != kind || child.version != UNLISTED);
            if children.len() != before {
                changed.push(institution.clone());
            }
        }
        all.retain(|_, children| !children.is_empty());
        changed
    }

    /// Remembers whether the cluster has a kind; tells whether that is news.
    pub fn kind_is(&self, kind: Kind, there: bool) -> bool {
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        if there {
            kinds.insert(kind)
        } else {
            kinds.remove(&kind)
        }
    }

    /// Whether the cluster has a kind.
    #[must_use]
    pub fn has(&self, kind: Kind) -> bool {
        self.kinds
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(&kind)
    }

    /// The children of an institution.
    #[must_use]
    pub fn of(&self, institution: &str) -> BTreeMap<Key, Child> {
        let all = self.lock();
        let children = all.get(institution).into_iter().flatten();
        children.cloned().collect()
    }

    /// The institutions that have children.
    #[must_use]
    pub fn institutions(&self) -> Vec<Box<str>> {
        self.lock().keys().cloned().collect()
    }

    /// Looks at every child of a kind, with the name of its institution.
    pub fn each(&self, kind: Kind, mut look: impl FnMut(&str, &Child)) {
        for (institution, children) in self.lock().iter() {
            let first = children.partition_point(|((of, _), _)| *of < kind);
            let of_kind = children[first..].iter();
            of_kind
                .take_while(|((of, _), _)| *of == kind)
                .for_each(|(_, child)| look(institution, child));
        }
    }

    /// How many ingest Jobs are known to run.
    #[must_use]
    pub fn running_jobs(&self) -> usize {
        let mut running = 0;
        self.each(Kind::Job, |_, child| {
            running += usize::from(
                matches!(&child.seen, Seen::Job(job) if job.phase == JobPhase::Running),
            );
        });
        running
    }

    /// How many children are known.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lock().values().map(Vec::len).sum()
    }

    fn lock(&self) -> MutexGuard<'_, ByInstitution> {
        self.of.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn child(version: u64, terminating: bool) -> Child {
        Child {
            version,
            owned: None,
            stands_for: None,
            terminating,
            seen: Seen::Other,
        }
    }

    #[test]
    fn what_a_watch_tells_late_changes_nothing() {
        let children = Children::default();
        let key: Key = (Kind::ConfigMap, "a".into());
        assert!(children.saw("museo", key.clone(), child(5, false)), "new");
        assert!(
            !children.saw("museo", key.clone(), child(4, true)),
            "older than what is known"
        );
        assert!(!children.lost("museo", &key, 4), "it was made anew since");
        assert!(
            !children.saw("museo", key.clone(), child(6, false)),
            "the same in a later version"
        );
        assert!(children.saw("museo", key.clone(), child(7, true)));
        assert!(children.lost("museo", &key, 8));
        assert_eq!(children.count(), 0);
    }

    #[test]
    fn a_new_list_counts_whatever_its_versions_are() {
        let children = Children::default();
        let key: Key = (Kind::ConfigMap, "a".into());
        children.saw("museo", key.clone(), child(5000, false));
        children.relisted(Kind::ConfigMap);
        assert!(children.saw("museo", key.clone(), child(12, true)));
        children.saw("museo", (Kind::ConfigMap, "b".into()), child(13, false));
        children.saw("museo", (Kind::Service, "c".into()), child(14, false));
        assert!(
            children.listed(Kind::ConfigMap).is_empty(),
            "both were told of"
        );
        children.relisted(Kind::ConfigMap);
        children.saw("museo", (Kind::ConfigMap, "b".into()), child(13, false));
        assert_eq!(children.listed(Kind::ConfigMap), ["museo".into()]);
        assert_eq!(children.count(), 2, "what is of another kind stays");
    }
}
