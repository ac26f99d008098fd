//! Small files of every kind, computed.
use std::io::{Cursor, Seek, Write};

use acervo_pixels::source::{ColorPolicy, Limits, Source, SourceError};
use tiff_pyramid::Samples;

/// Pixels across and down of most fixtures: no multiples of 8.
pub(crate) const SIZE: (u32, u32) = (70, 45);

/// Different in every direction and colour, so that swaps show.
pub(crate) fn pixel(x: u32, y: u32) -> [u8; 3] {
    let byte = |value: u32| u8::try_from(value & 0xff).unwrap();
    [
        byte(x * 3 + 5),
        byte(y * 5 + 1),
        byte(1_000_186 - x * 2 - y),
    ]
}

pub(crate) fn places((width, height): (u32, u32)) -> impl Iterator<Item = (u32, u32)> {
    (0..height).flat_map(move |y| (0..width).map(move |x| (x, y)))
}

pub(crate) fn rgb(size: (u32, u32)) -> Vec<u8> {
    places(size).flat_map(|(x, y)| pixel(x, y)).collect()
}

pub(crate) fn gray(size: (u32, u32)) -> Vec<u8> {
    places(size).map(|(x, y)| pixel(x, y)[0]).collect()
}

/// What a source gave.
pub(crate) struct Picture {
    pub(crate) size: (u32, u32),
    pub(crate) samples: Samples,
    pub(crate) data: Vec<u8>,
    pub(crate) profile: Option<Vec<u8>>,
}

pub(crate) fn source(bytes: &[u8]) -> Result<Source, SourceError> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    Source::open(file)
}

/// Reads a page, a few rows at a time, as building does.
pub(crate) fn read_with(
    source: &Source,
    page: usize,
    limits: &Limits,
    policy: ColorPolicy,
) -> Result<Picture, SourceError> {
    let mut rows = source.rows(page, limits, policy)?;
    let (size, samples) = (rows.size(), rows.samples());
    let channels = match samples {
        Samples::Gray => 1,
        Samples::Color => 3,
    };
    let stride = size.0 as usize * channels;
    let mut data = vec![0; stride * size.1 as usize];
    for band in data.chunks_mut(stride * 17) {
        rows.read_rows(band)?;
    }
    rows.finish()?;
    let profile = rows.colors().profile().map(<[u8]>::to_vec);
    Ok(Picture {
        size,
        samples,
        data,
        profile,
    })
}

pub(crate) fn read(bytes: &[u8]) -> Result<Picture, SourceError> {
    let source = source(bytes)?;
    read_with(&source, 0, &Limits::default(), ColorPolicy::ToSrgb)
}

#[track_caller]
pub(crate) fn assert_is(what: &str, bytes: &[u8], expected: &[u8], tolerance: u8) {
    let picture = read(bytes).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_same(what, &picture.data, expected, tolerance);
}

#[track_caller]
pub(crate) fn assert_same(what: &str, got: &[u8], expected: &[u8], tolerance: u8) {
    assert_eq!(got.len(), expected.len(), "{what}: length");
    for (at, (a, b)) in got.iter().zip(expected).enumerate() {
        assert!(
            a.abs_diff(*b) <= tolerance,
            "{what}: sample {at} is {a}, expected {b}"
        );
    }
}

pub(crate) fn png(
    (width, height): (u32, u32),
    color: png::ColorType,
    depth: png::BitDepth,
    data: &[u8],
    more: impl FnOnce(&mut png::Encoder<'_, &mut Vec<u8>>),
) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width, height);
    encoder.set_color(color);
    encoder.set_depth(depth);
    more(&mut encoder);
    encoder
        .write_header()
        .unwrap()
        .write_image_data(data)
        .unwrap();
    out
}

/// A TIFF file to be written, of any structure.
#[derive(Clone)]
pub(crate) struct Tiff {
    pub(crate) is_big_endian: bool,
    pub(crate) is_big_tiff: bool,
    /// One list of tags an image, and its strips or tiles.
    pub(crate) images: Vec<(Tags, Vec<Vec<u8>>)>,
}

pub(crate) type Tags = Vec<(u16, Values)>;

#[derive(Clone)]
pub(crate) enum Values {
    Bytes(Vec<u8>),
    Shorts(Vec<u16>),
    Longs(Vec<u32>),
    Floats(Vec<f32>),
}

pub(crate) fn short(value: u16) -> Values {
    Values::Shorts(vec![value])
}

pub(crate) fn long(value: u32) -> Values {
    Values::Longs(vec![value])
}

/// Strips of `rows` rows of an image of `samples` samples of `bits` bits.
pub(crate) fn strips(
    (width, height): (u32, u32),
    (samples, bits): (u16, u16),
    photometric: u16,
    (compression, rows): (u16, u32),
    strips: Vec<Vec<u8>>,
    more: Tags,
) -> Tiff {
    let mut tags = vec![
        (256, long(width)),
        (257, long(height)),
        (258, Values::Shorts(vec![bits; usize::from(samples)])),
        (259, short(compression)),
        (262, short(photometric)),
        (277, short(samples)),
        (278, long(rows)),
    ];
    tags.extend(more);
    Tiff {
        is_big_endian: false,
        is_big_tiff: false,
        images: vec![(tags, strips)],
    }
}

