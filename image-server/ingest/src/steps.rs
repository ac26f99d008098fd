//! How long each step of an ingest takes, for those who want to know: `ACERVO_LOG=acervo_ingest=debug`.

use std::time::Instant;

/// A clock that is read at the end of each step.
#[derive(Debug)]
pub(crate) struct Steps(Instant);

impl Steps {
    /// The first step begins.
    pub(crate) fn begin() -> Self {
        Self(Instant::now())
    }

    /// The step is done and the next one begins.
    pub(crate) fn done(&mut self, step: &'static str) {
        let milliseconds = self.0.elapsed().as_secs_f64() * 1000.0;
        tracing::debug!(step, milliseconds, "done");
        self.0 = Instant::now();
    }
}
