//! CSV and its relatives: encoding, delimiter, quotes.
//!
//! What people's programs write differs from RFC 4180 in many ways, and rows must keep the numbers that the
//! spreadsheet program shows, blank ones counted; so the reader is our own.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use crate::error::SheetError;
use crate::grid::Grid;
use crate::limits;
use crate::note::Problem;
use crate::roles;

const DELIMITERS: [u8; 4] = *b",;\t|";
/// How many records are looked at to tell the delimiter.
const SAMPLE: usize = 20;
/// After so many quotation marks that do not close, none is taken for one.
const BAD_QUOTES: u32 = 100;
/// How far a quotation mark may be from the one that closes it, in bytes.
const FARTHEST: usize = limits::CELL * 8;

/// The text of `bytes`, and what is worth knowing of how it was told.
pub(crate) fn decode(bytes: &[u8]) -> (Cow<'_, str>, Option<Problem>) {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        let (text, damaged) = encoding.decode_without_bom_handling(&bytes[length..]);
        return (text, damaged.then_some(Problem::EncodingDamaged));
    }
    let (text, damaged) = UTF_8.decode_without_bom_handling(bytes);
    if !damaged {
        return (text, None);
    }
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    (text, Some(Problem::EncodingGuessed))
}

/// The cells of `text`, which is separated by `preferred` if nothing speaks for another delimiter.
pub(crate) fn read(text: &str, preferred: u8) -> Result<Grid, SheetError> {
    let (declared, text) = declared_delimiter(text);
    let delimiter = declared.unwrap_or_else(|| detect(text, preferred));
    let mut records = Records::new(text, delimiter);
    let mut grid = Grid::default();
    let mut number = 0_u32;
    let mut fields = Vec::new();
    while let Some(bad_quote) = records.next(&mut fields) {
        number = number.saturating_add(1);
        for (column, field) in fields.iter().enumerate() {
            grid.push(number, column, field)?;
        }
        if let Some(column) = bad_quote {
            grid.fault(number, column, Problem::UnbalancedQuotes);
        }
    }
    Ok(grid)
}

/// Excel's first line `sep=;`, which its users never see, and the text below it.
fn declared_delimiter(text: &str) -> (Option<u8>, &str) {
    let line = text.split(['\r', '\n']).next().unwrap_or_default();
    let trimmed = line.trim_matches(['"', ' ']);
    let declared = match trimmed.get(..4) {
        Some(start) if start.eq_ignore_ascii_case("sep=") => match trimmed.as_bytes()[4..] {
            [delimiter] if delimiter.is_ascii() => delimiter,
            // The tab itself may have been trimmed away, or others follow it.
            [] => b'\t',
            _ => return (None, text),
        },
        _ => return (None, text),
    };
    let below = &text[line.len()..];
    let below = below
        .strip_prefix("\r\n")
        .or_else(|| below.strip_prefix(['\r', '\n']));
    (Some(declared), below.unwrap_or_default())
}

/// The delimiter that makes the most known headings, else the one that makes the most fields.
fn detect(text: &str, preferred: u8) -> u8 {
    let score = |delimiter: u8| {
        let mut records = Records::new(text, delimiter);
        let mut fields = Vec::new();
        let mut known = 0;
        let mut count = 0;
        for _ in 0..SAMPLE {
            if records.next(&mut fields).is_none() {
                break;
            }
            let headings = fields.iter().take(limits::COLUMNS);
            known = known.max(headings.filter(|field| roles::is_known(field)).count());
            count += fields.len() - 1;
        }
        (known, delimiter == preferred && count > 0, count)
    };
    DELIMITERS
        .into_iter()
        .rev()
        .max_by_key(|delimiter| score(*delimiter))
        .unwrap_or(preferred)
}

/// The records of a text, one after the other, blank ones too.
struct Records<'a> {
    text: &'a str,
    at: usize,
    delimiter: u8,
    bad_quotes: u32,
}

/// What ends a field.
#[derive(PartialEq)]
enum End {
    Field,
    Record,
}

impl<'a> Records<'a> {
    const fn new(text: &'a str, delimiter: u8) -> Self {
        Self {
            text,
            at: 0,
            delimiter,
            bad_quotes: 0,
        }
    }

    /// Puts the fields of the next record into `fields`. `None` at the end; `Some(Some(column))` if a
    /// quotation mark of that column does not close.
    fn next(&mut self, fields: &mut Vec<Cow<'a, str>>) -> Option<Option<usize>> {
        fields.clear();
        if self.at >= self.text.len() {
            return None;
        }
        let mut bad = None;
        loop {
            let (field, end) = match self.quoted() {
                Some(Ok(found)) => found,
                Some(Err(())) => {
                    bad = bad.or(Some(fields.len()));
                    self.bad_quotes += 1;
                    self.plain()
                }
                None => self.plain(),
            };
            // Fields beyond the limit are told by one more, so that a line of commas costs nothing.
            if fields.len() <= limits::COLUMNS || !field.trim().is_empty() {
                fields.push(field);
            }
            if end == End::Record || fields.len() > limits::COLUMNS * 2 {
                return Some(bad);
            }
        }
    }

    /// Up to the next delimiter or line break.
    fn plain(&mut self) -> (Cow<'a, str>, End) {
        let rest = &self.text.as_bytes()[self.at..];
        let length = rest
            .iter()
            .position(|byte| *byte == self.delimiter || matches!(byte, b'\r' | b'\n'))
            .unwrap_or(rest.len());
        let field = &self.text[self.at..self.at + length];
        let (end, skip) = self.end(self.at + length);
        self.at += length + skip;
        (Cow::Borrowed(field), end)
    }

