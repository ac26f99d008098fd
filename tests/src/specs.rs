//! Specs of institutions by chance: everything that the schema of the CRD allows, and what it does not.
//!
//! `NAME` in a text stands for the institution's own name, so that two of them can have the same spec.

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value, json};

use crate::random::Random;

/// Makes the value of a field that its type alone does not describe.
type Make = fn(&mut Random) -> Value;

/// By path; what a schema calls `properties`, `items` and `additionalProperties` is left out. A field of
/// the schema that is text and is not here makes the generator fail.
const MAKES: [(&str, Make); 24] = [
    ("access", |r| {
        let kind = *r.of(&["group", "user"]);
        json!({kind: numbered("personal", r)})
    }),
    ("addresses.image", |r| {
        one_of(
            r,
            &[
                "https://viejo-NAME.example.org/iiif/2/{identifier}",
                "http://viejo-NAME.example.org/i/{item}/{page}",
            ],
        )
    }),
    ("addresses.manifest", |r| {
        one_of(
            r,
            &[
                "https://viejo-NAME.example.org/iiif/{collection}/{item}/manifest.json",
                "http://iiif.example.org/NAME-antes/{item}",
            ],
        )
    }),
    ("collections.addressName", |r| numbered("Antes", r)),
    ("collections.description", text),
    ("collections.label", text),
    ("collections.name", |r| numbered("fondo", r)),
    ("collections.requiredStatement", text),
    ("collections.rights", |r| {
        one_of(
            r,
            &[
                "http://rightsstatements.org/vocab/NoC-OKLR/1.0/",
                "https://creativecommons.org/licenses/by/4.0/deed.es",
            ],
        )
    }),
    ("collections.schedule.cron", |r| {
        one_of(
            r,
            &["0 3 * * *", "*/5 1-4 1,15 JAN-MAR 1-5", "59 23 31 12 0"],
        )
    }),
    ("collections.schedule.timeZone", |r| {
        one_of(r, &["America/Havana", "UTC", "Mars/Olympus"])
    }),
    ("collections.source", source),
    ("displayName", text),
    ("homepage", |r| {
        one_of(
            r,
            &[
                "https://www.example.org/",
                "http://example.org:8080/a?b=c#d",
            ],
        )
    }),
    ("hostnames", |r| {
        json!(format!("NAME-{}.example.net", r.below(4)))
    }),
    ("pages.about", text),
    ("pages.accent", |r| {
        one_of(r, &["#7b1e3a", "#FFFFFF", "#000000"])
    }),
    ("pages.featured.collection", |r| numbered("fondo", r)),
    ("pages.featured.item", |r| {
        one_of(r, &["Puerto", "Isla de Brumas 1791", "ñandú/..\u{301}"])
    }),
    ("pages.logo", |r| {
        one_of(r, &["logo.svg", "identidad/logo.png"])
    }),
    ("plan", |r| {
        one_of(r, &["small", "large", "large", "no-such-plan"])
    }),
    ("storage.existingClaim", |r| numbered("estante", r)),
    ("storage.storageClassName", |r| numbered("clase", r)),
    ("storage.size", |r| json!(format!("{}Gi", 1 + r.below(9)))),
];

fn one_of(random: &mut Random, these: &[&str]) -> Value {
    json!(random.of(these))
}

fn numbered(word: &str, random: &mut Random) -> Value {
    json!(format!("{word}-{}", random.below(5)))
}

fn text(random: &mut Random) -> Value {
    one_of(
        random,
        &["Biblioteca", "«Ñandú» & <b>", "مكتبة", "a", "One\n\nTwo"],
    )
}

fn source(random: &mut Random) -> Value {
    if random.once_in(2) {
        let folders = ["mapas", "placas de vidrio", "-option", "ñ"];
        return json!({"directory": random.of(&folders)});
    }
    let mut s3 = json!({"bucket": "postales"});
    let more = [
        (
            "endpoint",
            ["https://s3.example.com", "http://10.1.2.3:9000"],
        ),
        ("prefix", ["a/b/", "-"]),
        ("region", ["eu-west-1", "x"]),
        ("credentialsSecret", ["key", "no-such-key"]),
    ];
    for (field, values) in more {
        if random.once_in(2) {
            s3[field] = json!(random.of(&values));
        }
    }
    json!({"s3": s3})
}

/// Specs of institutions by chance.
#[derive(Debug, Clone)]
pub struct Specs(Value);

impl Specs {
    /// Those of a CustomResourceDefinition.
    ///
    /// # Errors
    /// If it has no schema of a spec.
    pub fn of(definition: &Value) -> Result<Self> {
        let spec = "/spec/versions/0/schema/openAPIV3Schema/properties/spec";
        Ok(Self(definition.pointer(spec).context("a schema")?.clone()))
    }

