//! What follows a failed ingest: it is tried again after pauses that grow, as often as the platform says.

use jiff::{SignedDuration, Timestamp};

use crate::reconcile::facts::{JobPhase, JobState};
use crate::reconcile::validate::Validated;

/// The pause after the first failure; each next one is so many times longer.
const FIRST: SignedDuration = SignedDuration::from_mins(1);
const TIMES: i32 = 5;
/// The longest pause.
const LONGEST: SignedDuration = SignedDuration::from_hours(6);

/// How long after the failure of an attempt, counted from 1, the next one begins.
#[must_use]
pub fn pause(attempt: u32) -> SignedDuration {
    let mut pauses = std::iter::successors(Some(FIRST), |pause| {
        pause.checked_mul(TIMES).filter(|next| *next < LONGEST)
    });
    let before = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
    pauses.nth(before).unwrap_or(LONGEST)
}

/// When the ingest of a Job, the newest of its collection, is tried again; not at all if it did not fail,
/// has failed as often as the platform tries, or the resource is another one since: then that counts.
#[must_use]
pub fn next_attempt(institution: &Validated<'_>, job: &JobState) -> Option<Timestamp> {
    let generation = institution.institution.metadata.generation;
    let again = job.phase == JobPhase::Failed
        && job.attempt <= institution.config.ingest.retries
        && job.generation == generation;
    let times = [job.finished, Some(job.created)].into_iter().flatten();
    let mut credible = times.filter(|time| institution.facts.is_credible(*time));
    again.then(|| {
        let failed = credible.next();
        // What waited for the time of a clock that was wrong might wait for years.
        failed.map_or(institution.facts.now, |failed| failed + pause(job.attempt))
    })
}
