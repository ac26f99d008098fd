//! What surrounds all institutions: the platform's configuration, and those objects of the provider
//! that it names. Plain data; [`crate::watch::surroundings`] gathers it.

use std::collections::BTreeMap;
use std::sync::Arc;

use k8s_openapi::api::storage::v1::StorageClass;
use kube::ResourceExt as _;

use crate::config::OperatorConfig;
use crate::gateway::GatewayListener;
use crate::reconcile::facts::{GatewayState, PullSecret, StorageClassState};

/// Marks the storage class of claims that name none.
const DEFAULT_CLASS: &str = "storageclass.kubernetes.io/is-default-class";

/// What surrounds all institutions.
#[derive(Debug, Clone, PartialEq)]
pub struct Surroundings {
    /// The platform's configuration.
    pub config: Arc<OperatorConfig>,
    /// The storage classes, by name.
    pub storage_classes: BTreeMap<String, Class>,
    /// The provider's Gateway.
    pub gateway: GatewayState,
    /// Its listeners.
    pub listeners: Arc<[GatewayListener]>,
    /// Those image pull Secrets of the configuration that are there.
    pub pull_secrets: Vec<PullSecret>,
    /// The certificates that ingest trusts.
    pub ca_bundle: Option<String>,
}

/// A storage class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Class {
    /// Whether its volumes can grow.
    pub expandable: bool,
    /// Whether it is that of claims that name none.
    pub is_default: bool,
}

impl Class {
    /// What matters of a storage class.
    #[must_use]
    pub fn of(class: &StorageClass) -> Self {
        Self {
            expandable: class.allow_volume_expansion.unwrap_or(false),
            is_default: class
                .annotations()
                .get(DEFAULT_CLASS)
                .is_some_and(|value| value == "true"),
        }
    }
}

impl Surroundings {
    /// The class called `name`, or the default one if none is named.
    #[must_use]
    pub fn storage_class(&self, name: Option<&str>) -> StorageClassState {
        let found = |(name, class): (&String, &Class)| StorageClassState::Found {
            name: name.clone(),
            expandable: class.expandable,
        };
        match name {
            Some(name) => self.storage_classes.get_key_value(name).map_or_else(
                || StorageClassState::Missing {
                    name: name.to_owned(),
                },
                found,
            ),
            None => self
                .storage_classes
                .iter()
                .find(|(_, class)| class.is_default)
                .map_or(StorageClassState::Unknown, found),
        }
    }
}
