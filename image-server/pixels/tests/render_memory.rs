//! No answer takes more memory than its plan says.
//!
//! Every case runs in a process of its own, whose peak the system knows: what C encoders hold is in it.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::Path;
use std::process::Command;

use acervo_pixels::source::{RowReader, SourceError};
use acervo_pixels::{KeptColors, Plan, build_pyramid, plan, profile_memory, render};
use iiif_spec::{ImageRequest, Rules, Source, Version, evaluate};
use tiff_pyramid::{Pyramid, Samples};

const CASE: &str = "ACERVO_MEMORY_CASE";
/// What the system, the test and the allocator take for themselves.
const SLACK: u64 = 6 << 20;
const SIDES: (u32, u32) = (3000, 2200);

/// Noise, which no encoder makes smaller, in colours of their own or in those of a profile.
struct Noise {
    state: u32,
    colors: KeptColors,
}

impl RowReader for Noise {
    fn size(&self) -> (u32, u32) {
        SIDES
    }

    fn samples(&self) -> Samples {
        Samples::Color
    }

    fn colors(&self) -> KeptColors {
        self.colors.clone()
    }

    fn read_rows(&mut self, out: &mut [u8]) -> Result<(), SourceError> {
        for value in out {
            self.state ^= self.state << 13;
            self.state ^= self.state >> 17;
            self.state ^= self.state << 5;
            *value = (self.state >> 11) as u8;
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
    let planned = recipe.memory + profile_memory(&pyramid);
    (planned, status("VmHWM").saturating_sub(before))
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
    let profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let kinds = [
        ("plain", KeptColors::Plain),
        ("profile", KeptColors::Embedded(profile.into())),
    ];
    let files = kinds.map(|(name, colors)| {
        let file = folder.path().join(format!("{name}.tif"));
        let mut noise = Noise { state: 7, colors };
        build_pyramid(&mut noise, fs::File::create(&file).unwrap()).unwrap();
        file
    });
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
    let asked = shapes
        .iter()
        .flat_map(|shape| formats.map(|format| format!("{shape}.{format}")));
    for (path, file) in asked.flat_map(|path| files.each_ref().map(|file| (path.clone(), file))) {
        let (planned, taken) = measured(&path, file);
        let of = file.file_name().unwrap().display();
        println!("{of} {path}: {} of {} KiB", taken >> 10, planned >> 10);
        if taken > planned + SLACK {
            wrong.push(format!("{of} {path}: {taken} of {planned} bytes"));
        }
    }
    assert!(wrong.is_empty(), "more than planned:\n{}", wrong.join("\n"));
}

/// What [`measure`] gives in a process of its own.
fn measured(path: &str, file: &Path) -> (u64, u64) {
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
    let numbers: Vec<u64> = said
        .lines()
        .find_map(|line| line.strip_prefix(CASE))
        .unwrap_or_else(|| panic!("{path}: {said}"))
        .split_whitespace()
        .map(|number| number.parse().unwrap())
        .collect();
    let [planned, taken] = numbers[..] else {
        panic!("{path}: {said}");
    };
    (planned, taken)
}
