//! Figures for Prometheus. Every label is one of a few words of ours: none names an institution.

use std::collections::BTreeMap;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

/// How a reconcile ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Outcome {
    /// `ok`, `refused` or `failed`.
    pub outcome: &'static str,
    /// `ok`, or why nothing could be built, or the step that failed.
    pub reason: &'static str,
}

/// A write.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Write {
    /// The kind of object, as manifests write it.
    pub kind: &'static str,
    /// `apply`, `delete` or `status`.
    pub verb: &'static str,
}

/// A kind of child.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct OfKind {
    /// As manifests write it.
    pub kind: &'static str,
}

/// How far an institution is on the way to what the platform wants of its servers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct OnTheWay {
    /// `waiting`, `moving` or `stuck`.
    pub state: &'static str,
}

/// How far ingests are.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Ingesting {
    /// `running` or `waiting`.
    pub state: &'static str,
}

/// What a condition says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, EncodeLabelSet)]
pub struct Says {
    /// Its type.
    pub condition: String,
    /// `True`, `False` or `Unknown`.
    pub status: String,
    /// Its reason.
    pub reason: String,
}

/// The figures.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    /// Reconciles, by outcome.
    pub reconciles: Family<Outcome, Counter>,
    /// Seconds of a reconcile.
    pub duration: Histogram,
    /// Seconds that an institution waited after its time had come.
    pub queue_wait: Histogram,
    /// Objects that were written.
    pub writes: Family<Write, Counter>,
    /// Objects that were written although neither resource nor platform had changed.
    pub drift: Family<OfKind, Counter>,
    /// Whether the configuration that is there is the one in use: 1 or 0.
    pub configuration_usable: Gauge,
    looked_up: LookedUp,
}

/// Figures that are looked up when they are asked for.
#[derive(Debug, Default)]
struct LookedUp {
    leader: Gauge,
    queued: Gauge,
    children: Gauge,
    institutions: Family<Says, Gauge>,
    upgrades: Family<OnTheWay, Gauge>,
    ingests: Family<Ingesting, Gauge>,
}

/// What is looked up when figures are asked for.
#[derive(Debug, Default)]
pub struct Now {
    /// Whether this replica leads.
    pub leads: bool,
    /// Institutions whose time for a reconcile has come.
    pub queued: usize,
    /// Children that are known.
    pub children: usize,
    /// Institutions, by what their conditions say.
    pub institutions: BTreeMap<Says, usize>,
    /// Institutions whose servers are not yet as the platform wants them, by state.
    pub upgrades: [(&'static str, usize); 3],
    /// Ingest Jobs that run, and institutions whose ingests wait for their turn, by state.
    pub ingests: [(&'static str, usize); 2],
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("acervo_operator"),
            reconciles: Family::default(),
            duration: Histogram::new(exponential_buckets(0.001, 4.0, 8)),
            queue_wait: Histogram::new(exponential_buckets(0.001, 4.0, 9)),
            writes: Family::default(),
            drift: Family::default(),
            configuration_usable: Gauge::default(),
            looked_up: LookedUp::default(),
        };
        metrics.register();
        metrics
    }
}

impl Metrics {
    fn register(&mut self) {
        let LookedUp {
            leader,
            queued,
            children,
            institutions,
            upgrades,
            ingests,
        } = &self.looked_up;
        let registry = &mut self.registry;
        registry.register(
            "leader",
            "Whether this replica writes: 1 or 0",
            leader.clone(),
        );
        registry.register(
            "reconciles",
            "Reconciles, by outcome and reason",
            self.reconciles.clone(),
        );
        registry.register(
            "reconcile_duration_seconds",
            "Seconds of a reconcile",
            self.duration.clone(),
        );
        registry.register(
            "queued",
            "Institutions whose time for a reconcile has come",
            queued.clone(),
        );
        registry.register(
            "queue_wait_seconds",
            "Seconds from when an institution's time had come to when its reconcile began",
            self.queue_wait.clone(),
        );
        registry.register(
            "writes",
            "Objects that were written, by kind and verb",
            self.writes.clone(),
        );
        registry.register(
            "drift_repaired",
            "Objects that were put back because somebody had changed or deleted them, by kind",
            self.drift.clone(),
        );
        registry.register(
            "children",
            "Objects of institutions that are known",
            children.clone(),
        );
        registry.register(
            "institutions",
            "Institutions, by what each condition says",
            institutions.clone(),
        );
        registry.register(
            "upgrades",
            "Institutions whose servers are not yet as the platform wants them, by state",
            upgrades.clone(),
        );
        registry.register(
            "ingests",
            "Ingest Jobs that run, and institutions whose ingests wait for their turn, by state",
            ingests.clone(),
        );
        registry.register(
            "configuration_usable",
            "Whether the configuration that is there is the one in use: 1 or 0",
            self.configuration_usable.clone(),
        );
    }

    /// The figures as text.
    ///
    /// # Errors
    /// Never in practice: writing to memory.
    pub fn text(&self, now: &Now) -> Result<String, std::fmt::Error> {
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let looked_up = &self.looked_up;
        looked_up.leader.set(i64::from(now.leads));
        looked_up.queued.set(count(now.queued));
        looked_up.children.set(count(now.children));
        looked_up.institutions.clear();
        for (says, institutions) in &now.institutions {
            let gauge = looked_up.institutions.get_or_create(says);
            gauge.set(count(*institutions));
        }
        for (state, institutions) in now.upgrades {
            let gauge = looked_up.upgrades.get_or_create(&OnTheWay { state });
            gauge.set(count(institutions));
        }
        for (state, ingests) in now.ingests {
            let gauge = looked_up.ingests.get_or_create(&Ingesting { state });
            gauge.set(count(ingests));
        }
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
