//! Every format gives the pixels that were put into it.
use crate::support::{
    SIZE, Tiff, Values, assert_is, assert_same, crc, encoded_tiff, exif, gif, gray, long, pack,
    pixel, places, png, read, read_with, rgb, short, source, strips, webp,
};
use acervo_pixels::source::{ColorPolicy, Limits, SourceError, identify};
use tiff::encoder::{Compression, Predictor};
use tiff_pyramid::Samples;

const GRAY: u16 = 1;
const RGB: u16 = 2;

fn gray_strips(bits: u16, data: Vec<u8>, more: Vec<(u16, Values)>) -> Tiff {
    strips(SIZE, (1, bits), GRAY, (1, SIZE.1), vec![data], more)
}

fn rgb_strips(bits: u16, data: Vec<u8>) -> Tiff {
    strips(SIZE, (3, bits), RGB, (1, SIZE.1), vec![data], Vec::new())
}

/// Each sample of a picture of `channels`, as a number of `bits` bits, and what it is of 255.
fn scaled(data: &[u8], bits: u32) -> (Vec<u32>, Vec<u8>) {
    let most = (1_u64 << bits) - 1;
    data.iter()
        .map(|value| {
            let value = (u64::from(*value) * most + 127) / 255;
            let back = (value * 255 * 2 + most) / (most * 2);
            (u32::try_from(value).unwrap(), u8::try_from(back).unwrap())
        })
        .unzip()
}

#[test]
fn png_of_every_depth_and_colour_is_read() {
    use png::{BitDepth, ColorType};
    for (depth, bits) in [
        (BitDepth::One, 1),
        (BitDepth::Two, 2),
        (BitDepth::Four, 4),
        (BitDepth::Eight, 8),
        (BitDepth::Sixteen, 16),
    ] {
        let (numbers, expected) = scaled(&gray(SIZE), bits);
        let data = pack(&numbers, SIZE.0 as usize, bits);
        let file = png(SIZE, ColorType::Grayscale, depth, &data, |_| {});
        assert_is(&format!("grey of {bits} bits"), &file, &expected, 0);
        if bits <= 8 {
            let colors = 1_usize << bits;
            let palette: Vec<u8> = (0..colors)
                .flat_map(|at| pixel(u32::try_from(at).unwrap(), 7))
                .collect();
            let indexes: Vec<u32> = places(SIZE).map(|(x, y)| (x + y) % (1 << bits)).collect();
            let expected: Vec<u8> = indexes.iter().flat_map(|index| pixel(*index, 7)).collect();
            let data = pack(&indexes, SIZE.0 as usize, bits);
            let file = png(SIZE, ColorType::Indexed, depth, &data, |encoder| {
                encoder.set_palette(palette);
            });
            assert_is(&format!("palette of {bits} bits"), &file, &expected, 0);
        }
    }
    let deep: Vec<u8> = rgb(SIZE).iter().flat_map(|v| [*v, 0x90]).collect();
    let rounded: Vec<u8> = rgb(SIZE)
        .iter()
        .map(|v| {
            let word = u32::from(*v) << 8 | 0x90;
            u8::try_from((word * 255 + 32_767) / 65_535).unwrap()
        })
        .collect();
    let file = png(SIZE, ColorType::Rgb, BitDepth::Sixteen, &deep, |_| {});
    assert_is("16 bits are rounded, not cut", &file, &rounded, 0);
}

#[test]
fn tiff_of_every_number_of_bits_is_scaled_to_the_whole_range() {
    for bits in (1..=16).chain([24, 32]) {
        for is_big_endian in [false, true] {
            let (numbers, expected) = scaled(&rgb(SIZE), bits);
            // Numbers of whole bytes are in the byte order of the file; others are packed.
            let data = match (bits, is_big_endian) {
                (16, false) => numbers
                    .iter()
                    .flat_map(|n| n.to_le_bytes()[..2].to_vec())
                    .collect(),
                (24, false) => numbers
                    .iter()
                    .flat_map(|n| n.to_le_bytes()[..3].to_vec())
                    .collect(),
                (32, false) => numbers.iter().flat_map(|n| n.to_le_bytes()).collect(),
                _ => pack(&numbers, SIZE.0 as usize * 3, bits),
            };
            let mut file = rgb_strips(u16::try_from(bits).unwrap(), data);
            file.is_big_endian = is_big_endian;
            let tolerance = u8::from(bits > 8 && bits < 16);
            assert_is(&format!("{bits} bits"), &file.write(), &expected, tolerance);
        }
    }
}

