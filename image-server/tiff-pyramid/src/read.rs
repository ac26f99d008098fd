//! Reading: the directories once, then byte ranges.
//!
//! Reads what [`crate::PyramidWriter`] writes and nothing else: every shape is checked against the
//! layout that follows from the image's size, so a damaged file is found when it is opened.

use std::io;

use crate::error::ReadError;
use crate::layout::{Layout, TileAt};
use crate::{LONGEST_PROFILE, Samples, Subsampling, tag};

/// More levels than an image of [`crate::MAX_SIDE`] can have.
const MAX_LEVELS: usize = 24;
/// More fields than a directory of ours has.
const MAX_FIELDS: u64 = 64;
/// Bytes of a text that are read.
const MAX_WORDS: u64 = 256;

/// Bytes that can be read at any place: a file, or memory in tests.
pub trait ReadAt {
    /// Fills `buffer` from `offset`.
    ///
    /// # Errors
    /// If the bytes are not there or cannot be read.
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()>;
}

impl ReadAt for std::fs::File {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(self, buffer, offset)
    }
}

impl ReadAt for [u8] {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let bytes = start
            .checked_add(buffer.len())
            .and_then(|end| self.get(start..end))
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        buffer.copy_from_slice(bytes);
        Ok(())
    }
}

/// A range of bytes in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first byte.
    pub offset: u64,
    /// Bytes in all.
    pub length: u32,
}

impl Span {
    pub(crate) const EMPTY: Self = Self {
        offset: 0,
        length: 0,
    };
}

/// The index of an opened pyramid: where every tile lies.
#[derive(Debug, Clone)]
pub struct Pyramid {
    layout: Layout,
    samples: Samples,
    subsampling: Subsampling,
    description: Box<str>,
    profile: Option<Span>,
    /// Of all levels, as [`Layout`] numbers them: one piece of memory, of which a tile needs one place.
    spans: Box<[Span]>,
}

impl Pyramid {
    /// Reads the index of the pyramid in `source`, which has `length` bytes.
    ///
    /// # Errors
    /// If the file is cut short, is no pyramid of this crate, or cannot be read.
    pub fn open(source: &(impl ReadAt + ?Sized), length: u64) -> Result<Self, ReadError> {
        let file = Input { source, length };
        let (big, mut next) = file.header()?;
        let mut directories = Vec::new();
        while next != 0 {
            if directories.len() == MAX_LEVELS {
                return Err(ReadError::Format("more levels than any image has"));
            }
            let directory = file.directory(big, next)?;
            next = directory.next;
            directories.push(directory);
        }
        let first = directories
            .first()
            .ok_or(ReadError::Format("no image in it"))?;
        let (width, height) = (first.one(tag::IMAGE_WIDTH)?, first.one(tag::IMAGE_LENGTH)?);
        let tile = first.one(tag::TILE_WIDTH)?;
        let side = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
        let layout = Layout::new(side(width), side(height), side(tile))
            .ok_or(ReadError::Format("impossible image or tile size"))?;
        if layout.levels().len() != directories.len() {
            return Err(ReadError::Format("not as many levels as its size asks for"));
        }
        let samples = match first.one(tag::PHOTOMETRIC)? {
            tag::PHOTOMETRIC_GRAY => Samples::Gray,
            tag::PHOTOMETRIC_YCBCR => Samples::Color,
            _ => return Err(ReadError::Format("a colour space that pyramids do not use")),
        };
        let subsampling = first.subsampling(samples)?;
        for smaller in directories.iter().skip(1) {
            if smaller.subsampling(samples)? != Subsampling::HALVED {
                return Err(ReadError::Format(
                    "a smaller level whose chroma is not halved",
                ));
            }
        }
        let mut spans = Vec::new();
        for (level, directory) in layout.levels().iter().zip(&directories) {
            let size = (
                directory.one(tag::IMAGE_WIDTH)?,
                directory.one(tag::IMAGE_LENGTH)?,
            );
            if size != (u64::from(level.width), u64::from(level.height)) {
                return Err(ReadError::Format(
                    "a level of another size than its place asks for",
                ));
            }
            if directory.one(tag::COMPRESSION)? != tag::COMPRESSION_JPEG {
                return Err(ReadError::Format("a level that is not JPEG"));
            }
            let tiles = [tag::TILE_OFFSETS, tag::TILE_BYTE_COUNTS];
            let edges = [tag::EDGE_OFFSETS, tag::EDGE_BYTE_COUNTS];
            spans.extend(directory.spans(&file, tiles, level.count())?);
            spans.extend(directory.spans(&file, edges, level.edge_count())?);
        }
        Ok(Self {
            layout,
            samples,
            subsampling,
            description: first.words(&file, tag::IMAGE_DESCRIPTION)?,
            profile: first.profile(&file)?,
            spans: spans.into(),
        })
    }

