//! The search that coverage guides: libFuzzer over the target that ACERVO_FUZZ_TARGET names.
//!
//! Before it reads its corpus, the seeds of the target are written into the folder ACERVO_FUZZ_SEEDS.
#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use acervo_fuzz::{Target, target};
use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<&Target> = LazyLock::new(|| {
    let name = std::env::var("ACERVO_FUZZ_TARGET").unwrap_or_default();
    target(&name).unwrap_or_else(|| panic!("ACERVO_FUZZ_TARGET names no target: {name:?}"))
});

fn write_seeds() {
    let Some(folder) = std::env::var_os("ACERVO_FUZZ_SEEDS").map(PathBuf::from) else {
        return;
    };
    for (number, seed) in (TARGET.seeds)().into_iter().enumerate() {
        let path = folder.join(format!("seed-{number}"));
        std::fs::write(&path, seed).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}

fuzz_target!(init: write_seeds(), |bytes: &[u8]| {
    (TARGET.run)(bytes);
});
