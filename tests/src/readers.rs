//! Readers who ask for the same thing again and again, while something happens to those who answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Result, anyhow, ensure};

use crate::http::get;

/// How long a reader looks at what came.
const PAUSE: Duration = Duration::from_millis(10);

/// Readers who ask until they are [over](Self::all_were_answered).
#[derive(Debug)]
pub struct Readers {
    over: Arc<AtomicBool>,
    threads: Vec<JoinHandle<Told>>,
}

/// What one of them got.
#[derive(Debug, Default)]
struct Told {
    answered: usize,
    failed: Vec<String>,
}

impl Readers {
    /// `many` readers of what `url` answers with `body`, each on connections of its own.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "readers look at what they got before they ask again"
    )]
    pub fn start(many: usize, url: &str, body: &[u8]) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let reader = |_| {
            let (over, url, body) = (Arc::clone(&over), url.to_owned(), body.to_vec());
            thread::spawn(move || {
                let mut told = Told::default();
                while !over.load(Ordering::Relaxed) {
                    match get(&url) {
                        Ok(answer) if answer.status == 200 && answer.body == body => {
                            told.answered += 1;
                        }
                        Ok(answer) => told.failed.push(answer.status.to_string()),
                        Err(error) => told.failed.push(format!("{error:#}")),
                    }
                    thread::sleep(PAUSE);
                }
                told
            })
        };
        let threads = (0..many).map(reader).collect();
        Self { over, threads }
    }

    /// Ends them; gives how often they were answered.
    ///
    /// # Errors
    /// If one of them got anything else than what it asked for.
    pub fn all_were_answered(self) -> Result<usize> {
        self.over.store(true, Ordering::Relaxed);
        let mut all = Told::default();
        for reader in self.threads {
            let told = reader.join().map_err(|_| anyhow!("a reader panicked"))?;
            all.answered += told.answered;
            all.failed.extend(told.failed);
        }
        ensure!(
            all.failed.is_empty(),
            "{} of {} requests failed: {:?}",
            all.failed.len(),
            all.failed.len() + all.answered,
            &all.failed[..all.failed.len().min(20)]
        );
        Ok(all.answered)
    }
}
