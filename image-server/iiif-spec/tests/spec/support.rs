//! Asking an image for something, as a path.

use iiif_spec::{
    Evaluated, ImageRequest, RequestError, Rules, Source, StatusKind, Version, evaluate,
};

/// Rules that limit nothing.
pub(crate) const FREE: Rules = Rules {
    max_width: None,
    max_height: None,
    max_area: None,
    upscaling: false,
    strict_size: false,
};

/// What `region/size/rotation/quality.format` means for `source`.
pub(crate) fn ask(
    version: Version,
    path: &str,
    source: Source,
    rules: Rules,
) -> Result<Evaluated, RequestError> {
    let [region, size, rotation, rest] = path.split('/').collect::<Vec<_>>().try_into().unwrap();
    let request = ImageRequest::parse(version, region, size, rotation, rest)?;
    evaluate(&request, &source, &rules)
}

/// An image of 6000 × 4000 pixels.
pub(crate) const LANDSCAPE: Source = Source {
    width: 6000,
    height: 4000,
    gray: false,
};

/// How the error of `result` is answered.
#[track_caller]
pub(crate) fn kind<T: std::fmt::Debug>(result: Result<T, RequestError>) -> StatusKind {
    result.unwrap_err().status_kind()
}
