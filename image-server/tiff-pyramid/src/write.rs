//! Writing: tiles in any order, the directories last.

use std::io::{Seek, SeekFrom, Write};

use crate::error::WriteError;
use crate::layout::{Layout, Level, TileAt};
use crate::read::Span;
use crate::{LONGEST_PROFILE, Samples, Subsampling, tag};

/// A file may grow past classic TIFF's 4 GiB when its pixels exceed this many bytes uncompressed.
const CLASSIC_PIXEL_BYTES: u64 = 3 << 30;

/// One tile as it will lie in the file.
#[derive(Debug, Clone)]
pub struct EncodedTile {
    /// A JPEG stream of the whole tile, padded at the edges of the image.
    pub padded: Vec<u8>,
    /// For tiles that are padded: a JPEG stream of the image's pixels alone.
    pub cropped: Option<Vec<u8>>,
}

/// Writes one pyramid.
///
/// The file is not readable before [`PyramidWriter::finish`].
#[derive(Debug)]
pub struct PyramidWriter<W> {
    out: W,
    position: u64,
    big: bool,
    samples: Samples,
    /// Of the full image.
    subsampling: Subsampling,
    layout: Layout,
    description: String,
    profile: Vec<u8>,
    levels: Vec<Written>,
}

#[derive(Debug)]
struct Written {
    tiles: Vec<Span>,
    edges: Vec<Span>,
}

/// The first bytes of a file: byte order, version, and the place of the first directory.
fn header(big: bool, first_directory: u64) -> Vec<u8> {
    let mut bytes = b"II".to_vec();
    if big {
        bytes.extend([43, 0, 8, 0, 0, 0]);
        bytes.extend(first_directory.to_le_bytes());
    } else {
        bytes.extend([42, 0]);
        bytes.extend(&first_directory.to_le_bytes()[..4]);
    }
    bytes
}

impl<W: Write + Seek> PyramidWriter<W> {
    /// Begins a file at the start of `out`.
    ///
    /// # Errors
    /// If `out` cannot be written.
    pub fn new(mut out: W, layout: Layout, samples: Samples) -> Result<Self, WriteError> {
        let full = layout.full();
        let big = u64::from(full.width) * u64::from(full.height) * 4 > CLASSIC_PIXEL_BYTES;
        let start = header(big, 0);
        out.write_all(&start)?;
        let levels = layout
            .levels()
            .iter()
            .map(|level| Written {
                tiles: vec![Span::EMPTY; level.count()],
                edges: vec![Span::EMPTY; level.edge_count()],
            })
            .collect();
        Ok(Self {
            out,
            position: start.len() as u64,
            big,
            samples,
            subsampling: Subsampling::HALVED,
            description: String::new(),
            profile: Vec::new(),
            layout,
            levels,
        })
    }

    /// The same, with words about the image, in ASCII.
    #[must_use]
    pub fn with_description(mut self, words: &str) -> Self {
        words.clone_into(&mut self.description);
        self
    }

    /// The same, with tiles of the full image whose chroma is sampled so.
    #[must_use]
    pub fn with_full_subsampling(mut self, subsampling: Subsampling) -> Self {
        self.subsampling = subsampling;
        self
    }

    /// The same, with the profile that the colours of every level have; the caller puts it into the tiles.
    #[must_use]
    pub fn with_profile(mut self, profile: &[u8]) -> Self {
        profile.clone_into(&mut self.profile);
        self
    }

    /// Appends one tile; tiles may come in any order.
    ///
    /// # Errors
    /// If `out` cannot be written.
    pub fn tile(&mut self, at: TileAt, tile: &EncodedTile) -> Result<(), WriteError> {
        let level = self.layout.levels()[at.level];
        let padded = self.append(&tile.padded)?;
        self.levels[at.level].tiles[level.index(at.column, at.row)] = padded;
        if let (Some(index), Some(cropped)) =
            (level.edge_index(at.column, at.row), tile.cropped.as_deref())
        {
            self.levels[at.level].edges[index] = self.append(cropped)?;
        }
        Ok(())
    }

