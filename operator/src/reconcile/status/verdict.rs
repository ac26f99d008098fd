//! Whether each condition holds, and why: one function a condition.

mod collections;

use acervo_crds::IiifInstitution;
use acervo_tenancy::Bilingual;

use super::{ACTIVE, APPLY_FAILED, READY, UPDATE_FAILED};
use crate::names;
use crate::reconcile::apply::{ApplyError, ObjectError};
use crate::reconcile::facts::{ClaimPhase, Facts, RouteState, ServerState};
use crate::reconcile::validate::{About, Readers, Validated};
use crate::waves::Stage;

pub(super) use collections::{Ingests, collections_ingested};

/// Whether a condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Yes,
    No,
    Unknown,
}

/// Whether a condition holds, why, and in words.
#[derive(Debug, Clone)]
pub(super) struct Verdict {
    pub(super) holds: Holds,
    pub(super) reason: &'static str,
    pub(super) message: Bilingual,
}

impl Verdict {
    fn yes(reason: &'static str, es: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            holds: Holds::Yes,
            reason,
            message: Bilingual::new(es, en),
        }
    }

    fn no(reason: &'static str, es: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            holds: Holds::No,
            reason,
            message: Bilingual::new(es, en),
        }
    }
}

pub(super) fn ready(
    validated: &Validated<'_>,
    url: &str,
    parts: &[&Verdict],
    error: Option<&ApplyError>,
) -> Verdict {
    if validated.institution.spec.suspend {
        return Verdict::no(
            "Suspended",
            "la institución está suspendida (spec.suspend: true)",
            "the institution is suspended (spec.suspend: true)",
        );
    }
    match (parts.iter().find(|part| part.holds != Holds::Yes), error) {
        (None, None) => Verdict::yes(
            READY,
            format!("los lectores pueden usar {url}"),
            format!("readers can use {url}"),
        ),
        // What serves goes on, but not as the resource wants it.
        (None, Some(error)) => {
            let Bilingual { es, en } = not_written(&error.first);
            Verdict::yes(
                APPLY_FAILED,
                format!("los lectores pueden usar {url}, pero {es}"),
                format!("readers can use {url}, but {en}"),
            )
        }
        (Some(_), Some(error)) => Verdict {
            holds: Holds::No,
            reason: APPLY_FAILED,
            message: not_written(&error.first),
        },
        (Some(part), None) => Verdict {
            holds: Holds::No,
            ..(*part).clone()
        },
    }
}

fn not_written(error: &ObjectError) -> Bilingual {
    let ObjectError { kind, name, source } = error;
    let why = match &**source {
        kube::Error::Api(status) => status.message.clone(),
        other => other.to_string(),
    };
    Bilingual::new(
        format!("no se pudo escribir {kind} {name}: {why}"),
        format!("{kind} {name} could not be written: {why}"),
    )
}

/// The first finding about a condition, as its verdict.
fn finding(validated: &Validated<'_>, about: About) -> Option<Verdict> {
    let finding = validated
        .findings
        .iter()
        .find(|finding| finding.about == about)?;
    Some(Verdict {
        holds: Holds::No,
        reason: finding.reason.as_str(),
        message: finding.message.clone(),
    })
}

pub(super) fn storage_ready(validated: &Validated<'_>, observed: &Facts) -> Verdict {
    if let Some(claim) = &observed.claim {
        // What cannot be changed any more does not keep readers from what is there.
        if claim.phase == ClaimPhase::Bound {
            if let Some(error) = &claim.resize_error {
                return Verdict::yes(
                    "ResizeFailed",
                    format!("el volumen funciona, pero no puede crecer: {error}"),
                    format!("the volume works, but it cannot grow: {error}"),
                );
            }
            return finding(validated, About::Storage).map_or_else(
                || Verdict::yes("Bound", "el volumen está listo", "the volume is ready"),
                |found| Verdict {
                    holds: Holds::Yes,
                    ..found
                },
            );
        }
        if claim.phase == ClaimPhase::Lost {
            return Verdict::no(
                "VolumeLost",
                "el volumen del PersistentVolumeClaim se perdió; restaure una copia de seguridad",
                "the volume of the PersistentVolumeClaim is lost; restore a backup",
            );
        }
    }
    finding(validated, About::Storage).unwrap_or_else(|| {
        Verdict::no(
            "VolumePending",
            "el volumen aún no está listo; si tarda, vea los eventos de su PersistentVolumeClaim",
            "the volume is not ready yet; if it takes long, see the events of its PersistentVolumeClaim",
        )
    })
}

/// `waits`: whether what the platform wants of the servers waits for the institution's turn.
pub(super) fn server_available(
    validated: &Validated<'_>,
    observed: &Facts,
    waits: bool,
) -> Verdict {
    if !validated.readers.wants_server() {
        return Verdict::no(
            "Suspended",
            "ningún servidor de imágenes funciona mientras la institución está suspendida",
            "no image server runs while the institution is suspended",
        );
    }
    let Some(server) = &observed.server else {
        return finding(validated, About::Server).unwrap_or_else(|| {
            Verdict::no(
                "ServerStarting",
                "el servidor de imágenes se está creando",
                "the image server is being created",
            )
        });
    };
    if server.available > 0 {
        return answering(server, waits);
    }
    if let Some(failure) = &server.failure {
        return Verdict::no(
            "ServerFailed",
            format!("el servidor de imágenes no puede arrancar: {failure}"),
            format!("the image server cannot start: {failure}"),
        );
    }
    finding(validated, About::Server).unwrap_or_else(|| {
        Verdict::no(
            "ServerStarting",
            "el servidor de imágenes está arrancando; si tarda, vea los eventos de sus pods",
            "the image server is starting; if it takes long, see the events of its pods",
        )
    })
}

