//! Every decoder, on the way that ingest takes.

use std::fs::File;
use std::io::{Cursor, Seek, Write};

use acervo_pixels::source::{ColorPolicy, Limits, RowReader, Source, SourceError};
use acervo_pixels::{BuildError, Kept, KeptColors, Recoding, build_pyramid};
use jpeg_blocks::Rows;
use tiff::encoder::{Compression, DeflateLevel, Predictor};
use tiff_pyramid::{Pyramid, Samples};

use crate::{Target, picture};

pub(crate) const TARGET: Target = Target {
    name: "source",
    executions: 3000,
    run,
    seeds,
};

/// Pixels of one image.
const PIXELS: u64 = 1 << 20;
/// What decoding and building may take.
const MEMORY: u64 = 64 << 20;
/// Pages that are read of one file.
const PAGES: usize = 3;

/// What opens is within the limits, and gives a pyramid of its size or an error; all memory comes back.
fn run(bytes: &[u8]) {
    let Ok(source) = open(bytes) else {
        return;
    };
    let limits = Limits::new(PIXELS, MEMORY);
    let policies = [ColorPolicy::ToSrgb, ColorPolicy::Embed];
    for page in 0..source.pages().min(PAGES) {
        let policy = policies[(bytes.len() + page) % 2];
        if let Ok(rows) = source.rows(page, &limits, policy) {
            // An error is an answer.
            let _ = build(rows);
        }
        assert!(
            limits.budget.lease_now(MEMORY).is_some(),
            "memory is kept by page {page}"
        );
    }
}

fn open(bytes: &[u8]) -> Result<Source, SourceError> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    Source::open(file)
}

/// Builds the pyramid, which opens again.
fn build(rows: Box<dyn RowReader>) -> Result<(), BuildError> {
    let (width, height) = rows.size();
    assert!(width > 0 && height > 0, "{width}×{height}");
    let pixels = u64::from(width) * u64::from(height);
    assert!(pixels <= PIXELS, "{width}×{height}");
    let samples = rows.samples();
    let mut counted = Counted { rows, bytes: 0 };
    let built = build_pyramid(&mut counted, Cursor::new(Vec::new()))?;
    let channels = match samples {
        Samples::Gray => 1,
        Samples::Color => 3,
    };
    let of_rows = match built.kept {
        Kept::Coefficients => 0,
        Kept::Recoded(_) => pixels * channels,
    };
    assert_eq!(counted.bytes, of_rows, "{width}×{height}");
    let built = built.out.into_inner();
    let pyramid = Pyramid::open(built.as_slice(), built.len() as u64).unwrap();
    let full = pyramid.layout().full();
    assert_eq!((full.width, full.height), (width, height));
    assert_eq!(pyramid.samples(), samples);
    Ok(())
}

/// Rows on their way, counted.
struct Counted {
    rows: Box<dyn RowReader>,
    bytes: u64,
}

impl RowReader for Counted {
    fn size(&self) -> (u32, u32) {
        self.rows.size()
    }

    fn blocks(&mut self) -> Result<&mut Rows<File>, Recoding> {
        self.rows.blocks()
    }

    fn samples(&self) -> Samples {
        self.rows.samples()
    }

    fn colors(&self) -> KeptColors {
        self.rows.colors()
    }

    fn read_rows(&mut self, out: &mut [u8]) -> Result<(), SourceError> {
        self.bytes += out.len() as u64;
        self.rows.read_rows(out)
    }

    fn finish(&mut self) -> Result<(), SourceError> {
        self.rows.finish()
    }
}

fn seeds() -> Vec<Vec<u8>> {
    use png::{BitDepth, ColorType};
    let rgb = picture::samples(picture::SIZE, 3);
    let cmyk = picture::samples(picture::SIZE, 4);
    let jpeg = picture::jpeg(picture::SIZE, Samples::Color);
    let tiff = picture::tiff;
    vec![
        jpeg.clone(),
        picture::jpeg(picture::SIZE, Samples::Gray),
        picture::progressive(),
        picture::png(ColorType::Rgb, BitDepth::Eight),
        picture::png(ColorType::Rgba, BitDepth::Sixteen),
        picture::png(ColorType::Indexed, BitDepth::Four),
        picture::png(ColorType::Grayscale, BitDepth::One),
        tiff(Compression::Uncompressed, Predictor::None),
        tiff(Compression::Lzw, Predictor::Horizontal),
        tiff(
            Compression::Deflate(DeflateLevel::Fast),
            Predictor::Horizontal,
        ),
        tiff(Compression::Packbits, Predictor::None),
        picture::strip((3, 8), 2, 1, &rgb),
        picture::strip((4, 8), 5, 1, &cmyk),
        picture::strip((1, 1), 0, 4, &picture::fax()),
        picture::strip((3, 8), 6, 7, &jpeg),
        picture::webp(image_webp::ColorType::Rgb8, 3),
        picture::webp(image_webp::ColorType::La8, 2),
        picture::gif(),
        include_bytes!("../../../image-server/pixels/tests/sources/data/rgb.jp2").to_vec(),
        include_bytes!("../../../image-server/pixels/tests/sources/data/gray16.jp2").to_vec(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_is_a_good_picture() {
        let limits = Limits::new(PIXELS, MEMORY);
        for (at, seed) in seeds().iter().enumerate() {
            let rows = open(seed).and_then(|source| source.rows(0, &limits, ColorPolicy::ToSrgb));
            let built = rows.map_err(BuildError::from).and_then(build);
            assert!(built.is_ok(), "seed {at}: {:?}", built.err());
        }
    }
}
