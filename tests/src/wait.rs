//! Waiting for what another process does.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// How often a condition is looked at.
const PAUSE: Duration = Duration::from_millis(20);

/// Looks with `probe` until it finds something, at most for `limit`.
///
/// # Errors
/// If `probe` fails, or finds nothing in time; the message says `what` was waited for.
pub fn until<T>(
    what: &str,
    limit: Duration,
    probe: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    until_every(PAUSE, what, limit, probe)
}

/// As [`until`], with a pause of one's own between two looks.
///
/// # Errors
/// As [`until`].
pub fn until_every<T>(
    pause: Duration,
    what: &str,
    limit: Duration,
    mut probe: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    let end = Instant::now() + limit;
    loop {
        if let Some(found) = probe().with_context(|| format!("waiting for {what}"))? {
            return Ok(found);
        }
        if Instant::now() > end {
            bail!("waited {limit:?} in vain for {what}");
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "another process gives no event to wait for; every look is bounded by `limit`"
        )]
        thread::sleep(pause);
    }
}