#[test]
fn tiff_of_floating_point_is_scaled_and_refused_where_its_scale_is_unknown() {
    let float = |scale: f32| -> Vec<u8> {
        let values = gray(SIZE);
        let values = values.iter().map(|v| f32::from(*v) / 255.0 * scale);
        values.flat_map(f32::to_le_bytes).collect()
    };
    let format = (339, short(3));
    let file = gray_strips(32, float(1.0), vec![format.clone()]);
    assert_is("0 to 1", &file.write(), &gray(SIZE), 0);
    let range = vec![
        format.clone(),
        (340, Values::Floats(vec![0.0])),
        (341, Values::Floats(vec![1000.0])),
    ];
    let file = gray_strips(32, float(1000.0), range);
    assert_is("0 to 1000, as it says", &file.write(), &gray(SIZE), 0);
    let file = gray_strips(32, float(255.0), vec![format]);
    let refused = read(&file.write()).err();
    assert!(
        matches!(refused, Some(SourceError::Unsupported(_))),
        "{refused:?}"
    );
}

#[test]
fn tiff_of_every_compression_is_read() {
    let bits = |value: u8| value > 100;
    let packed = |invert: bool| -> Vec<u8> {
        let ones: Vec<u32> = gray(SIZE)
            .iter()
            .map(|v| u32::from(bits(*v) != invert))
            .collect();
        pack(&ones, SIZE.0 as usize, 1)
    };
    let bilevel: Vec<u8> = gray(SIZE)
        .iter()
        .map(|v| if bits(*v) { 255 } else { 0 })
        .collect();
    for (name, compression) in [
        ("none", Compression::Uncompressed),
        ("LZW", Compression::Lzw),
        (
            "Deflate",
            Compression::Deflate(tiff::encoder::DeflateLevel::Balanced),
        ),
        ("PackBits", Compression::Packbits),
    ] {
        let is_predicted = matches!(name, "LZW" | "Deflate");
        for predictor in [Predictor::None, Predictor::Horizontal] {
            if predictor == Predictor::Horizontal && !is_predicted {
                continue;
            }
            let file = encoded_tiff(SIZE, compression, predictor);
            assert_is(&format!("{name} {predictor:?}"), &file, &rgb(SIZE), 0);
        }
    }
    let mut encoder = fax::encoder::Encoder::new(fax::VecWriter::new());
    for row in gray(SIZE).chunks(SIZE.0 as usize) {
        let colors = row.iter().map(|v| {
            if bits(*v) {
                fax::Color::White
            } else {
                fax::Color::Black
            }
        });
        encoder
            .encode_line(colors, u16::try_from(SIZE.0).unwrap())
            .unwrap();
    }
    let data = encoder.finish().unwrap().finish();
    let fax = strips(SIZE, (1, 1), 0, (4, SIZE.1), vec![data.clone()], Vec::new());
    assert_is("CCITT Group 4", &fax.write(), &bilevel, 0);
    let reversed = data.iter().map(|byte| byte.reverse_bits()).collect();
    let fax = strips(
        SIZE,
        (1, 1),
        0,
        (4, SIZE.1),
        vec![reversed],
        vec![(266, short(2))],
    );
    assert_is("the lowest bit first", &fax.write(), &bilevel, 0);
    let white_is_zero = strips(SIZE, (1, 1), 0, (1, SIZE.1), vec![packed(true)], Vec::new());
    assert_is("white is zero", &white_is_zero.write(), &bilevel, 0);
    for compression in [2, 3, 6, 34_712, 50_000, 50_001] {
        let file = strips(
            SIZE,
            (1, 1),
            0,
            (compression, SIZE.1),
            vec![data.clone()],
            Vec::new(),
        );
        let refused = read(&file.write()).err();
        assert!(
            matches!(refused, Some(SourceError::Unsupported(_))),
            "compression {compression}: {refused:?}"
        );
    }
}

