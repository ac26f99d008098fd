//! Whatever is cut short, damaged or not read is an error, and never a panic or picture of nothing.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{every_kind, other, pixels, turbo, whole};
use jpeg_blocks::{Decoder, Error, Keep, Limits, Pixels};
use jpeg_encoder::SamplingFactor;
use proptest::prelude::*;
use turbojpeg::Subsamp;

/// The place of the first marker `code`.
fn marker(bytes: &[u8], code: u8) -> usize {
    bytes
        .windows(2)
        .position(|pair| pair == [0xff, code])
        .unwrap()
}

#[test]
fn a_stream_cut_anywhere_is_an_error_and_without_its_end_marker_it_is_whole() {
    let kinds = [
        turbo(50, 40, Subsamp::Sub2x2, 85, false),
        turbo(50, 40, Subsamp::Sub2x2, 85, true),
        other(50, 40, SamplingFactor::F_2_2, |e| {
            e.set_restart_interval(2);
        }),
    ];
    for bytes in kinds {
        let expected = pixels(&bytes);
        let end = bytes.len() - 2;
        assert_eq!(pixels(&bytes[..end]), expected);
        for length in 0..end - 1 {
            assert!(whole(&bytes[..length]).is_err(), "{length} of {end}");
        }
        // What follows the end says nothing.
        assert_eq!(pixels(&[&bytes, b"trailing".as_slice()].concat()), expected);
    }
}

#[test]
fn fill_bytes_before_markers_are_skipped() {
    let bytes = other(50, 40, SamplingFactor::F_2_2, |e| {
        e.set_restart_interval(2);
    });
    let expected = pixels(&bytes);
    for code in [0xdb, 0xc4, 0xda, 0xd0, 0xd1, 0xd9] {
        let mut filled = bytes.clone();
        let at = marker(&filled, code);
        filled.splice(at..at, [0xff; 3]);
        assert_eq!(pixels(&filled), expected, "{code:x}");
    }
}

#[test]
fn what_is_not_read_is_refused_by_name() {
    let bytes = turbo(50, 40, Subsamp::Sub2x2, 85, false);
    let frame = marker(&bytes, 0xc0);
    for (at, value, name) in [
        (frame + 1, 0xc3, "lossless"),
        (frame + 1, 0xc5, "hierarchical"),
        (frame + 1, 0xc9, "arithmetic"),
        (frame + 1, 0xca, "arithmetic"),
        (frame + 4, 12, "8 bits"),
        (frame + 6, 0, "height"),
        (frame + 9, 2, "components"),
    ] {
        let mut changed = bytes.clone();
        changed[at] = value;
        match whole(&changed) {
            Err(Error::Unsupported(what)) => assert!(what.contains(name), "{what}"),
            other => panic!("{name}: {:?}", other.err()),
        }
    }
}

#[test]
fn contradictions_are_errors() {
    let bytes = turbo(50, 40, Subsamp::Sub2x2, 85, false);
    let frame = marker(&bytes, 0xc0);
    let scan = marker(&bytes, 0xda);
    for (what, at, value) in [
        ("no such quantisation table", frame + 12, 9),
        ("a table that was not given", frame + 12, 3),
        ("sampling of 0", frame + 11, 0x02),
        ("two components of one name", frame + 13, 1),
        ("an unknown component", scan + 5, 77),
        ("a Huffman table that was not given", scan + 6, 0x33),
        ("more rows than the scan has", frame + 5, 3),
        ("more columns than the scan has", frame + 7, 3),
    ] {
        let mut changed = bytes.clone();
        changed[at] = value;
        assert!(whole(&changed).is_err(), "{what}");
    }
}

#[test]
fn a_missing_restart_marker_is_an_error() {
    let bytes = other(50, 40, SamplingFactor::F_2_2, |e| {
        e.set_restart_interval(2);
    });
    let mut changed = bytes.clone();
    let at = marker(&bytes, 0xd1);
    changed[at + 1] = 0xd2;
    assert!(matches!(whole(&changed), Err(Error::Damaged(_))));
}

#[test]
fn limits_hold() {
    let bytes = turbo(50, 40, Subsamp::Sub2x2, 85, true);
    let few_pixels = Limits {
        pixels: 1999,
        ..Limits::default()
    };
    assert!(matches!(
        Decoder::new(bytes.as_slice(), &few_pixels),
        Err(Error::Pixels { limit: 1999, .. })
    ));
    let few_scans = Limits {
        scans: 3,
        ..Limits::default()
    };
    let decoder = Decoder::new(bytes.as_slice(), &few_scans).unwrap();
    assert!(matches!(
        decoder.begin(Keep::Memory),
        Err(Error::Unsupported(_))
    ));
    let profile = other(50, 40, SamplingFactor::F_2_2, |e| {
        e.add_icc_profile(&[7; 2000]).unwrap();
    });
    let small_profile = Limits {
        profile: 1000,
        ..Limits::default()
    };
    assert!(Decoder::new(profile.as_slice(), &small_profile).is_err());
}

/// Reads it in every way.
fn consume(bytes: &[u8]) {
    let limits = Limits {
        pixels: 1 << 20,
        ..Limits::default()
    };
    let _ = whole(bytes);
    let Ok(decoder) = Decoder::new(bytes, &limits) else {
        return;
    };
    let Ok(rows) = decoder.begin(Keep::Memory) else {
        return;
    };
    if let Ok(mut pixels) = Pixels::new(rows) {
        let row = pixels.header().width as usize * pixels.channels();
        let mut out = vec![0; row];
        for _ in 0..pixels.header().height {
            if pixels.read_rows(&mut out).is_err() {
                break;
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        consume(&bytes);
        consume(&[&[0xff, 0xd8, 0xff], bytes.as_slice()].concat());
    }

    #[test]
    fn no_change_of_a_stream_makes_it_panic(
        kind in 0usize..6, changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)
    ) {
        let kinds = [
            turbo(40, 33, Subsamp::Sub2x2, 60, false),
            turbo(40, 33, Subsamp::Sub2x2, 60, true),
            turbo(40, 33, Subsamp::Gray, 90, true),
            turbo(40, 33, Subsamp::Sub1x2, 95, false),
            other(40, 33, SamplingFactor::F_2_2, |e| { e.set_restart_interval(1); }),
            other(40, 33, SamplingFactor::F_1_1, |e| { e.set_progressive(true); }),
        ];
        let mut bytes = kinds[kind].clone();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            // Sizes stay small, so that the test is about streams and not about large pictures.
            if !bytes[at.saturating_sub(8)..at].windows(2).any(|pair| pair[0] == 0xff && matches!(pair[1], 0xc0..=0xc2)) {
                bytes[at] = value;
            }
        }
        consume(&bytes);
    }
}

#[test]
fn every_kind_is_whole() {
    for (name, bytes) in every_kind() {
        assert!(whole(&bytes).is_ok(), "{name}");
    }
}
