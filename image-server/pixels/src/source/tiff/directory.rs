//! The structure of a TIFF file: its header and directories (TIFF 6.0, section 2; `BigTIFF`).
//!
//! Arrays of values stay in the file until a part of one is asked for: there may be millions of tiles.

use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use super::super::SourceError;

/// More pages than any volume has; a longer chain of directories is an attack.
const MAX_PAGES: usize = 10_000;
/// More entries than any directory has.
const MAX_ENTRIES: u64 = 4_096;

/// A TIFF file.
#[derive(Debug, Clone)]
pub(super) struct Tiff {
    pub(super) file: Arc<File>,
    pub(super) length: u64,
    pub(super) is_big_endian: bool,
    is_big_tiff: bool,
    first: u64,
}

/// A directory: what the file says of one of its images.
#[derive(Debug)]
pub(super) struct Directory {
    entries: Vec<(u16, Array)>,
    next: u64,
}

/// The values of an entry, in the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Array {
    kind: u16,
    pub(super) count: u64,
    position: u64,
}

impl Tiff {
    pub(super) fn open(file: File) -> Result<Self, SourceError> {
        let length = file.metadata()?.len();
        let mut tiff = Self {
            file: Arc::new(file),
            length,
            is_big_endian: false,
            is_big_tiff: false,
            first: 0,
        };
        let mut head = [0; 4];
        tiff.read(&mut head, 0)?;
        tiff.is_big_endian = head[0] == b'M';
        tiff.is_big_tiff = tiff.number(&head[2..]) == 43;
        tiff.first = if tiff.is_big_tiff {
            let mut sizes = [0; 4];
            tiff.read(&mut sizes, 4)?;
            if tiff.number(&sizes[..2]) != 8 {
                return Err(damaged("offsets of unknown size"));
            }
            tiff.number_at(8, 8)?
        } else {
            tiff.number_at(4, 4)?
        };
        Ok(tiff)
    }

    /// All directories of the chain that starts in the header.
    pub(super) fn directories(&self) -> Result<Vec<Directory>, SourceError> {
        let mut seen = HashSet::new();
        let mut directories = Vec::new();
        let mut at = self.first;
        while at != 0 {
            if !seen.insert(at) {
                return Err(damaged("its directories form a circle"));
            }
            if directories.len() == MAX_PAGES {
                return Err(SourceError::Unsupported(format!(
                    "TIFF of more than {MAX_PAGES} pages"
                )));
            }
            let directory = self.directory(at)?;
            at = directory.next;
            directories.push(directory);
        }
        Ok(directories)
    }

    fn directory(&self, at: u64) -> Result<Directory, SourceError> {
        let (word, entry_size, inline) = if self.is_big_tiff {
            (8, 20, 8)
        } else {
            (2, 12, 4)
        };
        let count = self.number_at(at, word)?;
        if count > MAX_ENTRIES {
            return Err(damaged("a directory of too many entries"));
        }
        let begin = at.saturating_add(word);
        let mut bytes = vec![0; usize::try_from(count * entry_size).unwrap_or(0)];
        self.read(&mut bytes, begin)?;
        let mut entries = Vec::with_capacity(bytes.len() / 12);
        for (index, entry) in
            (0..).zip(bytes.chunks_exact(usize::try_from(entry_size).unwrap_or(12)))
        {
            let (head, rest) = entry.split_at(4);
            let (values, value) = rest.split_at(rest.len() / 2);
            let mut array = Array {
                kind: u16::try_from(self.number(&head[2..])).unwrap_or(0),
                count: self.number(values),
                position: 0,
            };
            let Some(size) = array.value_size() else {
                continue;
            };
            array.position = if array.count.saturating_mul(size) <= inline {
                begin + index * entry_size + entry_size - inline
            } else {
                self.number(value)
            };
            entries.push((u16::try_from(self.number(&head[..2])).unwrap_or(0), array));
        }
        // A file may break off behind the last directory of it.
        let end = begin.saturating_add(count * entry_size);
        let next = self.number_at(end, inline).unwrap_or(0);
        Ok(Directory { entries, next })
    }

    /// Whole numbers `from` to `from + count` of an array.
    pub(super) fn numbers(
        &self,
        array: Array,
        from: u64,
        count: usize,
    ) -> Result<Vec<u64>, SourceError> {
        let size = match array.kind {
            BYTE | SHORT | LONG | LONG8 | IFD | IFD8 | UNDEFINED => array.value_size().unwrap_or(1),
            _ => return Err(damaged("a number that is none")),
        };
        if from.saturating_add(count as u64) > array.count {
            return Err(damaged("fewer values than it needs"));
        }
        let mut bytes = self.bytes(array, from * size, count as u64 * size)?;
        let size = usize::try_from(size).unwrap_or(1);
        let numbers = bytes.chunks_exact_mut(size);
        Ok(numbers.map(|number| self.number(number)).collect())
    }

