//! YAML documents as JSON values that remember their lines.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::Spanned;

/// One document of a file.
#[derive(Debug)]
pub(crate) struct Document {
    /// Its content.
    pub value: Value,
    /// Where each field is, by its path.
    lines: BTreeMap<String, u64>,
}

/// Why a document cannot be read.
#[derive(Debug)]
pub(crate) struct SyntaxError {
    /// The line, if known, from 1.
    pub line: Option<u64>,
    /// The name of the field, if the fault is that it is there twice.
    pub repeated: Option<String>,
    /// What the parser says, in English.
    pub detail: String,
}

impl Document {
    /// The line of the field at `path`, or of the nearest field around it that the file has.
    pub(crate) fn line(&self, path: &str) -> Option<u64> {
        let mut path = path;
        loop {
            if let Some(&line) = self.lines.get(path) {
                return Some(line);
            }
            if path.is_empty() {
                return None;
            }
            path = &path[..path.rfind(['.', '[']).unwrap_or(0)];
        }
    }
}

/// The documents of a file, without the empty ones. After a syntax error nothing follows.
pub(crate) fn documents(text: &str) -> Vec<Result<Document, SyntaxError>> {
    let options = serde_saphyr::options! { with_snippet: false };
    let mut bytes = text.as_bytes();
    serde_saphyr::read_with_options::<_, Node>(&mut bytes, options)
        .map(|read| read.map(Document::from).map_err(SyntaxError::from))
        .collect()
}

/// A path one field deeper.
pub(crate) fn field(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// A path one list item deeper.
pub(crate) fn item(path: &str, index: usize) -> String {
    format!("{path}[{index}]")
}

impl From<Node> for Document {
    fn from(root: Node) -> Self {
        let mut lines = BTreeMap::new();
        let value = root.flatten(String::new(), &mut lines);
        Self { value, lines }
    }
}

impl From<serde_saphyr::Error> for SyntaxError {
    fn from(error: serde_saphyr::Error) -> Self {
        let repeated = match error.without_snippet() {
            serde_saphyr::Error::DuplicateMappingKey { key, .. } => key.clone(),
            _ => None,
        };
        let line = error
            .location()
            .map(|location| location.line())
            .filter(|&line| line > 0);
        Self {
            line,
            repeated,
            detail: error.to_string(),
        }
    }
}

/// A value with its line.
struct Node {
    line: u64,
    content: Content,
}

enum Content {
    Plain(Value),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Node {
    fn flatten(self, path: String, lines: &mut BTreeMap<String, u64>) -> Value {
        let value = match self.content {
            Content::Plain(value) => value,
            Content::List(items) => items
                .into_iter()
                .enumerate()
                .map(|(index, node)| node.flatten(item(&path, index), lines))
                .collect(),
            Content::Map(entries) => entries
                .into_iter()
                .map(|(name, node)| {
                    let value = node.flatten(field(&path, &name), lines);
                    (name, value)
                })
                .collect::<Map<_, _>>()
                .into(),
        };
        lines.insert(path, self.line);
        value
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Content>::deserialize(deserializer)?;
        Ok(Self {
            line: spanned.referenced.line(),
            content: spanned.value,
        })
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ContentVisitor)
    }
}

struct ContentVisitor;

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = Content;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Content, E> {
        Ok(Content::Plain(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Content, E> {
        Ok(Content::Plain(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Content, E> {
        Ok(Content::Plain(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Content, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("not a finite number"))?;
        Ok(Content::Plain(number.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Content, E> {
        Ok(Content::Plain(value.into()))
    }

    fn visit_unit<E>(self) -> Result<Content, E> {
        Ok(Content::Plain(Value::Null))
    }

    fn visit_none<E>(self) -> Result<Content, E> {
        Ok(Content::Plain(Value::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Content, A::Error> {
        let mut items = Vec::new();
        while let Some(node) = access.next_element()? {
            items.push(node);
        }
        Ok(Content::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Content, A::Error> {
        let mut entries = Vec::new();
        // A field is where its name is, even if its value begins on the next line.
        while let Some((name, node)) = access.next_entry::<Spanned<String>, Node>()? {
            entries.push((
                name.value,
                Node {
                    line: name.referenced.line(),
                    ..node
                },
            ));
        }
        Ok(Content::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use serde_json::json;

    use super::*;

    /// `yes` is a boolean, as it is for kubectl.
    #[test]
    fn every_field_of_every_document_has_its_line() {
        let read = documents("# empty\n---\na: 1\nb:\n- c: yes\n- {d: null}\n---\nz: [1.5]\n");
        let [first, second] = &read.iter().map(|r| r.as_ref().unwrap()).collect::<Vec<_>>()[..]
        else {
            panic!("two documents, not {read:?}")
        };
        assert_eq!(
            first.value,
            json!({"a": 1, "b": [{"c": true}, {"d": null}]})
        );
        let lines = ["a", "b[0].c", "b[1].d", "b[1].nothing.at.all"].map(|p| first.line(p));
        assert_eq!(lines, [Some(3), Some(5), Some(6), Some(6)]);
        assert_eq!(second.value, json!({"z": [1.5]}));
        assert_eq!(second.line("z[0]"), Some(8));
    }

    #[test]
    fn a_key_written_twice_is_an_error_with_its_line() {
        let read = documents("a: 1\nb: 2\na: 3\n");
        let [Err(error)] = &read[..] else {
            panic!("one error, not {read:?}")
        };
        assert_eq!(error.line, Some(3));
        assert_eq!(error.repeated.as_deref(), Some("a"), "{}", error.detail);
    }

    #[test]
    fn a_document_after_a_broken_one_is_read_when_only_a_value_was_wrong() {
        let read = documents("a: 1\na: 2\n---\nb: 3\n");
        assert!(read[0].is_err());
        assert_eq!(read[1].as_ref().unwrap().value, json!({"b": 3}));
    }
}
