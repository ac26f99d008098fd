//! The resources of all institutions, as the watch has seen them. 5,000 of them as typed values would be
//! most of what the operator holds; here each is a compressed text until somebody asks for it.

mod packed;

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acervo_crds::claims::claims_of;
use acervo_crds::{Claim, IiifInstitution};
use kube::ResourceExt as _;
use kube::core::error_boundary::InvalidObject;

use crate::claims::Claimant;
use crate::json::Json;
use crate::queue::Name;
use packed::{Packed, Packer};

/// A resource as it is stored; an unreadable one must not hold up the others.
pub type Stored = Result<IiifInstitution, Box<InvalidObject>>;

/// What `kubectl apply` remembers in a resource: all of it, once more.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The resources, by name.
#[derive(Debug, Default)]
pub struct Institutions {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    all: HashMap<Name, Kept>,
    /// Who claims what, so that rivals are found without looking at everybody.
    claims: BTreeSet<(Trait, Name)>,
    packer: Packer,
}

/// A resource as it is kept.
#[derive(Debug)]
enum Kept {
    Readable {
        version: Box<str>,
        generation: Option<i64>,
        /// As JSON.
        text: Packed,
    },
    Unreadable(Box<InvalidObject>),
}

/// What a claim can be found by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Trait {
    /// Its host.
    Host(Box<str>),
    /// A word of it that may be the name of an institution, whose primary address the place is part of then.
    Word(Box<str>),
}

/// What was news about a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// Whether it is another version of it, or a new one.
    pub changed: bool,
    /// Those that claim a place that may have changed hands.
    pub concerned: Vec<Name>,
}

impl Institutions {
    /// Remembers a resource; tells what is new about it.
    pub fn saw(&self, name: &Name, stored: Stored) -> News {
        let mut inner = self.lock();
        let claims = stored.as_ref().map(claims_of).unwrap_or_default();
        let kept = Kept::new(stored, &mut inner.packer);
        let version = kept.version().to_owned();
        let before = inner.all.insert(Arc::clone(name), kept);
        let changed = before
            .as_ref()
            .is_none_or(|before| before.version() != version);
        let newcomer = before.is_none();
        let old = before.map(|before| inner.packer.claims(&before));
        let old = old.unwrap_or_default();
        let concerned = if old != claims || newcomer {
            inner.unclaim(name, &old);
            inner.claim(name, &claims);
            inner.claiming([old, claims].concat(), newcomer.then_some(name))
        } else {
            Vec::new()
        };
        News { changed, concerned }
    }

    /// Forgets a resource; gives those that claim a place that may have changed hands.
    pub fn lost(&self, name: &str) -> Vec<Name> {
        let mut inner = self.lock();
        let Some(kept) = inner.all.remove(name) else {
            return Vec::new();
        };
        let claims = inner.packer.claims(&kept);
        inner.unclaim(name, &claims);
        inner.claiming(claims, Some(name))
    }

    /// Remembers what the API server made of a write of ours, unless the watch knows more already:
    /// the next reconcile then compares with this and not with the state before the write.
    pub fn wrote(&self, before: &IiifInstitution, written: IiifInstitution) {
        let mut inner = self.lock();
        let Inner { all, packer, .. } = &mut *inner;
        if let Some(kept) = all.get_mut(before.name_any().as_str())
            && let Kept::Readable { version, generation, .. } = kept
            && before.metadata.resource_version.as_deref() == Some(version)
            // Another spec is the watch's to tell: others may be concerned.
            && written.metadata.generation == *generation
        {
            *kept = Kept::new(Ok(written), packer);
        }
    }

    /// The resource called `name`, if there is one.
    #[must_use]
    pub fn of(&self, name: &str) -> Option<Stored> {
        let mut inner = self.lock();
        let Inner { all, packer, .. } = &mut *inner;
        all.get(name).map(|kept| packer.stored(kept))
    }

    /// Those whom an institution with these claims may lose one of them to.
    #[must_use]
    pub fn rivals(&self, claims: &[Claim]) -> Vec<Claimant> {
        let mut inner = self.lock();
        let residents = claims.iter().flat_map(words).map(|word| Name::from(&*word));
        let rivals: BTreeSet<Name> = claims
            .iter()
            .flat_map(|claim| inner.with(Trait::Host(claim.host.as_str().into())))
            .cloned()
            .chain(residents)
            .collect();
        let Inner { all, packer, .. } = &mut *inner;
        let kept = rivals.iter().filter_map(|name| all.get(name));
        kept.filter_map(|kept| packer.stored(kept).ok())
            .map(|institution| Claimant::of(&institution))
            .collect()
    }

