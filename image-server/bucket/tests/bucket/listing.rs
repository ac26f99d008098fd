//! What is in a bucket of a real service.

use std::fs;
use std::time::UNIX_EPOCH;

use acervo_bucket::Settings;
use anyhow::Result;

use crate::harness::{listing, object, service, settings};

#[test]
fn everything_below_a_prefix_is_listed_over_many_pages() -> Result<()> {
    let Some(service) = service()? else {
        return Ok(());
    };
    let mut expected = Vec::new();
    for number in 0..2_500 {
        let path = format!("box {}/{number:04}.tif", number / 500);
        service.lay(&format!("maps/{path}"), b"tif")?;
        expected.push(path);
    }
    service.put("maps/folder/", b"")?;
    service.lay("maps of others/1.tif", b"tif")?;
    service.lay("maps.tif", b"tif")?;
    for prefix in ["maps", "/maps/"] {
        let listing = listing(Settings {
            prefix: Some(prefix.to_owned()),
            ..settings(&service.address)
        })?;
        let mut paths: Vec<_> = listing.objects.into_iter().map(|o| o.path).collect();
        paths.sort();
        assert_eq!(paths, expected, "{prefix}");
        assert!(listing.odd.is_empty(), "{:?}", listing.odd);
    }
    let all = listing(settings(&service.address))?;
    assert_eq!(all.objects.len(), 2_502);

    // The marker of the folder counts.
    for (limit, expected) in [(2_503, None), (2_502, Some("too-many-objects"))] {
        let mut settings = settings(&service.address);
        settings.limits.objects = limit;
        let listed = listing(settings).map(|_| ());
        assert_eq!(listed.err().map(|error| error.code()), expected, "{limit}");
    }
    Ok(())
}

#[test]
fn a_key_with_a_control_character_is_given_by_name_and_holds_up_nothing() -> Result<()> {
    let Some(service) = service()? else {
        return Ok(());
    };
    service.put("a%01b.tif", b"odd")?;
    service.put("c.tif", b"good")?;
    let listing = listing(settings(&service.address))?;
    assert_eq!(listing.odd.len(), 1, "{listing:?}");
    object(&listing, "c.tif")?;
    Ok(())
}

#[test]
fn what_is_known_of_an_object_is_its_size_its_time_and_its_tag() -> Result<()> {
    let Some(service) = service()? else {
        return Ok(());
    };
    service.put("tagged", b"hello")?;
    service.lay("untagged", b"hello")?;
    let listing = listing(settings(&service.address))?;
    let tagged = object(&listing, "tagged")?;
    assert_eq!(tagged.size, 5);
    assert_eq!(tagged.version, "\"5d41402abc4b2a76b9719d911017c592\"");
    let written = fs::metadata(service.file("tagged"))?.modified()?;
    let written = written.duration_since(UNIX_EPOCH)?.as_secs();
    assert_eq!(tagged.modified / 1_000_000_000, i64::try_from(written)?);
    let untagged = object(&listing, "untagged")?;
    assert_eq!(untagged.version, format!("{}-5", untagged.modified));
    Ok(())
}
