//! hOCR: recognised pages as HTML (hOCR 1.2, "The hOCR Embedded OCR Workflow and Output Format").
//!
//! What an element is says its class; where it is, its title.

mod element;
mod page;

use std::borrow::Cow;

use html5gum::{State, Token, Tokenizer};

use self::element::Element;
use self::page::Page;
use crate::error::TextError;
use crate::page::PageText;

/// The first page of an hOCR file, be it XHTML or any HTML.
///
/// # Errors
///
/// [`TextError::NotAText`] if nothing in it is of hOCR, [`TextError::TooLarge`], and [`TextError::Damaged`] if it
/// is nested too deep, which is all that HTML can be damaged by.
pub(crate) fn read(text: &str) -> Result<PageText, TextError> {
    let mut tokens = Tokenizer::new(text);
    let mut page = Page::default();
    while let Some(Ok(token)) = tokens.next() {
        match token {
            Token::StartTag(tag) => {
                // XHTML closes them at once; what HTML closes later is not to be mistaken for elements.
                if let (false, Some(state)) = (tag.self_closing, raw(&tag.name)) {
                    tokens.set_state(state);
                }
                page.start(&Element::of(&tag), tag.self_closing)?;
            }
            Token::EndTag(tag) => page.end(&lossy(&tag.name))?,
            Token::String(text) => page.text(&lossy(&text)),
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
        if page.is_over() {
            break;
        }
    }
    page.finish()
}

/// How the content of an element is read that has no elements in it, whatever it looks like.
fn raw(name: &[u8]) -> Option<State> {
    match name {
        b"title" | b"textarea" => Some(State::RcData),
        b"script" => Some(State::ScriptData),
        b"style" => Some(State::RawText),
        _ => None,
    }
}

fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}
