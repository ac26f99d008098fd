//! What the sheets of a workbook share: where they are, strings, and which numbers are dates.

use quick_xml::events::Event;

use super::styles;
use crate::error::SheetError;
use crate::packed::Packed;
use crate::xml::{attribute, local, not_a_sheet, reader, text};

/// A workbook, without its cells.
#[derive(Default)]
pub(super) struct Book {
    /// Name and part of every sheet that is not hidden.
    pub(super) sheets: Vec<(String, String)>,
    /// The strings that cells name by number.
    pub(super) strings: Vec<String>,
    /// Of every style of cells, what its numbers are.
    pub(super) styles: Vec<styles::Kind>,
    /// Whether days are counted from 1904.
    pub(super) from_1904: bool,
}

/// One part that another names.
struct Relation {
    id: String,
    kind: String,
    path: String,
}

pub(super) fn open(packed: &mut Packed<'_>) -> Result<Book, SheetError> {
    let is = |kind: &'static str| move |relation: &&Relation| local_kind(relation) == kind;
    let package = relations(packed, "")?;
    let path = package
        .iter()
        .find(is("officeDocument"))
        .map_or("xl/workbook.xml", |relation| relation.path.as_str());
    let workbook = packed.part(path)?.ok_or_else(|| not_a_sheet(path))?;
    let relations = relations(packed, path)?;
    let mut book = Book::default();
    let mut reader = reader(&workbook);
    loop {
        match reader.read_event().map_err(not_a_sheet)? {
            Event::Start(element) => match local(element.name().as_ref()) {
                "workbookPr" => {
                    let declared = attribute(&element, "date1904")?;
                    book.from_1904 = declared.is_some_and(|value| value == "1" || value == "true");
                }
                "sheet" => {
                    let hidden = attribute(&element, "state")?;
                    let is_hidden = hidden.is_some_and(|state| state != "visible");
                    let name = attribute(&element, "name")?.unwrap_or_default();
                    let id = attribute(&element, "id")?.unwrap_or_default();
                    let mut worksheets = relations.iter().filter(is("worksheet"));
                    if let Some(relation) = worksheets.find(|relation| relation.id == id)
                        && !is_hidden
                    {
                        book.sheets.push((name, relation.path.clone()));
                    }
                }
                _ => {}
            },
            Event::Eof => break,
            _ => {}
        }
    }
    if let Some(relation) = relations.iter().find(is("sharedStrings"))
        && let Some(part) = packed.part(&relation.path)?
    {
        book.strings = strings(&part)?;
    }
    if let Some(relation) = relations.iter().find(is("styles"))
        && let Some(part) = packed.part(&relation.path)?
    {
        book.styles = styles::read(&part)?;
    }
    Ok(book)
}

/// The last word of a relation's kind, which is a URI of one of two families.
fn local_kind(relation: &Relation) -> &str {
    relation.kind.rsplit('/').next().unwrap_or_default()
}

/// What the part `path` names, or the package itself if it is empty.
fn relations(packed: &mut Packed<'_>, path: &str) -> Result<Vec<Relation>, SheetError> {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let prefix = if folder.is_empty() {
        String::new()
    } else {
        format!("{folder}/")
    };
    let Some(part) = packed.part(&format!("{prefix}_rels/{file}.rels"))? else {
        return Ok(Vec::new());
    };
    let mut relations = Vec::new();
    let mut reader = reader(&part);
    loop {
        match reader.read_event().map_err(not_a_sheet)? {
            Event::Start(element) if local(element.name().as_ref()) == "Relationship" => {
                let target = attribute(&element, "Target")?.unwrap_or_default();
                relations.push(Relation {
                    id: attribute(&element, "Id")?.unwrap_or_default(),
                    kind: attribute(&element, "Type")?.unwrap_or_default(),
                    path: resolve(folder, &target),
                });
            }
            Event::Eof => return Ok(relations),
            _ => {}
        }
    }
}

/// The name of the part that `target` leads to from a part in `folder`.
fn resolve(folder: &str, target: &str) -> String {
    let start = if target.starts_with('/') { "" } else { folder };
    let mut path: Vec<&str> = Vec::new();
    for segment in start.split('/').chain(target.split('/')) {
        match segment {
            "" | "." => {}
            ".." => drop(path.pop()),
            segment => path.push(segment),
        }
    }
    path.join("/")
}

fn strings(part: &[u8]) -> Result<Vec<String>, SheetError> {
    let mut strings = Vec::new();
    let mut string = String::new();
    let mut run = Run::default();
    let mut reader = reader(part);
    loop {
        let event = reader.read_event().map_err(not_a_sheet)?;
        match &event {
            Event::Start(element) => run.start(local(element.name().as_ref())),
            Event::End(element) => {
                let name = element.name();
                let name = local(name.as_ref());
                run.end(name);
                if name == "si" {
                    strings.push(unescaped(&std::mem::take(&mut string)));
                }
            }
            Event::Eof => return Ok(strings),
            event => string.extend(text(event).filter(|_| run.is_text())),
        }
    }
}

/// Whether the text of a rich string is text, or says how to pronounce it.
#[derive(Default)]
pub(super) struct Run {
    text: bool,
    phonetic: bool,
}

impl Run {
    pub(super) fn start(&mut self, name: &str) {
        self.text |= name == "t";
        self.phonetic |= name == "rPh";
    }

    pub(super) fn end(&mut self, name: &str) {
        self.text &= name != "t";
        self.phonetic &= name != "rPh";
    }

    pub(super) const fn is_text(&self) -> bool {
        self.text && !self.phonetic
    }
}

/// Excel writes characters that XML does not allow as `_x000D_`.
pub(super) fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let code = rest.get(2..6).filter(|_| rest.get(6..7) == Some("_"));
        let digits = |code: &&str| code.bytes().all(|b| b.is_ascii_hexdigit());
        let decoded = code
            .filter(digits)
            .and_then(|code| u32::from_str_radix(code, 16).ok())
            .and_then(char::from_u32);
        let (c, length) = decoded.map_or(('_', 1), |c| (c, 7));
        plain.push(c);
        rest = &rest[length..];
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::{resolve, unescaped};

    #[test]
    fn parts_are_found_from_where_they_are_named() {
        for (folder, target, expected) in [
            ("xl", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            (
                "xl",
                "/xl/worksheets/sheet1.xml",
                "xl/worksheets/sheet1.xml",
            ),
            ("xl/a", "../b.xml", "xl/b.xml"),
            ("", "../../b.xml", "b.xml"),
        ] {
            assert_eq!(resolve(folder, target), expected);
        }
    }

    #[test]
    fn escaped_characters_are_read() {
        assert_eq!(unescaped("a_x000D_\nb_x005F_x_xyz_x00"), "a\r\nb_x_xyz_x00");
    }
}
