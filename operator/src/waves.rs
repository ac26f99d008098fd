//! Waves: how what the platform changes for many institutions at once reaches their servers, a few
//! institutions at a time, and no further than to the first one whose new servers do not come.
//!
//! What an institution has is recorded in one annotation of its Deployment ([`Rollout`]), so that after
//! a restart the cluster alone says who is on the way. [`judge`] is pure; [`Waves`] remembers who has
//! just begun and who waits, and losing that costs one look at every institution.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::children::{Children, Kind, Seen};
use crate::digest::Digest;
use crate::queue::Name;
use crate::reconcile::facts::ServerState;

/// Why servers are as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// For the institution's own sake: it is new, its resource changed, or somebody else had changed the
    /// Deployment.
    Institution,
    /// The platform wanted it so, and the institution had its turn.
    Platform,
}

/// What is recorded of a Deployment. Its text is the annotation [`crate::names::ROLLOUT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rollout {
    /// Why it is as it is.
    pub cause: Cause,
    /// The generation of the resource that it was built from.
    pub generation: i64,
    /// The digest of all that was wanted of it, but for this record.
    pub wanted: Digest,
}

/// How far servers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// All of them are as the Deployment says, or were once and are looked after by the cluster.
    Settled,
    /// New ones are on the way.
    Moving,
    /// New ones do not come.
    Stuck,
}

/// Whether new servers may be begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// At once.
    Now,
    /// When the institution has its turn.
    InTurn,
    /// Not yet: the servers stay as they are.
    Later,
}

/// What is to be recorded of a Deployment of which this is `wanted`, for this `generation` of the
/// resource, and whether it can be written at once.
///
/// An institution's own wishes wait for nobody, nor does what cannot take a serving pod away: a first
/// installation, a rollout that is under way already, servers of which none answers. And what somebody
/// changed is put back at once; the new version comes along with it.
#[must_use]
pub fn judge(server: Option<&ServerState>, generation: i64, wanted: Digest) -> (Rollout, Turn) {
    let record = |cause| Rollout {
        cause,
        generation,
        wanted,
    };
    let Some(server) = server else {
        return (Rollout::own(generation, wanted), Turn::Now);
    };
    let before = server.rollout;
    let cause = before.map_or(Cause::Institution, |before| before.cause);
    if before.is_some_and(|before| before.wanted == wanted) {
        return (record(cause), Turn::Now);
    }
    if before.is_some_and(|before| before.generation != generation) || server.drifted {
        return (Rollout::own(generation, wanted), Turn::Now);
    }
    // Whoever is on the way keeps its place in the wave, if it has one.
    if server.stage() != Stage::Settled || server.available == 0 {
        return (record(cause), Turn::Now);
    }
    (record(Cause::Platform), Turn::InTurn)
}

impl Rollout {
    /// What is recorded for the institution's own sake.
    #[must_use]
    pub const fn own(generation: i64, wanted: Digest) -> Self {
        Self {
            cause: Cause::Institution,
            generation,
            wanted,
        }
    }
}

impl ServerState {
    /// How far they are.
    #[must_use]
    pub fn stage(&self) -> Stage {
        match (self.rolling, &self.failure) {
            (false, _) => Stage::Settled,
            (true, None) => Stage::Moving,
            (true, Some(_)) => Stage::Stuck,
        }
    }
}

/// The institutions that are on the way because the platform wanted it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct UnderWay {
    moving: BTreeSet<Name>,
    stuck: BTreeSet<Name>,
}

impl UnderWay {
    /// Those that their Deployments show.
    #[must_use]
    pub fn seen(children: &Children) -> Self {
        let mut under_way = Self::default();
        children.each(Kind::Deployment, |institution, child| {
            if let Seen::Server(server) = &child.seen
                && server
                    .rollout
                    .is_some_and(|rollout| rollout.cause == Cause::Platform)
            {
                under_way.note(institution, server.stage());
            }
        });
        under_way
    }

    fn note(&mut self, institution: &str, stage: Stage) {
        let those = match stage {
            Stage::Settled => return,
            Stage::Moving => &mut self.moving,
            Stage::Stuck => &mut self.stuck,
        };
        those.insert(institution.into());
    }

    /// How many more may begin: none as long as one is stuck.
    #[must_use]
    pub fn room(&self, limit: usize) -> usize {
        if self.stuck.is_empty() {
            limit.saturating_sub(self.moving.len())
        } else {
            0
        }
    }

    /// How many new servers are on the way.
    #[must_use]
    pub fn moving(&self) -> usize {
        self.moving.len()
    }

    /// Of how many institutions they do not come.
    #[must_use]
    pub fn stuck(&self) -> usize {
        self.stuck.len()
    }
}

/// Who waits for a turn, and who has just got one.
#[derive(Debug, Default)]
pub struct Waves {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    waiting: BTreeSet<Name>,
    /// Those whose Deployment is just being written: what is known of it does not tell yet.
    begun: BTreeSet<Name>,
}

/// An institution's turn, from when it gets it until its Deployment tells.
#[derive(Debug)]
pub struct Begun<'a> {
    waves: &'a Waves,
    name: Name,
}

impl Waves {
    /// Gives the institution its turn, if there is room among those that are under way; else it waits
    /// from now on.
    pub fn begin(&self, name: &Name, limit: usize, children: &Children) -> Option<Begun<'_>> {
        let mut inner = self.lock();
        // Looked up under the lock: two never get the last place.
        if inner.under_way(children).room(limit) == 0 {
            inner.waiting.insert(Arc::clone(name));
            return None;
        }
        inner.waiting.remove(name);
        inner.begun.insert(Arc::clone(name));
        Some(Begun {
            waves: self,
            name: Arc::clone(name),
        })
    }

    /// The institution waits no longer, or is about to be told that it still has to.
    pub fn leave(&self, name: &str) {
        self.lock().waiting.remove(name);
    }

    /// Those that wait and for which there is room now; they wait until they begin.
    #[must_use]
    pub fn next(&self, limit: usize, children: &Children) -> Vec<Name> {
        let inner = self.lock();
        if inner.waiting.is_empty() {
            return Vec::new();
        }
        let room = inner.under_way(children).room(limit);
        inner.waiting.iter().take(room).cloned().collect()
    }

    /// How many wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    /// Another replica leads now.
    pub fn forget(&self) {
        *self.lock() = Inner::default();
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn under_way(&self, children: &Children) -> UnderWay {
        let mut under_way = UnderWay::seen(children);
        under_way.moving.extend(self.begun.iter().cloned());
        under_way
    }
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        self.waves.lock().begun.remove(&self.name);
    }
}

/// A text that is no record of a rollout.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no record of a rollout")]
pub struct RolloutError(String);

impl fmt::Display for Rollout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cause = match self.cause {
            Cause::Institution => "institution",
            Cause::Platform => "platform",
        };
        write!(f, "{cause}:{}:{}", self.generation, self.wanted)
    }
}

impl FromStr for Rollout {
    type Err = RolloutError;

    fn from_str(text: &str) -> Result<Self, RolloutError> {
        let read = || {
            let mut parts = text.split(':');
            let cause = match parts.next()? {
                "institution" => Cause::Institution,
                "platform" => Cause::Platform,
                _ => return None,
            };
            Some(Self {
                cause,
                generation: parts.next()?.parse().ok()?,
                wanted: parts.next()?.parse().ok()?,
            })
        };
        read().ok_or_else(|| RolloutError(text.to_owned()))
    }
}
