//! How long a change of a resource takes to be applied, as somebody sees it who watches the resources too.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use futures_util::StreamExt as _;
use futures_util::future::try_join_all;
use kube::api::{DynamicObject, Patch, PatchParams};
use kube::runtime::WatchStreamExt as _;
use kube::runtime::watcher::{self, Event, watcher};
use kube::{Api, Client, ResourceExt as _};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::kinds::INSTITUTIONS;
use crate::percentiles;

/// The longest that a change is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// The generation that each status speaks of, and since when.
#[derive(Debug, Default)]
struct Sight {
    observed: Mutex<HashMap<String, (i64, Instant)>>,
    changed: Notify,
}

/// Changes `count` resources; tells how long until the status of each spoke of it.
pub(crate) async fn change(client: &Client, count: usize, at_once: bool) -> anyhow::Result<Value> {
    let sight = Arc::new(Sight::default());
    let api: Api<DynamicObject> = Api::all_with(client.clone(), &INSTITUTIONS.resource());
    let names = watch(&api, &sight).await?;
    let names = names
        .iter()
        .step_by((names.len() / count.max(1)).max(1))
        .take(count);
    let change = |name: &String| change_one(api.clone(), Arc::clone(&sight), name.clone());
    let took = if at_once {
        try_join_all(names.map(change)).await?
    } else {
        let mut took = Vec::new();
        for name in names {
            took.push(change(name).await?);
        }
        took
    };
    Ok(percentiles(took))
}

/// Starts to watch the resources; gives their names once all were listed.
async fn watch(api: &Api<DynamicObject>, sight: &Arc<Sight>) -> anyhow::Result<Vec<String>> {
    let mut events = Box::pin(watcher(api.clone(), watcher::Config::default()).default_backoff());
    let (sight_of_watch, (listed, all)) = (Arc::clone(sight), tokio::sync::oneshot::channel());
    let mut listed = Some(listed);
    tokio::spawn(async move {
        while let Some(event) = events.next().await {
            match event {
                Ok(Event::Apply(object) | Event::InitApply(object)) => {
                    let generation = object.data["status"]["observedGeneration"]
                        .as_i64()
                        .unwrap_or(0);
                    let mut observed = sight_of_watch
                        .observed
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner);
                    let known = observed
                        .entry(object.name_any())
                        .or_insert((0, Instant::now()));
                    if known.0 < generation {
                        *known = (generation, Instant::now());
                    }
                    drop(observed);
                    sight_of_watch.changed.notify_waiters();
                }
                Ok(Event::InitDone) => _ = listed.take().map(|listed| listed.send(())),
                Ok(Event::Init | Event::Delete(_)) => {}
                Err(error) => eprintln!("{error}"),
            }
        }
    });
    all.await?;
    let observed = sight
        .observed
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let mut names: Vec<_> = observed.keys().cloned().collect();
    names.sort();
    Ok(names)
}

async fn change_one(
    api: Api<DynamicObject>,
    sight: Arc<Sight>,
    name: String,
) -> anyhow::Result<f64> {
    let begun = Instant::now();
    let time = SystemTime::now().duration_since(UNIX_EPOCH)?.as_micros();
    let patch = Patch::Merge(json!({"spec": {"displayName": {"es": format!("{name}, {time}")}}}));
    let changed = api.patch(&name, &PatchParams::default(), &patch).await?;
    let generation = changed.metadata.generation.unwrap_or(0);
    let applied = async {
        loop {
            let mut changed = std::pin::pin!(sight.changed.notified());
            changed.as_mut().enable();
            let observed = sight
                .observed
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .get(&name)
                .copied();
            if let Some((_, at)) = observed.filter(|(observed, _)| *observed >= generation) {
                return at;
            }
            changed.await;
        }
    };
    let applied = timeout(PATIENCE, applied)
        .await
        .with_context(|| format!("{name} was not applied"))?;
    Ok(applied.duration_since(begun).as_secs_f64() * 1000.0)
}
