//! The text of a page as annotations.

use acervo_page_text::PageText;
use iiif_spec::presentation::{TextLine, TextPage, v2};

use super::manifest::below;
use super::{Api, answer, declared, etag, published, query};
use crate::address::Addresses;
use crate::answer::{Asking, Place};
use crate::respond::{Failure, Response};

/// The text of the page with `code`.
pub(crate) async fn text(
    asking: Asking<'_>,
    place: Place<'_>,
    api: Api,
    name: String,
    item: String,
    code: String,
) -> Result<Response, Failure> {
    let collection = declared(asking, place, &name)?;
    let page = code.clone();
    let found = query(asking, place, &name, move |catalogue| {
        let detail = published(catalogue.item(&item)?)?;
        let mut pages = detail.item.pages.iter();
        if !pages.any(|one| one.code == page && one.text.is_some()) {
            return Err(Failure::NotFound);
        }
        let words = catalogue.words(&page)?.ok_or(Failure::NotFound)?;
        Ok((detail, words))
    });
    let (detail, words) = found.await?.ok_or(Failure::NotFound)?;
    let addresses = Addresses::of(asking, place);
    let kind = format!("text {}", api.major());
    let etag = etag(
        asking,
        &addresses.base,
        &[&kind, &name, &detail.digest, &code],
    );
    answer(asking, api, &etag, || {
        let text: PageText = serde_json::from_str(&words)?;
        let lines: Vec<TextLine<'_>> = text
            .blocks
            .iter()
            .flat_map(|block| &block.lines)
            .map(|line| TextLine {
                text: &line.text,
                area: line
                    .area
                    .map(|area| (area.x, area.y, area.width, area.height)),
            })
            .collect();
        let item = &detail.item.name;
        let id = addresses.text(api.major(), collection, item, &code);
        let language = text.language.as_deref();
        Ok(match api {
            Api::V3 => {
                let manifest = addresses.manifest(collection, item);
                serde_json::to_vec(&TextPage::new(
                    &id,
                    below(&manifest),
                    &code,
                    language,
                    &lines,
                ))?
            }
            Api::V2 => {
                let manifest = addresses.manifest_2(collection, item);
                serde_json::to_vec(&v2::text(&id, below(&manifest), &code, language, &lines))?
            }
        })
    })
}
