//! What is written can be read; what is damaged is refused.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::cell::Cell;
use std::io::{self, Cursor};

use proptest::prelude::*;
use tiff_pyramid::{
    EncodedTile, LONGEST_PROFILE, Layout, Pyramid, PyramidWriter, ReadAt, ReadError, Samples,
    Subsampling, TileAt, WriteError,
};

/// Bytes that tell which tile they belong to.
fn bytes_of(at: TileAt, cropped: bool) -> Vec<u8> {
    format!("{} {} {} {cropped}", at.level, at.column, at.row).into_bytes()
}

fn places(layout: &Layout) -> Vec<TileAt> {
    let levels = layout.levels().iter().enumerate();
    levels
        .flat_map(|(level, size)| {
            let size = *size;
            (0..size.rows()).flat_map(move |row| {
                (0..size.columns()).map(move |column| TileAt { level, column, row })
            })
        })
        .collect()
}

fn is_padded(layout: &Layout, at: TileAt) -> bool {
    layout.levels()[at.level].visible(at.column, at.row) != (layout.tile(), layout.tile())
}

fn write(layout: &Layout, samples: Samples) -> Vec<u8> {
    write_sampled(layout, samples, Subsampling::HALVED)
}

fn write_sampled(layout: &Layout, samples: Samples, full: Subsampling) -> Vec<u8> {
    let writer = PyramidWriter::new(Cursor::new(Vec::new()), layout.clone(), samples).unwrap();
    filled(writer.with_full_subsampling(full), layout)
}

fn filled(mut writer: PyramidWriter<Cursor<Vec<u8>>>, layout: &Layout) -> Vec<u8> {
    // Backwards, because tiles may come in any order.
    for at in places(layout).into_iter().rev() {
        let cropped = is_padded(layout, at).then(|| bytes_of(at, true));
        writer
            .tile(
                at,
                &EncodedTile {
                    padded: bytes_of(at, false),
                    cropped,
                },
            )
            .unwrap();
    }
    writer.finish().unwrap().into_inner()
}

proptest! {
    #[test]
    fn every_tile_is_found_where_it_was_written(
        width in 1u32..900, height in 1u32..900, tile in prop::sample::select(vec![16u32, 64, 256])
    ) {
        let layout = Layout::new(width, height, tile).unwrap();
        let file = write(&layout, Samples::Color);
        let pyramid = Pyramid::open(file.as_slice(), file.len() as u64).unwrap();
        prop_assert_eq!(pyramid.layout(), &layout);
        for at in places(&layout) {
            let span = pyramid.tile(at).unwrap();
            let start = usize::try_from(span.offset).unwrap();
            let stored = &file[start..start + span.length as usize];
            prop_assert_eq!(stored, bytes_of(at, is_padded(&layout, at)));
        }
    }

    #[test]
    fn a_file_cut_anywhere_or_with_a_flipped_byte_never_panics(
        cut in 0usize..3000, flip in 0usize..3000, bit in 0u8..8
    ) {
        let mut file = write(&Layout::new(100, 70, 16).unwrap(), Samples::Gray);
        let flip = flip % file.len();
        file[flip] ^= 1 << bit;
        file.truncate(cut.max(1));
        let _ = Pyramid::open(file.as_slice(), file.len() as u64);
    }
}

#[test]
fn levels_are_halved_rounded_up_until_they_are_small() {
    for (width, height, expected) in [
        (1, 1, vec![(1, 1)]),
        (128, 96, vec![(128, 96)]),
        (512, 512, vec![(512, 512), (256, 256), (128, 128)]),
        (513, 100, vec![(513, 100), (257, 50), (129, 25), (65, 13)]),
        (
            15000,
            20000,
            vec![
                (15000, 20000),
                (7500, 10000),
                (3750, 5000),
                (1875, 2500),
                (938, 1250),
                (469, 625),
                (235, 313),
                (118, 157),
                (59, 79),
            ],
        ),
    ] {
        let layout = Layout::new(width, height, 512).unwrap();
        let levels: Vec<_> = layout
            .levels()
            .iter()
            .map(|l| (l.width, l.height))
            .collect();
        assert_eq!(levels, expected);
    }
}