/// Whole tiles of an image, padded.
fn tiles(data: &[u8], size: (u32, u32), channels: usize, side: usize) -> Vec<Vec<u8>> {
    let (width, height) = (size.0 as usize, size.1 as usize);
    let mut tiles = Vec::new();
    for top in (0..height).step_by(side) {
        for left in (0..width).step_by(side) {
            let mut tile = vec![0x55; side * side * channels];
            for y in top..height.min(top + side) {
                for x in left..width.min(left + side) {
                    let from = (y * width + x) * channels;
                    let to = ((y - top) * side + x - left) * channels;
                    tile[to..to + channels].copy_from_slice(&data[from..from + channels]);
                }
            }
            tiles.push(tile);
        }
    }
    tiles
}

fn of_tiles(mut tiff: Tiff, side: u16, tiles: Vec<Vec<u8>>) -> Tiff {
    let (tags, chunks) = &mut tiff.images[0];
    tags.retain(|(tag, _)| *tag != 278);
    tags.extend([(322, short(side)), (323, short(side))]);
    *chunks = tiles;
    tiff
}

#[test]
fn tiff_in_strips_tiles_planes_and_big_files_is_the_same_picture() {
    let data = rgb(SIZE);
    let plain = rgb_strips(8, data.clone());
    let row = SIZE.0 as usize * 3;
    for rows in [1, 7, 16, 44, 45] {
        let chunks = data
            .chunks(row * rows as usize)
            .map(<[u8]>::to_vec)
            .collect();
        let file = strips(SIZE, (3, 8), RGB, (1, rows), chunks, Vec::new());
        assert_is(&format!("strips of {rows} rows"), &file.write(), &data, 0);
    }
    for side in [16, 48, 128] {
        let tiled = of_tiles(
            plain.clone(),
            side,
            tiles(&data, SIZE, 3, usize::from(side)),
        );
        assert_is(&format!("tiles of {side}"), &tiled.write(), &data, 0);
        let big = Tiff {
            is_big_tiff: true,
            is_big_endian: true,
            ..tiled
        };
        assert_is(&format!("BigTIFF, tiles of {side}"), &big.write(), &data, 0);
    }
    let planes: Vec<Vec<u8>> = (0..3)
        .map(|at| data.iter().skip(at).step_by(3).copied().collect())
        .collect();
    let rows = 10;
    let chunks = planes
        .iter()
        .flat_map(|plane| plane.chunks(SIZE.0 as usize * rows).map(<[u8]>::to_vec))
        .collect();
    let separate = (284, short(2));
    let file = strips(SIZE, (3, 8), RGB, (1, 10), chunks, vec![separate.clone()]);
    assert_is("planes in strips", &file.write(), &data, 0);
    let chunks = planes
        .iter()
        .flat_map(|plane| tiles(plane, SIZE, 1, 32))
        .collect();
    let file = strips(SIZE, (3, 8), RGB, (1, 1), Vec::new(), vec![separate]);
    assert_is(
        "planes in tiles",
        &of_tiles(file, 32, chunks).write(),
        &data,
        0,
    );
}

#[test]
fn a_tall_strip_is_read_row_by_row_and_many_small_ones_side_by_side() {
    let size = (33, 1200);
    let data = rgb(size);
    let deflate = |rows: usize| -> Vec<Vec<u8>> {
        let strips = data.chunks(size.0 as usize * 3 * rows);
        strips
            .map(|strip| {
                use std::io::Write;
                let mut encoder =
                    flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
                encoder.write_all(strip).unwrap();
                encoder.finish().unwrap()
            })
            .collect()
    };
    for rows in [1200, 700, 257, 256, 100, 1] {
        let chunks = deflate(usize::try_from(rows).unwrap());
        let file = strips(size, (3, 8), RGB, (8, rows), chunks, Vec::new());
        assert_is(&format!("strips of {rows} rows"), &file.write(), &data, 0);
    }
}

