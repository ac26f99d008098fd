//! What stands before the first scan: sizes, components, tables, colours.

mod application;
mod frame;
mod tables;

use std::io::Read;

use application::Applications;
pub(crate) use frame::Frame;
pub use frame::{Component, Process};
pub(crate) use tables::Tables;

use crate::error::Error;
use crate::input::Input;
use crate::scan::Scan;

/// What one stream may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Pixels of the image.
    pub pixels: u64,
    /// Bytes of its colour profile.
    pub profile: usize,
    /// Scans, each of which may pass over the whole image and cost a few bytes.
    pub scans: usize,
}

impl Default for Limits {
    /// A gigapixel, 4 MiB, 100 scans.
    fn default() -> Self {
        Self {
            pixels: 1_000_000_000,
            profile: 4 << 20,
            scans: 100,
        }
    }
}

/// The colours that the components of a stream are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colors {
    /// One component.
    Gray,
    /// Luma and two of chroma.
    YCbCr,
    /// Red, green, blue.
    Rgb,
    /// Four inks.
    Cmyk,
    /// Four inks, the first three as luma and chroma.
    Ycck,
}

/// What is known of an image before its scans.
#[derive(Debug, Clone)]
pub struct Header {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// How its coefficients are coded.
    pub process: Process,
    /// One, three or four.
    pub components: Vec<Component>,
    /// What its components are.
    pub colors: Colors,
    /// Whether an APP14 segment of Adobe is there; inks are stored inverted then.
    pub adobe: bool,
    /// Its colour profile, if all of its parts are there.
    pub profile: Option<Vec<u8>>,
    /// How it must be turned to be upright: the value of Exif, 1 to 8; 1 is as it lies.
    pub orientation: u8,
    /// Whether its first scan holds all of it, so that it can be read as it comes.
    pub streamed: bool,
}

impl Header {
    /// Blocks across and down of the component that is sampled most, of one minimum coded unit.
    #[must_use]
    pub fn sampling(&self) -> (u8, u8) {
        frame::sampling(&self.components)
    }

    /// Pixels across of a minimum coded unit.
    pub(crate) fn unit_width(&self) -> u32 {
        u32::from(self.sampling().0) * 8
    }

    /// Pixels down of a row of minimum coded units.
    #[must_use]
    pub fn unit_height(&self) -> u32 {
        u32::from(self.sampling().1) * 8
    }

    /// Rows of minimum coded units.
    #[must_use]
    pub fn unit_rows(&self) -> u32 {
        self.height.div_ceil(self.unit_height())
    }

    /// Blocks of a row of minimum coded units, those that fill up the last unit included.
    #[must_use]
    pub fn blocks_of_row(&self) -> u64 {
        let units = self.width.div_ceil(self.unit_width());
        let blocks = |c: &Component| u64::from(c.horizontal) * u64::from(c.vertical);
        u64::from(units) * self.components.iter().map(blocks).sum::<u64>()
    }
}

/// What the segments before the first scan say.
pub(crate) struct Start {
    pub(crate) header: Header,
    pub(crate) tables: Tables,
    pub(crate) scan: Scan,
}

/// Reads up to the first scan.
pub(crate) fn read<R: Read>(input: &mut Input<R>, limits: &Limits) -> Result<Start, Error> {
    if input.u16()? != 0xffd8 {
        return Err(Error::Damaged("it does not begin as JPEG does"));
    }
    let mut tables = Tables::default();
    let mut applications = Applications::default();
    let mut frame = None;
    loop {
        let marker = input.marker()?;
        match marker {
            0xc0..=0xc2 if frame.is_none() => {
                frame = Some(Frame::parse(marker, &input.segment()?, limits)?);
            }
            0xc0..=0xc2 => return Err(Error::Damaged("two frames")),
            0xda => {
                let frame = frame.ok_or(Error::Damaged("a scan without a frame"))?;
                let scan = Scan::parse(&input.segment()?, &frame)?;
                let header = header(frame, applications, &scan);
                return Ok(Start {
                    header,
                    tables,
                    scan,
                });
            }
            0xd9 => return Err(Error::Damaged("no image in it")),
            0xe0..=0xef => applications.take(marker, &input.segment()?, limits)?,
            _ => tables.take(marker, input)?,
        }
    }
}

fn header(frame: Frame, applications: Applications, scan: &Scan) -> Header {
    let streamed =
        frame.process != Process::Progressive && scan.components.len() == frame.components.len();
    let ids: Vec<u8> = frame.components.iter().map(|c| c.id).collect();
    Header {
        width: frame.width,
        height: frame.height,
        process: frame.process,
        colors: applications.colors(&ids),
        components: frame.components,
        adobe: applications.adobe.is_some(),
        orientation: applications.orientation,
        profile: applications.profile(),
        streamed,
    }
}
