//! Whether the collections are ingested, and what keeps them from it.

use acervo_tenancy::{Bilingual, CollectionName};

use super::{Holds, Verdict, finding};
use crate::names::{ACCESS_KEY_ID, INGEST_NOW, SECRET_ACCESS_KEY};
use crate::reconcile::build::ingest_job::next_attempt;
use crate::reconcile::facts::{Facts, JobPhase};
use crate::reconcile::status::MASS_REMOVAL;
use crate::reconcile::status::figures::whole_seconds;
use crate::reconcile::validate::{About, Validated};

/// The ingests that are due now.
#[derive(Debug, Default)]
pub(in crate::reconcile::status) struct Ingests<'a> {
    /// The names of the Jobs that were started.
    pub(in crate::reconcile::status) starting: Vec<String>,
    /// The collections that wait for their turn among all institutions.
    pub(in crate::reconcile::status) waiting: &'a [CollectionName],
}

/// An ingest that failed, and what follows: another attempt, or nothing but what somebody does.
fn failed_ingest(validated: &Validated<'_>, observed: &Facts) -> Option<Verdict> {
    let collections = validated.institution.spec.collections.iter();
    let mut newest = collections.filter_map(|c| observed.newest_job(c.name.as_str()));
    let job = newest.find(|job| job.phase == JobPhase::Failed)?;
    let words = job
        .last_words
        .as_ref()
        .and_then(|words| words.error.clone());
    let failure = job.failure.as_deref().unwrap_or("?");
    // A sentence of its own has its full stop.
    let why = words.unwrap_or_else(|| Bilingual::new(failure, failure));
    let (es, en) = (why.es.trim_end_matches('.'), why.en.trim_end_matches('.'));
    let (collection, name, attempt) = (&job.collection, &validated.name, job.attempt);
    if let Some(next) = next_attempt(validated, job) {
        let (next, most) = (whole_seconds(next), validated.config.ingest.retries + 1);
        return Some(Verdict::no(
            "IngestRetrying",
            format!(
                "la ingesta de {collection} falló en el intento {attempt} de {most}: {es}. El siguiente empieza a las {next}"
            ),
            format!(
                "the ingest of {collection} failed in attempt {attempt} of {most}: {en}. The next one begins at {next}"
            ),
        ));
    }
    let command = format!("kubectl annotate --overwrite inst {name} {INGEST_NOW}=$(date +%s)");
    Some(Verdict::no(
        "IngestFailed",
        format!(
            "la ingesta de {collection} falló (intentos: {attempt}) y no se repite sola: {es}. Corrija la causa y repítala: {command}"
        ),
        format!(
            "the ingest of {collection} failed (attempts: {attempt}) and is not tried again by itself: {en}. Mend the cause and repeat it: {command}"
        ),
    ))
}

/// An ingest that has long been about to begin, and why it cannot.
fn hindered_ingest(validated: &Validated<'_>, observed: &Facts) -> Option<Verdict> {
    let mut jobs = observed.jobs.iter();
    let (job, hindrance) = jobs.find_map(|job| Some((job, job.hindered.as_ref()?)))?;
    let collection = &job.collection;
    let why = format!("{}: {}", hindrance.reason, hindrance.message);
    let mut collections = validated.institution.spec.collections.iter();
    let source = collections.find(|c| c.name.as_str() == collection);
    let secret = source.and_then(|collection| collection.source.s3()?.credentials_secret.as_ref());
    if let Some(secret) = secret.filter(|_| hindrance.reason == "CreateContainerConfigError") {
        let namespace = &validated.namespace;
        let create = format!(
            "kubectl create secret generic {secret} --namespace {namespace} --from-literal={ACCESS_KEY_ID}=… --from-literal={SECRET_ACCESS_KEY}=…"
        );
        return Some(Verdict::no(
            "CredentialsMissing",
            format!(
                "la ingesta de {collection} no puede empezar: falta el Secret «{secret}» en el espacio de nombres {namespace}, o una de sus claves {ACCESS_KEY_ID} y {SECRET_ACCESS_KEY} ({why}). Empezará sola cuando esté: {create}"
            ),
            format!(
                "the ingest of {collection} cannot begin: the Secret \"{secret}\" is missing in the namespace {namespace}, or one of its keys {ACCESS_KEY_ID} and {SECRET_ACCESS_KEY} ({why}). It begins by itself once it is there: {create}"
            ),
        ));
    }
    Some(Verdict::no(
        "IngestCannotBegin",
        format!("la ingesta de {collection} no puede empezar: {why}"),
        format!("the ingest of {collection} cannot begin: {why}"),
    ))
}

