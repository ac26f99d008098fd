//! No answer takes more memory than its plan says.
//!
//! Every case runs in a process of its own, whose peak the system knows: what C encoders hold is in it.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::process::Command;

use acervo_pixels::source::{RowReader, SourceError};
use acervo_pixels::{Plan, build_pyramid, plan, render};
use iiif_spec::{ImageRequest, Rules, Source, Version, evaluate};
use tiff_pyramid::{Pyramid, Samples};

const CASE: &str = "ACERVO_MEMORY_CASE";
/// What the system, the test and the allocator take for themselves.
const SLACK: u64 = 6 << 20;
const SIDES: (u32, u32) = (3000, 2200);

/// Noise, which no encoder makes smaller.
struct Noise(u32);

impl RowReader for Noise {
    fn size(&self) -> (u32, u32) {
        SIDES
    }

    fn samples(&self) -> Samples {
        Samples::Color
    }

    fn read_rows(&mut self, out: &mut [u8]) -> Result<(), SourceError> {
        for value in out {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 17;
            self.0 ^= self.0 << 5;
            *value = (self.0 >> 11) as u8;
        }
        Ok(())
    }
}

fn status(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    let kibibytes = line.split_whitespace().nth(1).unwrap();
    kibibytes.parse::<u64>().unwrap() << 10
}

/// Renders the case that this process was started for: bytes planned, bytes taken.
fn measure(path: &str, file: &str) -> (u64, u64) {
    let file = fs::File::open(file).unwrap();
    let pyramid = Pyramid::open(&file, file.metadata().unwrap().len()).unwrap();
    let [region, size, rotation, rest] = path.split('/').collect::<Vec<_>>().try_into().unwrap();
    let request = ImageRequest::parse(Version::V3, region, size, rotation, rest).unwrap();
    let source = Source {
        width: SIDES.0,
        height: SIDES.1,
        gray: false,
    };
    let rules = Rules {
        upscaling: true,
        max_width: Some(9000),
        ..Rules::default()
    };
    let asked = evaluate(&request, &source, &rules).unwrap();
    let Plan::Render(recipe) = plan(&asked, pyramid.layout(), pyramid.samples()) else {
        panic!("{path} is stored");
    };
    // The peak begins anew.
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = status("VmRSS");
    let answer = render(&recipe, &pyramid, &file).unwrap();
    assert!(!answer.is_empty());
    (recipe.memory, status("VmHWM").saturating_sub(before))
}

#[test]
fn no_answer_takes_more_than_its_plan_says() {
    if let Ok(case) = std::env::var(CASE) {
        let (path, file) = case.split_once(' ').unwrap();
        let (planned, taken) = measure(path, file);
        println!("\n{CASE} {planned} {taken}");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("noise.tif");
    build_pyramid(&mut Noise(7), fs::File::create(&file).unwrap()).unwrap();
    let formats = ["jpg", "png", "webp", "gif", "tif"];
    let shapes = [
        "full/max/0/default",
        "full/2999,2199/0/default",
        "full/max/90/default",
        "full/max/!180/gray",
        "full/max/33.3/default",
        "full/1600,1100/100/gray",
        "0,0,900,700/^2700,2100/0/default",
        "full/max/0/bitonal",
        "full/3000,100/0/default",
    ];
    let mut wrong = Vec::new();
    for (shape, format) in shapes
        .iter()
        .flat_map(|shape| formats.map(|format| (shape, format)))
    {
        let path = format!("{shape}.{format}");
        let output = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "no_answer_takes_more_than_its_plan_says",
                "--nocapture",
            ])
            .env(CASE, format!("{path} {}", file.display()))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = said.lines().find_map(|line| line.strip_prefix(CASE));
        let numbers = line
            .unwrap_or_else(|| panic!("{path}: {said}"))
            .split_whitespace();
        let [planned, taken] = numbers
            .map(|n| n.parse::<u64>().unwrap())
            .collect::<Vec<_>>()[..]
        else {
            panic!("{path}: {said}");
        };
        println!("{path}: {} of {} KiB", taken >> 10, planned >> 10);
        if taken > planned + SLACK {
            wrong.push(format!("{path}: {taken} of {planned} bytes"));
        }
    }
    assert!(wrong.is_empty(), "more than planned:\n{}", wrong.join("\n"));
}
