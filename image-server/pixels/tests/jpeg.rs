//! Pyramids of JPEG originals lose nothing at full size, or say why they do.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::{Cursor, Seek, Write};

use acervo_pixels::source::{ColorPolicy, Limits, RowReader, Source, SourceError};
use acervo_pixels::{Kept, Recoding, TILE, build_pyramid};
use jpeg_blocks::{Band, Decoder, Encoder, Header, Keep, Rect};
use tiff_pyramid::{Pyramid, Samples, TileAt};
use turbojpeg::{Compressor, PixelFormat, Subsamp};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// Gradients, edges and grain, unlike in every colour.
fn pixel(x: u32, y: u32) -> [u8; 3] {
    let grain = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)) >> 7 & 15;
    let edge = if (x / 23 + y / 31).is_multiple_of(2) {
        60
    } else {
        0
    };
    let byte = |value: u32| u8::try_from(value & 0xff).unwrap();
    [
        byte(x % 150 + edge + grain),
        byte((x / 5 + y / 2) % 200 + grain),
        byte(255 - y % 150 - edge),
    ]
}

/// The first tile of the full image.
const FIRST: TileAt = TileAt {
    level: 0,
    column: 0,
    row: 0,
};

/// How a fixture is stored.
#[derive(Debug, Clone, Copy)]
struct Form {
    sampling: Subsamp,
    progressive: bool,
    quality: i32,
}

fn jpeg(width: u32, height: u32, form: Form) -> Vec<u8> {
    let mut compressor = Compressor::new().unwrap();
    compressor.set_quality(form.quality).unwrap();
    compressor.set_subsamp(form.sampling).unwrap();
    compressor.set_progressive(form.progressive).unwrap();
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let (pixels, format): (Vec<u8>, _) = if form.sampling == Subsamp::Gray {
        (
            places.map(|(x, y)| pixel(x, y)[0]).collect(),
            PixelFormat::GRAY,
        )
    } else {
        (
            places.flat_map(|(x, y)| pixel(x, y)).collect(),
            PixelFormat::RGB,
        )
    };
    let image = turbojpeg::Image {
        pixels: pixels.as_slice(),
        width: width as usize,
        pitch: width as usize * format.size(),
        height: height as usize,
        format,
    };
    compressor.compress_to_vec(image).unwrap()
}

/// The stream with a segment more, after its first two bytes.
fn with_segment(stream: &[u8], marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [
        &stream[..2],
        &[0xff, marker],
        &length,
        content,
        &stream[2..],
    ]
    .concat()
}

fn source(bytes: &[u8]) -> Source {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    Source::open(file).unwrap()
}

fn open(bytes: &[u8], limits: &Limits) -> Result<Box<dyn RowReader>, SourceError> {
    source(bytes).rows(0, limits, ColorPolicy::ToSrgb)
}

/// A pyramid of the file, with the profile of its colours embedded.
fn build_embedded(bytes: &[u8]) -> Made {
    let rows = source(bytes).rows(0, &Limits::default(), ColorPolicy::Embed);
    made(rows.unwrap().as_mut())
}

struct Made {
    file: Vec<u8>,
    pyramid: Pyramid,
    kept: Kept,
}

impl Made {
    /// The cropped tile.
    fn tile(&self, at: TileAt) -> &[u8] {
        let span = self.pyramid.tile(at).unwrap();
        let start = usize::try_from(span.offset).unwrap();
        &self.file[start..start + span.length as usize]
    }
}

fn build(bytes: &[u8]) -> Made {
    build_within(bytes, &Limits::default())
}

fn build_within(bytes: &[u8], limits: &Limits) -> Made {
    made(open(bytes, limits).unwrap().as_mut())
}

fn made(rows: &mut dyn RowReader) -> Made {
    let built = build_pyramid(rows, Cursor::new(Vec::new())).unwrap();
    let file = built.out.into_inner();
    let pyramid = Pyramid::open(file.as_slice(), file.len() as u64).unwrap();
    Made {
        file,
        pyramid,
        kept: built.kept,
    }
}

fn blocks(bytes: &[u8]) -> (Header, Band) {
    let decoder = Decoder::new(bytes, &jpeg_blocks::Limits::default()).unwrap();
    let mut rows = decoder.begin(Keep::Memory).unwrap();
    let mut band = Band::new();
    rows.read(u32::MAX, &mut band).unwrap();
    (rows.header().clone(), band)
}