    /// Writes the directories and gives the output back, positioned anywhere.
    ///
    /// # Errors
    /// If a tile is missing, the profile is longer than [`LONGEST_PROFILE`], or `out` cannot be written.
    pub fn finish(mut self) -> Result<W, WriteError> {
        let levels = std::mem::take(&mut self.levels);
        let profile = self.profile()?;
        // Where the offset of the next directory must be written.
        let mut link = if self.big { 8 } else { 4 };
        for (number, written) in levels.iter().enumerate() {
            self.check_complete(number, written)?;
            let level = self.layout.levels()[number];
            let directory = self.directory(number, level, written, profile)?;
            self.patch(link, directory.start)?;
            link = directory.link;
        }
        if !self.big && self.position > u64::from(u32::MAX) {
            return Err(WriteError::TooLong);
        }
        self.out.flush()?;
        Ok(self.out)
    }

    /// Writes the profile, once for all levels.
    fn profile(&mut self) -> Result<Option<Span>, WriteError> {
        let profile = std::mem::take(&mut self.profile);
        if profile.is_empty() {
            return Ok(None);
        }
        if profile.len() > LONGEST_PROFILE as usize {
            return Err(WriteError::LongProfile(profile.len()));
        }
        self.align()?;
        self.append(&profile).map(Some)
    }

    fn append(&mut self, bytes: &[u8]) -> Result<Span, WriteError> {
        let length = u32::try_from(bytes.len()).map_err(|_| WriteError::TooLong)?;
        let span = Span {
            offset: self.position,
            length,
        };
        self.out.write_all(bytes)?;
        self.position += u64::from(length);
        Ok(span)
    }

    /// Overwrites one offset that was written as 0 before.
    fn patch(&mut self, at: u64, value: u64) -> Result<(), WriteError> {
        self.out.seek(SeekFrom::Start(at))?;
        let width = if self.big { 8 } else { 4 };
        self.out.write_all(&value.to_le_bytes()[..width])?;
        self.out.seek(SeekFrom::Start(self.position))?;
        Ok(())
    }

    fn check_complete(&self, number: usize, written: &Written) -> Result<(), WriteError> {
        let level = self.layout.levels()[number];
        for row in 0..level.rows() {
            for column in 0..level.columns() {
                let tile = written.tiles[level.index(column, row)];
                let edge = level
                    .edge_index(column, row)
                    .map(|index| written.edges[index]);
                if tile.length == 0 || edge.is_some_and(|span| span.length == 0) {
                    return Err(WriteError::MissingTile {
                        level: number,
                        column,
                        row,
                    });
                }
            }
        }
        Ok(())
    }

