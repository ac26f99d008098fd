//! How an ingest goes on: a bar on a terminal; elsewhere the log's lines are enough.

use std::io::IsTerminal as _;

use acervo_ingest::Progress;
use indicatif::{ProgressBar, ProgressStyle};

/// A progress bar on standard error.
pub(crate) struct Bar {
    bar: ProgressBar,
}

impl Bar {
    /// A bar called `name`; it appears once it is known how long the way is.
    pub(crate) fn new(name: &str) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self {
                bar: ProgressBar::hidden(),
            };
        }
        let bar = ProgressBar::new(0).with_prefix(name.to_owned());
        if let Ok(style) = ProgressStyle::with_template("{prefix} {bar:30} {pos}/{len} {wide_msg}")
        {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn begin(&self, files: usize) {
        self.bar.set_length(files as u64);
    }

    fn done(&self, path: &str) {
        self.bar.set_message(path.to_owned());
        self.bar.inc(1);
    }
}
