//! Computed images, good and hostile. Every pixel is a function of its place, so that a swap shows.

use std::io::Cursor;

use anyhow::{Context as _, Result};
use tiff::encoder::{TiffEncoder, colortype};
use turbojpeg::{Image, PixelFormat, Subsamp};

/// Edge of a square of the validator's image, which is 10 squares wide and high.
const SQUARE: u32 = 100;

/// An RGB picture, 8 bits a channel, row by row from the top left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raster {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// `width × height × 3` bytes.
    pub pixels: Vec<u8>,
}

impl Raster {
    fn new(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 3]) -> Self {
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        Self {
            width,
            height,
            pixels: places.flat_map(|(x, y)| pixel(x, y)).collect(),
        }
    }

    /// Red grows to the right, green downwards, both over the whole picture; blue is `seed`. A fine pattern
    /// makes neighbours differ.
    #[must_use]
    pub fn computed(width: u32, height: u32, seed: u8) -> Self {
        let share = |at: u32, of: u32| u8::try_from(at * 240 / of.max(1)).unwrap_or(u8::MAX);
        Self::new(width, height, |x, y| {
            let fine = if (x / 7 + y / 5) % 2 == 0 { 12 } else { 0 };
            [share(x, width) + fine, share(y, height) + fine, seed]
        })
    }

    /// The test image of the official validator from its colour table, `colours[column][row]`.
    #[must_use]
    pub fn squares(colours: &[Vec<[u8; 3]>]) -> Self {
        let edge = SQUARE * 10;
        Self::new(edge, edge, |x, y| {
            colours[(x / SQUARE) as usize][(y / SQUARE) as usize]
        })
    }

    /// The pixel at a place.
    #[must_use]
    pub fn pixel(&self, x: u32, y: u32) -> [u8; 3] {
        let at = (y as usize * self.width as usize + x as usize) * 3;
        [self.pixels[at], self.pixels[at + 1], self.pixels[at + 2]]
    }

    /// As a JPEG file.
    ///
    /// # Errors
    /// If the encoder refuses.
    pub fn jpeg(&self) -> Result<Vec<u8>> {
        let width = self.width as usize;
        let image = Image {
            pixels: self.pixels.as_slice(),
            width,
            pitch: width * 3,
            height: self.height as usize,
            format: PixelFormat::RGB,
        };
        Ok(turbojpeg::compress(image, 90, Subsamp::None)?.to_vec())
    }

    /// As a PNG file.
    ///
    /// # Errors
    /// If the encoder refuses.
    pub fn png(&self) -> Result<Vec<u8>> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.write_header()?.write_image_data(&self.pixels)?;
        Ok(file)
    }

    /// As a TIFF file of one page.
    ///
    /// # Errors
    /// If the encoder refuses.
    pub fn tiff(&self) -> Result<Vec<u8>> {
        multi_page_tiff(std::slice::from_ref(self))
    }

    /// The picture of a JPEG file.
    ///
    /// # Errors
    /// If the bytes are none.
    pub fn from_jpeg(bytes: &[u8]) -> Result<Self> {
        let image = turbojpeg::decompress(bytes, PixelFormat::RGB)?;
        Ok(Self {
            width: u32::try_from(image.width)?,
            height: u32::try_from(image.height)?,
            pixels: image.pixels,
        })
    }

    /// The picture of an RGB PNG file.
    ///
    /// # Errors
    /// If the bytes are none.
    pub fn from_png(bytes: &[u8]) -> Result<Self> {
        let mut reader = png::Decoder::new(Cursor::new(bytes)).read_info()?;
        let mut pixels = vec![0; reader.output_buffer_size().context("too large")?];
        let info = reader.next_frame(&mut pixels)?;
        pixels.truncate(info.buffer_size());
        Ok(Self {
            width: info.width,
            height: info.height,
            pixels,
        })
    }
}

/// The colour profile of Adobe RGB.
///
/// # Errors
/// If it cannot be written.
pub fn adobe_rgb() -> Result<Vec<u8>> {
    moxcms::ColorProfile::new_adobe_rgb()
        .encode()
        .map_err(|error| anyhow::anyhow!("{error:?}"))
}

/// The segment of a JPEG file that holds a colour profile of less than 64 KiB.
///
/// # Errors
/// If it is longer.
pub fn profile_segment(profile: &[u8]) -> Result<Vec<u8>> {
    let content = [b"ICC_PROFILE\0\x01\x01", profile].concat();
    let length = u16::try_from(content.len() + 2)?.to_be_bytes();
    Ok([&[0xff, 0xe2], length.as_slice(), &content].concat())
}

/// A TIFF file with a page a picture.
///
/// # Errors
/// If the encoder refuses.
pub fn multi_page_tiff(pages: &[Raster]) -> Result<Vec<u8>> {
    let mut file = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut file)?;
    for page in pages {
        encoder.write_image::<colortype::RGB8>(page.width, page.height, &page.pixels)?;
    }
    Ok(file.into_inner())
}

/// A whole JPEG file whose header claims another size than its data has: a decompression bomb when large.
///
/// # Errors
/// If the encoder refuses.
pub fn jpeg_header(width: u16, height: u16) -> Result<Vec<u8>> {
    let mut file = Raster::computed(16, 16, 0).jpeg()?;
    let frame = file
        .windows(2)
        .position(|at| at == [0xFF, 0xC0])
        .context("a frame header")?;
    // Marker, length, precision; then height and width.
    file[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    file[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    Ok(file)
}

/// A PNG file that claims `edge × edge` pixels and holds a handful of bytes.
///
/// # Errors
/// If the encoder refuses.
pub fn png_bomb(edge: u32) -> Result<Vec<u8>> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, edge, edge);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    // A zlib stream of nothing.
    writer.write_chunk(png::chunk::IDAT, &[0x78, 0x9C, 0x03, 0, 0, 0, 0, 1])?;
    // The chunks are whole without the picture that `finish` would miss.
    drop(writer);
    Ok(file)
}

/// A TIFF file that claims `width × height` RGB pixels in one strip of `u32::MAX` bytes.
#[must_use]
pub fn tiff_claiming(width: u32, height: u32) -> Vec<u8> {
    let long = |tag: u16, value: u32| (tag, 4_u16, value);
    let short = |tag: u16, value: u32| (tag, 3_u16, value);
    let entries = [
        long(256, width),
        long(257, height),
        short(258, 8),
        short(259, 1),
        short(262, 2),
        long(273, 8),
        short(277, 3),
        long(278, height),
        long(279, u32::MAX),
    ];
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    file.extend((u16::try_from(entries.len()).unwrap_or(u16::MAX)).to_le_bytes());
    for (tag, kind, value) in entries {
        file.extend(tag.to_le_bytes());
        file.extend(kind.to_le_bytes());
        file.extend(1_u32.to_le_bytes());
        file.extend(value.to_le_bytes());
    }
    file.extend(0_u32.to_le_bytes());
    file
}
