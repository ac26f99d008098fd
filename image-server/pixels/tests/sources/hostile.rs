//! Bytes that are wrong on purpose: no reader panics, and none keeps memory.

use acervo_pixels::source::{ColorPolicy, Limits};

use crate::damage::{Numbers, files, mutate};
use crate::support::{SIZE, read_with, source};

/// Executions for each file.
const EXECUTIONS: usize = 400;
/// What an image may take.
const MEMORY: u64 = 64 << 20;

#[test]
fn damaged_files_of_every_kind_are_read_or_refused_and_give_all_memory_back() {
    let limits = Limits::new(10_000_000, MEMORY);
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    for (name, file) in files(SIZE) {
        let mut read = 0;
        for execution in 0..EXECUTIONS {
            let bytes = if execution == 0 {
                file.clone()
            } else {
                mutate(&file, &mut numbers)
            };
            let Ok(source) = source(&bytes) else { continue };
            for page in 0..source.pages().min(3) {
                let picture = read_with(&source, page, &limits, ColorPolicy::ToSrgb);
                if execution == 0 {
                    assert!(picture.is_ok(), "{name}: {:?}", picture.err());
                }
                read += usize::from(picture.is_ok());
            }
            let all = limits.budget.lease_now(MEMORY);
            assert!(
                all.is_some(),
                "{name}, execution {execution}: memory is kept"
            );
        }
        println!("{name}: {read} of {EXECUTIONS} were read");
    }
}
