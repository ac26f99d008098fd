//! Small pictures of every kind, for seeds.

use std::io::Cursor;

use tiff_pyramid::Samples;

/// Pixels across and down: no multiples of 8.
pub(crate) const SIZE: (u32, u32) = (36, 21);

/// Samples that differ in every direction.
pub(crate) fn samples((width, height): (u32, u32), channels: usize) -> Vec<u8> {
    let byte = |value: u32| value.to_le_bytes()[0];
    (0..height)
        .flat_map(|y| (0..width).map(move |x| (x, y)))
        .flat_map(|(x, y)| [byte(x * 5), byte(y * 9 + 1), byte(x * 3 + y), byte(x ^ y)])
        .collect::<Vec<_>>()
        .chunks(4)
        .flat_map(|pixel| pixel[..channels].to_vec())
        .collect()
}

/// A JPEG stream, grey or in colour.
pub(crate) fn jpeg(size: (u32, u32), samples: Samples) -> Vec<u8> {
    let (format, subsampling, channels) = match samples {
        Samples::Gray => (turbojpeg::PixelFormat::GRAY, turbojpeg::Subsamp::Gray, 1),
        Samples::Color => (turbojpeg::PixelFormat::RGB, turbojpeg::Subsamp::Sub2x2, 3),
    };
    let pixels = self::samples(size, channels);
    let image = turbojpeg::Image {
        pixels: pixels.as_slice(),
        width: size.0 as usize,
        pitch: size.0 as usize * channels,
        height: size.1 as usize,
        format,
    };
    turbojpeg::compress(image, 80, subsampling)
        .unwrap()
        .to_vec()
}

/// A progressive JPEG stream.
pub(crate) fn progressive() -> Vec<u8> {
    let mut transform = turbojpeg::Transform::default();
    transform.progressive = true;
    turbojpeg::transform(&transform, &jpeg(SIZE, Samples::Color))
        .unwrap()
        .to_vec()
}

/// A PNG file of 1 to 16 bits a sample.
pub(crate) fn png(color: png::ColorType, depth: png::BitDepth) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, SIZE.0, SIZE.1);
    encoder.set_color(color);
    encoder.set_depth(depth);
    if color == png::ColorType::Indexed {
        encoder.set_palette((0..48).collect::<Vec<u8>>());
        encoder.set_trns(vec![0, 128]);
    }
    let bits = SIZE.0 as usize * color.samples() * depth as usize;
    let data = samples((bits.div_ceil(8).try_into().unwrap(), SIZE.1), 1);
    encoder
        .write_header()
        .unwrap()
        .write_image_data(&data)
        .unwrap();
    out
}

/// A TIFF file by the encoder of the `tiff` crate.
pub(crate) fn tiff(
    compression: tiff::encoder::Compression,
    predictor: tiff::encoder::Predictor,
) -> Vec<u8> {
    use tiff::encoder::{TiffEncoder, colortype};
    let mut bytes = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut bytes)
        .unwrap()
        .with_compression(compression)
        .with_predictor(predictor);
    encoder
        .write_image::<colortype::RGB8>(SIZE.0, SIZE.1, &samples(SIZE, 3))
        .unwrap();
    bytes.into_inner()
}

/// A TIFF file of one strip, as `compression` names it, which holds `data`.
pub(crate) fn strip(
    (channels, bits): (u16, u16),
    photometric: u16,
    compression: u16,
    data: &[u8],
) -> Vec<u8> {
    // Beside the header and 10 fields.
    let bits_at = 8 + 2 + 10 * 12 + 4;
    let data_at = bits_at + 2 * u32::from(channels);
    let length = u32::try_from(data.len()).unwrap();
    let is_inline = channels == 1;
    let bits_value = if is_inline { u32::from(bits) } else { bits_at };
    let fields: [(u16, u16, u32, u32); 10] = [
        (256, 4, 1, SIZE.0),
        (257, 4, 1, SIZE.1),
        (258, 3, u32::from(channels), bits_value),
        (259, 3, 1, u32::from(compression)),
        (262, 3, 1, u32::from(photometric)),
        (273, 4, 1, data_at),
        (274, 3, 1, 6),
        (277, 3, 1, u32::from(channels)),
        (278, 4, 1, SIZE.1),
        (279, 4, 1, length),
    ];
    let mut out = b"II\x2a\0\x08\0\0\0\x0a\0".to_vec();
    for (tag, kind, count, value) in fields {
        out.extend(tag.to_le_bytes());
        out.extend(kind.to_le_bytes());
        out.extend(count.to_le_bytes());
        out.extend(value.to_le_bytes());
    }
    out.extend([0; 4]);
    out.extend(bits.to_le_bytes().repeat(usize::from(channels)));
    out.extend_from_slice(data);
    out
}

/// CCITT G4 of the picture.
pub(crate) fn fax() -> Vec<u8> {
    let mut encoder = fax::encoder::Encoder::new(fax::VecWriter::new());
    for row in samples(SIZE, 1).chunks(SIZE.0 as usize) {
        let colors = row.iter().map(|value| match value {
            0..=100 => fax::Color::Black,
            _ => fax::Color::White,
        });
        encoder
            .encode_line(colors, u16::try_from(SIZE.0).unwrap())
            .unwrap();
    }
    encoder.finish().unwrap().finish()
}

/// A WebP file without loss.
pub(crate) fn webp(color: image_webp::ColorType, channels: usize) -> Vec<u8> {
    let mut out = Vec::new();
    image_webp::WebPEncoder::new(&mut out)
        .encode(&samples(SIZE, channels), SIZE.0, SIZE.1, color)
        .unwrap();
    out
}

/// A GIF file whose frame lies at 2, 1 of its screen; colour 0 is transparent.
pub(crate) fn gif() -> Vec<u8> {
    let side = |length: u32| u16::try_from(length).unwrap();
    let (width, height) = (side(SIZE.0), side(SIZE.1));
    let indexes: Vec<u8> = samples(SIZE, 1).iter().map(|value| value % 16).collect();
    let palette: Vec<u8> = (0..48).collect();
    let mut out = Vec::new();
    let mut encoder = gif::Encoder::new(&mut out, width + 4, height + 3, &palette).unwrap();
    let mut frame = gif::Frame::from_indexed_pixels(width, height, indexes, Some(0));
    (frame.left, frame.top) = (2, 1);
    encoder.write_frame(&frame).unwrap();
    drop(encoder);
    out
}
