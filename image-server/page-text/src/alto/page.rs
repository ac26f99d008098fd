//! A page of ALTO that is being read: what each element means for it.

use super::Attributes;
use super::line::{Half, OpenLine, whole};
use super::shape::{self, Shape};
use crate::MAX_DEPTH;
use crate::assembly::Assembly;
use crate::error::{Damage, TextError};
use crate::page::PageText;

/// What has been read, and where in the file that is.
#[derive(Default)]
pub(super) struct Page {
    assembly: Assembly,
    depth: usize,
    /// Languages of the elements around, each with its depth.
    languages: Vec<(usize, String)>,
    stage: Stage,
    is_in_unit: bool,
    /// Whether places are in a unit other than pixels (`mm10`, `inch1200`).
    is_measured: bool,
    /// Width and height of the page.
    size: Option<(u32, u32)>,
    /// Right and lower edge of the print space.
    print_space: Option<(u32, u32)>,
    /// The first paragraph of the foot of the page, while it is read.
    foot: usize,
    line: Option<OpenLine>,
    /// The first half of a word, with which the latest line ends.
    half: Option<Half>,
}

#[derive(Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Before,
    Within,
    Over,
}

impl Page {
    /// Whether the page is complete.
    pub(super) fn is_over(&self) -> bool {
        self.stage == Stage::Over
    }

    /// An element begins.
    pub(super) fn start(&mut self, name: &str, attributes: &Attributes) -> Result<(), TextError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(TextError::Damaged(Damage::TooDeep));
        }
        if let Some(language) = attributes.language() {
            self.languages.push((self.depth, language));
        }
        match (name, &self.stage) {
            ("MeasurementUnit", _) => self.is_in_unit = true,
            ("Page", _) => {
                self.stage = Stage::Within;
                self.size = shape::size(attributes);
            }
            (_, Stage::Before | Stage::Over) => {}
            ("PrintSpace", _) => {
                self.print_space = Shape::of(attributes).and_then(Shape::far_corner);
            }
            ("BottomMargin", _) => self.begin_foot(),
            ("TextBlock", _) => self.assembly.end_block(),
            ("TextLine", _) => {
                self.end_line()?;
                self.line = Some(OpenLine::new(attributes));
            }
            ("String", _) => self.line().word(attributes),
            ("SP", _) => self.line().space(),
            ("HYP", _) => self.line().hyphen(attributes),
            _ => {}
        }
        Ok(())
    }

    /// Text between elements, which has a meaning in one place.
    pub(super) fn text(&mut self, text: &str) {
        let unit = text.trim();
        if self.is_in_unit && !unit.is_empty() {
            self.is_measured = unit != "pixel";
        }
    }

    /// An element ends.
    pub(super) fn end(&mut self, name: &str) -> Result<(), TextError> {
        match name {
            "MeasurementUnit" => self.is_in_unit = false,
            "TextLine" => self.end_line()?,
            "TextBlock" => {
                self.end_line()?;
                self.assembly.end_block();
            }
            "BottomMargin" => {
                self.end_line()?;
                self.assembly.end_block();
                self.assembly.move_last(self.foot);
                self.half = None;
            }
            "Page" => {
                self.end_line()?;
                self.stage = Stage::Over;
            }
            _ => {}
        }
        while self
            .languages
            .last()
            .is_some_and(|(depth, _)| *depth >= self.depth)
        {
            self.languages.pop();
        }
        self.depth = self.depth.saturating_sub(1);
        Ok(())
    }

    /// The schemas have the foot of the page before what stands above it; a word does not go on from one to the
    /// other.
    fn begin_foot(&mut self) {
        self.assembly.end_block();
        self.foot = self.assembly.blocks();
        self.half = None;
    }

    /// The line that is being read; strings outside of any are a line of their own.
    fn line(&mut self) -> &mut OpenLine {
        self.line.get_or_insert_default()
    }

    fn end_line(&mut self) -> Result<(), TextError> {
        let Some(line) = self.line.take() else {
            return Ok(());
        };
        let done = line.finish();
        if done.line.text.is_empty() {
            return Ok(());
        }
        if let (Some(first), Some(second)) = (&self.half, &done.begins)
            && let Some(latest) = self.assembly.latest()
        {
            latest.broken = whole(first, second);
        }
        self.half = done.ends;
        let language = self.languages.last().map(|(_, language)| language.as_str());
        self.assembly.line(done.line, language)
    }

    /// What is wrong if the file ends here.
    pub(super) fn ended_early(&self) -> Damage {
        if self.depth == 0 && self.stage == Stage::Before {
            Damage::NoPage
        } else {
            Damage::BreaksOff
        }
    }

    /// The page that was read.
    pub(super) fn finish(self) -> PageText {
        let size = self.size.or(self.print_space);
        let mut page = self.assembly.finish(size, None);
        if size.is_none() && self.is_measured {
            // Tenths of millimetres of a page whose size nobody knows are nowhere on an image.
            for line in page.blocks.iter_mut().flat_map(|block| &mut block.lines) {
                line.area = None;
            }
        }
        page
    }
}