#[test]
fn tiff_with_jpeg_inside_is_read_in_ycbcr_and_in_rgb() {
    let size = (64, 48);
    let smooth: Vec<u8> = places(size)
        .flat_map(|(x, y)| [x * 3, y * 4, 255 - x * 2].map(|v| u8::try_from(v).unwrap()))
        .collect();
    let jpeg = |data: &[u8], format| {
        turbojpeg::compress(
            turbojpeg::Image {
                pixels: data,
                width: 64,
                pitch: data.len() / 48,
                height: 48,
                format,
            },
            95,
            if format == turbojpeg::PixelFormat::GRAY {
                turbojpeg::Subsamp::Gray
            } else {
                turbojpeg::Subsamp::None
            },
        )
        .unwrap()
        .to_vec()
    };
    let whole = jpeg(&smooth, turbojpeg::PixelFormat::RGB);
    let file = strips(size, (3, 8), 6, (7, 48), vec![whole.clone()], Vec::new());
    assert_is("YCbCr", &file.write(), &smooth, 6);
    // The same stream in two parts: tables once, and what is left of the image.
    let (mut at, mut tables, mut image) = (2, vec![0xff, 0xd8], vec![0xff, 0xd8]);
    while whole[at + 1] != 0xda {
        let length = 2 + usize::from(u16::from_be_bytes([whole[at + 2], whole[at + 3]]));
        let is_table = matches!(whole[at + 1], 0xdb | 0xc4);
        let part = if is_table { &mut tables } else { &mut image };
        part.extend_from_slice(&whole[at..at + length]);
        at += length;
    }
    image.extend_from_slice(&whole[at..]);
    tables.extend([0xff, 0xd9]);
    let file = strips(
        size,
        (3, 8),
        6,
        (7, 48),
        vec![image],
        vec![(347, Values::Bytes(tables))],
    );
    assert_is("with tables apart", &file.write(), &smooth, 6);
    let grays: Vec<u8> = smooth.iter().step_by(3).copied().collect();
    let file = jpeg(&grays, turbojpeg::PixelFormat::GRAY);
    let file = strips(size, (1, 8), GRAY, (7, 48), vec![file], Vec::new());
    assert_is("grey", &file.write(), &grays, 4);
}

#[test]
fn tiff_of_other_colours_is_shown_rightly_or_refused_by_name() {
    let mut map = vec![0_u16; 768];
    for index in 0..256_u16 {
        let color = pixel(u32::from(index), 9);
        for (at, value) in color.iter().enumerate() {
            map[at * 256 + usize::from(index)] = u16::from(*value) * 257;
        }
    }
    let expected: Vec<u8> = gray(SIZE)
        .iter()
        .flat_map(|index| pixel(u32::from(*index), 9))
        .collect();
    let more = vec![(320, Values::Shorts(map))];
    let palette = strips(SIZE, (1, 8), 3, (1, SIZE.1), vec![gray(SIZE)], more);
    assert_is("palette", &palette.write(), &expected, 0);

    let inks: Vec<u8> = places(SIZE)
        .flat_map(|(x, y)| {
            let [c, m, yellow] = pixel(x, y);
            [c, m, yellow, u8::try_from(x).unwrap()]
        })
        .collect();
    let expected: Vec<u8> = inks
        .as_chunks::<4>()
        .0
        .iter()
        .flat_map(|[c, m, y, k]| {
            [c, m, y].map(|ink| {
                let left = (255 - u32::from(*ink)) * (255 - u32::from(*k));
                u8::try_from((left + 127) / 255).unwrap()
            })
        })
        .collect();
    let cmyk = strips(SIZE, (4, 8), 5, (1, SIZE.1), vec![inks], Vec::new());
    assert_is("CMYK", &cmyk.write(), &expected, 0);

    // The red, grey and blue of sRGB in CIELab of D50, from lcms.
    let lab: Vec<u8> = [[138_u8, 81, 70], [137, 0, 0], [76, 68, 144]].concat();
    let lab = strips((3, 1), (3, 8), 8, (1, 1), vec![lab], Vec::new());
    assert_is(
        "CIELab",
        &lab.write(),
        &[255, 0, 0, 128, 128, 128, 0, 0, 255],
        3,
    );

    let associated = strips(
        (2, 1),
        (4, 8),
        RGB,
        (1, 1),
        vec![vec![10, 20, 30, 155, 0, 0, 0, 0]],
        vec![(338, short(1))],
    );
    assert_is(
        "multiplied by alpha",
        &associated.write(),
        &[110, 120, 130, 255, 255, 255],
        0,
    );
    let unassociated = strips(
        (2, 1),
        (4, 8),
        RGB,
        (1, 1),
        vec![vec![10, 20, 30, 0, 1, 2, 3, 255]],
        vec![(338, short(2))],
    );
    assert_is("alpha", &unassociated.write(), &[255, 255, 255, 1, 2, 3], 0);
    let unspecified = strips(
        (2, 1),
        (4, 8),
        RGB,
        (1, 1),
        vec![vec![10, 20, 30, 0, 1, 2, 3, 255]],
        Vec::new(),
    );
    assert_is(
        "another sample",
        &unspecified.write(),
        &[10, 20, 30, 1, 2, 3],
        0,
    );

    for (name, photometric, samples, more) in [
        ("YCbCr", 6, 3, vec![]),
        ("the sensor of a camera", 32_803, 1, vec![]),
        ("signed numbers", 1, 1, vec![(339, short(2))]),
        ("other inks", 5, 4, vec![(332, short(2))]),
    ] {
        let data = vec![0; (SIZE.0 * SIZE.1) as usize * usize::from(samples)];
        let file = strips(
            SIZE,
            (samples, 8),
            photometric,
            (1, SIZE.1),
            vec![data],
            more,
        );
        let refused = read(&file.write()).err();
        assert!(
            matches!(refused, Some(SourceError::Unsupported(_))),
            "{name}: {refused:?}"
        );
    }
}