    /// What its maker says of it; empty if nothing.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Levels and tiles.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The samples of its pixels.
    #[must_use]
    pub fn samples(&self) -> Samples {
        self.samples
    }

    /// How the chroma of the full image is sampled; that of the other levels is halved.
    #[must_use]
    pub fn full_subsampling(&self) -> Subsampling {
        self.subsampling
    }

    /// Where the profile of its colours lies; `None` if they are grey or sRGB.
    #[must_use]
    pub fn profile(&self) -> Option<Span> {
        self.profile
    }

    /// Where the tile at `at` lies, cropped to the image; `None` if the pyramid has no such tile.
    #[must_use]
    pub fn tile(&self, at: TileAt) -> Option<Span> {
        let level = self.layout.levels().get(at.level)?;
        if at.column >= level.columns() || at.row >= level.rows() {
            return None;
        }
        self.spans.get(level.place(at.column, at.row)).copied()
    }

    /// Bytes that this index holds in memory, for caches.
    #[must_use]
    pub fn weight(&self) -> usize {
        let levels = size_of_val(self.layout.levels());
        size_of::<Self>() + size_of_val(&*self.spans) + levels
    }
}

/// The file while it is being opened.
struct Input<'s, S: ?Sized> {
    source: &'s S,
    length: u64,
}

struct Directory {
    fields: Vec<Field>,
    next: u64,
}

/// A field of a directory. What lies elsewhere is not read before it is known how much it must be: a small
/// file can promise any number of long fields.
struct Field {
    tag: u16,
    /// Bytes of one value.
    size: u64,
    count: u64,
    value: Value,
}

enum Value {
    Inline(Vec<u8>),
    At(u64),
}

impl Field {
    fn values(&self, bytes: &[u8]) -> Vec<u64> {
        let size = usize::try_from(self.size).unwrap_or(1);
        let count = usize::try_from(self.count).unwrap_or(usize::MAX);
        bytes.chunks_exact(size).take(count).map(unsigned).collect()
    }
}

impl<S: ReadAt + ?Sized> Input<'_, S> {
    fn bytes(&self, what: &'static str, offset: u64, count: u64) -> Result<Vec<u8>, ReadError> {
        self.within(what, offset, count)?;
        let mut buffer = vec![0; usize::try_from(count).unwrap_or(usize::MAX)];
        self.source.read_exact_at(&mut buffer, offset)?;
        Ok(buffer)
    }

    /// Checks that the file has `count` bytes at `offset`.
    fn within(&self, what: &'static str, offset: u64, count: u64) -> Result<(), ReadError> {
        let end = offset.saturating_add(count);
        if end > self.length {
            return Err(ReadError::Truncated {
                what,
                end,
                length: self.length,
            });
        }
        Ok(())
    }

    /// Whether the file is a `BigTIFF`, and where its first directory lies.
    fn header(&self) -> Result<(bool, u64), ReadError> {
        let start = self.bytes("the header", 0, 8)?;
        match &start[..4] {
            b"II\x2a\0" => Ok((false, unsigned(&start[4..8]))),
            b"II\x2b\0" if start[4..8] == [8, 0, 0, 0] => {
                Ok((true, unsigned(&self.bytes("the header", 8, 8)?)))
            }
            _ => Err(ReadError::Format("no little-endian TIFF header")),
        }
    }

    fn directory(&self, big: bool, at: u64) -> Result<Directory, ReadError> {
        let (count_width, inline, entry) = if big { (8, 8, 20) } else { (2, 4, 12) };
        let count = unsigned(&self.bytes("a directory", at, count_width)?);
        if count > MAX_FIELDS {
            return Err(ReadError::Format("a directory with too many fields"));
        }
        let rest = self.bytes(
            "a directory",
            at.saturating_add(count_width),
            count * entry + inline,
        )?;
        let (entries, next) = rest.split_at(rest.len() - usize::try_from(inline).unwrap_or(0));
        let inline_width = usize::try_from(inline).unwrap_or(0);
        let mut fields = Vec::new();
        for field in entries.chunks_exact(usize::try_from(entry).unwrap_or(12)) {
            let tag = u16::from_le_bytes([field[0], field[1]]);
            let field_type = u16::from_le_bytes([field[2], field[3]]);
            let Some(size) = tag::size_of_type(field_type) else {
                continue;
            };
            let (count, value) = field[4..].split_at(inline_width);
            let count = unsigned(count);
            let is_inline = count.checked_mul(size).is_some_and(|total| total <= inline);
            fields.push(Field {
                tag,
                size,
                count,
                value: if is_inline {
                    Value::Inline(value.to_vec())
                } else {
                    Value::At(unsigned(value))
                },
            });
        }
        Ok(Directory {
            fields,
            next: unsigned(next),
        })
    }
}

