//! Every kind of stream gives its coefficients, and those the pixels that another decoder gives.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::io::Cursor;

use common::{
    coefficients, difference, every_kind, first_of_scan, libjpeg, other, pixels, rows, turbo,
    whole, zune,
};
use jpeg_blocks::{Band, Colors, Decoder, HalfBuffer, HalfSize, Keep, Limits, Pixels, Window};
use jpeg_encoder::{ColorType, SamplingFactor};
use turbojpeg::Subsamp;

#[test]
fn every_kind_gives_the_pixels_that_other_decoders_give() {
    for (name, bytes) in every_kind() {
        let gray = whole(&bytes).unwrap().header.colors == Colors::Gray;
        let got = pixels(&bytes);
        // They differ in how they round.
        let (mean, most) = difference(&got, &libjpeg(&bytes, gray));
        assert!(mean < 0.25 && most <= 4, "libjpeg, {name}: {mean} {most}");
        // This one blends chroma a little otherwise, above all at odd edges.
        let (mean, most) = difference(&got, &zune(&bytes, gray));
        assert!(mean < 1.0 && most <= 40, "zune, {name}: {mean} {most}");
    }
}

#[test]
fn progressive_streams_give_the_same_coefficients() {
    for sampling in [
        Subsamp::None,
        Subsamp::Sub2x1,
        Subsamp::Sub2x2,
        Subsamp::Sub1x2,
        Subsamp::Gray,
    ] {
        for (width, height) in [(200, 120), (131, 77), (9, 1)] {
            for quality in [100, 85, 40] {
                let of = |progressive| {
                    let bytes = turbo(width, height, sampling, quality, progressive);
                    coefficients(&whole(&bytes).unwrap().band)
                };
                assert_eq!(
                    of(false),
                    of(true),
                    "{width}×{height} {sampling:?} {quality}"
                );
            }
        }
    }
}

#[test]
fn a_scratch_file_keeps_coefficients_as_memory_does() {
    for (name, bytes) in every_kind() {
        let expected = coefficients(&whole(&bytes).unwrap().band);
        let decoder = Decoder::new(bytes.as_slice(), &Limits::default()).unwrap();
        let scratch = Cursor::new(Vec::new());
        let mut rows = decoder.begin(Keep::Scratch(Box::new(scratch))).unwrap();
        let mut band = Band::new();
        rows.read(u32::MAX, &mut band).unwrap();
        assert_eq!(coefficients(&band), expected, "{name}");
    }
}

#[test]
fn bands_of_any_height_give_the_same_blocks() {
    for (sampling, progressive) in [(Subsamp::Sub2x2, false), (Subsamp::Sub1x2, true)] {
        let bytes = turbo(70, 150, sampling, 85, progressive);
        let expected = coefficients(&whole(&bytes).unwrap().band);
        for units in 1..5 {
            let mut rows = rows(&bytes).unwrap();
            let mut band = Band::new();
            let mut got = vec![Vec::new(); expected.len()];
            loop {
                rows.read(units, &mut band).unwrap();
                if band.units() == 0 {
                    break;
                }
                for (all, some) in got.iter_mut().zip(coefficients(&band)) {
                    all.extend(some);
                }
            }
            assert!(got == expected, "{units} rows of units, {sampling:?}");
        }
    }
}

