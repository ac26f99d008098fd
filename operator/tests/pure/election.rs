//! The election: what a candidate does with what it sees of the Lease, and that two never lead.

use std::time::Duration;

use acervo_operator::leader::Moment;
use acervo_operator::leader::election::{Claim, Election, Record, Step, TIMING};
use jiff::Timestamp;
use proptest::prelude::*;

fn at(milliseconds: u64) -> Moment {
    Moment::since_start(Duration::from_millis(milliseconds))
}

fn lease(version: u64, holder: &str) -> Record {
    Record {
        version,
        holder: (!holder.is_empty()).then(|| holder.to_owned()),
        lasts: TIMING.lease,
        transitions: 3,
        acquired: Some(Timestamp::UNIX_EPOCH),
    }
}

fn candidate(name: &str) -> Election {
    Election::new(name.to_owned(), TIMING)
}

/// A candidate whose claim of the free Lease, sent at 0, was accepted.
fn leader() -> Election {
    let mut leader = candidate("a");
    leader.saw(Some(lease(6, "")), at(0));
    leader.won(lease(7, "a"), at(0));
    leader
}

fn claim(step: Step) -> Option<Claim> {
    match step {
        Step::Claim(claim) => Some(claim),
        Step::Wait(_) => None,
    }
}

#[test]
fn nothing_is_claimed_before_the_lease_was_looked_for() {
    assert_eq!(candidate("a").step(at(99_999)), Step::Wait(None));
}

#[test]
fn what_is_seen_says_after_how_long_it_is_claimed() {
    let lasting = |seconds| Record {
        lasts: Duration::from_secs(seconds),
        ..lease(5, "b")
    };
    for (seen, seconds) in [
        (None, 0),
        (Some(lease(5, "")), 0),
        (Some(lease(5, "a")), 0),
        (Some(lease(5, "b")), 15),
        (Some(lasting(60)), 60),
        (Some(lasting(0)), 15),
    ] {
        let mut candidate = candidate("a");
        candidate.saw(seen.clone(), at(1000));
        let due = at(1000 + seconds * 1000);
        if seconds > 0 {
            assert_eq!(candidate.step(at(1001)), Step::Wait(Some(due)), "{seen:?}");
        }
        let claim = claim(candidate.step(due)).unwrap();
        assert_eq!(claim.replaces, seen.map(|lease| lease.version));
    }
}

#[test]
fn no_date_decides_anything() {
    for acquired in [None, Some(Timestamp::MIN), Some(Timestamp::MAX)] {
        let mut candidate = candidate("a");
        candidate.saw(
            Some(Record {
                acquired,
                ..lease(5, "b")
            }),
            at(0),
        );
        assert_eq!(candidate.step(at(1)), Step::Wait(Some(at(15_000))));
        let mut leader = leader();
        leader.won(
            Record {
                acquired,
                ..lease(8, "a")
            },
            at(0),
        );
        assert_eq!(leader.held_until(), Some(at(10_000)));
        assert_eq!(leader.step(at(1)), Step::Wait(Some(at(3000))));
    }
}

#[test]
fn a_lease_that_is_renewed_is_left_alone_for_ever() {
    let mut candidate = candidate("a");
    for renewal in 0..100 {
        let now = at(renewal * 14_999);
        candidate.saw(Some(lease(renewal, "b")), now);
        assert!(claim(candidate.step(now)).is_none());
        assert_eq!(candidate.held_until(), None);
    }
}

#[test]
fn a_version_that_is_seen_again_is_no_renewal() {
    let mut candidate = candidate("a");
    candidate.saw(Some(lease(5, "b")), at(0));
    for now in (0..15_000).step_by(1000) {
        candidate.saw(Some(lease(5, "b")), at(now));
        candidate.saw(Some(lease(4, "")), at(now));
    }
    assert!(claim(candidate.step(at(14_999))).is_none());
    assert!(claim(candidate.step(at(15_000))).is_some());
}

#[test]
fn a_leader_renews_in_time_and_leads_no_longer_than_it_could() {
    let mut leader = leader();
    assert_eq!(leader.held_until(), Some(at(10_000)));
    assert_eq!(leader.step(at(2999)), Step::Wait(Some(at(3000))));
    let renewal = claim(leader.step(at(3000))).unwrap();
    assert_eq!((renewal.replaces, renewal.renews), (Some(7), true));
    assert_eq!(renewal.transitions, 3, "it did not change hands");
    leader.won(lease(8, "a"), at(3000));
    let end = at(13_000);
    assert_eq!(leader.held_until(), Some(end), "from when it was sent");
    for now in [6000, 9000, 12_000] {
        assert!(claim(leader.step(at(now))).is_some());
        leader.failed(at(now));
        assert_eq!(leader.step(at(now)), Step::Wait(Some(at(now + 1000))));
    }
    leader.step(end);
    assert_eq!(leader.held_until(), None, "others may take it 5 s later");
}

