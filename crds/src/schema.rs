//! Schemas of fields whose types come from elsewhere, or whose rules sit on their items.
//!
//! Each is the whole schema of a field but its description, which is the field's documentation.

use kube::core::{Rule, validate};
use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use crate::rules;

/// Puts rules on a schema.
fn with_rules<const N: usize>(mut schema: Schema, rules: [Rule; N]) -> Schema {
    for rule in rules {
        validate(&mut schema, rule).expect("a rule is plain JSON");
    }
    schema
}

/// A text of a line or two by language tag.
pub(crate) fn language_map(_: &mut SchemaGenerator) -> Schema {
    texts(300)
}

/// A text of a page by language tag.
pub(crate) fn long_language_map(_: &mut SchemaGenerator) -> Schema {
    texts(2000)
}

fn texts(longest: u32) -> Schema {
    with_rules(
        json_schema!({
            "type": "object",
            "maxProperties": 16,
            "additionalProperties": {"type": "string", "maxLength": longest},
        }),
        [
            rules::some_language(),
            rules::language_tags(),
            rules::no_blank_text(),
        ],
    )
}

/// A language of the product.
pub(crate) fn language(_: &mut SchemaGenerator) -> Schema {
    let tags = acervo_tenancy::Language::ALL.map(acervo_tenancy::Language::tag);
    json_schema!({"type": "string", "enum": tags})
}

/// Host names without duplicates.
pub(crate) fn hostnames(_: &mut SchemaGenerator) -> Schema {
    let host = with_rules(
        json_schema!({"type": "string", "maxLength": 253}),
        [rules::hostname()],
    );
    json_schema!({
        "type": "array",
        "maxItems": 15,
        "x-kubernetes-list-type": "set",
        "items": host,
    })
}

/// The name of a collection.
pub(crate) fn collection_name(_: &mut SchemaGenerator) -> Schema {
    with_rules(
        json_schema!({"type": "string", "maxLength": 40}),
        [rules::collection_name(), rules::collection_not_reserved()],
    )
}

/// The size of a volume. Only text: a bare number would be bytes, which nobody means.
pub(crate) fn storage_size(_: &mut SchemaGenerator) -> Schema {
    with_rules(
        json_schema!({"type": "string", "maxLength": 16}),
        [rules::storage_size()],
    )
}

/// An observed quantity.
pub(crate) fn quantity(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "maxLength": 32})
}

/// A moment.
pub(crate) fn time(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "format": "date-time"})
}

/// Conditions, bounded as Kubernetes bounds its own.
pub(crate) fn conditions(_: &mut SchemaGenerator) -> Schema {
    let text = |max: u32, description: &str| -> Value {
        json!({"type": "string", "maxLength": max, "description": description})
    };
    json_schema!({
        "type": "array",
        "maxItems": 16,
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["type"],
        "items": {
            "type": "object",
            "required": ["type", "status", "reason", "message", "lastTransitionTime"],
            "properties": {
                "type": text(316, "What is said to be so or not."),
                "status": {
                    "type": "string",
                    "enum": ["True", "False", "Unknown"],
                    "description": "Whether it is so.",
                },
                "reason": text(1024, "Why, in one word for machines."),
                "message": text(32768, "Why, in a sentence for people."),
                "lastTransitionTime": {
                    "type": "string",
                    "format": "date-time",
                    "description": "Since when the status is what it is.",
                },
                "observedGeneration": {
                    "type": "integer",
                    "format": "int64",
                    "minimum": 0,
                    "description": "The generation of `spec` that this condition speaks of.",
                },
            },
        },
    })
}

/// Pixels of one side of an answer.
pub(crate) fn pixels_of_a_side(_: &mut SchemaGenerator) -> Schema {
    whole(64, 1 << 20)
}

/// Pixels of an answer.
pub(crate) fn pixels_of_an_area(_: &mut SchemaGenerator) -> Schema {
    whole(4096, 1 << 40)
}

/// Seconds, a year at most.
pub(crate) fn seconds(_: &mut SchemaGenerator) -> Schema {
    whole(0, 31_536_000)
}

/// A whole number; schemars would write a format that Kubernetes does not know.
fn whole(least: u64, most: u64) -> Schema {
    json_schema!({ "type": "integer", "minimum": least, "maximum": most })
}
