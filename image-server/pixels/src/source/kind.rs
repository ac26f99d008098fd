//! What a file is, by its first bytes.

use std::io::Read;

use super::SourceError;

/// A format that sources may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// JPEG, baseline or progressive.
    Jpeg,
    /// PNG.
    Png,
    /// TIFF or `BigTIFF`, possibly of several pages.
    Tiff,
    /// JPEG 2000: a codestream, or one in a JP2 file.
    Jpeg2000,
    /// WebP.
    WebP,
    /// GIF.
    Gif,
}

/// What the first bytes of `file` say that it is.
///
/// # Errors
/// If they say nothing of an image, or of a kind that is not read, or cannot be read.
pub fn identify(mut file: impl Read) -> Result<Kind, SourceError> {
    let mut head = [0; 16];
    let mut filled = 0;
    while filled < head.len() {
        match file.read(&mut head[filled..])? {
            0 => break,
            count => filled += count,
        }
    }
    let head = &head[..filled];
    match head {
        [] => return Err(SourceError::Empty),
        [b'I', b'I', 42, 0, _, _, _, _, b'C', b'R', ..] => return refused("Canon CR2, camera raw"),
        [0xff, 0xd8, 0xff, ..] => return Ok(Kind::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => return Ok(Kind::Png),
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => return Ok(Kind::Tiff),
        [0, 0, 0, 12, b'j', b'P', b' ', b' ', ..] | [0xff, 0x4f, 0xff, 0x51, ..] => {
            return Ok(Kind::Jpeg2000);
        }
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => return Ok(Kind::WebP),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => return Ok(Kind::Gif),
        _ => {}
    }
    other(head).map_or(Err(SourceError::NotAnImage), refused)
}

fn refused(name: &str) -> Result<Kind, SourceError> {
    Err(SourceError::Unsupported(name.to_owned()))
}

/// The name of a kind of image, or of pages, that is not read.
fn other(head: &[u8]) -> Option<&'static str> {
    let brand = match head {
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => brand.get(..4),
        _ => None,
    };
    match (head, brand) {
        (_, Some(b"avif" | b"avis")) => Some("AVIF"),
        (_, Some(b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" | b"mif1" | b"msf1")) => {
            Some("HEIC")
        }
        (_, Some(b"crx ")) => Some("Canon CR3, camera raw"),
        ([0xff, 0x0a, ..] | [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..], _) => Some("JPEG XL"),
        ([b'%', b'P', b'D', b'F', b'-', ..], _) => Some("PDF"),
        ([b'8', b'B', b'P', b'S', ..], _) => Some("Photoshop PSD"),
        ([b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..], _) => Some("BMP"),
        ([b'I', b'I', 0xbc, ..], _) => Some("JPEG XR"),
        ([b'A', b'T', b'&', b'T', b'F', b'O', b'R', b'M', ..], _) => Some("DjVu"),
        ([0x76, 0x2f, 0x31, 0x01, ..], _) => Some("OpenEXR"),
        ([b'I', b'I', b'R', b'O' | b'S', ..] | [b'I', b'I', b'U', 0, ..], _) => Some("camera raw"),
        (head, _) if head.starts_with(b"FUJIFILMCCD-RAW") => Some("Fujifilm RAF, camera raw"),
        _ => None,
    }
}
