//! The objects that the model's API server holds: what was applied, and what became of it.

use std::collections::HashMap;

use acervo_operator::children::{Child, Key, Kind};
use acervo_operator::digest::{self, Digest};
use acervo_operator::gateway::HttpRoute;
use acervo_operator::names;
use acervo_operator::observe::{Observed, Watched};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{
    ConfigMap, LimitRange, Namespace, PersistentVolumeClaim, ResourceQuota, Service, ServiceAccount,
};
use k8s_openapi::api::networking::v1::NetworkPolicy;
use k8s_openapi::api::rbac::v1::RoleBinding;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::world::NAME;

/// A kind and name: a place where an object may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Slot(pub(crate) u8);

/// What was applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Content(u16);

/// What the operator remembers of an object, but for its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct View(u16);

/// An object in the API server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Object {
    pub(crate) version: u8,
    pub(crate) content: Content,
    /// The UID of the resource that owns it; none for what outlives it.
    pub(crate) owner: Option<u8>,
    /// Somebody changed a field of ours.
    pub(crate) is_edited: bool,
    /// Somebody took the institution's label away.
    pub(crate) is_unlabelled: bool,
    /// The cluster's own controllers have done their part.
    pub(crate) is_settled: bool,
    pub(crate) is_terminating: bool,
}

/// Everything that any state of the model is made of, each once.
#[derive(Default)]
pub(crate) struct Objects {
    slots: Vec<Key>,
    contents: Vec<(Slot, Digest, Value)>,
    views: Vec<Child>,
    viewed: HashMap<(Slot, Object), View>,
}

impl Objects {
    pub(crate) fn slot(&mut self, key: &Key) -> Slot {
        let known = self.slots.iter().position(|known| known == key);
        let at = known.unwrap_or_else(|| {
            self.slots.push(key.clone());
            self.slots.len() - 1
        });
        Slot(u8::try_from(at).expect("few slots"))
    }

    /// Every place that anything ever was in.
    pub(crate) fn slots(&self) -> impl Iterator<Item = Slot> + use<> {
        let many = u8::try_from(self.slots.len()).expect("few slots");
        (0..many).map(Slot)
    }

    pub(crate) fn key(&self, slot: Slot) -> &Key {
        &self.slots[usize::from(slot.0)]
    }

    pub(crate) fn kind(&self, slot: Slot) -> Kind {
        self.key(slot).0
    }

    /// Whether an object lies in the operator's own namespace.
    pub(crate) fn is_elsewhere(&self, slot: Slot) -> bool {
        self.key(slot).1.contains('/')
    }

    pub(crate) fn content(&mut self, slot: Slot, object: &Value) -> Content {
        let digest = digest::wanted(object);
        let known = self
            .contents
            .iter()
            .position(|(of, known, _)| (*of, *known) == (slot, digest));
        let at = known.unwrap_or_else(|| {
            self.contents.push((slot, digest, object.clone()));
            self.contents.len() - 1
        });
        Content(u16::try_from(at).expect("few contents"))
    }

    pub(crate) fn json(&self, content: Content) -> &Value {
        &self.contents[usize::from(content.0)].2
    }

    pub(crate) fn view(&mut self, child: Child) -> View {
        let child = Child {
            version: 0,
            ..child
        };
        let known = self.views.iter().position(|known| *known == child);
        let at = known.unwrap_or_else(|| {
            self.views.push(child);
            self.views.len() - 1
        });
        View(u16::try_from(at).expect("few views"))
    }

    pub(crate) fn child(&self, view: View, version: u8) -> Child {
        Child {
            version: version.into(),
            ..self.views[usize::from(view.0)].clone()
        }
    }

    /// What the operator reads off an object.
    pub(crate) fn observed(&mut self, slot: Slot, object: Object) -> Child {
        let of = Object {
            version: 0,
            ..object
        };
        if let Some(view) = self.viewed.get(&(slot, of)) {
            return self.child(*view, object.version);
        }
        let child = observed(self.kind(slot), self.as_read(slot, object));
        let view = self.view(child);
        self.viewed.insert((slot, of), view);
        self.child(view, object.version)
    }

