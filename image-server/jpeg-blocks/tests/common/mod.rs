//! Streams of every kind, made from one picture.
#![expect(clippy::unwrap_used, reason = "tests")]
#![allow(
    dead_code,
    unreachable_pub,
    clippy::allow_attributes,
    reason = "each test uses a part of it"
)]

use std::io::Cursor;

use jpeg_blocks::{Band, Decoder, Header, Keep, Limits, Quantization, Rows};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use turbojpeg::{Compressor, PixelFormat, Subsamp};

/// A pixel with edges, gradients and grain, unlike in every colour.
pub fn pixel(x: u32, y: u32) -> [u8; 3] {
    let grain = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)) >> 7 & 15;
    let edge = if (x / 23 + y / 31).is_multiple_of(2) {
        60
    } else {
        0
    };
    let wave = (x * 3 + y * 2) % 256;
    [
        (wave / 2 + edge + grain) as u8,
        ((x + y * 3) % 200 + grain) as u8,
        (255 - wave / 2 - edge / 2) as u8,
    ]
}

pub fn rgb(width: u32, height: u32) -> Vec<u8> {
    (0..height)
        .flat_map(|y| (0..width).flat_map(move |x| pixel(x, y)))
        .collect()
}

pub fn gray(width: u32, height: u32) -> Vec<u8> {
    (0..height)
        .flat_map(|y| (0..width).map(move |x| pixel(x, y)[0]))
        .collect()
}

/// A stream by libjpeg-turbo.
pub fn turbo(
    width: u32,
    height: u32,
    sampling: Subsamp,
    quality: i32,
    progressive: bool,
) -> Vec<u8> {
    let mut compressor = Compressor::new().unwrap();
    compressor.set_quality(quality).unwrap();
    compressor.set_subsamp(sampling).unwrap();
    compressor.set_progressive(progressive).unwrap();
    let (pixels, format) = if sampling == Subsamp::Gray {
        (gray(width, height), PixelFormat::GRAY)
    } else {
        (rgb(width, height), PixelFormat::RGB)
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

/// A stream by jpeg-encoder, with what `with` asks for.
pub fn other(
    width: u32,
    height: u32,
    sampling: SamplingFactor,
    with: impl FnOnce(&mut Encoder<&mut Vec<u8>>),
) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, 90);
    encoder.set_sampling_factor(sampling);
    with(&mut encoder);
    encoder
        .encode(
            &rgb(width, height),
            width as u16,
            height as u16,
            ColorType::Rgb,
        )
        .unwrap();
    out
}

/// Streams of every kind that is read, each with its name.
pub fn every_kind() -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for (width, height) in [(160, 96), (161, 97), (7, 5), (33, 200), (1, 1)] {
        for sampling in [
            Subsamp::None,
            Subsamp::Sub2x1,
            Subsamp::Sub2x2,
            Subsamp::Sub1x2,
            Subsamp::Sub4x1,
            Subsamp::Gray,
        ] {
            for (quality, progressive) in [(85, false), (85, true), (100, true), (20, true)] {
                all.push((
                    format!("{width}×{height} {sampling:?} {quality} progressive {progressive}"),
                    turbo(width, height, sampling, quality, progressive),
                ));
            }
        }
        for interval in [1, 3, 7] {
            all.push((
                format!("{width}×{height} restart {interval}"),
                other(width, height, SamplingFactor::F_2_2, |e| {
                    e.set_restart_interval(interval)
                }),
            ));
            all.push((
                format!("{width}×{height} progressive restart {interval}"),
                other(width, height, SamplingFactor::F_2_2, |e| {
                    e.set_restart_interval(interval);
                    e.set_progressive(true);
                }),
            ));
        }
        all.push((
            format!("{width}×{height} optimised"),
            other(width, height, SamplingFactor::F_2_1, |e| {
                e.set_optimized_huffman_tables(true)
            }),
        ));
    }
    all
}

/// All the coefficients of a stream.
pub struct Whole {
    pub header: Header,
    pub quantization: Vec<Quantization>,
    pub band: Band,
}

pub fn rows(bytes: &[u8]) -> Result<Rows<&[u8]>, jpeg_blocks::Error> {
    Decoder::new(bytes, &Limits::default())?.begin(Keep::Memory)
}

pub fn whole(bytes: &[u8]) -> Result<Whole, jpeg_blocks::Error> {
    let mut rows = rows(bytes)?;
    let mut band = Band::new();
    rows.read(u32::MAX, &mut band)?;
    Ok(Whole {
        header: rows.header().clone(),
        quantization: rows.quantization().to_vec(),
        band,
    })
}

/// Every coefficient of the blocks that show something, by component.
pub fn coefficients(band: &Band) -> Vec<Vec<[i16; 64]>> {
    let of = |blocks: &jpeg_blocks::Blocks| {
        (0..blocks.rows())
            .flat_map(|row| (0..blocks.columns()).map(move |column| (column, row)))
            .map(|(column, row)| blocks.block(column, row).coefficients())
            .collect()
    };
    band.components().iter().map(of).collect()
}

/// Pixels by an independent decoder, as grey or RGB.
pub fn zune(bytes: &[u8], gray: bool) -> Vec<u8> {
    use zune_jpeg::zune_core::{colorspace::ColorSpace, options::DecoderOptions};
    let colors = if gray {
        ColorSpace::Luma
    } else {
        ColorSpace::RGB
    };
    let options = DecoderOptions::default().jpeg_set_out_colorspace(colors);
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(Cursor::new(bytes), options);
    decoder.decode().unwrap()
}

/// Pixels by libjpeg-turbo, as grey or RGB.
pub fn libjpeg(bytes: &[u8], gray: bool) -> Vec<u8> {
    let format = if gray {
        PixelFormat::GRAY
    } else {
        PixelFormat::RGB
    };
    turbojpeg::decompress(bytes, format).unwrap().pixels
}

/// Where the bits of the first scan begin.
pub fn first_of_scan(bytes: &[u8]) -> usize {
    let at = bytes.windows(2).position(|pair| pair == [0xff, 0xda]);
    let at = at.unwrap() + 2;
    at + usize::from(u16::from_be_bytes([bytes[at], bytes[at + 1]]))
}

/// The mean of the differences of two pictures, and the largest.
pub fn difference(a: &[u8], b: &[u8]) -> (f64, u8) {
    assert_eq!(a.len(), b.len());
    let all = a.iter().zip(b).map(|(a, b)| a.abs_diff(*b));
    let sum: u64 = all.clone().map(u64::from).sum();
    (sum as f64 / a.len() as f64, all.max().unwrap_or(0))
}

/// Pixels at full size.
pub fn pixels(bytes: &[u8]) -> Vec<u8> {
    let mut pixels = jpeg_blocks::Pixels::new(rows(bytes).unwrap()).unwrap();
    let header = pixels.header();
    let size = (header.width * header.height) as usize;
    let mut out = vec![0; size * pixels.channels()];
    pixels.read_rows(&mut out).unwrap();
    out
}