#[test]
fn impossible_sizes_have_no_layout() {
    for (width, height, tile) in [
        (0, 5, 512),
        (5, 0, 512),
        (u32::MAX, 5, 512),
        (5, 5, 0),
        (5, 5, 100),
    ] {
        assert_eq!(
            Layout::new(width, height, tile),
            None,
            "{width}×{height} in {tile}"
        );
    }
}

#[test]
fn a_truncated_file_is_refused_when_it_is_opened() {
    let file = write(&Layout::new(1000, 700, 256).unwrap(), Samples::Color);
    for length in [0, 4, 8, file.len() / 2, file.len() - 1] {
        let error = Pyramid::open(&file[..length], length as u64).unwrap_err();
        assert!(
            matches!(error, ReadError::Truncated { .. }),
            "{length}: {error}"
        );
    }
}

#[test]
fn a_missing_tile_is_named() {
    let layout = Layout::new(40, 16, 16).unwrap();
    let mut writer = PyramidWriter::new(Cursor::new(Vec::new()), layout, Samples::Gray).unwrap();
    let tile = EncodedTile {
        padded: vec![1],
        cropped: None,
    };
    writer
        .tile(
            TileAt {
                level: 0,
                column: 0,
                row: 0,
            },
            &tile,
        )
        .unwrap();
    let error = writer.finish().unwrap_err();
    assert!(
        matches!(
            error,
            WriteError::MissingTile {
                level: 0,
                column: 1,
                row: 0
            }
        ),
        "{error}"
    );
}

#[test]
fn directories_that_form_a_loop_are_refused() {
    let mut file = write(&Layout::new(20, 16, 16).unwrap(), Samples::Gray);
    let first = u32::from_le_bytes(file[4..8].try_into().unwrap()) as usize;
    let fields = usize::from(u16::from_le_bytes(
        file[first..first + 2].try_into().unwrap(),
    ));
    let link = first + 2 + fields * 12;
    file[link..link + 4].copy_from_slice(&u32::try_from(first).unwrap().to_le_bytes());
    assert!(Pyramid::open(file.as_slice(), file.len() as u64).is_err());
}

#[test]
fn the_full_image_says_how_its_chroma_is_sampled_and_nothing_impossible_is_read() {
    let layout = Layout::new(40, 30, 16).unwrap();
    for (across, down) in [(1, 1), (2, 1), (1, 2), (2, 2), (4, 1), (4, 2)] {
        let full = Subsampling::new(across, down).unwrap();
        let mut file = write_sampled(&layout, Samples::Color, full);
        let pyramid = Pyramid::open(file.as_slice(), file.len() as u64).unwrap();
        assert_eq!(pyramid.full_subsampling(), full);
        // The field of the first directory, then those of smaller levels: tag 530, two shorts.
        let field = [18, 2, 3, 0, 2, 0, 0, 0];
        let places: Vec<usize> = (0..file.len() - 8)
            .filter(|at| file[*at..at + 8] == field)
            .collect();
        assert_eq!(places.len(), layout.levels().len());
        for (number, place) in places.into_iter().enumerate() {
            let at = place + 8;
            let before = file[at..at + 4].to_vec();
            for wrong in [[3, 1], [0, 1], [2, 8], [1, 0]] {
                file[at] = wrong[0];
                file[at + 2] = wrong[1];
                let refused = Pyramid::open(file.as_slice(), file.len() as u64);
                assert!(refused.is_err(), "{wrong:?}");
            }
            file[at..at + 4].copy_from_slice(&[1, 0, 1, 0]);
            let opened = Pyramid::open(file.as_slice(), file.len() as u64);
            assert_eq!(opened.is_ok(), number == 0, "level {number}");
            file[at..at + 4].copy_from_slice(&before);
        }
    }
    for (across, down) in [(0, 1), (3, 1), (2, 3), (8, 1), (2, 255)] {
        assert_eq!(Subsampling::new(across, down), None);
    }
}

