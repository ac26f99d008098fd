//! The insides of the institutions: what their image servers say of themselves. The servers are asked
//! gently and beside the reconciles, which only look at what was said last.

mod ask;
mod document;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::context::Context;
use crate::queue::{Name, Queue, jittered};

pub use document::{
    CollectionInside, Incoming, Ingested, LastWords, Progress, RefusalReason, StatusDocument,
    StorageUse,
};

/// The version of [`StatusDocument`] that the operator reads.
pub const STATUS_VERSION: u32 = 1;

/// How soon a server is asked after something happened to it.
const SOON: Duration = Duration::from_secs(1);
/// How soon it is asked again while something in it moves.
const MOVING: Duration = Duration::from_secs(15);
/// And when nothing does.
const RESTING: Duration = Duration::from_secs(60);
/// For how long something is thought to move after it was last seen to: people who hand something
/// over go on doing so.
const AFTERWARDS: Duration = Duration::from_secs(600);

/// What the image servers say, by institution.
#[derive(Debug, Default)]
pub struct Insides {
    of: Mutex<HashMap<Name, Inside>>,
    queue: Queue,
}

#[derive(Debug)]
struct Inside {
    place: Place,
    document: Option<Arc<StatusDocument>>,
    /// When something was last seen to move.
    moved: Instant,
}

/// Where an institution's image server is, and what is known to happen there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The address of its Service.
    pub address: Box<str>,
    /// The generation of the resource.
    pub generation: i64,
    /// The ingest Jobs, and whether they run. When any of this changes, there is something to ask.
    pub jobs: Vec<(Box<str>, bool)>,
}

impl Insides {
    /// The institution's server is at `place`, or nowhere; gives what it said last.
    pub fn at(&self, name: &Name, place: Option<Place>) -> Option<Arc<StatusDocument>> {
        let mut all = self.lock();
        let Some(place) = place else {
            all.remove(name);
            return None;
        };
        let before = all.remove(name);
        let is_news = before.as_ref().is_none_or(|before| before.place != place);
        let document = before
            .as_ref()
            .filter(|before| before.place.address == place.address)
            .and_then(|before| before.document.clone());
        let moved = before.map(|before| before.moved).filter(|_| !is_news);
        let moved = moved.unwrap_or_else(Instant::now);
        all.insert(
            Arc::clone(name),
            Inside {
                place,
                document: document.clone(),
                moved,
            },
        );
        drop(all);
        if is_news {
            self.queue.add(Arc::clone(name), SOON);
        }
        document
    }

    /// A server answered, or not; tells whether that is news, and when to ask again.
    fn note(
        &self,
        name: &str,
        address: &str,
        answer: Option<StatusDocument>,
    ) -> (bool, Option<Duration>) {
        let mut all = self.lock();
        let Some(inside) = all
            .get_mut(name)
            .filter(|inside| &*inside.place.address == address)
        else {
            return (false, None);
        };
        // An address may have gone over to another institution's server.
        let answer =
            answer.filter(|answer| answer.version == STATUS_VERSION && answer.institution == name);
        let is_news = answer.as_ref().is_some_and(|answer| {
            let before = inside.document.as_deref();
            before.is_none_or(|before| !answer.says_the_same(before))
        });
        if let Some(answer) = answer.filter(|_| is_news) {
            inside.document = Some(Arc::new(answer));
        }
        let moving = inside
            .document
            .as_deref()
            .is_some_and(StatusDocument::is_moving);
        if is_news || moving {
            inside.moved = Instant::now();
        }
        let lately = inside.moved.elapsed() < AFTERWARDS;
        (is_news, Some(if lately { MOVING } else { RESTING }))
    }

    /// Nobody asks any more: whoever was being asked is asked anew.
    pub fn abandon(&self) {
        self.queue.abandon();
    }

    fn address(&self, name: &str) -> Option<Box<str>> {
        Some(self.lock().get(name)?.place.address.clone())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Name, Inside>> {
        self.of.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks one server after the other, for ever.
pub async fn ask_for_ever(context: Arc<Context>) {
    let insides = &context.insides;
    loop {
        let name = insides.queue.next().await;
        let mut again = None;
        if let Some(address) = insides.address(&name) {
            let answer = ask::status(&address).await;
            let (is_news, pause) = insides.note(&name, &address, answer);
            if is_news {
                context.concerns(&name);
            }
            again = pause.map(|pause| jittered(&name, pause));
        }
        insides.queue.done(&name, again);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn place(jobs: &[(&str, bool)]) -> Option<Place> {
        let jobs = jobs
            .iter()
            .map(|(name, runs)| ((*name).into(), *runs))
            .collect();
        Some(Place {
            address: "10.0.0.1".into(),
            generation: 1,
            jobs,
        })
    }

    fn document(name: &str, used: u64, settled: bool) -> Option<StatusDocument> {
        Some(StatusDocument {
            version: STATUS_VERSION,
            institution: name.to_owned(),
            storage: StorageUse {
                used,
                capacity: 6400,
            },
            incoming: vec![Incoming {
                directory: "mapas".to_owned(),
                fingerprint: "a".to_owned(),
                settled,
            }],
            collections: Vec::new(),
        })
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_is_asked_soon_after_anything_happened_and_otherwise_gently() {
        let (insides, name): (_, Name) = (Insides::default(), "museo".into());
        let begun = Instant::now();
        assert_eq!(insides.at(&name, place(&[])), None);
        assert_eq!(insides.queue.next().await, name);
        assert_eq!(begun.elapsed(), SOON);
        insides.queue.done(&name, Some(RESTING));
        insides.at(&name, place(&[]));
        insides.at(&name, place(&[("ingest", true)]));
        assert_eq!(insides.queue.next().await, name);
        assert_eq!(begun.elapsed(), 2 * SOON);
    }

    #[tokio::test(start_paused = true)]
    async fn only_what_is_new_is_told_and_what_moves_is_asked_more_often() {
        let (insides, name): (_, Name) = (Insides::default(), "museo".into());
        insides.at(&name, place(&[]));
        let note = |answer| insides.note(&name, "10.0.0.1", answer);
        assert_eq!(note(None), (false, Some(MOVING)), "it is starting");
        assert_eq!(note(document("museo", 100, false)), (true, Some(MOVING)));
        assert_eq!(note(document("museo", 100, true)), (true, Some(MOVING)));
        assert_eq!(
            note(document("museo", 200, true)),
            (false, Some(MOVING)),
            "a little more"
        );
        assert_eq!(
            note(document("museo", 201, true)),
            (true, Some(MOVING)),
            "it adds up"
        );
        assert_eq!(
            note(document("otro", 1, true)),
            (false, Some(MOVING)),
            "not its server"
        );
        tokio::time::advance(AFTERWARDS).await;
        assert_eq!(note(document("museo", 201, true)), (false, Some(RESTING)));
        assert_eq!(note(None), (false, Some(RESTING)), "it does not answer");
        assert_eq!(
            insides.at(&name, place(&[])).unwrap().storage.used,
            201,
            "what it said last"
        );
        assert_eq!(insides.at(&name, None), None);
        assert_eq!(note(document("museo", 201, true)), (false, None));
    }
}
