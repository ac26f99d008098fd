//! Measures ways to read stored tiles and send them: a memory map, pread into a new buffer, and
//! preadv2 that returns at once when the kernel has not got the bytes.
//!
//! `cargo run --release -p tiff-pyramid --example reading -- FILE.tif`

use std::fs::File;
use std::io::{IoSliceMut, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use rustix::fs::{Advice, fadvise};
use rustix::io::{ReadWriteFlags, preadv2};
use rustix::time::{ClockId, clock_gettime};
use tiff_pyramid::{Pyramid, ReadAt, Span, TileAt};

const ROUNDS: usize = 9;

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

fn tiles(pyramid: &Pyramid) -> Vec<Span> {
    let levels = pyramid.layout().levels().iter().enumerate();
    let places = levels.flat_map(|(level, size)| {
        let size = *size;
        (0..size.rows()).flat_map(move |row| {
            (0..size.columns()).map(move |column| TileAt { level, column, row })
        })
    });
    places.filter_map(|at| pyramid.tile(at)).collect()
}

/// A connection whose other end throws everything away.
fn sink() -> Fallible<TcpStream> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let stream = TcpStream::connect(listener.local_addr()?)?;
    let (mut other, _) = listener.accept()?;
    std::thread::spawn(move || {
        let mut buffer = vec![0; 1 << 20];
        while other.read(&mut buffer).is_ok_and(|count| count > 0) {}
    });
    Ok(stream)
}

fn thread_cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(
        u64::try_from(time.tv_sec).unwrap_or(0),
        u32::try_from(time.tv_nsec).unwrap_or(0),
    )
}

/// CPU and wall time of one tile, in microseconds: the median of the rounds.
fn measure(count: usize, mut round: impl FnMut() -> Fallible<()>) -> Fallible<(f64, f64)> {
    let (mut cpu, mut wall) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (cpu_begun, begun) = (thread_cpu(), std::time::Instant::now());
        round()?;
        let per_tile = |time: Duration| time.as_secs_f64() * 1e6 / count as f64;
        cpu.push(per_tile(thread_cpu() - cpu_begun));
        wall.push(per_tile(begun.elapsed()));
    }
    cpu.sort_by(f64::total_cmp);
    wall.sort_by(f64::total_cmp);
    Ok((cpu[ROUNDS / 2], wall[ROUNDS / 2]))
}

fn main() -> Fallible<()> {
    let path = std::env::args().nth(1).ok_or("name a pyramid")?;
    let file = File::open(&path)?;
    let length = file.metadata()?.len();
    let spans = tiles(&Pyramid::open(&file, length)?);
    let bytes: u64 = spans.iter().map(|span| u64::from(span.length)).sum();
    println!(
        "{} tiles, {} bytes each",
        spans.len(),
        bytes / spans.len() as u64
    );
    for (state, cold) in [("warm", false), ("cold", true)] {
        let prepare = || {
            if cold {
                fadvise(&file, 0, None, Advice::DontNeed)
            } else {
                Ok(())
            }
        };
        let mut out = sink()?;
        let mapped = measure(spans.len(), || {
            prepare()?;
            // Mapped anew each round: the kernel does not let go of pages that are mapped.
            #[expect(
                unsafe_code,
                reason = "the measured alternative; nothing truncates the file here"
            )]
            // SAFETY: the file is not changed while it is mapped.
            let map = unsafe { memmap2::Mmap::map(&file)? };
            for span in &spans {
                let start = usize::try_from(span.offset)?;
                out.write_all(&map[start..start + span.length as usize])?;
            }
            Ok(())
        })?;
        let copied = measure(spans.len(), || {
            prepare()?;
            for span in &spans {
                let mut buffer = vec![0; span.length as usize];
                ReadAt::read_exact_at(&file, &mut buffer, span.offset)?;
                out.write_all(&buffer)?;
            }
            Ok(())
        })?;
        let mut missed = 0;
        let tried = measure(spans.len(), || {
            prepare()?;
            for span in &spans {
                let mut buffer = vec![0; span.length as usize];
                let slice = &mut [IoSliceMut::new(&mut buffer)];
                let got = preadv2(&file, slice, span.offset, ReadWriteFlags::NOWAIT);
                if got != Ok(span.length as usize) {
                    missed += 1;
                    ReadAt::read_exact_at(&file, &mut buffer, span.offset)?;
                }
                out.write_all(&buffer)?;
            }
            Ok(())
        })?;
        for (way, (cpu, wall)) in [("map", mapped), ("pread", copied), ("preadv2", tried)] {
            println!("{state} {way}: {cpu:.1} us CPU, {wall:.1} us wall a tile");
        }
        println!(
            "{state}: {missed} of {} were not in memory at once",
            spans.len() * ROUNDS
        );
    }
    Ok(())
}