#[test]
fn a_leader_that_slept_does_not_lead_when_it_wakes() {
    let mut leader = leader();
    let claim = claim(leader.step(at(3_600_000))).unwrap();
    assert_eq!(leader.held_until(), None);
    assert!(!claim.renews, "it must win again");
    leader.failed(at(3_600_000));
    leader.saw(Some(lease(9, "b")), at(3_600_001));
    let wait = Step::Wait(Some(at(3_615_001)));
    assert_eq!(leader.step(at(3_601_000)), wait);
}

#[test]
fn whoever_sees_another_in_its_place_stops_at_once() {
    let mut leader = leader();
    leader.saw(Some(lease(8, "b")), at(1));
    assert_eq!(leader.held_until(), None);
    assert_eq!(leader.step(at(1)), Step::Wait(Some(at(15_001))));
}

#[test]
fn an_answer_that_comes_after_later_news_changes_nothing() {
    let mut leader = leader();
    leader.saw(Some(lease(9, "b")), at(1));
    leader.won(lease(8, "a"), at(0));
    assert_eq!(leader.held_until(), None);
}

#[test]
fn a_lease_that_somebody_edits_stays_with_its_holder() {
    let mut leader = leader();
    leader.saw(Some(lease(8, "a")), at(1));
    assert_eq!(leader.held_until(), Some(at(10_000)));
    assert_eq!(claim(leader.step(at(3000))).unwrap().replaces, Some(8));
}

#[test]
fn a_lease_that_somebody_deletes_is_left_to_its_holder_for_a_while() {
    let mut leader = leader();
    leader.saw(None, at(1));
    let again = claim(leader.step(at(1))).unwrap();
    assert_eq!((again.replaces, again.renews), (None, true));
    let mut other = candidate("b");
    other.saw(Some(lease(7, "a")), at(0));
    other.saw(None, at(1));
    assert_eq!(other.step(at(1)), Step::Wait(Some(at(15_001))));
}

#[test]
fn a_lease_is_given_back_by_its_holder_alone() {
    let claim = leader().give_back(at(9999)).unwrap();
    assert!(claim.gives_back);
    assert_eq!(claim.replaces, Some(7));
    assert_eq!(leader().give_back(at(10_000)), None, "its time is over");
    assert_eq!(candidate("a").give_back(at(0)), None);
}

#[test]
fn a_takeover_is_counted_and_a_return_is_not() {
    let mut other = candidate("b");
    other.saw(Some(lease(7, "a")), at(0));
    let taken = claim(other.step(at(15_000))).unwrap();
    assert_eq!((taken.transitions, taken.acquired), (4, None));
    let mut again = candidate("a");
    again.saw(Some(lease(7, "a")), at(0));
    assert_eq!(claim(again.step(at(0))).unwrap().transitions, 3);
}

/// What may happen to two candidates and the messages between them and the API server.
#[derive(Debug, Clone)]
enum Happening {
    /// Time passes.
    Passes(u64),
    /// A candidate does what it is to do; a claim is under way then.
    Steps(usize),
    /// The oldest claim of a candidate reaches the API server.
    Arrives(usize),
    /// A claim of a candidate that is gone does.
    ArrivesLate,
    /// The oldest answer reaches the candidate.
    Answers(usize),
    /// Answers are lost, and the candidate gives up waiting.
    Lost(usize),
    /// The watch tells a candidate of the Lease.
    Sees(usize),
    /// A candidate ends and gives the Lease back; another one of another name takes its place.
    Ends(usize),
    /// A candidate is killed, and another one takes its place.
    Killed(usize),
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        4 => (0..6000_u64).prop_map(Happening::Passes),
        6 => (0..2_usize).prop_map(Happening::Steps),
        6 => (0..2_usize).prop_map(Happening::Arrives),
        1 => Just(Happening::ArrivesLate),
        6 => (0..2_usize).prop_map(Happening::Answers),
        1 => (0..2_usize).prop_map(Happening::Lost),
        4 => (0..2_usize).prop_map(Happening::Sees),
        1 => (0..2_usize).prop_map(Happening::Ends),
        1 => (0..2_usize).prop_map(Happening::Killed),
    ]
}

