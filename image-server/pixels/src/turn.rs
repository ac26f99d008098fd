//! Turning: mirrored, by quarters exactly, by any other angle with interpolation.

use iiif_spec::{Size, Turn};
use tiff_pyramid::Samples;

use crate::raster::{Picture, Raster};

/// The side of the blocks that quarter turns work in, so that both sides of a copy stay in the cache.
const BLOCK: usize = 32;
/// Positions are whole pixels and 32 binary digits of a pixel: no sum of steps across an image is off by
/// anything that shows.
const FRACTION: u32 = 32;
const ONE: f64 = (1_u64 << FRACTION) as f64;
const HALF: i64 = 1 << (FRACTION - 1);
/// Nearness and coverage are told in 256ths of a pixel: half of one more makes them the nearest.
const NEAREST: i64 = 1 << (FRACTION - 9);

/// The image mirrored left to right.
pub(crate) fn mirrored(mut raster: Raster) -> Raster {
    let stride = raster.stride();
    for row in raster.data.chunks_exact_mut(stride) {
        match raster.samples {
            Samples::Gray => row.reverse(),
            Samples::Color => row.as_chunks_mut::<3>().0.reverse(),
        }
    }
    raster
}

/// The image turned clockwise, in the smallest rectangle around it.
pub(crate) fn turned(raster: Raster, turn: Turn) -> Picture {
    let degrees = match turn {
        Turn::Angle(degrees) => degrees.to_f64(),
        exact => {
            return Picture {
                raster: quarter(raster, exact),
                coverage: None,
            };
        }
    };
    let bounds = turn.bounds(Size {
        width: raster.width,
        height: raster.height,
    });
    // By the nearest quarter first: what remains is at most 45 degrees, which reads rows in order.
    let (nearest, rest) = match degrees {
        d if d < 45.0 => (Turn::D0, d),
        d if d < 135.0 => (Turn::D90, d - 90.0),
        d if d < 225.0 => (Turn::D180, d - 180.0),
        d if d < 315.0 => (Turn::D270, d - 270.0),
        d => (Turn::D0, d - 360.0),
    };
    let upright = quarter(raster, nearest);
    match upright.samples {
        Samples::Gray => sampled::<1>(&upright, rest.to_radians(), bounds),
        Samples::Color => sampled::<3>(&upright, rest.to_radians(), bounds),
    }
}

/// The image turned by quarters; other angles leave it as it is.
fn quarter(mut raster: Raster, turn: Turn) -> Raster {
    match (turn, raster.samples) {
        (Turn::D0 | Turn::Angle(_), _) => raster,
        (Turn::D180, Samples::Gray) => {
            raster.data.reverse();
            raster
        }
        (Turn::D180, Samples::Color) => {
            raster.data.as_chunks_mut::<3>().0.reverse();
            raster
        }
        (Turn::D90 | Turn::D270, Samples::Gray) => transposed::<1>(&raster, turn == Turn::D90),
        (Turn::D90 | Turn::D270, Samples::Color) => transposed::<3>(&raster, turn == Turn::D90),
    }
}

/// A quarter turn, clockwise or back.
fn transposed<const SIZE: usize>(raster: &Raster, clockwise: bool) -> Raster {
    let (width, height) = (raster.width as usize, raster.height as usize);
    let mut out = Raster::new(raster.height, raster.width, raster.samples);
    let from = raster.data.as_chunks::<SIZE>().0;
    let to = out.data.as_chunks_mut::<SIZE>().0;
    for top in (0..height).step_by(BLOCK) {
        for left in (0..width).step_by(BLOCK) {
            for x in left..(left + BLOCK).min(width) {
                let row = if clockwise { x } else { width - 1 - x };
                for y in top..(top + BLOCK).min(height) {
                    let column = if clockwise { height - 1 - y } else { y };
                    to[row * height + column] = from[y * width + x];
                }
            }
        }
    }
    out
}

/// A place in the image as it was: the centre of a pixel of the answer, in fractions of a pixel from the
/// centre of the first pixel.
#[derive(Clone, Copy)]
struct At {
    x: i64,
    y: i64,
}

impl At {
    /// `count` steps on.
    fn after(self, step: Self, count: u32) -> Self {
        Self {
            x: self.x + step.x * i64::from(count),
            y: self.y + step.y * i64::from(count),
        }
    }
}

