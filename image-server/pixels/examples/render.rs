//! How long requests that need pixels take, and how near they come to an exact answer.
//!
//! ```sh
//! cargo run --release -p acervo-pixels --example render -- picture.jpg [--count 300] [--ssim]
//! ```
//!
//! Builds a pyramid of the picture and renders a fixed random list of regions and sizes on one thread.
//! Prints the CPU time a request and where it goes; with `--ssim` also the structural similarity of the
//! luma to that of the region brought to its size by Lanczos' filter in floating point from every pixel
//! of the source.
#![expect(
    clippy::unwrap_used,
    reason = "ends with a message where something is wrong"
)]

use std::f64::consts::PI;
use std::fs::File;
use std::io::Cursor;

use acervo_pixels::source::{ColorPolicy, Limits, Source};
use acervo_pixels::{Plan, Recipe, Stage, build_pyramid, plan, render_observed};
use iiif_spec::{ImageRequest, Rect, Rules, Size, Source as Asked, Version, evaluate};
use rustix::time::{ClockId, clock_gettime};
use tiff_pyramid::{Pyramid, Samples};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Milliseconds of CPU that this thread took.
fn cpu() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

/// Random numbers, the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 33) % u64::from(limit.max(1))) as u32
    }
}

/// Regions from 512 pixels to the whole image, brought to 200 to 1,200 pixels, as a share dialog or a
/// page of another institution asks for them.
fn requests(width: u32, height: u32, count: usize) -> Vec<String> {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let side = |random: &mut Random, whole: u32| {
        // Small ones as often as large ones.
        let share = (f64::from(random.below(1000)) / 1000.0).powi(2);
        let least = 512.min(whole);
        least + (share * f64::from(whole - least)) as u32
    };
    let request = |_| {
        let (w, h) = (side(&mut random, width), side(&mut random, height));
        let (x, y) = (random.below(width - w + 1), random.below(height - h + 1));
        let most = match random.below(3) {
            0 => 800,
            1 => 200 + random.below(1001),
            _ => 1200,
        };
        format!("{x},{y},{w},{h}/!{most},{most}/0/default.jpg")
    };
    (0..count).map(request).collect()
}

fn recipe(path: &str, pyramid: &Pyramid) -> Option<Recipe> {
    let [region, size, rotation, rest] = path.split('/').collect::<Vec<_>>().try_into().unwrap();
    let request = ImageRequest::parse(Version::V3, region, size, rotation, rest).unwrap();
    let full = pyramid.layout().full();
    let asked = Asked {
        width: full.width,
        height: full.height,
        gray: pyramid.samples() == Samples::Gray,
    };
    let asked = evaluate(&request, &asked, &Rules::default()).unwrap();
    match plan(&asked, pyramid.layout(), pyramid.samples()) {
        Plan::Stored(_) => None,
        Plan::Render(recipe) => Some(recipe),
    }
}

fn print(name: &str, mut values: Vec<f64>) {
    values.sort_by(f64::total_cmp);
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let at = |part: f64| values[((values.len() - 1) as f64 * part) as usize];
    println!(
        "{name:10} mean {mean:8.3}  p50 {:8.3}  p99 {:8.3}  least {:8.3}",
        at(0.5),
        at(0.99),
        at(0.0)
    );
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, options @ ..] = arguments.as_slice() else {
        eprintln!("usage: render PICTURE [--count N] [--ssim]");
        std::process::exit(2);
    };
    let count = options.iter().position(|option| option == "--count");
    let count = count.map_or(300, |at| options[at + 1].parse().unwrap());
    let limits = Limits::new(u64::MAX, u64::MAX);
    let rows = || {
        Source::open(File::open(path).unwrap())
            .unwrap()
            .rows(0, &limits, ColorPolicy::ToSrgb)
            .unwrap()
    };
    let file = build_pyramid(rows().as_mut(), Cursor::new(Vec::new()))
        .unwrap()
        .out
        .into_inner();
    let file = file.as_slice();
    let pyramid = Pyramid::open(file, file.len() as u64).unwrap();
    let full = pyramid.layout().full();
    let recipes: Vec<Recipe> = requests(full.width, full.height, count)
        .iter()
        .filter_map(|path| recipe(path, &pyramid))
        .collect();
    println!(
        "{} × {} pixels, {} requests that need pixels",
        full.width,
        full.height,
        recipes.len()
    );
    if options.iter().any(|option| option == "--ssim") {
        let mut reader = rows();
        let size = if reader.samples() == Samples::Gray {
            1
        } else {
            3
        };
        let mut source = vec![0; full.width as usize * full.height as usize * size];
        reader.read_rows(&mut source).unwrap();
        let luma: Vec<f32> = source.chunks_exact(size).map(luma).collect();
        drop(source);
        similarities(&recipes, &pyramid, file, &luma);
    } else {
        times(&recipes, &pyramid, file);
    }
}

