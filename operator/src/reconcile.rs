//! One institution, from its resource to its objects: dereference, validate, build, apply, status.
//!
//! Only the first and the last two steps speak with the API server.

pub mod apply;
pub mod build;
pub mod dereference;
pub mod facts;
pub mod memory;
pub mod mirror;
pub mod report;
pub mod retire;
pub mod status;
pub mod validate;

use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use acervo_crds::IiifInstitution;
use acervo_crds::status::IiifInstitutionStatus;
use jiff::Timestamp;
use kube::ResourceExt as _;

use crate::config::Ingest;
use crate::context::Context;
use crate::metrics::Outcome;
use crate::names;
use crate::queue::{Name, jittered};
use crate::turns::Wish;
use apply::{Applier, ApplyError};
use dereference::DereferenceError;
use facts::NamespaceState;
use memory::Memory;
use report::StatusError;
use validate::{ValidateErrorKind, Validated};

/// How soon an institution is looked at again that waits for something that cannot be watched.
const WAITING: Duration = Duration::from_secs(15);
/// And when it waits for nothing: a net under the watches.
const RESTING: Duration = Duration::from_secs(1800);
/// How a reconcile ended that came to an end.
struct Done {
    /// The label of the metric: `ok`, or why nothing could be built.
    outcome: &'static str,
    /// When to look at the institution again.
    again: Option<Duration>,
}

impl Done {
    const fn ok(again: Option<Duration>) -> Self {
        Self {
            outcome: "ok",
            again,
        }
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

/// Reconciles the institution called `name`; gives when to look at it again.
pub async fn run(context: &Context, name: &Name) -> Option<Duration> {
    let begun = Instant::now();
    let mut memory = take_memory(context, name);
    let stored = context.institutions.of(name);
    let result = match stored.as_deref() {
        None => retire::retire(context, name).await.map(|()| Done::ok(None)),
        Some(Ok(institution)) => reconcile(context, institution, &mut memory).await,
        Some(Err(invalid)) => {
            let told = report::unreadable(context, name, invalid, &mut memory).await;
            let outcome = ValidateErrorKind::InvalidResource.as_str();
            told.map(|()| Done {
                outcome,
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
        Ok(Done { outcome, again }) => {
            memory.failing = None;
            count(context, outcome);
            again
        }
        Err(error) => {
            count(context, error.reason());
            let pause = memory.failed(Instant::now());
            tracing::warn!(institution = %name, %error, again_in = ?pause, "a reconcile failed");
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
            if facts.namespace == NamespaceState::Ours {
                mirror(context, institution, &status).await?;
            }
            // A namespace that is not labelled as ours cannot be watched.
            let waits = [NamespaceState::Foreign, NamespaceState::Terminating];
            let pause = if waits.contains(&facts.namespace) {
                WAITING
            } else {
                RESTING
            };
            return Ok(Done {
                outcome: error.kind.as_str(),
                again: Some(jittered(&institution.name_any(), pause)),
            });
        }
    };

    // build (pure)
    let turns = take_turns(context, &validated);
    let prepared = build::build(&validated, turns);

    // apply (writes what differs)
    let name = institution.name_any();
    let applier = Applier::new(
        &context.client,
        &context.children,
        &name,
        &validated.namespace,
    );
    let (applied, writes) = applier.apply(prepared).await;
    context.metrics.writes.inc_by(writes as u64);
    if writes > 0 {
        tracing::info!(institution = name, writes, "objects were written");
    }

    // status (from what was applied and is observed now; writes if it says anything new)
    let mut observed = facts.clone();
    dereference::observe(&mut observed, &context.children, &name);
    dereference::recall(&mut observed, memory);
    let status = match &applied {
        Ok(applied) => status::status(&validated, applied, &observed),
        Err(error) => status::hindered(&validated, error, &observed),
    };
    report::report(context, institution, &status, memory).await?;
    applied?;
    mirror(context, institution, &status).await?;
    Ok(Done::ok(Some(look_again(&validated))))
}

/// Shows the status to those whom the resource names.
async fn mirror(
    context: &Context,
    institution: &IiifInstitution,
    status: &IiifInstitutionStatus,
) -> Result<(), ApplyError> {
    let Some(copy) = mirror::mirror(institution, status) else {
        return Ok(());
    };
    let name = institution.name_any();
    let namespace = names::namespace(&name);
    let applier = Applier::new(&context.client, &context.children, &name, &namespace);
    let (applied, writes) = applier.alone(&copy).await;
    context.metrics.writes.inc_by(writes as u64);
    applied
}

/// When to look again if no watch tells of anything: when a schedule is due, or soon, if the
/// institution waits for what is not watched.
fn look_again(validated: &Validated<'_>) -> Duration {
    let waits = validated.institution.spec.storage.existing_claim.is_some()
        && validated
            .facts
            .claim
            .as_ref()
            .is_none_or(|claim| claim.phase != facts::ClaimPhase::Bound);
    // That the addresses have changed hands is a matter of time.
    if validated.readers.changes() {
        return Duration::try_from(validate::TAKES_OVER).unwrap_or(WAITING);
    }
    // Pods are not watched: why one does not begin is asked.
    let mut jobs = validated.facts.jobs.iter();
    let waits = waits || jobs.any(|job| job.phase == facts::JobPhase::Running && !job.begun);
    let pause = jittered(
        validated.name.as_str(),
        if waits { WAITING } else { RESTING },
    );
    let due = build::ingest_job::next_wake(validated).map(|due| {
        let left = Duration::try_from(due.duration_since(Timestamp::now()));
        // Never before it is due; at once if that is past.
        left.unwrap_or_default() + Duration::from_secs(1)
    });
    due.map_or(pause, |due| pause.min(due))
}

/// Asks for a turn for every ingest that is due; gives how many may start now.
fn take_turns(context: &Context, validated: &Validated<'_>) -> usize {
    let created = validated.facts.jobs.iter().map(|job| job.created);
    let wish = Wish {
        wanted: build::ingest_job::jobs_to_start(validated).len(),
        last: created.max(),
    };
    let most = most_ingests(&validated.config.ingest);
    let name = validated.name.as_str().into();
    context
        .turns
        .take(&name, wish, most, || context.children.running_jobs())
}

/// A reconcile has ended, however: what it was granted and did not use is for others, who are asked to
/// take it.
pub fn hand_on_turns(context: &Context, name: &Name) {
    let Some(surroundings) = context.surroundings.borrow().clone() else {
        return;
    };
    let most = most_ingests(&surroundings.config.ingest);
    let next = context
        .turns
        .over(name, most, || context.children.running_jobs());
    next.iter().for_each(|next| context.concerns(next));
}

fn most_ingests(ingest: &Ingest) -> usize {
    usize::try_from(ingest.max_concurrent_platform).unwrap_or(usize::MAX)
}

fn take_memory(context: &Context, name: &Name) -> Memory {
    let mut memories = context
        .memories
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    memories.remove(name).unwrap_or_default()
}

fn keep_memory(context: &Context, name: &Name, memory: Memory) {
    let mut memories = context
        .memories
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    memories.insert(Arc::clone(name), memory);
}

fn count(context: &Context, reason: &'static str) {
    context
        .metrics
        .reconciles
        .get_or_create(&Outcome { reason })
        .inc();
}
