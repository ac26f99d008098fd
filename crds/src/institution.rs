//! The resource: one institution of the platform.
//!
//! The types accept fields they do not know, because an operator must still read what was stored by a
//! platform newer than itself; unknown fields in what people write are refused by the API server and
//! by [`crate::validate`].

#![expect(
    unreachable_pub,
    reason = "KubeSchema repeats each struct inside a function"
)]

use acervo_tenancy::{Language, LanguageMap};
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::addresses::Addresses;
use crate::collection::Collection;
use crate::images::{ColorProfiles, Images};
use crate::pages::Pages;
use crate::status::IiifInstitutionStatus;
use crate::storage::Storage;
use crate::{rules, schema};

/// What an institution wants of the platform.
#[derive(CustomResource, KubeSchema, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[kube(
    group = "acervo.dev",
    version = "v1alpha1",
    kind = "IiifInstitution",
    shortname = "inst",
    doc = "An institution (library, archive, museum) that publishes its images on this platform through IIIF.",
    status = "IiifInstitutionStatus",
    derive = "PartialEq",
    validation = rules::institution_name(),
    validation = rules::institution_not_reserved(),
    printcolumn(
        name = "Ready",
        type_ = "string",
        description = "Whether readers can use the addresses",
        json_path = r#".status.conditions[?(@.type=="Ready")].status"#
    ),
    printcolumn(
        name = "URL",
        type_ = "string",
        description = "The primary address",
        json_path = ".status.url"
    ),
    printcolumn(
        name = "Published",
        type_ = "integer",
        description = "Items that readers can see",
        json_path = ".status.published"
    ),
    printcolumn(
        name = "Refused",
        type_ = "integer",
        description = "Files that ingest refused; the report of the collection says why",
        json_path = ".status.refused"
    ),
    printcolumn(
        name = "Servers",
        type_ = "string",
        description = "Whether image servers answer, and how far they are with what is wanted of them",
        json_path = r#".status.conditions[?(@.type=="ServerAvailable")].reason"#
    ),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    printcolumn(
        name = "Message",
        type_ = "string",
        description = "Why it is ready or not",
        json_path = r#".status.conditions[?(@.type=="Ready")].message"#,
        priority = 1
    )
)]
#[x_kube(validation = rules::storage_grows())]
#[serde(rename_all = "camelCase")]
pub struct IiifInstitutionSpec {
    /// What people call the institution, by language tag, such as `{es: Biblioteca del Sur, en: Southern Library}`. At least one language.
    #[schemars(schema_with = "schema::language_map")]
    pub display_name: LanguageMap,
    /// The institution's own web site, an http or https address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2048))]
    #[x_kube(validation = rules::http_uri())]
    pub homepage: Option<String>,
    /// The language of its pages when the reader asks for none: `es` or `en`.
    #[serde(default)]
    #[schemars(schema_with = "schema::language")]
    pub default_language: Language,
    /// Further host names under which the institution answers, at most 15. Their DNS entries must lead to the platform. A host belongs to the institution that claimed it first; hosts of the platform itself cannot be claimed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "schema::hostnames")]
    pub hostnames: Vec<String>,
    /// Addresses that the institution published before it came here, and keeps, letter by letter. Their hosts can be shared with other institutions: each has the part of them that its addresses begin with, and what an older institution has claimed is that one's. DNS entries must lead to the platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addresses: Option<Addresses>,
    /// The plan, by its name in the platform's configuration: resources, replicas, limits.
    #[serde(default = "smallest_plan")]
    #[schemars(length(min = 1, max = 63))]
    pub plan: String,
    /// The volume that holds what the institution hands over and what is published of it.
    pub storage: Storage,
    /// The collections, in the order in which the institution's page shows them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["name".into()]))]
    pub collections: Vec<Collection>,
    /// What the institution's pages show of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<Pages>,
    /// What may be asked of the institution's images.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub images: Option<Images>,
    /// Who may look into the institution's namespace and hand over files: groups and users as the cluster's authentication names them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    pub access: Vec<Access>,
    /// Whether the institution is suspended: nothing of it is served, nothing is lost.
    #[serde(default)]
    pub suspend: bool,
    /// What happens to namespace and volume when this resource is deleted: `Retain` keeps them until the same institution is applied again, `Delete` deletes them for good. With `storage.existingClaim` they are kept in any case.
    #[serde(default)]
    pub deletion_policy: DeletionPolicy,
}

impl IiifInstitutionSpec {
    /// What becomes of images with a colour profile.
    #[must_use]
    pub fn color_profiles(&self) -> ColorProfiles {
        let images = self.images.as_ref();
        images.map_or_else(ColorProfiles::default, |images| images.color_profiles)
    }
}

/// Somebody who may look into the institution's namespace: exactly one of the fields.
#[derive(KubeSchema, Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = rules::one_subject())]
pub struct Access {
    /// A group, as the cluster's authentication names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 256))]
    #[x_kube(validation = rules::not_everybody())]
    pub group: Option<String>,
    /// A user, as the cluster's authentication names them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 256))]
    #[x_kube(validation = rules::not_everybody())]
    pub user: Option<String>,
}

/// What happens to namespace and volume when the resource is deleted.
#[derive(JsonSchema, Serialize, Deserialize, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DeletionPolicy {
    /// They are kept, and found again when the same institution is applied again.
    #[default]
    Retain,
    /// They are deleted for good.
    Delete,
}

/// The plan of an institution that names none.
fn smallest_plan() -> String {
    crate::platform::SMALL.to_owned()
}
