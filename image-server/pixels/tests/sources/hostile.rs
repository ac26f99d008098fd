//! Bytes that are wrong on purpose: no reader panics, and none holds more than it was given.
use crate::support::{
    SIZE, Tiff, Values, encoded_tiff, exif, gif, gray, png, read_with, rgb, short, source, strips,
    webp,
};
use acervo_pixels::source::{ColorPolicy, Limits};
use tiff::encoder::{Compression, DeflateLevel, Predictor};

/// Executions for each file.
const EXECUTIONS: usize = 400;
/// What an image may take.
const MEMORY: u64 = 64 << 20;

/// xorshift64: the same numbers at every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap()
    }
}

/// Changes a few bytes, cuts, repeats or fills: half of the time near the beginning, where headers are.
fn mutate(file: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = file.to_vec();
    for _ in 0..=numbers.next() % 4 {
        let reach = if numbers.next().is_multiple_of(2) {
            bytes.len()
        } else {
            bytes.len().min(200)
        };
        let at = numbers.next() % reach.max(1);
        match numbers.next() % 6 {
            0 => bytes[at] ^= 1 << (numbers.next() % 8),
            1 => bytes[at] = 0xff,
            2 => bytes[at] = u8::try_from(numbers.next() & 0xff).unwrap(),
            3 => bytes.truncate(at.max(1)),
            4 => {
                let end = bytes.len().min(at + 1 + numbers.next() % 8);
                bytes[at..end].fill(0xff);
            }
            _ => {
                let end = bytes.len().min(at + 16);
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
        }
    }
    bytes
}

fn files() -> Vec<(&'static str, Vec<u8>)> {
    use png::{BitDepth, ColorType};
    let tiff = |compression, predictor| encoded_tiff(compression, predictor);
    let mut encoder = fax::encoder::Encoder::new(fax::VecWriter::new());
    for row in gray(SIZE).chunks(SIZE.0 as usize) {
        let colors = row.iter().map(|value| {
            if *value > 100 {
                fax::Color::White
            } else {
                fax::Color::Black
            }
        });
        encoder
            .encode_line(colors, u16::try_from(SIZE.0).unwrap())
            .unwrap();
    }
    let fax = encoder.finish().unwrap().finish();
    let picture = rgb(SIZE);
    let jpeg = turbojpeg::compress(
        turbojpeg::Image {
            pixels: picture.as_slice(),
            width: SIZE.0 as usize,
            pitch: SIZE.0 as usize * 3,
            height: SIZE.1 as usize,
            format: turbojpeg::PixelFormat::RGB,
        },
        80,
        turbojpeg::Subsamp::Sub2x2,
    )
    .unwrap()
    .to_vec();
    let strip = |samples, photometric, compression, data, more| {
        strips(
            SIZE,
            (samples, 8),
            photometric,
            (compression, SIZE.1),
            vec![data],
            more,
        )
    };
    let profile = moxcms::ColorProfile::new_adobe_rgb().encode().unwrap();
    let with_profile = vec![(34_675, Values::Bytes(profile)), (274, short(6))];
    let palette: Vec<u8> = (0..16).flat_map(|at| [at, at * 2, at * 3]).collect();
    let indexes: Vec<u8> = (0..200).map(|at| at % 16).collect();
    vec![
        ("TIFF", strip(3, 2, 1, rgb(SIZE), with_profile).write()),
        (
            "TIFF of planes",
            strips(
                SIZE,
                (3, 8),
                2,
                (1, SIZE.1),
                vec![gray(SIZE); 3],
                vec![(284, short(2))],
            )
            .write(),
        ),
        ("TIFF, LZW", tiff(Compression::Lzw, Predictor::Horizontal)),
        (
            "TIFF, Deflate",
            tiff(
                Compression::Deflate(DeflateLevel::Fast),
                Predictor::Horizontal,
            ),
        ),
        (
            "TIFF, PackBits",
            tiff(Compression::Packbits, Predictor::None),
        ),
        ("TIFF, JPEG", strip(3, 6, 7, jpeg, Vec::new()).write()),
        (
            "BigTIFF, CCITT",
            Tiff {
                is_big_tiff: true,
                ..strips(SIZE, (1, 1), 0, (4, SIZE.1), vec![fax], Vec::new())
            }
            .write(),
        ),
        (
            "PNG",
            png(SIZE, ColorType::Rgb, BitDepth::Eight, &rgb(SIZE), |_| {}),
        ),
        ("JPEG 2000", include_bytes!("data/rgb.jp2").to_vec()),
        (
            "16-bit JPEG 2000",
            include_bytes!("data/gray16.jp2").to_vec(),
        ),
        (
            "WebP",
            webp(SIZE, image_webp::ColorType::Rgb8, &rgb(SIZE), &exif(8)),
        ),
        ("GIF", gif(&indexes, (20, 10), &palette)),
    ]
}

#[test]
fn damaged_files_of_every_kind_are_read_or_refused_and_give_all_memory_back() {
    let limits = Limits::new(10_000_000, MEMORY);
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    for (name, file) in files() {
        let mut read = 0;
        for execution in 0..EXECUTIONS {
            let bytes = if execution == 0 {
                file.clone()
            } else {
                mutate(&file, &mut numbers)
            };
            let Ok(source) = source(&bytes) else { continue };
            for page in 0..source.pages().min(3) {
                let picture = read_with(&source, page, &limits, ColorPolicy::ToSrgb);
                if execution == 0 {
                    assert!(picture.is_ok(), "{name}: {:?}", picture.err());
                }
                read += usize::from(picture.is_ok());
            }
            let all = limits.budget.lease_now(MEMORY);
            assert!(
                all.is_some(),
                "{name}, execution {execution}: memory is kept"
            );
        }
        println!("{name}: {read} of {EXECUTIONS} were read");
    }
}
