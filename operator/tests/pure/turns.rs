//! Turns: which servers wait for one, who gets it, and that a wave keeps its limit and stops at a fault.

use acervo_operator::children::{Child, Children, Kind, Seen};
use acervo_operator::digest::{self, Digest};
use acervo_operator::names;
use acervo_operator::queue::Name;
use acervo_operator::reconcile::facts::ServerState;
use acervo_operator::waves::{Cause, Rollout, Turn, UnderWay, Waves, judge};
use serde_json::json;

fn digest_of(text: &str) -> Digest {
    digest::wanted(&json!({ "spec": text }))
}

/// A server as it is at rest: one pod answers, and it is what the resource's first generation and the
/// platform's first version made.
fn at_rest() -> ServerState {
    ServerState {
        generation: 1,
        observed_generation: 1,
        replicas: 1,
        updated: 1,
        total: 1,
        available: 1,
        rollout: Some(Rollout {
            cause: Cause::Institution,
            generation: 1,
            wanted: digest_of("first"),
        }),
        ..ServerState::default()
    }
}

fn moving(cause: Cause) -> ServerState {
    let mut server = at_rest();
    server.rolling = true;
    server.rollout.as_mut().unwrap().cause = cause;
    server
}

fn stuck(cause: Cause) -> ServerState {
    ServerState {
        failure: Some("the deadline is over".to_owned()),
        ..moving(cause)
    }
}

#[test]
fn only_what_the_platform_changes_for_servers_that_serve_waits_for_its_turn() {
    use Cause::{Institution, Platform};
    let changed = |change: fn(&mut ServerState)| {
        let mut server = at_rest();
        change(&mut server);
        Some(server)
    };
    let own = (Institution, Turn::Now);
    let wave = (Platform, Turn::Now);
    let waits = (Platform, Turn::InTurn);
    let cases = [
        ("a first installation", None, 1, "first", own),
        ("nothing changed", Some(at_rest()), 1, "first", own),
        (
            "nothing that concerns servers",
            Some(at_rest()),
            2,
            "first",
            own,
        ),
        ("the resource changed", Some(at_rest()), 2, "second", own),
        ("the platform changed", Some(at_rest()), 1, "second", waits),
        (
            "somebody changed it",
            changed(|s| s.drifted = true),
            1,
            "second",
            own,
        ),
        (
            "none answers",
            changed(|s| s.available = 0),
            1,
            "second",
            own,
        ),
        (
            "it has no record",
            changed(|s| s.rollout = None),
            1,
            "second",
            waits,
        ),
        (
            "its own rollout is under way",
            Some(moving(Institution)),
            1,
            "second",
            own,
        ),
        (
            "its own rollout is stuck",
            Some(stuck(Institution)),
            1,
            "second",
            own,
        ),
        (
            "it is in the wave",
            Some(moving(Platform)),
            1,
            "second",
            wave,
        ),
        (
            "the wave is stuck at it",
            Some(stuck(Platform)),
            1,
            "second",
            wave,
        ),
        (
            "so the resource was changed",
            Some(stuck(Platform)),
            2,
            "second",
            own,
        ),
    ];
    for (what, server, generation, wanted, (cause, turn)) in cases {
        let wanted = digest_of(wanted);
        let record = Rollout {
            cause,
            generation,
            wanted,
        };
        assert_eq!(
            judge(server.as_ref(), generation, wanted),
            (record, turn),
            "{what}"
        );
    }
}

#[test]
fn a_record_is_read_as_it_was_written_and_nothing_else_is() {
    for cause in [Cause::Institution, Cause::Platform] {
        let record = Rollout {
            cause,
            generation: 7,
            wanted: digest_of("a"),
        };
        assert_eq!(record.to_string().parse(), Ok(record));
    }
    for text in [
        "",
        "platform",
        "platform:7",
        "platform:x:00",
        "other:7:00",
        "platform:7:zz",
        "platform:7:0011",
    ] {
        assert!(text.parse::<Rollout>().is_err(), "{text}");
    }
}

fn children(servers: &[(&str, ServerState)]) -> Children {
    let children = Children::default();
    for (name, server) in servers {
        see(&children, name, server.clone(), 1);
    }
    children
}

fn see(children: &Children, institution: &str, server: ServerState, version: u64) {
    let child = Child {
        version,
        owned: None,
        stands_for: None,
        terminating: false,
        seen: Seen::Server(Box::new(server)),
    };
    children.saw(
        institution,
        (Kind::Deployment, names::IMAGE_SERVER.into()),
        child,
    );
}

