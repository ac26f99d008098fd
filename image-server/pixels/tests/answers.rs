//! What is made shows the pixels it names: in every format, turned by any angle, enlarged, in bands.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::Cursor;

use acervo_pixels::source::{RowReader, SourceError};
use acervo_pixels::{Plan, Stage, build_pyramid, plan, render, render_observed};
use iiif_spec::{ImageRequest, Rules, Source, Version, evaluate};
use tiff_pyramid::{Pyramid, Samples};

/// Smooth, and different in every direction and colour, so that JPEG keeps it and swaps show.
fn color(x: f64, y: f64) -> [f64; 3] {
    [x * 255.0, y * 255.0, 255.0 - (x + y) * 127.0]
}

/// The picture of [`color`], row by row.
struct Picture {
    size: (u32, u32),
    samples: Samples,
    row: u32,
}

impl RowReader for Picture {
    fn size(&self) -> (u32, u32) {
        self.size
    }

    fn samples(&self) -> Samples {
        self.samples
    }

    fn read_rows(&mut self, out: &mut [u8]) -> Result<(), SourceError> {
        let (width, height) = self.size;
        let size = if self.samples == Samples::Gray { 1 } else { 3 };
        let share = |at: u32, of: u32| (f64::from(at) + 0.5) / f64::from(of);
        for row in out.chunks_exact_mut(width as usize * size) {
            let y = share(self.row, height);
            for (x, pixel) in (0..).zip(row.chunks_exact_mut(size)) {
                let color = color(share(x, width), y);
                pixel
                    .iter_mut()
                    .zip(color)
                    .for_each(|(to, value)| *to = value.round() as u8);
            }
            self.row += 1;
        }
        Ok(())
    }
}

fn stored(width: u32, height: u32, samples: Samples) -> (Vec<u8>, Pyramid) {
    let mut picture = Picture {
        size: (width, height),
        samples,
        row: 0,
    };
    let file = build_pyramid(&mut picture, Cursor::new(Vec::new()))
        .unwrap()
        .out
        .into_inner();
    let pyramid = Pyramid::open(file.as_slice(), file.len() as u64).unwrap();
    (file, pyramid)
}

fn recipe(pyramid: &Pyramid, path: &str) -> acervo_pixels::Recipe {
    let [region, size, rotation, rest] = path.split('/').collect::<Vec<_>>().try_into().unwrap();
    let request = ImageRequest::parse(Version::V3, region, size, rotation, rest).unwrap();
    let full = pyramid.layout().full();
    let source = Source {
        width: full.width,
        height: full.height,
        gray: pyramid.samples() == Samples::Gray,
    };
    let rules = Rules {
        upscaling: true,
        max_width: Some(8000),
        ..Rules::default()
    };
    let asked = evaluate(&request, &source, &rules).unwrap();
    match plan(&asked, pyramid.layout(), pyramid.samples()) {
        Plan::Render(recipe) => recipe,
        Plan::Stored(at) => panic!("{path} is stored: {at:?}"),
    }
}

/// An answer as RGBA, whatever its format.
struct Decoded {
    width: usize,
    height: usize,
    pixels: Vec<[u8; 4]>,
}

impl Decoded {
    fn of(file: &[u8], format: &str) -> Self {
        let (width, height, data) = match format {
            "jpg" => {
                let mut decoder = zune_jpeg::JpegDecoder::new(Cursor::new(file));
                let data = decoder.decode().unwrap();
                let info = decoder.info().unwrap();
                (u32::from(info.width), u32::from(info.height), data)
            }
            "png" => {
                let mut decoder = png::Decoder::new(Cursor::new(file));
                decoder.set_transformations(png::Transformations::normalize_to_color8());
                let mut reader = decoder.read_info().unwrap();
                let mut data = vec![0; reader.output_buffer_size().unwrap()];
                let frame = reader.next_frame(&mut data).unwrap();
                (frame.width, frame.height, data)
            }
            "webp" => {
                let image = webp::Decoder::new(file).decode().unwrap();
                (image.width(), image.height(), image.to_vec())
            }
            "gif" => {
                let mut options = gif::DecodeOptions::new();
                options.set_color_output(gif::ColorOutput::RGBA);
                let mut decoder = options.read_info(file).unwrap();
                let frame = decoder.read_next_frame().unwrap().unwrap();
                (
                    u32::from(frame.width),
                    u32::from(frame.height),
                    frame.buffer.to_vec(),
                )
            }
            _ => {
                let mut decoder = tiff::decoder::Decoder::new(Cursor::new(file)).unwrap();
                let (width, height) = decoder.dimensions().unwrap();
                let tiff::decoder::DecodingResult::U8(data) = decoder.read_image().unwrap() else {
                    panic!("samples of 8 bits");
                };
                (width, height, data)
            }
        };
        let samples = data.len() / (width as usize * height as usize);
        let pixel = |p: &[u8]| match *p {
            [gray] => [gray, gray, gray, 255],
            [gray, alpha] => [gray, gray, gray, alpha],
            [r, g, b] => [r, g, b, 255],
            [r, g, b, alpha] => [r, g, b, alpha],
            _ => panic!("{samples} samples a pixel"),
        };
        Self {
            width: width as usize,
            height: height as usize,
            pixels: data.chunks_exact(samples).map(pixel).collect(),
        }
    }

    fn at(&self, x: usize, y: usize) -> [u8; 4] {
        self.pixels[y * self.width + x]
    }
}

const FORMATS: [&str; 5] = ["jpg", "png", "webp", "gif", "tif"];

