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
    /// The last status that was written, and what the API server made of it.
    status: Option<(Digest, Digest)>,
}

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
}
