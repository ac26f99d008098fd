//! What reconciles of one institution remember of earlier ones. Losing it costs a few calls, no more.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use acervo_crds::status::IiifInstitutionStatus;

use super::facts::Hindrance;
use crate::digest::{self, Digest};
use crate::inside::LastWords;

/// What reconciles of one institution remember of earlier ones.
#[derive(Debug, Default)]
pub struct Memory {
    /// Since when all of them fail.
    pub failing: Option<Instant>,
    /// UID and generation of the resource that was found to obey its rules: judging costs more than the rest of
    /// a reconcile in which nothing changed.
    pub obeys: Option<(String, i64)>,
    /// What ended Jobs said, by name; `None` if their pods said nothing.
    pub last_words: BTreeMap<String, Option<LastWords>>,
    /// What keeps Jobs from beginning, by name, as it was when last asked.
    pub hindrances: BTreeMap<String, Hindrance>,
    /// The version of a resource that cannot be read, of which that was told.
    pub unreadable: Option<String>,
    /// What was wanted when all of it was last applied.
    pub wanted: Option<Digest>,
    /// What the copy of the status for staff was when it was last applied.
    pub mirrored: Option<Digest>,
    /// Since when a status is held back that tells of a beginning.
    pub beginning: Option<Instant>,
    /// The last status that was written, and what the API server made of it.
    status: Option<(Digest, Digest)>,
}

/// How long a status may be held back that tells of a beginning.
const BEGINNING: Duration = Duration::from_secs(1);

/// The longest time between two tries of what failed.
const LONGEST_RETRY: Duration = Duration::from_secs(120);

impl Memory {
    /// A reconcile failed; gives when to try again: after as long as they have been failing, so that
    /// how often others ask for a reconcile meanwhile makes no difference.
    pub fn failed(&mut self, now: Instant) -> Duration {
        let since = *self.failing.get_or_insert(now);
        now.duration_since(since)
            .clamp(Duration::from_secs(1), LONGEST_RETRY)
    }

    /// There is a status to write; gives for how long it can still be held back. What `is_beginning` is followed
    /// by better news within moments, and one write then tells of both.
    pub fn holds_back(&mut self, is_beginning: bool, now: Instant) -> Option<Duration> {
        let since = *self.beginning.get_or_insert(now);
        let left = BEGINNING.saturating_sub(now.duration_since(since));
        let left = Some(left).filter(|left| is_beginning && !left.is_zero());
        if left.is_none() {
            self.beginning = None;
        }
        left
    }

    /// Whether writing `status` would change nothing, given what is stored: it is so already, or it
    /// was written and the API server made of it what is stored, as an older CRD does that does not
    /// know a field.
    #[must_use]
    pub fn is_written(
        &self,
        status: &IiifInstitutionStatus,
        stored: Option<&IiifInstitutionStatus>,
    ) -> bool {
        let Some(stored) = stored else { return false };
        stored == status || self.status == Some((digest_of(status), digest_of(stored)))
    }

    /// `status` was written, and the API server made `stored` of it.
    pub fn wrote(
        &mut self,
        status: &IiifInstitutionStatus,
        stored: Option<&IiifInstitutionStatus>,
    ) {
        self.status = stored.map(|stored| (digest_of(status), digest_of(stored)));
    }
}

fn digest_of(status: &IiifInstitutionStatus) -> Digest {
    digest::wanted(&serde_json::json!({ "spec": status }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_grow_apart_with_the_time_of_failing_and_not_with_their_number() {
        let (mut memory, start) = (Memory::default(), Instant::now());
        let mut pause = |after| memory.failed(start + Duration::from_secs(after)).as_secs();
        let pauses: Vec<_> = [0, 0, 0, 1, 2, 30, 3600]
            .into_iter()
            .map(&mut pause)
            .collect();
        assert_eq!(pauses, [1, 1, 1, 1, 2, 30, 120]);
    }

    #[test]
    fn news_of_a_beginning_wait_a_second_for_better_ones_and_others_do_not_wait() {
        let (mut memory, start) = (Memory::default(), Instant::now());
        let mut left = |is_beginning, after| {
            let now = start + Duration::from_millis(after);
            let left = memory.holds_back(is_beginning, now);
            left.map(|left| left.as_millis())
        };
        assert_eq!(left(true, 0), Some(1000));
        assert_eq!(left(true, 400), Some(600), "more of them wait no longer");
        assert_eq!(left(true, 1000), None);
        assert_eq!(left(true, 1200), Some(1000), "the next beginning");
        assert_eq!(left(false, 1300), None);
        assert_eq!(left(true, 5000), Some(1000), "nothing was held back since");
    }
}
