//! The structural part of the schema: types, bounds, required and unknown fields, repeated keys.
//!
//! A walker over the generated schema rather than a JSON Schema library: the generated schema uses a
//! dozen keywords (a test fails when it uses another), list types are Kubernetes' own keywords that no
//! library knows, and a refusal must say in two languages what to write instead.

use std::collections::BTreeSet;

use acervo_tenancy::Bilingual;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    JSON, JSONSchemaProps, JSONSchemaPropsOrArray, JSONSchemaPropsOrBool,
};
use serde_json::{Map, Number, Value};

use crate::refused::{Fault, FaultKind};
use crate::yaml::{field, item};

/// The schema of a property of an object, declared or free.
fn property<'s>(schema: &'s JSONSchemaProps, name: &str) -> Option<&'s JSONSchemaProps> {
    let declared = schema
        .properties
        .as_ref()
        .and_then(|properties| properties.get(name));
    declared.or(match &schema.additional_properties {
        Some(JSONSchemaPropsOrBool::Schema(values)) => Some(values),
        _ => None,
    })
}

fn items(schema: &JSONSchemaProps) -> Option<&JSONSchemaProps> {
    match &schema.items {
        Some(JSONSchemaPropsOrArray::Schema(items)) => Some(items),
        _ => None,
    }
}

/// Removes fields that are null: the API server reads them as absent.
pub(crate) fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|_, value| !value.is_null());
            map.values_mut().for_each(drop_nulls);
        }
        Value::Array(list) => list.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

/// Fields that the schema does not have, at `path` and below.
pub(crate) fn unknown_fields(
    value: &Value,
    schema: &JSONSchemaProps,
    path: &str,
    faults: &mut Vec<Fault>,
) {
    match value {
        // Where no object belongs, the type is the fault, not the names in it.
        Value::Object(map) if schema.type_.as_deref() == Some("object") => {
            for (name, value) in map {
                let path = field(path, name);
                match property(schema, name) {
                    Some(schema) => unknown_fields(value, schema, &path, faults),
                    None => faults.push(unknown(path, name, schema)),
                }
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                if let Some(schema) = items(schema) {
                    unknown_fields(value, schema, &item(path, index), faults);
                }
            }
        }
        _ => {}
    }
}

fn unknown(path: String, name: &str, schema: &JSONSchemaProps) -> Fault {
    let known: Vec<_> = schema
        .properties
        .iter()
        .flat_map(|p| p.keys())
        .map(String::as_str)
        .collect();
    Fault::new(FaultKind::UnknownField, path, unknown_field(name, &known))
}

/// What to say of a field that is not among `known`.
pub(crate) fn unknown_field(name: &str, known: &[&str]) -> Bilingual {
    if known.is_empty() {
        return Bilingual::new(
            format!("el campo «{name}» no existe; quítelo"),
            format!("there is no field \"{name}\"; remove it"),
        );
    }
    let known = known.join(", ");
    Bilingual::new(
        format!(
            "el campo «{name}» no existe; corrija su nombre o quítelo (campos posibles: {known})"
        ),
        format!(
            "there is no field \"{name}\"; correct its name or remove it (possible fields: {known})"
        ),
    )
}

/// Checks `value`, at `path`, and all that is in it against `schema`.
pub(crate) fn check(value: &Value, schema: &JSONSchemaProps, path: &str, faults: &mut Vec<Fault>) {
    let mut say = |message| faults.push(Fault::new(FaultKind::Schema, path, message));
    let wanted = schema.type_.as_deref().unwrap_or_default();
    if !has_type(value, wanted) {
        return say(wrong_type(value, wanted));
    }
    if let Some(allowed) = &schema.enum_
        && !allowed.iter().any(|JSON(one)| one == value)
    {
        say(not_allowed(allowed));
    }
    match value {
        Value::String(text) => check_text(text, schema, &mut say),
        Value::Number(number) => check_number(number, schema, &mut say),
        Value::Array(list) => check_list(list, schema, path, faults),
        Value::Object(map) => check_object(map, schema, path, faults),
        Value::Null | Value::Bool(_) => {}
    }
}

