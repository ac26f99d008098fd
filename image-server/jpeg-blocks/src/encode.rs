//! From blocks to a baseline stream of any part of an image (T.81, F.1.2).

use std::sync::LazyLock;

use crate::Quantization;
use crate::band::{Band, Block, Blocks, Token};
use crate::error::Error;
use crate::header::Header;
use crate::huffman::{AC, DC, Standard};
use crate::order::ZIGZAG;

/// A part of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rect {
    /// The first column, a multiple of the width of a minimum coded unit.
    pub x: u32,
    /// The first row, counted from the band's, a multiple of the height of a unit.
    pub y: u32,
    /// Pixels across. Beyond the image its last blocks go on as their mean.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// Pixels across between two restart markers, where these divide a row.
const APART: u32 = 256;

/// Units between the restart markers of a stream `width` pixels wide, in units of `unit` pixels: 256 pixels where these
/// divide a row, else the row.
///
/// Whoever needs a part of the stream begins to decode near it. It costs some four bytes a marker, three of a
/// thousand of a pyramid.
#[must_use]
pub fn restart_interval(width: u32, unit: u32) -> u16 {
    let (across, some) = (width.div_ceil(unit), APART / unit);
    let interval = if some > 0 && across.is_multiple_of(some) {
        some
    } else {
        across
    };
    // 65,535 pixels are as wide as a stream can be.
    u16::try_from(interval).unwrap_or(0)
}

/// Writes parts of one image as streams of their own, with its very coefficients.
pub struct Encoder {
    header: Header,
    /// The number of the quantisation table of each component.
    tables: Vec<u8>,
    /// Everything before the frame header.
    before: Vec<u8>,
    /// Everything between frame and scan data.
    after: Vec<u8>,
}

