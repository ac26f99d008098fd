//! Institutions as tests apply them.

use serde_json::{Value, json};

/// Values of the chart for a platform behind a Gateway that is not there yet.
pub const VALUES: &str = "\
platform:
  baseUrl: http://iiif.example.org/{institution}
  language: en
  plans:
    large: {replicas: 2, maxReplicas: 4}
routing:
  gateway: {name: public, namespace: gateway}
networkPolicy:
  nodeCIDRs: [10.0.0.0/8]
";

/// An institution with one collection, `mapas`.
#[must_use]
pub fn institution(name: &str) -> Value {
    json!({
        "apiVersion": "acervo.dev/v1alpha1",
        "kind": "IiifInstitution",
        "metadata": {"name": name},
        "spec": {
            "displayName": {"es": format!("Institución {name}"), "en": format!("Institution {name}")},
            "storage": {"size": "10Gi", "storageClassName": "test"},
            "collections": [{"name": "mapas", "source": {"directory": "mapas"}}],
        },
    })
}

/// What a condition of a resource says: status, reason, message.
#[must_use]
pub fn condition(resource: &Value, type_: &str) -> Option<(String, String, String)> {
    let conditions = resource["status"]["conditions"].as_array()?;
    let condition = conditions
        .iter()
        .find(|condition| condition["type"] == type_)?;
    let text = |field: &str| Some(condition[field].as_str()?.to_owned());
    Some((text("status")?, text("reason")?, text("message")?))
}
