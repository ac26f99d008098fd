//! One institution, from its resource to its objects: dereference, validate, build, apply, status.
//!
//! Only the first and the last two steps speak with the API server.

pub mod apply;
pub mod build;
pub mod dereference;
pub mod facts;
pub mod memory;
pub mod mirror;
pub mod plan;
pub mod report;
pub mod retire;
pub mod status;
pub mod validate;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use acervo_crds::IiifInstitution;
use acervo_crds::status::IiifInstitutionStatus;
use jiff::Timestamp;
use kube::ResourceExt as _;
use tracing::Instrument as _;

use crate::config::Ingest;
use crate::context::Context;
use crate::digest::Digest;
use crate::ingest_turns::Wish;
use crate::institutions::Stored;
use crate::metrics::{OfKind, Outcome, Write};
use crate::names;
use crate::queue::{Name, jittered};
use crate::waves::{Begun, Turn};
use apply::{Applier, ApplyError, Written};
use build::{Prepared, Resources};
use dereference::DereferenceError;
use facts::{Facts, NamespaceState};
use memory::Memory;
use report::StatusError;
use validate::{ValidateErrorKind, Validated};

/// How soon an institution is looked at again that waits for something that cannot be watched.
const WAITING: Duration = Duration::from_secs(15);
/// And when it waits for nothing: a net under the watches.
const RESTING: Duration = Duration::from_secs(1800);
/// The reason of a reconcile that did all that there was to do.
const OK: &str = "ok";

/// How a reconcile ended that came to an end.
struct Done {
    /// The label of the metric: `ok`, or why nothing could be built.
    reason: &'static str,
    /// When to look at the institution again.
    again: Option<Duration>,
}

impl Done {
    const fn ok(again: Option<Duration>) -> Self {
        Self { reason: OK, again }
    }
}

/// Why a reconcile did not end; it is tried again.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    /// The cluster could not be read.
    #[error(transparent)]
    Dereference(#[from] DereferenceError),
    /// An object could not be written.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// The status could not be written.
    #[error(transparent)]
    Status(#[from] StatusError),
}

impl ReconcileError {
    /// The step that failed: the label of the metric; of apply, the reason of event and condition too.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Dereference(_) => "DereferenceFailed",
            Self::Apply(_) => status::APPLY_FAILED,
            Self::Status(_) => "StatusFailed",
        }
    }
}

/// Reconciles the institution called `name`; gives when to look at it again. Everything that is logged
/// meanwhile says for which institution, for which generation of its resource, and in which reconcile.
pub async fn run(context: &Context, name: &Name) -> Option<Duration> {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let stored = context.institutions.of(name);
    let resource = stored.as_ref().and_then(|stored| stored.as_ref().ok());
    let generation = resource.and_then(|resource| resource.metadata.generation);
    let span = tracing::info_span!("reconcile", institution = %name, generation, number);
    of_stored(context, name, stored).instrument(span).await
}

async fn of_stored(context: &Context, name: &Name, stored: Option<Stored>) -> Option<Duration> {
    let begun = Instant::now();
    let mut memory = take_memory(context, name);
    // Whoever still has to wait is told so anew.
    context.waves.leave(name);
    let result = match stored.as_ref() {
        None => retire::retire(context, name).await.map(|()| Done::ok(None)),
        Some(Ok(institution)) => reconcile(context, institution, &mut memory).await,
        Some(Err(invalid)) => {
            let told = report::unreadable(context, name, invalid, &mut memory).await;
            let reason = ValidateErrorKind::InvalidResource.as_str();
            told.map(|()| Done {
                reason,
                again: None,
            })
            .map_err(ReconcileError::from)
        }
    };
    context
        .metrics
        .duration
        .observe(begun.elapsed().as_secs_f64());
    let again = match result {
        Ok(Done { reason, again }) => {
            memory.failing = None;
            let outcome = if reason == OK { OK } else { "refused" };
            count(context, outcome, reason);
            tracing::debug!(reason, took = ?begun.elapsed(), "reconciled");
            again
        }
        Err(error) => {
            count(context, "failed", error.reason());
            let pause = memory.failed(Instant::now());
            tracing::warn!(%error, reason = error.reason(), again_in = ?pause, "a reconcile failed");
            Some(jittered(name, pause))
        }
    };
    if stored.is_some() || again.is_some() {
        keep_memory(context, name, memory);
    }
    again
}

