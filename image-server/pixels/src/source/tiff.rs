//! TIFF sources: strips and tiles of a band decoded side by side, in memory that depends on the width.

mod block;
mod decompress;
mod directory;
mod image;
mod read;
mod unpack;

use std::fs::File;
use std::sync::Arc;

use rayon::prelude::*;
use tiff_pyramid::Samples;

use self::block::{Block, Scratch};
use self::decompress::{Span, jpeg_bytes};
use self::directory::{Directory, Tiff, damaged};
use self::image::{Compression, Image};
use super::budget::Lease;
use super::limits::check;
use super::turn::oriented;
use super::{Limits, RowReader, SourceError};
use crate::color::ColorPolicy;
use crate::kept::KeptColors;
use crate::raster::bytes_per_pixel;

/// `NewSubfileType` (TIFF 6.0, page 36): bit 0 says a smaller version of another image, bit 2 a mask.
const SUBFILE: u16 = 254;
const REDUCED_IMAGE: u64 = 1;
const MASK: u64 = 4;
/// Directories beside the chain: smaller versions, or the data of a camera's sensor.
const SUB_DIRECTORIES: u16 = 330;
const DNG_VERSION: u16 = 50_706;

/// Strips of more rows are not decoded side by side, because few of them make a band.
const TALL: u32 = 256;
/// Rows of strips without compression that are read at a time.
const PIECE: u32 = 64;

/// The pages of the file: its images but for smaller versions and masks of others.
pub(super) fn pages(file: &File) -> Result<usize, SourceError> {
    let tiff = Tiff::open(file.try_clone()?)?;
    Ok(page_directories(&tiff)?.len())
}

fn page_directories(tiff: &Tiff) -> Result<Vec<Directory>, SourceError> {
    let mut directories = tiff.directories()?;
    let Some(first) = directories.first() else {
        return Err(damaged("it has no image"));
    };
    if first.get(DNG_VERSION).is_some() {
        return Err(SourceError::Unsupported(
            "TIFF with the raw data of a camera (DNG)".to_owned(),
        ));
    }
    let mut are_pages = Vec::with_capacity(directories.len());
    for directory in &directories {
        let kind = directory.number(SUBFILE, tiff)?.unwrap_or(0);
        are_pages.push(kind & (REDUCED_IMAGE | MASK) == 0);
    }
    if !are_pages.contains(&true) {
        if first.get(SUB_DIRECTORIES).is_some() {
            return Err(SourceError::Unsupported(
                "TIFF with the raw data of a camera beside a preview".to_owned(),
            ));
        }
        // Some programs call the only image of a file a smaller version.
        are_pages[0] = true;
    }
    let mut are_pages = are_pages.into_iter();
    directories.retain(|_| are_pages.next().unwrap_or(false));
    Ok(directories)
}

pub(super) fn open(
    file: File,
    page: usize,
    limits: &Limits,
    policy: ColorPolicy,
) -> Result<Box<dyn RowReader>, SourceError> {
    let tiff = Tiff::open(file)?;
    let directories = page_directories(&tiff)?;
    let directory = directories
        .get(page)
        .ok_or_else(|| SourceError::Damaged(format!("TIFF: there is no page {}", page + 1)))?;
    let image = Image::new(&tiff, directory, limits, policy)?;
    let (size, samples) = ((image.width, image.height), image.pixels.samples());
    let orientation = image.orientation;
    let cost = cost(&image).saturating_add(orientation.memory(size, samples));
    let lease = check(orientation.size(size), samples, cost, limits)?;
    let rows = TiffRows {
        scale: image.scale(),
        is_tall: is_tall(&image),
        image: Arc::new(image),
        next_row: 0,
        rest: Vec::new(),
        given: 0,
        open: None,
        scratch: Scratch::default(),
        _lease: lease,
    };
    oriented(Box::new(rows), orientation, limits)
}

/// Whether strips are decoded one after the other, row by row.
fn is_tall(image: &Image) -> bool {
    let is_streamed = !matches!(image.compression, Compression::None | Compression::Jpeg(_));
    is_streamed && !image.chunks.is_tiled && image.chunks.height > TALL
}