#[test]
fn smaller_versions_and_masks_in_a_tiff_are_no_pages() {
    let small: Vec<u8> = vec![7; 35 * 23 * 3];
    let reduced = |kind| {
        strips(
            (35, 23),
            (3, 8),
            RGB,
            (1, 23),
            vec![small.clone()],
            vec![(254, long(kind))],
        )
        .images
        .remove(0)
    };
    let mut file = rgb_strips(8, rgb(SIZE));
    file.images.insert(0, reduced(1));
    file.images.push(reduced(4));
    file.images.push(rgb_strips(8, rgb(SIZE)).images.remove(0));
    let source = source(&file.write()).unwrap();
    assert_eq!(source.pages(), 2);
    for page in 0..2 {
        let picture = read_with(&source, page, &Limits::default(), ColorPolicy::ToSrgb).unwrap();
        assert_same("page", &picture.data, &rgb(SIZE), 0);
    }
    let mut raw = rgb_strips(8, rgb(SIZE));
    raw.images[0].0.extend([(254, long(1)), (330, long(8))]);
    let refused = crate::support::source(&raw.write()).err();
    assert!(
        matches!(refused, Some(SourceError::Unsupported(_))),
        "{refused:?}"
    );
}

#[test]
fn jpeg_2000_webp_and_gif_are_read() {
    assert_is("JPEG 2000", include_bytes!("data/rgb.jp2"), &rgb(SIZE), 0);
    assert_is(
        "16-bit JPEG 2000",
        include_bytes!("data/gray16.jp2"),
        &gray(SIZE),
        0,
    );
    let file = webp(SIZE, image_webp::ColorType::Rgb8, &rgb(SIZE), &[]);
    assert_is("WebP", &file, &rgb(SIZE), 0);
    let half: Vec<u8> = rgb(SIZE)
        .chunks(3)
        .flat_map(|p| [p[0], p[1], p[2], 0])
        .collect();
    let file = webp(SIZE, image_webp::ColorType::Rgba8, &half, &[]);
    assert_is("WebP on white", &file, &vec![255; rgb(SIZE).len()], 0);

    let (width, height) = (20, 10);
    let palette: Vec<u8> = (0..16).flat_map(|at| pixel(at, 3)).collect();
    let indexes: Vec<u8> = (0..width * height)
        .map(|at| u8::try_from(at % 16).unwrap())
        .collect();
    let file = gif(&indexes, (width, height), &palette);
    let mut expected = vec![255; 24 * 13 * 3];
    for (at, index) in indexes.iter().enumerate().filter(|(_, index)| **index != 0) {
        let to = ((at / 20 + 1) * 24 + at % 20 + 2) * 3;
        expected[to..to + 3].copy_from_slice(&pixel(u32::from(*index), 3));
    }
    assert_is("GIF", &file, &expected, 0);
}

