//! Bits that are ready to be used.

/// Up to 64 bits of a scan, the next one highest.
///
/// Below the `count` bits that are ready lie the first bits of the next byte, or zeros.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Bits {
    word: u64,
    pub(crate) count: u32,
}

impl Bits {
    /// Adds as many whole bytes of `word` as there is room for; gives their number. Fewer than 64 bits may be
    /// ready.
    #[inline(always)]
    pub(crate) fn take_word(&mut self, word: u64) -> usize {
        self.word |= word >> self.count;
        let bytes = (63 - self.count) >> 3;
        self.count += bytes * 8;
        bytes as usize
    }

    /// Adds a byte; at most 56 bits may be ready.
    pub(crate) fn take_byte(&mut self, byte: u8) {
        self.word |= u64::from(byte) << (56 - self.count);
        self.count += 8;
    }

    /// Fills up with zeros; gives their number.
    pub(crate) fn pad(&mut self) -> u32 {
        let added = 64 - self.count;
        self.count = 64;
        added
    }

    /// The next `count` bits, of 1 to 32, without using them.
    #[inline(always)]
    pub(crate) fn peek(self, count: u32) -> usize {
        (self.word >> (64 - count)) as usize
    }

    /// Uses `count` bits of those that are ready.
    #[inline(always)]
    pub(crate) fn skip(&mut self, count: u32) {
        self.word <<= count;
        self.count -= count;
    }

    /// The next `count` bits, of 0 to 16.
    #[inline(always)]
    pub(crate) fn take(&mut self, count: u32) -> u32 {
        let value = (self.word >> 1 >> (63 - count)) as u32;
        self.skip(count);
        value
    }

    /// The signed value that `size` bits stand for, of 0 to 16 (T.81, F.2.2.1: EXTEND).
    #[inline(always)]
    pub(crate) fn take_signed(&mut self, size: u32) -> i32 {
        let value = self.take(size) as i32;
        extend(value, size)
    }
}

/// The signed value that the `size` lowest bits of `value` stand for (T.81, table F.1).
#[inline(always)]
pub(crate) const fn extend(value: i32, size: u32) -> i32 {
    if size > 0 && value < 1 << (size - 1) {
        value - (1 << size) + 1
    } else {
        value
    }
}
