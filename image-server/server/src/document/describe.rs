//! From records to the words of documents.

use std::collections::BTreeMap;

use acervo_catalogue::{Entry, Page};
use acervo_record::{Property, Record, Text};
use acervo_tenancy::{Collection, Language, LanguageMap, Tenant};
use iiif_spec::presentation::{Description, ImageResource, LanguageValues, Pair, Reference, plain};

use tiff_pyramid::Layout;

use crate::address::{Addresses, Services};
use crate::theme;

/// The longest side of a small image is at least this, in pixels, and less than twice as much.
const SMALL: u32 = 200;

/// The sizes of the stored levels of an image, the smallest first: those that cost no decoding.
pub(crate) fn levels(width: u32, height: u32) -> Vec<(u32, u32)> {
    let layout = Layout::new(width, height, acervo_pixels::TILE);
    let levels = layout.iter().flat_map(|layout| layout.levels());
    let mut sizes: Vec<_> = levels.map(|level| (level.width, level.height)).collect();
    sizes.reverse();
    sizes
}

/// The largest stored level with no side longer than `most`, or else the smallest.
pub(crate) fn level_within(width: u32, height: u32, most: u32) -> (u32, u32) {
    let levels = levels(width, height);
    let fits = |(width, height): &&(u32, u32)| *width.max(height) <= most;
    let fitting = levels.iter().rev().find(fits);
    fitting
        .or(levels.first())
        .copied()
        .unwrap_or((width, height))
}

/// The smallest stored level with a side of at least `least`, or else the largest.
pub(crate) fn level_from(width: u32, height: u32, least: u32) -> (u32, u32) {
    let levels = levels(width, height);
    let enough = levels
        .iter()
        .find(|(width, height)| *width.max(height) >= least);
    enough.or(levels.last()).copied().unwrap_or((width, height))
}

/// The size of the small image of a page.
pub(crate) fn small(width: u32, height: u32) -> (u32, u32) {
    level_from(width, height, SMALL)
}

/// What an institution writes, by language; what is in none has the tag `none`.
pub(crate) fn values(map: &LanguageMap) -> LanguageValues {
    map.0
        .iter()
        .map(|(tag, text)| {
            let tag = if tag == "und" { "none" } else { tag };
            (tag.to_owned(), vec![text.clone()])
        })
        .collect()
}

/// The texts of a record, by language.
pub(super) fn texts(texts: &[Text]) -> LanguageValues {
    let mut values = LanguageValues::new();
    for text in texts {
        let tag = text.language.clone().unwrap_or_else(|| "none".to_owned());
        values.entry(tag).or_default().push(text.text.clone());
    }
    values
}

/// A record's label; its name, if it has none.
pub(super) fn label(record: &Record, name: &str) -> LanguageValues {
    if record.label.is_empty() {
        plain(name)
    } else {
        texts(&record.label)
    }
}

/// A word of ours in every language.
fn word(of: impl Fn(Language) -> &'static str) -> LanguageValues {
    Language::ALL
        .into_iter()
        .map(|language| (language.tag().to_owned(), vec![of(language).to_owned()]))
        .collect()
}

/// What a record says beside label and summary.
pub(super) fn metadata(record: &Record) -> Vec<Pair> {
    let pair = |entry: &acervo_record::Entry| Pair {
        label: match &entry.property {
            Property::Term(term) => word(|language| term.label(language)),
            Property::Other(heading) => texts(heading),
        },
        value: texts(&entry.values),
    };
    record.metadata.iter().map(pair).collect()
}

/// What must be shown with an item: its own statement, or that of its collection.
pub(super) fn statement(record: &Record, collection: &Collection) -> LanguageValues {
    if record.statement.is_empty() {
        let of_all = collection.required_statement.as_ref();
        of_all.map(values).unwrap_or_default()
    } else {
        texts(&record.statement)
    }
}

/// A statement with its label.
pub(super) fn required(statement: LanguageValues) -> Option<Pair> {
    let attribution = |language| match language {
        Language::Es => "Atribución",
        Language::En => "Attribution",
    };
    (!statement.is_empty()).then(|| Pair {
        label: word(attribution),
        value: statement,
    })
}

/// What a document about an item says of it.
pub(super) fn description(
    addresses: &Addresses<'_>,
    collection: &Collection,
    name: &str,
    record: &Record,
    id: String,
) -> Description {
    let tenant = addresses.tenant;
    let own = label(record, name);
    let page = Reference::page(
        addresses.item_page(collection.name.as_str(), name),
        own.clone(),
    );
    let elsewhere = record.homepage.iter().map(|link| {
        let label = if link.label.is_empty() {
            own.clone()
        } else {
            texts(&link.label)
        };
        Reference::page(link.url.clone(), label)
    });
    let row = (*record != Record::default()).then(|| {
        let format = Some("application/json".to_owned());
        Reference::data(
            addresses.record(collection, name),
            LanguageValues::new(),
            format,
        )
    });
    let see_also = record
        .see_also
        .iter()
        .map(|link| Reference::data(link.url.clone(), texts(&link.label), link.format.clone()));
    Description {
        id,
        label: own.clone(),
        summary: texts(&record.summary),
        metadata: metadata(record),
        required_statement: required(statement(record, collection)),
        rights: record.rights.clone().or_else(|| collection.rights.clone()),
        nav_date: record.date.as_ref().map(|date| date.navigation.clone()),
        behavior: record
            .behavior
            .iter()
            .map(|behavior| behavior.as_str())
            .collect(),
        viewing_direction: record.viewing_direction.map(|direction| direction.as_str()),
        provider: vec![provider(addresses, tenant)],
        homepage: [page].into_iter().chain(elsewhere).collect(),
        see_also: see_also.chain(row).collect(),
        part_of: Vec::new(),
        thumbnail: None,
    }
}

/// The institution as provider (Presentation API 3.0, section 3.1).
pub(super) fn provider(addresses: &Addresses<'_>, tenant: &Tenant) -> Reference {
    let label = values(&tenant.display_name);
    let homepage = tenant.homepage.clone().unwrap_or_else(|| addresses.home());
    let logo = theme::logo_url(&addresses.base, tenant)
        .map(|(url, kind)| ImageResource::picture(url, kind));
    Reference::agent(
        addresses.home(),
        label.clone(),
        Some(Reference::page(homepage, label)),
        logo,
    )
}

/// The small image of a page.
pub(super) fn thumbnail(services: &Services, page: &Page) -> ImageResource {
    let (width, height) = small(page.stored.width, page.stored.height);
    let request = format!("full/{width},{height}/0/default.jpg");
    ImageResource::new(&services.v3, &services.v2, &request, width, height)
}

/// The small image of an entry of a listing. Of a work in volumes it is that of a volume, whose name and
/// number no kept address needs to know.
pub(super) fn cover(
    addresses: &Addresses<'_>,
    collection: &Collection,
    entry: &Entry,
) -> Option<(Services, Page)> {
    let page = entry.cover.clone()?;
    let number = entry.record.thumbnail.unwrap_or(1) as usize;
    Some((
        addresses.services(collection, &entry.name, number, &page),
        page,
    ))
}

/// No texts.
pub(super) fn nothing() -> LanguageValues {
    BTreeMap::new()
}