    /// Writes the directory of one level, its long values before it.
    fn directory(
        &mut self,
        number: usize,
        level: Level,
        written: &Written,
        profile: Option<Span>,
    ) -> Result<Directory, WriteError> {
        let offset_type = if self.big {
            tag::TYPE_LONG8
        } else {
            tag::TYPE_LONG
        };
        let offsets = |spans: &[Span]| spans.iter().map(|span| span.offset).collect::<Vec<_>>();
        let lengths = |spans: &[Span]| {
            spans
                .iter()
                .map(|span| u64::from(span.length))
                .collect::<Vec<_>>()
        };
        let short = |tag, values: &[u64]| (tag, tag::TYPE_SHORT, values.to_vec());
        let long = |tag, value: u32| (tag, tag::TYPE_LONG, vec![u64::from(value)]);
        let (photometric, bits): (u64, &[u64]) = match self.samples {
            Samples::Gray => (tag::PHOTOMETRIC_GRAY, &[8]),
            Samples::Color => (tag::PHOTOMETRIC_YCBCR, &[8, 8, 8]),
        };
        let tile = self.layout.tile();
        let reduced = if number == 0 { 0 } else { tag::REDUCED_IMAGE };
        // Ascending by tag, as TIFF demands.
        let mut fields = vec![
            (tag::NEW_SUBFILE_TYPE, tag::TYPE_LONG, vec![reduced]),
            long(tag::IMAGE_WIDTH, level.width),
            long(tag::IMAGE_LENGTH, level.height),
            short(tag::BITS_PER_SAMPLE, bits),
            short(tag::COMPRESSION, &[tag::COMPRESSION_JPEG]),
            short(tag::PHOTOMETRIC, &[photometric]),
            short(tag::ORIENTATION, &[1]),
            short(tag::SAMPLES_PER_PIXEL, &[bits.len() as u64]),
            short(tag::PLANAR_CONFIGURATION, &[1]),
            (
                tag::SOFTWARE,
                tag::TYPE_ASCII,
                b"Acervo\0".iter().map(|&b| u64::from(b)).collect(),
            ),
            long(tag::TILE_WIDTH, tile),
            long(tag::TILE_LENGTH, tile),
            (tag::TILE_OFFSETS, offset_type, offsets(&written.tiles)),
            (
                tag::TILE_BYTE_COUNTS,
                tag::TYPE_LONG,
                lengths(&written.tiles),
            ),
        ];
        if number == 0 && !self.description.is_empty() {
            let words = self.description.bytes().chain([0]).map(u64::from);
            let place = fields.partition_point(|(tag, ..)| *tag < tag::IMAGE_DESCRIPTION);
            fields.insert(
                place,
                (tag::IMAGE_DESCRIPTION, tag::TYPE_ASCII, words.collect()),
            );
        }
        if self.samples == Samples::Color {
            let subsampling = if number == 0 {
                self.subsampling
            } else {
                Subsampling::HALVED
            };
            let (across, down) = subsampling.factors();
            fields.push(short(
                tag::YCBCR_SUBSAMPLING,
                &[u64::from(across), u64::from(down)],
            ));
        }
        if !written.edges.is_empty() {
            fields.push((tag::EDGE_OFFSETS, offset_type, offsets(&written.edges)));
            fields.push((
                tag::EDGE_BYTE_COUNTS,
                tag::TYPE_LONG,
                lengths(&written.edges),
            ));
        }
        let mut fields: Vec<_> = fields
            .into_iter()
            .map(|(tag, field_type, values)| (tag, field_type, Values::These(values)))
            .collect();
        if let Some(Span { offset, length }) = profile {
            let place = fields.partition_point(|(tag, ..)| *tag < tag::ICC_PROFILE);
            let values = Values::At(offset, length);
            fields.insert(place, (tag::ICC_PROFILE, tag::TYPE_UNDEFINED, values));
        }
        self.fields(&fields)
    }

    fn fields(&mut self, fields: &[(u16, u16, Values)]) -> Result<Directory, WriteError> {
        let inline = if self.big { 8 } else { 4 };
        let mut entries = Vec::new();
        for (tag, field_type, values) in fields {
            let size = tag::size_of_type(*field_type).unwrap_or(1);
            let size = usize::try_from(size).unwrap_or(8);
            let (count, mut bytes) = match values {
                Values::These(values) => {
                    let bytes = values.iter().map(|value| value.to_le_bytes());
                    let bytes = bytes.flat_map(|bytes| bytes.into_iter().take(size));
                    (values.len() as u64, bytes.collect())
                }
                Values::At(offset, count) => {
                    (u64::from(*count), offset.to_le_bytes()[..inline].to_vec())
                }
            };
            if bytes.len() > inline {
                self.align()?;
                let at = self.position;
                self.out.write_all(&bytes)?;
                self.position += bytes.len() as u64;
                bytes = at.to_le_bytes()[..inline].to_vec();
            }
            bytes.resize(inline, 0);
            entries.extend(tag.to_le_bytes());
            entries.extend(field_type.to_le_bytes());
            entries.extend(&count.to_le_bytes()[..inline]);
            entries.extend(bytes);
        }
        self.align()?;
        let start = self.position;
        let count_width = if self.big { 8 } else { 2 };
        self.out
            .write_all(&(fields.len() as u64).to_le_bytes()[..count_width])?;
        self.out.write_all(&entries)?;
        let link = start + (count_width + entries.len()) as u64;
        self.out.write_all(&0u64.to_le_bytes()[..inline])?;
        self.position = link + inline as u64;
        Ok(Directory { start, link })
    }

    /// Values and directories begin at even (here: eightfold) offsets.
    fn align(&mut self) -> Result<(), WriteError> {
        let padding = self.position.next_multiple_of(8) - self.position;
        self.out
            .write_all(&[0; 8][..usize::try_from(padding).unwrap_or(0)])?;
        self.position += padding;
        Ok(())
    }
}

/// The values of a field.
enum Values {
    /// To be written with the directory.
    These(Vec<u64>),
    /// Written already, at this offset: so many of them.
    At(u64, u32),
}

/// Where a directory lies, and where its link to the next one does.
struct Directory {
    start: u64,
    link: u64,
}
