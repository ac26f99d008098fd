//! How often the file system is looked at. It is always asked: network file systems send no events.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

/// The shortest time between two looks.
pub(crate) const PAUSE: Duration = Duration::from_secs(1);
/// Looking takes at most this part of the time.
const SHARE: u32 = 20;

/// How long to rest after a look that took `looking`.
pub(crate) fn after(looking: Duration) -> Duration {
    PAUSE.max(looking.saturating_mul(SHARE))
}

/// Rests, unless the sender of `stop` is dropped; gives whether to go on.
pub(crate) fn rest(stop: &Receiver<()>, pause: Duration) -> bool {
    stop.recv_timeout(pause) == Err(RecvTimeoutError::Timeout)
}
