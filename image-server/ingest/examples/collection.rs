//! A volume with one large collection, as an ingest leaves it that was ended just before it published: what was
//! handed over, and every pyramid. The next `acervo ingest` finds them and converts nothing.
//!
//! `cargo run --release -p acervo-ingest --example collection -- FOLDER [ITEMS]` makes `FOLDER/incoming/benchmark`
//! and `FOLDER/published/benchmark`; always the same. Half of the items have one page, the others 3, 6 or 14, on
//! average 3; one row each in a spreadsheet; a tenth of the pages has a text. The images are a few pixels; the
//! pyramids are links to a few files of real size.

use std::error::Error;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;

use acervo_catalogue::{Catalogue, FILE_NAME};
use acervo_ingest::{Job, Silent, Source, ingest};
use acervo_pixels::source::{ColorPolicy, Limits};

/// The collection, and its folders.
const NAME: &str = "benchmark";
/// Kinds of images; a file has at most 65,000 links on ext4.
const KINDS: u32 = 8;
/// Invented words.
const WORDS: u64 = 60_000;
const SUBJECTS: u64 = 2_000;
const PLACES: u64 = 300;
const PEOPLE: u64 = 5_000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("name a folder")?;
    let items: u64 = arguments.next().map_or(Ok(100_000), |n| n.parse())?;
    let root = Path::new(&folder);
    let incoming = root.join("incoming").join(NAME);
    let stored = root.join("published").join(NAME).join("items");
    fs::create_dir_all(&incoming)?;
    fs::create_dir_all(&stored)?;
    let kinds = kinds(&root.join("kinds"))?;
    let mut sheet = BufWriter::new(File::create(incoming.join("metadatos.csv"))?);
    writeln!(
        sheet,
        "objectid,title@es,title@en,creator,date,type,subject,location,identifier,description@es,description@en,rightsstatement"
    )?;
    let mut dice = Dice(1);
    let (mut pages, mut texts) = (0, 0);
    for number in 0..items {
        let name = format!("bv-{number:06}");
        writeln!(sheet, "{}", row(&name, number, &mut dice))?;
        let count = match dice.below(20) {
            0..10 => 1,
            10..16 => 3,
            16..19 => 6,
            _ => 14,
        };
        if count > 1 {
            fs::create_dir(incoming.join(&name))?;
        }
        for page in 1..=count {
            let (path, code) = match count {
                1 => (name.clone(), code(&name, "1")),
                _ => {
                    let file = format!("{page:03}.png");
                    (format!("{name}/{page:03}"), code(&name, &file))
                }
            };
            let kind = &kinds[usize::try_from(dice.below(u64::from(KINDS)))?];
            fs::write(incoming.join(format!("{path}.png")), &kind.image)?;
            fs::hard_link(&kind.pyramid, stored.join(kind.stored(&code)))?;
            if dice.below(10) == 0 {
                fs::write(incoming.join(format!("{path}.hocr")), text(&mut dice))?;
                texts += 1;
            }
            pages += 1;
        }
    }
    sheet.flush()?;
    println!("{items} items, {pages} pages, {texts} texts");
    Ok(())
}

/// One kind of image.
struct Kind {
    /// The bytes of a source.
    image: Vec<u8>,
    /// A pyramid; not of that source, which has less pixels.
    pyramid: std::path::PathBuf,
    /// Names how it was made.
    recipe: String,
}

impl Kind {
    /// The name of the pyramid of the page with `code`, as in `convert.rs`. Where it is another, ingest makes a
    /// pyramid of its own, which takes long and is right.
    fn stored(&self, code: &str) -> String {
        let content = blake3::hash(&self.image).to_hex();
        let hash = blake3::hash(format!("{content} 0 {}", self.recipe).as_bytes()).to_hex();
        format!("{code}-{}.tif", &hash[..16])
    }
}

/// The code of a page, as in `convert.rs`.
fn code(home: &str, key: &str) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let hash = blake3::hash(format!("{home}\0{key}").as_bytes());
    let bytes = &hash.as_bytes()[..10];
    let value = bytes
        .iter()
        .fold(0u128, |sum, byte| sum << 8 | u128::from(*byte));
    (0..16)
        .rev()
        .map(|place| char::from(ALPHABET[(value >> (5 * place)) as usize & 31]))
        .collect()
}

