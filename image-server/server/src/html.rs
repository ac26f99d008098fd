//! Pages: from the catalogue and the tenant table to the records that the page crate draws.

use acervo_catalogue::{Item, Page};
use acervo_pages::{
    self as pages, CONTENT_SECURITY_POLICY, CollectionCard, CollectionPage, Frame, Image,
    InstitutionCard, InstitutionPage, ItemCard, ItemPage, Named, PageImage, Paging, PlatformPage,
    Problem, Turn, assets,
};
use acervo_tenancy::{Bilingual, Language, LanguageMap, Tenant, TenantTable};
use axum::body::Body;
use axum::http::header;
use axum::response::Response;
use bytes::Bytes;
use iiif_spec::{Source, Version};

use crate::admission::AdmissionError;
use crate::answer::{Asking, Place, language};
use crate::document::{declared, find, manifest_url, query, segment, services, thumbnail_size};
use crate::image;
use crate::respond::{self, Failure, Keep};

/// Items on one page of a collection.
const PER_PAGE: usize = 48;
/// Items shown on the institution's page.
const FEATURED: u64 = 6;

/// The list of institutions.
pub(crate) async fn platform(asking: Asking<'_>, table: &TenantTable) -> Result<Response, Failure> {
    let mut found = Vec::new();
    for tenant in &table.tenants {
        let place = Place {
            tenant,
            address: tenant.primary(),
        };
        let base = tenant.primary().base_url(asking.asked);
        let (mut items, mut thumbnail) = (0, None);
        for (count, first) in openings(asking, place, 1).await?.1 {
            items += count;
            thumbnail = thumbnail.or(first
                .first()
                .and_then(|(name, item)| image_of(&base, name, item)));
        }
        found.push((format!("{base}/"), items, thumbnail));
    }
    let institutions = table
        .tenants
        .iter()
        .zip(&found)
        .map(|(tenant, (url, items, thumbnail))| {
            let institution = Named {
                label: &tenant.display_name,
                url,
            };
            InstitutionCard {
                institution,
                items: *items,
                thumbnail: thumbnail.clone(),
            }
        });
    let page = PlatformPage {
        institutions: institutions.collect(),
    };
    let origin = format!("{}://{}", asking.asked.scheme, asking.asked.authority);
    let frame = Frame {
        language: language(asking, table.language),
        query: asking.query,
        base: "",
        assets_base: "",
        canonical: Some(&format!("{origin}/")),
        institutions_url: None,
    };
    Ok(html(asking, frame.language, pages::platform(&frame, &page)))
}

/// An institution's page.
pub(crate) async fn institution(asking: Asking<'_>, place: Place<'_>) -> Result<Response, Failure> {
    let around = Around::of(asking, place);
    let (urls, openings) = openings(asking, place, FEATURED).await?;
    let tenant = place.tenant;
    let cards = tenant.collections.iter().zip(&urls).zip(&openings);
    let collections = cards.map(|((collection, url), (items, first))| CollectionCard {
        collection: Named {
            label: &collection.label,
            url,
        },
        items: *items,
        thumbnail: first
            .first()
            .and_then(|(name, item)| image_of(&around.base, name, item)),
    });
    // One item of each collection in turn, so that no collection fills the page.
    let depth = openings
        .iter()
        .map(|(_, items)| items.len())
        .max()
        .unwrap_or(0);
    let mixed: Vec<&(String, Item)> = (0..depth)
        .flat_map(|row| openings.iter().filter_map(move |(_, items)| items.get(row)))
        .take(usize::try_from(FEATURED).unwrap_or(6))
        .collect();
    let labels = Labels::of(
        mixed
            .iter()
            .map(|(name, item)| (around.item_url(name, &item.name), item)),
    );
    let featured = mixed
        .iter()
        .zip(&labels.0)
        .map(|((name, item), (url, label))| item_card(&around.base, name, item, url, label));
    let page = InstitutionPage {
        institution: around.institution(),
        homepage: tenant.homepage.as_deref(),
        collection_url: &format!("{}/presentation/3/collection.json", around.base),
        collections: collections.collect(),
        featured: featured.collect(),
    };
    let canonical = format!("{}/", around.primary);
    let frame = around.frame(asking, &canonical);
    Ok(html(
        asking,
        frame.language,
        pages::institution(&frame, &page),
    ))
}

