//! Says of YAML files what the API server would say, without an API server.
//!
//! In its order: unknown fields (as `kubectl apply` asks for), structural schema, defaults, CEL rules;
//! all of it from the one schema that is generated for the cluster.

use std::sync::LazyLock;

use acervo_tenancy::Bilingual;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::JSONSchemaProps;
use kube::Resource;
use kube::core::ObjectMeta;
use kube::core::cel::{self, CompiledSchema};
use serde_json::Value;

pub use crate::refused::{Fault, FaultKind, Refused};
use crate::yaml::{Document, SyntaxError};
use crate::{IiifInstitution, rules, structural, yaml};

/// The schema in the three forms that the stages read.
struct Schema {
    typed: JSONSchemaProps,
    json: Value,
    rules: CompiledSchema,
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let mut typed = crate::crd::schema();
    // Every resource has these two; kube leaves them to the API server.
    for name in ["apiVersion", "kind"] {
        let text = crate::crd::typed("string");
        typed
            .properties
            .get_or_insert_default()
            .insert(name.to_owned(), text);
    }
    let json = serde_json::to_value(&typed).expect("a schema is plain JSON");
    let rules = cel::compile_schema(&json);
    Schema { typed, json, rules }
});

/// The institutions in the YAML text of a file; `file` is its name for messages.
///
/// An institution that is in `previous` is taken as changed from what it is there, so that rules about
/// changes (storage only grows) hold. Empty documents are skipped.
///
/// # Errors
/// Each document that the API server would refuse, with everything that is wrong in it at the first
/// stage that finds something. Nothing after a syntax error can be read.
#[must_use]
pub fn read(
    file: &str,
    yaml: &str,
    previous: &[IiifInstitution],
) -> Vec<Result<IiifInstitution, Refused>> {
    let documents = yaml::documents(yaml).into_iter().enumerate();
    documents
        .map(|(index, document)| {
            let refused = |institution, faults| Refused {
                file: file.to_owned(),
                document: index + 1,
                institution,
                faults,
            };
            let document = document.map_err(|error| refused(None, vec![no_yaml(error)]))?;
            institution(&document, previous).map_err(|faults| {
                let name = document
                    .value
                    .pointer("/metadata/name")
                    .and_then(Value::as_str);
                refused(name.map(str::to_owned), located(faults, &document))
            })
        })
        .collect()
}

/// Gives each fault its line and puts them in the order of the file.
fn located(mut faults: Vec<Fault>, document: &Document) -> Vec<Fault> {
    for fault in &mut faults {
        fault.line = document.line(&fault.field);
    }
    faults.sort_by(|a, b| (a.line, &a.field).cmp(&(b.line, &b.field)));
    faults
}

/// What is wrong with a resource that was stored: under older rules, or past the API server. Nothing, if
/// the API server would take it today.
#[must_use]
pub fn faults(stored: &IiifInstitution) -> Vec<Fault> {
    let document = serde_json::json!({
        "apiVersion": IiifInstitution::api_version(&()),
        "kind": IiifInstitution::kind(&()),
        "metadata": {"name": stored.metadata.name},
        "spec": stored.spec,
    });
    judged(document, &[]).err().unwrap_or_default()
}

fn institution(
    document: &Document,
    previous: &[IiifInstitution],
) -> Result<IiifInstitution, Vec<Fault>> {
    let value = judged(document.value.clone(), previous)?;
    serde_json::from_value(value).map_err(|error| {
        let message = Bilingual::new(
            format!("no se puede leer: {error}"),
            format!("cannot be read: {error}"),
        );
        vec![Fault::new(FaultKind::Schema, "", message)]
    })
}

/// The document as the API server would store it, if it would.
fn judged(mut value: Value, previous: &[IiifInstitution]) -> Result<Value, Vec<Fault>> {
    is_institution(&value).map_err(|fault| vec![fault])?;
    structural::drop_nulls(&mut value);
    stage(|faults| no_unknown_fields(&value, faults))?;
    // People cannot write the status: the API server drops what they send.
    value.as_object_mut().map(|fields| fields.remove("status"));
    stage(|faults| {
        structural::check(&value, &SCHEMA.typed, "", faults);
        check_metadata(&value["metadata"], faults);
    })?;
    let value = cel::apply_defaults(&SCHEMA.json, &value);
    stage(|faults| check_rules(&value, previous, faults))?;
    Ok(value)
}

/// Runs one stage: what it found ends the validation.
fn stage(run: impl FnOnce(&mut Vec<Fault>)) -> Result<(), Vec<Fault>> {
    let mut faults = Vec::new();
    run(&mut faults);
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}

