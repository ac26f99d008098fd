//! Digests of the fields that the operator owns in an object.
//!
//! The API server records in `managedFields` which fields an apply has set, and takes a field out of
//! that record when somebody else changes its value. So what the record still covers, taken from the
//! object as it is, equals what was applied if and only if nobody has interfered. The digest of that
//! projection is all that is remembered of a child, beside a few status bits.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ManagedFieldsEntry;
use serde_json::Value;

use crate::json::Json;
use crate::names::FIELD_MANAGER;

/// A digest of the fields that the operator owns, or wants to own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; 16]);

/// A text that is no digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a digest has 32 hexadecimal digits")]
pub struct DigestError;

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(DigestError);
        }
        let number = u128::from_str_radix(text, 16).map_err(|_| DigestError)?;
        Ok(Self(number.to_be_bytes()))
    }
}

/// The digest of what is to be applied.
#[must_use]
pub fn wanted(object: &Value) -> Digest {
    digest(&Json::from(object))
}

/// One digest that stands for all of these, in this order.
#[must_use]
pub fn all(digests: &[Digest]) -> Digest {
    let mut hasher = blake3::Hasher::new();
    for Digest(bytes) in digests {
        hasher.update(bytes);
    }
    shortened(hasher.finalize())
}

/// The digest of what the operator owns in an observed object, by the `managedFields` of its metadata; `None`
/// if it owns nothing.
#[must_use]
pub fn owned(object: &Json<'_>) -> Option<Digest> {
    ours(object).map(|ours| digest(&ours))
}

/// The same, as if it had never been annotated with `annotation`.
#[must_use]
pub fn owned_but(object: &Json<'_>, annotation: &str) -> Option<Digest> {
    let mut ours = ours(object)?;
    let mut metadata = ours.take("metadata");
    let mut annotations = metadata.take("annotations");
    annotations.take(annotation);
    metadata.set("annotations", annotations);
    ours.set("metadata", metadata);
    Some(digest(&ours))
}

fn ours<'a>(object: &Json<'a>) -> Option<Json<'a>> {
    let managed = object.get("metadata").get("managedFields").items();
    let ours = managed.iter().find(|entry| {
        entry.get("manager").text() == Some(FIELD_MANAGER)
            && entry.get("operation").text() == Some("Apply")
            && entry
                .get("subresource")
                .text()
                .unwrap_or_default()
                .is_empty()
    })?;
    Some(project(object, ours.get("fieldsV1")))
}

/// What the operator owns in an observed object, without what names it; `None` if it owns nothing.
#[must_use]
pub fn projection(object: &Value, managed: &[ManagedFieldsEntry]) -> Option<Value> {
    let fields = &managed.iter().find(is_ours)?.fields_v1.as_ref()?.0;
    let mut projection = Value::from(&project(&Json::from(object), &Json::from(fields)));
    if let Some(fields) = projection.as_object_mut() {
        fields.retain(|field, _| is_content(field));
    }
    if let Some(metadata) = projection
        .get_mut("metadata")
        .and_then(Value::as_object_mut)
    {
        metadata.retain(|field, _| is_said(field));
    }
    Some(projection)
}

/// Whether the operator has applied an object, by the record in it.
#[must_use]
pub fn is_applied(managed: &[ManagedFieldsEntry]) -> bool {
    managed.iter().any(|entry| is_ours(&entry))
}

fn is_ours(entry: &&ManagedFieldsEntry) -> bool {
    entry.manager.as_deref() == Some(FIELD_MANAGER)
        && entry.operation.as_deref() == Some("Apply")
        && entry.subresource.as_deref().unwrap_or_default().is_empty()
}

/// Whether a field of an object is neither what names it nor what others write.
fn is_content(field: &str) -> bool {
    !["apiVersion", "kind", "status"].contains(&field)
}

/// Whether a field of the metadata is what somebody says of an object.
fn is_said(field: &str) -> bool {
    ["annotations", "finalizers", "labels", "ownerReferences"].contains(&field)
}

/// The part of `value` that the field set `fields` covers (`FieldsV1`: `f:name`, `k:{key}`, `v:value`,
/// `.` for the thing itself). An empty set covers everything below.
fn project<'a>(value: &Json<'a>, fields: &Json<'_>) -> Json<'a> {
    let fields = fields.fields();
    if fields.iter().all(|(key, _)| key == ".") {
        return value.clone();
    }
    match value {
        Json::Object(object) => {
            let covered = fields.iter().filter_map(|(key, below)| {
                let name = key.strip_prefix("f:")?;
                let (name, value) = object.iter().find(|(field, _)| field == name)?;
                Some((name.clone(), project(value, below)))
            });
            Json::Object(covered.collect())
        }
        Json::List(items) => {
            let covered = fields.iter();
            Json::List(
                covered
                    .filter_map(|(key, below)| project_item(items, key, below))
                    .collect(),
            )
        }
        scalar => scalar.clone(),
    }
}

fn project_item<'a>(items: &[Json<'a>], key: &str, below: &Json<'_>) -> Option<Json<'a>> {
    if let Some(keys) = key.strip_prefix("k:") {
        let keys: Json<'_> = serde_json::from_str(keys).ok()?;
        let has_keys = |item: &&Json<'a>| {
            let mut keys = keys.fields().iter();
            keys.all(|(name, value)| item.get(name) == value)
        };
        return Some(project(items.iter().find(has_keys)?, below));
    }
    let value: Json<'_> = serde_json::from_str(key.strip_prefix("v:")?).ok()?;
    items.iter().find(|item| **item == value).cloned()
}

