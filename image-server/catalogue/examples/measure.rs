//! Measures a catalogue of 100,000 items and 300,000 pages: size, opening, lookups, memory.
//!
//! `cargo run --release -p acervo-catalogue --example measure`

use std::time::Instant;

use acervo_catalogue::{Catalogue, CatalogueWriter, Item, Page, SourceFile, Stored};

const ITEMS: u64 = 100_000;
const PAGES: u64 = 3;

fn code(item: u64, page: u64) -> String {
    format!(
        "{:016x}",
        (item * PAGES + page).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    )
}

fn item(number: u64) -> Item {
    let page = |page| Page {
        code: code(number, page),
        label: format!("{page:03}"),
        stored: Stored {
            file: format!("{}-0123456789abcdef.tif", code(number, page)),
            bytes: 9,
            width: 6000,
            height: 4500,
            fingerprint: "0123456789abcdef0123456789abcdef".to_owned(),
        },
        source: SourceFile {
            path: format!("Volumen {number:06}/{page:03}.jpg"),
            size: 1_750_000,
            modified: 1_700_000_000_000_000_000,
            changed: 1_700_000_000_000_000_000,
            page: 0,
        },
    };
    Item {
        name: format!("Volumen {number:06}"),
        pages: (0..PAGES).map(page).collect(),
    }
}

/// A line of /proc/self/status, in KiB.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.trim_matches([':', '\t', ' ', 'k', 'B']).parse().ok())
        .unwrap_or(0)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::temp_dir().join(format!("acervo-measure-{}", std::process::id()));
    if let Some(path) = std::env::args().nth(1) {
        return read(path.as_ref());
    }
    let begun = Instant::now();
    let mut writer = CatalogueWriter::create(&path)?;
    for number in 0..ITEMS {
        writer.item(&item(number))?;
    }
    writer.finish("recipe")?;
    println!(
        "written in {:?}, {} bytes",
        begun.elapsed(),
        std::fs::metadata(&path)?.len()
    );
    // A process of its own, so that memory is that of reading alone.
    std::process::Command::new(std::env::current_exe()?)
        .arg(&path)
        .status()?;
    Ok(std::fs::remove_file(&path)?)
}

fn read(path: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
    let before = memory("VmRSS");
    let begun = Instant::now();
    let catalogue = Catalogue::open(path)?;
    println!("opened in {:?}", begun.elapsed());
    let lookups = 20_000;
    let begun = Instant::now();
    for number in 0..lookups {
        let number = number * 7919 % ITEMS;
        assert!(catalogue.stored(&code(number, number % PAGES))?.is_some());
    }
    println!(
        "a page by its code: {:?}",
        begun.elapsed() / u32::try_from(lookups)?
    );
    let begun = Instant::now();
    for number in 0..lookups {
        let name = format!("Volumen {:06}", number * 7919 % ITEMS);
        assert!(catalogue.item(&name)?.is_some());
    }
    println!(
        "an item with its pages: {:?}",
        begun.elapsed() / u32::try_from(lookups)?
    );
    let begun = Instant::now();
    assert_eq!(catalogue.items(ITEMS - 48, 48)?.len(), 48);
    println!("the last 48 items: {:?}", begun.elapsed());
    println!(
        "resident: {} KiB, {before} KiB of it before opening",
        memory("VmHWM")
    );
    Ok(())
}
