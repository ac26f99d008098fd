//! A failure, as a page for readers.

use acervo_pages::{self as pages, Frame, Named, Problem};
use acervo_tenancy::{Bilingual, Language};
use bytes::Bytes;

use super::page_headers;
use crate::admission::AdmissionError;
use crate::answer::{Asking, Place, language};
use crate::respond::{self, Failure, Response};

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
    let search = format!("{base}/search");
    let can_search = place.is_some() && !matches!(failure, Failure::Suspended);
    let frame = Frame {
        language,
        query: asking.query,
        base: &base,
        assets_base: &base,
        canonical: None,
        institutions_url: None,
        theme: None,
        logo: None,
        search_url: can_search.then_some(&search),
        share_image: None,
        alternates: &[],
    };
    let url = format!("{base}/");
    let institution = place.map(|p| Named {
        label: &p.tenant.display_name,
        url: &url,
    });
    let text = pages::problem(&frame, institution, problem);
    let mut response = respond::failure_head(failure);
    page_headers(&mut response, language);
    *response.body_mut() = Bytes::from(text).into();
    response
}
