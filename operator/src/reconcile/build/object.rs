//! What the metadata of all children have in common.

use std::collections::BTreeMap;

use acervo_crds::institution::DeletionPolicy;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};

use crate::names;
use crate::reconcile::validate::{Validated, Volume};

/// Metadata of a child that goes when the resource goes: the cluster deletes what its owner left.
pub(super) fn owned(institution: &Validated<'_>, name: &str) -> ObjectMeta {
    ObjectMeta {
        owner_references: Some(vec![institution.owner.clone()]),
        ..unowned(institution, name)
    }
}

/// Metadata of namespace and claim, which go with the resource only where it says so, and where nothing
/// goes with them that somebody else made: a claim that existed before is in the namespace.
pub(super) fn retained(institution: &Validated<'_>, name: &str) -> ObjectMeta {
    let policy = institution.institution.spec.deletion_policy;
    match (policy, &institution.storage.volume) {
        (DeletionPolicy::Delete, Volume::Own { .. }) => owned(institution, name),
        (DeletionPolicy::Retain, _) | (DeletionPolicy::Delete, Volume::Existing(_)) => {
            unowned(institution, name)
        }
    }
}

fn unowned(institution: &Validated<'_>, name: &str) -> ObjectMeta {
    ObjectMeta {
        name: Some(name.to_owned()),
        namespace: Some(institution.namespace.clone()),
        labels: Some(names::labels(&institution.name)),
        ..ObjectMeta::default()
    }
}

/// The labels that tell the pods of one program of the institution, such as `image-server`.
pub(super) fn program_labels(
    institution: &Validated<'_>,
    program: &str,
) -> BTreeMap<String, String> {
    names::map([
        (names::INSTITUTION, institution.name.as_str()),
        (names::NAME, program),
    ])
}

/// Selects the pods of one program of the institution.
pub(super) fn program(institution: &Validated<'_>, program: &str) -> LabelSelector {
    LabelSelector {
        match_labels: Some(program_labels(institution, program)),
        ..LabelSelector::default()
    }
}
