//! Builds one pyramid and prints what it took: `build IN OUT [MEBIBYTES]`.

use std::fs::{self, File};
use std::io::BufWriter;
use std::time::Instant;

use acervo_pixels::build_pyramid;
use acervo_pixels::source::{ColorPolicy, Limits, Source};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let (Some(from), Some(to)) = (arguments.next(), arguments.next()) else {
        return Err("usage: build IN OUT [MEBIBYTES]".into());
    };
    let limits = match arguments.next() {
        Some(mebibytes) => Limits::new(2_500_000_000, mebibytes.parse::<u64>()? << 20),
        None => Limits::default(),
    };
    let begin = Instant::now();
    let source = Source::open(File::open(from)?)?;
    let mut rows = source.rows(0, &limits, ColorPolicy::ToSrgb)?;
    let out = BufWriter::with_capacity(1 << 20, File::create(to)?);
    let built = build_pyramid(rows.as_mut(), out)?;
    built.out.into_inner()?;
    println!(
        "{:?}: {:.2} s, {:.2} s of CPU, {} MiB at most",
        built.kept,
        begin.elapsed().as_secs_f64(),
        cpu_seconds()?,
        peak_kibibytes()? / 1024
    );
    Ok(())
}

/// Time on processors, of all threads.
fn cpu_seconds() -> Result<f64, Failure> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name may hold spaces; after it, user and system time are the 12th and 13th field, in hundredths.
    let (_, fields) = stat.rsplit_once(')').ok_or("an unknown /proc/self/stat")?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks = |at: usize| -> Result<f64, Failure> { Ok(fields[at].parse()?) };
    Ok((ticks(11)? + ticks(12)?) / 100.0)
}

/// The most memory that was resident.
fn peak_kibibytes() -> Result<u64, Failure> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.ok_or("no VmHWM in /proc/self/status")?.parse()?)
}
