//! An institution's page.

use acervo_catalogue::Entry;
use acervo_pages::{self as pages, CollectionCard, Image, InstitutionPage, Named};

use super::cards::{Card, from, request, sizes};
use super::{Around, html};
use crate::answer::{Asking, Place};
use crate::document::query;
use crate::respond::{Failure, Response};

/// Items that the page shows.
const FEATURED: usize = 9;
/// Entries of a collection among which featured ones are looked for.
const LOOKED_AT: u64 = 24;
/// The image of a collection is at least as large, in pixels.
const OF_COLLECTION: u32 = 400;
/// The image that opens the page is about as wide.
const HERO: u32 = 1200;

/// What the page knows of a collection.
#[derive(Default)]
struct Opening {
    items: u64,
    entries: Vec<Entry>,
}

/// An institution's page.
pub(crate) async fn institution(asking: Asking<'_>, place: Place<'_>) -> Result<Response, Failure> {
    let mut around = Around::of(asking, place);
    let tenant = place.tenant;
    let mut openings = Vec::new();
    for collection in &tenant.collections {
        openings.push(opening(asking, place, collection.name.as_str()).await);
    }
    let urls: Vec<String> = tenant
        .collections
        .iter()
        .map(|collection| around.collection_url(collection.name.as_str()))
        .collect();
    let collections = tenant.collections.iter().zip(&urls).zip(&openings);
    let collections = collections.map(|((collection, url), opening)| CollectionCard {
        collection: Named {
            label: &collection.label,
            url,
        },
        description: collection.description.as_ref(),
        items: opening.items,
        thumbnail: opening
            .entries
            .iter()
            .find_map(|entry| entry.cover.as_ref())
            .map(|page| from(&around.base, collection.name.as_str(), page, OF_COLLECTION)),
    });
    let collections = collections.collect();
    let featured = featured(asking, place, openings).await;
    let hero = featured.first().and_then(|(collection, entry)| {
        let page = entry.cover.as_ref()?;
        let image = large(&around.base, collection, page);
        Some((
            Card::of(&around, collection, entry).showing(image.clone()),
            image,
        ))
    });
    let cards: Vec<Card> = featured
        .iter()
        .skip(usize::from(hero.is_some()))
        .map(|(collection, entry)| Card::of(&around, collection, entry))
        .collect();
    around.share = hero.as_ref().map(|(_, image)| image.src.clone());
    let page = InstitutionPage {
        institution: around.institution(),
        about: tenant.pages.about.as_ref(),
        homepage: tenant.homepage.as_deref(),
        collection_url: &format!("{}/presentation/3/collection.json", around.primary),
        collections,
        hero: hero.as_ref().map(|(card, _)| card.view()),
        featured: cards.iter().map(Card::view).collect(),
    };
    let canonical = format!("{}/", around.primary);
    let frame = around.frame(asking, &canonical);
    html(asking, frame.language, pages::institution(&frame, &page))
}

/// A damaged catalogue costs its own collection, not the page it is on.
async fn opening(asking: Asking<'_>, place: Place<'_>, collection: &str) -> Opening {
    let found = query(asking, place, collection, |catalogue| {
        Ok(Opening {
            items: catalogue.summary().items,
            entries: catalogue.entries(None, 0, LOOKED_AT)?,
        })
    });
    match found.await {
        Ok(opening) => opening.unwrap_or_default(),
        Err(error) => {
            tracing::error!(collection, %error, "a collection is shown empty");
            Opening::default()
        }
    }
}

/// What the page shows first: the items that the resource names, those that a sheet marks, then one of
/// each collection in turn, so that no collection fills the page.
async fn featured(
    asking: Asking<'_>,
    place: Place<'_>,
    openings: Vec<Opening>,
) -> Vec<(String, Entry)> {
    let mut shown: Vec<(String, Entry)> = Vec::new();
    for wanted in &place.tenant.pages.featured {
        let (collection, item) = (wanted.collection.as_str(), wanted.item.clone());
        let found = query(asking, place, collection, move |catalogue| {
            Ok(catalogue.entry(&item)?)
        });
        // One that is not there is left out.
        if let Ok(Some(Some(entry))) = found.await {
            shown.push((collection.to_owned(), entry));
        }
    }
    let names = place.tenant.collections.iter().map(|c| c.name.to_string());
    let all: Vec<(String, Vec<Entry>)> = names
        .zip(openings.into_iter().map(|opening| opening.entries))
        .collect();
    let marked = all.iter().flat_map(|(name, entries)| {
        let marked = entries.iter().filter(|entry| entry.record.featured);
        marked.map(move |entry| (name, entry))
    });
    let depth = all
        .iter()
        .map(|(_, entries)| entries.len())
        .max()
        .unwrap_or(0);
    let mixed = (0..depth).flat_map(|row| {
        all.iter()
            .filter_map(move |(name, entries)| Some((name, entries.get(row)?)))
    });
    for (name, entry) in marked.chain(mixed) {
        if shown.len() >= FEATURED {
            break;
        }
        let is_shown = |(of, other): &(String, Entry)| of == name && other.name == entry.name;
        if !shown.iter().any(is_shown) {
            shown.push((name.clone(), entry.clone()));
        }
    }
    shown
}

/// A large image of a page, with smaller forms for smaller windows; all of them stored levels.
fn large(base: &str, collection: &str, page: &acervo_catalogue::Page) -> Image {
    let mut sizes = sizes(page);
    let enough = sizes.iter().position(|(width, _)| *width >= HERO);
    sizes.truncate(enough.map_or(sizes.len(), |at| at + 1));
    let (width, height) = sizes.last().copied().unwrap_or_default();
    let forms: Vec<String> = sizes
        .iter()
        .map(|size| format!("{} {}w", request(base, collection, page, *size), size.0))
        .collect();
    Image {
        src: request(base, collection, page, (width, height)),
        srcset: (forms.len() > 1).then(|| forms.join(", ")),
        width,
        height,
    }
}
