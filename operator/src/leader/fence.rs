//! The fence: writes pass only while this replica leads.

use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use http::{Method, Request};
use tokio::sync::watch;
use tower::{BoxError, Layer, Service};

use super::Moment;
use super::moment::reached;

/// Whether this replica leads. All that hangs on it asks here.
#[derive(Debug, Default)]
pub struct Leadership {
    state: watch::Sender<State>,
    /// Writes that are under way.
    under_way: watch::Sender<usize>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct State {
    until: Option<Moment>,
    /// No further write begins: the process ends.
    closed: bool,
}

impl State {
    fn admits(self, now: Moment) -> bool {
        !self.closed && self.until.is_some_and(|until| now < until)
    }
}

/// A write was asked for by a replica that does not lead.
#[derive(Debug, thiserror::Error)]
#[error("this replica does not lead (any more); the one that does will see to it")]
pub struct NotLeading;

impl Leadership {
    /// This replica leads until then, if nothing else is told before; not at all if none.
    pub fn grant(&self, until: Option<Moment>) {
        self.state.send_if_modified(|state| {
            let changed = state.until != until;
            state.until = until;
            changed
        });
    }

    /// No write begins any more; those under way may end.
    pub fn close(&self) {
        self.state.send_modify(|state| state.closed = true);
    }

    /// Whether this replica leads now.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.state.borrow().admits(Moment::now())
    }

    /// Waits until this replica leads.
    pub async fn begun(&self) {
        let mut state = self.state.subscribe();
        // The sender lives as long as self.
        let _ = state.wait_for(|state| state.admits(Moment::now())).await;
    }

    /// Waits until this replica leads no longer because its time is over.
    pub async fn ended(&self) {
        let mut state = self.state.subscribe();
        loop {
            let until = state.borrow_and_update().until;
            let Some(until) = until else { return };
            tokio::select! {
                biased;
                () = reached(Some(until)) => return,
                _ = state.changed() => {}
            }
        }
    }

    /// Waits until no write is under way.
    pub async fn quiet(&self) {
        let mut under_way = self.under_way.subscribe();
        let _ = under_way.wait_for(|count| *count == 0).await;
    }

    /// Lets one write through.
    fn pass(self: &Arc<Self>) -> Result<Pass, NotLeading> {
        // Counted first, so that whoever closes the fence waits for it or refuses it.
        self.under_way.send_modify(|count| *count += 1);
        let pass = Pass(Arc::clone(self));
        if self.is_held() {
            Ok(pass)
        } else {
            Err(NotLeading)
        }
    }
}

/// A write that is under way.
struct Pass(Arc<Leadership>);

impl Drop for Pass {
    fn drop(&mut self) {
        self.0.under_way.send_modify(|count| *count -= 1);
    }
}

/// Puts the fence before a client: what asks passes, what changes anything passes while this replica
/// leads, and is given up when its time is over.
#[derive(Debug, Clone)]
pub struct FenceLayer(pub Arc<Leadership>);

impl<S> Layer<S> for FenceLayer {
    type Service = Fenced<S>;

    fn layer(&self, inner: S) -> Fenced<S> {
        Fenced {
            inner,
            leadership: Arc::clone(&self.0),
        }
    }
}

/// A service behind the fence.
#[derive(Debug, Clone)]
pub struct Fenced<S> {
    inner: S,
    leadership: Arc<Leadership>,
}

impl<S, B> Service<Request<B>> for Fenced<S>
where
    S: Service<Request<B>>,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
    S::Response: 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<S::Response, BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        if request.method() == Method::GET {
            let answer = self.inner.call(request);
            return Box::pin(async move { answer.await.map_err(Into::into) });
        }
        let pass = match self.leadership.pass() {
            Ok(pass) => pass,
            Err(refusal) => return Box::pin(async move { Err(refusal.into()) }),
        };
        let answer = self.inner.call(request);
        Box::pin(async move {
            tokio::select! {
                // First, so that a process that was stopped for a while does not go on with what it began.
                biased;
                () = pass.0.ended() => Err(NotLeading.into()),
                answer = answer => answer.map_err(Into::into),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::time::Duration;

    use futures_util::FutureExt as _;
    use tower::{ServiceExt as _, service_fn};

    use super::*;

    fn ask(method: Method) -> Request<()> {
        Request::builder().method(method).body(()).unwrap()
    }

    /// A service that answers after `pause`, behind the fence.
    async fn answer(
        leadership: &Arc<Leadership>,
        method: Method,
        pause: Duration,
    ) -> Result<(), BoxError> {
        let slow = service_fn(move |_| async move {
            tokio::time::sleep(pause).await;
            Ok::<_, BoxError>(())
        });
        let fenced = FenceLayer(Arc::clone(leadership)).layer(slow);
        fenced.oneshot(ask(method)).await
    }

    fn soon(milliseconds: u64) -> Option<Moment> {
        Some(Moment::now() + Duration::from_millis(milliseconds))
    }

    #[tokio::test]
    async fn whoever_does_not_lead_reads_and_does_not_write() {
        let leadership = Arc::new(Leadership::default());
        let terms = [
            (None, false),
            (soon(60_000), true),
            (Some(Moment::now()), false),
        ];
        for (until, leads) in terms {
            leadership.grant(until);
            for method in [Method::POST, Method::PATCH, Method::PUT, Method::DELETE] {
                let told = answer(&leadership, method.clone(), Duration::ZERO).await;
                assert_eq!(told.is_ok(), leads, "{method} {until:?}");
            }
            let read = answer(&leadership, Method::GET, Duration::ZERO).await;
            assert!(read.is_ok(), "{until:?}");
        }
    }

    #[tokio::test]
    async fn a_write_that_outlasts_its_term_is_given_up() {
        let leadership = Arc::new(Leadership::default());
        leadership.grant(soon(20));
        let told = answer(&leadership, Method::PATCH, Duration::from_secs(3600)).await;
        assert!(told.unwrap_err().is::<NotLeading>());
        leadership.quiet().await;
    }

    #[tokio::test]
    async fn a_fence_that_closes_waits_for_what_is_under_way_and_lets_nothing_else_through() {
        let leadership = Arc::new(Leadership::default());
        leadership.grant(soon(60_000));
        let writing = answer(&leadership, Method::PATCH, Duration::from_millis(20));
        let mut writing = std::pin::pin!(writing);
        assert!(writing.as_mut().now_or_never().is_none());
        leadership.close();
        assert!(!leadership.is_held());
        let late = answer(&leadership, Method::PATCH, Duration::ZERO).await;
        assert!(late.unwrap_err().is::<NotLeading>());
        assert!(leadership.quiet().now_or_never().is_none());
        writing.await.unwrap();
        leadership.quiet().await;
    }
}
