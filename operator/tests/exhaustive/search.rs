//! Every state that a system can reach, each looked at once, depth first.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher as _};

/// A system whose every step is a choice between actions.
pub(crate) trait System {
    type State: Clone + Hash;
    type Action: Copy;

    /// What may happen next.
    fn actions(&self, state: &Self::State) -> Vec<Self::Action>;

    /// Whether an action is a fault: a state in which nothing but faults may happen is at rest.
    fn is_fault(&self, action: Self::Action) -> bool;

    /// Whether something was put off in a state that happens sooner or later: the system does not go on for
    /// ever without it.
    fn awaits(&self, state: &Self::State) -> bool;

    /// An action in words.
    fn describe(&self, action: Self::Action) -> String;

    /// The state after an action; an error if something happened that never may.
    fn after(&mut self, state: &Self::State, action: Self::Action) -> Result<Self::State, String>;

    /// What is wrong with a state at rest.
    fn at_rest(&mut self, state: &Self::State) -> Result<(), String>;
}

/// What a search has looked at.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Explored {
    pub(crate) states: usize,
    pub(crate) actions: usize,
    /// States at rest.
    pub(crate) rests: usize,
    /// The most actions without a cycle that were taken one after the other.
    pub(crate) longest: usize,
}

struct Frame<S: System> {
    state: S::State,
    hash: u64,
    left: Vec<S::Action>,
    /// What led to the next frame.
    taken: Option<S::Action>,
}

/// Looks at every state that can be reached from `root`.
///
/// Faults are numbered, so a state that leads to itself does so without any: unless it only waits for what
/// is put off, the system goes on for ever, and that is an error too. So whatever happens and in whichever order, once the faults end the system
/// comes to rest, and every rest is as it should be.
pub(crate) fn explore<S: System>(system: &mut S, root: S::State) -> Result<Explored, String> {
    let mut explored = Explored::default();
    // Whether a state is on the way to the one that is looked at.
    let mut seen: HashMap<u64, bool> = HashMap::new();
    let hash_of_root = hash(&root);
    let first = enter(system, (root, hash_of_root), &mut seen, &mut explored);
    let mut way = vec![first.map_err(|why| format!("at once: {why}"))?];
    while let Some(frame) = way.last_mut() {
        let Some(action) = frame.left.pop() else {
            seen.insert(frame.hash, false);
            way.pop();
            continue;
        };
        frame.taken = Some(action);
        explored.actions += 1;
        let next = system.after(&frame.state, action);
        let next = next.map_err(|why| told(system, &way, &why))?;
        let hash = hash(&next);
        match seen.get(&hash) {
            Some(false) => {}
            Some(true) if system.awaits(&next) => {}
            Some(true) => return Err(told(system, &way, "and so on for ever")),
            None => match enter(system, (next, hash), &mut seen, &mut explored) {
                Ok(frame) => way.push(frame),
                Err(why) => return Err(told(system, &way, &why)),
            },
        }
        explored.longest = explored.longest.max(way.len());
    }
    Ok(explored)
}

fn enter<S: System>(
    system: &mut S,
    (state, hash): (S::State, u64),
    seen: &mut HashMap<u64, bool>,
    explored: &mut Explored,
) -> Result<Frame<S>, String> {
    let left = system.actions(&state);
    explored.states += 1;
    if left.iter().all(|action| system.is_fault(*action)) {
        explored.rests += 1;
        system.at_rest(&state)?;
    }
    seen.insert(hash, true);
    Ok(Frame {
        state,
        hash,
        left,
        taken: None,
    })
}

fn hash(state: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    state.hash(&mut hasher);
    hasher.finish()
}

fn told<S: System>(system: &S, way: &[Frame<S>], why: &str) -> String {
    let taken = way.iter().filter_map(|frame| frame.taken);
    let steps: Vec<_> = taken
        .enumerate()
        .map(|(number, action)| format!("{:3}. {}\n", number + 1, system.describe(action)))
        .collect();
    format!("{}     {why}", steps.concat())
}
