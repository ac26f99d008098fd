//! How long children stay spoilt, as somebody sees it who watches them too.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use futures_util::StreamExt as _;
use futures_util::future::try_join_all;
use kube::api::{DeleteParams, DynamicObject, Patch, PatchParams};
use kube::core::PartialObjectMeta;
use kube::runtime::WatchStreamExt as _;
use kube::runtime::watcher::{self, Event, watcher};
use kube::{Api, Client, ResourceExt as _};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::kinds::{CHILDREN, INSTITUTION, Kind};
use crate::percentiles;

/// A label of ours on every child, and what it says.
const LABEL: &str = "app.kubernetes.io/managed-by";
const OURS: &str = "acervo-operator";

/// The longest that a child is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// An object: index of its kind, namespace, name.
type Key = (usize, String, String);

/// How an object was when the watch told of it.
#[derive(Debug, Clone)]
struct Seen {
    at: Instant,
    version: u64,
    uid: String,
    ours: bool,
}

/// All objects as the watches have told of them last, and whoever waits for news.
#[derive(Debug, Default)]
struct Sight {
    objects: Mutex<HashMap<Key, Seen>>,
    changed: Notify,
}

impl Sight {
    fn objects(&self) -> MutexGuard<'_, HashMap<Key, Seen>> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until an object is as `good` wants it; tells when it was.
    async fn until(&self, key: &Key, good: impl Fn(&Seen) -> bool) -> anyhow::Result<Instant> {
        let waiting = async {
            loop {
                let mut changed = std::pin::pin!(self.changed.notified());
                changed.as_mut().enable();
                if let Some(seen) = self.objects().get(key).filter(|seen| good(seen)) {
                    return seen.at;
                }
                changed.await;
            }
        };
        timeout(PATIENCE, waiting)
            .await
            .with_context(|| format!("{key:?} was not restored"))
    }
}

/// Spoils `each` children of each kind in each way; tells how long they stayed so.
pub(crate) async fn drift(client: &Client, each: usize, at_once: bool) -> anyhow::Result<Value> {
    let sight = Arc::new(Sight::default());
    for (index, kind) in CHILDREN.iter().enumerate() {
        watch(client, index, *kind, &sight).await?;
    }
    let samples = samples(&sight, each);
    let spoil = |(key, delete): (Key, bool)| spoil(client, &sight, key, delete);
    let took = if at_once {
        try_join_all(samples.into_iter().map(spoil)).await?
    } else {
        let mut took = Vec::new();
        for sample in samples {
            took.push(spoil(sample).await?);
        }
        took
    };
    Ok(percentiles(took))
}

/// Starts to watch one kind; returns once all of it was listed.
async fn watch(
    client: &Client,
    index: usize,
    kind: Kind,
    sight: &Arc<Sight>,
) -> anyhow::Result<()> {
    let api: Api<PartialObjectMeta<DynamicObject>> =
        Api::all_with(client.clone(), &kind.resource());
    let config = watcher::Config::default().labels(INSTITUTION);
    let mut events = Box::pin(watcher(api, config).default_backoff());
    let sight = Arc::clone(sight);
    let (listed, all) = tokio::sync::oneshot::channel();
    let mut listed = Some(listed);
    tokio::spawn(async move {
        while let Some(event) = events.next().await {
            match event {
                Ok(Event::Apply(object) | Event::InitApply(object)) => {
                    let seen = Seen {
                        at: Instant::now(),
                        version: version(&object.metadata.resource_version),
                        uid: object.uid().unwrap_or_default(),
                        ours: object
                            .labels()
                            .get(LABEL)
                            .is_some_and(|value| value == OURS),
                    };
                    let key = (
                        index,
                        object.namespace().unwrap_or_default(),
                        object.name_any(),
                    );
                    sight.objects().insert(key, seen);
                    sight.changed.notify_waiters();
                }
                Ok(Event::InitDone) => _ = listed.take().map(|listed| listed.send(())),
                Ok(Event::Init | Event::Delete(_)) => {}
                Err(error) => eprintln!("{kind:?}: {error}"),
            }
        }
    });
    Ok(all.await?)
}

fn version(text: &Option<String>) -> u64 {
    text.as_deref()
        .and_then(|text| text.parse().ok())
        .unwrap_or(0)
}

/// Children of every kind, from institutions that are far apart, and whether each is to be deleted.
fn samples(sight: &Sight, each: usize) -> Vec<(Key, bool)> {
    let mut keys: Vec<Key> = sight.objects().keys().cloned().collect();
    keys.sort();
    let mut samples = Vec::new();
    for (index, kind) in CHILDREN.iter().enumerate() {
        let of: Vec<_> = keys.iter().filter(|key| key.0 == index).collect();
        let ways: &[bool] = if kind.goes { &[false, true] } else { &[false] };
        let step = (of.len() / (each * ways.len())).max(1);
        let chosen = of.iter().step_by(step).take(each * ways.len());
        samples.extend(
            chosen
                .enumerate()
                .map(|(at, key)| ((*key).clone(), ways[at % ways.len()])),
        );
    }
    samples
}

/// Deletes or edits one child; gives the milliseconds from the request until the watch told that it is as it was.
async fn spoil(client: &Client, sight: &Sight, key: Key, delete: bool) -> anyhow::Result<f64> {
    let resource = CHILDREN[key.0].resource();
    let api: Api<DynamicObject> = match key.1.as_str() {
        "" => Api::all_with(client.clone(), &resource),
        namespace => Api::namespaced_with(client.clone(), namespace, &resource),
    };
    let before = sight
        .objects()
        .get(&key)
        .cloned()
        .context("an object that was listed")?;
    let begun = Instant::now();
    let restored = if delete {
        api.delete(&key.2, &DeleteParams::background()).await?;
        sight
            .until(&key, |seen| seen.uid != before.uid && seen.ours)
            .await?
    } else {
        let patch = Patch::Merge(json!({"metadata": {"labels": {LABEL: "somebody"}}}));
        let spoilt = api.patch(&key.2, &PatchParams::default(), &patch).await?;
        let spoilt = version(&spoilt.metadata.resource_version);
        sight
            .until(&key, |seen| seen.version > spoilt && seen.ours)
            .await?
    };
    Ok(restored.duration_since(begun).as_secs_f64() * 1000.0)
}