/// Counts what is read of a file.
struct Counted<'f>(&'f [u8], Cell<usize>);

impl ReadAt for Counted<'_> {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.1.set(self.1.get() + buffer.len());
        self.0.read_exact_at(buffer, offset)
    }
}

#[test]
fn a_directory_that_promises_long_fields_and_itself_costs_less_than_its_file() {
    const FIELDS: u16 = 64;
    let mut file = vec![0; 64 << 10];
    file[..8].copy_from_slice(b"II\x2a\0\x08\0\0\0");
    file[8..10].copy_from_slice(&FIELDS.to_le_bytes());
    let length = u32::try_from(file.len()).unwrap();
    for (number, field) in (0..FIELDS).zip(file[10..].chunks_exact_mut(12)) {
        // Text from the beginning of the file to its end.
        field[..2].copy_from_slice(&(254 + number).to_le_bytes());
        field[2..4].copy_from_slice(&2u16.to_le_bytes());
        field[4..8].copy_from_slice(&length.to_le_bytes());
    }
    let next = 10 + usize::from(FIELDS) * 12;
    file[next] = 8;
    let counted = Counted(&file, Cell::new(0));
    assert!(Pyramid::open(&counted, u64::from(length)).is_err());
    assert!(counted.1.get() < file.len(), "{} bytes", counted.1.get());
}

#[test]
fn words_about_the_image_are_read_again_and_cut_where_they_are_no_words() {
    let layout = Layout::new(40, 30, 16).unwrap();
    for (written, read) in [("", ""), ("kept", "kept"), ("a\u{7}b", "a")] {
        let out = Cursor::new(Vec::new());
        let writer = PyramidWriter::new(out, layout.clone(), Samples::Gray).unwrap();
        let file = filled(writer.with_description(written), &layout);
        let pyramid = Pyramid::open(file.as_slice(), file.len() as u64).unwrap();
        assert_eq!(pyramid.description(), read);
    }
}

#[test]
fn a_profile_lies_in_the_file_once_and_every_level_names_it() {
    let profile: Vec<u8> = (0..600_u32).map(|at| (at % 251) as u8).collect();
    let layout = Layout::new(1000, 700, 256).unwrap();
    let new = || PyramidWriter::new(Cursor::new(Vec::new()), layout.clone(), Samples::Color);
    let mut file = filled(new().unwrap().with_profile(&profile), &layout);
    let open = |file: &[u8]| Pyramid::open(file, file.len() as u64);
    let span = open(&file).unwrap().profile().unwrap();
    let mut read = vec![0; span.length as usize];
    file.as_slice()
        .read_exact_at(&mut read, span.offset)
        .unwrap();
    assert_eq!(read, profile);
    assert_eq!(
        open(&write(&layout, Samples::Color)).unwrap().profile(),
        None
    );
    // Tag 34675, bytes without a meaning, 600 of them, and where they are.
    let field = [
        &[0x73, 0x87, 7, 0, 0x58, 2, 0, 0],
        &span.offset.to_le_bytes()[..4],
    ]
    .concat();
    let places: Vec<usize> = (0..file.len() - 12)
        .filter(|at| file[*at..at + 12] == field)
        .collect();
    assert_eq!(places.len(), layout.levels().len());
    // Of another kind; none; longer than any; beyond the end.
    for (at, wrong) in [(2, 4), (5, 0), (6, 2), (11, 1)] {
        let before = std::mem::replace(&mut file[places[0] + at], wrong);
        if at == 5 {
            file[places[0] + 4] = 0;
        }
        assert!(open(&file).is_err(), "{at}");
        file[places[0] + 4] = 0x58;
        file[places[0] + at] = before;
    }
    let long = vec![0; LONGEST_PROFILE as usize + 1];
    let error = new().unwrap().with_profile(&long);
    let refused =
        matches!(error.finish(), Err(WriteError::LongProfile(length)) if length == long.len());
    assert!(refused);
}
