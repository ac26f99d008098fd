//! Which numbers are dates: in a workbook only the style of the cell says it.

use std::collections::HashMap;

use quick_xml::events::Event;

use crate::error::SheetError;
use crate::xml::{attribute, local, not_a_sheet, reader};

/// What the numbers of a style are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    /// Days since the beginning of the workbook's calendar.
    Date,
}

/// What the numbers of every style of cells are, by its number.
pub(super) fn read(part: &[u8]) -> Result<Vec<Kind>, SheetError> {
    let mut formats: HashMap<u32, Kind> = HashMap::new();
    let mut styles = Vec::new();
    let mut in_cells = false;
    let mut reader = reader(part);
    loop {
        match reader.read_event().map_err(not_a_sheet)? {
            Event::Start(element) => match local(element.name().as_ref()) {
                "numFmt" => {
                    let code = attribute(&element, "formatCode")?.unwrap_or_default();
                    if let Some(id) = number(attribute(&element, "numFmtId")?) {
                        formats.insert(id, kind_of(&code));
                    }
                }
                "cellXfs" => in_cells = true,
                "xf" if in_cells => {
                    let id = number(attribute(&element, "numFmtId")?).unwrap_or_default();
                    let built_in = || match id {
                        // 18.8.30: dates and times; 27 to 36 and 50 to 58 are those of East Asia.
                        14..=22 | 27..=36 | 50..=58 => Kind::Date,
                        _ => Kind::Number,
                    };
                    styles.push(formats.get(&id).copied().unwrap_or_else(built_in));
                }
                _ => {}
            },
            Event::End(element) if local(element.name().as_ref()) == "cellXfs" => in_cells = false,
            Event::Eof => return Ok(styles),
            _ => {}
        }
    }
}

fn number(text: Option<String>) -> Option<u32> {
    text.and_then(|text| text.parse().ok())
}

/// What a format code makes of numbers: dates if it shows parts of them.
fn kind_of(code: &str) -> Kind {
    let mut characters = code.chars();
    while let Some(c) = characters.next() {
        match c {
            '"' => drop(characters.by_ref().find(|c| *c == '"')),
            '\\' | '_' | '*' => drop(characters.next()),
            '[' => {
                let inside: String = characters.by_ref().take_while(|c| *c != ']').collect();
                // `[h]:mm` shows how long something takes.
                if !inside.is_empty() && inside.chars().all(|c| "hmsHMS".contains(c)) {
                    return Kind::Number;
                }
            }
            'y' | 'Y' | 'd' | 'D' | 'm' | 'M' | 'h' | 'H' | 's' | 'S' => return Kind::Date,
            _ => {}
        }
    }
    Kind::Number
}

#[cfg(test)]
mod tests {
    use super::{Kind, kind_of};

    #[test]
    fn format_codes_tell_dates_from_numbers() {
        for (code, expected) in [
            ("yyyy-mm-dd", Kind::Date),
            ("[$-C0A]d \"de\" mmmm", Kind::Date),
            ("General", Kind::Number),
            ("0.00E+00", Kind::Number),
            ("#,##0\\ \"USD\"", Kind::Number),
            ("[Red]-0.00", Kind::Number),
            ("[h]:mm", Kind::Number),
            ("\"", Kind::Number),
        ] {
            assert_eq!(kind_of(code), expected, "{code}");
        }
    }
}
