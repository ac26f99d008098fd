//! Plain text: paragraphs between empty lines.

use crate::assembly::Assembly;
use crate::error::TextError;
use crate::format::Format;
use crate::page::{Line, PageText, clean};

/// How files begin that are ASCII, often called `.txt` by mistake, and no text.
const OTHERS: [&str; 2] = ["%PDF-", "{\\rtf"];

/// The text of a page from plain text: no language, no size, no areas.
///
/// Lines end with LF, CR LF or CR. An empty line ends a paragraph, and so does a form feed, which programs leave
/// between pages and at the end of the last.
///
/// # Errors
///
/// [`TextError::NotAText`] if what is there cannot be text, [`TextError::TooLarge`].
pub(crate) fn read(text: &str) -> Result<PageText, TextError> {
    if !is_text(text) {
        return Err(TextError::NotAText(Format::Plain));
    }
    let mut assembly = Assembly::default();
    for page in text.split('\u{c}') {
        let lines = page
            .split('\n')
            .flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'));
        for line in lines {
            let text = clean(line);
            if text.is_empty() {
                assembly.end_block();
            } else {
                assembly.line(
                    Line {
                        text,
                        ..Line::default()
                    },
                    None,
                )?;
            }
        }
        assembly.end_block();
    }
    Ok(assembly.finish(None, None))
}

/// Whether it may be text: no null character, and hardly any that controls devices.
fn is_text(text: &str) -> bool {
    const SHARE: usize = 20;
    let controls = text
        .chars()
        .filter(|c| c.is_control() && !c.is_whitespace())
        .count();
    !OTHERS.iter().any(|begin| text.starts_with(begin))
        && !text.contains('\0')
        && controls <= text.len() / SHARE
}