impl Encoder {
    /// An encoder for parts of the image of `header`; `profile` is put into every stream.
    ///
    /// # Errors
    /// If a baseline stream cannot hold the image's steps of quantisation, or a profile is too long.
    pub fn new(
        header: &Header,
        quantization: &[Quantization],
        profile: Option<&[u8]>,
    ) -> Result<Self, Error> {
        let mut distinct: Vec<&Quantization> = Vec::new();
        let mut numbers = Vec::new();
        for table in quantization {
            let number = distinct.iter().position(|known| *known == table);
            numbers.push(number.unwrap_or(distinct.len()) as u8);
            if number.is_none() {
                distinct.push(table);
            }
        }
        let mut before = vec![0xff, 0xd8];
        // JFIF 1.1, without a resolution and without a thumbnail.
        segment(&mut before, 0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")?;
        before.extend(profile_segments(profile.unwrap_or_default())?);
        for (number, table) in (0u8..).zip(&distinct) {
            let mut content = vec![number];
            for place in ZIGZAG {
                let step = u8::try_from(table[usize::from(place)])
                    .map_err(|_| Error::Unsupported("steps of quantisation above 255"))?;
                content.push(step);
            }
            segment(&mut before, 0xdb, &content)?;
        }
        let mut after = Vec::new();
        let kinds = header.components.len().min(2);
        for (number, kind) in (0u8..).zip(DC.iter().take(kinds)) {
            segment(&mut after, 0xc4, &table(number, kind))?;
        }
        for (number, kind) in (0x10u8..).zip(AC.iter().take(kinds)) {
            segment(&mut after, 0xc4, &table(number, kind))?;
        }
        let mut scan = vec![components(header)];
        for number in 0..components(header) {
            scan.extend([number + 1, if number == 0 { 0 } else { 0x11 }]);
        }
        scan.extend([0, 63, 0]);
        segment(&mut after, 0xda, &scan)?;
        Ok(Self {
            header: header.clone(),
            tables: numbers,
            before,
            after,
        })
    }

    /// Whether baseline streams can hold these steps of quantisation.
    #[must_use]
    pub fn can_hold(quantization: &[Quantization]) -> bool {
        quantization.iter().flatten().all(|step| *step <= 255)
    }

    /// A complete stream of the pixels of `part`, whose blocks must be in `band`.
    ///
    /// # Errors
    /// If neighbours differ more than a baseline stream can say, or `part` is no part of the band.
    pub fn encode(&self, band: &Band, part: &Rect) -> Result<Vec<u8>, Error> {
        let (across, down) = self.header.sampling();
        let (unit_width, unit_height) = (u32::from(across) * 8, u32::from(down) * 8);
        let outside = part.x >= self.header.width || part.y >= band.units() * unit_height;
        let crooked = !part.x.is_multiple_of(unit_width) || !part.y.is_multiple_of(unit_height);
        let empty = part.width == 0 || part.height == 0;
        if outside || crooked || empty || band.components.len() != self.header.components.len() {
            return Err(Error::Damaged("a part that does not lie in its image"));
        }
        let mut out = Vec::with_capacity(part.width as usize * part.height as usize / 4 + 1024);
        out.extend_from_slice(&self.before);
        self.frame(&mut out, part)?;
        let interval = restart_interval(part.width, unit_width);
        segment(&mut out, 0xdd, &interval.to_be_bytes())?;
        out.extend_from_slice(&self.after);
        let cuts: Vec<_> = self
            .header
            .components
            .iter()
            .zip(&band.components)
            .enumerate()
            .map(|(number, (component, blocks))| {
                let share = |pixels: u32, share: u8, most: u8| {
                    (pixels * u32::from(share))
                        .div_ceil(u32::from(most))
                        .div_ceil(8) as usize
                };
                let left = share(part.x, component.horizontal, across);
                let top = share(part.y, component.vertical, down);
                let columns = share(part.width, component.horizontal, across);
                let rows = share(part.height, component.vertical, down);
                Cut {
                    blocks,
                    left,
                    top,
                    right: blocks.columns().min(left + columns),
                    bottom: blocks.rows().min(top + rows),
                    across: usize::from(component.horizontal),
                    down: usize::from(component.vertical),
                    codes: &CODES[number.min(1)],
                }
            })
            .collect();
        let mut bits = Writer::new(out);
        let mut before = [0i32; 4];
        let (mut left, mut restarts) = (interval, 0);
        for row in 0..part.height.div_ceil(unit_height) as usize {
            for column in 0..part.width.div_ceil(unit_width) as usize {
                if left == 0 {
                    bits.restart(restarts);
                    before = [0; 4];
                    (left, restarts) = (interval, restarts.wrapping_add(1));
                }
                left -= 1;
                for (cut, before) in cuts.iter().zip(&mut before) {
                    cut.unit(column, row, before, &mut bits)?;
                }
            }
        }
        Ok(bits.finish())
    }

    fn frame(&self, out: &mut Vec<u8>, part: &Rect) -> Result<(), Error> {
        const LONG: Error = Error::Unsupported("a side longer than 65535");
        let width = u16::try_from(part.width).map_err(|_| LONG)?;
        let height = u16::try_from(part.height).map_err(|_| LONG)?;
        let mut content = vec![8];
        content.extend(height.to_be_bytes());
        content.extend(width.to_be_bytes());
        content.push(components(&self.header));
        for ((number, component), table) in (0u8..).zip(&self.header.components).zip(&self.tables) {
            let sampling = component.horizontal << 4 | component.vertical;
            content.extend([number + 1, sampling, *table]);
        }
        segment(out, 0xc0, &content)
    }
}

/// The segments that hold a colour profile, which follow that of JFIF (ICC.1, annex B.4); none for no bytes.
///
/// # Errors
/// If the profile has more than 255 parts of nearly 64 KiB.
pub fn profile_segments(profile: &[u8]) -> Result<Vec<u8>, Error> {
    const NAME: &[u8] = b"ICC_PROFILE\0";
    // What remains of a segment's 65,535 bytes beside its length, the name and two numbers.
    const PART: usize = 65_535 - 2 - NAME.len() - 2;
    let parts = profile.chunks(PART);
    let count = u8::try_from(parts.len())
        .map_err(|_| Error::Unsupported("a colour profile of more than 255 parts"))?;
    let mut segments = Vec::new();
    for (number, part) in (1u8..).zip(parts) {
        let content = [NAME, &[number, count], part].concat();
        segment(&mut segments, 0xe2, &content)?;
    }
    Ok(segments)
}

fn components(header: &Header) -> u8 {
    u8::try_from(header.components.len()).unwrap_or(u8::MAX)
}

fn segment(out: &mut Vec<u8>, marker: u8, content: &[u8]) -> Result<(), Error> {
    let length = u16::try_from(content.len() + 2)
        .map_err(|_| Error::Damaged("a segment longer than 64 KiB"))?;
    out.extend([0xff, marker]);
    out.extend(length.to_be_bytes());
    out.extend_from_slice(content);
    Ok(())
}

fn table(number: u8, of: &Standard) -> Vec<u8> {
    let mut content = vec![number];
    content.extend(of.counts);
    content.extend(of.symbols);
    content
}

/// The blocks of one component that a stream is made of.
struct Cut<'b> {
    blocks: &'b Blocks,
    /// Its first column and row, and those where the image, or the part, ends.
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
    /// Blocks across and down in a unit.
    across: usize,
    down: usize,
    codes: &'b Codes,
}

impl Cut<'_> {
    /// Writes the blocks of one unit.
    #[inline(always)]
    fn unit(
        &self,
        column: usize,
        row: usize,
        before: &mut i32,
        bits: &mut Writer,
    ) -> Result<(), Error> {
        for y in 0..self.down {
            for x in 0..self.across {
                let column = self.left + column * self.across + x;
                let row = self.top + row * self.down + y;
                let inside = column < self.right && row < self.bottom;
                let (block, full) = if inside {
                    self.blocks.block_and_end(column, row)
                } else {
                    // What fills up the last units repeats the mean of the nearest block.
                    let (column, row) = (column.min(self.right - 1), row.min(self.bottom - 1));
                    let dc = self.blocks.block(column, row).dc;
                    (Block { dc, ac: &[] }, false)
                };
                let dc = i32::from(block.dc);
                self.codes.block(dc - *before, block.ac, full, bits)?;
                *before = dc;
            }
        }
        Ok(())
    }
}

