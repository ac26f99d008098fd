//! Figures for Prometheus, with labels that only code can add.

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
    /// `ok`, or the step and kind of the error.
    pub reason: &'static str,
}

/// The figures.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    /// Reconciles, by outcome.
    pub reconciles: Family<Outcome, Counter>,
    /// Seconds of a reconcile.
    pub duration: Histogram,
    /// Objects that were written.
    pub writes: Counter,
    /// Institutions that wait for a reconcile.
    pub queued: Gauge,
    /// Children that are known.
    pub children: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("acervo_operator");
        let reconciles = Family::default();
        let duration = Histogram::new(exponential_buckets(0.001, 4.0, 8));
        let (writes, queued, children) = (Counter::default(), Gauge::default(), Gauge::default());
        registry.register("reconciles", "Reconciles, by outcome", reconciles.clone());
        registry.register(
            "reconcile_duration_seconds",
            "Seconds of a reconcile",
            duration.clone(),
        );
        registry.register(
            "writes",
            "Objects of institutions that were written",
            writes.clone(),
        );
        registry.register(
            "queued",
            "Institutions that wait for a reconcile",
            queued.clone(),
        );
        registry.register(
            "children",
            "Objects of institutions that are known",
            children.clone(),
        );
        Self {
            registry,
            reconciles,
            duration,
            writes,
            queued,
            children,
        }
    }
}

impl Metrics {
    /// The figures as text.
    ///
    /// # Errors
    /// Never in practice: writing to memory.
    pub fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
