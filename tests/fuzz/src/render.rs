//! Answers made from the tiles of a damaged pyramid.

use acervo_pixels::{Plan, RenderError, plan, render};
use iiif_spec::{Evaluated, ImageRequest, Rules, Source, Turn, Version, evaluate};
use tiff_pyramid::{Pyramid, Samples};

use crate::{Target, pyramid};

pub(crate) const TARGET: Target = Target {
    name: "render",
    executions: 1500,
    run,
    seeds: pyramid::seeds,
};

/// Pixels of an image that is rendered.
const PIXELS: u64 = 1 << 20;
/// What an answer may take.
const MEMORY: u64 = 64 << 20;
/// Reading as it is, smaller, in part, mirrored and turned, in both formats.
const REQUESTS: [[&str; 4]; 4] = [
    ["full", "max", "!0", "default.png"],
    ["square", "pct:50", "90", "gray.jpg"],
    ["pct:10,10,80,70", "pct:30", "180", "bitonal.png"],
    ["0,0,20,9", "max", "!270", "default.jpg"],
];

/// Damaged tiles give an error, or the size that was asked.
fn run(bytes: &[u8]) {
    let Ok(pyramid) = Pyramid::open(bytes, bytes.len() as u64) else {
        return;
    };
    for request in REQUESTS {
        // An error is an answer.
        let _ = answer(request, &pyramid, bytes);
    }
}

/// Executes a request that needs pixels made; `None` if it needs none, or more than is allowed here.
fn answer(
    [region, size, rotation, rest]: [&str; 4],
    pyramid: &Pyramid,
    bytes: &[u8],
) -> Option<Result<(), RenderError>> {
    let full = pyramid.layout().full();
    let image = Source {
        width: full.width,
        height: full.height,
        gray: pyramid.samples() == Samples::Gray,
    };
    if u64::from(image.width) * u64::from(image.height) > PIXELS {
        return None;
    }
    let request = ImageRequest::parse(Version::V3, region, size, rotation, rest).unwrap();
    // A size may come to nothing in a small image.
    let asked = evaluate(&request, &image, &Rules::default()).ok()?;
    let Plan::Render(recipe) = plan(&asked, pyramid.layout(), pyramid.samples()) else {
        return None;
    };
    if recipe.memory > MEMORY {
        return None;
    }
    Some(render(&recipe, pyramid, bytes).map(|answer| {
        assert_eq!(size_of(&answer), turned(&asked), "{request}");
    }))
}

/// The size of what is answered.
fn turned(asked: &Evaluated) -> (usize, usize) {
    let (width, height) = (asked.size.width as usize, asked.size.height as usize);
    match asked.turn {
        Turn::D90 | Turn::D270 => (height, width),
        Turn::D0 | Turn::D180 => (width, height),
        Turn::Angle(_) => unreachable!("none of the requests turns by another angle"),
    }
}

fn size_of(answer: &[u8]) -> (usize, usize) {
    if answer.starts_with(b"\x89PNG") {
        let side = |at: usize| u32::from_be_bytes(answer[at..at + 4].try_into().unwrap()) as usize;
        return (side(16), side(20));
    }
    let header = turbojpeg::read_header(answer).unwrap();
    (header.width, header.height)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_answers_every_request() {
        for (at, seed) in pyramid::seeds().iter().enumerate() {
            let pyramid = Pyramid::open(seed.as_slice(), seed.len() as u64).unwrap();
            for request in REQUESTS {
                let answered = answer(request, &pyramid, seed);
                assert!(
                    matches!(answered, Some(Ok(()))),
                    "seed {at}, {request:?}: {answered:?}"
                );
            }
        }
    }
}
