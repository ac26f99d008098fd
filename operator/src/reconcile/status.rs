//! The status of a resource: computed from what was applied and observed, never from what is hoped for.

mod figures;
mod verdict;

use acervo_crds::IiifInstitution;
use acervo_crds::collection::Collection;
use acervo_crds::status::{CollectionStatus, IiifInstitutionStatus};
use acervo_tenancy::{Bilingual, Language};
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use kube::ResourceExt;
use kube::core::error_boundary::InvalidObject;

use super::apply::ApplyError;
use super::build::{Applied, Resources};
use super::facts::Facts;
use super::validate::{About, ValidateError, ValidateErrorKind, Validated};
use crate::waves::Turn;
use figures::{collection_status, storage_status, whole_seconds};
use verdict::{Holds, Ingests, Verdict};

/// The reason of what could not be written.
pub const APPLY_FAILED: &str = "ApplyFailed";
/// The reason of servers that answer while newer ones do not come.
const UPDATE_FAILED: &str = "UpdateFailed";
/// The code of a refusal that asks whether more than half of a collection is really to go.
const MASS_REMOVAL: &str = "mass-removal";
/// The condition of a resource that says whether readers can use the addresses.
pub(super) const READY: &str = "Ready";
/// The reason of an institution that is not suspended.
const ACTIVE: &str = "Active";
/// The condition that holds while the institution is suspended.
pub const SUSPENDED: &str = "Suspended";
/// The API allows 32 KiB; a sentence needs less.
const LONGEST_MESSAGE: usize = 4096;
/// How many bytes the messages of all collections have together: the API server stores a resource with
/// its status as one object of at most 1.5 MiB, and what an image server says has no bounds of its own.
const LONGEST_MESSAGES: usize = 256 << 10;

/// The status of an institution whose objects are applied; `observed` is what is known of them now.
#[must_use]
pub fn status(
    validated: &Validated<'_>,
    applied: &Resources<Applied>,
    observed: &Facts,
) -> IiifInstitutionStatus {
    let routing = &validated.config.routing;
    let routes = validated.addresses.routes(observed.gateway, routing);
    let starting = applied
        .ingest_jobs
        .iter()
        .map(ResourceExt::name_any)
        .collect();
    let seen = Seen {
        routes: &routes,
        ingests: Ingests {
            starting,
            waiting: &applied.waiting,
        },
        error: None,
        waits: applied.servers == Turn::Later,
        moves: applied.routes == Turn::Later,
        observed,
    };
    whole(validated, &seen)
}

/// The status of an institution of whose objects not all could be written: that of what is there.
#[must_use]
pub fn hindered(
    validated: &Validated<'_>,
    error: &ApplyError,
    observed: &Facts,
) -> IiifInstitutionStatus {
    let routes = verdict::leading(validated, observed).iter();
    let routes: Vec<_> = routes.map(|route| route.name.as_str()).collect();
    let seen = Seen {
        routes: &routes,
        ingests: Ingests::default(),
        error: Some(error),
        waits: false,
        moves: false,
        observed,
    };
    whole(validated, &seen)
}

/// What a status is computed from.
struct Seen<'a> {
    /// The names of the routes, or of the Ingress, that are to lead readers.
    routes: &'a [&'a str],
    /// The ingests that are due.
    ingests: Ingests<'a>,
    /// Why not everything could be written.
    error: Option<&'a ApplyError>,
    /// Whether the servers wait for their turn.
    waits: bool,
    /// Whether another address waits with them.
    moves: bool,
    observed: &'a Facts,
}

fn whole(validated: &Validated<'_>, seen: &Seen<'_>) -> IiifInstitutionStatus {
    let institution = validated.institution;
    let observed = seen.observed;
    let before = institution.status.as_ref().filter(|_| seen.moves);
    let url = before
        .and_then(|status| status.url.clone())
        .unwrap_or_else(|| validated.url());
    let storage = verdict::storage_ready(validated, observed);
    let server = verdict::server_available(validated, observed, seen.waits);
    let route = verdict::route_accepted(validated, seen.routes, observed);
    let ready = verdict::ready(validated, &url, &[&storage, &server, &route], seen.error);
    let conditions = [
        (READY, ready),
        (About::Storage.as_str(), storage),
        (About::Server.as_str(), server),
        (About::Route.as_str(), route),
        (
            About::Hostnames.as_str(),
            verdict::hostnames_accepted(validated),
        ),
        (
            About::Collections.as_str(),
            verdict::collections_ingested(validated, &seen.ingests, observed),
        ),
        (SUSPENDED, verdict::suspended(institution)),
    ];
    let language = validated.config.platform.language;
    let names = &institution.spec.collections;
    let longest = LONGEST_MESSAGE.min(LONGEST_MESSAGES / names.len().max(1));
    let status_of = |collection: &Collection| {
        let mut status =
            collection_status(institution, collection.name.as_str(), observed, language);
        if let Some(message) = &mut status.message {
            message.truncate(message.floor_char_boundary(longest));
        }
        status
    };
    let collections: Vec<_> = names.iter().map(status_of).collect();
    let sum = |count: fn(&CollectionStatus) -> i64| {
        let counts = collections.iter().map(count);
        counts.fold(0, i64::saturating_add)
    };
    IiifInstitutionStatus {
        observed_generation: institution.metadata.generation,
        url: Some(url),
        namespace: Some(validated.namespace.clone()),
        image: observed.server.as_ref().map(|server| server.image.clone()),
        published: Some(sum(|c| c.published)),
        refused: Some(sum(|c| c.refused)),
        storage: Some(storage_status(institution, observed)),
        conditions: conditions_of(institution, &conditions, language, observed.now),
        collections,
    }
}