#[track_caller]
fn assert_near(got: [u8; 4], expected: [f64; 3], most: f64, what: &str) {
    for (got, expected) in got.iter().zip(expected) {
        let near = (f64::from(*got) - expected).abs() <= most;
        assert!(near, "{what}: {got}, expected about {expected}");
    }
}

#[test]
fn every_format_shows_the_same_picture() {
    let (file, pyramid) = stored(1300, 900, Samples::Color);
    for format in FORMATS {
        let path = format!("full/^1400,1000/0/default.{format}");
        let recipe = recipe(&pyramid, &path);
        let answer = render(&recipe, &pyramid, file.as_slice()).unwrap();
        assert_eq!(answer, render(&recipe, &pyramid, file.as_slice()).unwrap());
        let picture = Decoded::of(&answer, format);
        assert_eq!((picture.width, picture.height), (1400, 1000));
        // A palette has few colours.
        let most = if format == "gif" { 20.0 } else { 5.0 };
        for (x, y) in [
            (0, 0),
            (1399, 0),
            (0, 999),
            (1399, 999),
            (700, 500),
            (333, 777),
        ] {
            let expected = color((x as f64 + 0.5) / 1400.0, (y as f64 + 0.5) / 1000.0);
            assert_near(
                picture.at(x, y),
                expected,
                most,
                &format!("{path} at {x},{y}"),
            );
        }
    }
}

#[test]
fn a_gray_image_is_gray_in_every_format() {
    let (file, pyramid) = stored(700, 400, Samples::Gray);
    for (format, rotation) in FORMATS
        .iter()
        .flat_map(|format| [(format, "0"), (format, "10")])
    {
        let path = format!("full/600,300/{rotation}/color.{format}");
        let answer = render(&recipe(&pyramid, &path), &pyramid, file.as_slice()).unwrap();
        let picture = Decoded::of(&answer, format);
        let [r, g, b, alpha] = picture.at(picture.width / 2, picture.height / 2);
        assert!(
            r.abs_diff(g) <= 1 && g.abs_diff(b) <= 1,
            "{path}: {r} {g} {b}"
        );
        assert!(
            (i32::from(r) - 128).abs() < 5 && alpha == 255,
            "{path}: {r} {alpha}"
        );
    }
}

#[test]
fn bitonal_is_black_and_white_in_every_format() {
    let (file, pyramid) = stored(300, 200, Samples::Color);
    for format in FORMATS {
        let path = format!("full/203,101/0/bitonal.{format}");
        let answer = render(&recipe(&pyramid, &path), &pyramid, file.as_slice()).unwrap();
        let picture = Decoded::of(&answer, format);
        let sides = picture.pixels.iter().map(|[r, ..]| *r);
        // Lossy formats leave a shadow beside an edge.
        let exact = !matches!(format, "jpg" | "webp");
        assert!(
            !exact || sides.clone().all(|value| matches!(value, 0 | 255)),
            "{path}"
        );
        let dark = sides.clone().filter(|value| *value < 60).count();
        let light = sides.filter(|value| *value > 195).count();
        assert!(
            dark > 1000 && light > 1000 && dark + light > 203 * 95,
            "{path}"
        );
    }
}

#[test]
fn an_angle_turns_the_picture_about_its_centre() {
    let (file, pyramid) = stored(1000, 1000, Samples::Color);
    for (degrees, mirror) in [
        ("30", ""),
        ("77.5", "!"),
        ("123.4", ""),
        ("200", "!"),
        ("359.5", ""),
    ] {
        let angle = degrees.parse::<f64>().unwrap().to_radians();
        for format in FORMATS {
            let path = format!("full/400,400/{mirror}{degrees}/default.{format}");
            let answer = render(&recipe(&pyramid, &path), &pyramid, file.as_slice()).unwrap();
            let picture = Decoded::of(&answer, format);
            let centre = |length: usize| (length as f64 - 1.0) / 2.0;
            for (dx, dy) in [(0.0, 0.0), (150.0, 0.0), (0.0, -150.0), (-100.0, 100.0)] {
                // Where a place of the picture comes to lie: mirrored, then turned clockwise.
                let across = if mirror.is_empty() { dx } else { -dx };
                let x = centre(picture.width) + across * angle.cos() - dy * angle.sin();
                let y = centre(picture.height) + across * angle.sin() + dy * angle.cos();
                let expected = color(0.5 + dx / 400.0, 0.5 + dy / 400.0);
                let most = if format == "gif" { 20.0 } else { 6.0 };
                let got = picture.at(x.round() as usize, y.round() as usize);
                assert_near(got, expected, most, &format!("{path} at {dx},{dy}"));
            }
            if degrees != "359.5" {
                let [r, g, b, alpha] = picture.at(0, 0);
                let white = r > 250 && g > 250 && b > 250 && alpha == 255;
                let filled = matches!(format, "jpg" | "tif");
                assert!(
                    if filled { white } else { alpha == 0 },
                    "{path}: {r} {g} {b} {alpha}"
                );
            }
        }
    }
}

#[test]
fn bands_leave_no_seams() {
    let (file, pyramid) = stored(5000, 2600, Samples::Gray);
    let path = "full/4900,2500/0/default.png";
    let mut bands = 0;
    let recipe = recipe(&pyramid, path);
    let mut count = |stage| bands += u32::from(stage == Stage::Resize);
    let answer = render_observed(&recipe, &pyramid, file.as_slice(), &mut count).unwrap();
    assert!(bands > 2, "one band");
    let picture = Decoded::of(&answer, "png");
    for y in 0..2500 {
        for x in (0..4900).step_by(97) {
            let expected = color((x as f64 + 0.5) / 4900.0, 0.0)[0];
            assert_near(picture.at(x, y), [expected; 3], 3.0, &format!("{x},{y}"));
        }
    }
}
