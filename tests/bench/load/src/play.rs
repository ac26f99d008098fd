//! The part of the controllers that a cluster has and a control plane alone has not.

use std::time::Duration;

use anyhow::bail;
use futures_util::TryStreamExt as _;
use kube::api::{DynamicObject, Patch, PatchParams};
use kube::runtime::{WatchStreamExt as _, watcher};
use kube::{Api, Client, ResourceExt as _};
use serde_json::{Value, json};

use crate::kinds::{CLAIM, DEPLOYMENT, INSTITUTION, Kind, QUOTA, ROUTE};

/// When everything became as it is.
const SINCE: &str = "2026-01-01T00:00:00Z";

/// How many statuses of one kind are written at the same time.
const AT_ONCE: usize = 4;

/// What the status of an object is to be; nothing where it is so already.
type Part = fn(&DynamicObject) -> Option<Value>;

/// Plays until the process is ended.
pub(crate) async fn play(client: &Client) -> anyhow::Result<Value> {
    let parts: [(Kind, Part); 4] = [
        (CLAIM, bound),
        (DEPLOYMENT, available),
        (QUOTA, counted),
        (ROUTE, accepted),
    ];
    let played = parts.map(|(kind, part)| play_one(client.clone(), kind, part));
    futures_util::future::try_join_all(played).await?;
    bail!("a watch ended")
}

async fn play_one(client: Client, kind: Kind, part: Part) -> anyhow::Result<()> {
    let resource = kind.resource();
    let api: Api<DynamicObject> = Api::all_with(client.clone(), &resource);
    let config = watcher::Config::default().labels(INSTITUTION);
    let objects = watcher::watcher(api, config)
        .default_backoff()
        .applied_objects();
    objects
        .map_err(anyhow::Error::from)
        .try_for_each_concurrent(AT_ONCE, |object| {
            let namespace = object.namespace().unwrap_or_default();
            let api: Api<DynamicObject> =
                Api::namespaced_with(client.clone(), &namespace, &resource);
            async move {
                if let Some(status) = part(&object) {
                    let patch = Patch::Merge(json!({ "status": status }));
                    let written = api
                        .patch_status(&object.name_any(), &PatchParams::default(), &patch)
                        .await;
                    // Deleted or changed meanwhile: then the watch tells of that.
                    if let Err(error) = written {
                        eprintln!("{}/{}: {error}", namespace, object.name_any());
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                }
                Ok(())
            }
        })
        .await
}

fn bound(claim: &DynamicObject) -> Option<Value> {
    let requested = &claim.data["spec"]["resources"]["requests"];
    let status = &claim.data["status"];
    (status["phase"] != "Bound" || &status["capacity"] != requested)
        .then(|| json!({"phase": "Bound", "capacity": requested}))
}

fn available(deployment: &DynamicObject) -> Option<Value> {
    let generation = deployment.metadata.generation;
    let replicas = &deployment.data["spec"]["replicas"];
    let status = &deployment.data["status"];
    (status["observedGeneration"].as_i64() != generation).then(|| {
        json!({
            "observedGeneration": generation, "replicas": replicas, "updatedReplicas": replicas,
            "readyReplicas": replicas, "availableReplicas": replicas,
        })
    })
}

fn counted(quota: &DynamicObject) -> Option<Value> {
    let hard = &quota.data["spec"]["hard"];
    let used: serde_json::Map<_, _> = hard
        .as_object()?
        .keys()
        .map(|key| (key.clone(), json!("0")))
        .collect();
    (&quota.data["status"]["hard"] != hard).then(|| json!({"hard": hard, "used": used}))
}

fn accepted(route: &DynamicObject) -> Option<Value> {
    if route.data["status"]["parents"]
        .as_array()
        .is_some_and(|parents| !parents.is_empty())
    {
        return None;
    }
    let condition = |type_: &str| {
        json!({
            "type": type_, "status": "True", "reason": type_, "message": "",
            "lastTransitionTime": SINCE, "observedGeneration": route.metadata.generation,
        })
    };
    let parent = |parent: &Value| {
        json!({
            "parentRef": parent, "controllerName": "benchmark.example.org/gateway",
            "conditions": [condition("Accepted"), condition("ResolvedRefs")],
        })
    };
    let parents: Vec<_> = route.data["spec"]["parentRefs"]
        .as_array()?
        .iter()
        .map(parent)
        .collect();
    Some(json!({ "parents": parents }))
}