#[test]
fn as_many_begin_as_there_is_room_for_and_none_behind_one_that_is_stuck() {
    let limit = 2;
    let rest: Vec<_> = ["a", "b", "c", "d"].map(|name| (name, at_rest())).into();
    let with = |others: &[(&'static str, ServerState)]| children(&[&rest[..], others].concat());
    let begins = |children: &Children| {
        let waves = Waves::default();
        let begun: Vec<_> = ["a", "b", "c", "d"]
            .iter()
            .filter_map(|name| waves.begin(&(*name).into(), limit, children))
            .collect();
        assert_eq!(waves.waiting(), 4 - begun.len());
        begun.len()
    };
    assert_eq!(begins(&with(&[])), 2);
    assert_eq!(begins(&with(&[("x", moving(Cause::Platform))])), 1);
    assert_eq!(begins(&with(&[("x", stuck(Cause::Platform))])), 0);
    let own = [
        ("x", stuck(Cause::Institution)),
        ("y", moving(Cause::Institution)),
    ];
    assert_eq!(begins(&with(&own)), 2, "what ails by itself stops nobody");
}

#[test]
fn whoever_has_begun_keeps_its_place_until_its_servers_have_come() {
    let children = children(&[("a", at_rest()), ("b", at_rest())]);
    let waves = Waves::default();
    let (a, b): (Name, Name) = ("a".into(), "b".into());
    let turn = waves.begin(&a, 1, &children).unwrap();
    assert!(
        waves.begin(&b, 1, &children).is_none(),
        "a is being written"
    );
    see(&children, "a", moving(Cause::Platform), 2);
    drop(turn);
    assert!(waves.next(1, &children).is_empty(), "a is on its way");
    see(&children, "a", stuck(Cause::Platform), 3);
    assert!(waves.next(2, &children).is_empty(), "a does not come");
    see(&children, "a", at_rest(), 4);
    assert_eq!(waves.next(1, &children), ["b".into()]);
    assert!(waves.begin(&b, 1, &children).is_some());
    assert_eq!(waves.waiting(), 0);
}

/// Institutions, what the platform wants of them, and the one whose new servers never come.
struct World {
    names: Vec<Name>,
    children: Children,
    version: u64,
    waves: Waves,
}

impl World {
    /// Every institution that waits tries; gives who began.
    fn round(&mut self, limit: usize, wanted: Digest) -> usize {
        let mut begun = 0;
        for name in self.names.clone() {
            let server = self.server(&name);
            let (record, turn) = judge(Some(&server), 1, wanted);
            if server.rollout == Some(record) {
                continue;
            }
            let slot = match turn {
                Turn::InTurn => self.waves.begin(&name, limit, &self.children),
                _ => None,
            };
            if turn == Turn::Now || slot.is_some() {
                self.version += 1;
                let new = ServerState {
                    rollout: Some(record),
                    rolling: true,
                    failure: None,
                    ..server
                };
                see(&self.children, &name, new, self.version);
                begun += 1;
            }
        }
        begun
    }

    fn server(&self, name: &str) -> ServerState {
        let children = self.children.of(name);
        match &children[&(Kind::Deployment, names::IMAGE_SERVER.into())].seen {
            Seen::Server(server) => (**server).clone(),
            other => panic!("{other:?}"),
        }
    }

    /// The new servers of one come, or do not.
    fn ends(&mut self, name: &str, comes: bool) {
        let mut server = self.server(name);
        if !server.rolling {
            return;
        }
        (server.rolling, server.failure) = (!comes, (!comes).then(|| "no".to_owned()));
        self.version += 1;
        see(&self.children, name, server, self.version);
    }

    fn unsettled(&self) -> usize {
        let rolls = |name: &&Name| self.server(name).rolling;
        self.names.iter().filter(rolls).count()
    }
}

proptest::proptest! {
    /// Whatever comes in whatever order, with restarts of the operator between: never more than the limit
    /// are on the way, nothing begins behind one that is stuck, and once it is mended all are done.
    #[test]
    fn a_wave_keeps_its_limit_stops_at_a_fault_and_goes_on_by_itself(
        limit in 1_usize..5,
        bad in 0_usize..12,
        order in proptest::collection::vec((0_usize..12, proptest::bool::ANY), 0..60),
    ) {
        let names: Vec<Name> = (0..12).map(|number| format!("i{number:02}").into()).collect();
        let rest: Vec<_> = names.iter().map(|name| (&**name, at_rest())).collect();
        let mut world = World { children: children(&rest), names: names.clone(), version: 1, waves: Waves::default() };
        let (broken, good) = (digest_of("broken"), digest_of("good"));
        for (which, restart) in order {
            let was_stuck = UnderWay::seen(&world.children).stuck() > 0;
            let begun = world.round(limit, broken);
            proptest::prop_assert!(!was_stuck || begun == 0);
            proptest::prop_assert!(world.unsettled() <= limit);
            world.ends(&names[which], which != bad);
            if restart {
                world.waves.forget();
            }
        }
        for _ in 0..24 {
            world.round(limit, good);
            proptest::prop_assert!(world.unsettled() <= limit);
            names.iter().for_each(|name| world.ends(name, true));
        }
        for name in &names {
            proptest::prop_assert_eq!(world.server(name).rollout.unwrap().wanted, good);
        }
    }
}
