//! Writing the status, if it says anything new, and telling of it in events.

use acervo_crds::IiifInstitution;
use acervo_crds::status::IiifInstitutionStatus;
use acervo_tenancy::Language;
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::api::{DynamicObject, Patch, PatchParams};
use kube::core::ApiResource;
use kube::core::error_boundary::InvalidObject;
use kube::{Api, Resource as _, ResourceExt as _};

use super::memory::Memory;
use super::status;
use crate::context::Context;
use crate::events::Told;
use crate::metrics::Write;

/// Why the status could not be written.
#[derive(Debug, thiserror::Error)]
#[error("status of {name}: {source}")]
pub struct StatusError {
    name: String,
    source: Box<kube::Error>,
}

/// Writes `status` if it says anything new.
///
/// # Errors
/// If the API server refuses it or does not answer.
pub async fn report(
    context: &Context,
    institution: &IiifInstitution,
    status: &IiifInstitutionStatus,
    memory: &mut Memory,
) -> Result<(), StatusError> {
    if memory.is_written(status, institution.status.as_ref()) {
        return Ok(());
    }
    let name = institution.name_any();
    let api: Api<IiifInstitution> = Api::all(context.client.clone());
    let written = api
        .patch_status(&name, &PatchParams::default(), &whole(status))
        .await;
    let written = match written {
        Ok(written) => written,
        // Deleted meanwhile.
        Err(kube::Error::Api(error)) if error.code == 404 => return Ok(()),
        Err(source) => {
            return Err(StatusError {
                name,
                source: Box::new(source),
            });
        }
    };
    if written.status.as_ref() != Some(status) {
        tracing::warn!(
            "the CRD does not know every field of the status: it is older than this operator; upgrade it with the chart"
        );
    }
    memory.wrote(status, written.status.as_ref());
    count(context);
    context.institutions.wrote(institution, written);
    let before = institution
        .status
        .as_ref()
        .map(|status| status.conditions.as_slice());
    tell(
        context,
        institution,
        before.unwrap_or_default(),
        &status.conditions,
    )
    .await;
    Ok(())
}

/// Says of a resource that cannot be read that it cannot. The others go on, and so does what was
/// made of this one before.
///
/// # Errors
/// If the API server does not answer.
pub async fn unreadable(
    context: &Context,
    name: &str,
    invalid: &InvalidObject,
    memory: &mut Memory,
) -> Result<(), StatusError> {
    tracing::error!(error = invalid.error, "the stored resource cannot be read");
    let surroundings = context.surroundings.borrow().clone();
    let language = surroundings.map_or(Language::default(), |s| s.config.platform.language);
    let status = status::unreadable(invalid, language, Timestamp::now());
    // Told once for every version of the resource: time is no news.
    if memory.unreadable.is_some() && memory.unreadable == invalid.metadata.resource_version {
        return Ok(());
    }
    let resource = ApiResource::erase::<IiifInstitution>(&());
    let api: Api<DynamicObject> = Api::all_with(context.client.clone(), &resource);
    // Url and counts of before stay: they are not what cannot be read.
    let patch = serde_json::json!({ "status": {
        "observedGeneration": status.observed_generation,
        "conditions": status.conditions,
    }});
    let written = api
        .patch_status(name, &PatchParams::default(), &Patch::Merge(&patch))
        .await;
    match written {
        Ok(written) => {
            memory.unreadable = written.metadata.resource_version;
            count(context);
        }
        // What cannot be read may not be writable either; the log has told.
        Err(kube::Error::Api(error)) if (400..500).contains(&error.code) => {
            memory
                .unreadable
                .clone_from(&invalid.metadata.resource_version);
            tracing::warn!(%error, "nor can its status be written");
        }
        Err(source) => {
            return Err(StatusError {
                name: name.to_owned(),
                source: Box::new(source),
            });
        }
    }
    Ok(())
}

fn count(context: &Context) {
    let status = Write {
        kind: "IiifInstitution",
        verb: "status",
    };
    context.metrics.writes.get_or_create(&status).inc();
}

/// An event for every change of a condition that somebody may want to know of: something is wrong, or no
/// longer; readers can use the addresses, or no longer. What merely takes its time is in the conditions.
async fn tell(
    context: &Context,
    institution: &IiifInstitution,
    before: &[Condition],
    now: &[Condition],
) {
    let matters = |condition: &Condition| status::is_bad(condition) || status::is_ready(condition);
    let is_news = |condition: &&Condition| {
        let old = before.iter().find(|old| old.type_ == condition.type_);
        let same =
            |old: &Condition| old.status == condition.status && old.reason == condition.reason;
        !old.is_some_and(same) && (matters(condition) || old.is_some_and(matters))
    };
    let reference = institution.object_ref(&());
    let news: Vec<_> = now.iter().filter(is_news).collect();
    // Ready says again what hinders it, which is told where it is.
    let is_repeated = |condition: &Condition| {
        let same = |other: &&Condition| {
            other.reason == condition.reason && other.message == condition.message
        };
        condition.type_ == status::READY && news.iter().filter(|other| same(other)).count() > 1
    };
    for condition in news.iter().filter(|condition| !is_repeated(condition)) {
        let told = Told {
            warns: status::is_bad(condition),
            reason: &condition.reason,
            note: format!("{}: {}", condition.type_, condition.message),
        };
        context.events.tell(&reference, told).await;
    }
}

/// The status as a whole takes the place of the one before. Server-side apply would refuse all of it
/// where an older CRD does not know one field; so that field alone is left out.
fn whole(status: &IiifInstitutionStatus) -> Patch<()> {
    let operations = serde_json::json!([{ "op": "add", "path": "/status", "value": status }]);
    Patch::Json(serde_json::from_value(operations).expect("operations are plain data"))
}
