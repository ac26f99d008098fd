//! What both kinds of workbooks need of XML.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::error::SheetError;

/// A reader of `bytes` to which `<a/>` is `<a></a>`.
pub(crate) fn reader(bytes: &[u8]) -> Reader<&[u8]> {
    let mut reader = Reader::from_reader(bytes);
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    config.check_end_names = false;
    reader
}

/// A name without its prefix.
pub(crate) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// The value of the attribute of that local name.
pub(crate) fn attribute(
    element: &BytesStart<'_>,
    name: &str,
) -> Result<Option<String>, SheetError> {
    for attribute in element.attributes().with_checks(false) {
        let attribute = attribute.map_err(not_a_sheet)?;
        let key = attribute.key.as_ref();
        // LibreOffice says types of its own beside those of the standard.
        if local(key) == name && !key.starts_with("calcext:") {
            let value = quick_xml::escape::unescape(attribute.value.as_ref());
            return Ok(Some(value.map_err(not_a_sheet)?.into_owned()));
        }
    }
    Ok(None)
}

/// The text that an event stands for, if it stands for any.
pub(crate) fn text(event: &Event<'_>) -> Option<String> {
    match event {
        Event::Text(text) => Some(text.xml10_content().into_owned()),
        Event::CData(text) => Some(text.xml10_content().into_owned()),
        Event::GeneralRef(entity) => {
            let entity = format!("&{};", entity.xml10_content());
            Some(quick_xml::escape::unescape(&entity).map_or_else(|_| String::new(), String::from))
        }
        _ => None,
    }
}

pub(crate) fn not_a_sheet(error: impl std::fmt::Display) -> SheetError {
    SheetError::NotASheet(error.to_string())
}
