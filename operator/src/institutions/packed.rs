//! Texts that are kept compressed: a resource and its status are mostly words that stand in all others too.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};

/// How hard to try: more makes hardly a difference where so much is found in the model.
const LEVEL: u32 = 3;

/// A text that is kept.
#[derive(Debug)]
pub(super) struct Packed {
    /// Of the text.
    length: u32,
    /// Whether it was packed by the model.
    modelled: bool,
    /// Raw deflate.
    bytes: Box<[u8]>,
}

/// Packs and unpacks. What it works with is ten times as large as a text, so there is one.
#[derive(Debug)]
pub(super) struct Packer {
    compress: Compress,
    decompress: Decompress,
    /// A text that others are like: of those only the difference is kept.
    model: Option<Box<[u8]>>,
}

impl Default for Packer {
    fn default() -> Self {
        Self {
            compress: Compress::new(Compression::new(LEVEL), false),
            decompress: Decompress::new(false),
            model: None,
        }
    }
}

impl Packer {
    /// Takes a text as the model, if there is none yet: what was packed by it needs it.
    pub(super) fn model(&mut self, text: &[u8]) {
        self.model.get_or_insert_with(|| text.into());
    }

    pub(super) fn pack(&mut self, text: &[u8]) -> Packed {
        self.compress.reset();
        if let Some(model) = &self.model {
            self.compress
                .set_dictionary(model)
                .expect("nothing is packed yet");
        }
        // What cannot be compressed grows by a few bytes a block.
        let mut bytes = Vec::with_capacity(text.len() + text.len() / 8 + 64);
        self.compress
            .compress_vec(text, &mut bytes, FlushCompress::Finish)
            .expect("there is room for all of it");
        Packed {
            length: u32::try_from(text.len()).expect("a resource has 1.5 MiB at most"),
            modelled: self.model.is_some(),
            bytes: bytes.into(),
        }
    }

    pub(super) fn unpack(&mut self, packed: &Packed) -> Vec<u8> {
        self.decompress.reset(false);
        if let Some(model) = self.model.as_ref().filter(|_| packed.modelled) {
            self.decompress
                .set_dictionary(model)
                .expect("nothing is unpacked yet");
        }
        let mut text = Vec::with_capacity(packed.length as usize);
        self.decompress
            .decompress_vec(&packed.bytes, &mut text, FlushDecompress::Finish)
            .expect("it was packed here");
        text
    }
}

#[cfg(test)]
mod tests {
    use super::Packer;

    #[test]
    fn what_is_unpacked_is_what_was_packed() {
        let mut packer = Packer::default();
        let words = "the institution is suspended (spec.suspend: true) ".repeat(400);
        let noise: String = (0..3000_u32)
            .filter_map(|at| char::from_u32(at.wrapping_mul(2_654_435_761) % 0xd800))
            .collect();
        let texts = ["", "a", &words, &noise];
        let before = texts.map(|text| packer.pack(text.as_bytes()));
        packer.model(noise.as_bytes());
        packer.model(b"another, too late");
        let after = texts.map(|text| packer.pack(text.as_bytes()));
        for packed in [&before, &after] {
            for (text, packed) in texts.iter().zip(packed) {
                assert_eq!(packer.unpack(packed), text.as_bytes());
            }
        }
        assert!(before[2].bytes.len() < words.len() / 20);
        assert!(after[3].bytes.len() < before[3].bytes.len() / 20);
    }
}
