//! The memory that all who decode share, and what each has taken of it.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Bytes of memory that several workers share, each by a [`Lease`].
#[derive(Debug)]
pub struct Budget {
    total: u64,
    state: Mutex<State>,
    changed: Condvar,
}

/// Who comes first waits first, so that many small images cannot keep a large one waiting for ever.
#[derive(Debug)]
struct State {
    free: u64,
    /// Drawn by who comes next.
    next_ticket: u64,
    /// Of who is served now.
    serving: u64,
}

impl Budget {
    /// A budget of `total` bytes.
    #[must_use]
    pub fn new(total: u64) -> Arc<Self> {
        let state = State {
            free: total,
            next_ticket: 0,
            serving: 0,
        };
        Arc::new(Self {
            total,
            state: Mutex::new(state),
            changed: Condvar::new(),
        })
    }

    /// Bytes in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Takes `bytes`, waiting until they are there; nothing, if there are not so many in all.
    ///
    /// Who holds a lease must not wait for another one: use [`Budget::lease_now`].
    #[must_use]
    pub fn lease(self: &Arc<Self>, bytes: u64) -> Option<Lease> {
        if bytes > self.total {
            return None;
        }
        let mut state = self.state();
        let ticket = state.next_ticket;
        state.next_ticket += 1;
        while state.serving != ticket || state.free < bytes {
            let waited = self.changed.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
        state.serving += 1;
        state.free -= bytes;
        drop(state);
        self.changed.notify_all();
        Some(Lease {
            budget: Arc::clone(self),
            bytes,
        })
    }

    /// Takes `bytes`, if they are there at this moment and nobody waits for them.
    #[must_use]
    pub fn lease_now(self: &Arc<Self>, bytes: u64) -> Option<Lease> {
        let mut state = self.state();
        if state.serving != state.next_ticket || state.free < bytes {
            return None;
        }
        state.free -= bytes;
        Some(Lease {
            budget: Arc::clone(self),
            bytes,
        })
    }

    // A panic elsewhere leaves the figures as they are: each change of them is one step.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Bytes taken of a [`Budget`]; given back when dropped.
#[derive(Debug)]
pub struct Lease {
    budget: Arc<Budget>,
    bytes: u64,
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.budget.state().free += self.bytes;
        self.budget.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::Budget;

    #[test]
    fn what_is_not_there_is_waited_for_and_what_never_will_be_is_refused() {
        let budget = Budget::new(100);
        assert!(budget.lease(101).is_none());
        let first = budget.lease(60);
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| budget.lease(60).is_some());
            drop(first);
            assert!(waits.join().is_ok_and(|taken| taken));
        });
        assert!(budget.lease(100).is_some(), "everything came back");
    }

    #[test]
    fn many_small_ones_cannot_keep_a_large_one_waiting() {
        let budget = Budget::new(100);
        let small = budget.lease(10);
        let (tell, told) = mpsc::channel();
        std::thread::scope(|scope| {
            let large = scope.spawn(|| {
                let lease = budget.lease(100);
                let _ = tell.send("large");
                lease.is_some()
            });
            // As soon as the large one waits there is nothing for others.
            while budget.lease_now(1).is_some() {
                std::thread::yield_now();
            }
            let late = scope.spawn(|| {
                let lease = budget.lease(10);
                let _ = tell.send("late");
                lease.is_some()
            });
            drop(small);
            assert!(large.join().is_ok_and(|taken| taken));
            assert!(late.join().is_ok_and(|taken| taken));
        });
        let order: Vec<&str> = told.try_iter().collect();
        assert_eq!(order, ["large", "late"]);
    }

    #[test]
    fn what_is_there_can_be_taken_without_waiting() {
        let budget = Budget::new(100);
        let (first, second) = (budget.lease_now(30), budget.lease_now(70));
        assert!(first.is_some() && second.is_some());
        assert!(budget.lease_now(1).is_none());
        drop((first, second));
        assert!(budget.lease_now(100).is_some());
    }
}
