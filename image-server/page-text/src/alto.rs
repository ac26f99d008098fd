//! ALTO: the XML of recognised pages, versions 1 to 4 (Library of Congress, `alto.xsd` of each).
//!
//! Elements go by their local names, because each version has a namespace of its own, and prefixes are free.

mod line;
mod page;
mod shape;

use quick_xml::XmlVersion;
use quick_xml::events::attributes::AttrError;
use quick_xml::events::{BytesStart, Event};

use self::page::Page;
use crate::error::{Damage, TextError};
use crate::language;
use crate::page::PageText;

/// The most attributes of an element that are looked at; the schemas have a dozen.
const MAX_ATTRIBUTES: usize = 64;

/// The first page of an ALTO file.
///
/// # Errors
///
/// [`TextError::Damaged`] if that page is no well-formed XML or breaks off, [`TextError::TooLarge`].
pub(crate) fn read(text: &str) -> Result<PageText, TextError> {
    let mut xml = quick_xml::Reader::from_str(text);
    let mut page = Page::default();
    loop {
        let damaged = |position: u64, what: String| {
            let end = usize::try_from(position).unwrap_or(usize::MAX);
            let before = text.bytes().take(end);
            let line = before.filter(|byte| *byte == b'\n').count() + 1;
            TextError::Damaged(Damage::Xml { line, what })
        };
        let event = xml
            .read_event()
            .map_err(|error| damaged(xml.error_position(), error.to_string()))?;
        let attributes = |start: &BytesStart<'_>| {
            Attributes::of(start).map_err(|error| damaged(xml.buffer_position(), error.to_string()))
        };
        match event {
            Event::Start(start) => {
                page.start(start.local_name().as_ref(), &attributes(&start)?)?;
            }
            Event::Empty(start) => {
                let name = start.local_name();
                page.start(name.as_ref(), &attributes(&start)?)?;
                page.end(name.as_ref())?;
            }
            Event::End(end) => page.end(end.local_name().as_ref())?,
            Event::Text(text) => page.text(&text.xml10_content()),
            Event::Eof => return Err(TextError::Damaged(page.ended_early())),
            // A document type too: what it declares is not read.
            _ => {}
        }
        if page.is_over() {
            return Ok(page.finish());
        }
    }
}

/// The attributes of an element by their local names, entities of XML read.
struct Attributes(Vec<(String, String)>);

impl Attributes {
    fn of(start: &BytesStart<'_>) -> Result<Self, AttrError> {
        let mut found = Vec::new();
        for attribute in start.attributes().with_checks(false).take(MAX_ATTRIBUTES) {
            let attribute = attribute?;
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                // An entity that XML does not name: it stays as it is written.
                .unwrap_or_else(|_| attribute.value.clone());
            let name = attribute.key.local_name().as_ref().to_owned();
            found.push((name, value.into_owned()));
        }
        Ok(Self(found))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// `xml:lang` and `LANG` of all versions, `language` of text blocks before version 3.
    fn language(&self) -> Option<String> {
        ["LANG", "lang", "language"]
            .into_iter()
            .find_map(|name| self.get(name))
            .and_then(language::tag)
    }
}
