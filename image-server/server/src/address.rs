//! The addresses of what an institution publishes, as documents name them.

use std::num::NonZeroU32;

use acervo_catalogue::Page;
use acervo_tenancy::{Asked, Collection, ImageVersion, KeptKind, Tenant, Values};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::answer::{Asking, Place};

/// What stays as it is in a path segment (RFC 3986, unreserved).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A name as a path segment, or as a value in a query.
pub(crate) fn segment(name: &str) -> String {
    utf8_percent_encode(name, SEGMENT).to_string()
}

/// The base URIs of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Services {
    pub(crate) v3: String,
    pub(crate) v2: String,
}

/// The addresses of an institution: below its primary address, or those that it published before.
#[derive(Debug, Clone)]
pub(crate) struct Addresses<'a> {
    pub(crate) tenant: &'a Tenant,
    asked: &'a Asked,
    /// The base URL that documents name.
    pub(crate) base: String,
}

impl<'a> Addresses<'a> {
    pub(crate) fn of(asking: Asking<'a>, place: Place<'a>) -> Self {
        Self {
            tenant: place.tenant,
            asked: asking.asked,
            base: place.tenant.primary().base_url(asking.asked),
        }
    }

    /// The institution's page.
    pub(crate) fn home(&self) -> String {
        format!("{}/", self.base)
    }

    /// A collection's page.
    pub(crate) fn collection_page(&self, collection: &str) -> String {
        format!("{}/{collection}/", self.base)
    }

    /// An item's page.
    pub(crate) fn item_page(&self, collection: &str, item: &str) -> String {
        format!("{}/{collection}/{}/", self.base, segment(item))
    }

    /// The institution's Collection in version `major` of the Presentation API.
    pub(crate) fn institution(&self, major: u8) -> String {
        format!("{}/presentation/{major}/collection.json", self.base)
    }

    /// A collection's Collection.
    pub(crate) fn collection(&self, major: u8, collection: &str) -> String {
        format!(
            "{}/presentation/{major}/{collection}/collection.json",
            self.base
        )
    }

    /// Part `number` of a large collection's Collection, from 1.
    pub(crate) fn part(&self, major: u8, collection: &str, number: u64) -> String {
        format!(
            "{}/presentation/{major}/{collection}/parts/{number}/collection.json",
            self.base
        )
    }

    /// The Collection of the volumes of an item.
    pub(crate) fn volumes(&self, major: u8, collection: &str, item: &str) -> String {
        let item = segment(item);
        format!(
            "{}/presentation/{major}/{collection}/{item}/collection.json",
            self.base
        )
    }

    /// An item's Manifest in 3.0: where it was published before, if that is kept.
    pub(crate) fn manifest(&self, collection: &Collection, item: &str) -> String {
        let values = || Values {
            collection: Some(collection.name_in_addresses().to_owned()),
            item: Some(item.to_owned()),
            ..Values::default()
        };
        self.tenant
            .kept_for(KeptKind::Manifest, collection)
            .and_then(|_| {
                self.tenant
                    .kept
                    .url(KeptKind::Manifest, self.asked, &values())
            })
            .unwrap_or_else(|| self.below(3, collection, item, "manifest.json"))
    }

    /// An item's Manifest in 2.1.
    pub(crate) fn manifest_2(&self, collection: &Collection, item: &str) -> String {
        self.below(2, collection, item, "manifest.json")
    }

    /// What is known of an item, as data.
    pub(crate) fn record(&self, collection: &Collection, item: &str) -> String {
        self.below(3, collection, item, "record.json")
    }

    /// The text of a page.
    pub(crate) fn text(
        &self,
        major: u8,
        collection: &Collection,
        item: &str,
        code: &str,
    ) -> String {
        self.below(major, collection, item, &format!("text/{code}.json"))
    }

    fn below(&self, major: u8, collection: &Collection, item: &str, what: &str) -> String {
        let (name, item) = (&collection.name, segment(item));
        format!("{}/presentation/{major}/{name}/{item}/{what}", self.base)
    }

    /// The base URIs of the image of a page, the `number`th of its item: where it was published before,
    /// in the versions that are kept.
    pub(crate) fn services(
        &self,
        collection: &Collection,
        item: &str,
        number: usize,
        page: &Page,
    ) -> Services {
        let identifier = format!("{}.{}", collection.name, page.code);
        let plain = |major: u8| format!("{}/image/{major}/{identifier}", self.base);
        let Some(template) = self.tenant.kept_for(KeptKind::Image, collection) else {
            return Services {
                v3: plain(3),
                v2: plain(2),
            };
        };
        let file = page.source.path.rsplit('/').next();
        let kept = |version| {
            let values = Values {
                collection: Some(collection.name_in_addresses().to_owned()),
                item: Some(item.to_owned()),
                identifier: Some(identifier.clone()),
                page: u32::try_from(number).ok().and_then(NonZeroU32::new),
                file: file.map(str::to_owned),
                version: Some(version),
            };
            self.tenant.kept.url(KeptKind::Image, self.asked, &values)
        };
        let v3 = template
            .names_version()
            .then(|| kept(ImageVersion::V3))
            .flatten();
        Services {
            v3: v3.unwrap_or_else(|| plain(3)),
            v2: kept(ImageVersion::V2).unwrap_or_else(|| plain(2)),
        }
    }
}