/// The status of an institution of which nothing can be built; what was known before stays.
#[must_use]
pub fn refused(
    institution: &IiifInstitution,
    error: &ValidateError,
    language: Language,
    now: Timestamp,
) -> IiifInstitutionStatus {
    let verdict = Verdict {
        holds: Holds::No,
        reason: error.kind.as_str(),
        message: error.message.clone(),
    };
    let mut status = institution.status.clone().unwrap_or_default();
    status.observed_generation = institution.metadata.generation;
    let mut conditions = conditions_of(institution, &[(READY, verdict)], language, now);
    conditions.extend(
        status
            .conditions
            .into_iter()
            .filter(|old| old.type_ != READY),
    );
    IiifInstitutionStatus {
        conditions,
        ..status
    }
}

/// The status of a resource that cannot be read.
#[must_use]
pub fn unreadable(
    invalid: &InvalidObject,
    language: Language,
    now: Timestamp,
) -> IiifInstitutionStatus {
    let why = &invalid.error;
    let message = Bilingual::new(
        format!(
            "el recurso guardado no se puede leer ({why}); aplique de nuevo el YAML de la institución"
        ),
        format!("the stored resource cannot be read ({why}); apply the institution's YAML again"),
    );
    let condition = Condition {
        type_: READY.to_owned(),
        status: "False".to_owned(),
        reason: ValidateErrorKind::InvalidResource.as_str().to_owned(),
        message: message
            .get(language)
            .chars()
            .take(LONGEST_MESSAGE)
            .collect(),
        observed_generation: invalid.metadata.generation,
        last_transition_time: Time(now),
    };
    IiifInstitutionStatus {
        observed_generation: invalid.metadata.generation,
        conditions: vec![condition],
        ..IiifInstitutionStatus::default()
    }
}

/// Whether a condition says that something is not as it should be, and does not just take its time.
#[must_use]
pub fn is_bad(condition: &Condition) -> bool {
    const ON_ITS_WAY: [&str; 8] = [
        ACTIVE,
        "InWork",
        "IngestWaiting",
        "NothingHandedOver",
        "RoutePending",
        "ServerStarting",
        "Suspended",
        "VolumePending",
    ];
    [APPLY_FAILED, UPDATE_FAILED].contains(&condition.reason.as_str())
        || (condition.status == "False" && !ON_ITS_WAY.contains(&condition.reason.as_str()))
}

/// Whether a condition says that readers can use the addresses.
#[must_use]
pub fn is_ready(condition: &Condition) -> bool {
    condition.type_ == READY && condition.status == "True"
}

/// Whether a status tells no more than that an institution is being made ready, after one that did not say that
/// readers can use it: better news follow as soon as the cluster has done its part.
#[must_use]
pub fn is_beginning(before: Option<&IiifInstitutionStatus>, now: &IiifInstitutionStatus) -> bool {
    const BEGINNINGS: [&str; 3] = ["RoutePending", "ServerStarting", "VolumePending"];
    let mut known = before.into_iter().flat_map(|status| &status.conditions);
    let begins = |condition: &Condition| {
        condition.type_ == READY && BEGINNINGS.contains(&condition.reason.as_str())
    };
    !known.any(is_ready) && now.conditions.iter().any(begins)
}

/// Conditions in the chart's language; the time of one changes only with its status.
fn conditions_of(
    institution: &IiifInstitution,
    verdicts: &[(&'static str, Verdict)],
    language: Language,
    now: Timestamp,
) -> Vec<Condition> {
    let before = institution
        .status
        .as_ref()
        .map(|status| status.conditions.as_slice());
    let condition = |(type_, verdict): &(&'static str, Verdict)| {
        let status = match verdict.holds {
            Holds::Yes => "True",
            Holds::No => "False",
            Holds::Unknown => "Unknown",
        };
        let same = before
            .unwrap_or_default()
            .iter()
            .find(|old| old.type_ == *type_ && old.status == status);
        let message = verdict.message.get(language);
        Condition {
            type_: (*type_).to_owned(),
            status: status.to_owned(),
            reason: verdict.reason.to_owned(),
            message: message.chars().take(LONGEST_MESSAGE).collect(),
            observed_generation: institution.metadata.generation,
            last_transition_time: same.map_or(Time(whole_seconds(now)), |old| {
                old.last_transition_time.clone()
            }),
        }
    };
    verdicts.iter().map(condition).collect()
}