fn times(recipes: &[Recipe], pyramid: &Pyramid, file: &[u8]) {
    let stages = [Stage::Decode, Stage::Resize, Stage::Turn, Stage::Encode];
    let mut whole = Vec::new();
    let mut parts = stages.map(|_| Vec::new());
    // The first round warms caches up.
    for round in 0..2 {
        for recipe in recipes {
            let start = cpu();
            let (mut now, mut since) = (Stage::Decode, start);
            let mut spent = [0.0; 4];
            let mut add = |stage: Stage, time: f64| {
                let at = stages.iter().position(|known| *known == stage).unwrap();
                spent[at] += time;
            };
            let answer = render_observed(recipe, pyramid, file, &mut |stage| {
                let time = cpu();
                add(now, time - since);
                (now, since) = (stage, time);
            });
            let end = cpu();
            add(now, end - since);
            assert!(!answer.unwrap().is_empty());
            if round == 1 {
                whole.push(end - start);
                for (part, time) in parts.iter_mut().zip(spent) {
                    part.push(time);
                }
            }
        }
    }
    println!("milliseconds of CPU a request");
    print("all", whole);
    for (stage, part) in stages.iter().zip(parts) {
        print(&format!("{stage:?}"), part);
    }
}

fn similarities(recipes: &[Recipe], pyramid: &Pyramid, file: &[u8], luma: &[f32]) {
    let full = pyramid.layout().full();
    let values = recipes.iter().map(|recipe| {
        let answer = render_observed(recipe, pyramid, file, &mut |_| ()).unwrap();
        let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::Luma);
        let mut decoder = JpegDecoder::new_with_options(Cursor::new(answer.as_slice()), options);
        let got: Vec<f32> = decoder
            .decode()
            .unwrap()
            .iter()
            .map(|v| f32::from(*v))
            .collect();
        let exact = exact(luma, full.width as usize, recipe.region, recipe.size);
        similarity(&got, &exact, recipe.size.width as usize)
    });
    print("SSIM", values.collect());
}

fn luma(pixel: &[u8]) -> f32 {
    match pixel {
        [r, g, b] => 0.299 * f32::from(*r) + 0.587 * f32::from(*g) + 0.114 * f32::from(*b),
        gray => f32::from(gray[0]),
    }
}

/// For each of `out` places, the first of `length` values that makes it and the weights.
fn weights(length: u32, out: u32) -> Vec<(usize, Vec<f32>)> {
    let scale = f64::from(length) / f64::from(out);
    let wide = scale.max(1.0);
    let kernel = |x: f64| {
        let x = x.abs();
        match x {
            x if x < 1e-9 => 1.0,
            x if x < 3.0 => 3.0 * (PI * x).sin() * (PI * x / 3.0).sin() / (PI * x).powi(2),
            _ => 0.0,
        }
    };
    let place = |at: u32| {
        let centre = (f64::from(at) + 0.5) * scale;
        let from = (centre - 3.0 * wide).floor().max(0.0);
        let to = (centre + 3.0 * wide).ceil().min(f64::from(length));
        let values: Vec<f64> = (from as u32..to as u32)
            .map(|x| kernel((f64::from(x) + 0.5 - centre) / wide))
            .collect();
        let sum: f64 = values.iter().sum();
        (
            from as usize,
            values.iter().map(|value| (value / sum) as f32).collect(),
        )
    };
    (0..out).map(place).collect()
}

/// The region of the source brought to a size by Lanczos' filter.
fn exact(luma: &[f32], width: usize, region: Rect, size: Size) -> Vec<f32> {
    let (x, w) = (region.x as usize, region.width as usize);
    let down = weights(region.height, size.height);
    let across = weights(region.width, size.width);
    let mut out = Vec::with_capacity(size.width as usize * size.height as usize);
    let mut line = vec![0.0; w];
    for (first, taps) in down {
        line.fill(0.0);
        for (row, tap) in taps.iter().enumerate() {
            let start = (region.y as usize + first + row) * width + x;
            for (sum, value) in line.iter_mut().zip(&luma[start..start + w]) {
                *sum += value * tap;
            }
        }
        for (first, taps) in &across {
            let sum: f32 = line[*first..]
                .iter()
                .zip(taps)
                .map(|(value, tap)| value * tap)
                .sum();
            out.push(sum.clamp(0.0, 255.0));
        }
    }
    out
}

/// The mean structural similarity of windows of 8×8 pixels, every fourth.
fn similarity(a: &[f32], b: &[f32], width: usize) -> f64 {
    let height = a.len() / width;
    let (c1, c2) = ((0.01_f64 * 255.0).powi(2), (0.03_f64 * 255.0).powi(2));
    let (mut sum, mut count) = (0.0, 0.0);
    for top in (0..height.saturating_sub(7)).step_by(4) {
        for left in (0..width.saturating_sub(7)).step_by(4) {
            let [mut sa, mut sb, mut saa, mut sbb, mut sab] = [0.0_f64; 5];
            for y in top..top + 8 {
                for x in left..left + 8 {
                    let (a, b) = (f64::from(a[y * width + x]), f64::from(b[y * width + x]));
                    sa += a;
                    sb += b;
                    saa += a * a;
                    sbb += b * b;
                    sab += a * b;
                }
            }
            let n = 64.0;
            let (ma, mb) = (sa / n, sb / n);
            let (va, vb, ab) = (saa / n - ma * ma, sbb / n - mb * mb, sab / n - ma * mb);
            sum += (2.0 * ma * mb + c1) * (2.0 * ab + c2)
                / ((ma * ma + mb * mb + c1) * (va + vb + c2));
            count += 1.0;
        }
    }
    sum / f64::max(count, 1.0)
}