    /// A spec that the schema allows, with a volume of a class whose volumes can grow.
    ///
    /// # Errors
    /// If nothing here says what a field looks like.
    pub fn valid(&self, random: &mut Random, class: &str, size: usize) -> Result<Value> {
        let mut spec = make(&self.0, "", random)?;
        spec["storage"] = json!({"size": format!("{size}Gi"), "storageClassName": class, "accessMode": "ReadWriteMany"});
        Ok(spec)
    }

    /// The same spec with another value, or none, in one of its fields; the volume stays.
    ///
    /// # Errors
    /// As [`Self::valid`].
    pub fn change(&self, spec: &mut Value, random: &mut Random) -> Result<()> {
        let fields = self.0["properties"].as_object().context("fields")?;
        let fields: Vec<_> = fields.keys().filter(|field| *field != "storage").collect();
        let field = random.of(&fields).as_str();
        let is_required = required(&self.0).any(|required| required == field);
        let fields = spec.as_object_mut().context("an object")?;
        if random.once_in(3) && !is_required {
            fields.remove(field);
        } else {
            let value = make(&self.0["properties"][field], field, random)?;
            fields.insert(field.to_owned(), value);
        }
        Ok(())
    }

    /// The same spec, damaged somewhere: most of what comes out the API server refuses.
    pub fn damage(&self, spec: &mut Value, random: &mut Random) {
        let wrong = [
            json!(null),
            json!(-1),
            json!(1e300),
            json!(true),
            json!(""),
            json!("../otra"),
            json!("x".repeat(5000)),
            json!([null]),
            json!({"unknown": {"field": 1}}),
        ];
        let mut at = spec;
        loop {
            let is_leaf = match &*at {
                Value::Object(fields) => fields.is_empty(),
                Value::Array(items) => items.is_empty(),
                _ => true,
            };
            if is_leaf || random.once_in(4) {
                *at = random.of(&wrong).clone();
                return;
            }
            at = match at {
                Value::Object(fields) => {
                    let which = random.below(fields.len());
                    let Some(field) = fields.values_mut().nth(which) else {
                        return;
                    };
                    field
                }
                Value::Array(items) => {
                    let which = random.below(items.len());
                    if random.once_in(4) {
                        let twice = items[which].clone();
                        return items.push(twice);
                    }
                    &mut items[which]
                }
                _ => return,
            };
        }
    }
}

fn required(schema: &Value) -> impl Iterator<Item = &str> {
    let fields = schema["required"].as_array().into_iter().flatten();
    fields.filter_map(Value::as_str)
}

fn make(schema: &Value, path: &str, random: &mut Random) -> Result<Value> {
    let own = MAKES.iter().find(|(of, _)| *of == path);
    match (schema["type"].as_str().unwrap_or_default(), own) {
        ("array", _) => list(schema, path, random),
        ("object", _) if schema["additionalProperties"].is_object() => {
            let mut texts = Map::new();
            for language in ["es", "en", "pt-BR"].iter().take(1 + random.below(3)) {
                let value = make(&schema["additionalProperties"], path, random)?;
                texts.insert((*language).to_owned(), value);
            }
            Ok(Value::Object(texts))
        }
        (_, Some((_, make))) => Ok(make(random)),
        ("object", None) => {
            let mut object = Map::new();
            let fields = schema["properties"].as_object().context("fields")?;
            // Never without a field: an API server makes null of `{}` where the same manager applied more before.
            let one = random.below(fields.len());
            for (which, (name, field)) in fields.iter().enumerate() {
                let is_required = required(schema).any(|required| required == name);
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                if is_required || which == one || random.once_in(2) {
                    object.insert(name.clone(), make(field, &path, random)?);
                }
            }
            Ok(Value::Object(object))
        }
        ("string", None) if schema["enum"].is_array() => {
            let values = schema["enum"].as_array().context("values")?;
            Ok(random.of(values).clone())
        }
        ("boolean", None) => Ok(json!(random.once_in(4))),
        ("integer", None) => {
            let bound = |name: &str| schema[name].as_f64().context("integers have bounds");
            let (least, most) = (bound("minimum")?, bound("maximum")?);
            Ok(json!(random.of(&[
                least as i64,
                most as i64,
                (least + 1.0) as i64
            ])))
        }
        (kind, None) => {
            bail!("nothing says what {path} ({kind}) looks like: add it to tests/src/specs.rs")
        }
    }
}

/// Some items, none twice: keys tell them apart, or all of them does.
fn list(schema: &Value, path: &str, random: &mut Random) -> Result<Value> {
    let keys: Vec<_> = schema["x-kubernetes-list-map-keys"]
        .as_array()
        .into_iter()
        .flatten()
        .collect();
    let mut items: Vec<Value> = Vec::new();
    for _ in 0..random.below(4) {
        let item = make(&schema["items"], path, random)?;
        let is_same = |other: &Value| match keys.is_empty() {
            true => *other == item,
            false => keys.iter().all(|key| {
                let key = key.as_str().unwrap_or_default();
                other[key] == item[key]
            }),
        };
        if !items.iter().any(is_same) {
            items.push(item);
        }
    }
    Ok(Value::Array(items))
}