    /// An object as the API server gives it: with the record of what was applied, and with the status
    /// that its controller writes.
    pub(crate) fn as_read(&self, slot: Slot, object: Object) -> Value {
        let mut json = self.json(object.content).clone();
        let mut fields = json!({});
        let applied = json.as_object().into_iter().flatten();
        for (name, value) in applied {
            match name.as_str() {
                "apiVersion" | "kind" => {}
                "metadata" => {
                    let metadata = value.as_object().into_iter().flatten();
                    let names =
                        metadata.filter(|(name, _)| *name != "name" && *name != "namespace");
                    let names = names.map(|(name, _)| (format!("f:{name}"), json!({})));
                    fields["f:metadata"] = Value::Object(names.collect());
                }
                name => fields[format!("f:{name}")] = json!({}),
            }
        }
        if object.is_edited || object.is_unlabelled {
            fields["f:metadata"]["f:labels"] = json!({"f:app.kubernetes.io/managed-by": {}});
            json["metadata"]["labels"]["somebody"] = json!("else");
        }
        if object.is_unlabelled {
            let labels = json["metadata"]["labels"].as_object_mut();
            labels.map(|labels| labels.remove(names::INSTITUTION));
        }
        let name = &*self.key(slot).1;
        let metadata = &mut json["metadata"];
        metadata["name"] = json!(name.rsplit('/').next());
        metadata["resourceVersion"] = json!(object.version.to_string());
        metadata["generation"] = json!(2);
        metadata["managedFields"] = json!([{
            "manager": names::FIELD_MANAGER, "operation": "Apply", "fieldsType": "FieldsV1", "fieldsV1": fields,
        }]);
        if object.is_terminating {
            metadata["deletionTimestamp"] = json!("2026-05-04T12:00:00Z");
        }
        let status = status(self.kind(slot), &json, object.is_settled);
        if !status.is_null() {
            json["status"] = status;
        }
        json
    }
}

/// What the controller of a kind says of an object.
fn status(kind: Kind, object: &Value, is_settled: bool) -> Value {
    let settled = i64::from(is_settled);
    match kind {
        Kind::Claim if is_settled => {
            let size = &object["spec"]["resources"]["requests"]["storage"];
            json!({"phase": "Bound", "capacity": {"storage": size}})
        }
        Kind::Claim => json!({"phase": "Pending"}),
        Kind::ResourceQuota if is_settled => json!({"hard": object["spec"]["hard"]}),
        Kind::Deployment => {
            let wanted = object["spec"]["replicas"].as_i64().unwrap_or(1);
            let (total, updated) = if is_settled { (wanted, wanted) } else { (1, 0) };
            json!({
                "observedGeneration": 1 + settled, "replicas": total, "updatedReplicas": updated,
                "availableReplicas": updated,
            })
        }
        Kind::HttpRoute if is_settled => {
            let parents = object["spec"]["parentRefs"]
                .as_array()
                .into_iter()
                .flatten();
            let accepted = json!([{
                "type": "Accepted", "status": "True", "reason": "Accepted", "message": "",
                "lastTransitionTime": "2026-05-04T12:00:00Z",
            }]);
            let parents: Vec<_> = parents
                .map(|parent| {
                    json!({"parentRef": parent, "controllerName": "test/gateway", "conditions": accepted})
                })
                .collect();
            json!({"parents": parents})
        }
        _ => Value::Null,
    }
}

/// Whether a controller of the cluster has something to do for objects of a kind.
pub(crate) const fn is_controlled(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Claim | Kind::ResourceQuota | Kind::Deployment | Kind::HttpRoute
    )
}

fn observed(kind: Kind, object: Value) -> Child {
    fn read<K: Watched>(object: Value) -> Child {
        let text = object.to_string();
        let object: Observed<K> = serde_json::from_str(&text).expect("an object of this kind");
        object
            .child(NAME)
            .unwrap_or_else(|| panic!("not read: {text}"))
            .1
    }
    match kind {
        Kind::Namespace => read::<Namespace>(object),
        Kind::ServiceAccount => read::<ServiceAccount>(object),
        Kind::ResourceQuota => read::<ResourceQuota>(object),
        Kind::LimitRange => read::<LimitRange>(object),
        Kind::NetworkPolicy => read::<NetworkPolicy>(object),
        Kind::RoleBinding => read::<RoleBinding>(object),
        Kind::Claim => read::<PersistentVolumeClaim>(object),
        Kind::ConfigMap => read::<ConfigMap>(object),
        Kind::Deployment => read::<Deployment>(object),
        Kind::Service => read::<Service>(object),
        Kind::HttpRoute => read::<HttpRoute>(object),
        Kind::DisruptionBudget
        | Kind::Autoscaler
        | Kind::ListenerSet
        | Kind::Ingress
        | Kind::Job => {
            unreachable!("the small institution {NAME} has no {kind:?}")
        }
    }
}

/// An object of a kind as the operator's own code takes it.
pub(crate) fn typed<K: DeserializeOwned>(object: Value) -> K {
    serde_json::from_value(object).expect("an object of this kind")
}
