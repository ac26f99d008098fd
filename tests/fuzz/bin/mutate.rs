//! mutate TARGET SECONDS [NUMBER]: the mutations of the tests for as long as told, where libFuzzer cannot be built.
//!
//! What breaks the target is written to the folder for temporary files, and ends it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use acervo_fuzz::{Mutator, target};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (name, seconds, number) = match words.as_slice() {
        [name, seconds] => (name, seconds.parse()?, 1),
        [name, seconds, number] => (name, seconds.parse()?, number.parse()?),
        _ => return Err("usage: mutate TARGET SECONDS [NUMBER]".into()),
    };
    let target = target(name).ok_or_else(|| format!("no target is called {name}"))?;
    let seeds = (target.seeds)();
    let mut mutator = Mutator::new(number);
    let (begin, mut executions) = (Instant::now(), 0_u64);
    while begin.elapsed() < Duration::from_secs(seconds) {
        let bytes = mutator.mutated(&seeds);
        if catch_unwind(AssertUnwindSafe(|| (target.run)(&bytes))).is_err() {
            let path = std::env::temp_dir().join(format!("acervo-fuzz-{name}"));
            std::fs::write(&path, &bytes)?;
            return Err(format!("execution {executions} breaks it: {}", path.display()).into());
        }
        executions += 1;
    }
    println!("{name}: {executions} executions broke nothing");
    Ok(())
}
