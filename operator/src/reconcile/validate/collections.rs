//! Sources and schedules of collections.

use std::str::FromStr as _;

use acervo_crds::collection::{Collection, Schedule, Source};
use croner::Cron;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::endpoint::is_allowed;
use super::{Finding, FindingReason};
use crate::config::OperatorConfig;
use crate::reconcile::facts::Facts;

/// Why a schedule cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// There is no such time zone.
    #[error("there is no time zone \"{0}\"")]
    TimeZone(String),
    /// The fields are no times.
    #[error("\"{0}\" names no times")]
    Cron(String),
}

/// The last time at or before `now` that a schedule names; none if there never was one.
///
/// The clock going forward or back is treated as Vixie cron does: a fixed hour that is skipped runs at
/// the first moment after it, and one that comes twice runs once.
///
/// # Errors
/// If the time zone is unknown or the fields cannot be read.
pub fn last_due(schedule: &Schedule, now: Timestamp) -> Result<Option<Timestamp>, ScheduleError> {
    let (cron, now) = read(schedule, now)?;
    let due = cron.find_previous_occurrence(&now, true).ok();
    Ok(due.map(|due| due.timestamp()))
}

/// The first time after `now` that a schedule names; none if there never will be one.
///
/// # Errors
/// As [`last_due`].
pub fn next_due(schedule: &Schedule, now: Timestamp) -> Result<Option<Timestamp>, ScheduleError> {
    let (cron, now) = read(schedule, now)?;
    let due = cron.find_next_occurrence(&now, false).ok();
    Ok(due.map(|due| due.timestamp()))
}

fn read(schedule: &Schedule, now: Timestamp) -> Result<(Cron, Zoned), ScheduleError> {
    let zone = match &schedule.time_zone {
        None => TimeZone::UTC,
        Some(name) => TimeZone::get(name).map_err(|_| ScheduleError::TimeZone(name.clone()))?,
    };
    let cron =
        Cron::from_str(&schedule.cron).map_err(|_| ScheduleError::Cron(schedule.cron.clone()))?;
    Ok((cron, now.to_zoned(zone)))
}

/// What can be said of sources and schedules before anything runs.
pub(super) fn check(
    collections: &[Collection],
    facts: &Facts,
    config: &OperatorConfig,
    findings: &mut Vec<Finding>,
) {
    for collection in collections {
        findings.extend(source(collection, facts, config));
        let schedule = collection.schedule.as_ref();
        if let Some(Err(error)) = schedule.map(|schedule| last_due(schedule, facts.now)) {
            findings.push(schedule_invalid(collection.name.as_str(), &error));
        }
    }
}

fn source(collection: &Collection, facts: &Facts, config: &OperatorConfig) -> Option<Finding> {
    let name = &collection.name;
    match &collection.source {
        Source::Directory(directory) => {
            let inside = facts.inside.as_ref()?;
            let published = inside.collection(name.as_str())?.published;
            // A new collection that waits for its first images is nothing to warn of.
            if inside.incoming(directory).is_some() || published == 0 {
                return None;
            }
            Some(Finding::new(
                FindingReason::SourceMissing,
                format!(
                    "la colección «{name}» está publicada, pero su carpeta incoming/{directory} ya no existe; revise si el volumen está bien montado o entregue las imágenes de nuevo. Lo publicado sigue en línea"
                ),
                format!(
                    "the collection \"{name}\" is published, but its folder incoming/{directory} is no longer there; check whether the volume is mounted as it should be, or hand over the images again. What is published stays online"
                ),
            ))
        }
        Source::S3(s3) => {
            let endpoint = s3.endpoint.as_deref().unwrap_or_default();
            (!is_allowed(s3.endpoint.as_deref(), &config.sources.s3)).then(|| {
                Finding::new(
                    FindingReason::EndpointNotAllowed,
                    format!(
                        "colección «{name}»: {endpoint} está dentro del clúster o en una red privada, y la plataforma no lo permite; escriba una dirección pública, o pida al proveedor que la añada a sources.s3.allowedEndpoints"
                    ),
                    format!(
                        "collection \"{name}\": {endpoint} is inside the cluster or on a private network, and the platform does not allow it; write a public address, or ask the provider to add it to sources.s3.allowedEndpoints"
                    ),
                )
            })
        }
    }
}

fn schedule_invalid(collection: &str, error: &ScheduleError) -> Finding {
    let (es, en) = match error {
        ScheduleError::TimeZone(zone) => (
            format!(
                "no se conoce la zona horaria «{zone}»; escriba su nombre IANA, por ejemplo America/Havana"
            ),
            format!(
                "the time zone \"{zone}\" is not known; write its IANA name, for example America/Havana"
            ),
        ),
        ScheduleError::Cron(cron) => (
            format!(
                "no se entiende el horario «{cron}»; escriba por ejemplo \"0 3 * * *\" para las 3:00 de cada día"
            ),
            format!(
                "the schedule \"{cron}\" cannot be read; write for example \"0 3 * * *\" for 3:00 every day"
            ),
        ),
    };
    Finding::new(
        FindingReason::ScheduleInvalid,
        format!("colección «{collection}»: {es}"),
        format!("collection \"{collection}\": {en}"),
    )
}
