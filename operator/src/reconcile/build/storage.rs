//! The claim of the institution's volume.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    PersistentVolumeClaim, PersistentVolumeClaimSpec, VolumeResourceRequirements,
};

use super::object;
use crate::names;
use crate::reconcile::validate::{Validated, Volume};

/// The claim; none if an existing one is used. The mark of one that was retained is not among its
/// labels, so applying it takes the mark away.
pub(super) fn claim(institution: &Validated<'_>) -> Option<PersistentVolumeClaim> {
    let Volume::Own {
        size,
        class,
        access_modes,
    } = &institution.storage.volume
    else {
        return None;
    };
    Some(PersistentVolumeClaim {
        metadata: object::retained(institution, names::DATA),
        spec: Some(PersistentVolumeClaimSpec {
            access_modes: Some(access_modes.clone()),
            storage_class_name: class.clone(),
            resources: Some(VolumeResourceRequirements {
                requests: Some(BTreeMap::from([("storage".to_owned(), (*size).into())])),
                limits: None,
            }),
            ..PersistentVolumeClaimSpec::default()
        }),
        ..PersistentVolumeClaim::default()
    })
}
