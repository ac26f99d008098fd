//! tmp
use crate::answer::{Asking, Place};
use crate::respond::{self, Failure};
use acervo_tenancy::{Language, TenantTable};
use axum::response::Response;
pub(crate) fn asset(_: Asking<'_>, _: &str) -> Result<Response, Failure> {
    Err(Failure::NotFound)
}
pub(crate) async fn platform(_: Asking<'_>, _: &TenantTable) -> Result<Response, Failure> {
    Err(Failure::NotFound)
}
pub(crate) async fn institution(_: Asking<'_>, _: Place<'_>) -> Result<Response, Failure> {
    Err(Failure::NotFound)
}
pub(crate) async fn collection(
    _: Asking<'_>,
    _: Place<'_>,
    _: String,
) -> Result<Response, Failure> {
    Err(Failure::NotFound)
}
pub(crate) async fn item(
    _: Asking<'_>,
    _: Place<'_>,
    _: String,
    _: String,
) -> Result<Response, Failure> {
    Err(Failure::NotFound)
}
pub(crate) fn failure(_: Asking<'_>, _: Option<Place<'_>>, _: Language, f: &Failure) -> Response {
    respond::failure(f)
}
