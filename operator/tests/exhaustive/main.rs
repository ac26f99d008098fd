//! Everything that can happen to one small institution, up to a number of faults: the operator's own
//! validate, build, plan and memory of children, against a model of the API server and its controllers.
//!
//! Whatever order things happen in, once the faults end all of it comes to rest, at rest the children are
//! what a fresh build of the last valid resource makes, nothing is left over, nothing more would be
//! written, and the volume was never deleted.

mod objects;
mod operator;
mod search;
mod world;

use world::{Bounds, Institution, System};

/// The faults of a nightly search; as many as asked for here.
const FAULTS: &str = "ACERVO_FAULTS";

fn search(name: &str, bounds: Bounds) {
    let begun = std::time::Instant::now();
    let mut system = System::new(bounds);
    let root = system.root();
    match search::explore(&mut system, root) {
        Ok(explored) => {
            println!(
                "{name}, {bounds:?}: {explored:?} in {:.1?}",
                begun.elapsed()
            );
            assert!(explored.rests > 0, "{name} never comes to rest");
        }
        Err(why) => panic!("{name}, {bounds:?}:\n{why}"),
    }
}

/// The number of faults that the environment asks for, at least `least`.
fn faults(least: u8) -> u8 {
    let asked = std::env::var(FAULTS).ok();
    asked.map_or(least, |asked| {
        asked.parse().expect("ACERVO_FAULTS is a number")
    })
}

#[test]
fn one_fault_at_any_moment_of_an_institution_with_every_child() {
    let bounds = Bounds {
        faults: faults(1),
        institution: Institution::Whole,
        is_fine: true,
        is_calm: false,
    };
    search("every child", bounds);
}

#[test]
fn two_faults_at_any_moments_of_an_institution_with_few_children() {
    let bounds = Bounds {
        faults: faults(2),
        institution: Institution::Small,
        is_fine: false,
        is_calm: false,
    };
    search("few children", bounds);
}

#[test]
fn no_address_is_lost_however_often_an_institution_is_suspended_and_resumed() {
    let bounds = Bounds {
        faults: faults(3),
        institution: Institution::Whole,
        is_fine: true,
        is_calm: true,
    };
    search("suspended and resumed", bounds);
}