/// Ingests one image of each kind, so that there are pyramids to link to.
fn kinds(root: &Path) -> Result<Vec<Kind>, Box<dyn Error>> {
    fs::create_dir_all(root.join("kinds"))?;
    for kind in 0..KINDS {
        let large = png(1600 + 400 * kind, 2400 + 300 * kind)?;
        fs::write(root.join("kinds").join(format!("{kind}.png")), large)?;
    }
    let job = Job {
        collection: NAME.parse().map_err(|_| "a name")?,
        source: Source::Folder {
            root: root.to_owned(),
            directory: "kinds".to_owned(),
        },
        published: root.join("published"),
        default_language: "es".to_owned(),
        colors: ColorPolicy::ToSrgb,
        limits: Limits::default(),
        workers: 2,
        confirm_removal: false,
        dry: false,
    };
    ingest(&job, &Silent)?;
    let catalogue = Catalogue::open(&job.published.join(FILE_NAME))?;
    let (items, recipe) = (catalogue.items()?, catalogue.recipe()?);
    let pages = items.iter().flat_map(|item| &item.pages);
    pages
        .zip(0..)
        .map(|(page, kind)| {
            Ok(Kind {
                image: png(48 + kind, 64)?,
                pyramid: job.published.join("items").join(&page.stored.file),
                recipe: recipe.clone(),
            })
        })
        .collect()
}

/// A slope of grey.
fn png(width: u32, height: u32) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    let grey = |at: u32| ((at % width + at / width) / 8 % 256) as u8;
    let pixels: Vec<u8> = (0..width * height).map(grey).collect();
    encoder.write_header()?.write_image_data(&pixels)?;
    Ok(bytes)
}

/// Numbers that look thrown and are always the same (splitmix64).
struct Dice(u64);

impl Dice {
    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.throw() % end
    }

    /// Below `end`; a number n as often as words of rank n are in a text (Zipf).
    fn skewed(&mut self, end: u64) -> u64 {
        let part = (self.throw() >> 11) as f64 / (1u64 << 53) as f64;
        ((end as f64).powf(part) as u64 - 1).min(end - 1)
    }
}

fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// The invented word of a rank: frequent ones are short.
fn word(rank: u64) -> String {
    const FIRST: [&str; 16] = [
        "b", "c", "d", "f", "g", "l", "m", "n", "p", "r", "s", "t", "v", "br", "tr", "pl",
    ];
    const THEN: [&str; 12] = [
        "a", "e", "i", "o", "u", "á", "é", "ía", "an", "es", "or", "ue",
    ];
    let (mut word, mut left) = (String::new(), rank + 1);
    while left > 0 {
        let at = left as usize;
        word.push_str(FIRST[at % 16]);
        word.push_str(THEN[at / 16 % 12]);
        left /= 16 * 12;
    }
    word
}

fn words(count: u64, dice: &mut Dice) -> String {
    let words: Vec<String> = (0..count).map(|_| word(dice.skewed(WORDS))).collect();
    words.join(" ")
}

/// A name made of two words that are always the same for a number.
fn named(kind: u64, number: u64) -> (String, String) {
    let of = |part| word(mixed(number * 4 + kind * 100_003 + part) % WORDS);
    (of(1), of(2))
}

fn row(name: &str, number: u64, dice: &mut Dice) -> String {
    let mut subjects: Vec<String> = (0..1 + dice.below(4))
        .map(|_| named(1, dice.skewed(SUBJECTS)))
        .map(|(one, two)| format!("{one} {two}"))
        .collect();
    subjects.sort();
    subjects.dedup();
    let (family, given) = named(2, dice.skewed(PEOPLE));
    let (place, _) = named(3, dice.skewed(PLACES));
    let kind = ["Mapa", "Libro", "Carta", "Fotografía", "Cartel"][dice.below(5) as usize];
    let year = 1600 + (dice.throw() % 350).max(dice.throw() % 350);
    let (long, short) = (6 + dice.below(20), 2 + dice.below(6));
    format!(
        "{name},{},{},\"{family}, {given}\",{year},{kind},{},{place},Sala {} {number},{},{},{}",
        words(short, dice),
        words(short, dice),
        subjects.join("; "),
        dice.below(40),
        words(long, dice),
        words(long, dice),
        ["CC BY 4.0", "NoC-CR", "InC"][dice.below(3) as usize],
    )
}

/// A page of hOCR: three paragraphs of ten lines.
fn text(dice: &mut Dice) -> String {
    let mut text = String::from(
        "<!DOCTYPE html><html><head><meta name='ocr-system' content='none'/></head><body>\
         <div class='ocr_page' title='bbox 0 0 2400 3200'>",
    );
    for paragraph in 0..3 {
        text.push_str("<p class='ocr_par' lang='spa'>");
        for line in 0..10 {
            let top = 300 + paragraph * 900 + line * 80;
            let _ = writeln!(
                text,
                "<span class='ocr_line' title='bbox 250 {top} 2150 {}'>{}</span>",
                top + 60,
                words(8, dice)
            );
        }
        text.push_str("</p>");
    }
    text.push_str("</div></body></html>\n");
    text
}
