//! Turns: how long answers in memory are written, so that tiles never wait for more than one piece of one of them.
//!
//! As many pieces are written at a time as there are threads. A connection that has written one lets everybody go first who
//! is ready, and then waits behind all others that have a long answer.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

/// The turns of all connections.
#[derive(Debug, Clone)]
pub(super) struct Turns(Arc<Semaphore>);

impl Turns {
    /// Turns for `threads` that connections run on.
    pub(super) fn new(threads: usize) -> Self {
        Self(Arc::new(Semaphore::new(threads)))
    }

    /// For one connection.
    pub(super) fn turn(&self) -> Turn {
        Turn {
            of: Arc::clone(&self.0),
            state: State::Out,
        }
    }
}

/// What one connection has of them.
pub(super) struct Turn {
    of: Arc<Semaphore>,
    state: State,
}

/// A turn, until it is given back to [`Turn::used`] or dropped.
pub(super) type Granted = Result<OwnedSemaphorePermit, AcquireError>;

#[derive(Default)]
enum State {
    /// It has no long answer to write, or has not asked yet.
    #[default]
    Out,
    Waits(Pin<Box<dyn Future<Output = Granted> + Send>>),
    /// It has written a piece.
    Used(Granted),
    /// Whoever is ready goes first; then the turn is the next one's.
    Yields(#[expect(dead_code, reason = "held")] Granted),
}

impl Turn {
    /// Waits for the turn of this connection.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Granted> {
        let mut waiting = match std::mem::take(&mut self.state) {
            State::Waits(waiting) => waiting,
            State::Out | State::Yields(_) => Box::pin(Arc::clone(&self.of).acquire_owned()),
            State::Used(granted) => {
                self.state = State::Yields(granted);
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
        };
        let granted = waiting.as_mut().poll(cx);
        if granted.is_pending() {
            self.state = State::Waits(waiting);
        }
        granted
    }

    /// A piece was written.
    pub(super) fn used(&mut self, granted: Granted) {
        self.state = State::Used(granted);
    }

    /// There is no long answer to write any longer.
    pub(super) fn end(&mut self) {
        self.state = State::Out;
    }
}