#[test]
fn half_size_is_the_mean_of_four_pixels_at_full_size() {
    for (name, bytes) in every_kind() {
        let image = whole(&bytes).unwrap();
        let (width, height) = (image.header.width as usize, image.header.height as usize);
        let channels = image.header.components.len();
        let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
        let sizer = HalfSize::new(&image.header, &image.quantization).unwrap();
        let mut buffer = HalfBuffer::default();
        let mut half = vec![0; half_width * half_height * channels];
        let mut given = 0;
        for unit in 0..image.band.units() {
            let target = &mut half[given * half_width * channels..];
            given += sizer.rows(&image.band, unit, &mut buffer, target).unwrap();
        }
        assert_eq!(given, half_height, "{name}");
        let full = pixels(&bytes);
        let mut expected = Vec::new();
        for y in (0..height / 2).map(|y| y * 2) {
            for x in (0..width / 2).map(|x| x * 2) {
                for channel in 0..channels {
                    let at =
                        |x: usize, y: usize| u16::from(full[(y * width + x) * channels + channel]);
                    let sum = at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1);
                    expected.push(((sum + 2) / 4) as u8);
                }
            }
        }
        let inner: Vec<u8> = half
            .chunks_exact(half_width * channels)
            .take(height / 2)
            .flat_map(|row| &row[..width / 2 * channels])
            .copied()
            .collect();
        if expected.is_empty() {
            continue;
        }
        let (mean, _) = difference(&inner, &expected);
        // Chroma that is sampled less is blended between pixels at full size, and not at half.
        let allowed = if image.header.sampling() == (1, 1) {
            0.75
        } else {
            4.0
        };
        assert!(mean < allowed, "{name}: {mean}");
    }
}

#[test]
fn inks_are_given_as_amounts_however_they_are_stored() {
    let (width, height) = (40u32, 24u32);
    // Encoders write what paper is left, under Adobe's segment.
    let inks: Vec<u8> = (0..width * height)
        .flat_map(|at| [at % 40 * 6, at / 40 * 10, 30, 200].map(|v| v as u8))
        .collect();
    for color in [ColorType::Cmyk, ColorType::CmykAsYcck] {
        let mut bytes = Vec::new();
        let encoder = jpeg_encoder::Encoder::new(&mut bytes, 98);
        encoder
            .encode(&inks, width as u16, height as u16, color)
            .unwrap();
        let mut image = Pixels::new(rows(&bytes).unwrap()).unwrap();
        assert_eq!(image.channels(), 4);
        let mut got = vec![0; inks.len()];
        image.read_rows(&mut got).unwrap();
        let (mean, most) = difference(&got, &inks);
        assert!(
            mean < 2.0 && most < 30,
            "{color:?}: {mean} {most} {:?} {:?}",
            &got[..8],
            &inks[..8]
        );
    }
}

#[test]
fn what_a_header_says_is_read() {
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0".to_vec();
    exif.extend([0; 4]);
    let profile: Vec<u8> = (0..150_000u32).map(|v| v as u8).collect();
    let bytes = other(100, 60, SamplingFactor::F_2_1, |encoder| {
        encoder.add_app_segment(1, exif).unwrap();
        encoder.add_icc_profile(&profile).unwrap();
    });
    let decoder = Decoder::new(bytes.as_slice(), &Limits::default()).unwrap();
    let header = decoder.header();
    assert_eq!((header.width, header.height), (100, 60));
    assert_eq!(header.orientation, 6);
    assert_eq!(header.profile.as_deref(), Some(profile.as_slice()));
    assert_eq!(header.colors, Colors::YCbCr);
    assert_eq!(header.sampling(), (2, 1));
    assert!(header.streamed);
    assert_eq!(decoder.held(), 0);
}