fn no_yaml(
    SyntaxError {
        line,
        repeated,
        detail,
    }: SyntaxError,
) -> Fault {
    let message = match repeated {
        Some(name) => Bilingual::new(
            format!("el campo «{name}» está escrito dos veces en el mismo lugar; deje uno solo"),
            format!("the field \"{name}\" is written twice in the same place; leave one of them"),
        ),
        None => Bilingual::new(
            format!(
                "no es YAML válido; revise sangría, comillas, llaves y dos puntos (el analizador dice: {detail})"
            ),
            format!(
                "is not valid YAML; look at indentation, quotes, brackets and colons (the parser says: {detail})"
            ),
        ),
    };
    Fault {
        line,
        ..Fault::new(FaultKind::Yaml, "", message)
    }
}

/// The document is of our kind and version.
fn is_institution(value: &Value) -> Result<(), Fault> {
    let kind = IiifInstitution::kind(&());
    let version = IiifInstitution::api_version(&());
    let found = |field: &str| value.get(field).and_then(Value::as_str).unwrap_or_default();
    if found("kind") != kind {
        let message = match found("kind") {
            "" => Bilingual::new(
                format!("no dice de qué tipo es; escriba kind: {kind}"),
                format!("does not say its kind; write kind: {kind}"),
            ),
            other => Bilingual::new(
                format!(
                    "es de tipo {other}; aquí solo van documentos de tipo {kind}: quítelo o póngalo en otra carpeta"
                ),
                format!(
                    "is of kind {other}; only documents of kind {kind} belong here: remove it or put it into another folder"
                ),
            ),
        };
        return Err(Fault::new(FaultKind::NotAnInstitution, "kind", message));
    }
    if found("apiVersion") != version {
        let message = Bilingual::new(
            format!("esta versión no se conoce; escriba apiVersion: {version}"),
            format!("this version is not known; write apiVersion: {version}"),
        );
        return Err(Fault::new(
            FaultKind::NotAnInstitution,
            "apiVersion",
            message,
        ));
    }
    Ok(())
}

/// The schema says nothing of most fields of `metadata`; what comes back from its type is known.
fn no_unknown_fields(value: &Value, faults: &mut Vec<Fault>) {
    let mut fields = value.clone();
    let metadata = fields
        .as_object_mut()
        .and_then(|fields| fields.remove("metadata"));
    structural::unknown_fields(&fields, &SCHEMA.typed, "", faults);
    let Some(Value::Object(given)) = metadata else {
        return;
    };
    let Ok(read) = serde_json::from_value::<ObjectMeta>(given.clone().into()) else {
        return;
    };
    let known = serde_json::to_value(read).expect("metadata is plain JSON");
    for name in given
        .keys()
        .filter(|name| known.get(name.as_str()).is_none())
    {
        let message = structural::unknown_field(name, &["name", "labels", "annotations"]);
        let field = yaml::field("metadata", name);
        faults.push(Fault::new(FaultKind::UnknownField, field, message));
    }
}

/// What the API server wants of any object's metadata, if it is any.
fn check_metadata(metadata: &Value, faults: &mut Vec<Fault>) {
    let mut say = |field, message| faults.push(Fault::new(FaultKind::Schema, field, message));
    match metadata {
        Value::Object(fields) if fields.contains_key("name") => {}
        Value::Object(_) | Value::Null => say(
            "metadata.name",
            Bilingual::new(
                "falta el nombre de la institución; escriba por ejemplo biblioteca-sur",
                "the name of the institution is missing; write for example southern-library",
            ),
        ),
        _ => return,
    }
    if metadata.is_object()
        && let Err(error) = serde_json::from_value::<ObjectMeta>(metadata.clone())
    {
        let message = Bilingual::new(
            format!("no se puede leer ({error}); etiquetas y anotaciones son texto entre comillas"),
            format!("cannot be read ({error}); labels and annotations are text between quotes"),
        );
        say("metadata", message);
    }
}

fn check_rules(value: &Value, previous: &[IiifInstitution], faults: &mut Vec<Fault>) {
    let name = value.pointer("/metadata/name").and_then(Value::as_str);
    let old = previous
        .iter()
        .find(|institution| institution.metadata.name.as_deref() == name)
        .map(|institution| serde_json::to_value(institution).expect("a resource is plain JSON"));
    let Err(errors) = cel::validate_compiled(&SCHEMA.rules, value, old.as_ref()) else {
        return;
    };
    for error in errors {
        let message = rules::sentences(&error.message)
            .unwrap_or_else(|| Bilingual::new(error.message.clone(), error.message.clone()));
        let field = error.field_path.trim_start_matches('.');
        faults.push(Fault::new(FaultKind::Rule, field, message));
    }
}
