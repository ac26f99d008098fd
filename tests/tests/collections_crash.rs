//! An ingest of a collection with a sheet and texts that is killed, or finds no room, at any point: what was
//! published last is served all the while, and the next ingest gives what an undisturbed one would have.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use acervo_tests::{
    Document, Documents, Raster, Server, SmallDisk, Volume, copy_folder, image_services, may_mount,
    until_every,
};
use anyhow::{Result, ensure};

const INSTITUTION: &str = "archivo";
const COLLECTION: &str = "planos";
/// Ingests that are killed.
const KILLS: usize = 20;
const SEED: u64 = 0x00AC_E7F0;
/// Longer than an ingest of these tests takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// Numbers without a pattern (xorshift64*, Vigna 2016), the same for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(high).unwrap_or_default() % limit
    }
}

/// What a volume holds: for every item how often its image, its row and its text were changed.
#[derive(Debug, Clone, Default)]
struct Originals(BTreeMap<usize, [usize; 3]>);

impl Originals {
    fn of(items: usize) -> Self {
        Self((0..items).map(|item| (item, [0; 3])).collect())
    }

    fn name(item: usize) -> String {
        format!("plano {item:03}")
    }

    /// Writes what differs from `before`, and removes what is gone.
    fn hand_over(&self, volume: &Volume, before: &Self) -> Result<()> {
        for (&item, &[image, _, text]) in &self.0 {
            let name = Self::name(item);
            let known = before.0.get(&item);
            if known.map(|versions| versions[0]) != Some(image) {
                let (width, height) = (300 + u32::try_from(item)?, 200 + u32::try_from(image)?);
                let picture = Raster::computed(width, height, u8::try_from(item * 7 % 200)?);
                volume.hand_over(COLLECTION, &format!("{name}.jpg"), &picture.jpeg()?)?;
            }
            if known.map(|versions| versions[2]) != Some(text) && !item.is_multiple_of(3) {
                let alto = alto(&format!("palabra{item} versión{text} común"));
                volume.hand_over(COLLECTION, &format!("{name}.xml"), alto.as_bytes())?;
            }
        }
        for item in before.0.keys().filter(|item| !self.0.contains_key(item)) {
            for ending in ["jpg", "xml"] {
                let path = volume
                    .incoming(COLLECTION)
                    .join(format!("{}.{ending}", Self::name(*item)));
                let is_there = path.exists();
                is_there.then(|| fs::remove_file(path)).transpose()?;
            }
        }
        let mut sheet = "objectid,title,subject,date\n".to_owned();
        for (item, [_, row, _]) in &self.0 {
            let name = Self::name(*item);
            let subject = ["Costas", "Sierras", "Puertos"][(item + row) % 3];
            sheet.push_str(&format!(
                "{name},Plano {item} en su versión {row},{subject},{}\n",
                1800 + item
            ));
        }
        volume.hand_over(COLLECTION, "metadata.csv", sheet.as_bytes())
    }

    /// Adds an item, changes an image, a row and a text, and sometimes removes an item. The first item stays.
    fn changed(&self, random: &mut Random) -> Self {
        let mut next = self.clone();
        let items: Vec<usize> = self.0.keys().copied().filter(|item| *item > 0).collect();
        let new = items.last().map_or(1, |last| last + 1);
        next.0.insert(new, [0; 3]);
        for what in 0..3 {
            let item = items[random.below(items.len())];
            next.0
                .entry(item)
                .and_modify(|versions| versions[what] += 1);
        }
        if random.below(3) == 0 {
            next.0.remove(&items[random.below(items.len())]);
        }
        next
    }
}

fn alto(words: &str) -> String {
    let strings: String = words
        .split(' ')
        .zip((10..).step_by(60))
        .map(|(word, x)| {
            format!(r#"<String HPOS="{x}" VPOS="20" WIDTH="50" HEIGHT="12" CONTENT="{word}"/>"#)
        })
        .collect();
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Description><MeasurementUnit>pixel</MeasurementUnit></Description>
<Layout><Page WIDTH="300" HEIGHT="200"><PrintSpace><TextBlock><TextLine HPOS="10" VPOS="20" WIDTH="180" HEIGHT="12">{strings}</TextLine></TextBlock></PrintSpace></Page></Layout></alto>"#
    )
}

fn ingest(volume: &Volume) -> Result<Duration> {
    let begun = Instant::now();
    let ingest = volume.ingest(COLLECTION)?;
    ensure!(ingest.status.success(), "{}", ingest.output);
    Ok(begun.elapsed())
}