    /// Bytes of an array, from a position in it; nothing is allocated for what the file does not have.
    pub(super) fn bytes(
        &self,
        array: Array,
        from: u64,
        length: u64,
    ) -> Result<Vec<u8>, SourceError> {
        let begin = array.position.saturating_add(from);
        if begin.saturating_add(length) > self.length {
            return Err(damaged("it breaks off"));
        }
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
        self.read(&mut bytes, begin)?;
        Ok(bytes)
    }

    /// An unsigned number in the byte order of the file.
    pub(super) fn number(&self, bytes: &[u8]) -> u64 {
        let add = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
        if self.is_big_endian {
            bytes.iter().fold(0, add)
        } else {
            bytes.iter().rev().fold(0, add)
        }
    }

    fn number_at(&self, at: u64, size: u64) -> Result<u64, SourceError> {
        let mut bytes = [0; 8];
        let bytes = &mut bytes[..usize::try_from(size.min(8)).unwrap_or(8)];
        self.read(bytes, at)?;
        Ok(self.number(bytes))
    }

    pub(super) fn read(&self, bytes: &mut [u8], at: u64) -> Result<(), SourceError> {
        self.file.read_exact_at(bytes, at).map_err(broken)
    }
}

impl Directory {
    pub(super) fn get(&self, tag: u16) -> Option<Array> {
        let entry = self.entries.iter().find(|(of, _)| *of == tag)?;
        Some(entry.1)
    }

    /// The first number of an entry.
    pub(super) fn number(&self, tag: u16, tiff: &Tiff) -> Result<Option<u64>, SourceError> {
        let Some(array) = self.get(tag).filter(|array| array.count > 0) else {
            return Ok(None);
        };
        Ok(tiff.numbers(array, 0, 1)?.first().copied())
    }

    /// All numbers of an entry, of which there may be `most`.
    pub(super) fn numbers(
        &self,
        tag: u16,
        most: u64,
        tiff: &Tiff,
    ) -> Result<Vec<u64>, SourceError> {
        match self.get(tag) {
            None => Ok(Vec::new()),
            Some(array) if array.count > most => Err(damaged("more values than can be")),
            Some(array) => tiff.numbers(array, 0, usize::try_from(array.count).unwrap_or(0)),
        }
    }

    /// The first value of an entry, as a number that need not be whole.
    pub(super) fn real(&self, tag: u16, tiff: &Tiff) -> Result<Option<f64>, SourceError> {
        let Some(array) = self.get(tag).filter(|array| array.count > 0) else {
            return Ok(None);
        };
        let of_bytes = |size| {
            let bytes = tiff.bytes(array, 0, size)?;
            Ok::<u64, SourceError>(tiff.number(&bytes))
        };
        let value = match array.kind {
            FLOAT => f64::from(f32::from_bits(u32::try_from(of_bytes(4)?).unwrap_or(0))),
            DOUBLE => f64::from_bits(of_bytes(8)?),
            _ => {
                let number = tiff.numbers(array, 0, 1)?;
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "limits of sample values are small"
                )]
                let number = number.first().copied().unwrap_or(0) as f64;
                number
            }
        };
        Ok(Some(value))
    }

    /// The bytes of an entry, if there are no more than `most`.
    pub(super) fn bytes(
        &self,
        tag: u16,
        most: u64,
        tiff: &Tiff,
    ) -> Result<Option<Vec<u8>>, SourceError> {
        match self.get(tag) {
            Some(array) if array.count <= most && array.value_size() == Some(1) => {
                Ok(Some(tiff.bytes(array, 0, array.count)?))
            }
            _ => Ok(None),
        }
    }
}

const BYTE: u16 = 1;
const SHORT: u16 = 3;
const LONG: u16 = 4;
const UNDEFINED: u16 = 7;
const FLOAT: u16 = 11;
const DOUBLE: u16 = 12;
const IFD: u16 = 13;
const LONG8: u16 = 16;
const IFD8: u16 = 18;

impl Array {
    /// Bytes of a value (TIFF 6.0, page 15); nothing for types that nobody knows.
    fn value_size(self) -> Option<u64> {
        match self.kind {
            1 | 2 | 6 | 7 => Some(1),
            3 | 8 => Some(2),
            4 | 9 | 11 | 13 => Some(4),
            5 | 10 | 12 | 16..=18 => Some(8),
            _ => None,
        }
    }
}

pub(super) fn damaged(what: &str) -> SourceError {
    SourceError::Damaged(format!("TIFF: {what}"))
}

/// What failed reading of a file means: one that ends too early is at fault itself.
pub(super) fn broken(error: io::Error) -> SourceError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => damaged("it breaks off"),
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
            SourceError::Damaged(format!("TIFF: {error}"))
        }
        _ => SourceError::Io(error),
    }
}
