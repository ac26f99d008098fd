//! A point in time that no change of the date moves.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// A point in time, counted from when the machine started. It goes on while the machine sleeps, which
/// [`std::time::Instant`] does not on Linux: a leader that slept must know that it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(Duration);

impl Moment {
    /// Now.
    #[must_use]
    pub fn now() -> Self {
        let now = clock_gettime(ClockId::Boottime);
        Self::since_start(
            Duration::try_from(now).expect("a machine does not run since before its start"),
        )
    }

    /// So long after the start of the machine.
    #[must_use]
    pub const fn since_start(duration: Duration) -> Self {
        Self(duration)
    }

    /// How long it is until `later`; nothing if that is past.
    #[must_use]
    pub fn until(self, later: Self) -> Duration {
        later.0.saturating_sub(self.0)
    }
}

impl std::ops::Add<Duration> for Moment {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration))
    }
}

/// Waits until `moment`; for ever if there is none.
pub(super) async fn reached(moment: Option<Moment>) {
    let Some(moment) = moment else {
        return std::future::pending().await;
    };
    loop {
        let left = Moment::now().until(moment);
        if left.is_zero() {
            return;
        }
        tokio::time::sleep(left).await;
    }
}
