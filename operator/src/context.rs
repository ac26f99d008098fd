//! What all reconciles share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kube::Client;
use tokio::sync::watch;

use crate::children::Children;
use crate::events::Events;
use crate::ingest_turns::IngestTurns;
use crate::inside::Insides;
use crate::institutions::Institutions;
use crate::leader::fence::Leadership;
use crate::metrics::Metrics;
use crate::queue::{Name, Queue};
use crate::reconcile::memory::Memory;
use crate::surroundings::Surroundings;
use crate::watch::Progress;
use crate::waves::Waves;

/// What all reconciles share.
pub struct Context {
    /// The API server, behind the fence of [`Context::leadership`].
    pub client: Client,
    /// Whether this replica writes.
    pub leadership: Arc<Leadership>,
    /// The operator's own namespace.
    pub namespace: String,
    /// The resources.
    pub institutions: Institutions,
    /// What the watches know of children.
    pub children: Children,
    /// What the image servers say.
    pub insides: Insides,
    /// Configuration and what it names; `None` until all of it was seen.
    pub surroundings: watch::Sender<Option<Arc<Surroundings>>>,
    /// Who waits for a reconcile.
    pub queue: Queue,
    /// Whose turn it is to ingest.
    pub ingest_turns: IngestTurns,
    /// How far the watches are.
    pub progress: Arc<Progress>,
    /// Writes events.
    pub events: Events,
    /// Counts.
    pub metrics: Metrics,
    /// Whose servers wait for their turn.
    pub waves: Waves,
    /// What reconciles remember of earlier ones, by institution.
    pub memories: Mutex<HashMap<Name, Box<Memory>>>,
}

impl Context {
    /// The context of an operator in `namespace` that has seen nothing yet.
    #[must_use]
    pub fn new(
        client: Client,
        leadership: Arc<Leadership>,
        namespace: &str,
        progress: Arc<Progress>,
        events: Events,
    ) -> Self {
        let metrics = Metrics::default();
        Self {
            client,
            leadership,
            namespace: namespace.to_owned(),
            institutions: Institutions::default(),
            children: Children::default(),
            insides: Insides::default(),
            surroundings: watch::Sender::new(None),
            queue: Queue::measured(metrics.queue_wait.clone()),
            ingest_turns: IngestTurns::default(),
            progress,
            events,
            metrics,
            waves: Waves::default(),
            memories: Mutex::default(),
        }
    }

    /// Something of `institution` changed: it is to be reconciled.
    pub fn concerns(&self, institution: &str) {
        self.queue.add(institution.into(), Duration::ZERO);
    }

    /// Something of all institutions changed, those too that only their children remember.
    pub fn concerns_everybody(&self) {
        for name in self.institutions.names() {
            self.queue.add(name, Duration::ZERO);
        }
        for name in self.children.institutions() {
            self.queue.add(name.into(), Duration::ZERO);
        }
    }
}
