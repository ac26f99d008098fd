//! A page of hOCR that is being read: elements that may never be closed, and what they mean.

use super::element::{Bbox, Element, Role};
use crate::MAX_DEPTH;
use crate::assembly::Assembly;
use crate::error::{Damage, TextError};
use crate::format::Format;
use crate::language;
use crate::page::{Area, Line, PageText, clean};

/// Elements of HTML that have no content and are never closed.
const VOID: [&str; 13] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
];

/// An element that is not closed yet.
struct Open {
    name: String,
    role: Role,
    bbox: Option<Bbox>,
    language: Option<String>,
}

/// A line that is being read.
#[derive(Default)]
struct OpenLine {
    text: String,
    bbox: Option<Bbox>,
    /// What covers its words.
    words: Option<Bbox>,
}

/// What has been read, and where in the file that is.
#[derive(Default)]
pub(super) struct Page {
    assembly: Assembly,
    open: Vec<Open>,
    line: Option<OpenLine>,
    /// Whether anything of hOCR was there.
    is_hocr: bool,
    is_in_page: bool,
    is_over: bool,
    size: Option<(u32, u32)>,
    /// The language in which a program says that it read the page.
    read_in: Option<String>,
    /// The language of the document.
    document: Option<String>,
    is_by_tesseract: bool,
}

impl Page {
    /// Whether the first page is complete.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// An element begins, and ends at once if it `is_empty`.
    pub(super) fn start(&mut self, element: &Element, is_empty: bool) -> Result<(), TextError> {
        self.note_document(element);
        if element.name == "p" {
            self.close_paragraph()?;
        }
        if element.name == "br" {
            self.text("\n");
        }
        self.is_hocr |= element.role != Role::None;
        match element.role {
            Role::Page if self.is_in_page => {
                self.end_block()?;
                self.is_over = true;
            }
            Role::Page => {
                self.is_in_page = true;
                self.size = element.bbox.map(|bbox| (bbox.right, bbox.bottom));
            }
            Role::Block => self.end_block()?,
            Role::Line => {
                self.end_line()?;
                self.line = Some(OpenLine {
                    bbox: element.bbox,
                    ..OpenLine::default()
                });
            }
            Role::Word => self.word(element.bbox),
            Role::None => {}
        }
        if VOID.contains(&element.name.as_str()) {
            return Ok(());
        }
        if self.open.len() == MAX_DEPTH {
            return Err(TextError::Damaged(Damage::TooDeep));
        }
        self.open.push(Open {
            name: element.name.clone(),
            role: element.role,
            bbox: element.bbox,
            language: element.language.clone(),
        });
        if is_empty { self.close() } else { Ok(()) }
    }

    /// An element ends, and with it those in it that were never closed; what was never opened is nothing.
    pub(super) fn end(&mut self, name: &str) -> Result<(), TextError> {
        if let Some(at) = self.open.iter().rposition(|open| open.name == name) {
            while self.open.len() > at {
                self.close()?;
            }
        }
        Ok(())
    }

    /// Text, which counts in lines alone.
    pub(super) fn text(&mut self, text: &str) {
        if let Some(line) = &mut self.line {
            line.text.push_str(text);
        }
    }

    /// What the document says of itself, outside of its pages.
    fn note_document(&mut self, element: &Element) {
        if matches!(element.name.as_str(), "html" | "body") && element.language.is_some() {
            self.document.clone_from(&element.language);
        }
        match &element.meta {
            Some((name, content)) if name == "ocr-langs" => self.read_in = language::tag(content),
            Some((name, content)) if name == "ocr-system" => {
                self.is_by_tesseract = content.to_ascii_lowercase().starts_with("tesseract");
            }
            _ => {}
        }
    }

    /// A `p` ends where the next begins, as long as nothing but parts of lines is open in it.
    fn close_paragraph(&mut self) -> Result<(), TextError> {
        const PARTS: [&str; 8] = ["a", "b", "em", "font", "i", "span", "strong", "u"];
        let inner = self
            .open
            .iter()
            .rposition(|open| !PARTS.contains(&open.name.as_str()));
        match inner.and_then(|at| self.open.get(at)) {
            Some(open) if open.name == "p" => self.end("p"),
            _ => Ok(()),
        }
    }

    /// Closes the innermost element.
    fn close(&mut self) -> Result<(), TextError> {
        let Some(closed) = self.open.last() else {
            return Ok(());
        };
        // The language of the element counts until its line is done, so that it is only taken away afterwards.
        match closed.role {
            Role::Page => {
                self.end_block()?;
                self.is_over = true;
            }
            Role::Block => self.end_block()?,
            Role::Line => self.end_line()?,
            Role::Word | Role::None => {}
        }
        let closed = self.open.pop();
        if closed.is_some_and(|closed| closed.role == Role::Line) {
            // A header that has lines in it may have text behind them.
            let around = self.open.iter().rev().find(|open| open.role != Role::None);
            if let Some(Open {
                role: Role::Line,
                bbox,
                ..
            }) = around
            {
                self.line = Some(OpenLine {
                    bbox: *bbox,
                    ..OpenLine::default()
                });
            }
        }
        Ok(())
    }

    /// A word begins; words outside of any line are one.
    fn word(&mut self, bbox: Option<Bbox>) {
        let line = self.line.get_or_insert_default();
        line.text.push(' ');
        if let Some(bbox) = bbox {
            line.words = Some(line.words.map_or(bbox, |words| words.with(bbox)));
        }
    }

    fn end_block(&mut self) -> Result<(), TextError> {
        self.end_line()?;
        self.assembly.end_block();
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), TextError> {
        let Some(line) = self.line.take() else {
            return Ok(());
        };
        let area = line.bbox.or(line.words).map(|bbox| Area {
            x: bbox.left,
            y: bbox.top,
            width: bbox.right - bbox.left,
            height: bbox.bottom - bbox.top,
        });
        let line = Line {
            text: clean(&line.text),
            area,
            broken: None,
        };
        let language = self
            .open
            .iter()
            .rev()
            .filter(|open| {
                open.role != Role::Word && !matches!(open.name.as_str(), "html" | "body")
            })
            .find_map(|open| open.language.as_deref());
        self.assembly.line(line, language)
    }

    /// The page that was read.
    ///
    /// Where no line has a language, it is the one that the program was told, and then that of the document; but
    /// Tesseract writes `lang="en"` there whatever it reads.
    ///
    /// # Errors
    ///
    /// [`TextError::NotAText`] if nothing was of hOCR; [`TextError::TooLarge`] for the last line.
    pub(super) fn finish(mut self) -> Result<PageText, TextError> {
        if !self.is_hocr {
            return Err(TextError::NotAText(Format::Hocr));
        }
        self.end_block()?;
        let document = self.document.filter(|_| !self.is_by_tesseract);
        Ok(self.assembly.finish(self.size, self.read_in.or(document)))
    }
}
