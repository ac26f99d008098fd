//! What applications added: JFIF, Adobe, Exif, colour profiles.

use super::{Colors, Limits};
use crate::error::Error;

pub(super) struct Applications {
    jfif: bool,
    /// The transform that Adobe's segment names.
    pub(super) adobe: Option<u8>,
    pub(super) orientation: u8,
    /// The parts of the profile by their number, and how many there should be.
    parts: Vec<(u8, Vec<u8>)>,
    count: u8,
}

impl Default for Applications {
    fn default() -> Self {
        Self {
            jfif: false,
            adobe: None,
            orientation: 1,
            parts: Vec::new(),
            count: 0,
        }
    }
}

impl Applications {
    pub(super) fn take(
        &mut self,
        marker: u8,
        content: &[u8],
        limits: &Limits,
    ) -> Result<(), Error> {
        match (marker, content) {
            (0xe0, [b'J', b'F', b'I', b'F', 0, ..]) => self.jfif = true,
            (0xe1, [b'E', b'x', b'i', b'f', 0, 0, exif @ ..]) => {
                self.orientation = orientation(exif).unwrap_or(1);
            }
            (0xe2, _) => {
                if let Some(&[number, count, ref part @ ..]) =
                    content.strip_prefix(b"ICC_PROFILE\0")
                {
                    self.part(number, count, part, limits)?;
                }
            }
            (
                0xee,
                [
                    b'A',
                    b'd',
                    b'o',
                    b'b',
                    b'e',
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    transform,
                    ..,
                ],
            ) => {
                self.adobe = Some(*transform);
            }
            _ => {}
        }
        Ok(())
    }

    fn part(&mut self, number: u8, count: u8, part: &[u8], limits: &Limits) -> Result<(), Error> {
        let held: usize = self.parts.iter().map(|(_, part)| part.len()).sum();
        if held + part.len() > limits.profile {
            return Err(Error::Unsupported("a colour profile larger than allowed"));
        }
        self.count = count;
        self.parts.push((number, part.to_vec()));
        Ok(())
    }

    /// The profile, if every part is there once.
    pub(super) fn profile(mut self) -> Option<Vec<u8>> {
        self.parts.sort_by_key(|(number, _)| *number);
        let complete = self.count > 0
            && self.parts.len() == usize::from(self.count)
            && (1..)
                .zip(&self.parts)
                .all(|(at, (number, _))| at == *number);
        complete.then(|| self.parts.into_iter().flat_map(|(_, part)| part).collect())
    }

    /// What components of these names are, by the rules of libjpeg.
    pub(super) fn colors(&self, ids: &[u8]) -> Colors {
        match (ids.len(), self.adobe) {
            (1, _) => Colors::Gray,
            (4, Some(2)) => Colors::Ycck,
            (4, _) => Colors::Cmyk,
            _ if self.jfif => Colors::YCbCr,
            (_, Some(0)) => Colors::Rgb,
            (_, None) if ids == *b"RGB" => Colors::Rgb,
            _ => Colors::YCbCr,
        }
    }
}

/// The orientation of the image, from the first directory of Exif (a TIFF header, tag 274).
fn orientation(exif: &[u8]) -> Option<u8> {
    let big = match exif.get(..4)? {
        [b'M', b'M', 0, 42] => true,
        [b'I', b'I', 42, 0] => false,
        _ => return None,
    };
    let bytes = |at: usize, count: usize| exif.get(at..at.checked_add(count)?);
    let u16_at = |at: usize| {
        let pair: [u8; 2] = bytes(at, 2)?.try_into().ok()?;
        Some(if big {
            u16::from_be_bytes(pair)
        } else {
            u16::from_le_bytes(pair)
        })
    };
    let offset: [u8; 4] = bytes(4, 4)?.try_into().ok()?;
    let directory = usize::try_from(if big {
        u32::from_be_bytes(offset)
    } else {
        u32::from_le_bytes(offset)
    })
    .ok()?;
    let count = usize::from(u16_at(directory)?);
    let entries = (0..count).map_while(|entry| directory.checked_add(2 + entry * 12));
    for at in entries {
        if u16_at(at)? == 274 && u16_at(at.checked_add(2)?)? == 3 {
            let value = u16_at(at.checked_add(8)?)?;
            return u8::try_from(value).ok().filter(|v| (1..=8).contains(v));
        }
    }
    None
}