impl Tiff {
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend(if self.is_big_endian { b"MM" } else { b"II" });
        if self.is_big_tiff {
            out.extend(self.number(43, 2));
            out.extend(self.number(8, 2));
            out.extend(self.number(0, 2));
        } else {
            out.extend(self.number(42, 2));
        }
        let word = if self.is_big_tiff { 8 } else { 4 };
        let mut link = out.len();
        out.extend(self.number(0, word));
        for (tags, chunks) in &self.images {
            let mut offsets = Vec::new();
            for chunk in chunks {
                offsets.push(u32::try_from(out.len()).unwrap());
                out.extend_from_slice(chunk);
            }
            let lengths = chunks
                .iter()
                .map(|chunk| u32::try_from(chunk.len()).unwrap())
                .collect();
            let is_tiled = tags.iter().any(|(tag, _)| *tag == 322);
            let mut tags = tags.clone();
            tags.push((if is_tiled { 324 } else { 273 }, Values::Longs(offsets)));
            tags.push((if is_tiled { 325 } else { 279 }, Values::Longs(lengths)));
            tags.sort_by_key(|(tag, _)| *tag);
            let mut entries = Vec::new();
            for (tag, values) in &tags {
                let (kind, count, mut bytes) = self.values(values);
                entries.extend(self.number(u64::from(*tag), 2));
                entries.extend(self.number(kind, 2));
                entries.extend(self.number(count as u64, word));
                if bytes.len() <= word {
                    bytes.resize(word, 0);
                    entries.extend(bytes);
                } else {
                    entries.extend(self.number(out.len() as u64, word));
                    out.extend(bytes);
                }
            }
            let at = self.number(out.len() as u64, word);
            out[link..link + word].copy_from_slice(&at);
            out.extend(self.number(tags.len() as u64, if self.is_big_tiff { 8 } else { 2 }));
            out.extend(entries);
            link = out.len();
            out.extend(self.number(0, word));
        }
        out
    }

    fn number(&self, value: u64, size: usize) -> Vec<u8> {
        if self.is_big_endian {
            value.to_be_bytes()[8 - size..].to_vec()
        } else {
            value.to_le_bytes()[..size].to_vec()
        }
    }

    fn values(&self, values: &Values) -> (u64, usize, Vec<u8>) {
        match values {
            Values::Bytes(values) => (1, values.len(), values.clone()),
            Values::Shorts(values) => {
                let bytes = values.iter().flat_map(|v| self.number(u64::from(*v), 2));
                (3, values.len(), bytes.collect())
            }
            Values::Longs(values) => {
                let bytes = values.iter().flat_map(|v| self.number(u64::from(*v), 4));
                (4, values.len(), bytes.collect())
            }
            Values::Floats(values) => {
                let bytes = values
                    .iter()
                    .flat_map(|v| self.number(u64::from(v.to_bits()), 4));
                (11, values.len(), bytes.collect())
            }
        }
    }
}

/// Rows of numbers of `bits` bits each, from the highest bit of the first byte.
pub(crate) fn pack(rows: &[u32], per_row: usize, bits: u32) -> Vec<u8> {
    let mut out = Vec::new();
    for row in rows.chunks(per_row) {
        let (mut held, mut count) = (0_u64, 0);
        for value in row {
            held = held << bits | u64::from(*value);
            count += bits;
            while count >= 8 {
                count -= 8;
                out.push(u8::try_from(held >> count & 0xff).unwrap());
            }
        }
        if count > 0 {
            out.push(u8::try_from(held << (8 - count) & 0xff).unwrap());
        }
    }
    out
}

/// By the encoder of the `tiff` crate.
pub(crate) fn encoded_tiff(
    size: (u32, u32),
    compression: tiff::encoder::Compression,
    predictor: tiff::encoder::Predictor,
) -> Vec<u8> {
    use tiff::encoder::{TiffEncoder, colortype};
    let mut bytes = Cursor::new(Vec::new());
    TiffEncoder::new(&mut bytes)
        .unwrap()
        .with_compression(compression)
        .with_predictor(predictor)
        .write_image::<colortype::RGB8>(size.0, size.1, &rgb(size))
        .unwrap();
    bytes.into_inner()
}

pub(crate) fn webp(
    size: (u32, u32),
    color: image_webp::ColorType,
    data: &[u8],
    exif: &[u8],
) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = image_webp::WebPEncoder::new(&mut out);
    if !exif.is_empty() {
        encoder.set_exif_metadata(exif.to_vec());
    }
    encoder.encode(data, size.0, size.1, color).unwrap();
    out
}

/// A GIF whose frame lies at 2, 1 of its screen; colour 0 is transparent.
pub(crate) fn gif(indexes: &[u8], (width, height): (u16, u16), palette: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = gif::Encoder::new(&mut out, width + 4, height + 3, palette).unwrap();
    let mut frame = gif::Frame::from_indexed_pixels(width, height, indexes.to_vec(), Some(0));
    (frame.left, frame.top) = (2, 1);
    encoder.write_frame(&frame).unwrap();
    drop(encoder);
    out
}

/// Exif that says `orientation`.
pub(crate) fn exif(orientation: u8) -> Vec<u8> {
    let mut block = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x01\0\0\0\0\0\0\0".to_vec();
    block[18] = orientation;
    block
}

/// The check of a PNG chunk (PNG, annex D).
pub(crate) fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            if sum & 1 == 1 {
                sum >> 1 ^ 0xedb8_8320
            } else {
                sum >> 1
            }
        })
    })
}
