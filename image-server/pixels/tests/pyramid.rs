//! Sources become pyramids, and pyramids answer requests with the right pixels.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs::File;
use std::io::{Cursor, Seek, Write};

use acervo_pixels::source::{ColorPolicy, Limits, Source, SourceError};
use acervo_pixels::{Plan, TILE, build_pyramid, plan, render};
use iiif_spec::{ImageRequest, Rules, Source as Asked, Version, evaluate};
use jpeg_blocks::restart_interval;
use tiff_pyramid::{Pyramid, Samples, TileAt};
use zune_jpeg::JpegDecoder;

/// Smooth, and different in every direction and colour, so that JPEG keeps it and swaps show.
fn pixel(x: u32, y: u32, width: u32, height: u32) -> [u8; 3] {
    let share = |at: u32, of: u32| u8::try_from(at * 255 / of.max(1)).unwrap();
    [
        share(x, width),
        share(y, height),
        255 - share(x + y, width + height),
    ]
}

fn rgb(width: u32, height: u32) -> Vec<u8> {
    (0..height)
        .flat_map(|y| (0..width).flat_map(move |x| pixel(x, y, width, height)))
        .collect()
}

fn gray(width: u32, height: u32) -> Vec<u8> {
    (0..height)
        .flat_map(|y| (0..width).map(move |x| pixel(x, y, width, height)[0]))
        .collect()
}

fn png(
    width: u32,
    height: u32,
    color: png::ColorType,
    depth: png::BitDepth,
    data: &[u8],
) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width, height);
    encoder.set_color(color);
    encoder.set_depth(depth);
    encoder
        .write_header()
        .unwrap()
        .write_image_data(data)
        .unwrap();
    out
}

fn source(bytes: &[u8]) -> Source {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    Source::open(file).unwrap()
}

fn pyramid_of(source: &Source, page: usize) -> (Vec<u8>, Pyramid) {
    let mut rows = source
        .rows(page, &Limits::default(), ColorPolicy::ToSrgb)
        .unwrap();
    let file = build_pyramid(rows.as_mut(), Cursor::new(Vec::new()))
        .unwrap()
        .out
        .into_inner();
    let pyramid = Pyramid::open(file.as_slice(), file.len() as u64).unwrap();
    (file, pyramid)
}

fn pyramid(bytes: &[u8]) -> (Vec<u8>, Pyramid) {
    pyramid_of(&source(bytes), 0)
}

fn color_pyramid(width: u32, height: u32) -> (Vec<u8>, Pyramid) {
    let data = rgb(width, height);
    pyramid(&png(
        width,
        height,
        png::ColorType::Rgb,
        png::BitDepth::Eight,
        &data,
    ))
}

fn planned(pyramid: &Pyramid, version: Version, request: &str) -> Plan {
    let parts: Vec<&str> = request.split('/').collect();
    let request = ImageRequest::parse(version, parts[0], parts[1], parts[2], parts[3]).unwrap();
    let full = pyramid.layout().full();
    let asked = Asked {
        width: full.width,
        height: full.height,
        gray: pyramid.samples() == Samples::Gray,
    };
    let wanted = evaluate(&request, &asked, &Rules::default()).unwrap();
    plan(&wanted, pyramid.layout(), pyramid.samples())
}

/// The answer's pixels, as RGB.
fn answer(file: &[u8], pyramid: &Pyramid, request: &str) -> (u32, u32, Vec<[u8; 3]>) {
    let bytes = match planned(pyramid, Version::V3, request) {
        Plan::Stored(at) => {
            let span = pyramid.tile(at).unwrap();
            let start = usize::try_from(span.offset).unwrap();
            file[start..start + span.length as usize].to_vec()
        }
        Plan::Render(recipe) => render(&recipe, pyramid, file).unwrap(),
    };
    if request.ends_with("png") {
        let mut decoder = png::Decoder::new(Cursor::new(bytes));
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info().unwrap();
        let mut data = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut data).unwrap();
        let pixels = match frame.color_type {
            png::ColorType::Grayscale => data.iter().map(|v| [*v; 3]).collect(),
            _ => data.chunks_exact(3).map(|p| [p[0], p[1], p[2]]).collect(),
        };
        return (frame.width, frame.height, pixels);
    }
    let mut decoder = JpegDecoder::new(Cursor::new(bytes.as_slice()));
    let data = decoder.decode().unwrap();
    let info = decoder.info().unwrap();
    let size = data.len() / (usize::from(info.width) * usize::from(info.height));
    let pixels = data.chunks_exact(size).map(|p| {
        if size == 1 {
            [p[0]; 3]
        } else {
            [p[0], p[1], p[2]]
        }
    });
    (
        u32::from(info.width),
        u32::from(info.height),
        pixels.collect(),
    )
}

