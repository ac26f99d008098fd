//! When an ingest starts, and which ended Jobs are no longer needed. Pure: the time is a fact.
//!
//! The newest Job of a collection is the operator's memory of it: what it read, why, and which wishes
//! of the resource (its annotations) it met. So that Job stays after its end, until a newer one
//! replaces it; whoever deletes it by hand starts over.

use std::collections::BTreeSet;

use acervo_crds::collection::{Collection, Source};
use jiff::{SignedDuration, Timestamp};
use kube::ResourceExt as _;

use super::{Cause, IngestStart, next_attempt};
use crate::inside::Ingested;
use crate::names;
use crate::reconcile::facts::{JobPhase, JobState};
use crate::reconcile::validate::{Validated, is_allowed, last_due, next_due};

/// How long after its end the result of an ingest is known to everybody.
const SETTLED: SignedDuration = SignedDuration::from_secs(60);

/// How long after it was last read a bucket without schedule is read again: nobody tells of what changes
/// in it.
pub const BUCKET_READ_EVERY: SignedDuration = SignedDuration::from_hours(6);

/// The ingests to start now: of each collection one at a time, and of the institution no more than the
/// platform allows.
///
/// None starts without word from inside: only the server knows whether a folder has stopped changing,
/// and the pods of Jobs run beside its own.
#[must_use]
pub fn jobs_to_start(institution: &Validated<'_>) -> Vec<IngestStart> {
    let jobs = &institution.facts.jobs;
    let running = jobs.iter().filter(|job| job.phase == JobPhase::Running);
    let most = usize::try_from(institution.config.ingest.max_concurrent).unwrap_or(usize::MAX);
    let room = most.saturating_sub(running.count());
    if institution.institution.spec.suspend {
        return Vec::new();
    }
    let collections = institution.institution.spec.collections.iter();
    let mut starts: Vec<_> = collections
        .filter_map(|collection| start(institution, collection))
        // Never another one under the name of one that is there.
        .filter(|start| jobs.iter().all(|job| job.name != start.job_name()))
        .collect();
    // Whoever has waited longest comes first.
    starts.sort_by_key(|start| {
        institution
            .facts
            .newest_job(start.collection.as_str())
            .map(|job| job.created)
    });
    starts.truncate(room);
    starts
}

/// The Jobs to delete: those of collections that are gone, those that run although the institution is
/// suspended, those that cannot begin with an image that is no longer the platform's or for a bucket
/// that the resource names otherwise now, and the ended ones that a newer one has replaced.
#[must_use]
pub fn spent_jobs(institution: &Validated<'_>) -> Vec<String> {
    let spec = &institution.institution.spec;
    let collections: BTreeSet<_> = spec.collections.iter().map(|c| c.name.as_str()).collect();
    // That of the platform, or of the servers that wait for it.
    let server = institution.facts.server.as_ref();
    let is_current = |image: &String| {
        *image == institution.config.image.reference
            || server.is_some_and(|server| server.image == *image)
    };
    // What a bucket is called and its keys are the likely reasons why a Job for it cannot begin.
    let is_renamed = |job: &JobState| {
        let mut collections = spec.collections.iter();
        let collection = collections.find(|c| c.name.as_str() == job.collection);
        let bucket = collection.and_then(|collection| bucket(&collection.source));
        bucket.is_some() && bucket != job.fingerprint
    };
    let is_spent = |job: &&JobState| {
        let newest = institution
            .facts
            .newest_job(&job.collection)
            .is_some_and(|n| n.name == job.name);
        match job.phase {
            _ if !collections.contains(job.collection.as_str()) => true,
            JobPhase::Running => {
                spec.suspend || (!job.begun && (!is_current(&job.image) || is_renamed(job)))
            }
            JobPhase::Succeeded | JobPhase::Failed => !newest,
        }
    };
    let mut names: Vec<_> = institution
        .facts
        .jobs
        .iter()
        .filter(is_spent)
        .map(|job| job.name.clone())
        .collect();
    names.sort();
    names
}

/// When a collection may be due without anything else telling of it, so that the institution is looked
/// at again then: by its schedule, when the result of its last ingest is known to everybody, or when one
/// that failed is tried again.
#[must_use]
pub fn next_wake(institution: &Validated<'_>) -> Option<Timestamp> {
    let spec = &institution.institution.spec;
    let now = institution.facts.now;
    if spec.suspend {
        return None;
    }
    let due = spec.collections.iter().filter_map(|collection| {
        match (&collection.schedule, &collection.source) {
            (Some(schedule), _) => next_due(schedule, now).ok().flatten(),
            // What is due already waits for something else, of which a watch tells.
            (None, Source::S3(_)) => {
                next_reading(institution, collection).filter(|reading| *reading > now)
            }
            (None, Source::Directory(_)) => None,
        }
    });
    let ended = institution.facts.jobs.iter().filter_map(|job| job.finished);
    let settled = ended
        .map(|ended| ended + SETTLED)
        .filter(|settled| *settled >= now);
    let again = spec.collections.iter().filter_map(|collection| {
        let newest = institution.facts.newest_job(collection.name.as_str())?;
        next_attempt(institution, newest).filter(|due| *due > now)
    });
    due.chain(settled).chain(again).min()
}

