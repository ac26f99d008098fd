//! What remains of an institution whose resource is gone: with `deletionPolicy: Retain` its namespace
//! and volume, marked as retained; everything else goes with the resource, by owner references.

use k8s_openapi::api::core::v1::{Namespace, PersistentVolumeClaim};
use kube::api::{Patch, PatchParams};
use kube::{Api, Resource, ResourceExt as _};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::ReconcileError;
use super::apply::{ApplyError, ObjectError};
use crate::children::{Kind, Seen};
use crate::context::Context;
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
    let child = children.get(&(Kind::Namespace, namespace.as_str().into()));
    match child {
        None => return Ok(()),
        Some(child) if child.terminating => return Ok(()),
        Some(child) if child.seen == (Seen::Namespace { retained: true }) => return Ok(()),
        Some(_) => {}
    }
    let claims: Api<PersistentVolumeClaim> = Api::namespaced(context.client.clone(), &namespace);
    let namespaces: Api<Namespace> = Api::all(context.client.clone());
    // The volume first: the namespace's mark says that all is done.
    mark(&claims, names::DATA).await?;
    if mark(&namespaces, &namespace).await? {
        tracing::info!(institution = %institution, "namespace and volume are retained");
    }
    Ok(())
}

/// Marks an object as retained; tells whether it did. What goes with the resource is left alone.
async fn mark<K>(api: &Api<K>, name: &str) -> Result<bool, ApplyError>
where
    K: Resource<DynamicType = ()> + Clone + std::fmt::Debug + Serialize + DeserializeOwned,
{
    let failed = |source| ApplyError {
        first: ObjectError::Api {
            kind: K::kind(&()).into_owned(),
            name: name.to_owned(),
            source: Box::new(source),
        },
        others: 0,
    };
    let Some(found) = api.get_opt(name).await.map_err(failed)? else {
        return Ok(false);
    };
    if found.meta().deletion_timestamp.is_some() || !found.owner_references().is_empty() {
        return Ok(false);
    }
    let object = serde_json::to_value(&found).unwrap_or_default();
    // What is ours in it must be said again, or it would be taken out.
    let Some(mut ours) = digest::projection(&object, found.managed_fields()) else {
        return Ok(false);
    };
    ours["apiVersion"] = json!(K::api_version(&()));
    ours["kind"] = json!(K::kind(&()));
    ours["metadata"]["labels"][names::RETAINED] = json!("true");
    let parameters = PatchParams::apply(names::FIELD_MANAGER).force();
    api.patch(name, &parameters, &Patch::Apply(&ours))
        .await
        .map_err(failed)?;
    Ok(true)
}
