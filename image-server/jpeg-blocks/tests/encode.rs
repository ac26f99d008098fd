//! Any part of a stream becomes a stream of its own, with the very same coefficients.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{
    Whole, coefficients, difference, every_kind, first_of_scan, pixels, turbo, whole, zune,
};
use jpeg_blocks::{Encoder, Rect};
use turbojpeg::Subsamp;

fn encode(image: &Whole, part: &Rect) -> Vec<u8> {
    Encoder::new(&image.header, &image.quantization, None)
        .unwrap()
        .encode(&image.band, part)
        .unwrap()
}

#[test]
fn a_stream_made_of_all_blocks_has_the_same_coefficients_and_pixels() {
    for (name, bytes) in every_kind() {
        let image = whole(&bytes).unwrap();
        let all = Rect {
            x: 0,
            y: 0,
            width: image.header.width,
            height: image.header.height,
        };
        let again = encode(&image, &all);
        let copy = whole(&again).unwrap();
        assert!(copy.header.streamed, "{name}");
        assert_eq!(copy.quantization, image.quantization, "{name}");
        assert!(
            coefficients(&copy.band) == coefficients(&image.band),
            "{name}"
        );
        assert_eq!(pixels(&again), pixels(&bytes), "{name}");
        let gray = image.header.components.len() == 1;
        let (_, most) = difference(&zune(&again, gray), &zune(&bytes, gray));
        assert!(most <= 1, "{name}: {most}");
    }
}

#[test]
fn parts_have_the_coefficients_of_their_place_and_go_on_as_means_beyond_the_image() {
    for (sampling, unit) in [
        (Subsamp::None, (8, 8)),
        (Subsamp::Sub2x1, (16, 8)),
        (Subsamp::Sub2x2, (16, 16)),
        (Subsamp::Sub1x2, (8, 16)),
        (Subsamp::Gray, (8, 8)),
    ] {
        let image = whole(&turbo(203, 109, sampling, 85, false)).unwrap();
        for (x, y, width, height) in [
            (0, 0, 64, 64),
            (64, 32, 64, 64),
            (192, 96, 11, 13),
            (192, 96, 64, 64),
            (128, 96, 64, 64),
            (192, 0, 300, 16),
        ] {
            let part = Rect {
                x,
                y,
                width,
                height,
            };
            let name = format!("{sampling:?} {part:?}");
            let cut = whole(&encode(&image, &part)).unwrap();
            assert_eq!(
                (cut.header.width, cut.header.height),
                (width, height),
                "{name}"
            );
            let parts = cut.band.components().iter().zip(image.band.components());
            for (number, (got, from)) in parts.enumerate() {
                let most = if number == 0 { unit } else { (8, 8) };
                let (left, top) = (x / unit.0 * most.0 / 8, y / unit.1 * most.1 / 8);
                for row in 0..got.rows() {
                    for column in 0..got.columns() {
                        let (x, y) = (left as usize + column, top as usize + row);
                        let block = got.block(column, row).coefficients();
                        if x < from.columns() && y < from.rows() {
                            assert_eq!(
                                block,
                                from.block(x, y).coefficients(),
                                "{name} {column},{row}"
                            );
                        } else {
                            let nearest =
                                from.block(x.min(from.columns() - 1), y.min(from.rows() - 1));
                            assert_eq!(
                                block[0],
                                nearest.coefficients()[0],
                                "{name} {column},{row}"
                            );
                            assert_eq!(block[1..], [0; 63], "{name} {column},{row}");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn a_profile_is_put_into_every_stream() {
    let image = whole(&turbo(64, 64, Subsamp::Sub2x2, 85, false)).unwrap();
    let profile: Vec<u8> = (0..100_000u32).map(|v| (v / 3) as u8).collect();
    let encoder = Encoder::new(&image.header, &image.quantization, Some(&profile)).unwrap();
    let all = Rect {
        x: 0,
        y: 0,
        width: 64,
        height: 64,
    };
    let cut = whole(&encoder.encode(&image.band, &all).unwrap()).unwrap();
    assert_eq!(cut.header.profile, Some(profile));
}

#[test]
fn a_marker_lets_a_part_begin_every_256_pixels_and_with_every_row() {
    for (sampling, width, interval, markers) in [
        (Subsamp::Sub2x2, 512, 16, 2 * 3 - 1),
        (Subsamp::Sub2x1, 512, 16, 2 * 6 - 1),
        (Subsamp::None, 512, 32, 2 * 6 - 1),
        (Subsamp::Gray, 512, 32, 2 * 6 - 1),
        // Rows that these do not divide.
        (Subsamp::Sub2x2, 500, 16, 2 * 3 - 1),
        (Subsamp::Sub2x2, 480, 30, 3 - 1),
        (Subsamp::Sub2x2, 40, 3, 3 - 1),
    ] {
        let image = whole(&turbo(width, 48, sampling, 85, false)).unwrap();
        let all = Rect {
            x: 0,
            y: 0,
            width,
            height: 48,
        };
        let stream = encode(&image, &all);
        let told = stream
            .windows(6)
            .find(|bytes| bytes[..4] == [0xff, 0xdd, 0, 4]);
        let told = told.map(|bytes| u16::from_be_bytes([bytes[4], bytes[5]]));
        assert_eq!(told, Some(interval), "{sampling:?} {width}");
        let bits = &stream[first_of_scan(&stream)..];
        let restarts = bits
            .windows(2)
            .filter(|two| two[0] == 0xff && two[1] & 0xf8 == 0xd0);
        assert_eq!(restarts.count(), markers, "{sampling:?} {width}");
    }
}

#[test]
fn a_part_that_lies_nowhere_or_askew_is_refused() {
    let image = whole(&turbo(64, 64, Subsamp::Sub2x2, 85, false)).unwrap();
    let encoder = Encoder::new(&image.header, &image.quantization, None).unwrap();
    for (x, y, width, height) in [
        (64, 0, 8, 8),
        (0, 64, 8, 8),
        (8, 0, 8, 8),
        (0, 8, 8, 8),
        (0, 0, 70_000, 8),
        (0, 0, 0, 8),
    ] {
        let part = Rect {
            x,
            y,
            width,
            height,
        };
        assert!(encoder.encode(&image.band, &part).is_err(), "{part:?}");
    }
}