/// dereference → validate → build → apply → status
async fn reconcile(
    context: &Context,
    institution: &IiifInstitution,
    memory: &mut Memory,
) -> Result<Done, ReconcileError> {
    let Some(surroundings) = context.surroundings.borrow().clone() else {
        return Ok(Done::ok(Some(WAITING)));
    };
    // What its children are to become is the cluster's to say now: by owner references.
    if institution.metadata.deletion_timestamp.is_some() {
        return Ok(Done::ok(Some(RESTING)));
    }
    let config = &surroundings.config;

    // dereference (reads what is not watched)
    let facts = dereference::facts(institution, context, &surroundings, memory).await?;

    // validate (pure)
    let validated = match validate::validate(institution, &facts, config) {
        Ok(validated) => validated,
        Err(error) => {
            let status = status::refused(institution, &error, config.platform.language, facts.now);
            report::report(context, institution, &status, memory).await?;
            mirror(context, institution, &status, facts.namespace, memory).await?;
            // A namespace that is not labelled as ours cannot be watched.
            let waits = [NamespaceState::Foreign, NamespaceState::Terminating];
            let pause = if waits.contains(&facts.namespace) {
                WAITING
            } else {
                RESTING
            };
            return Ok(Done {
                reason: error.kind.as_str(),
                again: Some(jittered(&institution.name_any(), pause)),
            });
        }
    };

    memory.obeys = dereference::identity(institution);

    // build (pure)
    let name: Name = institution.name_any().into();
    let ingests = take_ingest_turns(context, &name, &validated);
    let mut prepared = build::build(&validated, ingests);

    // waves (pure, but for what is remembered of those that wait)
    let turn = take_turn(context, &name, &validated, &mut prepared);

    // apply (writes what differs)
    let applier = Applier::new(
        &context.client,
        &context.children,
        &name,
        &validated.namespace,
    );
    let (applied, written) = applier.apply(prepared).await;
    drop(turn);
    count_writes(context, &written, &mut memory.wanted);

    // status (from what was applied and is observed now; writes if it says anything new)
    let mut observed = facts.clone();
    dereference::observe(&mut observed, &context.children, &name);
    dereference::recall(&mut observed, memory);
    let status = match &applied {
        Ok(applied) => status::status(&validated, applied, &observed),
        Err(error) => status::hindered(&validated, error, &observed),
    };
    if let Some(pause) = held_back(institution, &status, memory) {
        return Ok(Done::ok(Some(pause)));
    }
    report::report(context, institution, &status, memory).await?;
    let mirrored = mirror(context, institution, &status, observed.namespace, memory).await;
    applied?;
    mirrored?;
    Ok(Done::ok(Some(look_again(&validated, &observed))))
}

/// Servers that the platform wants otherwise wait for their turn, if there is no room for them now.
/// What is given back is the turn, until the Deployment tells of it.
fn take_turn<'a>(
    context: &'a Context,
    name: &Name,
    validated: &Validated<'_>,
    prepared: &mut Resources<Prepared>,
) -> Option<Begun<'a>> {
    if prepared.servers != Turn::InTurn {
        return None;
    }
    let limit = validated.config.upgrades.max_concurrent.into();
    let turn = context.waves.begin(name, limit, &context.children);
    if turn.is_none() {
        let status = validated.institution.status.as_ref();
        let address = status.and_then(|status| status.url.as_ref());
        let moves = address.is_some_and(|address| *address != validated.url());
        prepared.wait(validated.facts.server.as_ref(), moves);
    }
    turn
}

/// Asks for a turn for every ingest that is due; gives how many may start now.
fn take_ingest_turns(context: &Context, name: &Name, validated: &Validated<'_>) -> usize {
    let created = validated.facts.jobs.iter().map(|job| job.created);
    let wish = Wish {
        wanted: build::ingest_job::jobs_to_start(validated).len(),
        last: created.max(),
    };
    let most = most_ingests(&validated.config.ingest);
    context
        .ingest_turns
        .take(name, wish, most, || context.children.running_jobs())
}

