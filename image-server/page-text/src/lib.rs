//! The text of a page: from a file beside the image to lines with their places.
//!
//! Text recognition leaves one file a page: ALTO, hOCR, or plain text. [`candidate`] tells by a name which image
//! a file may belong to, [`read`] makes a [`PageText`] of its bytes, and [`PageText::scaled_to`] puts its lines
//! where they are on the image. Nothing here opens a file, waits, or panics, whatever the bytes are.
//!
//! # What is foreign, and how it is held
//!
//! A file is at most [`MAX_BYTES`], a page at most [`MAX_LINES`] lines, and elements are nested at most
//! [`MAX_DEPTH`] deep. Document type definitions are skipped: no entity that a file declares is ever expanded,
//! and nothing is ever fetched. In ALTO only the five entities of XML and character references are read, and any
//! other stays as it is written; in hOCR those that HTML itself names.
//!
//! # Choices of libraries
//!
//! **quick-xml** reads ALTO: a stream of events in constant memory, no entities unless one answers for them, safe
//! Rust. **html5gum** reads hOCR: the tokenizer of the WHATWG specification, which takes every input there is, in
//! safe Rust without dependencies. hOCR is often XHTML, but also HTML 4 with unclosed elements and `&nbsp;`, at
//! which an XML reader stops; and a whole browser's tree, as html5ever builds it, is not needed to find lines.
//! **encoding_rs** decodes, as browsers do.

mod alto;
mod assembly;
mod decode;
mod error;
mod flow;
mod format;
mod hocr;
mod language;
mod name;
mod page;
mod plain;

pub use error::{Damage, Excess, TextError};
pub use format::Format;
pub use name::candidate;
pub use page::{Area, Block, Line, PageText};

/// The largest file that is read, in bytes: 32 MiB.
pub const MAX_BYTES: usize = 32 << 20;

/// The most lines of one page.
pub const MAX_LINES: usize = 100_000;

/// The deepest nesting of elements.
pub const MAX_DEPTH: usize = 128;

/// The text in `bytes`, a file called `name`.
///
/// A page without any text is none of the errors: it has no blocks.
///
/// # Errors
///
/// [`TextError::NotAText`] if the file is none of the three formats, or its name says another;
/// [`TextError::Damaged`] if it breaks off or is no XML; [`TextError::TooLarge`] beyond the bounds of the crate.
pub fn read(name: &str, bytes: &[u8]) -> Result<PageText, TextError> {
    if bytes.len() > MAX_BYTES {
        return Err(TextError::TooLarge(Excess::Bytes(bytes.len())));
    }
    let text = decode::decode(bytes);
    match Format::of(name, &text)? {
        Format::Alto => alto::read(&text),
        Format::Hocr => hocr::read(&text),
        Format::Plain => plain::read(&text),
    }
}