fn decode(bytes: &[u8], samples: Samples) -> Vec<u8> {
    decode_as(
        bytes,
        match samples {
            Samples::Gray => ColorSpace::Luma,
            Samples::Color => ColorSpace::RGB,
        },
    )
}

/// The luma of each pixel.
fn luma(bytes: &[u8], samples: Samples) -> Vec<u8> {
    match samples {
        Samples::Gray => decode(bytes, samples),
        Samples::Color => {
            let all = decode_as(bytes, ColorSpace::YCbCr);
            all.chunks_exact(3).map(|pixel| pixel[0]).collect()
        }
    }
}

fn decode_as(bytes: &[u8], color: ColorSpace) -> Vec<u8> {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(color);
    let mut decoder = JpegDecoder::new_with_options(Cursor::new(bytes), options);
    decoder.decode().unwrap()
}

const KINDS: [Subsamp; 6] = [
    Subsamp::None,
    Subsamp::Sub2x1,
    Subsamp::Sub2x2,
    Subsamp::Sub1x2,
    Subsamp::Sub4x1,
    Subsamp::Gray,
];

/// Every way to store an original, with a size that has edge tiles.
fn originals() -> impl Iterator<Item = (String, (u32, u32), Vec<u8>)> {
    KINDS.into_iter().flat_map(|sampling| {
        [
            (false, (1300, 1041)),
            (true, (1075, 530)),
            (false, (1024, 512)),
            (true, (45, 31)),
        ]
        .into_iter()
        .map(move |(progressive, size)| {
            let form = Form {
                sampling,
                progressive,
                quality: 90,
            };
            (
                format!("{size:?} {form:?}"),
                size,
                jpeg(size.0, size.1, form),
            )
        })
    })
}