/// The image turned by at most 45 degrees either way, interpolated between the four pixels around each
/// place; at its edges pixels are covered in part.
fn sampled<const SIZE: usize>(image: &Raster, radians: f64, bounds: Size) -> Picture {
    let mut out = Raster::new(bounds.width, bounds.height, image.samples);
    let mut coverage = vec![0; bounds.width as usize * bounds.height as usize];
    let (sin, cos) = radians.sin_cos();
    let fixed = |value: f64| (value * ONE) as i64;
    let step = At {
        x: fixed(cos),
        y: fixed(-sin),
    };
    // From the centre of the answer's first pixel to its centre, turned back, from the image's centre.
    let half = |length: u32| f64::from(length - 1) / 2.0;
    let (dx, dy) = (-half(bounds.width), -half(bounds.height));
    let first = At {
        x: fixed(dx * cos + dy * sin + half(image.width)) + NEAREST,
        y: fixed(dy * cos - dx * sin + half(image.height)) + NEAREST,
    };
    let down = At {
        x: fixed(sin),
        y: fixed(cos),
    };
    let last = At {
        x: i64::from(image.width - 1) << FRACTION,
        y: i64::from(image.height - 1) << FRACTION,
    };
    let width = bounds.width as usize;
    let rows = out.data.chunks_exact_mut(width * SIZE);
    for ((number, row), covered) in (0..).zip(rows).zip(coverage.chunks_exact_mut(width)) {
        let start = first.after(down, number);
        let inside = inside(start, step, last, bounds.width);
        let pixels = row.as_chunks_mut::<SIZE>().0;
        for x in (0..inside.start).chain(inside.end..bounds.width) {
            let at = start.after(step, x);
            let part = covered_part(at, last);
            if part > 0 {
                covered[x as usize] = part;
                let clamped = At {
                    x: at.x.clamp(0, last.x),
                    y: at.y.clamp(0, last.y),
                };
                pixels[x as usize] = edge_pixel::<SIZE>(image, clamped);
            }
        }
        let mut at = start.after(step, inside.start);
        let (from, to) = (inside.start as usize, inside.end as usize);
        covered[from..to].fill(u8::MAX);
        let stride = image.stride();
        for pixel in &mut pixels[from..to] {
            let place = whole(at.y) * stride + whole(at.x) * SIZE;
            let above = &image.data[place..place + 2 * SIZE];
            let below = &image.data[place + stride..place + stride + 2 * SIZE];
            *pixel = mixed::<SIZE>(above, below, at);
            at = at.after(step, 1);
        }
    }
    Picture {
        raster: out,
        coverage: Some(coverage),
    }
}

/// The places of a row that have a pixel of the image at each of their four corners.
fn inside(start: At, step: At, last: At, width: u32) -> std::ops::Range<u32> {
    let holds = |count: u32| {
        let at = start.after(step, count);
        (0..last.x).contains(&at.x) && (0..last.y).contains(&at.y)
    };
    // Where a straight line enters and leaves a rectangle, to the nearest step; then exactly.
    let (mut from, mut to) = (0.0_f64, f64::from(width));
    for (start, step, last) in [(start.x, step.x, last.x), (start.y, step.y, last.y)] {
        let (start, step, last) = (start as f64, step as f64, last as f64);
        if step == 0.0 {
            continue;
        }
        let (enter, leave) = ((0.0 - start) / step, (last - start) / step);
        from = from.max(enter.min(leave));
        to = to.min(enter.max(leave));
    }
    let mut from = (from.floor() as u32).saturating_sub(1);
    let mut to = (to.ceil() as u32).saturating_add(1).min(width);
    while from < to && !holds(from) {
        from += 1;
    }
    while from < to && !holds(to - 1) {
        to -= 1;
    }
    if from < to { from..to } else { 0..0 }
}

/// How much of the pixel around a place the image covers, 0 to 255.
fn covered_part(at: At, last: At) -> u8 {
    let along = |at: i64, last: i64| {
        // The image ends half a pixel beyond the centres of its first and last pixels.
        let within = at.min(last - at) + HALF + HALF + NEAREST;
        (within.clamp(0, 1 << FRACTION) >> (FRACTION - 8)) as u32
    };
    let part = along(at.x, last.x) * along(at.y, last.y);
    u8::try_from((part * 255) >> 16).unwrap_or(u8::MAX)
}

/// The pixel at a place that may have no neighbours beyond.
fn edge_pixel<const SIZE: usize>(image: &Raster, at: At) -> [u8; SIZE] {
    let (x, y) = (whole(at.x), whole(at.y));
    let pixels = image.data.as_chunks::<SIZE>().0;
    let width = image.width as usize;
    let right = (x + 1).min(width - 1);
    let beneath = (y + 1).min(image.height as usize - 1);
    let pair = |row: usize| [pixels[row * width + x], pixels[row * width + right]];
    mixed::<SIZE>(pair(y).as_flattened(), pair(beneath).as_flattened(), at)
}

/// Whole pixels of a position that is not negative.
fn whole(position: i64) -> usize {
    (position >> FRACTION) as usize
}

/// Two pixels and the two below them, each by its nearness to the place: in 256ths.
fn mixed<const SIZE: usize>(above: &[u8], below: &[u8], at: At) -> [u8; SIZE] {
    let nearness = |position: i64| ((position >> (FRACTION - 8)) & 0xff) as u32;
    let (right, beneath) = (nearness(at.x), nearness(at.y));
    std::array::from_fn(|sample| {
        let row = |pair: &[u8]| {
            u32::from(pair[sample]) * (256 - right) + u32::from(pair[sample + SIZE]) * right
        };
        let sum = row(above) * (256 - beneath) + row(below) * beneath;
        ((sum + (1 << 15)) >> 16) as u8
    })
}