/// The pixels of `data` as orientation `value` says that they are to be shown.
fn shown(data: &[u8], value: u8) -> ((u32, u32), Vec<u8>) {
    let (w, h) = SIZE;
    let size = if value > 4 { (h, w) } else { SIZE };
    let pixels = places(size).flat_map(|(x, y)| {
        let (from_x, from_y) = match value {
            2 => (w - 1 - x, y),
            3 => (w - 1 - x, h - 1 - y),
            4 => (x, h - 1 - y),
            5 => (y, x),
            6 => (y, h - 1 - x),
            7 => (w - 1 - y, h - 1 - x),
            8 => (w - 1 - y, x),
            _ => (x, y),
        };
        let at = (from_y * w + from_x) as usize * 3;
        data[at..at + 3].to_vec()
    });
    (size, pixels.collect())
}

#[test]
fn images_are_turned_as_they_say() {
    for value in 1..=8 {
        let mut tiff = rgb_strips(8, rgb(SIZE));
        tiff.images[0].0.push((274, short(u16::from(value))));
        let webp = webp(SIZE, image_webp::ColorType::Rgb8, &rgb(SIZE), &exif(value));
        for (name, file) in [("TIFF", tiff.write()), ("WebP", webp)] {
            let (size, expected) = shown(&rgb(SIZE), value);
            let picture = read(&file).unwrap();
            assert_eq!(picture.size, size, "{name} {value}");
            assert_same(&format!("{name} {value}"), &picture.data, &expected, 0);
        }
    }
}

#[test]
fn what_is_not_read_is_called_by_its_name() {
    for (head, name) in [
        (&b"%PDF-1.7\n"[..], "PDF"),
        (b"8BPS\0\x01", "Photoshop PSD"),
        (b"BM\x36\x10\0\0\0\0\0\0\x36\0", "BMP"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        (b"\0\0\0\x1cftypavif\0\0\0\0", "AVIF"),
        (b"\xff\x0a\x12\x34", "JPEG XL"),
        (b"\0\0\0\x0cJXL \x0d\x0a\x87\x0a", "JPEG XL"),
        (b"II*\0\x10\0\0\0CR\x02\0", "Canon CR2, camera raw"),
        (b"AT&TFORM\0\0\0\0DJVU", "DjVu"),
    ] {
        match identify(head) {
            Err(SourceError::Unsupported(what)) => assert_eq!(what, name),
            other => panic!("{name}: {other:?}"),
        }
    }
    assert!(matches!(
        identify(&b"\0\0\0\x18ftypmp42\0\0\0\0"[..]),
        Err(SourceError::NotAnImage)
    ));
}

#[test]
fn what_needs_more_memory_than_there_is_is_refused_from_its_header() {
    let interlaced = {
        // 30,000 × 30,000 pixels that are decoded as a whole, of which there is nothing but the header.
        let mut file = png(
            (1, 1),
            png::ColorType::Rgb,
            png::BitDepth::Eight,
            &[0; 3],
            |_| {},
        );
        file.splice(16..24, [0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
        file[28] = 1;
        let check = crc(&file[12..29]);
        file.splice(29..33, check.to_be_bytes());
        file
    };
    let mut jp2 = include_bytes!("data/rgb.jp2").to_vec();
    let at = jp2
        .windows(4)
        .position(|w| w == [0xff, 0x4f, 0xff, 0x51])
        .unwrap();
    jp2.splice(at + 8..at + 16, [0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
    for (name, file) in [("PNG", interlaced), ("JPEG 2000", jp2)] {
        let refused = read(&file).err();
        assert!(
            matches!(refused, Some(SourceError::Memory { .. })),
            "{name}: {refused:?}"
        );
    }
}

#[test]
fn grey_pictures_stay_grey() {
    let file = gray_strips(8, gray(SIZE), Vec::new()).write();
    assert_eq!(read(&file).unwrap().samples, Samples::Gray);
    let file = include_bytes!("data/gray16.jp2");
    assert_eq!(read(file).unwrap().samples, Samples::Gray);
}