#[test]
fn the_full_image_has_the_coefficients_of_the_original_in_every_tile() {
    for (name, (width, height), original) in originals() {
        let made = build(&original);
        assert_eq!(made.kept, Kept::Coefficients, "{name}");
        let (header, all) = blocks(&original);
        let full = made.pyramid.layout().full();
        for row in 0..height.div_ceil(TILE) {
            for column in 0..width.div_ceil(TILE) {
                let at = TileAt {
                    level: 0,
                    column,
                    row,
                };
                let (tile, cut) = blocks(made.tile(at));
                assert_eq!(
                    (tile.width, tile.height),
                    full.visible(column, row),
                    "{name}"
                );
                assert_eq!(tile.sampling(), header.sampling(), "{name}");
                let parts = cut.components().iter().zip(all.components());
                for ((got, from), component) in parts.zip(&header.components) {
                    let (most_across, most_down) = header.sampling();
                    let left = column * TILE / 8 * u32::from(component.horizontal)
                        / u32::from(most_across);
                    let top = row * TILE / 8 * u32::from(component.vertical) / u32::from(most_down);
                    for y in 0..got.rows() {
                        for x in 0..got.columns() {
                            let expected = from.block(left as usize + x, top as usize + y);
                            assert_eq!(
                                got.block(x, y).coefficients(),
                                expected.coefficients(),
                                "{name} {at:?} {x},{y}"
                            );
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn tiles_have_the_pixels_of_the_original_but_for_chroma_beside_their_borders() {
    for (name, (width, height), original) in originals() {
        let made = build(&original);
        let samples = made.pyramid.samples();
        let channels = if samples == Samples::Gray { 1 } else { 3 };
        let expected = decode(&original, samples);
        let subsampled = made.pyramid.full_subsampling().factors() != (1, 1);
        for row in 0..height.div_ceil(TILE) {
            for column in 0..width.div_ceil(TILE) {
                let level = made.pyramid.layout().full();
                let (w, h) = level.visible(column, row);
                let got = decode(
                    made.tile(TileAt {
                        level: 0,
                        column,
                        row,
                    }),
                    samples,
                );
                // The other decoder blends chroma in groups of rows and columns of its own.
                let margin = if samples == Samples::Gray || !subsampled {
                    0
                } else {
                    2
                };
                for y in margin..h.saturating_sub(margin) {
                    for x in margin..w.saturating_sub(margin) {
                        let at = |x: u32, y: u32, width: u32| ((y * width + x) as usize) * channels;
                        let (a, b) = (at(x, y, w), at(column * TILE + x, row * TILE + y, width));
                        let near = (0..channels).all(|c| got[a + c].abs_diff(expected[b + c]) <= 1);
                        assert!(
                            near,
                            "{name} {column},{row} {x},{y}: {:?} {:?}",
                            &got[a..a + channels],
                            &expected[b..b + channels]
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn smaller_levels_are_the_means_of_the_original() {
    for (name, (width, _), original) in originals() {
        let made = build(&original);
        // In grey, so that it does not matter how chroma is sampled.
        let full = luma(&original, made.pyramid.samples());
        let at = |x: u32, y: u32| u32::from(full[(y * width + x) as usize]);
        for level in 1..made.pyramid.layout().levels().len().min(4) {
            let (w, h) = made.pyramid.layout().levels()[level].visible(0, 0);
            let place = TileAt {
                level,
                column: 0,
                row: 0,
            };
            let tile = luma(made.tile(place), made.pyramid.samples());
            let side = 1u32 << level;
            let (mut sum, mut count) = (0, 0);
            for (x, y) in (0..h - 1).flat_map(|y| (0..w - 1).map(move |x| (x, y))) {
                let pixels = (0..side * side).map(|n| at(x * side + n % side, y * side + n / side));
                let mean = pixels.sum::<u32>() / (side * side);
                sum += u32::from(tile[(y * w + x) as usize]).abs_diff(mean);
                count += 1;
            }
            let mean = f64::from(sum) / f64::from(count);
            assert!(mean < 4.0, "{name} level {level}: {mean}");
        }
    }
}

#[test]
fn the_file_is_a_standard_one() {
    for (name, (width, height), original) in originals() {
        let made = build(&original);
        let mut decoder = tiff::decoder::Decoder::new(Cursor::new(&made.file)).unwrap();
        let samples = made.pyramid.samples();
        let channels = if samples == Samples::Gray { 1 } else { 3 };
        assert_eq!(decoder.dimensions().unwrap(), (width, height), "{name}");
        let factors = decoder.find_tag_unsigned_vec::<u16>(tiff::tags::Tag::ChromaSubsampling);
        let (across, down) = made.pyramid.full_subsampling().factors();
        if samples == Samples::Color {
            let expected = vec![u16::from(across), u16::from(down)];
            assert_eq!(factors.unwrap(), Some(expected), "{name}");
        }
        // The first tile, which has no padding at its left and top.
        let tiff::decoder::DecodingResult::U8(tile) = decoder.read_chunk(0).unwrap() else {
            panic!("{name}: not 8 bits");
        };
        let (w, h) = decoder.chunk_data_dimensions(0);
        // This reader leaves luma and chroma as they are.
        let expected = match samples {
            Samples::Gray => decode(&original, samples),
            Samples::Color => decode_as(&original, ColorSpace::YCbCr),
        };
        let row = w as usize * channels;
        let mut sum = 0;
        for y in 0..h as usize {
            let from = y * width as usize * channels;
            let pairs = tile[y * row..][..row]
                .iter()
                .zip(&expected[from..from + row]);
            sum += pairs.map(|(a, b)| u64::from(a.abs_diff(*b))).sum::<u64>();
        }
        let mean = sum as f64 / (row * h as usize) as f64;
        assert!(mean < 0.5, "{name}: {mean}");
    }
}

#[test]
fn what_cannot_be_kept_is_said_and_shows_the_same_picture() {
    let form = Form {
        sampling: Subsamp::Sub2x2,
        progressive: false,
        quality: 90,
    };
    let plain = jpeg(700, 530, form);
    let whole = jpeg(
        700,
        530,
        Form {
            sampling: Subsamp::None,
            ..form
        },
    );
    // Adobe says that the components are red, green and blue; JFIF must not speak against it.
    let jfif_length = 2 + usize::from(u16::from_be_bytes([plain[4], plain[5]]));
    let without_jfif = [&plain[..2], &plain[2 + jfif_length..]].concat();
    for (bytes, expected) in [
        (
            with_segment(&without_jfif, 0xee, b"Adobe\0\x64\0\0\0\0\0"),
            Recoding::Colors,
        ),
        (sampled_twice(&whole), Recoding::Sampling),
        (with_large_steps(&plain), Recoding::Quantization),
    ] {
        let made = build(&bytes);
        assert_eq!(made.kept, Kept::Recoded(expected));
        assert_eq!(made.pyramid.full_subsampling().factors(), (2, 2));
        let got = decode(made.tile(FIRST), Samples::Color);
        let all = decode(&bytes, Samples::Color);
        let from = all.chunks_exact(700 * 3).take(512);
        let from = from.flat_map(|row| &row[..512 * 3]);
        let sum: u64 = got
            .iter()
            .zip(from)
            .map(|(a, b)| u64::from(a.abs_diff(*b)))
            .sum();
        let mean = sum as f64 / got.len() as f64;
        assert!(mean < 12.0, "{expected:?}: {mean}");
    }
}

#[test]
fn an_original_that_has_to_be_turned_is_encoded_anew() {
    let plain = jpeg(
        700,
        530,
        Form {
            sampling: Subsamp::Sub2x2,
            progressive: false,
            quality: 90,
        },
    );
    for (value, corner) in [(3, (699, 529)), (6, (0, 529))] {
        let exif = [
            b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".as_slice(),
            &[value, 0, 0, 0, 0, 0, 0],
        ];
        let made = build(&with_segment(&plain, 0xe1, &exif.concat()));
        assert_eq!(made.kept, Kept::Recoded(Recoding::Orientation));
        let got = decode(made.tile(FIRST), Samples::Color);
        let all = decode(&plain, Samples::Color);
        let at = (corner.1 * 700 + corner.0) * 3;
        let near = got[..3].iter().zip(&all[at..at + 3]);
        assert!(
            near.into_iter().all(|(a, b)| a.abs_diff(*b) < 40),
            "{value}"
        );
    }
}

#[test]
fn a_profile_that_is_srgb_in_effect_costs_nothing_and_another_is_applied() {
    let plain = jpeg(
        300,
        200,
        Form {
            sampling: Subsamp::Sub2x2,
            progressive: false,
            quality: 90,
        },
    );
    let srgb = lcms2::Profile::new_srgb().icc().unwrap();
    for (profile, expected) in [
        (srgb, Kept::Coefficients),
        (display_p3(), Kept::Recoded(Recoding::Colors)),
    ] {
        let content = [b"ICC_PROFILE\0\x01\x01", profile.as_slice()].concat();
        let made = build(&with_segment(&plain, 0xe2, &content));
        assert_eq!(made.kept, expected);
    }
}

#[test]
fn an_original_of_wide_gamut_loses_nothing_where_its_profile_is_embedded() {
    let profile = display_p3();
    let content = [b"ICC_PROFILE\0\x01\x01", profile.as_slice()].concat();
    let segments = jpeg_blocks::profile_segments(&profile).unwrap();
    for (sampling, progressive) in [(Subsamp::Sub2x2, false), (Subsamp::None, true)] {
        let plain = jpeg(
            700,
            530,
            Form {
                sampling,
                progressive,
                quality: 90,
            },
        );
        let without = build(&plain);
        let with = build_embedded(&with_segment(&plain, 0xe2, &content));
        assert_eq!(with.kept, Kept::Coefficients);
        // The same tiles, but for the profile behind the segment of JFIF.
        for (level, size) in with.pyramid.layout().levels().iter().enumerate() {
            for (column, row) in [(0, 0), (size.columns() - 1, size.rows() - 1)] {
                let at = TileAt { level, column, row };
                let tile = without.tile(at);
                let expected = [&tile[..20], &segments, &tile[20..]].concat();
                assert!(with.tile(at) == expected, "{sampling:?} {at:?}");
            }
        }
    }
}

/// The stream with every component sampled twice across, which is the same picture in another order.
fn sampled_twice(stream: &[u8]) -> Vec<u8> {
    let decoder = Decoder::new(stream, &jpeg_blocks::Limits::default()).unwrap();
    let mut rows = decoder.begin(Keep::Memory).unwrap();
    let mut band = Band::new();
    rows.read(u32::MAX, &mut band).unwrap();
    let mut header = rows.header().clone();
    for component in &mut header.components {
        component.horizontal = 2;
    }
    let all = Rect {
        x: 0,
        y: 0,
        width: header.width,
        height: header.height,
    };
    let encoder = Encoder::new(&header, rows.quantization(), None).unwrap();
    encoder.encode(&band, &all).unwrap()
}

/// The stream as an extended one, with 16-bit steps of quantisation whose last is above 255.
fn with_large_steps(stream: &[u8]) -> Vec<u8> {
    let mut out = stream.to_vec();
    let place = |out: &[u8], code| {
        let mut pairs = out.windows(2);
        pairs.position(|pair| pair == [0xff, code]).unwrap()
    };
    let frame = place(&out, 0xc0);
    out[frame + 1] = 0xc1;
    let table = place(&out, 0xdb);
    let mut content = vec![0xff, 0xdb, 0, 131, 0x10 | out[table + 4]];
    content.extend(
        out[table + 5..table + 69]
            .iter()
            .flat_map(|step| [0, *step]),
    );
    let last = content.len() - 2;
    content[last] = 1;
    out.splice(table..table + 69, content);
    out
}

/// The profile of displays of wide gamut.
fn display_p3() -> Vec<u8> {
    let primaries = lcms2::CIExyYTRIPLE {
        Red: lcms2::CIExyY {
            x: 0.68,
            y: 0.32,
            Y: 1.0,
        },
        Green: lcms2::CIExyY {
            x: 0.265,
            y: 0.69,
            Y: 1.0,
        },
        Blue: lcms2::CIExyY {
            x: 0.15,
            y: 0.06,
            Y: 1.0,
        },
    };
    let white = lcms2::CIExyY {
        x: 0.3127,
        y: 0.329,
        Y: 1.0,
    };
    let curve = lcms2::ToneCurve::new(2.2);
    lcms2::Profile::new_rgb(&white, &primaries, &[&curve, &curve, &curve])
        .unwrap()
        .icc()
        .unwrap()
}

#[test]
fn a_stream_of_several_scans_takes_scratch_where_memory_is_short_and_says_so_where_that_is_not_enough()
 {
    let form = Form {
        sampling: Subsamp::Sub2x2,
        progressive: true,
        quality: 90,
    };
    let original = jpeg(600, 1900, form);
    let expected = build(&original);
    // Its coefficients are 3.4 MiB; building takes more than half of that.
    let (_, full) = blocks(&original);
    drop(full);
    let mut least = 0;
    for memory in (0..400).map(|step| step * (64 << 10)) {
        let limits = Limits::new(10_000_000, memory);
        match open(&original, &limits) {
            Ok(_) => {
                least = memory;
                break;
            }
            Err(SourceError::Memory { need, limit, .. }) => assert!(need > limit),
            Err(other) => panic!("{other}"),
        }
    }
    assert!(least > 0);
    let made = build_within(&original, &Limits::new(10_000_000, least));
    assert!(
        made.file == expected.file,
        "the same bytes, by way of scratch"
    );
}

#[test]
fn a_stream_that_breaks_off_is_damaged_wherever_it_does() {
    for progressive in [false, true] {
        let form = Form {
            sampling: Subsamp::Sub2x2,
            progressive,
            quality: 80,
        };
        let original = jpeg(640, 700, form);
        for share in 1..20 {
            let cut = &original[..original.len() * share / 20];
            let result = open(cut, &Limits::default())
                .map_err(|error| error.to_string())
                .and_then(|mut rows| {
                    build_pyramid(rows.as_mut(), Cursor::new(Vec::new()))
                        .map(drop)
                        .map_err(|error| error.to_string())
                });
            let error = result.unwrap_err();
            assert!(error.starts_with("JPEG: "), "{share}: {error}");
        }
    }
}

#[test]
fn inks_become_colours_and_are_encoded_anew() {
    let (width, height) = (600u32, 40u32);
    let inks: Vec<u8> = (0..height)
        .flat_map(|y| (0..width).flat_map(move |x| [x / 3, y * 3, 40, x / 12]))
        .map(|ink| u8::try_from(ink).unwrap())
        .collect();
    for color in [
        jpeg_encoder::ColorType::Cmyk,
        jpeg_encoder::ColorType::CmykAsYcck,
    ] {
        let mut bytes = Vec::new();
        jpeg_encoder::Encoder::new(&mut bytes, 97)
            .encode(&inks, 600, 40, color)
            .unwrap();
        let made = build(&bytes);
        assert_eq!(made.kept, Kept::Recoded(Recoding::Colors), "{color:?}");
        let tile = decode(made.tile(FIRST), Samples::Color);
        for (x, y) in [(5u32, 5u32), (300, 30), (500, 20)] {
            let at = ((y * 512 + x) * 3) as usize;
            let [c, m, k] = [x / 3, y * 3, x / 12].map(|ink| 255 - ink);
            for (got, left) in tile[at..at + 3].iter().zip([c, m, 215]) {
                let expected = left * k / 255;
                let error = i64::from(*got) - i64::from(expected);
                assert!(error.abs() < 12, "{color:?} {x},{y}: {got} {expected}");
            }
        }
    }
}