fn check_number(number: &Number, schema: &JSONSchemaProps, say: &mut impl FnMut(Bilingual)) {
    let number = number.as_f64().unwrap_or_default();
    if let Some(least) = schema.minimum.filter(|least| number < *least) {
        say(Bilingual::new(
            format!("debe ser {least} o más"),
            format!("must be {least} or more"),
        ));
    }
    if let Some(most) = schema.maximum.filter(|most| number > *most) {
        say(Bilingual::new(
            format!("debe ser {most} o menos"),
            format!("must be {most} or less"),
        ));
    }
}

fn has_type(value: &Value, wanted: &str) -> bool {
    match wanted {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        _ => true,
    }
}

fn wrong_type(value: &Value, wanted: &str) -> Bilingual {
    let (es, en) = match wanted {
        "object" => (
            "debe tener campos propios (nombre: valor)",
            "must have fields of its own (name: value)",
        ),
        "array" => (
            "debe ser una lista; empiece cada elemento con un guion",
            "must be a list; begin each item with a hyphen",
        ),
        "boolean" => (
            "escriba true o false, sin comillas",
            "write true or false, without quotes",
        ),
        "integer" => ("debe ser un número entero", "must be a whole number"),
        "string" if value.is_number() || value.is_boolean() => {
            return Bilingual::new(
                format!("debe ser texto; póngalo entre comillas: \"{value}\""),
                format!("must be text; put it between quotes: \"{value}\""),
            );
        }
        "string" => ("debe ser texto", "must be text"),
        _ => ("debe ser un número", "must be a number"),
    };
    Bilingual::new(es, en)
}

fn not_allowed(allowed: &[JSON]) -> Bilingual {
    let names: Vec<_> = allowed
        .iter()
        .map(|JSON(one)| one.as_str().unwrap_or_default())
        .collect();
    let names = names.join(", ");
    Bilingual::new(
        format!("escriba uno de estos valores: {names}"),
        format!("write one of: {names}"),
    )
}

fn check_text(text: &str, schema: &JSONSchemaProps, say: &mut impl FnMut(Bilingual)) {
    let length = text.chars().count();
    if let Some(most) = exceeded(length, schema.max_length) {
        say(Bilingual::new(
            format!("tiene {length} caracteres; escriba {most} como máximo"),
            format!("has {length} characters; write at most {most}"),
        ));
    }
    if schema
        .min_length
        .and_then(|least| usize::try_from(least).ok())
        .is_some_and(|l| length < l)
    {
        say(Bilingual::new(
            "está vacío; escriba un valor",
            "is empty; write a value",
        ));
    }
}

/// The bound, if `count` is above it.
fn exceeded(count: usize, bound: Option<i64>) -> Option<usize> {
    bound
        .and_then(|most| usize::try_from(most).ok())
        .filter(|&most| count > most)
}

fn check_list(list: &[Value], schema: &JSONSchemaProps, path: &str, faults: &mut Vec<Fault>) {
    if let Some(most) = exceeded(list.len(), schema.max_items) {
        let count = list.len();
        let message = Bilingual::new(
            format!("tiene {count} elementos; escriba {most} como máximo"),
            format!("has {count} items; write at most {most}"),
        );
        faults.push(Fault::new(FaultKind::Schema, path, message));
    }
    if let Some(schema) = items(schema) {
        for (index, value) in list.iter().enumerate() {
            check(value, schema, &item(path, index), faults);
        }
    }
    check_repeated(list, schema, path, faults);
}

/// No two items of a list of type `set` are the same, nor have two of a list of type `map` the same keys.
fn check_repeated(list: &[Value], schema: &JSONSchemaProps, path: &str, faults: &mut Vec<Fault>) {
    let keys = schema
        .x_kubernetes_list_map_keys
        .as_deref()
        .unwrap_or_default();
    let identity = |value: &Value| match schema.x_kubernetes_list_type.as_deref() {
        Some("set") => Some((String::new(), value.to_string())),
        Some("map") => {
            let of = |key: &String| value.get(key).map(ToString::to_string);
            Some((
                format!(".{}", keys.join("+")),
                keys.iter().map(of).collect::<Option<String>>()?,
            ))
        }
        _ => None,
    };
    let mut seen = BTreeSet::new();
    for (index, value) in list.iter().enumerate() {
        let Some((suffix, identity)) = identity(value) else {
            continue;
        };
        if !seen.insert(identity.clone()) {
            let message = Bilingual::new(
                format!("{identity} está repetido en la lista; cámbielo o quítelo"),
                format!("{identity} is in the list twice; change or remove it"),
            );
            let path = format!("{}{suffix}", item(path, index));
            faults.push(Fault::new(FaultKind::Schema, path, message));
        }
    }
}