/// An ingest is due, and others of the platform come first.
fn waiting(validated: &Validated<'_>, collection: &CollectionName) -> Verdict {
    let most = validated.config.ingest.max_concurrent_platform;
    Verdict::no(
        "IngestWaiting",
        format!(
            "la ingesta de {collection} espera su turno: en toda la plataforma hay a la vez {most} como máximo (ingest.maxConcurrentPlatform)"
        ),
        format!(
            "the ingest of {collection} waits for its turn: on the whole platform there are {most} at a time at most (ingest.maxConcurrentPlatform)"
        ),
    )
}

/// Nobody can tell what is published.
fn silent(validated: &Validated<'_>) -> Verdict {
    if validated.institution.spec.suspend {
        return Verdict {
            holds: Holds::Unknown,
            reason: "Suspended",
            message: Bilingual::new(
                "nada se ingiere mientras la institución está suspendida",
                "nothing is ingested while the institution is suspended",
            ),
        };
    }
    Verdict {
        holds: Holds::Unknown,
        reason: "ServerSilent",
        message: Bilingual::new(
            "el servidor de imágenes aún no ha dicho qué está publicado",
            "the image server has not said yet what is published",
        ),
    }
}

pub(in crate::reconcile::status) fn collections_ingested(
    validated: &Validated<'_>,
    ingests: &Ingests<'_>,
    observed: &Facts,
) -> Verdict {
    if let Some(found) = finding(validated, About::Collections) {
        return found;
    }
    if let Some(failed) = failed_ingest(validated, observed) {
        return failed;
    }
    if let Some(hindered) = hindered_ingest(validated, observed) {
        return hindered;
    }
    let runs = |collection: &str| {
        observed.jobs.iter().any(|job| {
            job.collection == collection
                && (job.phase == JobPhase::Running || ingests.starting.contains(&job.name))
        })
    };
    let collections = &validated.institution.spec.collections;
    let in_work = |name: &str| {
        Verdict::no(
            "InWork",
            format!("la colección {name} está en preparación"),
            format!("the collection {name} is in work"),
        )
    };
    if let Some(collection) = collections.iter().find(|c| runs(c.name.as_str())) {
        return in_work(collection.name.as_str());
    }
    if let Some(collection) = ingests.waiting.first() {
        return waiting(validated, collection);
    }
    let Some(inside) = &observed.inside else {
        return silent(validated);
    };
    let state = |name: &str| inside.collection(name);
    let moves = |name: &str| {
        let directory = collections.iter().find(|c| c.name.as_str() == name);
        let directory = directory.and_then(|c| c.source.directory());
        let unsettled = directory.and_then(|directory| inside.incoming(directory));
        unsettled.is_some_and(|incoming| !incoming.settled)
            || state(name).is_some_and(|inside| inside.running.is_some())
    };
    if let Some(collection) = collections.iter().find(|c| moves(c.name.as_str())) {
        return in_work(collection.name.as_str());
    }
    let asks = |name: &str| {
        state(name).is_some_and(|inside| inside.reasons.iter().any(|r| r.code == MASS_REMOVAL))
    };
    if let Some(collection) = collections.iter().find(|c| asks(c.name.as_str())) {
        return Verdict::no(
            "RemovalToConfirm",
            format!(
                "más de la mitad de la colección {0} desapareció a la vez; sigue publicada hasta que alguien lo confirme: vea status.collections",
                collection.name
            ),
            format!(
                "more than half of the collection {0} vanished at once; it stays published until someone confirms it: see status.collections",
                collection.name
            ),
        );
    }
    let empty = |name: &str| state(name).is_none_or(|inside| inside.ingested.is_none());
    match collections.iter().find(|c| empty(c.name.as_str())) {
        // Its turn comes when other ingests have ended.
        Some(collection) if collection.source.s3().is_some() => in_work(collection.name.as_str()),
        Some(collection) => Verdict::no(
            "NothingHandedOver",
            format!(
                "la colección {0} espera sus primeras imágenes: tar c -C CARPETA . | kubectl exec -i -n {1} deploy/image-server -- acervo receive {2}",
                collection.name,
                validated.namespace,
                collection.source.directory().unwrap_or_default(),
            ),
            format!(
                "the collection {0} waits for its first images: tar c -C FOLDER . | kubectl exec -i -n {1} deploy/image-server -- acervo receive {2}",
                collection.name,
                validated.namespace,
                collection.source.directory().unwrap_or_default(),
            ),
        ),
        None => Verdict::yes(
            "Ingested",
            "todo lo entregado está ingerido",
            "all that was handed over is ingested",
        ),
    }
}
