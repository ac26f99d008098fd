//! Collections, in both versions: of an institution, of a collection and its parts, of volumes.

use acervo_catalogue::Entry;
use acervo_record::Record;
use acervo_tenancy::Collection;
use iiif_spec::presentation::{self, Description, LanguageValues, Reference, plain, v2};

use super::describe::{cover, description, label, provider, required, small, thumbnail, values};
use super::{Api, answer, declared, etag, find, generation, query};
use crate::address::Addresses;
use crate::answer::{Asking, Place};
use crate::respond::{Failure, Response};

/// Entries of one document; a larger collection is a Collection of parts.
const PART: u64 = 1000;

/// The institution's Collection: its collections.
pub(crate) fn institution(
    asking: Asking<'_>,
    place: Place<'_>,
    api: Api,
) -> Result<Response, Failure> {
    let addresses = Addresses::of(asking, place);
    let tenant = place.tenant;
    let etag = etag(
        asking,
        &addresses.base,
        &["institution", &api.major().to_string()],
    );
    let head = Head {
        id: addresses.institution(api.major()),
        label: values(&tenant.display_name),
        summary: tenant.pages.about.as_ref().map(values).unwrap_or_default(),
        page: addresses.home(),
        part_of: None,
        of: None,
    };
    let parts = tenant.collections.iter().map(|collection| Part {
        id: addresses.collection(api.major(), collection.name.as_str()),
        label: values(&collection.label),
    });
    answer(asking, api, &etag, || {
        document(api, &addresses, head, parts.collect(), &[])
    })
}

/// A collection's Collection: its items, or its parts where they are many.
pub(crate) async fn collection(
    asking: Asking<'_>,
    place: Place<'_>,
    api: Api,
    name: String,
) -> Result<Response, Failure> {
    listing(asking, place, api, name, None).await
}

/// Part `number` of a large collection.
pub(crate) async fn part(
    asking: Asking<'_>,
    place: Place<'_>,
    api: Api,
    name: String,
    number: u64,
) -> Result<Response, Failure> {
    listing(asking, place, api, name, Some(number)).await
}

async fn listing(
    asking: Asking<'_>,
    place: Place<'_>,
    api: Api,
    name: String,
    number: Option<u64>,
) -> Result<Response, Failure> {
    let collection = declared(asking, place, &name)?;
    let addresses = Addresses::of(asking, place);
    let major = api.major();
    let state = generation(asking, place, &name).to_string();
    let which = number.map(|number| number.to_string()).unwrap_or_default();
    let etag = etag(
        asking,
        &addresses.base,
        &["collection", &major.to_string(), &name, &which, &state],
    );
    // It takes long to list what was listed before.
    if let Some(known) = asking.state.documents.get(etag.as_str()) {
        return answer(asking, api, &etag, || Ok(known.to_vec()));
    }
    let (top, entries) = query(asking, place, &name, move |catalogue| {
        let top = catalogue.summary().top;
        let count = top.div_ceil(PART);
        let entries = match number {
            None if count > 1 => Vec::new(),
            None => catalogue.entries(None, 0, PART)?,
            Some(number) if count > 1 && (1..=count).contains(&number) => {
                catalogue.entries(None, (number - 1) * PART, PART)?
            }
            Some(_) => return Err(Failure::NotFound),
        };
        Ok((top, entries))
    })
    .await?
    .unwrap_or_default();
    let count = top.div_ceil(PART);
    if number.is_some() && count < 2 {
        return Err(Failure::NotFound);
    }
    let whole = Part {
        id: addresses.collection(major, &name),
        label: values(&collection.label),
    };
    let (id, label, part_of) = match number {
        None => {
            let institution = Part {
                id: addresses.institution(major),
                label: values(&place.tenant.display_name),
            };
            (whole.id, whole.label, institution)
        }
        Some(number) => (
            addresses.part(major, &name, number),
            part_label(&whole.label, number, top),
            whole,
        ),
    };
    let head = Head {
        id,
        label: label.clone(),
        summary: collection
            .description
            .as_ref()
            .map(values)
            .unwrap_or_default(),
        page: addresses.collection_page(&name),
        part_of: Some(part_of),
        of: Some((collection, None)),
    };
    let parts = (1..=count)
        .filter(|_| count > 1 && number.is_none())
        .map(|number| Part {
            id: addresses.part(major, &name, number),
            label: part_label(&label, number, top),
        });
    answer(asking, api, &etag, || {
        document(api, &addresses, head, parts.collect(), &entries)
    })
}

/// The Collection of the volumes of an item.
pub(crate) async fn volumes(
    asking: Asking<'_>,
    place: Place<'_>,
    api: Api,
    name: String,
    item: String,
) -> Result<Response, Failure> {
    let collection = declared(asking, place, &name)?;
    let detail = find(asking, place, &name, item.clone()).await?;
    if !detail.item.pages.is_empty() {
        return Err(Failure::NotFound);
    }
    let volumes = query(asking, place, &name, move |catalogue| {
        Ok(catalogue.entries(Some(&item), 0, PART * PART)?)
    });
    let volumes = volumes.await?.unwrap_or_default();
    let addresses = Addresses::of(asking, place);
    let major = api.major();
    let state = generation(asking, place, &name).to_string();
    let item = &detail.item;
    let etag = etag(
        asking,
        &addresses.base,
        &["volumes", &major.to_string(), &name, &item.name, &state],
    );
    let head = Head {
        id: addresses.volumes(major, &name, &item.name),
        label: label(&item.record, &item.name),
        summary: LanguageValues::new(),
        page: addresses.item_page(&name, &item.name),
        part_of: Some(Part {
            id: addresses.collection(major, &name),
            label: values(&collection.label),
        }),
        of: Some((collection, Some((&item.name, &item.record)))),
    };
    answer(asking, api, &etag, || {
        document(api, &addresses, head, Vec::new(), &volumes)
    })
}