fn check_object(
    map: &Map<String, Value>,
    schema: &JSONSchemaProps,
    path: &str,
    faults: &mut Vec<Fault>,
) {
    for name in schema
        .required
        .iter()
        .flatten()
        .filter(|name| !map.contains_key(*name))
    {
        let message = Bilingual::new(
            "falta este campo; escríbalo",
            "this field is missing; write it",
        );
        faults.push(Fault::new(FaultKind::Schema, field(path, name), message));
    }
    if let Some(most) = exceeded(map.len(), schema.max_properties) {
        let count = map.len();
        let message = Bilingual::new(
            format!("tiene {count} entradas; escriba {most} como máximo"),
            format!("has {count} entries; write at most {most}"),
        );
        faults.push(Fault::new(FaultKind::Schema, path, message));
    }
    for (name, value) in map {
        if let Some(schema) = property(schema, name) {
            check(value, schema, &field(path, name), faults);
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    /// What the walker checks, or what needs no check of its own.
    const KEYWORDS: [&str; 16] = [
        "additionalProperties",
        "default",
        "description",
        "enum",
        "items",
        "maxItems",
        "maxLength",
        "maxProperties",
        "maximum",
        "minLength",
        "minimum",
        "properties",
        "required",
        "type",
        "x-kubernetes-list-map-keys",
        "x-kubernetes-list-type",
    ];

    fn keywords(schema: &Value, found: &mut BTreeSet<String>) {
        found.extend(schema.as_object().unwrap().keys().cloned());
        let children = schema.get("properties").and_then(Value::as_object);
        children
            .into_iter()
            .flat_map(Map::values)
            .for_each(|child| keywords(child, found));
        for one in ["items", "additionalProperties"] {
            if let Some(child) = schema.get(one) {
                keywords(child, found);
            }
        }
    }

    /// `status` is not checked: the API server takes none from people.
    #[test]
    fn the_generated_schema_uses_only_keywords_that_are_checked() {
        let schema = serde_json::to_value(crate::crd::schema()).unwrap();
        let mut found = BTreeSet::new();
        keywords(&schema["properties"]["spec"], &mut found);
        keywords(&schema["properties"]["metadata"], &mut found);
        found.remove("x-kubernetes-validations");
        let known = KEYWORDS.map(str::to_owned).into();
        assert_eq!(
            found.difference(&known).collect::<Vec<_>>(),
            Vec::<&String>::new()
        );
    }

    /// Without bounds the API server refuses the rules for their price.
    #[test]
    fn every_text_list_and_map_of_the_schema_is_bounded() {
        fn unbounded(schema: &JSONSchemaProps, path: &str, found: &mut Vec<String>) {
            let bounded = match schema.type_.as_deref().unwrap() {
                "string" => {
                    schema.max_length.is_some()
                        || schema.enum_.is_some()
                        || schema.format.as_deref() == Some("date-time")
                }
                "array" => schema.max_items.is_some(),
                "object" => {
                    schema.additional_properties.is_none() || schema.max_properties.is_some()
                }
                _ => true,
            };
            if !bounded {
                found.push(path.to_owned());
            }
            for (name, child) in schema.properties.iter().flatten() {
                unbounded(child, &field(path, name), found);
            }
            if let Some(child) = items(schema) {
                unbounded(child, &format!("{path}[]"), found);
            }
            if let Some(child) = property(schema, "") {
                unbounded(child, &format!("{path}{{}}"), found);
            }
        }
        let mut found = Vec::new();
        unbounded(&crate::crd::schema(), "", &mut found);
        // Kubernetes bounds names itself; a bound here would come before the rule that says what to write.
        assert_eq!(found, ["metadata.name"]);
    }
}
