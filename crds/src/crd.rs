//! The `CustomResourceDefinition`, generated from the types.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceDefinition, JSONSchemaProps, JSONSchemaPropsOrArray, JSONSchemaPropsOrBool,
};
use kube::CustomResourceExt;

use crate::IiifInstitution;

/// The first line of the YAML.
const HEADER: &str = "# Generated: cargo run -p acervo-crds --bin crdgen > crds/generated/iiifinstitutions.acervo.dev.yaml\n";

/// The resource's definition, as the cluster gets it.
///
/// What kube derives, with two changes. No field is `nullable`: an empty field (`homepage:`) then means
/// an absent one, and rules need not speak of null. And `metadata.name` is declared, so that the rules
/// about it can name it as the field at fault.
#[must_use]
pub fn crd() -> CustomResourceDefinition {
    let mut crd = IiifInstitution::crd();
    let schemas = crd
        .spec
        .versions
        .iter_mut()
        .filter_map(|version| version.schema.as_mut());
    for root in schemas.filter_map(|schema| schema.open_api_v3_schema.as_mut()) {
        forbid_null(root);
        let metadata = object([("name", typed("string"))]);
        root.properties
            .get_or_insert_default()
            .insert("metadata".to_owned(), metadata);
    }
    crd
}

/// The definition as YAML, as committed under `crds/generated/`.
///
/// # Panics
/// Never: the definition is plain data.
#[must_use]
pub fn crd_yaml() -> String {
    let yaml = serde_saphyr::to_string(&crd()).expect("a definition is plain data");
    format!("{HEADER}{}\n", yaml.trim_end())
}

/// The schema of the served version.
pub(crate) fn schema() -> JSONSchemaProps {
    let version = crd().spec.versions.into_iter().next();
    version
        .and_then(|version| version.schema)
        .and_then(|schema| schema.open_api_v3_schema)
        .expect("kube derives one version with a schema")
}

fn forbid_null(schema: &mut JSONSchemaProps) {
    schema.nullable = None;
    schema
        .properties
        .iter_mut()
        .flat_map(|p| p.values_mut())
        .for_each(forbid_null);
    if let Some(JSONSchemaPropsOrArray::Schema(items)) = &mut schema.items {
        forbid_null(items);
    }
    if let Some(JSONSchemaPropsOrBool::Schema(values)) = &mut schema.additional_properties {
        forbid_null(values);
    }
}

/// The schema of any value of a type.
pub(crate) fn typed(type_: &str) -> JSONSchemaProps {
    JSONSchemaProps {
        type_: Some(type_.to_owned()),
        ..JSONSchemaProps::default()
    }
}

fn object<const N: usize>(properties: [(&str, JSONSchemaProps); N]) -> JSONSchemaProps {
    let properties = properties.map(|(name, schema)| (name.to_owned(), schema));
    JSONSchemaProps {
        properties: Some(properties.into()),
        ..typed("object")
    }
}
