//! Where readers put what they find: lines into paragraphs, and the language of most of them.

use std::collections::BTreeMap;

use crate::MAX_LINES;
use crate::error::{Excess, TextError};
use crate::page::{Block, Line, PageText};

/// A page that is being read.
#[derive(Debug, Default)]
pub(crate) struct Assembly {
    blocks: Vec<Block>,
    /// Blocks that come last, whatever place they have in the file.
    last: Vec<Block>,
    /// The lines of the paragraph that is being read.
    open: Vec<Line>,
    lines: usize,
    /// Bytes of text in each language.
    languages: BTreeMap<String, usize>,
}

impl Assembly {
    /// Adds a line to the paragraph that is being read; one without text is nothing.
    ///
    /// # Errors
    ///
    /// [`TextError::TooLarge`] if it is one line too many.
    pub(crate) fn line(&mut self, line: Line, language: Option<&str>) -> Result<(), TextError> {
        if line.text.is_empty() {
            return Ok(());
        }
        if self.lines == MAX_LINES {
            return Err(TextError::TooLarge(Excess::Lines));
        }
        self.lines += 1;
        if let Some(language) = language {
            match self.languages.get_mut(language) {
                Some(bytes) => *bytes += line.text.len(),
                None => {
                    self.languages.insert(language.to_owned(), line.text.len());
                }
            }
        }
        self.open.push(line);
        Ok(())
    }

    /// The line that was added last.
    pub(crate) fn latest(&mut self) -> Option<&mut Line> {
        match self.open.last_mut() {
            Some(line) => Some(line),
            None => self.blocks.last_mut()?.lines.last_mut(),
        }
    }

    /// Ends the paragraph that is being read, if there is one.
    pub(crate) fn end_block(&mut self) {
        if !self.open.is_empty() {
            let lines = std::mem::take(&mut self.open);
            self.blocks.push(Block { lines });
        }
    }

    /// How many paragraphs there are.
    pub(crate) fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// Moves the paragraphs from the one at `index` on to the end of the page.
    pub(crate) fn move_last(&mut self, index: usize) {
        let index = index.min(self.blocks.len());
        self.last.extend(self.blocks.drain(index..));
    }

    /// The page; its language is `otherwise` if no line has one.
    pub(crate) fn finish(
        mut self,
        size: Option<(u32, u32)>,
        otherwise: Option<String>,
    ) -> PageText {
        self.end_block();
        self.blocks.append(&mut self.last);
        let most = self.languages.into_iter().max_by_key(|(_, bytes)| *bytes);
        PageText {
            language: most.map(|(language, _)| language).or(otherwise),
            size,
            blocks: self.blocks,
        }
    }
}