impl Directory {
    fn field(&self, tag: u16) -> Option<&Field> {
        self.fields.iter().find(|field| field.tag == tag)
    }

    /// The values of a field that stand in the directory itself.
    fn inline(&self, tag: u16) -> Vec<u64> {
        match self.field(tag) {
            Some(field) => match &field.value {
                Value::Inline(bytes) => field.values(bytes),
                Value::At(_) => Vec::new(),
            },
            None => Vec::new(),
        }
    }

    fn one(&self, tag: u16) -> Result<u64, ReadError> {
        self.inline(tag)
            .first()
            .copied()
            .ok_or(ReadError::Format("a field is missing"))
    }

    /// The values of a field that must have `count` of them: no more is read than that.
    fn many<S: ReadAt + ?Sized>(
        &self,
        file: &Input<'_, S>,
        tag: u16,
        count: usize,
    ) -> Result<Vec<u64>, ReadError> {
        let field = match self.field(tag) {
            None if count == 0 => return Ok(Vec::new()),
            Some(field) if field.count == count as u64 => field,
            _ => return Err(ReadError::Format("not as many tiles as its size asks for")),
        };
        match &field.value {
            Value::Inline(bytes) => Ok(field.values(bytes)),
            Value::At(offset) => {
                let length = field.count.saturating_mul(field.size);
                Ok(field.values(&file.bytes("a field", *offset, length)?))
            }
        }
    }

    /// The words of a field of text, cut where it is longer than any that we write.
    fn words<S: ReadAt + ?Sized>(
        &self,
        file: &Input<'_, S>,
        tag: u16,
    ) -> Result<Box<str>, ReadError> {
        let Some(field) = self.field(tag) else {
            return Ok("".into());
        };
        let bytes = match &field.value {
            Value::Inline(bytes) => bytes.clone(),
            Value::At(offset) => file.bytes("a field", *offset, field.count.min(MAX_WORDS))?,
        };
        let printable = |byte: &u8| (b' '..=b'~').contains(byte);
        let words = bytes.into_iter().take_while(printable);
        Ok(words.map(char::from).collect())
    }

    /// Where the colour profile lies.
    fn profile<S: ReadAt + ?Sized>(&self, file: &Input<'_, S>) -> Result<Option<Span>, ReadError> {
        let Some(field) = self.field(tag::ICC_PROFILE) else {
            return Ok(None);
        };
        let length = u32::try_from(field.count).ok();
        let length = length.filter(|length| *length <= LONGEST_PROFILE);
        match (&field.value, length) {
            (Value::At(offset), Some(length)) if field.size == 1 => {
                file.within("the colour profile", *offset, u64::from(length))?;
                Ok(Some(Span {
                    offset: *offset,
                    length,
                }))
            }
            _ => Err(ReadError::Format(
                "a colour profile of another size than pyramids have",
            )),
        }
    }

    /// How the chroma of a level is sampled; of a grey one it does not matter.
    fn subsampling(&self, samples: Samples) -> Result<Subsampling, ReadError> {
        match (samples, self.inline(tag::YCBCR_SUBSAMPLING).as_slice()) {
            // Halved is what TIFF means when it says nothing.
            (Samples::Gray, _) | (Samples::Color, []) => Ok(Subsampling::HALVED),
            (Samples::Color, &[across, down]) => u8::try_from(across)
                .ok()
                .zip(u8::try_from(down).ok())
                .and_then(|(across, down)| Subsampling::new(across, down))
                .ok_or(ReadError::Format("an impossible sampling of chroma")),
            (Samples::Color, _) => Err(ReadError::Format("an impossible sampling of chroma")),
        }
    }

    /// The byte ranges of `count` tiles, none of them past the end of the file.
    fn spans<S: ReadAt + ?Sized>(
        &self,
        file: &Input<'_, S>,
        [offsets, lengths]: [u16; 2],
        count: usize,
    ) -> Result<Vec<Span>, ReadError> {
        let offsets = self.many(file, offsets, count)?;
        let lengths = self.many(file, lengths, count)?;
        offsets
            .into_iter()
            .zip(lengths)
            .map(|(offset, length)| {
                file.within("a tile", offset, length)?;
                let length =
                    u32::try_from(length).map_err(|_| ReadError::Format("a tile of 4 GiB"))?;
                Ok(Span { offset, length })
            })
            .collect()
    }
}

/// A little-endian number of 1 to 8 bytes.
fn unsigned(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |value, &byte| value << 8 | u64::from(byte))
}