#[track_caller]
fn assert_near(what: &str, got: [u8; 3], expected: [u8; 3]) {
    let near = got.iter().zip(&expected).all(|(a, b)| a.abs_diff(*b) <= 10);
    assert!(near, "{what}: {got:?}, expected about {expected:?}");
}

#[test]
fn every_tile_and_level_that_viewers_ask_for_is_stored_edges_included() {
    for (width, height) in [
        (1300, 700),
        (1025, 1024),
        (513, 2049),
        (300, 200),
        (512, 512),
        (1, 1),
    ] {
        let (_, pyramid) = color_pyramid(width, height);
        for (level, size) in pyramid.layout().levels().iter().enumerate() {
            let scale = 1 << level;
            for row in 0..size.rows() {
                for column in 0..size.columns() {
                    let (x, y) = (column * TILE * scale, row * TILE * scale);
                    let (w, h) = (
                        (TILE * scale).min(width - x),
                        (TILE * scale).min(height - y),
                    );
                    let (tw, th) = (w.div_ceil(scale), h.div_ceil(scale));
                    let expected = Plan::Stored(TileAt { level, column, row });
                    for (version, request) in [
                        (
                            Version::V3,
                            format!("{x},{y},{w},{h}/{tw},{th}/0/default.jpg"),
                        ),
                        (
                            Version::V3,
                            format!("{x},{y},{w},{h}/{tw},{th}/0/color.jpg"),
                        ),
                        (
                            Version::V2,
                            format!("{x},{y},{w},{h}/{tw},{th}/0/default.jpg"),
                        ),
                    ] {
                        let plan = planned(&pyramid, version, &request);
                        assert_eq!(plan, expected, "{width}×{height} {version:?} {request}");
                    }
                }
            }
            if size.columns() * size.rows() == 1 {
                let request = format!("full/{},{}/0/default.jpg", size.width, size.height);
                let expected = Plan::Stored(TileAt {
                    level,
                    column: 0,
                    row: 0,
                });
                assert_eq!(
                    planned(&pyramid, Version::V3, &request),
                    expected,
                    "{request}"
                );
            }
        }
    }
}

#[test]
fn a_part_of_a_stored_tile_can_be_decoded_by_itself() {
    let (file, pyramid) = color_pyramid(1300, 700);
    for (level, size) in pyramid.layout().levels().iter().enumerate() {
        for (column, row) in [(0, 0), (size.columns() - 1, size.rows() - 1)] {
            let at = TileAt { level, column, row };
            let span = pyramid.tile(at).unwrap();
            let tile = &file[span.offset as usize..][..span.length as usize];
            let interval = restart_interval(size.visible(column, row).0, 16);
            let told = [&[0xff, 0xdd, 0, 4], &interval.to_be_bytes()[..]].concat();
            assert!(tile.windows(6).any(|bytes| bytes == told), "{at:?}");
        }
    }
}

#[test]
fn whatever_changes_pixels_is_not_answered_with_a_stored_tile() {
    let (_, pyramid) = color_pyramid(1024, 512);
    for request in [
        "0,0,512,512/512,512/0/gray.jpg",
        "0,0,512,512/512,512/0/bitonal.jpg",
        "0,0,512,512/512,512/0/default.png",
        "0,0,512,512/512,512/90/default.jpg",
        "0,0,512,512/512,512/!0/default.jpg",
        "0,0,512,512/511,511/0/default.jpg",
        "1,0,512,512/512,512/0/default.jpg",
        "0,0,511,512/511,512/0/default.jpg",
        "full/max/0/default.jpg",
    ] {
        let plan = planned(&pyramid, Version::V3, request);
        assert!(matches!(plan, Plan::Render(_)), "{request}: {plan:?}");
    }
}