    /// Looks at every condition that stands in a resource: type, status, reason.
    pub fn conditions(&self, mut look: impl FnMut([&str; 3])) {
        let mut inner = self.lock();
        let Inner { all, packer, .. } = &mut *inner;
        for kept in all.values() {
            let Kept::Readable { text, .. } = kept else {
                continue;
            };
            // It was written by us as JSON.
            let text = packer.unpack(text);
            let Ok(resource) = serde_json::from_slice::<Json<'_>>(&text) else {
                continue;
            };
            for condition in resource.get("status").get("conditions").items() {
                let field = |name| condition.get(name).text().unwrap_or_default();
                look([field("type"), field("status"), field("reason")]);
            }
        }
    }

    /// The names of all.
    #[must_use]
    pub fn names(&self) -> Vec<Name> {
        self.lock().all.keys().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn claim(&mut self, name: &Name, claims: &[Claim]) {
        let traits = claims.iter().flat_map(traits);
        self.claims
            .extend(traits.map(|one| (one, Arc::clone(name))));
    }

    fn unclaim(&mut self, name: &str, claims: &[Claim]) {
        for one in claims.iter().flat_map(traits) {
            self.claims.remove(&(one, name.into()));
        }
    }

    /// Those that have a claim with this trait.
    fn with(&self, one: Trait) -> impl Iterator<Item = &Name> {
        let first = (one, Name::from(""));
        let found = self.claims.range(first.clone()..);
        found
            .take_while(move |(other, _)| *other == first.0)
            .map(|(_, name)| name)
    }

    /// Those that claim anything on a host of `claims`, or, where `newcomer` has come or gone, a place that
    /// may be part of its primary address.
    fn claiming(&self, claims: Vec<Claim>, newcomer: Option<&str>) -> Vec<Name> {
        let hosts = claims
            .into_iter()
            .map(|claim| Trait::Host(claim.host.into()));
        let near = newcomer.map(|name| Trait::Word(name.into()));
        let found: BTreeSet<&Name> = hosts.chain(near).flat_map(|one| self.with(one)).collect();
        found.into_iter().cloned().collect()
    }
}

impl Kept {
    fn new(stored: Stored, packer: &mut Packer) -> Self {
        let mut institution = match stored {
            Ok(institution) => institution,
            Err(invalid) => return Self::Unreadable(invalid),
        };
        institution.metadata.managed_fields = None;
        if let Some(annotations) = &mut institution.metadata.annotations {
            annotations.remove(LAST_APPLIED);
        }
        let text = serde_json::to_vec(&institution).expect("a resource is plain JSON");
        // What the operator says of it is the longest part.
        if institution.status.is_some() {
            packer.model(&text);
        }
        Self::Readable {
            version: institution.resource_version().unwrap_or_default().into(),
            generation: institution.metadata.generation,
            text: packer.pack(&text),
        }
    }

    fn version(&self) -> &str {
        match self {
            Self::Readable { version, .. } => version,
            Self::Unreadable(invalid) => {
                let version = invalid.metadata.resource_version.as_deref();
                version.unwrap_or_default()
            }
        }
    }
}

impl Packer {
    fn stored(&mut self, kept: &Kept) -> Stored {
        match kept {
            Kept::Readable { text, .. } => {
                let text = self.unpack(text);
                Ok(serde_json::from_slice(&text).expect("it was written by the same type"))
            }
            Kept::Unreadable(invalid) => Err(invalid.clone()),
        }
    }

    fn claims(&mut self, kept: &Kept) -> Vec<Claim> {
        self.stored(kept)
            .as_ref()
            .map(claims_of)
            .unwrap_or_default()
    }
}

/// What a claim can be found by.
fn traits(claim: &Claim) -> impl Iterator<Item = Trait> {
    let host = Trait::Host(claim.host.as_str().into());
    std::iter::once(host).chain(words(claim).map(Trait::Word))
}

/// The words of a claim that may name an institution: platforms have one in the host or in the path.
fn words(claim: &Claim) -> impl Iterator<Item = Box<str>> {
    let label = claim.host.split('.').next();
    let segments = claim
        .prefix
        .split('/')
        .filter(|segment| !segment.is_empty());
    label.into_iter().chain(segments).map(Into::into)
}
