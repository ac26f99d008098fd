//! Watching the configuration and what it names. What is gathered is published as a whole, once every
//! part of it was seen.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use k8s_openapi::api::storage::v1::StorageClass;
use kube::core::NamespaceResourceScope;
use kube::{Api, Resource, ResourceExt as _};
use serde::de::DeserializeOwned;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{News, Which, follow, follow_custom};
use crate::config::{OperatorConfig, Routing};
use crate::context::Context;
use crate::gateway::{Gateway, GatewayListener};
use crate::names;
use crate::reconcile::facts::{GatewayState, PullSecret};
use crate::surroundings::{Class, Surroundings};

/// The key of the configuration in its ConfigMap.
const CONFIG_KEY: &str = "config.yaml";

/// Watches the ConfigMap called `name` and all that its configuration names, for ever.
pub fn watch(context: &Arc<Context>, name: &str) -> impl Future<Output = ()> + Send + use<> {
    let context = Arc::clone(context);
    let (sender, mut configs) = watch::channel(None);
    let following = follow_configuration(&context, name, sender);
    async move {
        let mut following = std::pin::pin!(following);
        let mut gathering = JoinSet::new();
        loop {
            tokio::select! {
                () = &mut following => return,
                changed = configs.changed() => {
                    let config = configs.borrow_and_update().clone();
                    if let (Ok(()), Some(config)) = (changed, config) {
                        // First, so that what the old watches leave is not taken for the new ones'.
                        gathering.shutdown().await;
                        gathering = gather(&context, config);
                    }
                }
                Some(ended) = gathering.join_next() => {
                    tracing::error!(?ended, "a watch ended");
                    return;
                }
            }
        }
    }
}

/// What cannot be used is told, and what was in use stays in use.
fn follow_configuration(
    context: &Context,
    name: &str,
    configs: watch::Sender<Option<Arc<OperatorConfig>>>,
) -> impl Future<Output = ()> + Send + use<> {
    let api: Api<ConfigMap> = Api::namespaced(context.client.clone(), &context.namespace);
    let config_map = format!("{}/{name}", context.namespace);
    let usable = context.metrics.configuration_usable.clone();
    let mut there = false;
    follow(
        api,
        Which::Named(name),
        &context.progress,
        move |news| match news {
            News::Begin => there = false,
            News::Listed(map) | News::Changed(map) => {
                there = true;
                let text = map.data.and_then(|mut data| data.remove(CONFIG_KEY));
                match OperatorConfig::from_yaml(&text.unwrap_or_default()) {
                    Ok(config) => {
                        usable.set(1);
                        let changed = configs.send_if_modified(|current| {
                            let new = current.as_deref() != Some(&config);
                            if new {
                                *current = Some(Arc::new(config));
                            }
                            new
                        });
                        if changed {
                            tracing::info!(config_map, "the configuration was read");
                        }
                    }
                    Err(error) => {
                        usable.set(0);
                        tracing::error!(config_map, %error, "the configuration cannot be used; what was in use stays in use");
                    }
                }
            }
            News::Complete if !there => {
                tracing::warn!(
                    config_map,
                    "there is no such ConfigMap yet; the chart makes it"
                );
            }
            News::Complete | News::NoSuchKind => {}
            News::Gone(_) => {
                tracing::warn!(
                    config_map,
                    "the ConfigMap is gone; what was in use stays in use"
                );
            }
        },
    )
}

/// What was seen so far; `None` for what was not yet.
struct Draft {
    context: Arc<Context>,
    config: Arc<OperatorConfig>,
    storage_classes: Option<BTreeMap<String, Class>>,
    gateway: Option<(GatewayState, Arc<[GatewayListener]>)>,
    pull_secrets: BTreeMap<String, Option<Option<PullSecret>>>,
    ca_bundle: Option<Option<String>>,
}

impl Draft {
    fn complete(&self) -> Option<Surroundings> {
        let secrets: Option<Vec<_>> = self.pull_secrets.values().cloned().collect();
        let (gateway, listeners) = self.gateway.clone()?;
        Some(Surroundings {
            config: Arc::clone(&self.config),
            storage_classes: self.storage_classes.clone()?,
            gateway,
            listeners,
            pull_secrets: secrets?.into_iter().flatten().collect(),
            ca_bundle: self.ca_bundle.clone()?,
        })
    }
}