/// The latest of these times that may be true. What waited for another one would wait for years.
fn latest<const N: usize>(
    institution: &Validated<'_>,
    times: [Option<Timestamp>; N],
) -> Option<Timestamp> {
    let times = times.into_iter().flatten();
    times.max_by_key(|time| (institution.facts.is_credible(*time), *time))
}

fn start(institution: &Validated<'_>, collection: &Collection) -> Option<IngestStart> {
    let name = collection.name.as_str();
    let jobs = &institution.facts.jobs;
    let runs = |job: &JobState| job.collection == name && job.phase == JobPhase::Running;
    if jobs.iter().any(runs) {
        return None;
    }
    let inside = institution.facts.inside.as_ref()?;
    let fingerprint = match &collection.source {
        Source::Directory(directory) => {
            let incoming = inside.incoming(directory);
            if incoming.is_some_and(|incoming| !incoming.settled) {
                return None;
            }
            incoming.map(|incoming| incoming.fingerprint.clone())
        }
        Source::S3(s3) => {
            if !is_allowed(s3.endpoint.as_deref(), &institution.config.sources.s3) {
                return None;
            }
            bucket(&collection.source)
        }
    };
    let newest = institution.facts.newest_job(name);
    let first = |cause| Some((cause, 1));
    let (cause, attempt) = cause(institution, collection, fingerprint.as_deref()).map_or_else(
        || again(institution, newest?, fingerprint.as_deref()),
        first,
    )?;
    let wishes = institution.institution.annotations();
    let confirmation = match cause {
        _ if attempt > 1 => newest.and_then(|job| job.confirmation.clone()),
        Cause::RemovalConfirmed => wishes.get(names::CONFIRM_REMOVAL).cloned(),
        // Met before, unless it failed.
        _ => newest.and_then(|job| {
            let failed =
                job.phase == JobPhase::Failed && job.cause == Some(Cause::RemovalConfirmed);
            job.confirmation.clone().filter(|_| !failed)
        }),
    };
    Some(IngestStart {
        collection: collection.name.clone(),
        cause,
        fingerprint,
        source: collection.source.clone(),
        confirmation,
        after: newest.map(|job| job.name.clone()),
        attempt,
    })
}

/// The cause of a failed ingest whose next attempt is due, and which one that is. What it read must be what
/// there is: otherwise it would be another ingest.
fn again(
    institution: &Validated<'_>,
    failed: &JobState,
    fingerprint: Option<&str>,
) -> Option<(Cause, u32)> {
    let due = next_attempt(institution, failed)?;
    let same = failed.fingerprint.as_deref() == fingerprint;
    (same && due <= institution.facts.now).then(|| {
        let cause = failed.cause.clone().unwrap_or(Cause::Changed);
        (cause, failed.attempt + 1)
    })
}

/// Why the collection is to be ingested now; none if it is not. One ingest meets every wish that there
/// is when it starts, so the first cause that holds is enough.
fn cause(
    institution: &Validated<'_>,
    collection: &Collection,
    fingerprint: Option<&str>,
) -> Option<Cause> {
    let name = collection.name.as_str();
    let newest = institution.facts.newest_job(name);
    let wishes = institution.institution.annotations();
    let confirmation = wishes.get(names::CONFIRM_REMOVAL);
    // Of a bucket only the ingest knows what is in it: the state that asked is confirmed.
    let state = match &collection.source {
        Source::Directory(_) => fingerprint,
        Source::S3(_) => ingested(institution, name).map(|last| last.fingerprint.as_str()),
    };
    let new_confirmation = confirmation.filter(|value| {
        newest.and_then(|job| job.confirmation.as_ref()) != Some(*value)
            && state.is_some_and(|state| confirms(value, name, state))
    });
    if new_confirmation.is_some() {
        return Some(Cause::RemovalConfirmed);
    }
    let request = wishes.get(names::INGEST_NOW);
    let new_request =
        request.filter(|value| newest.and_then(|job| job.request.as_ref()) != Some(*value));
    if let Some(value) = new_request {
        return Some(Cause::Requested(value.clone()));
    }
    let fingerprint = fingerprint?;
    let is_new = match &collection.source {
        Source::Directory(_) => is_new(institution, name, fingerprint, newest),
        Source::S3(_) => is_new_bucket(institution, fingerprint, newest),
    };
    if is_new || is_recolored(institution, newest) {
        return Some(Cause::Changed);
    }
    due(institution, collection, newest).map(Cause::Scheduled)
}

