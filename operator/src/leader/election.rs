//! Who leads: what one candidate does with what it sees of the Lease. Pure: the time is given.
//!
//! Nobody compares the clocks of two machines. A candidate counts how long it has seen the Lease
//! unchanged, and takes it over after what the Lease says; a leader counts from before it sent its last
//! successful renewal, and stops [`Timing::margin`] earlier. What is seen comes after what was sent, so
//! the leader has always stopped when another may begin.

use std::time::Duration;

use jiff::Timestamp;

use super::Moment;

/// How often the Lease is renewed in an operator.
pub const TIMING: Timing = Timing {
    lease: Duration::from_secs(15),
    margin: Duration::from_secs(5),
    renew: Duration::from_secs(3),
    retry: Duration::from_secs(1),
};

/// How long things last in an election.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// For how long the Lease must have been seen unchanged before another takes it.
    pub lease: Duration,
    /// So long before the end of its Lease a leader stops that could not renew it: for what is under way,
    /// and for clocks that do not go equally fast.
    pub margin: Duration,
    /// How long after a renewal the next one is due.
    pub renew: Duration,
    /// How long after a failed write the next one is due.
    pub retry: Duration,
}

/// What matters of a Lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its version; later ones are larger.
    pub version: u64,
    /// Who holds it.
    pub holder: Option<String>,
    /// How long it lasts; nothing if it does not say.
    pub lasts: Duration,
    /// How often it changed hands.
    pub transitions: i32,
    /// Since when its holder has it, by the clock of that one; for people.
    pub acquired: Option<Timestamp>,
}

/// What a candidate does next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Write the Lease, and tell how that went by [`Election::won`] or [`Election::failed`].
    Claim(Claim),
    /// Nothing until then, or until something is seen.
    Wait(Option<Moment>),
}

/// A write of the Lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The version that it replaces; none if it makes the Lease.
    pub replaces: Option<u64>,
    /// How often it will have changed hands.
    pub transitions: i32,
    /// How long it lasts.
    pub lasts: Duration,
    /// Since when its holder has it; since now if none.
    pub acquired: Option<Timestamp>,
    /// Whether the candidate holds it already.
    pub renews: bool,
    /// Whether nobody holds it afterwards.
    pub gives_back: bool,
}

/// The state of one candidate.
#[derive(Debug)]
pub struct Election {
    identity: String,
    timing: Timing,
    seen: Seen,
    /// When the last successful write of the Lease was sent; none while another leads.
    sent: Option<Moment>,
    not_before: Option<Moment>,
}

#[derive(Debug)]
enum Seen {
    /// Nothing yet.
    Nothing,
    /// That there is none, and that a new one may be made from then on.
    None(Moment),
    /// This, for the first time then.
    Lease(Record, Moment),
}

impl Election {
    /// A candidate that has seen nothing yet.
    #[must_use]
    pub fn new(identity: String, timing: Timing) -> Self {
        Self {
            identity,
            timing,
            seen: Seen::Nothing,
            sent: None,
            not_before: None,
        }
    }

    /// What tells this candidate from others.
    #[must_use]
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// The Lease was seen, or that there is none. What is older than what is known changes nothing.
    pub fn saw(&mut self, lease: Option<Record>, now: Moment) {
        match (lease, &self.seen) {
            (Some(lease), Seen::Lease(known, _)) if lease.version <= known.version => {}
            (Some(lease), _) => {
                if lease.holder.as_ref() != Some(&self.identity) {
                    self.sent = None;
                }
                self.seen = Seen::Lease(lease, now);
            }
            (None, Seen::Nothing) => self.seen = Seen::None(now),
            // Somebody deleted it, and its holder may not know yet.
            (None, Seen::Lease(..)) => self.seen = Seen::None(now + self.timing.lease),
            (None, Seen::None(_)) => {}
        }
    }

    /// A claim was accepted that was sent at `sent`; this is what it made of the Lease.
    pub fn won(&mut self, lease: Record, sent: Moment) {
        if matches!(&self.seen, Seen::Lease(known, _) if known.version > lease.version) {
            return;
        }
        self.seen = Seen::Lease(lease, sent);
        (self.sent, self.not_before) = (Some(sent), None);
    }

    /// A claim was refused or not answered.
    pub fn failed(&mut self, now: Moment) {
        self.not_before = Some(now + self.timing.retry);
    }

    /// Until when this candidate leads, if it does not renew before; none if it does not lead.
    #[must_use]
    pub fn held_until(&self) -> Option<Moment> {
        let term = self.timing.lease.saturating_sub(self.timing.margin);
        self.sent.map(|sent| sent + term)
    }

    /// What to do now.
    pub fn step(&mut self, now: Moment) -> Step {
        if self.held_until().is_some_and(|end| end <= now) {
            self.sent = None;
        }
        let due = match (&self.seen, self.sent) {
            (Seen::Nothing, _) => return Step::Wait(None),
            (Seen::None(_), Some(_)) => now,
            (Seen::None(from), None) => *from,
            (Seen::Lease(..), Some(sent)) => sent + self.timing.renew,
            (Seen::Lease(lease, since), None) => match &lease.holder {
                // A restarted candidate is the same one: nobody else has its name.
                Some(holder) if *holder != self.identity => *since + self.lasts(lease),
                _ => now,
            },
        };
        let due = self
            .not_before
            .map_or(due, |not_before| due.max(not_before));
        if due <= now {
            return Step::Claim(self.claim());
        }
        Step::Wait(Some(self.held_until().map_or(due, |end| due.min(end))))
    }

    /// The write that gives the Lease back; none if this candidate does not hold it.
    #[must_use]
    pub fn give_back(&self, now: Moment) -> Option<Claim> {
        let held = self.held_until().is_some_and(|end| now < end);
        match &self.seen {
            Seen::Lease(lease, _) if held => Some(Claim {
                replaces: Some(lease.version),
                transitions: lease.transitions,
                lasts: self.timing.lease,
                acquired: lease.acquired,
                renews: false,
                gives_back: true,
            }),
            _ => None,
        }
    }

    fn claim(&self) -> Claim {
        let renews = self.sent.is_some();
        let lease = match &self.seen {
            Seen::Lease(lease, _) => Some(lease),
            Seen::Nothing | Seen::None(_) => None,
        };
        let transitions = lease.map_or(0, |lease| lease.transitions);
        let is_ours = lease.is_some_and(|lease| lease.holder.as_ref() == Some(&self.identity));
        Claim {
            replaces: lease.map(|lease| lease.version),
            transitions: transitions.saturating_add(i32::from(lease.is_some() && !is_ours)),
            lasts: self.timing.lease,
            acquired: lease.filter(|_| renews).and_then(|lease| lease.acquired),
            renews,
            gives_back: false,
        }
    }

    fn lasts(&self, lease: &Record) -> Duration {
        if lease.lasts.is_zero() {
            self.timing.lease
        } else {
            lease.lasts
        }
    }
}