/// Follows everything that `config` names.
fn gather(context: &Arc<Context>, config: Arc<OperatorConfig>) -> JoinSet<()> {
    let gateway = match &config.routing {
        Routing::Gateway(gateway) => Some(gateway.clone()),
        Routing::Ingress(_) => None,
    };
    let bundle = config.ingest.ca_bundle_config_map.clone();
    let secrets = config.image.pull_secrets.clone();
    let draft = Arc::new(Mutex::new(Draft {
        context: Arc::clone(context),
        config,
        storage_classes: None,
        gateway: gateway
            .is_none()
            .then(|| (GatewayState::Unused, Arc::default())),
        pull_secrets: secrets.iter().map(|name| (name.clone(), None)).collect(),
        ca_bundle: bundle.is_none().then_some(None),
    }));
    let mut watches = JoinSet::new();
    watches.spawn(follow_classes(context, Arc::clone(&draft)));
    if let Some(gateway) = gateway {
        let note = noting(&draft, |draft, found: Option<Found<Gateway>>| {
            draft.gateway = Some(match found {
                None => (GatewayState::NoApi, Arc::default()),
                Some(None) => (GatewayState::Missing, Arc::default()),
                Some(Some(gateway)) => {
                    let accepted = gateway.status.and_then(|status| status.accepted());
                    let accepted = accepted.unwrap_or(false);
                    let listeners = gateway.spec.listeners.into();
                    (GatewayState::Found { accepted }, listeners)
                }
            });
        });
        let api: Api<Gateway> = Api::namespaced(context.client.clone(), &gateway.namespace);
        let which = Which::Named(&gateway.name);
        let client = context.client.clone();
        watches.spawn(follow_custom(
            client,
            api,
            which,
            &context.progress,
            one(note),
        ));
    }
    for name in secrets {
        let key = name.clone();
        let note = noting(&draft, move |draft, found: Option<Found<Secret>>| {
            let secret = found.flatten().and_then(PullSecret::of);
            draft.pull_secrets.insert(key.clone(), Some(secret));
        });
        watches.spawn(follow_one(context, &context.namespace, &name, note));
    }
    if let Some(name) = bundle {
        let note = noting(&draft, |draft, found: Option<Found<ConfigMap>>| {
            let text = found
                .flatten()
                .and_then(|map| map.data?.remove(names::CA_BUNDLE_KEY));
            draft.ca_bundle = Some(text);
        });
        watches.spawn(follow_one(context, &context.namespace, &name, note));
    }
    watches
}

/// An object that may not be there.
type Found<K> = Option<K>;

/// A function that changes the draft and publishes it if it is complete.
fn noting<T, F>(draft: &Arc<Mutex<Draft>>, change: F) -> impl FnMut(T) + Send + use<T, F>
where
    F: Fn(&mut Draft, T) + Send + 'static,
{
    let draft = Arc::clone(draft);
    move |seen| {
        let mut draft = draft.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut draft, seen);
        let Some(surroundings) = draft.complete() else {
            return;
        };
        let changed = draft.context.surroundings.send_if_modified(|current| {
            let new = current.as_deref() != Some(&surroundings);
            if new {
                *current = Some(Arc::new(surroundings));
            }
            new
        });
        if changed {
            draft.context.concerns_everybody();
        }
    }
}

fn follow_classes(
    context: &Context,
    draft: Arc<Mutex<Draft>>,
) -> impl Future<Output = ()> + Send + use<> {
    let api: Api<StorageClass> = Api::all(context.client.clone());
    let mut classes = BTreeMap::new();
    let mut note = noting(&draft, |draft, classes| {
        draft.storage_classes = Some(classes)
    });
    follow(api, Which::All, &context.progress, move |news| match news {
        News::Begin => classes.clear(),
        News::Listed(class) => {
            classes.insert(class.name_any(), Class::of(&class));
        }
        News::Changed(class) => {
            classes.insert(class.name_any(), Class::of(&class));
            note(classes.clone());
        }
        News::Gone(class) => {
            classes.remove(&class.name_any());
            note(classes.clone());
        }
        News::Complete | News::NoSuchKind => note(classes.clone()),
    })
}

/// Follows one object; `note` gets it whenever it changes.
fn follow_one<K, F>(
    context: &Context,
    namespace: &str,
    name: &str,
    note: F,
) -> impl Future<Output = ()> + Send + use<K, F>
where
    F: FnMut(Option<Found<K>>) + Send + 'static,
    K: Resource<DynamicType = (), Scope = NamespaceResourceScope>
        + Clone
        + DeserializeOwned
        + std::fmt::Debug
        + Send
        + 'static,
{
    let api: Api<K> = Api::namespaced(context.client.clone(), namespace);
    follow(api, Which::Named(name), &context.progress, one(note))
}

/// What is told of one object: `note` gets it whenever it changes, and `None` where its kind is unknown.
fn one<K>(mut note: impl FnMut(Option<Found<K>>)) -> impl FnMut(News<K>) {
    let mut listed = None;
    move |news| match news {
        News::Begin => listed = None,
        News::Listed(object) => listed = Some(object),
        News::Complete => note(Some(listed.take())),
        News::Changed(object) => note(Some(Some(object))),
        News::Gone(_) => note(Some(None)),
        News::NoSuchKind => note(None),
    }
}