/// A reconcile of `name` has ended, however. Those who wait for a turn and for whom there is room now try
/// again: what it was granted and did not use is for them.
pub fn go_on(context: &Context, name: &Name) {
    let Some(surroundings) = context.surroundings.borrow().clone() else {
        return;
    };
    let config = &surroundings.config;
    let limit = config.upgrades.max_concurrent.into();
    let upgraded = context.waves.next(limit, &context.children);
    let most = most_ingests(&config.ingest);
    let running = || context.children.running_jobs();
    let ingested = context.ingest_turns.over(name, most, running);
    for name in upgraded.iter().chain(&ingested) {
        context.concerns(name);
    }
}

fn most_ingests(ingest: &Ingest) -> usize {
    usize::try_from(ingest.max_concurrent_platform).unwrap_or(usize::MAX)
}

/// For how long the status, and with it the copy for staff, is still held back. Never one that tells of a
/// failure.
fn held_back(
    institution: &IiifInstitution,
    status: &IiifInstitutionStatus,
    memory: &mut Memory,
) -> Option<Duration> {
    let before = institution.status.as_ref();
    if memory.is_written(status, before) {
        return None;
    }
    let is_beginning = status::is_beginning(before, status);
    memory.holds_back(is_beginning, Instant::now())
}

/// Shows the status to those whom the resource names, as far as there is a place for that.
async fn mirror(
    context: &Context,
    institution: &IiifInstitution,
    status: &IiifInstitutionStatus,
    namespace: NamespaceState,
    memory: &mut Memory,
) -> Result<(), ApplyError> {
    let name = institution.name_any();
    let copy = mirror::mirror(institution, status);
    let Some(copy) = copy.filter(|_| namespace == NamespaceState::Ours) else {
        return Ok(());
    };
    let namespace = names::namespace(&name);
    let applier = Applier::new(&context.client, &context.children, &name, &namespace);
    let (applied, written) = applier.one(&copy).await;
    count_writes(context, &written, &mut memory.mirrored);
    applied
}

/// When to look again if no watch tells of anything: when a schedule is due or addresses have changed
/// hands, or soon, if the institution waits for what is not watched.
fn look_again(validated: &Validated<'_>, observed: &Facts) -> Duration {
    let waits = validated.institution.spec.storage.existing_claim.is_some()
        && validated
            .facts
            .claim
            .as_ref()
            .is_none_or(|claim| claim.phase != facts::ClaimPhase::Bound);
    // Pods are not watched: why one does not begin is asked.
    let mut jobs = validated.facts.jobs.iter();
    let waits = waits || jobs.any(|job| job.phase == facts::JobPhase::Running && !job.begun);
    let pause = jittered(
        validated.name.as_str(),
        if waits { WAITING } else { RESTING },
    );
    let wake = build::ingest_job::next_wake(validated);
    let change = validated.readers_change_at(observed);
    let due = wake.into_iter().chain(change).min().map(|due| {
        let left = Duration::try_from(due.duration_since(Timestamp::now()));
        // Never before it is due; at once if that is past.
        left.unwrap_or_default() + Duration::from_secs(1)
    });
    due.map_or(pause, |due| pause.min(due))
}

fn take_memory(context: &Context, name: &Name) -> Box<Memory> {
    let mut memories = context
        .memories
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    memories.remove(name).unwrap_or_default()
}

fn keep_memory(context: &Context, name: &Name, memory: Box<Memory>) {
    let mut memories = context
        .memories
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    memories.insert(Arc::clone(name), memory);
}

fn count(context: &Context, outcome: &'static str, reason: &'static str) {
    let outcome = Outcome { outcome, reason };
    context.metrics.reconciles.get_or_create(&outcome).inc();
}

/// Counts what was written; what had to be although the same was wanted before is drift.
fn count_writes(context: &Context, written: &Written, wanted: &mut Option<Digest>) {
    let metrics = &context.metrics;
    let of = [("apply", &written.applied), ("delete", &written.deleted)];
    for (verb, kinds) in of {
        for kind in kinds {
            metrics.writes.get_or_create(&Write { kind, verb }).inc();
        }
    }
    if written.all.is_some() && *wanted == written.all {
        for kind in &written.applied {
            metrics.drift.get_or_create(&OfKind { kind }).inc();
        }
    }
    *wanted = written.all;
    let (applied, deleted) = (written.applied.len(), written.deleted.len());
    if applied + deleted > 0 {
        tracing::info!(applied, deleted, "objects were written");
    }
}