#[test]
fn a_request_shows_the_pixels_it_names() {
    let (width, height) = (1300, 900);
    let (file, pyramid) = color_pyramid(width, height);
    for (request, size, places) in [
        (
            "0,0,512,512/512,512/0/default.jpg",
            (512, 512),
            [((10, 500), (10, 500)), ((500, 9), (500, 9))],
        ),
        (
            "1024,512,276,388/276,388/0/default.jpg",
            (276, 388),
            [((0, 0), (1024, 512)), ((275, 387), (1299, 899))],
        ),
        (
            "full/650,450/0/default.png",
            (650, 450),
            [((0, 0), (0, 0)), ((600, 100), (1200, 200))],
        ),
        (
            "100,200,1000,600/333,200/0/default.png",
            (333, 200),
            [((0, 0), (101, 201)), ((300, 100), (1001, 501))],
        ),
        (
            "100,200,300,400/max/90/default.png",
            (400, 300),
            [((0, 0), (100, 599)), ((399, 299), (399, 200))],
        ),
        (
            "100,200,300,400/max/180/default.png",
            (300, 400),
            [((0, 0), (399, 599)), ((10, 0), (389, 599))],
        ),
        (
            "100,200,300,400/max/270/default.png",
            (400, 300),
            [((0, 0), (399, 200)), ((399, 299), (100, 599))],
        ),
        (
            "100,200,300,400/max/!0/default.png",
            (300, 400),
            [((0, 0), (399, 200)), ((299, 399), (100, 599))],
        ),
        (
            "100,200,300,400/max/!90/default.png",
            (400, 300),
            [((0, 0), (399, 599)), ((399, 299), (100, 200))],
        ),
    ] {
        let (w, h, pixels) = answer(&file, &pyramid, request);
        assert_eq!((w, h), size, "{request}");
        for ((x, y), (from_x, from_y)) in places {
            let got = pixels[(y * w + x) as usize];
            assert_near(
                &format!("{request} at {x},{y}"),
                got,
                pixel(from_x, from_y, width, height),
            );
        }
    }
}

#[test]
fn gray_and_bitonal_leave_no_colour() {
    let (file, pyramid) = color_pyramid(600, 400);
    let (_, _, gray) = answer(&file, &pyramid, "full/300,200/0/gray.png");
    assert!(gray.iter().all(|[r, g, b]| r == g && g == b));
    let (_, _, bitonal) = answer(&file, &pyramid, "full/300,200/0/bitonal.png");
    assert!(bitonal.iter().all(|[r, ..]| *r == 0 || *r == 255));
    assert!(bitonal.iter().any(|[r, ..]| *r == 0) && bitonal.iter().any(|[r, ..]| *r == 255));
}

#[test]
fn png_of_every_kind_gives_the_same_picture() {
    let (width, height) = (70, 50);
    let rgba: Vec<u8> = rgb(width, height)
        .chunks(3)
        .flat_map(|p| [p[0], p[1], p[2], 255])
        .collect();
    let deep: Vec<u8> = rgb(width, height).iter().flat_map(|v| [*v, 7]).collect();
    for (what, color, depth, data, samples) in [
        (
            "rgb",
            png::ColorType::Rgb,
            png::BitDepth::Eight,
            rgb(width, height),
            Samples::Color,
        ),
        (
            "rgba",
            png::ColorType::Rgba,
            png::BitDepth::Eight,
            rgba,
            Samples::Color,
        ),
        (
            "rgb16",
            png::ColorType::Rgb,
            png::BitDepth::Sixteen,
            deep,
            Samples::Color,
        ),
        (
            "gray",
            png::ColorType::Grayscale,
            png::BitDepth::Eight,
            gray(width, height),
            Samples::Gray,
        ),
    ] {
        let (file, pyramid) = pyramid(&png(width, height, color, depth, &data));
        assert_eq!(pyramid.samples(), samples, "{what}");
        let (_, _, pixels) = answer(&file, &pyramid, "full/max/0/default.png");
        for (x, y) in [(0, 0), (69, 0), (0, 49), (35, 25)] {
            let [r, g, b] = pixel(x, y, width, height);
            let expected = if samples == Samples::Gray {
                [r; 3]
            } else {
                [r, g, b]
            };
            assert_near(
                &format!("{what} {x},{y}"),
                pixels[(y * width + x) as usize],
                expected,
            );
        }
    }
}

