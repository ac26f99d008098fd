//! From bytes to characters.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How far into a file it may say its encoding.
const HEAD: usize = 1024;

/// The characters of a file.
///
/// A byte order mark decides. Without one, what can be UTF-8 is UTF-8, whatever the file says of itself: text in
/// another encoding is hardly ever valid UTF-8 by chance. Then comes what the file declares, in an XML declaration
/// or a `meta` of HTML; and then a guess between UTF-8 with damaged characters and Windows-1252, by which of the
/// two leaves more characters whole.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return with(encoding, &bytes[mark..]);
    }
    match bytes {
        [b'<', 0, ..] => return with(UTF_16LE, bytes),
        [0, b'<', ..] => return with(UTF_16BE, bytes),
        _ => {}
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    if let Some(encoding) = declared(bytes) {
        return with(encoding, bytes);
    }
    let text = with(UTF_8, bytes);
    let damaged = text
        .chars()
        .filter(|c| *c == char::REPLACEMENT_CHARACTER)
        .count();
    let whole = text.chars().filter(|c| !c.is_ascii()).count() - damaged;
    if whole > damaged {
        text
    } else {
        with(WINDOWS_1252, bytes)
    }
}

fn with<'b>(encoding: &'static Encoding, bytes: &'b [u8]) -> Cow<'b, str> {
    encoding.decode_without_bom_handling(bytes).0
}

/// The encoding that markup declares, if it is known and can be: a file that can be read as ASCII is no UTF-16.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    if !head.trim_ascii_start().starts_with(b"<") {
        return None;
    }
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let label = head
        .split("encoding=")
        .nth(1)
        .or_else(|| head.split("charset=").nth(1))?;
    let label = label.trim_start_matches(['"', '\'']);
    let end = label.find(|c: char| !c.is_ascii_alphanumeric() && !"-_:.".contains(c))?;
    Encoding::for_label_no_replacement(&label.as_bytes()[..end])
        .filter(|encoding| encoding.is_ascii_compatible() && *encoding != UTF_8)
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn the_encoding_is_found_out() {
        let utf16 = |text: &str, mark: bool| -> Vec<u8> {
            let mark: &[u16] = if mark { &[0xfeff] } else { &[] };
            mark.iter()
                .copied()
                .chain(text.encode_utf16())
                .flat_map(u16::to_le_bytes)
                .collect()
        };
        for (bytes, text) in [
            ("peñón".as_bytes().to_vec(), "peñón"),
            (b"\xef\xbb\xbfpe\xc3\xb1a".to_vec(), "peña"),
            (b"pe\xf1\xf3n \x93s\xed\x94".to_vec(), "peñón “sí”"),
            (utf16("peñón", true), "peñón"),
            (utf16("<peñón", false), "<peñón"),
            (
                b"<?xml version='1.0' encoding='ISO-8859-2'?>\xb1".to_vec(),
                "<?xml version='1.0' encoding='ISO-8859-2'?>ą",
            ),
            (
                b"<meta content=\"text/html; charset=iso-8859-1\">\xf1".to_vec(),
                "<meta content=\"text/html; charset=iso-8859-1\">ñ",
            ),
            (
                b"<?xml encoding=\"utf-16\"?>\xf1".to_vec(),
                "<?xml encoding=\"utf-16\"?>ñ",
            ),
            (
                "<?xml encoding=\"iso-8859-1\"?>ñ".as_bytes().to_vec(),
                "<?xml encoding=\"iso-8859-1\"?>ñ",
            ),
            // Cut off within the last character.
            (b"pe\xc3\xb1\xc3\xb3n \xc3".to_vec(), "peñón \u{fffd}"),
        ] {
            assert_eq!(decode(&bytes), text);
        }
    }
}
