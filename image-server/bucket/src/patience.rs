//! How often and how long something is tried.

use std::time::Duration;

use tokio::time::Instant;

use crate::error::BucketError;

/// The most tries in a row that bring nothing new.
const FRUITLESS: u32 = 5;
/// The most tries of one call that end early, however much they bring.
const INTERRUPTIONS: u32 = 100;
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// What is left of it within one call.
#[derive(Debug)]
pub(crate) struct Patience {
    window: Duration,
    /// The furthest that any try has come, in whatever the call counts.
    reached: u64,
    progress: Instant,
    fruitless: u32,
    interruptions: u32,
}

impl Patience {
    /// For a call that has `reached` so much already, and may go without anything new for `window`.
    pub(crate) fn new(window: Duration, reached: u64) -> Self {
        Self {
            window,
            reached,
            progress: Instant::now(),
            fruitless: 0,
            interruptions: 0,
        }
    }

    /// Says how far the call has come.
    pub(crate) fn come(&mut self, to: u64) {
        if to > self.reached {
            self.reached = to;
            self.progress = Instant::now();
            self.fruitless = 0;
        }
    }

    /// How long a connection may be silent: half the time, so that another one can be tried in the other half.
    pub(crate) fn silence(&self) -> Duration {
        let left = self.window.saturating_sub(self.progress.elapsed());
        left.min(self.window / 2).max(Duration::from_millis(1))
    }

    /// Waits before the next try after one that ended in `error`.
    ///
    /// # Errors
    /// `error`, when there is to be no further try.
    pub(crate) async fn after(&mut self, error: BucketError) -> Result<(), BucketError> {
        let pause = FIRST_PAUSE
            .saturating_mul(1 << self.fruitless)
            .min(LONGEST_PAUSE);
        self.fruitless += 1;
        self.interruptions += 1;
        let over = self.fruitless >= FRUITLESS
            || self.interruptions >= INTERRUPTIONS
            || self.progress.elapsed() + pause >= self.window;
        if over {
            return Err(match error {
                BucketError::Stalled { host, .. } => BucketError::Stalled {
                    host,
                    after: self.progress.elapsed(),
                },
                other => other,
            });
        }
        tokio::time::sleep(pause).await;
        Ok(())
    }
}
