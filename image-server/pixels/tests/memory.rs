//! No reader takes more memory than it asked for, whatever a file says.
//!
//! One test, because it looks at all that the process allocates.
#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "sources/damage.rs"]
mod damage;
#[expect(dead_code, reason = "a part of it is used here")]
#[path = "sources/support.rs"]
mod support;

use acervo_pixels::build_pyramid;
use acervo_pixels::source::{ColorPolicy, Limits, Source, SourceError};
use damage::{Numbers, files, mutate};
use support::source;
use tiff_pyramid::Samples;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// Executions for each file.
const EXECUTIONS: usize = 60;
/// What there is for damaged files.
const MEMORY: u64 = 4 << 20;
/// What opening, a colour profile's tables and messages take beside the budget.
const BESIDE: u64 = 3 << 20;

/// Reads all rows, in bands as building does, and keeps none.
fn read(source: &Source, limits: &Limits) -> Result<(), SourceError> {
    let mut rows = source.rows(0, limits, ColorPolicy::ToSrgb)?;
    let channels = match rows.samples() {
        Samples::Gray => 1,
        Samples::Color => 3,
    };
    let (width, height) = rows.size();
    let stride = width as usize * channels;
    let mut band = vec![0; stride * 512];
    for top in (0..height).step_by(512) {
        let count = (height - top).min(512) as usize;
        rows.read_rows(&mut band[..count * stride])?;
    }
    rows.finish()
}

/// Builds the pyramid into a file.
fn build(source: &Source, limits: &Limits) {
    let mut rows = source.rows(0, limits, ColorPolicy::ToSrgb).unwrap();
    build_pyramid(rows.as_mut(), tempfile::tempfile().unwrap()).unwrap();
}

/// The most bytes that were held at a time while `work` ran.
fn peak(work: impl FnOnce()) -> u64 {
    let profiler = dhat::Profiler::builder().testing().build();
    work();
    let most = dhat::HeapStats::get().max_bytes as u64;
    drop(profiler);
    most
}

#[test]
fn no_reader_takes_more_memory_than_it_asked_for() {
    // Threads and tables that are made once.
    for (_, file) in files((70, 45)) {
        let _ = read(&source(&file).unwrap(), &Limits::default());
    }
    for (name, file) in files((1500, 1100)) {
        let source = source(&file).unwrap();
        let nothing = Limits::new(u64::MAX, 0);
        let Err(SourceError::Memory { need, .. }) = read(&source, &nothing) else {
            panic!("{name}: read without memory");
        };
        let limits = Limits::new(u64::MAX, need);
        let took = peak(|| read(&source, &limits).unwrap());
        println!("{name}: asks for {need}, takes {took}");
        let built = peak(|| build(&source, &limits));
        println!("{name}: asks for {need}, building takes {built}");
        assert!(
            built <= need + BESIDE,
            "{name}: asks for {need}, building takes {built}"
        );
        assert!(
            took <= need + BESIDE,
            "{name}: asks for {need}, takes {took}"
        );
    }
    let limits = Limits::new(u64::MAX, MEMORY);
    let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
    for (name, file) in files((70, 45)) {
        for execution in 0..EXECUTIONS {
            let bytes = mutate(&file, &mut numbers);
            let took = peak(|| {
                if let Ok(source) = source(&bytes) {
                    let _ = read(&source, &limits);
                }
            });
            assert!(
                took <= MEMORY + BESIDE,
                "{name}, execution {execution}: {took}"
            );
        }
    }
}
