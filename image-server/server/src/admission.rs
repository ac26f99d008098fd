//! Admission: pixels are only made, and answers only held, while there is memory for them.
//!
//! Three budgets that never lend to each other, so that nobody waits behind somebody who asks for more:
//! answers on their way to their clients, renders that take little, and renders that take much. Stored
//! tiles need the first alone. Renders run on threads of their own, behind tiles in the eyes of the system's
//! scheduler, large ones behind small ones.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use rustix::process::setpriority_process;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// How long a request waits for its turn before it is answered 503.
const PATIENCE: Duration = Duration::from_secs(5);
/// Memory is granted in pieces of this many bytes.
const PIECE: u64 = 1 << 10;
/// A render that takes more is a large one.
const LITTLE: u64 = 24 << 20;

/// Why a request may not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AdmissionError {
    /// It would take more than there is at all: 400.
    #[error("rendering it takes more memory than the server has for it")]
    TooLarge,
    /// Others are rendering: 503.
    #[error("the server is busy; try again in a few seconds")]
    Busy,
    /// It broke off: 500.
    #[error("a render broke off without an answer")]
    Broken,
}

/// The memory for images in the making and on their way.
#[derive(Debug)]
pub(crate) struct Admission {
    sending: Budget,
    small: Lane,
    large: Lane,
}

/// Renders that may run beside each other.
#[derive(Debug)]
struct Lane {
    memory: Budget,
    threads: rayon::ThreadPool,
}

#[derive(Debug)]
struct Budget {
    total: u64,
    free: Arc<Semaphore>,
}

impl Budget {
    fn new(bytes: u64) -> Self {
        // A semaphore has its own most, beyond any memory.
        let pieces = usize::try_from(bytes / PIECE).unwrap_or(usize::MAX);
        let pieces = pieces.min(Semaphore::MAX_PERMITS);
        Self {
            total: pieces as u64 * PIECE,
            free: Arc::new(Semaphore::new(pieces)),
        }
    }

    /// Waits for `bytes`, or for all there is if that is less.
    async fn take(
        &self,
        bytes: u64,
        until: Instant,
    ) -> Result<OwnedSemaphorePermit, AdmissionError> {
        let pieces = bytes.min(self.total).div_ceil(PIECE);
        let pieces = u32::try_from(pieces).unwrap_or(u32::MAX);
        if let Ok(permit) = Arc::clone(&self.free).try_acquire_many_owned(pieces) {
            return Ok(permit);
        }
        let taking = Arc::clone(&self.free).acquire_many_owned(pieces);
        match tokio::time::timeout_at(until, taking).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) | Err(_) => Err(AdmissionError::Busy),
        }
    }
}

impl Lane {
    /// Threads as many as cores, which give way to others by `niceness` (setpriority(2)).
    fn new(name: &'static str, bytes: u64, niceness: i32) -> anyhow::Result<Self> {
        let threads = rayon::ThreadPoolBuilder::new()
            .thread_name(move |number| format!("{name}-{number}"))
            .start_handler(move |_| {
                // Without it renders compete with tiles, which is worse and not wrong.
                let _ = setpriority_process(None, niceness);
            })
            // The panic of one render is the end of that one; its message is in the log.
            .panic_handler(|_| {})
            .build()?;
        Ok(Self {
            memory: Budget::new(bytes),
            threads,
        })
    }
}

/// An answer, and the memory that it holds until it has left.
struct Held<B> {
    bytes: B,
    _memory: OwnedSemaphorePermit,
}

impl<B: AsRef<[u8]>> AsRef<[u8]> for Held<B> {
    fn as_ref(&self) -> &[u8] {
        self.bytes.as_ref()
    }
}

/// Room for an answer that is still to be read.
pub(crate) struct Room(OwnedSemaphorePermit);

impl Room {
    /// The answer that fills it.
    pub(crate) fn hold(self, bytes: impl AsRef<[u8]> + Send + 'static) -> Bytes {
        Bytes::from_owner(Held {
            bytes,
            _memory: self.0,
        })
    }
}

impl Admission {
    /// Divides `bytes`: half for large renders, a quarter for small ones and for answers each.
    ///
    /// # Errors
    /// If threads cannot be started.
    pub(crate) fn new(bytes: u64) -> anyhow::Result<Self> {
        let quarter = bytes / 4;
        Ok(Self {
            sending: Budget::new(quarter),
            small: Lane::new("small-render", quarter, 5)?,
            large: Lane::new("large-render", bytes - 2 * quarter, 15)?,
        })
    }

    /// Bytes that a single render may take.
    pub(crate) fn largest(&self) -> u64 {
        self.large.memory.total
    }

    /// Room for an answer of `bytes`.
    ///
    /// # Errors
    /// If there is none, nor soon.
    pub(crate) async fn room(&self, bytes: u64) -> Result<Room, AdmissionError> {
        let until = Instant::now() + PATIENCE;
        self.sending.take(bytes, until).await.map(Room)
    }

    /// Runs `make`, which takes `bytes` of memory and gives the bytes of an answer, when its turn has come.
    ///
    /// # Errors
    /// If its turn will never come, or not soon; or what `make` says.
    pub(crate) async fn render<E>(
        &self,
        bytes: u64,
        make: impl FnOnce() -> Result<Vec<u8>, E> + Send + 'static,
    ) -> Result<Result<Bytes, E>, AdmissionError>
    where
        E: Send + 'static,
    {
        let lane = if bytes <= LITTLE.min(self.small.memory.total) {
            &self.small
        } else {
            &self.large
        };
        if bytes > lane.memory.total {
            return Err(AdmissionError::TooLarge);
        }
        let memory = lane.memory.take(bytes, Instant::now() + PATIENCE).await?;
        let (sender, receiver) = tokio::sync::oneshot::channel();
        lane.threads.spawn(move || {
            // Nobody waits any longer: the client has gone.
            if !sender.is_closed() {
                let _ = sender.send((make(), memory));
            }
        });
        let (made, memory) = receiver.await.map_err(|_| AdmissionError::Broken)?;
        let made = match made {
            Ok(made) => made,
            Err(error) => return Ok(Err(error)),
        };
        // What it took to make is free as soon as there is room for what was made.
        let room = self.room(made.len() as u64).await?;
        drop(memory);
        Ok(Ok(room.hold(made)))
    }
}
