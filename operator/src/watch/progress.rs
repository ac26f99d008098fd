//! How far the watches are: readiness and liveness follow from it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// Watches are asked for anew after their timeout at the latest, answered or not; one that has not been
/// for so long is stuck.
const STUCK: Duration = Duration::from_secs(15 * 60);

/// How far the watches are.
#[derive(Debug)]
pub struct Progress {
    /// How many seconds a watch may tell nothing before it is asked for anew.
    pub(super) timeout: u32,
    /// By [`key`].
    watches: Mutex<BTreeMap<String, State>>,
    changed: Notify,
}

#[derive(Debug, Clone, Copy)]
struct State {
    /// Whether it has its first list.
    complete: bool,
    /// When it was last asked for.
    asked: Instant,
    /// Whether nothing is asked for, because the cluster does not have the kind.
    paused: bool,
}

/// A watch that is to be; forgotten when dropped.
#[derive(Debug)]
pub(super) struct Expected {
    progress: Arc<Progress>,
    key: String,
}

/// A watch that must have its first list before anything is reconciled.
pub(super) fn expect(progress: &Arc<Progress>, path: &str, selector: Option<&str>) -> Expected {
    let key = key(path, selector);
    let state = State {
        complete: false,
        asked: Instant::now(),
        paused: false,
    };
    progress.lock().insert(key.clone(), state);
    Expected {
        progress: Arc::clone(progress),
        key,
    }
}

/// What tells one watch from another: the path, and the field selector of one that follows one object.
fn key(path: &str, selector: Option<&str>) -> String {
    match selector {
        Some(selector) => format!("{path}?{selector}"),
        None => path.to_owned(),
    }
}

impl Expected {
    /// It has its first list.
    pub(super) fn complete(&self) {
        self.change(|state| state.complete = true);
    }

    /// There is nothing to ask for: its list is complete, and it cannot be stuck.
    pub(super) fn pause(&self) {
        self.change(|state| (state.complete, state.paused) = (true, true));
    }

    /// It is asked for again.
    pub(super) fn resume(&self) {
        self.change(|state| (state.asked, state.paused) = (Instant::now(), false));
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        if let Some(state) = self.progress.lock().get_mut(&self.key) {
            change(state);
        }
        self.progress.changed.notify_waiters();
    }
}

impl Drop for Expected {
    fn drop(&mut self) {
        self.progress.lock().remove(&self.key);
        self.progress.changed.notify_waiters();
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key)
    }
}

impl Progress {
    /// No watch yet. One that tells nothing for `timeout` seconds is asked for anew.
    #[must_use]
    pub fn new(timeout: u32) -> Self {
        Self {
            timeout,
            watches: Mutex::default(),
            changed: Notify::new(),
        }
    }

    /// Waits until every watch has its first list.
    pub async fn completed(&self) {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            changed.as_mut().enable();
            if self.missing().is_empty() {
                return;
            }
            changed.await;
        }
    }

    /// The watches whose first list is still missing.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        self.those(|state| !state.complete)
    }

    /// The watches that have not been asked for in a long time.
    #[must_use]
    pub fn stuck(&self) -> Vec<String> {
        self.those(|state| !state.paused && state.asked.elapsed() > STUCK)
    }

    /// A request goes to the API server. If it is one of a watch, the watch goes on.
    pub fn asked(&self, uri: &http::Uri) {
        let parameters = uri.query().unwrap_or_default().split('&');
        let selector = parameters
            .filter_map(|parameter| parameter.strip_prefix("fieldSelector="))
            .map(|selector| selector.replace("%3D", "="))
            .next();
        if let Some(state) = self.lock().get_mut(&key(uri.path(), selector.as_deref())) {
            state.asked = Instant::now();
        }
    }

    fn those(&self, of: impl Fn(&State) -> bool) -> Vec<String> {
        let watches = self.lock();
        let those = watches.iter().filter(|(_, state)| of(state));
        those.map(|(key, _)| key.clone()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, State>> {
        self.watches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_watch_is_missing_until_its_first_list_or_its_end() {
        let progress = Arc::new(Progress::new(60));
        let all = expect(&progress, "/api/v1/secrets", None);
        let one = expect(&progress, "/api/v1/secrets", Some("metadata.name=a"));
        assert_eq!(progress.missing().len(), 2);
        all.complete();
        assert_eq!(progress.missing(), ["/api/v1/secrets?metadata.name=a"]);
        drop(one);
        progress.completed().await;
        assert_eq!(progress.stuck(), Vec::<String>::new());
    }

    #[test]
    fn a_kind_that_the_cluster_does_not_have_is_never_stuck() {
        let progress = Arc::new(Progress::new(60));
        let watch = expect(
            &progress,
            "/apis/gateway.networking.k8s.io/v1/listenersets",
            None,
        );
        let age = || {
            let long_ago = Instant::now() - STUCK - Duration::from_secs(1);
            progress
                .lock()
                .values_mut()
                .for_each(|state| state.asked = long_ago);
        };
        watch.pause();
        age();
        assert_eq!((progress.missing().len(), progress.stuck().len()), (0, 0));
        watch.resume();
        assert_eq!(progress.stuck().len(), 0, "it begins anew");
        age();
        assert_eq!(progress.stuck().len(), 1);
    }

    #[test]
    fn a_request_is_taken_for_the_watch_that_it_belongs_to() {
        let progress = Arc::new(Progress::new(60));
        let long_ago = Instant::now() - STUCK - Duration::from_secs(1);
        let _all = expect(&progress, "/api/v1/secrets", None);
        let _one = expect(&progress, "/api/v1/secrets", Some("metadata.name=a"));
        let age = || {
            progress
                .lock()
                .values_mut()
                .for_each(|state| state.asked = long_ago)
        };
        for (uri, left) in [
            (
                "/api/v1/secrets?watch=true&labelSelector=x",
                "/api/v1/secrets?metadata.name=a",
            ),
            (
                "/api/v1/secrets?watch=true&fieldSelector=metadata.name%3Da",
                "/api/v1/secrets",
            ),
        ] {
            age();
            assert_eq!(progress.stuck().len(), 2);
            progress.asked(&http::Uri::from_static(uri));
            assert_eq!(progress.stuck(), [left]);
        }
    }
}