/// A claim under way: by whom, and when it was sent.
type UnderWay = (Claim, String, Moment);

struct Played {
    election: Election,
    claims: Vec<UnderWay>,
    answers: Vec<(Option<Record>, Moment)>,
}

impl Played {
    fn named(name: u64) -> Self {
        Self {
            election: candidate(&name.to_string()),
            claims: Vec::new(),
            answers: Vec::new(),
        }
    }
}

/// Two candidates, the Lease in the API server, and what is under way.
struct World {
    now: Moment,
    version: u64,
    stored: Option<Record>,
    names: u64,
    candidates: [Played; 2],
    orphans: Vec<UnderWay>,
}

impl World {
    fn new() -> Self {
        Self {
            now: at(0),
            version: 0,
            stored: None,
            names: 2,
            candidates: [Played::named(0), Played::named(1)],
            orphans: Vec::new(),
        }
    }

    fn happens(&mut self, what: &Happening) {
        let now = self.now;
        match *what {
            Happening::Passes(time) => self.now = now + Duration::from_millis(time),
            Happening::Steps(of) => {
                let played = &mut self.candidates[of];
                if let Step::Claim(claim) = played.election.step(now) {
                    let name = played.election.identity().to_owned();
                    played.claims.push((claim, name, now));
                }
            }
            Happening::Arrives(of) if !self.candidates[of].claims.is_empty() => {
                let (claim, name, sent) = self.candidates[of].claims.remove(0);
                let answer = self.store(&claim, &name);
                self.candidates[of].answers.push((answer, sent));
            }
            Happening::ArrivesLate if !self.orphans.is_empty() => {
                let (claim, name, _) = self.orphans.remove(0);
                self.store(&claim, &name);
            }
            Happening::Answers(of) if !self.candidates[of].answers.is_empty() => {
                let played = &mut self.candidates[of];
                match played.answers.remove(0) {
                    (Some(lease), sent) => played.election.won(lease, sent),
                    (None, _) => {
                        played.election.saw(self.stored.clone(), now);
                        played.election.failed(now);
                    }
                }
            }
            Happening::Lost(of) => {
                self.candidates[of].answers.clear();
                self.candidates[of].election.failed(now);
            }
            Happening::Sees(of) => {
                let stored = self.stored.clone();
                self.candidates[of].election.saw(stored, now);
            }
            Happening::Ends(of) => {
                let played = &mut self.candidates[of];
                let name = played.election.identity().to_owned();
                if let Some(claim) = played.election.give_back(now) {
                    self.store(&claim, &name);
                }
                self.replace(of);
            }
            Happening::Killed(of) => self.replace(of),
            Happening::Arrives(_) | Happening::ArrivesLate | Happening::Answers(_) => {}
        }
    }

    fn replace(&mut self, of: usize) {
        let next = Played::named(self.names);
        self.names += 1;
        let gone = std::mem::replace(&mut self.candidates[of], next);
        self.orphans.extend(gone.claims);
    }

    /// As the API server does: a claim replaces the version that it names, or nothing.
    fn store(&mut self, claim: &Claim, name: &str) -> Option<Record> {
        if claim.replaces != self.stored.as_ref().map(|stored| stored.version) {
            return None;
        }
        self.version += 1;
        let holder = if claim.gives_back { "" } else { name };
        self.stored = Some(lease(self.version, holder));
        self.stored.clone()
    }

    fn is_under_way(&self, of: usize) -> bool {
        let played = &self.candidates[of];
        !played.claims.is_empty() || !played.answers.is_empty()
    }

    fn leaders(&self) -> usize {
        let until = |played: &Played| played.election.held_until();
        let leads = |played: &&Played| until(played).is_some_and(|until| self.now < until);
        self.candidates.iter().filter(leads).count()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn whatever_is_late_lost_or_killed_two_never_lead(
        all in prop::collection::vec(happening(), 1..200),
    ) {
        let mut world = World::new();
        for what in &all {
            world.happens(what);
            prop_assert!(world.leaders() < 2, "after {what:?}");
        }
        // And when all goes well again, one leads before two leases have passed.
        for _ in 0..30 {
            for of in 0..2 {
                world.happens(&Happening::Sees(of));
                world.happens(&Happening::Steps(of));
                while world.is_under_way(of) {
                    world.happens(&Happening::Arrives(of));
                    world.happens(&Happening::Answers(of));
                    prop_assert!(world.leaders() < 2);
                }
            }
            world.happens(&Happening::Passes(1000));
        }
        prop_assert_eq!(world.leaders(), 1);
    }
}