    /// What ends a field at `at`, and its length.
    fn end(&self, at: usize) -> (End, usize) {
        match self.text.as_bytes().get(at..).unwrap_or_default() {
            [byte, ..] if *byte == self.delimiter => (End::Field, 1),
            [b'\r', b'\n', ..] => (End::Record, 2),
            [_, ..] => (End::Record, 1),
            [] => (End::Record, 0),
        }
    }

    /// A field in quotation marks; `None` if here is none, an error if its mark does not close.
    fn quoted(&mut self) -> Option<Result<(Cow<'a, str>, End), ()>> {
        let bytes = self.text.as_bytes();
        let spaces = bytes[self.at..]
            .iter()
            .take_while(|byte| **byte == b' ')
            .count();
        let start = self.at + spaces;
        if bytes.get(start) != Some(&b'"') || self.bad_quotes >= BAD_QUOTES {
            return None;
        }
        let is_end = |at: usize| {
            let byte = bytes.get(at).copied();
            byte.is_none_or(|byte| byte == self.delimiter || matches!(byte, b'\r' | b'\n'))
        };
        let mut text = String::new();
        let mut copied = start + 1;
        let mut at = copied;
        let mut lines = false;
        while at < bytes.len() && at - start < FARTHEST {
            match bytes[at] {
                b'"' if bytes.get(at + 1) == Some(&b'"') => {
                    text.push_str(&self.text[copied..=at]);
                    at += 2;
                    copied = at;
                }
                b'"' => {
                    let after = at + 1 + spaces_at(bytes, at + 1);
                    if is_end(after) {
                        text.push_str(&self.text[copied..at]);
                        let (end, skip) = self.end(after);
                        self.at = after + skip;
                        return Some(Ok((Cow::Owned(text), end)));
                    }
                    // A mark that begins another field: ours was never meant to reach so far.
                    if lines && is_end(at - 1) {
                        return Some(Err(()));
                    }
                    // A mark inside the text that somebody forgot to write twice.
                    at += 1;
                }
                byte => {
                    lines |= matches!(byte, b'\r' | b'\n');
                    at += 1;
                }
            }
        }
        Some(Err(()))
    }
}

fn spaces_at(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    rest.iter().take_while(|byte| **byte == b' ').count()
}

#[cfg(test)]
mod tests {
    use super::{decode, read};
    use crate::note::Problem;

    fn cells(text: &str) -> Vec<(u32, Vec<String>)> {
        let grid = read(text, b',').expect("small");
        let row = |row: crate::grid::GridRow| {
            (
                row.number,
                row.cells.into_iter().map(|(_, text)| text).collect(),
            )
        };
        grid.rows.into_iter().map(row).collect()
    }

    #[test]
    fn every_delimiter_is_told_by_its_headings() {
        for (text, expected) in [
            ("objectid,title\na,Uno; dos", ["a", "Uno; dos"]),
            (
                "objectid;title\na;Uno, dos, tres, cuatro",
                ["a", "Uno, dos, tres, cuatro"],
            ),
            ("objectid\ttitle\na\tUno, dos", ["a", "Uno, dos"]),
            ("objectid|title\na|Uno, dos", ["a", "Uno, dos"]),
            ("sep=;\r\nobjectid;title\r\na;Uno", ["a", "Uno"]),
            ("objectid;title\ra;Uno\r", ["a", "Uno"]),
            ("x;y\na;Uno", ["a", "Uno"]),
        ] {
            assert_eq!(
                cells(text)[1],
                (2, expected.map(str::to_owned).to_vec()),
                "{text}"
            );
        }
    }

    #[test]
    fn blank_rows_are_counted() {
        let numbers: Vec<_> = cells("\n\nobjectid,title\n,\n\"a\nb\",x\n\nc,y")
            .into_iter()
            .map(|(number, _)| number)
            .collect();
        assert_eq!(numbers, [3, 5, 7]);
    }

    #[test]
    fn quotation_marks_as_people_write_them() {
        for (line, expected) in [
            (r#""a, b",c"#, vec!["a, b", "c"]),
            (r#""a ""b"" c",d"#, vec![r#"a "b" c"#, "d"]),
            (r#""a "b" c",d"#, vec![r#"a "b" c"#, "d"]),
            (r#"a "b" c,d"#, vec![r#"a "b" c"#, "d"]),
            (r#"x, "a, b" ,c"#, vec!["x", "a, b", "c"]),
            (r#""a,b"#, vec![r#""a"#, "b"]),
        ] {
            let found = &cells(&format!("objectid,title,date\n{line}"))[1].1;
            assert_eq!(found, &expected, "{line}");
        }
    }

    #[test]
    fn a_mark_that_does_not_close_costs_its_own_cell_only() {
        let text = "objectid,title\na,\"Uno\nb,\"Dos, y tres\"\nc,Cuatro";
        let grid = read(text, b',').expect("small");
        let titles: Vec<_> = grid
            .rows
            .iter()
            .map(|row| row.get(1).expect("a title"))
            .collect();
        assert_eq!(titles, ["title", "\"Uno", "Dos, y tres", "Cuatro"]);
        assert_eq!(grid.faults, [(2, 1, Problem::UnbalancedQuotes)]);
    }

    #[test]
    fn encodings_are_told_by_mark_or_by_validity() {
        let utf16: Vec<u8> = "\u{feff}año"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let big: Vec<u8> = "\u{feff}año"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        for (bytes, problem) in [
            ("año".as_bytes(), None),
            ("\u{feff}año".as_bytes(), None),
            (&utf16, None),
            (&big, None),
            (b"a\xf1o", Some(Problem::EncodingGuessed)),
        ] {
            assert_eq!(decode(bytes), ("año".into(), problem));
        }
        assert_eq!(
            decode(b"\xef\xbb\xbfa\xf1o").1,
            Some(Problem::EncodingDamaged)
        );
    }
}
