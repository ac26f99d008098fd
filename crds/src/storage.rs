//! The volume of an institution.

#![expect(
    unreachable_pub,
    reason = "KubeSchema repeats each struct inside a function"
)]

use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{rules, schema};

/// The volume of an institution.
#[derive(KubeSchema, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Storage {
    /// The size of the volume with its unit, such as `50Gi`. It can grow, never shrink.
    #[schemars(schema_with = "schema::storage_size")]
    pub size: Quantity,
    /// The storage class; the cluster's default class if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 253))]
    #[x_kube(validation = rules::object_name())]
    pub storage_class_name: Option<String>,
    /// How the volume is mounted: by the pods of one node (`ReadWriteOnce`) or of several (`ReadWriteMany`).
    #[serde(default)]
    pub access_mode: AccessMode,
    /// A PersistentVolumeClaim in the institution's namespace to use instead of making one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 253))]
    #[x_kube(validation = rules::object_name())]
    pub existing_claim: Option<String>,
}

/// How the volume is mounted.
#[derive(JsonSchema, Serialize, Deserialize, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AccessMode {
    /// By the pods of one node.
    #[default]
    ReadWriteOnce,
    /// By the pods of several nodes.
    ReadWriteMany,
}