/// A collection's page.
pub(crate) async fn collection(
    asking: Asking<'_>,
    place: Place<'_>,
    name: String,
) -> Result<Response, Failure> {
    let collection = declared(asking, place, &name)?;
    let number = parameter(asking, "page").unwrap_or(1);
    let (paging, items) = query(asking, place, &name, move |catalogue| {
        let total = catalogue.summary().items;
        let paging = Paging::new(number, total, PER_PAGE).ok_or(Failure::NotFound)?;
        Ok((
            paging,
            catalogue.items(paging.offset() as u64, PER_PAGE as u64)?,
        ))
    })
    .await?
    .or_else(|| Paging::new(number, 0, PER_PAGE).map(|paging| (paging, Vec::new())))
    .ok_or(Failure::NotFound)?;
    let around = Around::of(asking, place);
    let labels = Labels::of(
        items
            .iter()
            .map(|item| (around.item_url(&name, &item.name), item)),
    );
    let cards = items
        .iter()
        .zip(&labels.0)
        .map(|(item, (url, label))| item_card(&around.base, &name, item, url, label));
    let page = CollectionPage {
        institution: around.institution(),
        collection: Named {
            label: &collection.label,
            url: &around.collection_url(&name),
        },
        rights: collection.rights.as_deref(),
        items: cards.collect(),
        paging,
        collection_url: &format!("{}/presentation/3/{name}/collection.json", around.base),
    };
    let canonical = format!("{}/{name}/", around.primary);
    let frame = around.frame(asking, &canonical);
    Ok(html(
        asking,
        frame.language,
        pages::collection(&frame, &page),
    ))
}

/// An item's page.
pub(crate) async fn item(
    asking: Asking<'_>,
    place: Place<'_>,
    name: String,
    item: String,
) -> Result<Response, Failure> {
    let collection = declared(asking, place, &name)?;
    let item = find(asking, place, &name, item).await?;
    let wanted = item.name.clone();
    let (before, after) = query(asking, place, &name, move |catalogue| {
        Ok(catalogue.neighbours(&wanted)?)
    })
    .await?
    .unwrap_or_default();
    let number = parameter(asking, "page").unwrap_or(1);
    let turn = Turn::new(number, item.pages.len()).ok_or(Failure::NotFound)?;
    let shown = item.pages.get(number - 1).ok_or(Failure::NotFound)?;
    let around = Around::of(asking, place);
    let (service, _) = services(&around.base, &name, shown);
    let strip = turn.strip().filter_map(|number| item.pages.get(number - 1));
    let beside = |other: Option<String>| {
        other.map(|other| (label_of(&other), around.item_url(&name, &other)))
    };
    let (previous, next) = (beside(before), beside(after));
    let label = label_of(&item.name);
    let page = ItemPage {
        institution: around.institution(),
        collection: Named {
            label: &collection.label,
            url: &around.collection_url(&name),
        },
        item: Named {
            label: &label,
            url: &around.item_url(&name, &item.name),
        },
        turn,
        shown: PageImage {
            label: if item.pages.len() > 1 {
                &shown.label
            } else {
                ""
            },
            info_url: &format!("{service}/info.json"),
            width: shown.stored.width,
            height: shown.stored.height,
            preview: preview(asking, place, &service, shown),
            larger_url: &format!("{service}/full/max/0/default.jpg"),
        },
        strip: strip
            .map(|page| (page.label.as_str(), small(&around.base, &name, page)))
            .collect(),
        manifest_url: &manifest_url(&around.primary, &name, &item.name),
        rights: collection.rights.as_deref(),
        previous: previous.as_ref().map(|(label, url)| Named { label, url }),
        next: next.as_ref().map(|(label, url)| Named { label, url }),
    };
    let canonical = format!("{}/{name}/{}/", around.primary, segment(&item.name));
    let frame = around.frame(asking, &canonical);
    Ok(html(asking, frame.language, pages::item(&frame, &page)))
}

