//! Addresses that the institution published before, and keeps.

#![expect(
    unreachable_pub,
    reason = "KubeSchema repeats each struct inside a function"
)]

use acervo_tenancy::{KeptKind, Template, TemplateError};
use kube::KubeSchema;
use serde::{Deserialize, Serialize};

use crate::rules;

/// Templates of addresses that the institution published before, and keeps.
#[derive(KubeSchema, Serialize, Deserialize, Debug, Clone, PartialEq, Eq, Default)]
#[serde(rename_all = "camelCase")]
pub struct Addresses {
    /// The address of a manifest, such as `https://images.example.org/iiif/{collection}/{item}/manifest.json`, with `{item}` and, where they stand in it, `{institution}` and `{collection}`. Without `{collection}` it is that of items of the first collection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 512))]
    #[x_kube(
        validation = rules::address(),
        validation = rules::address_begins_fixed(),
        validation = rules::address_separated(),
        validation = rules::manifest_address()
    )]
    pub manifest: Option<String>,
    /// The base address of an image (what stands before `/info.json`), such as `https://images.example.org/iiif/2/{identifier}`, with `{identifier}`, or with `{item}` and either `{page}` (its number, from 1) or `{file}` (the name of its file); and, where they stand in it, `{institution}`, `{collection}` and `{version}` (2 or 3). Without `{version}` it speaks version 2 of the Image API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 512))]
    #[x_kube(
        validation = rules::address(),
        validation = rules::address_begins_fixed(),
        validation = rules::address_separated(),
        validation = rules::image_address()
    )]
    pub image: Option<String>,
}

impl Addresses {
    /// The templates, read: each with its kind, or why it is none.
    pub fn templates(
        &self,
    ) -> impl Iterator<Item = (KeptKind, Result<Template, TemplateError>)> + '_ {
        let written = [
            (KeptKind::Manifest, &self.manifest),
            (KeptKind::Image, &self.image),
        ];
        written
            .into_iter()
            .filter_map(|(kind, text)| Some((kind, Template::read(text.as_deref()?, kind))))
    }

    /// The path of the field that has the template of a kind.
    #[must_use]
    pub fn field(kind: KeptKind) -> &'static str {
        match kind {
            KeptKind::Manifest => "spec.addresses.manifest",
            KeptKind::Image => "spec.addresses.image",
        }
    }

    /// Forgets the template of a kind.
    pub fn remove(&mut self, kind: KeptKind) {
        match kind {
            KeptKind::Manifest => self.manifest = None,
            KeptKind::Image => self.image = None,
        }
    }
}