/// Bytes that decoding holds beside the rows that it gives.
fn cost(image: &Image) -> u64 {
    let chunks = u64::from(image.across()) * u64::from(image.down());
    let threads = chunks.min(rayon::current_num_threads() as u64);
    let row = image.row_bytes().unwrap_or(usize::MAX) as u64;
    let pixels = u64::from(image.width.max(image.chunks.width));
    // Raw bytes, samples of one plane and of all, and the same without alpha.
    let rows = row.saturating_add(pixels * image.samples.max(4) as u64 * 8);
    let mut chunk = rows.saturating_add((128 << 10) * image.planes() as u64);
    if matches!(image.compression, Compression::Jpeg(_)) {
        // The stream, its coefficients of 16 bits and its pixels.
        chunk = chunk.saturating_add(jpeg_bytes(image).saturating_mul(4) * image.planes() as u64);
    }
    let height = u64::from(image.chunks.height.min(image.height));
    let is_cut =
        is_tall(image) || (image.compression == Compression::None && !image.chunks.is_tiled);
    let rest = if is_cut {
        0
    } else {
        u64::from(image.width) * height * bytes_per_pixel(image.pixels.samples()) as u64
    };
    chunk.saturating_mul(threads).saturating_add(rest)
}

struct TiffRows {
    image: Arc<Image>,
    scale: [u8; 256],
    is_tall: bool,
    next_row: u32,
    /// Rows that were decoded and not asked for yet, and how many of their bytes were given.
    rest: Vec<u8>,
    given: usize,
    /// The strip that is being decoded row by row.
    open: Option<Block>,
    scratch: Scratch,
    _lease: Lease,
}

/// Rows that lie in one row of strips or tiles.
struct Piece<'a> {
    down: u32,
    /// Rows of it that are passed over; none, if it is compressed.
    skip: u32,
    rows: &'a mut [u8],
}

/// A strip or tile, where its rows belong.
struct Task<'a> {
    spans: Vec<Span>,
    place: Place<'a>,
}

/// Where the rows of a strip or tile belong.
enum Place<'a> {
    /// They lie in the file as they are to be, one after the other.
    Whole(&'a mut [u8]),
    Lines(Vec<&'a mut [u8]>),
}

impl TiffRows {
    fn stride(&self) -> usize {
        self.image.width as usize * bytes_per_pixel(self.image.pixels.samples())
    }

    /// Decodes the next rows one after the other.
    fn stream(&mut self, out: &mut [u8]) -> Result<(), SourceError> {
        let stride = self.stride();
        for line in out.chunks_exact_mut(stride) {
            if self.next_row.is_multiple_of(self.image.chunks.height) {
                let down = self.next_row / self.image.chunks.height;
                let spans = spans(&self.image, down, 0)?.pop().unwrap_or_default();
                self.open = Some(Block::open(&self.image, &spans)?);
            }
            let block = self.open.as_mut().ok_or_else(|| damaged("no strip"))?;
            block.row(line, &self.scale, &mut self.scratch)?;
            self.next_row += 1;
        }
        Ok(())
    }

    /// Decodes the next rows side by side; gives how many bytes of `out` they filled. What is left
    /// there is the beginning of a strip or tile.
    fn band(&mut self, mut out: &mut [u8]) -> Result<usize, SourceError> {
        let stride = self.stride();
        let height = self.image.chunks.height;
        let is_free = self.image.compression == Compression::None && !self.image.chunks.is_tiled;
        let mut pieces = Vec::new();
        let mut filled = 0;
        loop {
            let (down, skip) = (self.next_row / height, self.next_row % height);
            let room = u32::try_from(out.len() / stride).unwrap_or(u32::MAX);
            let mut rows = (height - skip).min(self.image.height - self.next_row);
            if is_free {
                rows = rows.min(room).min(PIECE);
            }
            if rows == 0 || rows > room {
                break;
            }
            let (now, later) = out.split_at_mut(rows as usize * stride);
            filled += now.len();
            out = later;
            pieces.push(Piece {
                down,
                skip,
                rows: now,
            });
            self.next_row += rows;
        }
        decode(&self.image, pieces, stride, &self.scale)?;
        Ok(filled)
    }

    /// Decodes the next row of strips or tiles into `rest`.
    fn rest(&mut self) -> Result<(), SourceError> {
        let stride = self.stride();
        let height = self.image.chunks.height;
        let rows = height.min(self.image.height - self.next_row);
        self.rest.resize(rows as usize * stride, 0);
        self.given = 0;
        let piece = Piece {
            down: self.next_row / height,
            skip: 0,
            rows: &mut self.rest,
        };
        self.next_row += rows;
        decode(&self.image, vec![piece], stride, &self.scale)
    }
}

/// Decodes pieces side by side.
fn decode(
    image: &Arc<Image>,
    pieces: Vec<Piece<'_>>,
    stride: usize,
    scale: &[u8; 256],
) -> Result<(), SourceError> {
    let width = image.chunks.width as usize * bytes_per_pixel(image.pixels.samples());
    let is_whole = image.compression == Compression::None
        && image.is_direct()
        && !image.is_reversed
        && width == stride;
    let mut tasks = Vec::new();
    for piece in pieces {
        let mut spans = spans(image, piece.down, piece.skip)?;
        if is_whole {
            let spans = spans.pop().unwrap_or_default();
            let place = Place::Whole(piece.rows);
            tasks.push(Task { spans, place });
            continue;
        }
        let mut lines: Vec<Vec<&mut [u8]>> = spans.iter().map(|_| Vec::new()).collect();
        for row in piece.rows.chunks_exact_mut(stride) {
            for (lines, part) in lines.iter_mut().zip(row.chunks_mut(width)) {
                lines.push(part);
            }
        }
        tasks.extend(spans.into_iter().zip(lines).map(|(spans, lines)| Task {
            spans,
            place: Place::Lines(lines),
        }));
    }
    tasks
        .into_par_iter()
        .try_for_each_init(Scratch::default, |scratch, task| {
            task.run(image, scale, scratch)
        })
}

impl Task<'_> {
    fn run(
        self,
        image: &Arc<Image>,
        scale: &[u8; 256],
        scratch: &mut Scratch,
    ) -> Result<(), SourceError> {
        match self.place {
            Place::Whole(rows) => {
                let span = self.spans.first().ok_or_else(|| damaged("no strip"))?;
                image.tiff.read(rows, span.offset)
            }
            Place::Lines(lines) => {
                let mut block = Block::open(image, &self.spans)?;
                lines
                    .into_iter()
                    .try_for_each(|line| block.row(line, scale, scratch))
            }
        }
    }
}

