//! A collection: where its images come from and what is said of all of them.

#![expect(
    unreachable_pub,
    reason = "KubeSchema repeats each struct inside a function"
)]

use acervo_tenancy::{CollectionName, LanguageMap};
use kube::KubeSchema;
use serde::{Deserialize, Serialize};

use crate::{rules, schema};

/// One collection of an institution.
#[derive(KubeSchema, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Collection {
    /// The name, part of every address of the collection; unique in the institution.
    #[schemars(schema_with = "schema::collection_name")]
    pub name: CollectionName,
    /// What people call the collection, by language tag; its name if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "schema::language_map")]
    pub label: Option<LanguageMap>,
    /// What the collection is, by language tag: plain text, with blank lines between paragraphs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "schema::long_language_map")]
    pub description: Option<LanguageMap>,
    /// The URI of the rights statement or licence of every item, such as `http://rightsstatements.org/vocab/NoC-OKLR/1.0/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2048))]
    #[x_kube(validation = rules::rights_uri())]
    pub rights: Option<String>,
    /// The attribution that viewers must show with every item, by language tag, such as `{es: Cortesía de la Biblioteca del Sur}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "schema::language_map")]
    pub required_statement: Option<LanguageMap>,
    /// What stands for `{collection}` in `spec.addresses`, where the old addresses wrote it otherwise; its name if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 80))]
    #[x_kube(validation = rules::address_name())]
    pub address_name: Option<String>,
    /// Where the images come from: exactly one of the fields.
    #[schemars(with = "SourceFields")]
    pub source: Source,
    /// When the source is read again without being asked; changes are noticed in any case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Schedule")]
    pub schedule: Option<Schedule>,
}

/// Where the images of a collection come from.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    /// A folder among what the institution hands over: one path segment.
    Directory(String),
    /// A bucket of an S3 service.
    S3(S3Source),
}

impl Source {
    /// The folder in `incoming/`, where the images come from one.
    #[must_use]
    pub fn directory(&self) -> Option<&str> {
        match self {
            Self::Directory(directory) => Some(directory),
            Self::S3(_) => None,
        }
    }

    /// The bucket, where the images come from one.
    #[must_use]
    pub fn s3(&self) -> Option<&S3Source> {
        match self {
            Self::Directory(_) => None,
            Self::S3(s3) => Some(s3),
        }
    }
}

/// [`Source`] as the schema writes it: an enum's own schema would need `oneOf`, whose refusals nobody
/// understands.
#[derive(KubeSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = rules::one_source())]
struct SourceFields {
    /// A folder among what the institution hands over (`incoming/` on its volume): one path segment, without `/`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 63))]
    #[x_kube(validation = rules::directory())]
    directory: Option<String>,
    /// A bucket of an S3 service.
    #[serde(skip_serializing_if = "Option::is_none")]
    s3: Option<S3Source>,
}

/// A bucket of an S3 service.
#[derive(KubeSchema, Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct S3Source {
    /// The address of the service, http or https; that of Amazon S3 in `region` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 512))]
    #[x_kube(validation = rules::http_uri())]
    pub endpoint: Option<String>,
    /// The bucket.
    #[schemars(length(max = 63))]
    #[x_kube(validation = rules::bucket())]
    pub bucket: String,
    /// The beginning of the keys that belong to the collection, without leading `/`; every key if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 512))]
    #[x_kube(validation = rules::key_prefix())]
    pub prefix: Option<String>,
    /// The region of the bucket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    #[x_kube(validation = rules::region())]
    pub region: Option<String>,
    /// The Secret in the institution's namespace with the keys `accessKeyId` and `secretAccessKey`; a public bucket needs none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 253))]
    #[x_kube(validation = rules::object_name())]
    pub credentials_secret: Option<String>,
}

/// When a source is read again.
#[derive(KubeSchema, Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Schedule {
    /// The five fields of cron: minute, hour, day of month, month, day of week, such as `0 3 * * *`.
    #[schemars(length(max = 100))]
    #[x_kube(validation = rules::cron())]
    pub cron: String,
    /// The time zone of `cron` by its IANA name, such as `America/Havana`; UTC if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    #[x_kube(validation = rules::time_zone())]
    pub time_zone: Option<String>,
}