#[cfg(test)]
mod tests {
    use iiif_spec::{Decimal, Size, Turn};
    use tiff_pyramid::Samples;

    use super::{mirrored, turned};
    use crate::raster::Raster;

    /// Every sample another, as far as bytes go.
    fn image(width: u32, height: u32, samples: Samples) -> Raster {
        let mut raster = Raster::new(width, height, samples);
        for (at, value) in raster.data.iter_mut().enumerate() {
            *value = (at % 251) as u8;
        }
        raster
    }

    fn angle(text: &str) -> Turn {
        Turn::Angle(Decimal::parse(text).expect("a decimal"))
    }

    #[test]
    fn four_quarters_and_two_mirrors_are_the_image_itself() {
        for samples in [Samples::Gray, Samples::Color] {
            for (width, height) in [(1, 1), (5, 3), (70, 41), (33, 64)] {
                let whole = image(width, height, samples);
                let mut once = whole.clone();
                for _ in 0..4 {
                    once = turned(once, Turn::D90).raster;
                }
                assert_eq!(once, whole);
                let back = turned(turned(whole.clone(), Turn::D90).raster, Turn::D270);
                assert_eq!(back.raster, whole);
                let twice = turned(turned(whole.clone(), Turn::D90).raster, Turn::D90);
                assert_eq!(twice, turned(whole.clone(), Turn::D180));
                assert_eq!(mirrored(mirrored(whole.clone())), whole);
            }
        }
    }

    #[test]
    fn the_first_pixel_goes_where_a_clockwise_turn_takes_it() {
        let whole = image(4, 3, Samples::Gray);
        for (turn, at) in [
            (Turn::D0, 0),
            (Turn::D90, 2),
            (Turn::D180, 11),
            (Turn::D270, 9),
        ] {
            let data = turned(whole.clone(), turn).raster.data;
            assert_eq!(
                data.iter().position(|value| *value == 0),
                Some(at),
                "{turn:?}"
            );
        }
        assert_eq!(mirrored(whole).data[..4], [3, 2, 1, 0]);
    }

    #[test]
    fn an_angle_of_almost_nothing_changes_no_pixel() {
        for samples in [Samples::Gray, Samples::Color] {
            let whole = image(40, 30, samples);
            for (text, exact) in [
                ("0.00000001", Turn::D0),
                ("89.99999999", Turn::D90),
                ("180.00000001", Turn::D180),
                ("270.00000001", Turn::D270),
                ("359.99999999", Turn::D0),
            ] {
                let near = turned(whole.clone(), angle(text));
                assert_eq!(near.raster, turned(whole.clone(), exact).raster, "{text}");
                let coverage = near.coverage.expect("an angle");
                assert!(coverage.iter().all(|covered| *covered >= 254), "{text}");
            }
        }
    }

    #[test]
    fn an_even_image_stays_even_and_covers_its_own_area() {
        for (width, height) in [(100, 60), (1, 1), (1, 200), (301, 2)] {
            let mut even = Raster::new(width, height, Samples::Color);
            even.data.fill(200);
            for text in ["0.5", "30", "45", "100", "135", "211.25", "315", "359"] {
                let turn = angle(text);
                let picture = turned(even.clone(), turn);
                let bounds = turn.bounds(Size { width, height });
                assert_eq!(
                    (picture.raster.width, picture.raster.height),
                    (bounds.width, bounds.height)
                );
                let coverage = picture.coverage.expect("an angle");
                for (pixel, covered) in picture.raster.data.chunks(3).zip(&coverage) {
                    let expected = if *covered > 0 { 200 } else { 0 };
                    assert_eq!(pixel, [expected; 3], "{text}");
                }
                let area: f64 = coverage.iter().map(|c| f64::from(*c) / 255.0).sum();
                let edge = f64::from(width + height);
                let own = f64::from(width) * f64::from(height);
                assert!(
                    (area - own).abs() < edge.max(2.0),
                    "{text}: {area} of {own}"
                );
            }
        }
    }

    #[test]
    fn a_turned_gradient_lies_along_the_turned_axis() {
        let mut gradient = Raster::new(200, 200, Samples::Gray);
        for (at, value) in gradient.data.iter_mut().enumerate() {
            *value = (at % 200) as u8;
        }
        // 30 degrees clockwise: what grew to the right now grows to the right and down.
        let picture = turned(gradient, angle("30"));
        let width = picture.raster.width as usize;
        let centre = width / 2;
        let at = |x: usize, y: usize| f64::from(picture.raster.data[y * width + x]);
        let (across, along) = (
            at(centre + 40, centre) - at(centre, centre),
            at(centre, centre + 40) - at(centre, centre),
        );
        assert!(
            (across - 40.0 * 30_f64.to_radians().cos()).abs() < 1.0,
            "{across}"
        );
        assert!((along - 20.0).abs() < 1.0, "{along}");
    }
}
