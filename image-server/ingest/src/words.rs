//! The text of a page, from the file beside its image.

use std::io::Read as _;

use acervo_catalogue::{Page, TextFile, Words};

use crate::refusal::Reason;
use crate::scan::{Found, Scan};

/// The largest text, in bytes.
const LARGEST: u64 = 32 << 20;

/// What became of a text.
pub(crate) enum Text {
    /// It was read.
    Words(Words),
    /// It is set aside.
    Refused(Reason),
    /// It changed while it was read.
    InWork,
}

/// Reads the text of `page`, and notes in the page where it comes from.
pub(crate) fn read(file: &Found, page: &mut Page, scan: &Scan) -> Text {
    let path = file.path();
    let mut bytes = Vec::new();
    let opened = scan.open(&path).and_then(|(mut opened, stamp)| {
        opened.by_ref().take(LARGEST + 1).read_to_end(&mut bytes)?;
        Ok(stamp)
    });
    let stamp = match opened {
        Ok(stamp) => stamp,
        Err(error) => return Text::Refused(Reason::Unreadable(error.to_string())),
    };
    if !scan.is_still(&path, stamp) {
        return Text::InWork;
    }
    match acervo_page_text::read(&file.name, &bytes) {
        Ok(text) => {
            let (width, height) = (page.stored.width, page.stored.height);
            let text = text.scaled_to(width, height);
            page.text = Some(TextFile {
                path,
                size: stamp.size,
                modified: stamp.modified,
                changed: stamp.changed,
            });
            Text::Words(Words {
                code: page.code.clone(),
                plain: text.plain(),
                content: serde_json::to_string(&text).unwrap_or_default(),
            })
        }
        Err(error) => Text::Refused(Reason::Text {
            code: error.code(),
            message: error.message(),
        }),
    }
}