/// Servers that answer, and what is to come after them.
fn answering(server: &ServerState, waits: bool) -> Verdict {
    let (available, replicas) = (server.available, server.replicas);
    let es = format!("{available} de {replicas} servidores de imágenes responden");
    let en = format!("{available} of {replicas} image servers answer");
    match (server.stage(), &server.failure) {
        _ if waits => Verdict::yes(
            "UpdateWaiting",
            format!("{es}; los de la nueva versión de la plataforma esperan su turno"),
            format!("{en}; those of the platform's new version wait for their turn"),
        ),
        (Stage::Stuck, Some(failure)) => Verdict::yes(
            UPDATE_FAILED,
            format!("{es}, pero los nuevos no llegan a arrancar: {failure}"),
            format!("{en}, but the new ones do not come: {failure}"),
        ),
        (Stage::Settled, _) => Verdict::yes("Available", es, en),
        (Stage::Moving | Stage::Stuck, _) => Verdict::yes(
            "Updating",
            format!("{es}; otros nuevos están arrancando"),
            format!("{en}; new ones are starting"),
        ),
    }
}

/// Whether the notice of suspension answers readers, or is about to.
fn leads_to_notice(validated: &Validated<'_>) -> bool {
    matches!(
        validated.readers,
        Readers::Notice { .. } | Readers::ServerUntilNotice { .. }
    )
}

/// The routes that lead readers, or are about to.
pub(super) fn leading<'f>(validated: &Validated<'_>, observed: &'f Facts) -> &'f [RouteState] {
    if leads_to_notice(validated) {
        &observed.notices
    } else {
        &observed.routes
    }
}

/// `routes` are the names of all that are to lead readers.
pub(super) fn route_accepted(
    validated: &Validated<'_>,
    routes: &[&str],
    observed: &Facts,
) -> Verdict {
    if let Some(found) = finding(validated, About::Route) {
        return found;
    }
    let leading = leading(validated, observed);
    let state = |name: &&str| leading.iter().find(|route| route.name == **name);
    let states: Vec<Option<&RouteState>> = routes.iter().map(state).collect();
    let refusal = states
        .iter()
        .flatten()
        .find_map(|route| route.refusal.as_deref());
    if let Some(refusal) = refusal {
        if leads_to_notice(validated) {
            return notice_refused(validated, refusal);
        }
        return Verdict::no(
            "RouteRefused",
            format!("el Gateway no acepta la ruta: {refusal}"),
            format!("the Gateway does not accept the route: {refusal}"),
        );
    }
    let accepted = |route: &Option<&RouteState>| route.is_some_and(|r| r.accepted == Some(true));
    if !states.is_empty() && states.iter().all(accepted) {
        return match validated.readers {
            Readers::Server => {
                Verdict::yes("Accepted", "la ruta está aceptada", "the route is accepted")
            }
            Readers::Notice { .. } | Readers::ServerUntilNotice { .. } => Verdict::yes(
                "Accepted",
                "la ruta al aviso de suspensión está aceptada",
                "the route to the notice of suspension is accepted",
            ),
            Readers::NoticeUntilServer { .. } => Verdict::no(
                "RoutePending",
                "el aviso de suspensión aún responde; la ruta de la institución toma su lugar en unos segundos",
                "the notice of suspension still answers; the institution's route takes its place in some seconds",
            ),
        };
    }
    Verdict::no(
        "RoutePending",
        "la ruta aún no fue aceptada",
        "the route has not been accepted yet",
    )
}

/// The Gateway does not lead readers to the notice: most likely its listener does not admit routes of
/// the operator's namespace.
fn notice_refused(validated: &Validated<'_>, refusal: &str) -> Verdict {
    let home = &validated.config.network_policy.operator_namespace;
    let label = names::INSTITUTION;
    Verdict::no(
        "NoticeRefused",
        format!(
            "el Gateway no acepta la ruta al aviso de suspensión, y los lectores no ven por qué nada responde: {refusal}. Si su listener elige espacios de nombres por etiqueta: kubectl label namespace {home} {label}="
        ),
        format!(
            "the Gateway does not accept the route to the notice of suspension, and readers do not see why nothing answers: {refusal}. If its listener selects namespaces by label: kubectl label namespace {home} {label}="
        ),
    )
}

pub(super) fn hostnames_accepted(validated: &Validated<'_>) -> Verdict {
    finding(validated, About::Hostnames).unwrap_or_else(|| {
        let addresses = &validated.addresses;
        let kept = addresses
            .kept
            .iter()
            .map(|kept| format!("{}{}", kept.host, kept.path));
        let hosts: Vec<_> = addresses.own_hosts.iter().cloned().chain(kept).collect();
        let hosts = hosts.join(", ");
        if hosts.is_empty() {
            return Verdict::yes(
                "Accepted",
                "no pide hosts propios",
                "it asks for no hosts of its own",
            );
        }
        Verdict::yes(
            "Accepted",
            format!("aceptados: {hosts}"),
            format!("accepted: {hosts}"),
        )
    })
}

pub(super) fn suspended(institution: &IiifInstitution) -> Verdict {
    if institution.spec.suspend {
        Verdict::yes("Suspended", "spec.suspend es true", "spec.suspend is true")
    } else {
        Verdict::no(ACTIVE, "spec.suspend es false", "spec.suspend is false")
    }
}