/// All that is answered of what is published: documents of both versions, texts, records, images, searches
/// and pages, by path and without the server's own address.
fn published(volume: &Volume) -> Result<BTreeMap<String, Vec<u8>>> {
    let server = volume.serve(&[])?;
    let documents = Documents::walk(&server, server.base(), INSTITUTION)?;
    let mut paths: Vec<String> = [
        "planos/",
        "search?q=com%C3%BAn",
        "search?q=Sierras",
        "planos/?subject=Costas",
    ]
    .map(|path| format!("/{INSTITUTION}/{path}"))
    .to_vec();
    for Document { path, json } in &documents.0 {
        paths.push(path.clone());
        paths.push(path.replace("/presentation/3/", "/presentation/2/"));
        if json["type"] != "Manifest" {
            continue;
        }
        paths.push(path.replace("manifest.json", "record.json"));
        let services = image_services(json)?.into_iter();
        let images = services.map(|service| format!("{service}/full/max/0/default.jpg"));
        let text = json["items"][0]["annotations"][0]["id"]
            .as_str()
            .map(str::to_owned);
        let below = images.chain(text);
        paths.extend(below.map(|address| address.replace(server.base(), "")));
    }
    let mut all = BTreeMap::new();
    for path in paths {
        let answer = server.get(&path)?;
        ensure!(
            answer.status == 200,
            "{path}: {} {}",
            answer.status,
            answer.text()
        );
        let bytes = match path.ends_with(".jpg") {
            true => answer.body,
            false => answer.text().replace(server.base(), "").into_bytes(),
        };
        all.insert(path, bytes);
    }
    Ok(all)
}

/// The first difference between two states.
fn difference(
    one: &BTreeMap<String, Vec<u8>>,
    other: &BTreeMap<String, Vec<u8>>,
) -> Option<String> {
    let mut paths: Vec<&String> = one.keys().chain(other.keys()).collect();
    paths.sort();
    let path = paths
        .into_iter()
        .find(|path| one.get(*path) != other.get(*path))?;
    let said = |state: &BTreeMap<String, Vec<u8>>| match state.get(path) {
        None => "nothing".to_owned(),
        Some(bytes) => String::from_utf8_lossy(bytes).chars().take(1500).collect(),
    };
    Some(format!("{path}:\n{}\n{}", said(one), said(other)))
}

/// What an ingest gives that nothing disturbs, of the originals of `volume`.
fn undisturbed(volume: &Volume) -> Result<BTreeMap<String, Vec<u8>>> {
    let other = Volume::new(INSTITUTION, &[COLLECTION])?;
    copy_folder(&volume.incoming(COLLECTION), &other.incoming(COLLECTION))?;
    ingest(&other)?;
    published(&other)
}

/// The files of the source, with their times.
fn originals(volume: &Volume) -> Result<BTreeMap<PathBuf, (Vec<u8>, SystemTime)>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(volume.incoming(COLLECTION))? {
        let path = entry?.path();
        let state = (fs::read(&path)?, fs::metadata(&path)?.modified()?);
        found.insert(path, state);
    }
    Ok(found)
}

/// Starts an ingest and kills it after `point`; whether it was killed.
fn killed(volume: &Volume, point: Duration) -> Result<bool> {
    let mut command = volume.ingest_command(COLLECTION)?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let begun = Instant::now();
    let is_killed = until_every(Duration::from_millis(1), "the point", PATIENCE, || {
        let ended = child.try_wait()?.is_some();
        Ok((ended || begun.elapsed() >= point).then_some(!ended))
    })?;
    child.kill()?;
    child.wait()?;
    Ok(is_killed)
}

/// Asks `server` for the item that never changes, again and again until `stop`; the number of looks.
fn watch(server: &Server, paths: &[String], stop: &AtomicBool, looks: &AtomicUsize) -> Result<()> {
    while !stop.load(Ordering::Relaxed) {
        for path in paths {
            let status = server.get(path)?.status;
            ensure!(status == 200, "{path}: {status}\n{}", server.log());
        }
        looks.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

#[test]
fn ingests_killed_at_random_points_end_where_undisturbed_ones_do() -> Result<()> {
    println!("seed {SEED:#x}");
    let mut random = Random(SEED);
    let volume = Volume::new(INSTITUTION, &[COLLECTION])?;
    let mut now = Originals::of(20);
    now.hand_over(&volume, &Originals::default())?;
    ingest(&volume)?;
    let server = volume.serve(&[])?;
    let manifest = Documents::manifest(INSTITUTION, COLLECTION, &Originals::name(0));
    let service = image_services(&server.get(&manifest)?.json()?)?.remove(0);
    let paths = [
        manifest,
        format!(
            "{}/full/max/0/default.jpg",
            service.replace(server.base(), "")
        ),
        format!("/{INSTITUTION}/presentation/3/{COLLECTION}/collection.json"),
        format!("/{INSTITUTION}/search?q=com%C3%BAn"),
        format!("/{INSTITUTION}/{COLLECTION}/"),
    ];
    let (stop, looks) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        let watching = scope.spawn(|| watch(&server, &paths, &stop, &looks));
        let result = kill_again_and_again(&volume, &mut now, &mut random);
        stop.store(true, Ordering::Relaxed);
        let watched = watching
            .join()
            .map_err(|_| anyhow::anyhow!("the watcher panicked"))?;
        result.and(watched)
    })?;
    println!("{} looks at what is served", looks.load(Ordering::Relaxed));
    Ok(())
}

