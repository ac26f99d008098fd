//! The bytes of objects of a real service, over connections that break and of objects that change.

use std::fs;
use std::fs::File;
use std::io::Write as _;
use std::thread;
use std::time::{Duration, Instant};

use acervo_bucket::{Bucket, Limits, Settings};
use anyhow::{Result, ensure};
use tempfile::tempfile;

use crate::harness::{End, Relay, bytes, code, content, listing, object, put, service, settings};

#[test]
fn an_object_is_fetched_whatever_its_name() -> Result<()> {
    let Some(service) = service()? else {
        return Ok(());
    };
    let names = [
        "Señor Núñez.tif",
        "a b  c.tif",
        " blanks around ",
        "a+b.tif",
        "%41.tif",
        "100%.tif",
        "a&b=c?d#e.tif",
        "<\"quotes\"> 'too'.tif",
        "~tilde/(paren) [brackets];,:@$!*.tif",
        "…/日本語.tif",
        "a/..b/.c",
    ];
    for name in names {
        service.lay(&format!("p q/{name}"), name.as_bytes())?;
    }
    let bucket = Bucket::open(Settings {
        prefix: Some("p q".to_owned()),
        ..settings(&service.address)
    })?;
    let listing = bucket.list()?;
    assert_eq!(listing.objects.len(), names.len(), "{listing:?}");
    for name in names {
        let mut file = tempfile()?;
        bucket.fetch(&object(&listing, name)?, &mut file)?;
        assert_eq!(content(&mut file)?, name.as_bytes(), "{name}");
    }
    Ok(())
}

#[test]
fn a_connection_that_breaks_is_gone_on_from_where_it_broke() -> Result<()> {
    const MIB: usize = 1 << 20;
    let Some(service) = service()? else {
        return Ok(());
    };
    let whole = bytes(5 * MIB, 1);
    service.put("tagged", &whole)?;
    service.lay("untagged", &whole)?;
    let listing = listing(settings(&service.address))?;
    for name in ["tagged", "untagged"] {
        let plan = |number| match number {
            0 => End::Cut(2 * MIB),
            1 => End::Cut(0),
            2 => End::Cut(100),
            3 => End::Cut(MIB),
            _ => End::Whole,
        };
        let relay = Relay::start(&service.address, plan)?;
        let mut file = tempfile()?;
        Bucket::open(settings(&relay.address))?.fetch(&object(&listing, name)?, &mut file)?;
        assert!(content(&mut file)? == whole, "{name}: other bytes");
        assert_eq!(relay.connections(), 5, "{name}");
        // What was on its way when a connection was cut, and the heads of answers, come twice.
        assert!(relay.passed() < 6 * MIB, "{name}: {}", relay.passed());
    }
    Ok(())
}

#[test]
fn a_file_that_has_a_beginning_gets_the_rest() -> Result<()> {
    let Some(service) = service()? else {
        return Ok(());
    };
    let whole = bytes(100_000, 2);
    service.put("a", &whole)?;
    service.put("empty", b"")?;
    let bucket = Bucket::open(settings(&service.address))?;
    let listing = bucket.list()?;
    let one = object(&listing, "a")?;
    for there in [
        &whole[..0],
        &whole[..1],
        &whole[..99_999],
        &whole,
        &[&whole[..], b"more"].concat(),
    ] {
        let mut file = tempfile()?;
        file.write_all(there)?;
        bucket.fetch(&one, &mut file)?;
        assert!(
            content(&mut file)? == whole,
            "{} bytes were there",
            there.len()
        );
    }
    let mut file = tempfile()?;
    bucket.fetch(&object(&listing, "empty")?, &mut file)?;
    assert_eq!(content(&mut file)?, b"");
    Ok(())
}

#[test]
fn what_brings_nothing_is_tried_five_times() -> Result<()> {
    let Some(service) = service()? else {
        return Ok(());
    };
    service.put("a", b"hello")?;
    let one = object(&listing(settings(&service.address))?, "a")?;
    let relay = Relay::start(&service.address, |_| End::Cut(0))?;
    let bucket = Bucket::open(settings(&relay.address))?;
    let fetched = bucket.fetch(&one, &mut tempfile()?);
    assert_eq!(code(&fetched), "bucket-unreachable");
    assert_eq!(relay.connections(), 5);
    Ok(())
}

