//! The stream under the tar reader: what has passed, and how much may still pass.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

/// The most that long names and extended headers of one entry may take, in bytes: the tar reader holds
/// them in memory.
const HEADERS: u64 = 1 << 20;
/// An archive ends with blocks of zeros.
const BLOCK: u64 = 512;

/// What has passed of a stream.
#[derive(Debug, Default)]
pub(super) struct Tally {
    passed: Cell<u64>,
    /// Where the zeros began that passed last.
    zeros_from: Cell<u64>,
    /// Where the content of the last entry ended, filled up to a block.
    content_end: Cell<u64>,
    /// How much may pass.
    allowed: Cell<u64>,
    ended: Cell<bool>,
}

impl Tally {
    /// The next entry is looked for after one whose content begins at `start` and is `size` bytes long.
    pub(super) fn before_entry(&self, start: u64, size: u64) {
        let end = start
            .saturating_add(size)
            .checked_next_multiple_of(BLOCK)
            .unwrap_or(u64::MAX);
        self.content_end.set(end);
        let unread = end.saturating_sub(self.passed.get());
        self.allowed.set(unread.saturating_add(HEADERS));
    }

    /// The content of an entry is read, however long it is.
    pub(super) fn in_entry(&self) {
        self.allowed.set(u64::MAX);
    }

    /// Whether the last that passed was the mark of the archive's end: a block of zeros that belongs
    /// to no entry.
    pub(super) fn archive_has_ended(&self) -> bool {
        let zeros_from = self.zeros_from.get().max(self.content_end.get());
        self.passed.get().saturating_sub(zeros_from) >= BLOCK
    }

    /// Whether the stream gave all it had.
    pub(super) fn input_has_ended(&self) -> bool {
        self.ended.get()
    }

    fn pass(&self, bytes: &[u8]) {
        let count = bytes.len() as u64;
        if let Some(last) = bytes.iter().rposition(|byte| *byte != 0) {
            self.zeros_from.set(self.passed.get() + last as u64 + 1);
        }
        self.passed.set(self.passed.get() + count);
        self.allowed.set(self.allowed.get().saturating_sub(count));
    }
}

/// A stream that keeps a tally.
#[derive(Debug)]
pub(super) struct Counted<R> {
    input: R,
    tally: Rc<Tally>,
}

impl<R> Counted<R> {
    pub(super) fn new(input: R, tally: Rc<Tally>) -> Self {
        Self { input, tally }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let allowed = usize::try_from(self.tally.allowed.get()).unwrap_or(usize::MAX);
        if allowed == 0 && !buffer.is_empty() {
            return Err(io::Error::other("the headers of an entry are too long"));
        }
        let fits = buffer.len().min(allowed);
        let count = self.input.read(&mut buffer[..fits])?;
        self.tally.ended.set(count == 0 && fits > 0);
        self.tally.pass(&buffer[..count]);
        Ok(count)
    }
}
