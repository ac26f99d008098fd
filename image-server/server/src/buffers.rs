//! Buffers for tiles: used again while they are still in the processor's cache.

use std::cell::RefCell;

/// The length of buffers that are kept: tiles are shorter, nearly all.
const LENGTH: usize = 128 << 10;
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
        let kept = (length <= LENGTH).then(|| FREE.with_borrow_mut(Vec::pop));
        let bytes = kept
            .flatten()
            .unwrap_or_else(|| vec![0; length.max(LENGTH)].into());
        Self { bytes, length }
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
        let first = Buffer::new(1000);
        let at = place(&first);
        drop(first);
        let again = Buffer::new(70_000);
        assert_eq!((place(&again), again.as_ref().len()), (at, 70_000));
        let long = Buffer::new(LENGTH + 1);
        assert_eq!(long.as_ref().len(), LENGTH + 1);
        drop(long);
        assert_ne!(place(&Buffer::new(5)), at, "it is in use");
    }
}
