//! What remains of an institution whose resource is gone: with `deletionPolicy: Retain` its namespace
//! and volume, marked as retained; everything else goes with the resource, by owner references.

use k8s_openapi::api::core::v1::{Namespace, PersistentVolumeClaim};
use kube::api::{Patch, PatchParams};
use kube::{Api, Resource, ResourceExt as _};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::ReconcileError;
use super::apply::{ApplyError, ObjectError};
use crate::children::{Child, Kind, Seen};
use crate::context::Context;
use crate::metrics::Write;
use crate::queue::Name;
use crate::{digest, names};

/// Marks what remains of `institution`.
///
/// # Errors
/// If the API server refuses or does not answer.
pub async fn retire(context: &Context, institution: &Name) -> Result<(), ReconcileError> {
    context.insides.at(institution, None);
    let namespace = names::namespace(institution);
    let children = context.children.of(institution);
    if !is_due(children.get(&(Kind::Namespace, namespace.as_str().into()))) {
        return Ok(());
    }
    let claims: Api<PersistentVolumeClaim> = Api::namespaced(context.client.clone(), &namespace);
    let namespaces: Api<Namespace> = Api::all(context.client.clone());
    // The volume first: the namespace's mark says that all is done.
    if mark(&claims, names::DATA).await? {
        count(context, Kind::Claim);
    }
    if mark(&namespaces, &namespace).await? {
        count(context, Kind::Namespace);
        tracing::info!("namespace and volume are retained");
    }
    Ok(())
}

/// Whether anything is still to be marked, by what is known of the namespace.
#[must_use]
pub fn is_due(namespace: Option<&Child>) -> bool {
    namespace.is_some_and(|child| {
        !child.terminating && child.seen != (Seen::Namespace { retained: true })
    })
}

/// The fields of an object that are ours, with the mark; none if it goes with its resource, or has
/// nothing of ours.
#[must_use]
pub fn marked<K>(found: &K) -> Option<Value>
where
    K: Resource<DynamicType = ()> + Serialize,
{
    if found.meta().deletion_timestamp.is_some() || !found.owner_references().is_empty() {
        return None;
    }
    let object = serde_json::to_value(found).ok()?;
    // What is ours in it must be said again, or it would be taken out.
    let mut ours = digest::projection(&object, found.managed_fields())?;
    ours["apiVersion"] = json!(K::api_version(&()));
    ours["kind"] = json!(K::kind(&()));
    ours["metadata"]["labels"][names::RETAINED] = json!("true");
    Some(ours)
}

fn count(context: &Context, kind: Kind) {
    let write = Write {
        kind: kind.as_str(),
        verb: "apply",
    };
    context.metrics.writes.get_or_create(&write).inc();
}

/// Marks an object as retained; tells whether it did.
async fn mark<K>(api: &Api<K>, name: &str) -> Result<bool, ApplyError>
where
    K: Resource<DynamicType = ()> + Clone + std::fmt::Debug + Serialize + DeserializeOwned,
{
    let failed = |source| ApplyError {
        first: ObjectError::new::<K>(name, source),
        others: 0,
    };
    let found = api.get_opt(name).await.map_err(failed)?;
    let Some(ours) = found.as_ref().and_then(marked) else {
        return Ok(false);
    };
    let parameters = PatchParams::apply(names::FIELD_MANAGER).force();
    api.patch(name, &parameters, &Patch::Apply(&ours))
        .await
        .map_err(failed)?;
    Ok(true)
}
