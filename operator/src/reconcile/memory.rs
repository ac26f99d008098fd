//! What reconciles of one institution remember of earlier ones. Losing it costs a few calls, no more.

use std::collections::BTreeMap;

use acervo_crds::status::IiifInstitutionStatus;

use crate::digest::{self, Digest};
use crate::inside::LastWords;

/// What reconciles of one institution remember of earlier ones.
#[derive(Debug, Default)]
pub struct Memory {
    /// How many failed in a row.
    pub failures: u32,
    /// What ended Jobs said, by name; `None` if their pods said nothing.
    pub last_words: BTreeMap<String, Option<LastWords>>,
    /// The version of a resource that cannot be read, of which that was told.
    pub unreadable: Option<String>,
    /// The last status that was written, and what the API server made of it.
    status: Option<(Digest, Digest)>,
}

impl Memory {
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
