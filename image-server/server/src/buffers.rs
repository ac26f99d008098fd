//! Buffers for tiles: used again while they are still in the processor's cache.

use std::cell::RefCell;

/// The length of buffers that are kept: tiles are shorter, nearly all.
const LENGTH: usize = 128 << 10;
/// What is shorter gets a buffer of its own length: it costs little to make, and a kept one would hold much
/// more than it says.
const SHORT: usize = 16 << 10;
/// Buffers that a thread keeps.
const KEPT: usize = 8;

thread_local! {
    static FREE: RefCell<Vec<Box<[u8]>>> = const { RefCell::new(Vec::new()) };
}

/// Bytes to read into; given back to the thread that drops it.
pub(crate) struct Buffer {
    bytes: Box<[u8]>,
    length: usize,
}

impl Buffer {
    /// A buffer of `length` bytes that say nothing yet.
    pub(crate) fn new(length: usize) -> Self {
        let holds = Self::holds(length);
        let kept = (holds == LENGTH).then(|| FREE.with_borrow_mut(Vec::pop));
        let bytes = kept.flatten().unwrap_or_else(|| vec![0; holds].into());
        Self { bytes, length }
    }

    /// Bytes that a buffer of `length` bytes holds.
    pub(crate) fn holds(length: usize) -> usize {
        if length <= SHORT {
            length
        } else {
            length.max(LENGTH)
        }
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl AsMut<[u8]> for Buffer {
    fn as_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.length]
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if self.bytes.len() != LENGTH {
            return;
        }
        let bytes = std::mem::take(&mut self.bytes);
        // A thread that ends has no place for it any longer.
        let _ = FREE.try_with(|free| {
            let mut free = free.borrow_mut();
            if free.len() < KEPT {
                free.push(bytes);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_is_used_again_by_its_thread_and_is_never_longer_than_asked() {
        let place = |buffer: &Buffer| buffer.as_ref().as_ptr();
        let first = Buffer::new(SHORT + 1);
        let at = place(&first);
        drop(first);
        let again = Buffer::new(70_000);
        assert_eq!((place(&again), again.as_ref().len()), (at, 70_000));
        let long = Buffer::new(LENGTH + 1);
        assert_eq!(long.as_ref().len(), LENGTH + 1);
        drop(long);
        assert_ne!(place(&Buffer::new(LENGTH)), at, "it is in use");
        let short = Buffer::new(5);
        assert_eq!((short.as_ref().len(), short.bytes.len()), (5, 5));
    }
}