/// Code and value of everything that a block may hold: the bits, and in the lowest five their number.
struct Codes {
    /// By the difference, from −2047.
    dc: Vec<u32>,
    /// By the token.
    ac: Box<[u32; 1 << 16]>,
    end: u32,
}

/// For luma and for chroma.
static CODES: LazyLock<[Codes; 2]> =
    LazyLock::new(|| [Codes::new(&DC[0], &AC[0]), Codes::new(&DC[1], &AC[1])]);

/// The largest difference of DC coefficients.
const LARGEST: i32 = 2047;

impl Codes {
    fn new(dc: &Standard, ac: &Standard) -> Self {
        let (dc, ac) = (dc.codes(), ac.codes());
        let whole = |codes: &[(u32, u32); 256], run: usize, value: i32| {
            let size = 32 - value.unsigned_abs().leading_zeros();
            let (code, length) = codes[run << 4 | size as usize];
            let value = if value < 0 { value - 1 } else { value };
            let bits = value as u32 & ((1 << size) - 1);
            (code << size | bits) << 5 | (length + size)
        };
        let mut tokens = Box::new([0; 1 << 16]);
        for (number, entry) in (0..=u16::MAX).zip(tokens.iter_mut()) {
            let token = Token(number);
            if token.run() < 16 && token.value() > -1024 {
                *entry = whole(&ac, token.run(), i32::from(token.value()));
            }
        }
        Self {
            dc: (-LARGEST..=LARGEST)
                .map(|value| whole(&dc, 0, value))
                .collect(),
            ac: tokens,
            end: whole(&ac, 0, 0),
        }
    }

    #[inline(always)]
    fn block(
        &self,
        difference: i32,
        tokens: &[u16],
        full: bool,
        bits: &mut Writer,
    ) -> Result<(), Error> {
        let dc = usize::try_from(difference + LARGEST)
            .ok()
            .and_then(|at| self.dc.get(at))
            .ok_or(Error::Unsupported("blocks that differ too much"))?;
        bits.put(*dc);
        for token in tokens {
            bits.put(self.ac[usize::from(*token)]);
        }
        if !full {
            bits.put(self.end);
        }
        Ok(())
    }
}

impl Standard {
    /// The code of every symbol, and its length (T.81, annex C).
    fn codes(&self) -> [(u32, u32); 256] {
        let mut codes = [(0, 0); 256];
        let (mut code, mut symbols) = (0, self.symbols.iter());
        for (length, count) in (1..).zip(self.counts) {
            for symbol in symbols.by_ref().take(usize::from(count)) {
                codes[usize::from(*symbol)] = (code, length);
                code += 1;
            }
            code <<= 1;
        }
        codes
    }
}

/// Writes bits; after a byte 0xff a 0 is put (T.81, F.1.2.3).
struct Writer {
    out: Vec<u8>,
    word: u64,
    count: u32,
}

impl Writer {
    fn new(out: Vec<u8>) -> Self {
        Self {
            out,
            word: 0,
            count: 0,
        }
    }

    /// Puts bits whose number is in their lowest five.
    #[inline(always)]
    fn put(&mut self, entry: u32) {
        let length = entry & 31;
        self.word = self.word << length | u64::from(entry >> 5);
        self.count += length;
        if self.count >= 32 {
            self.count -= 32;
            self.four_bytes((self.word >> self.count) as u32);
        }
    }

    #[inline(always)]
    fn four_bytes(&mut self, word: u32) {
        let bytes = word.to_be_bytes();
        // None of the four is 0xff.
        if (!word).wrapping_sub(0x0101_0101) & word & 0x8080_8080 == 0 {
            self.out.extend_from_slice(&bytes);
        } else {
            self.stuffed(&bytes);
        }
    }

    #[cold]
    #[inline(never)]
    fn stuffed(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.out.push(*byte);
            if *byte == 0xff {
                self.out.push(0);
            }
        }
    }

    /// Ends an interval with restart marker `number` modulo 8.
    fn restart(&mut self, number: u8) {
        self.fill_up();
        self.out.extend([0xff, 0xd0 | (number & 7)]);
    }

    /// Ends the stream.
    fn finish(mut self) -> Vec<u8> {
        self.fill_up();
        self.out.extend([0xff, 0xd9]);
        self.out
    }

    /// Fills the last byte with ones.
    fn fill_up(&mut self) {
        let missing = self.count.next_multiple_of(8) - self.count;
        let word = self.word << missing | ((1 << missing) - 1);
        let count = (self.count + missing) / 8;
        let bytes = word.to_be_bytes();
        self.stuffed(&bytes[8 - count as usize..]);
        (self.word, self.count) = (0, 0);
    }
}