/// `Mapas (1–1000)`.
fn part_label(label: &LanguageValues, number: u64, top: u64) -> LanguageValues {
    let (first, last) = ((number - 1) * PART + 1, (number * PART).min(top));
    label
        .iter()
        .map(|(tag, texts)| {
            let of = |text: &String| format!("{text} ({first}–{last})");
            (tag.clone(), texts.iter().map(of).collect())
        })
        .collect()
}

/// A collection in a collection.
struct Part {
    id: String,
    label: LanguageValues,
}

/// What a Collection says of itself.
struct Head<'c> {
    id: String,
    label: LanguageValues,
    summary: LanguageValues,
    /// Its page.
    page: String,
    part_of: Option<Part>,
    /// The collection, and the item whose volumes it holds.
    of: Option<(&'c Collection, Option<(&'c str, &'c Record)>)>,
}

fn document(
    api: Api,
    addresses: &Addresses<'_>,
    head: Head<'_>,
    parts: Vec<Part>,
    entries: &[Entry],
) -> Result<Vec<u8>, Failure> {
    Ok(match api {
        Api::V3 => serde_json::to_vec(&version_3(addresses, head, parts, entries))?,
        Api::V2 => serde_json::to_vec(&version_2(addresses, head, parts, entries))?,
    })
}

fn version_3(
    addresses: &Addresses<'_>,
    head: Head<'_>,
    parts: Vec<Part>,
    entries: &[Entry],
) -> presentation::Collection {
    let part_of = head
        .part_of
        .map(|part| Reference::collection(part.id, part.label));
    let mut said = match head.of {
        Some((collection, Some((name, record)))) => Description {
            behavior: vec!["multi-part"],
            ..description(addresses, collection, name, record, head.id)
        },
        of => Description {
            id: head.id,
            label: head.label.clone(),
            summary: head.summary,
            required_statement: of
                .and_then(|(collection, _)| collection.required_statement.as_ref())
                .and_then(|statement| required(values(statement))),
            provider: vec![provider(addresses, addresses.tenant)],
            homepage: vec![Reference::page(head.page, head.label)],
            ..Description::default()
        },
    };
    said.part_of = part_of.into_iter().collect();
    let parts = parts
        .into_iter()
        .map(|part| Reference::collection(part.id, part.label));
    let collection = head.of.map(|(collection, _)| collection);
    let items = collection.into_iter().flat_map(|collection| {
        entries
            .iter()
            .map(move |entry| entry_3(addresses, collection, entry))
    });
    presentation::Collection::new(said, parts.chain(items).collect())
}

fn entry_3(addresses: &Addresses<'_>, collection: &Collection, entry: &Entry) -> Reference {
    let small = cover(addresses, collection, entry);
    let small = small.map(|(services, page)| thumbnail(&services, &page));
    let label = label(&entry.record, &entry.name);
    if entry.pages == 0 {
        let id = addresses.volumes(3, collection.name.as_str(), &entry.name);
        return Reference::multi_part(id, label, small);
    }
    let date = entry
        .record
        .date
        .as_ref()
        .map(|date| date.navigation.clone());
    Reference::manifest(
        addresses.manifest(collection, &entry.name),
        label,
        date,
        small,
    )
}

fn version_2(
    addresses: &Addresses<'_>,
    head: Head<'_>,
    parts: Vec<Part>,
    entries: &[Entry],
) -> serde_json::Value {
    let said = v2::Description {
        viewing_hint: head
            .of
            .is_some_and(|(_, work)| work.is_some())
            .then_some("multi-part"),
        id: head.id,
        label: if head.label.is_empty() {
            plain("")
        } else {
            head.label
        },
        description: head.summary,
        related: head.page,
        within: head.part_of.map(|part| part.id),
        ..v2::Description::default()
    };
    let mut collections: Vec<v2::Reference> = parts
        .into_iter()
        .map(|part| v2::Reference {
            id: part.id,
            label: part.label,
            thumbnail: None,
        })
        .collect();
    let mut manifests = Vec::new();
    for (collection, entry) in head
        .of
        .into_iter()
        .flat_map(|(collection, _)| entries.iter().map(move |entry| (collection, entry)))
    {
        let image = cover(addresses, collection, entry).map(|(services, page)| {
            let (width, height) = small(page.stored.width, page.stored.height);
            v2::Image {
                service: services.v2,
                request: format!("full/{width},/0/default.jpg"),
                width,
                height,
            }
        });
        let reference = |id| v2::Reference {
            id,
            label: label(&entry.record, &entry.name),
            thumbnail: image,
        };
        if entry.pages == 0 {
            let id = addresses.volumes(2, collection.name.as_str(), &entry.name);
            collections.push(reference(id));
        } else {
            manifests.push(reference(addresses.manifest_2(collection, &entry.name)));
        }
    }
    v2::collection(&said, &collections, &manifests)
}
