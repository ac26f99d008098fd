//! Measures the reading of a catalogue: `cargo run --release -p acervo-catalogue --example measure -- FILE [WORD...]`
//!
//! One JSON object: milliseconds of opening, KiB resident before and after; microseconds of a page by its code, of
//! an item with its pages, of the last 48 entries, of every value of the facets, and of each question.

use std::error::Error;
use std::time::{Duration, Instant};

use acervo_catalogue::{Catalogue, CatalogueError, Facet};

/// How often something small is asked.
const OFTEN: usize = 2_000;

/// Memory of this process, in KiB: a line of /proc/self/status.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.trim_matches([':', '\t', ' ', 'k', 'B']).parse().ok())
        .unwrap_or(0)
}

/// How long `ask` takes, on average of all that it is asked.
fn time<A>(
    all: &[A],
    mut ask: impl FnMut(&A) -> Result<bool, CatalogueError>,
) -> Result<Duration, Box<dyn Error>> {
    let begun = Instant::now();
    for one in all {
        if !ask(one)? {
            return Err("something of the catalogue is not found in it".into());
        }
    }
    Ok(begun.elapsed() / u32::try_from(all.len().max(1))?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("name a catalogue")?;
    let before = memory("VmRSS");
    let begun = Instant::now();
    let catalogue = Catalogue::open(path.as_ref())?;
    let opened = begun.elapsed();
    let resident = memory("VmRSS");

    let top = catalogue.summary().top;
    let step = usize::try_from(top)?.div_ceil(OFTEN).max(1);
    let names: Vec<String> = catalogue
        .names("", top)?
        .into_iter()
        .step_by(step)
        .collect();
    let mut codes = Vec::new();
    for name in &names {
        codes.extend(catalogue.code(name, Some(1), None)?);
    }
    let page = time(&codes, |code| Ok(catalogue.stored(code)?.is_some()))?;
    let item = time(&names, |name| Ok(catalogue.item(name)?.is_some()))?;
    let last = time(&[()], |()| {
        let entries = catalogue.entries(None, top.saturating_sub(48), 48)?;
        Ok(!entries.is_empty())
    })?;
    let facets = time(&Facet::ALL, |facet| {
        Ok(!catalogue.values(*facet, None, 40)?.is_empty())
    })?;
    let mut questions = serde_json::Map::new();
    for word in arguments {
        let begun = Instant::now();
        let found = catalogue.search(&word)?;
        let took = begun.elapsed().as_micros();
        let of =
            serde_json::json!({ "found": found.len(), "cut": found.is_cut, "microseconds": took });
        questions.insert(word, of);
    }
    let report = serde_json::json!({
        "opened": opened.as_secs_f64() * 1000.0,
        "residentBefore": before,
        "resident": resident,
        "page": page.as_secs_f64() * 1e6,
        "item": item.as_secs_f64() * 1e6,
        "last": last.as_secs_f64() * 1e6,
        "facets": facets.as_secs_f64() * 1e6,
        "questions": questions,
    });
    println!("{report}");
    Ok(())
}