#[test]
fn transparent_pixels_lie_on_white_paper() {
    let data: Vec<u8> = [[0, 0, 0, 0], [0, 0, 0, 128]]
        .iter()
        .flat_map(|p| p.repeat(32 * 16))
        .collect();
    let (file, pyramid) = pyramid(&png(
        32,
        32,
        png::ColorType::Rgba,
        png::BitDepth::Eight,
        &data,
    ));
    let (_, _, pixels) = answer(&file, &pyramid, "full/max/0/default.png");
    assert_near("transparent", pixels[0], [255; 3]);
    assert_near("half", pixels[32 * 31], [127; 3]);
}

#[test]
fn tiff_of_several_pages_kinds_and_compressions_gives_its_pictures() {
    use tiff::encoder::{Compression, TiffEncoder, colortype};
    let (width, height) = (90, 40);
    let mut bytes = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut bytes).unwrap();
    let deep: Vec<u16> = gray(width, height)
        .iter()
        .map(|v| u16::from(*v) << 8)
        .collect();
    encoder = encoder.with_compression(Compression::Lzw);
    encoder
        .write_image::<colortype::RGB8>(width, height, &rgb(width, height))
        .unwrap();
    encoder
        .write_image::<colortype::Gray16>(width, height, &deep)
        .unwrap();
    let mut encoder = encoder.with_compression(Compression::Uncompressed);
    encoder
        .write_image::<colortype::Gray8>(width, height, &gray(width, height))
        .unwrap();
    let source = source(bytes.get_ref());
    assert_eq!(source.pages(), 3);
    for (page, samples) in [(0, Samples::Color), (1, Samples::Gray), (2, Samples::Gray)] {
        let (file, pyramid) = pyramid_of(&source, page);
        assert_eq!(pyramid.samples(), samples, "page {page}");
        let (_, _, pixels) = answer(&file, &pyramid, "full/max/0/default.png");
        for (x, y) in [(0, 0), (89, 39), (45, 20)] {
            let [r, g, b] = pixel(x, y, width, height);
            let expected = if samples == Samples::Gray {
                [r; 3]
            } else {
                [r, g, b]
            };
            assert_near(
                &format!("page {page} {x},{y}"),
                pixels[(y * width + x) as usize],
                expected,
            );
        }
    }
    assert!(matches!(
        source.rows(3, &Limits::default(), ColorPolicy::ToSrgb),
        Err(SourceError::Damaged(_))
    ));
}

#[test]
fn an_image_over_a_limit_is_refused_from_its_header() {
    let bytes = png(
        400,
        300,
        png::ColorType::Rgb,
        png::BitDepth::Eight,
        &rgb(400, 300),
    );
    let few_pixels = Limits::new(1000, 1 << 30);
    let little_memory = Limits::new(1_000_000, 10_000);
    let source = source(&bytes);
    assert!(matches!(
        source.rows(0, &few_pixels, ColorPolicy::ToSrgb),
        Err(SourceError::Pixels { .. })
    ));
    assert!(matches!(
        source.rows(0, &little_memory, ColorPolicy::ToSrgb),
        Err(SourceError::Memory { .. })
    ));
}

#[test]
fn what_is_no_image_is_named() {
    let open = |bytes: &[u8]| {
        let mut file: File = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.rewind().unwrap();
        Source::open(file).unwrap_err()
    };
    assert!(matches!(open(b""), SourceError::Empty));
    assert!(matches!(open(b"Querido lector"), SourceError::NotAnImage));
    assert!(matches!(
        open(b"II*\0"),
        SourceError::Damaged(_) | SourceError::Io(_)
    ));
}