/// A digest of how the resource names a bucket, in hexadecimal digits; nothing for a folder.
fn bucket(source: &Source) -> Option<String> {
    let json = serde_json::to_vec(source.s3()?).ok()?;
    Some(names::short_digest(&[&json]))
}

/// Whether the resource names the bucket otherwise than when it was last read, or has changed since
/// that failed.
fn is_new_bucket(
    institution: &Validated<'_>,
    fingerprint: &str,
    newest: Option<&JobState>,
) -> bool {
    newest.is_none_or(|job| {
        let generation = institution.institution.metadata.generation;
        job.fingerprint.as_deref() != Some(fingerprint)
            || (job.phase == JobPhase::Failed && job.generation != generation)
    })
}

/// Whether something else is to become of colour profiles than the newest Job was told. Whoever deleted that Job has
/// to ask for an ingest.
fn is_recolored(institution: &Validated<'_>, newest: Option<&JobState>) -> bool {
    let wanted = institution.institution.spec.color_profiles().argument();
    newest.is_some_and(|job| job.color_profiles.as_deref() != Some(wanted))
}

fn ingested<'a>(institution: &Validated<'a>, collection: &str) -> Option<&'a Ingested> {
    let inside = institution.facts.inside.as_ref()?;
    inside.collection(collection)?.ingested.as_ref()
}

/// When a bucket without schedule is to be read again; none if it has never been.
fn next_reading(institution: &Validated<'_>, collection: &Collection) -> Option<Timestamp> {
    let name = collection.name.as_str();
    let read = [
        institution.facts.newest_job(name).map(|job| job.created),
        ingested(institution, name).map(|ingested| ingested.finished),
    ];
    Some(latest(institution, read)? + BUCKET_READ_EVERY)
}

/// Whether a value of [`names::CONFIRM_REMOVAL`] names this state of this collection.
fn confirms(value: &str, collection: &str, fingerprint: &str) -> bool {
    value.split(',').any(|entry| {
        let named = entry.trim().split_once(':');
        named.is_some_and(|(of, digits)| {
            of == collection && digits.len() >= names::SHORT && fingerprint.starts_with(digits)
        })
    })
}

/// Whether the source is neither what was published last nor what the newest Job has read, be it
/// without success: what failed is tried [`again`] after a while, or at once if the resource is another one
/// since.
fn is_new(
    institution: &Validated<'_>,
    collection: &str,
    fingerprint: &str,
    newest: Option<&JobState>,
) -> bool {
    let ingested = ingested(institution, collection);
    if ingested.is_some_and(|ingested| ingested.fingerprint == fingerprint) {
        return false;
    }
    let Some(job) = newest.filter(|job| job.fingerprint.as_deref() == Some(fingerprint)) else {
        return true;
    };
    match job.phase {
        JobPhase::Running => false,
        JobPhase::Failed => job.generation != institution.institution.metadata.generation,
        // It was made for this state and read a later one, which has gone again. Not at once: its
        // result may not have been told yet.
        JobPhase::Succeeded => {
            let read_another = ingested.is_some_and(|ingested| ingested.finished > job.created);
            let ended = job.finished.unwrap_or(job.created);
            read_another && institution.facts.now.duration_since(ended) > SETTLED
        }
    }
}

/// The time at which the schedule was due, if nothing was read since. Times that were missed are made
/// up for once.
fn due(
    institution: &Validated<'_>,
    collection: &Collection,
    newest: Option<&JobState>,
) -> Option<Timestamp> {
    let now = institution.facts.now;
    let due = match (&collection.schedule, &collection.source) {
        (Some(schedule), _) => last_due(schedule, now).ok().flatten()?,
        (None, Source::S3(_)) => {
            return next_reading(institution, collection).filter(|due| *due <= now);
        }
        (None, Source::Directory(_)) => return None,
    };
    let metadata = &institution.institution.metadata;
    let made = metadata.creation_timestamp.as_ref().map(|time| time.0);
    let ingested = ingested(institution, collection.name.as_str());
    let read = [
        newest.map(|job| job.created),
        ingested.map(|ingested| ingested.finished),
    ];
    (latest(institution, read).max(made) < Some(due)).then_some(due)
}
