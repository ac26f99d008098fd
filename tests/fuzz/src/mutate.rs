//! Hostile bytes from good ones, the same at every run.

/// Values that parsers stumble over, in either byte order.
const EDGES: [u32; 8] = [
    0,
    1,
    0x7f,
    0xff,
    0xffff,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
];
/// Where headers are.
const HEAD: usize = 200;
/// No input grows beyond it.
const LONGEST: usize = 1 << 20;

/// Makes hostile bytes: the number it begins with decides all of them.
#[derive(Debug)]
pub struct Mutator(u64);

impl Mutator {
    /// A mutator that begins with `number`.
    #[must_use]
    pub fn new(number: u64) -> Self {
        // xorshift stays at 0.
        Self(number.max(1))
    }

    /// xorshift64, below `end`; 0 if `end` is.
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let number = usize::try_from(self.0 >> 33).unwrap_or(0);
        number.checked_rem(end).unwrap_or(0)
    }

    /// One of `seeds`, changed in one to six places: half of the time near its beginning.
    pub fn mutated(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let Some(seed) = seeds.get(self.below(seeds.len())) else {
            return Vec::new();
        };
        let mut bytes = seed.clone();
        for _ in 0..=self.below(6) {
            self.change(&mut bytes, seeds);
        }
        bytes.truncate(LONGEST);
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        let reach = [bytes.len(), bytes.len().min(HEAD)][self.below(2)];
        if reach == 0 {
            bytes.extend_from_slice(&seeds[self.below(seeds.len())]);
            return;
        }
        let at = self.below(reach);
        match self.below(16) {
            0..=3 => bytes[at] ^= 1 << self.below(8),
            4..=5 => bytes[at] = self.below(256).to_le_bytes()[0],
            6..=9 => {
                let value = EDGES[self.below(EDGES.len())];
                let width = [1, 2, 4][self.below(3)];
                let edge = match self.below(2) {
                    0 => value.to_le_bytes(),
                    _ => value.rotate_right(width * 8).to_be_bytes(),
                };
                for (byte, edge) in bytes[at..].iter_mut().zip(edge).take(width as usize) {
                    *byte = edge;
                }
            }
            10 => bytes.truncate(at),
            11 => {
                let end = bytes.len().min(at + 1 + self.below(64));
                bytes.drain(at..end);
            }
            12..=13 => {
                let end = bytes.len().min(at + 1 + self.below(64));
                let part = bytes[at..end].repeat(1 + self.below(8));
                bytes.splice(at..at, part);
            }
            // The beginning of this one and the end of another.
            14 => {
                let other = &seeds[self.below(seeds.len())];
                let from = self.below(other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
            // A part of another in place of as many bytes.
            _ => {
                let other = &seeds[self.below(seeds.len())];
                let from = self.below(other.len());
                for (byte, new) in bytes[at..].iter_mut().zip(&other[from..]).take(32) {
                    *byte = *new;
                }
            }
        }
    }
}
