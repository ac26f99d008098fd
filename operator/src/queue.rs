//! The work queue: which institutions are to be reconciled, and when. Each is worked on once at a time;
//! what is asked for while it is worked on is remembered.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use prometheus_client::metrics::histogram::Histogram;
use tokio::sync::Notify;
use tokio::time::Instant;

/// The name of an institution.
pub type Name = Arc<str>;

/// Institutions that wait for a reconcile.
#[derive(Debug, Default)]
pub struct Queue {
    inner: Mutex<Inner>,
    changed: Notify,
    /// How long each waited after its time had come.
    waits: Option<Histogram>,
}

#[derive(Debug, Default)]
struct Inner {
    by_time: BTreeSet<(Instant, Name)>,
    by_name: HashMap<Name, Instant>,
    running: HashSet<Name>,
    /// Asked for while running.
    again: HashMap<Name, Instant>,
}

impl Queue {
    /// An empty queue that tells how long each waited after its time had come.
    #[must_use]
    pub fn measured(waits: Histogram) -> Self {
        Self {
            waits: Some(waits),
            ..Self::default()
        }
    }

    /// Asks for a reconcile in `delay`, unless one is asked for sooner.
    pub fn add(&self, name: Name, delay: Duration) {
        self.lock().add(name, Instant::now() + delay);
        self.changed.notify_one();
    }

    /// The next institution whose time has come. Call [`Queue::done`] with it afterwards.
    pub async fn next(&self) -> Name {
        loop {
            let due = {
                let mut inner = self.lock();
                let first = inner.by_time.first().cloned();
                match first {
                    Some((at, name)) if at <= Instant::now() => {
                        inner.by_time.remove(&(at, Arc::clone(&name)));
                        inner.by_name.remove(&name);
                        inner.running.insert(Arc::clone(&name));
                        if let Some(waits) = &self.waits {
                            waits.observe(at.elapsed().as_secs_f64());
                        }
                        // Others may be due as well.
                        self.changed.notify_one();
                        return name;
                    }
                    Some((at, _)) => Some(at),
                    None => None,
                }
            };
            match due {
                Some(at) => {
                    tokio::select! {
                        () = tokio::time::sleep_until(at) => {}
                        () = self.changed.notified() => {}
                    }
                }
                None => self.changed.notified().await,
            }
        }
    }

    /// The work on `name` has ended; it is to be looked at again after `delay`, or sooner if that was
    /// asked for meanwhile.
    pub fn done(&self, name: &Name, delay: Option<Duration>) {
        let mut inner = self.lock();
        inner.running.remove(name);
        if let Some(at) = inner.again.remove(name) {
            inner.add(Arc::clone(name), at);
        }
        if let Some(delay) = delay {
            inner.add(Arc::clone(name), Instant::now() + delay);
        }
        drop(inner);
        self.changed.notify_one();
    }

    /// Nobody works any more: what was being worked on waits again.
    pub fn abandon(&self) {
        let mut inner = self.lock();
        let now = Instant::now();
        let running = std::mem::take(&mut inner.running);
        inner.again.clear();
        for name in running {
            inner.add(name, now);
        }
        drop(inner);
        self.changed.notify_one();
    }

    /// How many wait although their time has come.
    #[must_use]
    pub fn due(&self) -> usize {
        let now = Instant::now();
        let inner = self.lock();
        inner
            .by_time
            .iter()
            .take_while(|(at, _)| *at <= now)
            .count()
    }

    /// How many wait, for their time too.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().by_name.len()
    }

    /// Whether none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn add(&mut self, name: Name, at: Instant) {
        if self.running.contains(&name) {
            let again = self.again.entry(name).or_insert(at);
            *again = at.min(*again);
            return;
        }
        match self.by_name.get(&name) {
            Some(sooner) if *sooner <= at => {}
            later => {
                if let Some(later) = later {
                    self.by_time.remove(&(*later, Arc::clone(&name)));
                }
                self.by_time.insert((at, Arc::clone(&name)));
                self.by_name.insert(name, at);
            }
        }
    }
}

/// A little longer for some than for others, so that not all come at once.
#[must_use]
pub fn jittered(name: &str, pause: Duration) -> Duration {
    let share = u32::from(blake3::hash(name.as_bytes()).as_bytes()[0]);
    pause + pause * share / 1024
}

#[cfg(test)]
mod tests {
    use super::{Name, Queue};
    use std::time::Duration;
    use tokio::time::Instant;

    fn name(text: &str) -> Name {
        text.into()
    }

    #[tokio::test(start_paused = true)]
    async fn the_sooner_of_two_wishes_counts_and_one_reconcile_answers_both() {
        let queue = Queue::default();
        let begun = Instant::now();
        queue.add(name("a"), Duration::from_secs(60));
        queue.add(name("a"), Duration::from_secs(1));
        queue.add(name("a"), Duration::from_secs(30));
        assert_eq!(&*queue.next().await, "a");
        assert_eq!(begun.elapsed().as_secs(), 1);
        assert!(queue.is_empty());
        queue.add(name("b"), Duration::ZERO);
        queue.add(name("c"), Duration::from_secs(60));
        assert_eq!((queue.due(), queue.len()), (1, 2));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_asked_for_during_the_work_is_done_after_it() {
        let queue = Queue::default();
        queue.add(name("a"), Duration::ZERO);
        let working = queue.next().await;
        queue.add(name("a"), Duration::ZERO);
        queue.add(name("b"), Duration::from_secs(5));
        let begun = Instant::now();
        assert_eq!(&*queue.next().await, "b", "a is being worked on");
        assert_eq!(begun.elapsed().as_secs(), 5);
        queue.done(&working, Some(Duration::from_secs(60)));
        assert_eq!(&*queue.next().await, "a");
        assert_eq!(begun.elapsed().as_secs(), 5, "at once, not in a minute");
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_asks_all_the_time_waits_its_turn() {
        let queue = Queue::default();
        queue.add(name("a"), Duration::ZERO);
        let mut worked = Vec::new();
        for _ in 0..6 {
            let next = queue.next().await;
            for _ in 0..1000 {
                queue.add(name("a"), Duration::ZERO);
            }
            if worked.is_empty() {
                queue.add(name("b"), Duration::ZERO);
                queue.add(name("c"), Duration::ZERO);
            }
            tokio::time::advance(Duration::from_millis(1)).await;
            queue.done(&next, (&*next == "a").then_some(Duration::ZERO));
            worked.push(next);
        }
        let worked: Vec<&str> = worked.iter().map(|name| &**name).collect();
        assert_eq!(worked, ["a", "a", "b", "c", "a", "a"]);
    }

    #[tokio::test(start_paused = true)]
    async fn work_that_is_abandoned_is_begun_anew() {
        let queue = Queue::default();
        queue.add(name("a"), Duration::ZERO);
        let working = queue.next().await;
        queue.add(name("a"), Duration::from_secs(60));
        queue.abandon();
        assert_eq!((queue.len(), queue.next().await), (1, working));
    }
}