/// The digest of an object without what names it and what others write.
fn digest(object: &Json<'_>) -> Digest {
    // As long as most objects, so that it need not grow.
    let mut text = String::with_capacity(4096);
    write_fields(
        &mut text,
        object.fields(),
        is_content,
        |text, field, value| {
            if field == "metadata" {
                write_fields(text, value.fields(), is_said, any_field);
            } else {
                write_canonical(text, value);
            }
        },
    );
    shortened(blake3::hash(text.as_bytes()))
}

fn shortened(hash: blake3::Hash) -> Digest {
    let mut short = [0; 16];
    short.copy_from_slice(&hash.as_bytes()[..16]);
    Digest(short)
}

/// Writes one text for all spellings: keys in order, lists as sets (a list whose order somebody changed is no
/// longer ours at all), nothing for null and for empty things.
fn write_canonical(text: &mut String, value: &Json<'_>) {
    match value {
        Json::Null => {}
        Json::Bool(true) => text.push_str("true"),
        Json::Bool(false) => text.push_str("false"),
        Json::Number(number) => text.push_str(&number.to_string()),
        Json::Text(one) => write_text(text, one),
        Json::Object(fields) => write_fields(text, fields, |_| true, any_field),
        Json::List(items) => {
            let canonical = |item| {
                let mut text = String::new();
                write_canonical(&mut text, item);
                text
            };
            let mut items: Vec<String> = items.iter().map(canonical).collect();
            items.sort_unstable();
            if !items.is_empty() {
                text.push('[');
                text.push_str(&items.join(","));
                text.push(']');
            }
        }
    }
}

fn any_field(text: &mut String, _: &str, value: &Json<'_>) {
    write_canonical(text, value);
}

/// Writes a text so that nothing else is written in the same way: with its length.
fn write_text(text: &mut String, one: &str) {
    text.push_str(&one.len().to_string());
    text.push('"');
    text.push_str(one);
}

/// Writes those fields of an object that `counts` wants and of which `write` writes something.
fn write_fields(
    text: &mut String,
    fields: &[(Cow<'_, str>, Json<'_>)],
    counts: fn(&str) -> bool,
    write: fn(&mut String, &str, &Json<'_>),
) {
    let mut sorted: Vec<_> = fields.iter().filter(|(field, _)| counts(field)).collect();
    sorted.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    let begun = text.len();
    text.push('{');
    for (field, value) in sorted {
        let before = text.len();
        write_text(text, field);
        text.push(':');
        let named = text.len();
        write(text, field, value);
        if text.len() == named {
            text.truncate(before);
        } else {
            text.push(',');
        }
    }
    if text.len() == begun + 1 {
        text.truncate(begun);
    } else {
        text.push('}');
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{Digest, wanted};
    use crate::json::Json;
    use serde_json::{Value, json};

    /// What is owned in an object with a record of a manager.
    fn owned(object: &Value, manager: &str, fields: &Value) -> Option<Digest> {
        let mut object = object.clone();
        object["metadata"]["managedFields"] = json!([{
            "manager": manager, "operation": "Apply", "fieldsType": "FieldsV1", "fieldsV1": fields,
        }]);
        super::owned(&Json::from(&object))
    }

    const OURS: &str = "acervo-operator";

    /// A Service as applied, and the record that the API server made of it.
    fn applied() -> (Value, Value) {
        let object = json!({
            "apiVersion": "v1", "kind": "Service",
            "metadata": {"name": "s", "labels": {"a": "1"}},
            "spec": {"selector": {"app": "x"}, "ports": [{"name": "http", "port": 80, "targetPort": "http"}]},
        });
        let fields = json!({
            "f:metadata": {"f:labels": {"f:a": {}}},
            "f:spec": {
                "f:ports": {"k:{\"port\":80,\"protocol\":\"TCP\"}": {".": {}, "f:name": {}, "f:port": {}, "f:targetPort": {}}},
                "f:selector": {},
            },
        });
        (object, fields)
    }

    /// The same Service as the API server gives it back: with defaults, and what others added.
    fn observed() -> Value {
        json!({
            "apiVersion": "v1", "kind": "Service",
            "metadata": {"name": "s", "uid": "u", "resourceVersion": "9", "labels": {"a": "1", "other": "2"}},
            "spec": {
                "clusterIP": "10.0.0.1", "selector": {"app": "x"},
                "ports": [{"name": "http", "port": 80, "protocol": "TCP", "targetPort": "http", "nodePort": 30000}],
            },
            "status": {"loadBalancer": {}},
        })
    }

    #[test]
    fn what_was_applied_is_recognised_among_defaults_and_fields_of_others() {
        let (object, fields) = applied();
        assert_eq!(owned(&observed(), OURS, &fields), Some(wanted(&object)));
    }

    #[test]
    fn a_field_that_somebody_changed_or_took_away_shows() {
        let (object, fields) = applied();
        let mut taken = fields.clone();
        taken["f:metadata"]["f:labels"] = json!({});
        for (what, object_now, fields_now) in [
            (
                "a value that is still ours on record",
                {
                    let mut o = observed();
                    o["spec"]["selector"]["app"] = json!("y");
                    o
                },
                fields.clone(),
            ),
            ("a field taken from us", observed(), {
                let mut f = fields.clone();
                f["f:spec"].as_object_mut().unwrap().remove("f:selector");
                f
            }),
            (
                "a field that is gone",
                {
                    let mut o = observed();
                    o["metadata"]["labels"].as_object_mut().unwrap().remove("a");
                    o
                },
                fields.clone(),
            ),
        ] {
            assert_ne!(
                owned(&object_now, OURS, &fields_now),
                Some(wanted(&object)),
                "{what}"
            );
        }
    }

    #[test]
    fn an_object_without_our_record_is_not_ours() {
        let (_, fields) = applied();
        assert_eq!(owned(&observed(), "kubectl", &fields), None);
        assert_eq!(super::owned(&Json::from(&observed())), None);
    }
}
