//! Watching: every list and watch of the operator goes through [`follow`], which goes on for ever.

pub mod children;
pub mod institutions;
mod progress;
pub mod surroundings;

use std::fmt::Debug;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::core::PartialObjectMeta;
use kube::runtime::utils::Backoff;
use kube::runtime::watcher::{self, DefaultBackoff, Event};
use kube::runtime::{WatchStreamExt as _, watcher::watcher};
use kube::{Api, Client, Resource};
use serde::de::DeserializeOwned;
use tokio::sync::{Semaphore, watch};

use progress::Expected;
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
    let (config, expected) = expect(&api, which, progress);
    async move {
        loop {
            follow_events(api.clone(), config.clone(), &expected, &mut tell).await;
        }
    }
}

/// Follows objects of a kind that the cluster may not have yet, or no longer: only while its
/// definition is there are they asked for.
pub(crate) fn follow_custom<K, F>(
    client: Client,
    api: Api<K>,
    which: Which<'_>,
    progress: &Arc<Progress>,
    mut tell: F,
) -> impl Future<Output = ()> + Send + use<K, F>
where
    K: Resource<DynamicType = ()> + Clone + DeserializeOwned + Debug + Send + 'static,
    F: FnMut(News<K>) + Send + 'static,
{
    let (config, expected) = expect(&api, which, progress);
    let definition = format!("{}.{}", K::plural(&()), K::group(&()));
    let (sender, mut defined) = watch::channel(None);
    let definitions = follow_definition(client, &definition, progress, sender);
    let objects = async move {
        loop {
            // Each wait ends only when it holds, or when the definition is followed no longer.
            let Ok(there) = defined.wait_for(Option::is_some).await.map(|there| *there) else {
                return;
            };
            if there == Some(false) {
                tell(News::NoSuchKind);
                expected.pause();
                if defined
                    .wait_for(|there| *there == Some(true))
                    .await
                    .is_err()
                {
                    return;
                }
                expected.resume();
            }
            tokio::select! {
                () = follow_events(api.clone(), config.clone(), &expected, &mut tell) => {}
                gone = defined.wait_for(|there| *there == Some(false)) => {
                    if gone.is_err() {
                        return;
                    }
                }
            }
        }
    };
    async move {
        tokio::select! {
            () = definitions => {}
            () = objects => {}
        }
    }
}

/// Follows whether a kind is defined.
fn follow_definition(
    client: Client,
    name: &str,
    progress: &Arc<Progress>,
    defined: watch::Sender<Option<bool>>,
) -> impl Future<Output = ()> + Send + use<> {
    let api: Api<PartialObjectMeta<CustomResourceDefinition>> = Api::all(client);
    let mut listed = false;
    follow(api, Which::Named(name), progress, move |news| {
        let there = match news {
            News::Begin => {
                listed = false;
                return;
            }
            News::Listed(_) => {
                listed = true;
                return;
            }
            News::Complete => listed,
            // While it is being deleted its objects still go, one by one.
            News::Changed(_) => true,
            News::Gone(_) | News::NoSuchKind => false,
        };
        defined.send_if_modified(|before| before.replace(there) != Some(there));
    })
}

fn expect<K: Resource>(
    api: &Api<K>,
    which: Which<'_>,
    progress: &Arc<Progress>,
) -> (watcher::Config, Expected) {
    let config = watcher::Config::default().page_size(PAGE);
    let config = config.timeout(progress.timeout);
    let (config, selector) = match which {
        Which::All => (config, None),
        Which::Labelled(label) => (config.labels(label), None),
        Which::Named(name) => {
            let selector = format!("metadata.name={name}");
            (config.fields(&selector), Some(selector))
        }
    };
    (
        config,
        progress::expect(progress, api.resource_url(), selector.as_deref()),
    )
}

/// How many objects a list has on one page: of those, and no more, memory holds the whole.
const PAGE: u32 = 50;

/// How many lists are read at the same time: each holds a page as text, and one comes while another is read.
const LISTS: usize = 2;

/// For how long a page is waited for before others may begin.
const LONGEST_PAGE: Duration = Duration::from_secs(15);

/// Whoever reads a list holds one of these.
static LISTING: Semaphore = Semaphore::const_new(LISTS);

/// The longest time between two tries of a watch: an API server that is back is seen soon, and some
/// twenty watches are no burden to one that is not.
const LONGEST_RETRY: Duration = Duration::from_secs(5);

/// How soon a kind is asked for again that was not found.
const AFTER_NOT_FOUND: Duration = Duration::from_secs(1);

/// How a watch backs off. Its tries come closer again when it has not needed any for two minutes, not
/// with the next list that begins: one begins with every try.
#[derive(Default)]
struct Patience(DefaultBackoff);

impl Iterator for Patience {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        self.0.next().map(|pause| pause.min(LONGEST_RETRY))
    }
}

impl Backoff for Patience {
    fn reset(&mut self) {}
}

/// Tells what happens to objects until they are not found at all: then they are to be listed anew.
async fn follow_events<K>(
    api: Api<K>,
    config: watcher::Config,
    expected: &Expected,
    tell: &mut (impl FnMut(News<K>) + Send),
) where
    K: Resource + Clone + DeserializeOwned + Debug + Send + 'static,
{
    let mut events = pin!(watcher(api, config).backoff(Patience::default()));
    let mut turn = None;
    loop {
        let next = match turn {
            None => Ok(events.next().await),
            Some(_) => tokio::time::timeout(LONGEST_PAGE, events.next()).await,
        };
        let event = match next {
            Ok(Some(event)) => event,
            Ok(None) => return,
            // A page that does not come must not hold up the lists of others.
            Err(_) => {
                turn = None;
                continue;
            }
        };
        match event {
            Ok(Event::Init) => {
                tell(News::Begin);
                turn = LISTING.acquire().await.ok();
            }
            Ok(Event::InitApply(object)) => tell(News::Listed(object)),
            Ok(Event::InitDone) => {
                turn = None;
                tell(News::Complete);
                expected.complete();
            }
            Ok(Event::Apply(object)) => tell(News::Changed(object)),
            Ok(Event::Delete(object)) => tell(News::Gone(object)),
            // Defined a moment ago, or no longer; or somebody between us and the API server is mistaken.
            Err(error) if is_not_found(&error) => {
                drop(turn);
                tokio::time::sleep(AFTER_NOT_FOUND).await;
                return;
            }
            Err(error) => {
                turn = None;
                tracing::warn!(watch = %expected, %error, "a watch was interrupted and goes on");
            }
        }
    }
}

fn is_not_found(error: &watcher::Error) -> bool {
    match error {
        watcher::Error::InitialListFailed(kube::Error::Api(status))
        | watcher::Error::WatchStartFailed(kube::Error::Api(status)) => status.code == 404,
        _ => false,
    }
}