/// A failure, as a page for readers.
pub(crate) fn failure(
    asking: Asking<'_>,
    place: Option<Place<'_>>,
    default: Language,
    failure: &Failure,
) -> Response {
    let why;
    let problem = match failure {
        Failure::NotFound => Problem::NotFound,
        Failure::Gone => Problem::Gone,
        Failure::Suspended => Problem::Suspended,
        Failure::Admission(AdmissionError::Busy) => Problem::Busy,
        Failure::Request(error) => {
            let (es, en) = error.bilingual();
            why = Bilingual { es, en };
            Problem::BadRequest(Some(&why))
        }
        Failure::Admission(AdmissionError::TooLarge) => Problem::BadRequest(None),
        _ => Problem::Internal,
    };
    let language = language(asking, place.map_or(default, |p| p.tenant.default_language));
    let base = place
        .map(|p| p.address.base_url(asking.asked))
        .unwrap_or_default();
    let frame = Frame {
        language,
        query: asking.query,
        base: &base,
        assets_base: &base,
        canonical: None,
        institutions_url: None,
    };
    let url = format!("{base}/");
    let institution = place.map(|p| Named {
        label: &p.tenant.display_name,
        url: &url,
    });
    let text = pages::problem(&frame, institution, problem);
    let mut response = respond::failure_head(failure);
    page_headers(&mut response, language);
    *response.body_mut() = Body::from(text);
    response
}

/// An embedded file.
pub(crate) fn asset(asking: Asking<'_>, path: &str) -> Result<Response, Failure> {
    let found = assets::get(path).ok_or(Failure::NotFound)?;
    let asset = found.asset;
    let keep = if found.immutable {
        Keep::Forever
    } else {
        Keep::Ask
    };
    let zipped = asking
        .headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accepted| accepted.contains("gzip"));
    // Another coding is another representation, with a tag of its own.
    let (bytes, etag) = if zipped {
        (asset.gzip, asset.etag().replacen('"', "\"gz-", 1))
    } else {
        (asset.bytes, asset.etag())
    };
    let mut response = respond::body(
        asking.headers,
        &etag,
        asset.content_type,
        keep,
        Bytes::from_static(bytes),
    );
    let headers = response.headers_mut();
    respond::insert(headers, header::VARY, "Accept-Encoding");
    if zipped {
        respond::insert(headers, header::CONTENT_ENCODING, "gzip");
    }
    Ok(response)
}

/// What every page of an institution has about it.
struct Around<'t> {
    tenant: &'t Tenant,
    /// The base URL at the address that was asked: links stay there.
    base: String,
    /// The base URL that documents name.
    primary: String,
    start: String,
    institutions: Option<String>,
}

impl<'t> Around<'t> {
    fn of(asking: Asking<'_>, place: Place<'t>) -> Self {
        let base = place.address.base_url(asking.asked);
        let primary = place.tenant.primary().base_url(asking.asked);
        let start = format!("{base}/");
        let listed =
            asking.state.table.load().lists_institutions && !place.address.prefix.is_empty();
        let institutions =
            listed.then(|| format!("{}://{}/", asking.asked.scheme, asking.asked.authority));
        Self {
            tenant: place.tenant,
            base,
            primary,
            start,
            institutions,
        }
    }

    fn frame<'a>(&'a self, asking: Asking<'a>, canonical: &'a str) -> Frame<'a> {
        Frame {
            language: language(asking, self.tenant.default_language),
            query: asking.query,
            base: &self.base,
            // The platform's own assets serve all institutions of its host.
            assets_base: if self.institutions.is_some() {
                ""
            } else {
                &self.base
            },
            canonical: Some(canonical),
            institutions_url: self.institutions.as_deref(),
        }
    }

    fn institution(&self) -> Named<'_> {
        Named {
            label: &self.tenant.display_name,
            url: &self.start,
        }
    }

    fn collection_url(&self, collection: &str) -> String {
        format!("{}/{collection}/", self.base)
    }

    fn item_url(&self, collection: &str, item: &str) -> String {
        format!("{}/{collection}/{}/", self.base, segment(item))
    }
}

