//! The status of a resource: computed from what was applied and observed, never from what is hoped for.

mod figures;
mod verdict;

use acervo_crds::IiifInstitution;
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
use figures::{collection_status, storage_status, whole_seconds};
use verdict::{Holds, Ingests, Verdict};

/// The reason of what could not be written.
pub const APPLY_FAILED: &str = "ApplyFailed";
/// The code of a refusal that asks whether more than half of a collection is really to go.
const MASS_REMOVAL: &str = "mass-removal";
/// The condition of a resource that says whether readers can use the addresses.
const READY: &str = "Ready";
/// The reason of an institution that is not suspended.
pub const ACTIVE: &str = "Active";
/// The condition that holds while the institution is suspended.
pub const SUSPENDED: &str = "Suspended";
/// The API allows 32 KiB; a sentence needs less.
const LONGEST_MESSAGE: usize = 4096;

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
    let ingests = Ingests {
        starting,
        waiting: &applied.waiting,
    };
    whole(validated, &routes, &ingests, None, observed)
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
    whole(
        validated,
        &routes,
        &Ingests::default(),
        Some(error),
        observed,
    )
}

fn whole(
    validated: &Validated<'_>,
    routes: &[&str],
    ingests: &Ingests<'_>,
    error: Option<&ApplyError>,
    observed: &Facts,
) -> IiifInstitutionStatus {
    let institution = validated.institution;
    let storage = verdict::storage_ready(validated, observed);
    let server = verdict::server_available(validated, observed);
    let route = verdict::route_accepted(validated, routes, observed);
    let ready = verdict::ready(validated, &[&storage, &server, &route], error);
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
            verdict::collections_ingested(validated, ingests, observed),
        ),
        (SUSPENDED, verdict::suspended(institution)),
    ];
    let language = validated.config.platform.language;
    let collections: Vec<_> = institution
        .spec
        .collections
        .iter()
        .map(|collection| {
            collection_status(institution, collection.name.as_str(), observed, language)
        })
        .collect();
    let sum = |count: fn(&CollectionStatus) -> i64| collections.iter().map(count).sum();
    IiifInstitutionStatus {
        observed_generation: institution.metadata.generation,
        url: Some(validated.url()),
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
    condition.reason == APPLY_FAILED
        || (condition.status == "False" && !ON_ITS_WAY.contains(&condition.reason.as_str()))
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
