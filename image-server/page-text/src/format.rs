//! Which of the formats a file is.

use crate::error::TextError;
use crate::name::{self, Ending};

/// The formats of text that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// ALTO, versions 1 to 4: XML with the place of every word (Library of Congress).
    Alto,
    /// hOCR 1.2: HTML whose classes and titles say what is a line and where it is.
    Hocr,
    /// Text alone, in paragraphs.
    Plain,
}

impl Format {
    /// The format of `text`, in a file called `name`.
    ///
    /// The ending decides between text and markup; which markup it is, the first element says, so that ALTO
    /// called `.html` and hOCR called `.xml` are both read.
    ///
    /// # Errors
    ///
    /// [`TextError::NotAText`], with the format that the name promises.
    pub fn of(name: &str, text: &str) -> Result<Self, TextError> {
        let promised = match name::split(name) {
            Some((_, Ending::Xml)) => Self::Alto,
            Some((_, Ending::Html)) => Self::Hocr,
            Some((_, Ending::Text)) => return Ok(Self::Plain),
            None => return Err(TextError::NotAText(Self::Plain)),
        };
        match root(text) {
            Some("alto") => Ok(Self::Alto),
            Some(html) if html.eq_ignore_ascii_case("html") => Ok(Self::Hocr),
            // Fragments of hOCR, without `html` around them, are found out by reading them.
            Some(_) if promised == Self::Hocr => Ok(Self::Hocr),
            _ => Err(TextError::NotAText(promised)),
        }
    }
}

/// The name of the first element, without its prefix.
fn root(text: &str) -> Option<&str> {
    let mut rest = text;
    loop {
        rest = &rest[rest.find('<')? + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = &comment[comment.find("-->")?..];
        } else if let Some(doctype) = rest.strip_prefix('!') {
            rest = after_doctype(doctype)?;
        } else if let Some(instruction) = rest.strip_prefix('?') {
            rest = &instruction[instruction.find("?>")?..];
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))?;
            let name = &rest[..end];
            return Some(name.rsplit_once(':').map_or(name, |(_, local)| local));
        }
    }
}

/// What follows a document type definition, whose own part may stand between brackets.
fn after_doctype(doctype: &str) -> Option<&str> {
    let rest = &doctype[doctype.find(['>', '['])?..];
    match rest.strip_prefix('[') {
        Some(subset) => {
            let rest = &subset[subset.find(']')?..];
            Some(&rest[rest.find('>')?..])
        }
        None => Some(rest),
    }
}

#[cfg(test)]
mod tests {
    use super::root;

    #[test]
    fn the_first_element_is_found_behind_what_may_precede_it() {
        for (text, found) in [
            ("<alto>", Some("alto")),
            (
                "<?xml version=\"1.0\"?>\n<a:alto xmlns:a=\"x\">",
                Some("alto"),
            ),
            ("<!-- <html> -->\n<alto/>", Some("alto")),
            (
                "<!DOCTYPE html PUBLIC \"a\" \"b\">\n<html\nlang=es>",
                Some("html"),
            ),
            ("<!DOCTYPE x [<!ENTITY a \"<b>\">]><alto >", Some("alto")),
            ("texto", None),
            ("<", None),
            ("<!", None),
            ("<!-- ", None),
            ("", None),
        ] {
            assert_eq!(root(text), found, "{text}");
        }
    }
}
