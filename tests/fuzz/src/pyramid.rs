//! The reader of stored pyramids.

use std::io::Cursor;

use tiff_pyramid::{EncodedTile, Layout, Pyramid, PyramidWriter, Samples, TileAt};

use crate::{Target, picture};

pub(crate) const TARGET: Target = Target {
    name: "pyramid",
    executions: 20_000,
    run,
    seeds,
};

/// Every tile of what is opened lies within the bytes, and tiles beyond the layout are none.
fn run(bytes: &[u8]) {
    let length = bytes.len() as u64;
    let Ok(pyramid) = Pyramid::open(bytes, length) else {
        return;
    };
    for at in places(pyramid.layout()) {
        let span = pyramid
            .tile(at)
            .unwrap_or_else(|| panic!("{at:?} is missing"));
        let end = span.offset.checked_add(u64::from(span.length)).unwrap();
        assert!(end <= length, "{at:?}: {span:?} of {length}");
    }
    for (number, level) in pyramid.layout().levels().iter().enumerate() {
        let beyond = [
            (level.columns(), 0),
            (0, level.rows()),
            (u32::MAX, u32::MAX),
        ];
        for (column, row) in beyond {
            let at = TileAt {
                level: number,
                column,
                row,
            };
            assert_eq!(pyramid.tile(at), None, "{at:?}");
        }
    }
}

/// Every tile of every level.
fn places(layout: &Layout) -> impl Iterator<Item = TileAt> {
    layout
        .levels()
        .iter()
        .enumerate()
        .flat_map(|(level, size)| {
            (0..size.rows()).flat_map(move |row| {
                (0..size.columns()).map(move |column| TileAt { level, column, row })
            })
        })
}

/// A pyramid of computed tiles.
pub(crate) fn written((width, height): (u32, u32), tile: u32, samples: Samples) -> Vec<u8> {
    let layout = Layout::new(width, height, tile).unwrap();
    let mut writer = PyramidWriter::new(Cursor::new(Vec::new()), layout.clone(), samples).unwrap();
    for at in places(&layout) {
        let visible = layout.levels()[at.level].visible(at.column, at.row);
        let encoded = EncodedTile {
            padded: picture::jpeg((tile, tile), samples),
            cropped: (visible != (tile, tile)).then(|| picture::jpeg(visible, samples)),
        };
        writer.tile(at, &encoded).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    vec![
        written((40, 21), 16, Samples::Color),
        written((32, 32), 32, Samples::Gray),
        written((150, 90), 64, Samples::Color),
    ]
}
