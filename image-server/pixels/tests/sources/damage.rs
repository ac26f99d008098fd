//! Damage: files of every kind, and what may happen to them.

use tiff::encoder::{Compression, DeflateLevel, Predictor};

use crate::support::{Tiff, Values, encoded_tiff, exif, gif, gray, png, rgb, short, strips, webp};

/// xorshift64: the same numbers at every run.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap()
    }
}

/// Changes a few bytes, cuts, repeats or fills: half of the time near the beginning, where headers are.
pub(crate) fn mutate(file: &[u8], numbers: &mut Numbers) -> Vec<u8> {
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

/// Small files of every kind, those that can be made of `size` pixels.
pub(crate) fn files(size: (u32, u32)) -> Vec<(&'static str, Vec<u8>)> {
    use png::{BitDepth, ColorType};
    let tiff = |compression, predictor| encoded_tiff(size, compression, predictor);
    let mut encoder = fax::encoder::Encoder::new(fax::VecWriter::new());
    for row in gray(size).chunks(size.0 as usize) {
        let colors = row.iter().map(|value| {
            if *value > 100 {
                fax::Color::White
            } else {
                fax::Color::Black
            }
        });
        encoder
            .encode_line(colors, u16::try_from(size.0).unwrap())
            .unwrap();
    }
    let fax = encoder.finish().unwrap().finish();
    let picture = rgb(size);
    let jpeg = |progressive| {
        let mut compressor = turbojpeg::Compressor::new().unwrap();
        compressor.set_subsamp(turbojpeg::Subsamp::Sub2x2).unwrap();
        compressor.set_progressive(progressive).unwrap();
        let image = turbojpeg::Image {
            pixels: picture.as_slice(),
            width: size.0 as usize,
            pitch: size.0 as usize * 3,
            height: size.1 as usize,
            format: turbojpeg::PixelFormat::RGB,
        };
        compressor.compress_to_vec(image).unwrap()
    };
    let strip = |samples, photometric, compression, data, more| {
        strips(
            size,
            (samples, 8),
            photometric,
            (compression, size.1),
            vec![data],
            more,
        )
    };
    let profile = moxcms::ColorProfile::new_adobe_rgb().encode().unwrap();
    let with_profile = vec![(34_675, Values::Bytes(profile)), (274, short(6))];
    let palette: Vec<u8> = (0..16).flat_map(|at| [at, at * 2, at * 3]).collect();
    let indexes: Vec<u8> = (0..200).map(|at| at % 16).collect();
    vec![
        ("TIFF", strip(3, 2, 1, rgb(size), with_profile).write()),
        (
            "TIFF of planes",
            strips(
                size,
                (3, 8),
                2,
                (1, size.1),
                vec![gray(size); 3],
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
        ("JPEG", jpeg(false)),
        ("JPEG of several scans", jpeg(true)),
        (
            "TIFF, JPEG",
            strip(3, 6, 7, jpeg(false), Vec::new()).write(),
        ),
        (
            "BigTIFF, CCITT",
            Tiff {
                is_big_tiff: true,
                ..strips(size, (1, 1), 0, (4, size.1), vec![fax], Vec::new())
            }
            .write(),
        ),
        (
            "PNG",
            png(size, ColorType::Rgb, BitDepth::Eight, &rgb(size), |_| {}),
        ),
        ("JPEG 2000", include_bytes!("data/rgb.jp2").to_vec()),
        (
            "16-bit JPEG 2000",
            include_bytes!("data/gray16.jp2").to_vec(),
        ),
        (
            "WebP",
            webp(size, image_webp::ColorType::Rgb8, &rgb(size), &exif(8)),
        ),
        ("GIF", gif(&indexes, (20, 10), &palette)),
    ]
}
