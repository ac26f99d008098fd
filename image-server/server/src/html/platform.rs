//! The list of institutions.

use acervo_pages::{self as pages, Frame, InstitutionCard, Named, PlatformPage};
use acervo_tenancy::TenantTable;

use super::cards::from;
use super::html;
use crate::answer::{Asking, Place, language};
use crate::document::query;
use crate::respond::{Failure, Response};

/// The image of an institution is at least as large, in pixels.
const OF_INSTITUTION: u32 = 400;

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
        for collection in &tenant.collections {
            let name = collection.name.as_str();
            let opening = query(asking, place, name, |catalogue| {
                Ok((catalogue.summary().items, catalogue.entries(None, 0, 1)?))
            });
            // A damaged catalogue costs its own collection, not the list it is in.
            let (count, first) = opening
                .await
                .unwrap_or_else(|error| {
                    tracing::error!(collection = name, %error, "a collection is shown empty");
                    None
                })
                .unwrap_or_default();
            items += count;
            let cover = first.into_iter().find_map(|entry| entry.cover);
            thumbnail = thumbnail.or(cover.map(|page| from(&base, name, &page, OF_INSTITUTION)));
        }
        found.push((format!("{base}/"), items, thumbnail));
    }
    let institutions = table
        .tenants
        .iter()
        .zip(&found)
        .map(|(tenant, (url, items, thumbnail))| InstitutionCard {
            institution: Named {
                label: &tenant.display_name,
                url,
            },
            items: *items,
            thumbnail: thumbnail.clone(),
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
        theme: None,
        logo: None,
        search_url: None,
        share_image: None,
        alternates: &[],
    };
    html(asking, frame.language, pages::platform(&frame, &page))
}
