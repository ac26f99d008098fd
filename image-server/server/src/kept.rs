//! Addresses that an institution published before it came here: what they name is answered as at its own
//! addresses.

use acervo_tenancy::{ImageVersion, KeptKind, Values};
use iiif_spec::Version;

use crate::answer::{Asking, Place};
use crate::document::{self, Api, query};
use crate::image;
use crate::respond::{Failure, Response};

/// Answers what is asked of a kept address: a manifest, or `rest` of an image.
pub(crate) async fn answer(
    asking: Asking<'_>,
    place: Place<'_>,
    kind: KeptKind,
    values: &Values,
    rest: &str,
) -> Result<Response, Failure> {
    if place.tenant.suspended {
        return Err(Failure::Suspended);
    }
    match kind {
        KeptKind::Manifest => {
            let collection = place
                .tenant
                .kept_collection(values)
                .ok_or(Failure::NotFound)?;
            let item = values.item.clone().ok_or(Failure::NotFound)?;
            let name = collection.name.to_string();
            document::manifest(asking, place, Api::accepted(asking), name, item).await
        }
        KeptKind::Image => of_image(asking, place, values, rest).await,
    }
}

async fn of_image(
    asking: Asking<'_>,
    place: Place<'_>,
    values: &Values,
    rest: &str,
) -> Result<Response, Failure> {
    let version = match values.image_version() {
        ImageVersion::V2 => Version::V2,
        ImageVersion::V3 => Version::V3,
    };
    let identifier = match &values.identifier {
        Some(identifier) => identifier.clone(),
        None => identifier(asking, place, values).await?,
    };
    let base = place.tenant.kept.url(KeptKind::Image, asking.asked, values);
    let asking = Asking {
        kept: base.as_deref(),
        ..asking
    };
    let segments: Vec<&str> = rest.split('/').skip(1).collect();
    match segments.as_slice() {
        [] | [""] => image::base(asking, place, version, &identifier).await,
        ["info.json"] => image::info(asking, place, version, &identifier).await,
        [region, size, rotation, quality] => {
            let parameters = [*region, *size, *rotation, *quality];
            image::image(asking, place, version, &identifier, parameters).await
        }
        _ => Err(Failure::NotFound),
    }
}

/// The identifier of the image that an item and a page or a file name.
async fn identifier(
    asking: Asking<'_>,
    place: Place<'_>,
    values: &Values,
) -> Result<String, Failure> {
    let collection = place
        .tenant
        .kept_collection(values)
        .ok_or(Failure::NotFound)?;
    let name = collection.name.as_str();
    let named = values.item.clone().unwrap_or_default();
    let values = values.clone();
    let code = query(asking, place, name, move |catalogue| {
        let item = values.item.as_deref().unwrap_or_default();
        let number = values.page.map(std::num::NonZeroU32::get);
        Ok(catalogue.code(item, number, values.file.as_deref())?)
    });
    let Some(code) = code.await?.flatten() else {
        // Whether the item is gone or never was.
        document::find(asking, place, name, named).await?;
        return Err(Failure::NotFound);
    };
    Ok(format!("{name}.{code}"))
}
