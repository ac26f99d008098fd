//! Where things are: attributes of ALTO to rectangles.

use super::Attributes;
use crate::page::Area;

/// A rectangle in the unit of the file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Shape {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Shape {
    /// From `HPOS`, `VPOS`, `WIDTH` and `HEIGHT`, which version 1 has as whole numbers and later ones with
    /// fractions; `None` unless all four are there.
    pub(super) fn of(attributes: &Attributes) -> Option<Self> {
        let number = |name| attributes.get(name).and_then(number);
        let (left, top) = (number("HPOS")?, number("VPOS")?);
        Some(Self {
            left,
            top,
            right: left + number("WIDTH")?,
            bottom: top + number("HEIGHT")?,
        })
    }

    /// What covers both.
    pub(super) fn with(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// The part of it on the page, in whole units; `None` if that is empty.
    pub(super) fn area(self) -> Option<Area> {
        let (x, y) = (whole(self.left)?, whole(self.top)?);
        let width = whole(self.right)?
            .checked_sub(x)
            .filter(|width| *width > 0)?;
        let height = whole(self.bottom)?
            .checked_sub(y)
            .filter(|height| *height > 0)?;
        Some(Area {
            x,
            y,
            width,
            height,
        })
    }

    /// The right and lower edge, if both are on the page.
    pub(super) fn far_corner(self) -> Option<(u32, u32)> {
        let corner = (whole(self.right)?, whole(self.bottom)?);
        (corner.0 > 0 && corner.1 > 0).then_some(corner)
    }
}

/// `WIDTH` and `HEIGHT` of a page, neither 0.
pub(super) fn size(attributes: &Attributes) -> Option<(u32, u32)> {
    let side = |name| {
        attributes
            .get(name)
            .and_then(number)
            .and_then(whole)
            .filter(|side| *side > 0)
    };
    Some((side("WIDTH")?, side("HEIGHT")?))
}

fn number(text: &str) -> Option<f64> {
    text.trim()
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite())
}

/// The nearest whole number that can be a place on a page; 0 for what is before its edge.
fn whole(number: f64) -> Option<u32> {
    let rounded = number.round().max(0.0);
    (rounded <= f64::from(u32::MAX)).then_some(rounded as u32)
}
