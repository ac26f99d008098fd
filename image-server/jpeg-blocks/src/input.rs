//! The bytes of a stream, and the bits of its scans.

use std::io::{self, ErrorKind, Read};

use memchr::memchr;

use crate::bits::Bits;
use crate::error::Error;

/// Bytes read at once.
const BUFFER: usize = 64 << 10;

/// A stream that is read from its beginning, once.
pub(crate) struct Input<R> {
    source: R,
    buffer: Vec<u8>,
    position: usize,
    /// Whether the marker that ends the scan's bits is next.
    at_marker: bool,
    /// Zero bits that were given in place of bits that the scan does not have.
    padding: u32,
    /// Why no more bytes came.
    failure: Option<io::Error>,
    ended: bool,
}

impl<R: Read> Input<R> {
    pub(crate) fn new(source: R) -> Self {
        Self {
            source,
            buffer: Vec::new(),
            position: 0,
            at_marker: false,
            padding: 0,
            failure: None,
            ended: false,
        }
    }

    /// Reads more bytes once all are used; false at the end.
    fn fill(&mut self) -> bool {
        if self.ended {
            return false;
        }
        self.buffer.resize(BUFFER, 0);
        self.position = 0;
        let count = loop {
            match self.source.read(&mut self.buffer) {
                Ok(count) => break count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failure = Some(error);
                    break 0;
                }
            }
        };
        self.buffer.truncate(count);
        self.ended = count == 0;
        count > 0
    }

    fn next(&mut self) -> Option<u8> {
        loop {
            if let Some(&byte) = self.buffer.get(self.position) {
                self.position += 1;
                return Some(byte);
            }
            if !self.fill() {
                return None;
            }
        }
    }

    /// The error that the end of the stream is, here.
    pub(crate) fn cut_short(&mut self) -> Error {
        self.failure.take().map_or(Error::Truncated, Error::Io)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, Error> {
        self.next().ok_or_else(|| self.cut_short())
    }

    pub(crate) fn u16(&mut self) -> Result<u16, Error> {
        Ok(u16::from_be_bytes([self.byte()?, self.byte()?]))
    }

    /// The content of the segment that begins here.
    pub(crate) fn segment(&mut self) -> Result<Vec<u8>, Error> {
        let length = self.segment_length()?;
        let mut content = Vec::new();
        while content.len() < length {
            let ready = self.buffer.get(self.position..).unwrap_or_default();
            if ready.is_empty() {
                if !self.fill() {
                    return Err(self.cut_short());
                }
                continue;
            }
            let count = ready.len().min(length - content.len());
            content.extend_from_slice(&ready[..count]);
            self.position += count;
        }
        Ok(content)
    }

    fn segment_length(&mut self) -> Result<usize, Error> {
        usize::from(self.u16()?)
            .checked_sub(2)
            .ok_or(Error::Damaged("a segment shorter than its own length"))
    }

    /// The marker that must be next; fill bytes before it are skipped.
    pub(crate) fn marker(&mut self) -> Result<u8, Error> {
        if self.byte()? != 0xff {
            return Err(Error::Damaged("something between two segments"));
        }
        loop {
            match self.byte()? {
                0xff => {}
                0 => return Err(Error::Damaged("something between two segments")),
                code => return Ok(code),
            }
        }
    }

    /// The marker after a scan, past whatever bytes its encoder left there; `None` at the end of the stream.
    pub(crate) fn marker_after_scan(&mut self) -> Result<Option<u8>, Error> {
        let mut after_ff = false;
        while let Some(byte) = self.next() {
            match byte {
                0xff => after_ff = true,
                // Restart markers mean nothing here.
                0 | 0xd0..=0xd7 => after_ff = false,
                code if after_ff => return Ok(Some(code)),
                _ => {}
            }
        }
        match self.failure.take() {
            Some(error) => Err(Error::Io(error)),
            None => Ok(None),
        }
    }

    /// Begins the bits of a scan, or of a restart interval.
    pub(crate) fn begin_bits(&mut self) -> Bits {
        self.padding = 0;
        self.at_marker = false;
        Bits::default()
    }

    /// Ends a restart interval with the marker that must be next, number `expected` modulo 8.
    pub(crate) fn restart(&mut self, bits: Bits, expected: u8) -> Result<Bits, Error> {
        self.check(bits)?;
        if self.marker()? != 0xd0 | (expected & 7) {
            return Err(Error::Damaged("a restart marker is missing"));
        }
        Ok(self.begin_bits())
    }

    /// Passes over a restart interval, of which nothing was used, up to the marker that ends it.
    pub(crate) fn pass_interval(&mut self) -> Result<Bits, Error> {
        loop {
            let ready = self.buffer.get(self.position..).unwrap_or_default();
            let Some(at) = memchr(0xff, ready) else {
                if !self.fill() {
                    return Err(self.cut_short());
                }
                continue;
            };
            self.position += at;
            if self.scan_byte().is_none() {
                return if self.at_marker {
                    Ok(Bits::default())
                } else {
                    Err(self.cut_short())
                };
            }
        }
    }

    /// Fails if bits were used that the scan does not have.
    pub(crate) fn check(&mut self, bits: Bits) -> Result<(), Error> {
        if self.padding <= bits.count {
            return Ok(());
        }
        Err(if self.at_marker {
            Error::Damaged("a scan ends before its image does")
        } else {
            self.cut_short()
        })
    }

    /// Makes at least 32 bits ready; behind the end of a scan they are zero.
    #[inline(always)]
    pub(crate) fn refill(&mut self, bits: &mut Bits) {
        if bits.count >= 32 {
            return;
        }
        if let Some(chunk) = self.buffer.get(self.position..)
            && let Some(chunk) = chunk.first_chunk::<8>()
        {
            let word = u64::from_be_bytes(*chunk);
            // None of the eight bytes is 0xff.
            if (!word).wrapping_sub(0x0101_0101_0101_0101) & word & 0x8080_8080_8080_8080 == 0 {
                self.position += bits.take_word(word);
                return;
            }
        }
        *bits = self.refill_slowly(*bits);
    }

    /// As `refill`, a byte at a time: near a 0xff, and at the end of what was read.
    #[cold]
    #[inline(never)]
    fn refill_slowly(&mut self, mut bits: Bits) -> Bits {
        while bits.count <= 56 {
            match self.scan_byte() {
                Some(byte) => bits.take_byte(byte),
                None => self.padding += bits.pad(),
            }
        }
        bits
    }

    /// The next byte of a scan; `None` before a marker and at the end.
    fn scan_byte(&mut self) -> Option<u8> {
        if self.at_marker {
            return None;
        }
        let byte = self.next()?;
        if byte != 0xff {
            return Some(byte);
        }
        loop {
            match self.next()? {
                0xff => {}
                0 => return Some(0xff),
                code => {
                    self.put_back(code);
                    return None;
                }
            }
        }
    }

    /// Makes the marker `code`, whose last byte was used, the next thing.
    fn put_back(&mut self, code: u8) {
        self.at_marker = true;
        if self.position >= 2 {
            self.position -= 2;
        } else {
            // It began in the bytes that were read before.
            self.buffer.splice(..self.position, [0xff, code]);
            self.position = 0;
        }
    }
}