/// Where the strips or tiles of one row of them lie: for each, one span a plane. Of those without
/// compression, `skip` rows are passed over.
fn spans(image: &Image, down: u32, skip: u32) -> Result<Vec<Vec<Span>>, SourceError> {
    let across = u64::from(image.across());
    let plane = across * u64::from(image.down());
    let count = image.across() as usize;
    let mut all = vec![Vec::with_capacity(image.planes()); count];
    let row_bytes = image.row_bytes().unwrap_or(usize::MAX) as u64;
    for number in 0..image.planes() as u64 {
        let first = number * plane + u64::from(down) * across;
        let offsets = image.tiff.numbers(image.chunks.offsets, first, count)?;
        let lengths = image.tiff.numbers(image.chunks.bytes, first, count)?;
        for ((spans, offset), length) in all.iter_mut().zip(offsets).zip(lengths) {
            spans.push(if image.compression == Compression::None {
                // What old programs write as the length is not always true.
                Span {
                    offset: offset.saturating_add(row_bytes.saturating_mul(u64::from(skip))),
                    length: row_bytes.saturating_mul(u64::from(image.chunks.height - skip)),
                }
            } else {
                Span { offset, length }
            });
        }
    }
    Ok(all)
}

impl RowReader for TiffRows {
    fn size(&self) -> (u32, u32) {
        (self.image.width, self.image.height)
    }

    fn samples(&self) -> Samples {
        self.image.pixels.samples()
    }

    fn colors(&self) -> KeptColors {
        self.image.pixels.kept().clone()
    }

    fn is_parallel(&self) -> bool {
        !self.is_tall
    }

    fn read_rows(&mut self, mut out: &mut [u8]) -> Result<(), SourceError> {
        let rows = out.len() / self.stride();
        let ready = (self.rest.len() - self.given) / self.stride();
        let left = (self.image.height - self.next_row) as usize + ready;
        if rows > left {
            return Err(damaged("fewer rows than it says"));
        }
        while !out.is_empty() {
            let ready = &self.rest[self.given..];
            let count = ready.len().min(out.len());
            let (now, later) = out.split_at_mut(count);
            now.copy_from_slice(&ready[..count]);
            self.given += count;
            out = later;
            if out.is_empty() {
                break;
            }
            if self.is_tall {
                return self.stream(out);
            }
            let filled = self.band(out)?;
            out = &mut out[filled..];
            if !out.is_empty() {
                self.rest()?;
            }
        }
        Ok(())
    }
}
