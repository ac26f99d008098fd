//! How an image is to be turned for people to see it, as cameras and scanners note it (Exif 3.0, tag 274).

/// How the stored rows and columns become those that are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Orientation {
    /// As they are stored.
    #[default]
    Normal,
    /// Mirrored left to right.
    Mirrored,
    /// Turned by half.
    Turned180,
    /// Mirrored top to bottom.
    Flipped,
    /// Mirrored at the diagonal from the upper left corner.
    Transposed,
    /// Turned clockwise by a quarter.
    Turned90,
    /// Mirrored at the diagonal from the upper right corner.
    Transversed,
    /// Turned clockwise by three quarters.
    Turned270,
}

impl Orientation {
    /// The orientation that a value of the tag means; others than 1 to 8 mean nothing.
    #[must_use]
    pub fn of_tag(value: u64) -> Self {
        match value {
            2 => Self::Mirrored,
            3 => Self::Turned180,
            4 => Self::Flipped,
            5 => Self::Transposed,
            6 => Self::Turned90,
            7 => Self::Transversed,
            8 => Self::Turned270,
            _ => Self::Normal,
        }
    }

    /// The orientation that a block of Exif says, with its signature or without; of a damaged one, none.
    #[must_use]
    pub fn of_exif(block: &[u8]) -> Self {
        let tiff = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
        tag(tiff).map_or(Self::Normal, |value| Self::of_tag(u64::from(value)))
    }

    /// Whether across and down change places.
    #[must_use]
    pub fn is_transposed(self) -> bool {
        matches!(
            self,
            Self::Transposed | Self::Turned90 | Self::Transversed | Self::Turned270
        )
    }

    /// The size that is shown of an image whose stored size is `size`.
    #[must_use]
    pub fn size(self, (width, height): (u32, u32)) -> (u32, u32) {
        if self.is_transposed() {
            (height, width)
        } else {
            (width, height)
        }
    }

    /// Whether the stored columns are shown from the right.
    pub(super) fn is_from_right(self) -> bool {
        matches!(
            self,
            Self::Mirrored | Self::Turned180 | Self::Transversed | Self::Turned270
        )
    }

    /// Whether the stored rows are shown from below.
    pub(super) fn is_from_below(self) -> bool {
        matches!(
            self,
            Self::Flipped | Self::Turned180 | Self::Transversed | Self::Turned90
        )
    }
}

/// The value of the tag in the first directory of a TIFF structure.
fn tag(tiff: &[u8]) -> Option<u16> {
    const ORIENTATION: u16 = 274;
    const SHORT: u16 = 3;
    let is_big = match tiff.get(..4)? {
        [b'I', b'I', 42, 0] => false,
        [b'M', b'M', 0, 42] => true,
        _ => return None,
    };
    let short = |at: usize| {
        let bytes = *tiff.get(at..)?.first_chunk()?;
        Some(if is_big {
            u16::from_be_bytes(bytes)
        } else {
            u16::from_le_bytes(bytes)
        })
    };
    let long = |at: usize| {
        let bytes = *tiff.get(at..)?.first_chunk()?;
        Some(if is_big {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        })
    };
    let directory = usize::try_from(long(4)?).ok()?;
    (0..usize::from(short(directory)?)).find_map(|entry| {
        let at = directory.checked_add(2 + entry * 12)?;
        let is_it = short(at)? == ORIENTATION && short(at + 2)? == SHORT;
        is_it.then(|| short(at + 8))?
    })
}

#[cfg(test)]
mod tests {
    use super::Orientation;

    #[test]
    fn the_orientation_is_found_in_either_byte_order_and_nothing_in_damage() {
        let little = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0";
        let big = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0";
        assert_eq!(Orientation::of_exif(little), Orientation::Turned90);
        assert_eq!(Orientation::of_exif(big), Orientation::Turned270);
        for length in 0..little.len() - 2 {
            assert_eq!(
                Orientation::of_exif(&little[..length]),
                Orientation::Normal,
                "cut to {length}"
            );
        }
        let far = b"II*\0\xff\xff\xff\xff\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0";
        assert_eq!(Orientation::of_exif(far), Orientation::Normal);
    }
}
