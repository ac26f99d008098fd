//! Whose turn it is to ingest: of all institutions together no more Jobs run than the platform allows.
//!
//! How many run is read off the known children, so it is right after a restart as well. Who waits is
//! remembered only here, and said again by every reconcile. Whose last ingest is longest ago comes first.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::queue::Name;

/// Who waits, and what was granted and does not run yet.
#[derive(Debug, Default)]
pub struct IngestTurns {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// By when their last ingest began, then by name.
    waiting: BTreeSet<(Option<Timestamp>, Name)>,
    /// Of those whose reconcile has asked and goes on.
    granted: HashMap<Name, usize>,
}

/// What an institution asks for.
#[derive(Debug, Clone, Copy)]
pub struct Wish {
    /// How many ingests are due.
    pub wanted: usize,
    /// When its last one began.
    pub last: Option<Timestamp>,
}

impl IngestTurns {
    /// Grants an institution as many turns as there are for it, of `most` for all, of whom `running` run
    /// already; for those that it does not get it waits. They are its own until [`Self::over`].
    pub fn take(
        &self,
        name: &Name,
        wish: Wish,
        most: usize,
        running: impl FnOnce() -> usize,
    ) -> usize {
        let mut state = self.lock();
        state.forget(name);
        if wish.wanted == 0 {
            state.granted.insert(Name::clone(name), 0);
            return 0;
        }
        let free = state.free(most, running());
        let place = (wish.last, Name::clone(name));
        let ahead = state.waiting.range(..place.clone()).count();
        let turns = wish.wanted.min(free.saturating_sub(ahead));
        state.granted.insert(Name::clone(name), turns);
        if turns < wish.wanted {
            state.waiting.insert(place);
        }
        turns
    }

    /// A reconcile of an institution has ended: what it was granted either runs and is known, or is free
    /// again. If it did not get as far as asking, it waits no longer, or it would hold up the others. Gives
    /// those whose turn it is now.
    pub fn over(&self, name: &str, most: usize, running: impl FnOnce() -> usize) -> Vec<Name> {
        let mut state = self.lock();
        if state.granted.remove(name).is_none() {
            state.forget(name);
        }
        if state.waiting.is_empty() {
            return Vec::new();
        }
        let free = state.free(most, running());
        let next = state.waiting.iter().take(free);
        next.map(|(_, name)| Name::clone(name)).collect()
    }

    /// How many institutions wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    /// Another replica leads now.
    pub fn forget(&self) {
        *self.lock() = State::default();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn forget(&mut self, name: &str) {
        self.granted.remove(name);
        self.waiting.retain(|(_, waits)| &**waits != name);
    }

    fn free(&self, most: usize, running: usize) -> usize {
        most.saturating_sub(running + self.granted.values().sum::<usize>())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const MOST: usize = 2;

    fn name(text: &str) -> Name {
        text.into()
    }

    fn wish(wanted: usize, last: Option<&str>) -> Wish {
        Wish {
            wanted,
            last: last.map(|day| format!("2026-05-{day}T00:00:00Z").parse().unwrap()),
        }
    }

    #[test]
    fn no_more_run_than_are_allowed_and_the_longest_ago_comes_first() {
        let turns = IngestTurns::default();
        let take = |of: &str, wish: Wish, running| turns.take(&name(of), wish, MOST, || running);
        let over = |of: &str, running| turns.over(of, MOST, || running);
        assert_eq!(take("a", wish(1, Some("01")), 0), 1);
        assert_eq!(take("b", wish(3, Some("02")), 0), 1, "one is granted to a");
        assert_eq!(take("c", wish(1, Some("03")), 0), 0);
        assert_eq!(take("d", wish(1, None), 0), 0);
        // What was granted runs now.
        assert_eq!(over("a", 2), [""; 0].map(name));
        assert_eq!(over("b", 2), [""; 0].map(name));
        assert_eq!(over("c", 2), [""; 0].map(name));
        // The Job of a has ended, and d never had a turn.
        assert_eq!(over("d", 1), [name("d")]);
        assert_eq!(take("c", wish(1, Some("03")), 1), 0, "others are ahead");
        assert_eq!(over("c", 1), [name("d")]);
        assert_eq!(take("d", wish(1, None), 1), 1);
        assert_eq!(over("d", 2), [""; 0].map(name));
        // Both that are left, in their order.
        assert_eq!(take("a", wish(0, Some("04")), 0), 0);
        assert_eq!(over("a", 0), [name("b"), name("c")]);
    }

    #[test]
    fn whoever_wants_nothing_any_more_or_cannot_ask_holds_up_nobody() {
        let turns = IngestTurns::default();
        let take = |of: &str, wanted| turns.take(&name(of), wish(wanted, None), 1, || 1);
        for institution in ["a", "b", "c"] {
            assert_eq!(take(institution, 1), 0);
            turns.over(institution, 1, || 1);
        }
        assert_eq!(take("a", 0), 0);
        assert_eq!(turns.over("a", 1, || 0), [name("b")]);
        // Its reconcile failed before it asked.
        assert_eq!(turns.over("b", 1, || 0), [name("c")]);
    }

    #[test]
    fn a_turn_that_was_not_used_is_free_again() {
        let turns = IngestTurns::default();
        assert_eq!(turns.take(&name("a"), wish(1, None), 1, || 0), 1);
        assert_eq!(turns.take(&name("b"), wish(1, None), 1, || 0), 0);
        assert_eq!(turns.over("a", 1, || 0), [name("b")]);
    }
}