fn kill_again_and_again(volume: &Volume, now: &mut Originals, random: &mut Random) -> Result<()> {
    // As long as an ingest of such a change takes.
    let whole = {
        let next = now.changed(random);
        next.hand_over(volume, now)?;
        *now = next;
        ingest(volume)?
    };
    let (mut kills, mut rounds, mut before) = (0, 0, published(volume)?);
    while kills < KILLS {
        let next = now.changed(random);
        next.hand_over(volume, now)?;
        *now = next;
        let source = originals(volume)?;
        let mut served = Vec::new();
        for _ in 0..=random.below(3) {
            let point = whole * u32::try_from(random.below(1000))? / 1000;
            if killed(volume, point)? {
                kills += 1;
                println!("kill {kills} after {point:?} of {whole:?}");
                served.push((point, published(volume)?));
            }
        }
        ingest(volume)?;
        let after = published(volume)?;
        for (point, state) in &served {
            let of_before = difference(state, &before);
            if let (Some(one), Some(other)) = (&of_before, difference(state, &after)) {
                anyhow::bail!(
                    "killed after {point:?}, neither before nor after is served: {one}\n{other}"
                );
            }
        }
        ensure!(originals(volume)? == source, "an original was touched");
        rounds += 1;
        if rounds % 4 == 0 || kills >= KILLS {
            let expected = undisturbed(volume)?;
            let differs = difference(&after, &expected);
            ensure!(
                differs.is_none(),
                "round {rounds}: {}",
                differs.unwrap_or_default()
            );
        }
        before = after;
    }
    Ok(())
}

#[test]
fn a_disk_that_is_full_at_any_point_leaves_the_last_state_and_room_completes_the_next() -> Result<()>
{
    if !may_mount() {
        println!("skipped: only root may mount the small disk that this test fills");
        return Ok(());
    }
    const STEP: u64 = 16 << 10;
    let volume = Volume::new(INSTITUTION, &[COLLECTION])?;
    let disk = SmallDisk::mount(volume.data(), 256 << 20)?;
    let first = Originals::of(12);
    first.hand_over(&volume, &Originals::default())?;
    ingest(&volume)?;
    let before = published(&volume)?;
    let mut random = Random(SEED);
    let second = (0..12).fold(first.clone(), |originals, _| originals.changed(&mut random));
    second.hand_over(&volume, &first)?;
    let source = originals(&volume)?;
    let used = disk.used()?;
    let mut failures = 0;
    for room in (0..).map(|step| step * STEP) {
        // What an ingest in vain left takes room from the next one only if it is not removed.
        disk.resize((used + room).max(disk.used()?))?;
        let ingest = volume.ingest(COLLECTION)?;
        if ingest.status.success() {
            println!("{room} bytes are enough after {failures} ingests in vain");
            break;
        }
        failures += 1;
        let told = ingest.output.to_lowercase();
        assert!(
            told.contains("no space left") || told.contains("full"),
            "room for {room} bytes: {told}"
        );
        let differs = difference(&published(&volume)?, &before);
        assert!(
            differs.is_none(),
            "room for {room} bytes: {}",
            differs.unwrap_or_default()
        );
        assert!(room < 64 << 20, "it is never enough: {told}");
    }
    assert!(failures >= 3, "{failures} ingests found no room");
    disk.resize(256 << 20)?;
    ingest(&volume)?;
    let differs = difference(&published(&volume)?, &undisturbed(&volume)?);
    assert!(differs.is_none(), "{}", differs.unwrap_or_default());
    assert!(originals(&volume)? == source, "an original was touched");
    Ok(())
}

#[test]
fn a_state_is_told_from_another() {
    let state = |text: &str| BTreeMap::from([("/a".to_owned(), text.as_bytes().to_vec())]);
    assert_eq!(difference(&state("one"), &state("one")), None);
    let found = difference(&state("one"), &state("two"));
    assert!(found.is_some_and(|found| found.contains("/a")));
}
