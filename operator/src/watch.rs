//! Watching: every list and watch of the operator goes through [`follow`], which goes on for ever.

pub mod children;
pub mod institutions;
mod progress;
pub mod surroundings;

use std::fmt::Debug;
use std::pin::pin;
use std::sync::Arc;

use futures_util::StreamExt as _;
use kube::runtime::watcher::{self, Event};
use kube::runtime::{WatchStreamExt as _, watcher::watcher};
use kube::{Api, Resource};
use serde::de::DeserializeOwned;

pub use progress::Progress;

/// What a watch tells.
pub(crate) enum News<K> {
    /// A new list begins.
    Begin,
    /// In the new list.
    Listed(K),
    /// The list is complete: what was not in it is gone.
    Complete,
    /// Made or changed.
    Changed(K),
    /// Deleted.
    Gone(K),
    /// The cluster does not have the kind, for now.
    NoSuchKind,
}

/// Which objects are followed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Which<'a> {
    /// All that the API has.
    All,
    /// Those with this label.
    Labelled(&'a str),
    /// The one of this name.
    Named(&'a str),
}

/// Follows objects for ever; `tell` gets all news. Each watch backs off by itself when the API server
/// refuses. It counts as missing in `progress` from the call until its first list is complete.
pub(crate) fn follow<K, F>(
    api: Api<K>,
    which: Which<'_>,
    progress: &Arc<Progress>,
    mut tell: F,
) -> impl Future<Output = ()> + Send + use<K, F>
where
    K: Resource + Clone + DeserializeOwned + Debug + Send + 'static,
    F: FnMut(News<K>) + Send + 'static,
{
    let config = watcher::Config::default();
    let (config, selector) = match which {
        Which::All => (config, None),
        Which::Labelled(label) => (config.labels(label), None),
        Which::Named(name) => {
            let selector = format!("metadata.name={name}");
            (config.fields(&selector), Some(selector))
        }
    };
    let expected = progress::expect(progress, api.resource_url(), selector.as_deref());
    async move {
        let mut events = pin!(watcher(api, config).default_backoff());
        while let Some(event) = events.next().await {
            match event {
                Ok(Event::Init) => tell(News::Begin),
                Ok(Event::InitApply(object)) => tell(News::Listed(object)),
                Ok(Event::InitDone) => {
                    tell(News::Complete);
                    expected.complete();
                }
                Ok(Event::Apply(object)) => tell(News::Changed(object)),
                Ok(Event::Delete(object)) => tell(News::Gone(object)),
                Err(error) if is_unknown_kind(&error) => {
                    tell(News::NoSuchKind);
                    expected.complete();
                }
                Err(error) => {
                    tracing::warn!(watch = %expected, %error, "a watch was interrupted and goes on");
                }
            }
        }
    }
}

fn is_unknown_kind(error: &watcher::Error) -> bool {
    match error {
        watcher::Error::InitialListFailed(kube::Error::Api(status))
        | watcher::Error::WatchStartFailed(kube::Error::Api(status)) => status.code == 404,
        _ => false,
    }
}
