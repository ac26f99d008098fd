//! The volume: what can be asked for, given what is there.
//!
//! Of a claim only the size can be changed, only upwards, only when it is bound, and only if its class
//! allows it. Whatever else is asked for would make every apply fail, so the claim keeps what it has,
//! and a finding says so.

use acervo_crds::storage::{AccessMode, Storage as Wanted};

use super::{Finding, FindingReason};
use crate::names;
use crate::quantity::Amount;
use crate::reconcile::facts::{ClaimPhase, ClaimState, Facts, StorageClassState};

/// The access mode of volumes that pods of several nodes mount.
const READ_WRITE_MANY: &str = "ReadWriteMany";

/// The volume of an institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storage {
    /// Whose claim it is.
    pub volume: Volume,
    /// Whether pods of several nodes can mount it.
    pub shared: bool,
}

/// Whose claim it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Volume {
    /// The operator makes the claim `data`.
    Own {
        /// The size to ask for.
        size: Amount,
        /// The class to ask for; the cluster's default if absent.
        class: Option<String>,
        /// The access modes to ask for.
        access_modes: Vec<String>,
    },
    /// Somebody made a claim of this name.
    Existing(String),
}

impl Storage {
    /// The claim that pods mount.
    #[must_use]
    pub fn claim(&self) -> &str {
        match &self.volume {
            Volume::Own { .. } => names::DATA,
            Volume::Existing(name) => name,
        }
    }
}

/// What to ask for, given what is there. `size` is that of `wanted`, `class` the platform's.
pub(super) fn settle(
    wanted: &Wanted,
    size: Amount,
    class: Option<&str>,
    facts: &Facts,
    findings: &mut Vec<Finding>,
) -> Storage {
    let mode = match wanted.access_mode {
        AccessMode::ReadWriteOnce => "ReadWriteOnce",
        AccessMode::ReadWriteMany => READ_WRITE_MANY,
    };
    let modes = facts.claim.as_ref().map(|claim| claim.access_modes.clone());
    let access_modes = modes
        .filter(|modes| !modes.is_empty())
        .unwrap_or_else(|| vec![mode.to_owned()]);
    let shared = access_modes.iter().any(|mode| mode == READ_WRITE_MANY);
    if let Some(name) = &wanted.existing_claim {
        let found = facts.claim.as_ref();
        let found = found.ok_or_else(|| claim_missing(name));
        findings.extend(found.map_or_else(Some, |claim| claim_smaller(name, claim, size)));
        return Storage {
            volume: Volume::Existing(name.clone()),
            shared,
        };
    }
    let class = wanted.storage_class_name.as_deref().or(class);
    let (size, class) = match &facts.claim {
        None => (size, new_class(class, facts, findings)),
        Some(claim) => {
            if !access_modes.iter().any(|found| found == mode) {
                findings.push(fixed("accessMode", mode, &access_modes.join(", ")));
            }
            if let (Some(wanted), Some(found)) = (class, claim.storage_class.as_deref())
                && wanted != found
            {
                findings.push(fixed("storageClassName", wanted, found));
            }
            let size = grown(claim, size, facts, findings);
            (size, claim.storage_class.clone())
        }
    };
    Storage {
        volume: Volume::Own {
            size,
            class,
            access_modes,
        },
        shared,
    }
}

/// The class of a new claim. The default class is named, so that what is asked for stays what it is
/// when the cluster's default changes.
fn new_class(class: Option<&str>, facts: &Facts, findings: &mut Vec<Finding>) -> Option<String> {
    match &facts.storage_class {
        StorageClassState::Missing { name } => findings.push(Finding::new(
            FindingReason::StorageClassMissing,
            format!(
                "el clúster no tiene la clase de almacenamiento «{name}»; créela o indique otra en spec.storage.storageClassName de una institución nueva"
            ),
            format!(
                "the cluster has no storage class \"{name}\"; create it, or name another one in spec.storage.storageClassName of a new institution"
            ),
        )),
        StorageClassState::Found { name, .. } if class.is_none() => return Some(name.clone()),
        StorageClassState::Found { .. } | StorageClassState::Unknown => {}
    }
    class.map(str::to_owned)
}

/// The size to ask for: the wanted one if the claim can have it.
fn grown(claim: &ClaimState, wanted: Amount, facts: &Facts, findings: &mut Vec<Finding>) -> Amount {
    let asked = claim.requested.unwrap_or(wanted);
    if claim.phase != ClaimPhase::Bound {
        return asked;
    }
    if wanted < asked {
        findings.push(larger(asked, wanted));
    }
    if wanted <= asked {
        return asked;
    }
    if let StorageClassState::Found {
        expandable: true, ..
    } = facts.storage_class
    {
        return wanted;
    }
    let class = claim.storage_class.as_deref().unwrap_or("-");
    findings.push(Finding::new(
        FindingReason::StorageCannotGrow,
        format!(
            "se pidieron {wanted}, pero la clase de almacenamiento «{class}» no permite que el volumen crezca y se queda en {asked}; ponga allowVolumeExpansion: true en la clase si su proveedor lo admite"
        ),
        format!(
            "{wanted} were asked for, but the storage class \"{class}\" does not let the volume grow and it stays at {asked}; set allowVolumeExpansion: true in the class if its provider can do it"
        ),
    ));
    asked
}

/// As after a claim was kept for an institution that comes back and asks for less.
fn larger(found: Amount, wanted: Amount) -> Finding {
    Finding::new(
        FindingReason::StorageLarger,
        format!(
            "el volumen ya tiene {found} y se pidieron {wanted}; un volumen no encoge, así que se queda como está: escriba {found} en spec.storage.size"
        ),
        format!(
            "the volume has {found} already and {wanted} were asked for; a volume does not shrink, so it stays as it is: write {found} in spec.storage.size"
        ),
    )
}

/// What others made is theirs to grow.
fn claim_smaller(name: &str, claim: &ClaimState, wanted: Amount) -> Option<Finding> {
    let bound = claim.phase == ClaimPhase::Bound;
    let found = claim.requested.filter(|found| bound && *found < wanted)?;
    Some(Finding::new(
        FindingReason::ClaimSmaller,
        format!(
            "se pidieron {wanted}, pero el PersistentVolumeClaim «{name}» tiene {found}, y el operador no cambia lo que no hizo; amplíelo usted con kubectl edit persistentvolumeclaim {name} en el espacio de nombres de la institución"
        ),
        format!(
            "{wanted} were asked for, but the PersistentVolumeClaim \"{name}\" has {found}, and the operator changes nothing that it did not make; grow it yourself with kubectl edit persistentvolumeclaim {name} in the institution's namespace"
        ),
    ))
}

fn fixed(field: &str, wanted: &str, found: &str) -> Finding {
    Finding::new(
        FindingReason::StorageFixed,
        format!(
            "el volumen ya existe con {field} {found} y no puede cambiar a {wanted}; vuelva a escribir {found} en spec.storage.{field}"
        ),
        format!(
            "the volume already exists with {field} {found} and cannot change to {wanted}; write {found} again in spec.storage.{field}"
        ),
    )
}

fn claim_missing(name: &str) -> Finding {
    Finding::new(
        FindingReason::ClaimMissing,
        format!(
            "no existe el PersistentVolumeClaim «{name}» en el espacio de nombres de la institución; créelo allí o quite spec.storage.existingClaim"
        ),
        format!(
            "there is no PersistentVolumeClaim \"{name}\" in the institution's namespace; create it there or remove spec.storage.existingClaim"
        ),
    )
}
