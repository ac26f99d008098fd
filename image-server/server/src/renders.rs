//! Renders that are under way, so that whoever asks for the same waits for the same.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::WeakShared;

use crate::respond::Failure;

/// What all who wait get.
type Outcome = Result<Bytes, Arc<Failure>>;
type Rendering = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// Renders by what names their answer. Those that nobody waits for any longer are given up.
#[derive(Default)]
pub(crate) struct Renders {
    under_way: Mutex<HashMap<String, WeakShared<Rendering>>>,
}

impl Renders {
    /// The answer called `name`: of the render that is under way, or else of `make`.
    pub(crate) async fn share(
        &self,
        name: String,
        make: impl Future<Output = Result<Bytes, Failure>> + Send + 'static,
    ) -> Result<Bytes, Failure> {
        let rendering = {
            let mut under_way = self.lock();
            match under_way.get(&name).and_then(WeakShared::upgrade) {
                Some(rendering) => rendering,
                None => {
                    let make: Rendering = Box::pin(make.map(|made| made.map_err(Arc::new)));
                    let rendering = make.shared();
                    under_way.retain(|_, other| other.upgrade().is_some());
                    under_way.extend(rendering.downgrade().map(|weak| (name.clone(), weak)));
                    rendering
                }
            }
        };
        let outcome = rendering.await;
        self.lock().remove(&name);
        outcome.map_err(Failure::Shared)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, WeakShared<Rendering>>> {
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Renders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Renders").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn whoever_asks_for_the_same_at_once_waits_for_the_same() {
        let renders = Renders::default();
        let made = Arc::new(AtomicUsize::new(0));
        let (go, gate) = tokio::sync::watch::channel(false);
        let make = || {
            let (made, mut gate) = (Arc::clone(&made), gate.clone());
            async move {
                made.fetch_add(1, Ordering::Relaxed);
                let _ = gate.wait_for(|open| *open).await;
                Ok(Bytes::from_static(b"pixels"))
            }
        };
        let open = async {
            tokio::task::yield_now().await;
            let _ = go.send(true);
        };
        let (a, b, other, ()) = tokio::join!(
            renders.share("a".to_owned(), make()),
            renders.share("a".to_owned(), make()),
            renders.share("b".to_owned(), make()),
            open,
        );
        assert!([a, b, other].iter().all(Result::is_ok));
        assert_eq!(made.load(Ordering::Relaxed), 2);
        // What has ended is made again.
        assert!(renders.share("a".to_owned(), make()).await.is_ok());
        assert_eq!(made.load(Ordering::Relaxed), 3);
        assert!(renders.lock().is_empty());
    }

    #[tokio::test]
    async fn a_failure_is_everybodys() {
        let renders = Renders::default();
        let fails = || async { Err(Failure::Gone) };
        let (a, b) = tokio::join!(
            renders.share("a".to_owned(), fails()),
            renders.share("a".to_owned(), fails())
        );
        for failure in [a, b] {
            let status = failure.err().map(|failure| failure.status().as_u16());
            assert_eq!(status, Some(410));
        }
    }
}