#[test]
fn any_part_of_a_component_has_the_samples_that_the_whole_has() {
    for (name, bytes) in every_kind() {
        let header = whole(&bytes).unwrap().header;
        let (across, down) = header.sampling();
        // Of a component, the part at `x`, `y` of this size.
        let part = |number: usize, x: u32, y: u32, width: u32, height: u32| {
            let mut rooms = vec![Vec::new(); number + 1];
            let mut windows = Vec::new();
            for (component, room) in rooms.iter_mut().enumerate() {
                // Those before it are made too, as little of them as can be.
                let (x, y, width, height) = match component == number {
                    true => (x, y, width, height),
                    false => (0, 0, 1, 1),
                };
                room.resize((width * height) as usize, 0);
                windows.push(Window {
                    x,
                    y,
                    width,
                    height,
                    out: room,
                    stride: width as usize,
                });
            }
            rows(&bytes).unwrap().samples(&mut windows).unwrap();
            rooms.pop().unwrap()
        };
        for (number, component) in header.components.iter().enumerate() {
            let width =
                (header.width * u32::from(component.horizontal)).div_ceil(u32::from(across));
            let height = (header.height * u32::from(component.vertical)).div_ceil(u32::from(down));
            let all = part(number, 0, 0, width, height);
            for (x, y) in [(0, 0), (width / 3, height / 2), (width - 1, height - 1)] {
                let (w, h) = ((width - x).min(19), (height - y).min(11));
                let expected: Vec<u8> = (y..y + h)
                    .flat_map(|row| &all[(row * width + x) as usize..][..w as usize])
                    .copied()
                    .collect();
                assert_eq!(
                    part(number, x, y, w, h),
                    expected,
                    "{name}: {number} at {x},{y}"
                );
            }
        }
        if header.colors == Colors::Gray {
            let (width, height) = (header.width, header.height);
            assert_eq!(part(0, 0, 0, width, height), pixels(&bytes), "{name}");
        }
    }
}

#[test]
fn of_the_intervals_between_restart_markers_only_those_beside_a_part_are_decoded() {
    // Two intervals a row of five rows.
    const APART: u32 = 64;
    let bytes = other(2 * APART, 80, SamplingFactor::F_2_2, |e| {
        e.set_restart_interval((APART / 16) as u16);
    });
    let mut starts = vec![first_of_scan(&bytes)];
    let is_restart = |at: &usize| bytes[*at] == 0xff && bytes[at + 1] & 0xf8 == 0xd0;
    starts.extend(
        (starts[0]..bytes.len() - 2)
            .filter(is_restart)
            .map(|at| at + 2),
    );
    assert_eq!(starts.len(), 10);
    let damaged = |intervals: &[usize]| {
        let mut damaged = bytes.clone();
        for interval in intervals {
            damaged[starts[*interval]..][..4].copy_from_slice(&[0xfe; 4]);
        }
        damaged
    };
    let part = |bytes: &[u8], x: u32, y: u32| {
        let mut out = vec![0; 24 * 20];
        let mut windows = [Window {
            x,
            y,
            width: 24,
            height: 20,
            out: &mut out,
            stride: 24,
        }];
        let made = rows(bytes).unwrap().samples(&mut windows);
        made.map(|()| out)
    };
    // Those of the second and third row.
    for (x, beside, others) in [
        (0, vec![2, 4], vec![0, 1, 3, 5, 6, 7, 8, 9]),
        (100, vec![3, 5], vec![0, 1, 2, 4, 6, 7, 8, 9]),
        (50, vec![2, 3, 4, 5], vec![0, 1, 6, 7, 8, 9]),
    ] {
        let good = part(&bytes, x, 20).unwrap();
        assert_eq!(part(&damaged(&others), x, 20).unwrap(), good, "{x}");
        for one in beside {
            let bad = part(&damaged(&[one]), x, 20);
            assert!(bad.is_err() || bad.unwrap() != good, "{x}: {one}");
        }
    }
}

#[test]
fn a_part_beyond_its_component_is_an_error() {
    let bytes = turbo(40, 24, Subsamp::Sub2x2, 85, false);
    for (x, y, width, height, room) in [
        (0, 0, 41, 1, 41),
        (33, 0, 8, 1, 8),
        (0, 33, 1, 1, 1),
        (0, 0, 0, 1, 1),
        (u32::MAX, 0, 2, 1, 2),
        (0, 0, 8, 2, 15),
    ] {
        let mut out = vec![0; room];
        let mut windows = [Window {
            x,
            y,
            width,
            height,
            out: &mut out,
            stride: width as usize,
        }];
        let got = rows(&bytes).unwrap().samples(&mut windows);
        assert!(got.is_err(), "{x},{y} {width}×{height} into {room}");
    }
}