#[test]
fn an_object_that_changes_while_it_is_fetched_is_never_a_mixture() -> Result<()> {
    const MIB: usize = 1 << 20;
    let Some(service) = service()? else {
        return Ok(());
    };
    let (before, after) = (bytes(2 * MIB, 3), bytes(2 * MIB, 4));
    for (name, change) in [
        ("other bytes", Some(after.clone())),
        ("fewer bytes", Some(after[..MIB / 2].to_vec())),
        ("gone", None),
    ] {
        service.put("a", &before)?;
        let one = object(&listing(settings(&service.address))?, "a")?;
        let (address, file) = (service.address.clone(), service.file("a"));
        let plan = move |number| match (number, &change) {
            (0, _) => End::Cut(MIB),
            (_, Some(bytes)) => {
                put(&address, "a", bytes).expect("the service takes it");
                End::Whole
            }
            (_, None) => {
                fs::remove_file(&file).expect("it is there");
                End::Whole
            }
        };
        let relay = Relay::start(&service.address, plan)?;
        let mut file = tempfile()?;
        let fetched = Bucket::open(settings(&relay.address))?.fetch(&one, &mut file);
        assert_eq!(code(&fetched), "object-changed", "{name}");
        assert!(
            before.starts_with(&content(&mut file)?),
            "{name}: a mixture"
        );
    }
    Ok(())
}

#[test]
fn an_object_without_a_tag_that_changes_is_noticed_by_its_time() -> Result<()> {
    let Some(service) = service()? else {
        return Ok(());
    };
    service.lay("a", b"before")?;
    let bucket = Bucket::open(settings(&service.address))?;
    let one = object(&bucket.list()?, "a")?;
    service.lay("a", b"after!")?;
    let later = fs::metadata(service.file("a"))?.modified()? + Duration::from_secs(2);
    File::options()
        .write(true)
        .open(service.file("a"))?
        .set_modified(later)?;
    let fetched = bucket.fetch(&one, &mut tempfile()?);
    assert_eq!(code(&fetched), "object-changed");
    Ok(())
}

#[test]
fn what_goes_silent_is_given_up_after_the_time_that_was_set() -> Result<()> {
    let Some(service) = service()? else {
        return Ok(());
    };
    service.put("a", &bytes(1 << 20, 5))?;
    let one = object(&listing(settings(&service.address))?, "a")?;
    let impatient = |address: &str| Settings {
        limits: Limits {
            without_progress: Duration::from_millis(600),
            ..Limits::default()
        },
        ..settings(address)
    };
    let silent = Relay::start(&service.address, |_| End::Hang(0))?;
    let midway = Relay::start(&service.address, |number| {
        End::Hang(if number == 0 { 1 << 19 } else { 0 })
    })?;
    let start = Instant::now();
    assert_eq!(code(&listing(impatient(&silent.address))), "bucket-stalled");
    let fetched = Bucket::open(impatient(&midway.address))?.fetch(&one, &mut tempfile()?);
    assert_eq!(code(&fetched), "bucket-stalled");
    assert!(
        start.elapsed() < Duration::from_secs(10),
        "{:?}",
        start.elapsed()
    );
    // One that goes silent once is left for another.
    let once = Relay::start(&service.address, |number| match number {
        0 => End::Hang(1 << 19),
        _ => End::Whole,
    })?;
    Bucket::open(impatient(&once.address))?.fetch(&one, &mut tempfile()?)?;
    assert_eq!(once.connections(), 2);
    Ok(())
}

#[test]
fn an_object_over_the_limit_is_refused_before_it_is_asked_for() -> Result<()> {
    let Some(service) = service()? else {
        return Ok(());
    };
    service.put("a", b"hello")?;
    let one = object(&listing(settings(&service.address))?, "a")?;
    let relay = Relay::start(&service.address, |_| End::Whole)?;
    let mut settings = settings(&relay.address);
    settings.limits.object_bytes = 4;
    let fetched = Bucket::open(settings)?.fetch(&one, &mut tempfile()?);
    assert_eq!(code(&fetched), "object-too-large");
    assert_eq!(relay.connections(), 0);
    Ok(())
}

#[test]
fn a_full_disk_is_told_apart() -> Result<()> {
    let Some(service) = service()? else {
        return Ok(());
    };
    service.put("a", b"hello")?;
    let bucket = Bucket::open(settings(&service.address))?;
    let one = object(&bucket.list()?, "a")?;
    let mut full = File::options().read(true).write(true).open("/dev/full")?;
    let fetched = bucket.fetch(&one, &mut full);
    assert_eq!(code(&fetched), "disk-full");
    Ok(())
}

#[test]
fn many_threads_fetch_at_once_and_the_bucket_is_dropped_anywhere() -> Result<()> {
    let Some(service) = service()? else {
        return Ok(());
    };
    let whole = bytes(300_000, 6);
    service.put("a", &whole)?;
    let bucket = Bucket::open(settings(&service.address))?;
    let one = object(&bucket.list()?, "a")?;
    thread::scope(|scope| -> Result<()> {
        let fetch = || -> Result<Vec<u8>> {
            let mut file = tempfile()?;
            bucket.fetch(&one, &mut file)?;
            content(&mut file)
        };
        let fetches: Vec<_> = (0..8).map(|_| scope.spawn(fetch)).collect();
        for fetch in fetches {
            ensure!(
                fetch.join().expect("no thread panics")? == whole,
                "other bytes"
            );
        }
        Ok(())
    })?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(async move { drop(bucket) });
    Ok(())
}