/// Items in all and the first few, by collection; with the collections' URLs.
async fn openings(
    asking: Asking<'_>,
    place: Place<'_>,
    limit: u64,
) -> Result<(Vec<String>, Vec<(u64, Vec<(String, Item)>)>), Failure> {
    let base = place.address.base_url(asking.asked);
    let (mut urls, mut openings) = (Vec::new(), Vec::new());
    for collection in &place.tenant.collections {
        let name = collection.name.to_string();
        urls.push(format!("{base}/{name}/"));
        let opening = query(asking, place, &name, move |catalogue| {
            Ok((catalogue.summary().items, catalogue.items(0, limit)?))
        });
        // A damaged catalogue costs its own collection, not the list it is in.
        let (items, first) = match opening.await {
            Ok(opening) => opening.unwrap_or_default(),
            Err(error) => {
                tracing::error!(collection = name, %error, "a collection is shown empty");
                (0, Vec::new())
            }
        };
        openings.push((
            items,
            first.into_iter().map(|item| (name.clone(), item)).collect(),
        ));
    }
    Ok((urls, openings))
}

/// URLs and labels that cards refer to.
struct Labels(Vec<(String, LanguageMap)>);

impl Labels {
    fn of<'i>(items: impl Iterator<Item = (String, &'i Item)>) -> Self {
        Self(
            items
                .map(|(url, item)| (url, label_of(&item.name)))
                .collect(),
        )
    }
}

/// A name that is in no language.
fn label_of(name: &str) -> LanguageMap {
    LanguageMap::from([("und", name)])
}

fn item_card<'a>(
    base: &str,
    collection: &str,
    item: &Item,
    url: &'a str,
    label: &'a LanguageMap,
) -> ItemCard<'a> {
    ItemCard {
        item: Named { label, url },
        pages: item.pages.len() as u64,
        thumbnail: image_of(base, collection, item),
    }
}

fn image_of(base: &str, collection: &str, item: &Item) -> Option<Image> {
    item.pages.first().map(|page| small(base, collection, page))
}

/// The smallest stored level.
fn small(base: &str, collection: &str, page: &Page) -> Image {
    let (service, _) = services(base, collection, page);
    let (width, height) = thumbnail_size(page.stored.width, page.stored.height);
    let src = format!("{service}/full/{width},{height}/0/default.jpg");
    Image {
        src,
        srcset: None,
        width,
        height,
    }
}

/// The image before deep zoom: the smallest level, and one twice as large for wide screens.
fn preview(asking: Asking<'_>, place: Place<'_>, service: &str, page: &Page) -> Image {
    let (width, height) = thumbnail_size(page.stored.width, page.stored.height);
    let larger = (
        page.stored.width.min(width * 2),
        page.stored.height.min(height * 2),
    );
    let url =
        |(width, height): (u32, u32)| format!("{service}/full/{width},{height}/0/default.jpg");
    let request = iiif_spec::ImageRequest::parse(
        Version::V3,
        "full",
        &format!("{},{}", larger.0, larger.1),
        "0",
        "default.jpg",
    );
    let source = Source {
        width: page.stored.width,
        height: page.stored.height,
    };
    // A size over the limits is not offered.
    let offered = larger.0 > width
        && request.is_ok_and(|request| {
            iiif_spec::evaluate(
                &request,
                &source,
                &image::rules(asking, place, (source.width, source.height)),
            )
            .is_ok()
        });
    let srcset = offered.then(|| {
        format!(
            "{} {width}w, {} {}w",
            url((width, height)),
            url(larger),
            larger.0
        )
    });
    Image {
        src: url((width, height)),
        srcset,
        width,
        height,
    }
}

/// A number in the query.
fn parameter(asking: Asking<'_>, name: &str) -> Option<usize> {
    asking
        .query
        .split('&')
        .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')?.parse().ok())
}

fn html(asking: Asking<'_>, language: Language, text: String) -> Response {
    let etag = format!("\"{}\"", &blake3::hash(text.as_bytes()).to_hex()[..32]);
    let mut response = respond::body(
        asking.headers,
        &etag,
        "text/html; charset=utf-8",
        Keep::Ask,
        text.into(),
    );
    page_headers(&mut response, language);
    response
}

fn page_headers(response: &mut Response, language: Language) {
    let headers = response.headers_mut();
    respond::insert(headers, header::CONTENT_TYPE, "text/html; charset=utf-8");
    respond::insert(headers, header::CONTENT_LANGUAGE, language.tag());
    respond::insert(headers, header::VARY, "Accept-Language, Host");
    respond::insert(
        headers,
        header::CONTENT_SECURITY_POLICY,
        CONTENT_SECURITY_POLICY,
    );
}
