//! What is in numbers: the volume and the collections.

use acervo_crds::IiifInstitution;
use acervo_crds::status::{CollectionStatus, StorageStatus};
use acervo_tenancy::{Bilingual, Language};
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::ResourceExt as _;

use super::MASS_REMOVAL;
use crate::inside::{CollectionInside, RefusalReason, StorageUse};
use crate::names;
use crate::quantity::Amount;
use crate::reconcile::facts::Facts;

/// The volume.
pub(super) fn storage_status(institution: &IiifInstitution, observed: &Facts) -> StorageStatus {
    let claim = observed.claim.as_ref();
    let quantity = |amount: Amount| Quantity(amount.to_string());
    let before = institution
        .status
        .as_ref()
        .and_then(|status| status.storage.as_ref());
    let before = before.and_then(|storage| storage.used.clone());
    let used = match &observed.inside {
        None => before,
        Some(inside) => Some(in_use(before, inside.storage)),
    };
    StorageStatus {
        requested: claim.and_then(|claim| claim.requested).map(quantity),
        capacity: claim.and_then(|claim| claim.capacity).map(quantity),
        used,
    }
}

/// How much is in use, in whole mebibytes; a little more or less than was told before is no news.
fn in_use(before: Option<Quantity>, now: StorageUse) -> Quantity {
    let same = before.filter(|before| {
        let told = Amount::try_from(before).map(Amount::units);
        told.is_ok_and(|used| now.is_about(&StorageUse { used, ..now }))
    });
    same.unwrap_or_else(|| Quantity(format!("{}Mi", now.used >> 20)))
}

/// What is known of a collection. Where nobody can tell at the moment, what was known before stays.
pub(super) fn collection_status(
    institution: &IiifInstitution,
    name: &str,
    observed: &Facts,
    language: Language,
) -> CollectionStatus {
    let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let inside = observed
        .inside
        .as_ref()
        .and_then(|inside| inside.collection(name));
    if let Some(inside) = inside {
        return CollectionStatus {
            name: name.to_owned(),
            published: count(inside.published),
            refused: count(inside.refused),
            in_work: count(inside.in_work),
            last_ingest: inside
                .ingested
                .as_ref()
                .map(|ingested| Time(whole_seconds(ingested.finished))),
            message: message(&institution.name_any(), inside, language),
        };
    }
    let known = institution
        .status
        .as_ref()
        .map(|status| status.collections.as_slice());
    let mut known = known.unwrap_or_default().iter();
    let before = known.find(|collection| collection.name == name).cloned();
    let ended = observed.jobs.iter().filter(|job| job.collection == name);
    let ended = ended.max_by_key(|job| job.finished).and_then(|job| {
        let words = job.last_words.as_ref()?;
        let finished = job.finished.map(whole_seconds);
        let known = before
            .as_ref()
            .and_then(|before| before.last_ingest.as_ref());
        (finished > known.map(|time| time.0)).then(|| CollectionStatus {
            name: name.to_owned(),
            published: count(words.published),
            refused: count(words.refused),
            in_work: count(words.in_work),
            last_ingest: finished.map(Time),
            message: words
                .error
                .as_ref()
                .map(|error| error.get(language).to_owned()),
        })
    });
    ended.or(before).unwrap_or_else(|| CollectionStatus {
        name: name.to_owned(),
        published: 0,
        refused: 0,
        in_work: 0,
        last_ingest: None,
        message: None,
    })
}

/// The API server keeps no parts of seconds.
pub(super) fn whole_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

/// What staff should know first: how far an ingest is, or why files were refused.
fn message(institution: &str, inside: &CollectionInside, language: Language) -> Option<String> {
    if let Some(running) = inside.running {
        return Some(format!("{}/{}", running.done, running.total));
    }
    let reason = |reason: &RefusalReason| {
        let what = reason.message.get(language);
        let what = cell(reason).map_or_else(
            || what.to_owned(),
            |cell| format!("{}: {what}", cell.get(language)),
        );
        match (reason.path.as_str(), reason.code.as_str()) {
            (_, MASS_REMOVAL) => {
                format!("{what} {}", how_to_confirm(institution, inside, language))
            }
            ("", _) => what,
            (path, _) => format!("{path}: {what}"),
        }
    };
    let reasons: Vec<String> = inside.reasons.iter().map(reason).collect();
    (!reasons.is_empty()).then(|| reasons.join(" · "))
}

/// The row and column of a spreadsheet that a refusal is about.
fn cell(reason: &RefusalReason) -> Option<Bilingual> {
    let row = reason
        .row
        .map(|row| (format!("fila {row}"), format!("row {row}")));
    let column = reason.column.as_ref();
    let column = column.map(|column| (format!("columna {column}"), format!("column {column}")));
    let (es, en): (Vec<_>, Vec<_>) = row.into_iter().chain(column).unzip();
    (!es.is_empty()).then(|| Bilingual::new(es.join(", "), en.join(", ")))
}

fn how_to_confirm(institution: &str, inside: &CollectionInside, language: Language) -> String {
    let fingerprint = inside
        .ingested
        .as_ref()
        .map(|ingested| ingested.fingerprint.as_str());
    let short: String = fingerprint
        .unwrap_or_default()
        .chars()
        .take(names::SHORT)
        .collect();
    let command = format!(
        "kubectl annotate --overwrite inst {institution} {}={}:{short}",
        names::CONFIRM_REMOVAL,
        inside.name
    );
    let how = Bilingual::new(
        format!("Para confirmarla: {command}"),
        format!("To confirm it: {command}"),
    );
    how.get(language).to_owned()
}
