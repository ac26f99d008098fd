//! JSON as it is read off the wire: texts are borrowed where they can be, and an object is a list of its
//! fields. Thousands of objects are read into a digest and dropped; trees of maps would cost most of that.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{
    DeserializeOwned, Deserializer, Error as _, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde::{Deserialize, forward_to_deserialize_any};
use serde_json::{Error, Number, Value};

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub enum Json<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text.
    Text(Cow<'a, str>),
    /// A list.
    List(Vec<Json<'a>>),
    /// An object: its fields in any order.
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

impl<'a> Json<'a> {
    /// A field of an object; null where there is none.
    #[must_use]
    pub fn get(&self, field: &str) -> &Self {
        let found = self.fields().iter().find(|(name, _)| name == field);
        found.map_or(&Json::Null, |(_, value)| value)
    }

    /// Takes a field out of an object; null where there is none.
    pub fn take(&mut self, field: &str) -> Self {
        let Json::Object(fields) = self else {
            return Json::Null;
        };
        let place = fields.iter().position(|(name, _)| name == field);
        place.map_or(Json::Null, |place| fields.swap_remove(place).1)
    }

    /// Sets a field of an object; nothing else has fields.
    pub fn set(&mut self, field: &'static str, value: Self) {
        self.take(field);
        if let Json::Object(fields) = self {
            fields.push((Cow::Borrowed(field), value));
        }
    }

    /// The fields of an object; none of anything else.
    #[must_use]
    pub fn fields(&self) -> &[(Cow<'a, str>, Self)] {
        match self {
            Json::Object(fields) => fields,
            _ => &[],
        }
    }

    /// The items of a list; none of anything else.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match self {
            Json::List(items) => items,
            _ => &[],
        }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value as a type.
    ///
    /// # Errors
    /// If it is none of the type.
    pub fn into_type<T: DeserializeOwned>(self) -> Result<T, Error> {
        T::deserialize(self)
    }
}

impl<'a> From<&'a Value> for Json<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Number(number) => Json::Number(number.clone()),
            Value::String(text) => Json::Text(Cow::Borrowed(text)),
            Value::Array(items) => Json::List(items.iter().map(Self::from).collect()),
            Value::Object(fields) => {
                let field = |(name, value): (&'a String, &'a Value)| {
                    (Cow::Borrowed(name.as_str()), Self::from(value))
                };
                Json::Object(fields.iter().map(field).collect())
            }
        }
    }
}

impl From<&Json<'_>> for Value {
    fn from(json: &Json<'_>) -> Self {
        match json {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Bool(*value),
            Json::Number(number) => Value::Number(number.clone()),
            Json::Text(text) => Value::String(text.clone().into_owned()),
            Json::List(items) => items.iter().map(Value::from).collect(),
            Json::Object(fields) => {
                let field = |(name, value): &(Cow<'_, str>, _)| {
                    (name.clone().into_owned(), Value::from(value))
                };
                Value::Object(fields.iter().map(field).collect())
            }
        }
    }
}

// === reading ===

impl<'de: 'a, 'a> Deserialize<'de> for Json<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json<'de>, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json<'de>, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json<'de>, E> {
        Ok(Number::from_f64(value).map_or(Json::Null, Json::Number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_string<E>(self, text: String) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json<'de>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json<'de>, A::Error> {
        let mut fields = Vec::new();
        while let Some((Name(name), value)) = map.next_entry()? {
            fields.push((name, value));
        }
        Ok(Json::Object(fields))
    }
}

/// The name of a field: serde's own `Cow` is never borrowed.
struct Name<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_str(Reader)? {
            Json::Text(name) => Ok(Self(name)),
            _ => Err(D::Error::custom("the name of a field is no text")),
        }
    }
}

// === becoming a type ===

impl<'de> IntoDeserializer<'de, Error> for Json<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Json<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Json::Null => visitor.visit_unit(),
            Json::Bool(value) => visitor.visit_bool(value),
            Json::Number(number) => number.deserialize_any(visitor),
            Json::Text(Cow::Borrowed(text)) => visitor.visit_borrowed_str(text),
            Json::Text(Cow::Owned(text)) => visitor.visit_string(text),
            Json::List(items) => visitor.visit_seq(SeqDeserializer::new(items.into_iter())),
            Json::Object(fields) => visitor.visit_map(MapDeserializer::new(fields.into_iter())),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Json::Null => visitor.visit_none(),
            some => visitor.visit_some(some),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        Value::from(&self).deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::Json;
    use k8s_openapi::api::apps::v1::Deployment;
    use serde_json::{Value, json};

    /// A Deployment with whatever its type reads in a way of its own.
    fn deployment() -> Value {
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "a \"b\"", "creationTimestamp": "2026-01-01T00:00:00Z", "generation": 3},
            "spec": {"replicas": 2, "selector": {}, "paused": null, "template": {"spec": {"containers": [{
                "name": "c", "resources": {"limits": {"memory": "1Gi"}},
                "livenessProbe": {"httpGet": {"port": "admin"}, "periodSeconds": 5},
            }]}}},
        })
    }

    #[test]
    fn what_is_read_is_what_a_tree_of_maps_would_be() {
        let text = deployment().to_string();
        let json: Json<'_> = serde_json::from_str(&text).unwrap();
        assert_eq!(Value::from(&json), deployment());
        assert_eq!(json.get("metadata").get("name").text(), Some("a \"b\""));
        assert_eq!(json.get("spec").get("none"), &Json::Null);
    }

    #[test]
    fn it_becomes_the_same_object_as_its_text() {
        let text = deployment().to_string();
        let json: Json<'_> = serde_json::from_str(&text).unwrap();
        let expected: Deployment = serde_json::from_str(&text).unwrap();
        assert_eq!(json.into_type::<Deployment>().unwrap(), expected);
    }
}
