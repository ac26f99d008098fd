//! Colours of profiles are those of Little CMS, everywhere in a picture.
use crate::support::{SIZE, Values, assert_same, crc, png, read_with, rgb, source, strips};
use acervo_pixels::color::{Color, ColorPolicy, Model, to_srgb};
use acervo_pixels::source::Limits;
use lcms2::{CIExyY, CIExyYTRIPLE, Intent, PixelFormat, Profile, ToneCurve, Transform};
use moxcms::ColorProfile;
use tiff_pyramid::Samples;

pub(crate) fn lcms(bytes: &[u8]) -> Profile {
    Profile::new_icc(bytes).unwrap()
}

/// Profiles whose colours are those of well-known spaces, by name.
pub(crate) fn rgb_profiles() -> Vec<(&'static str, Vec<u8>)> {
    let xy = |x, y| CIExyY { x, y, Y: 1.0 };
    let curve = ToneCurve::new(1.8);
    let wide = Profile::new_rgb(
        &xy(0.3457, 0.3585),
        &CIExyYTRIPLE {
            Red: xy(0.7347, 0.2653),
            Green: xy(0.1152, 0.8264),
            Blue: xy(0.1566, 0.0177),
        },
        &[&curve, &curve, &curve],
    )
    .unwrap();
    vec![
        ("Adobe RGB", ColorProfile::new_adobe_rgb().encode().unwrap()),
        (
            "Display P3",
            ColorProfile::new_display_p3().encode().unwrap(),
        ),
        (
            "ProPhoto",
            ColorProfile::new_pro_photo_rgb().encode().unwrap(),
        ),
        ("wide gamut", wide.icc().unwrap()),
    ]
}

/// A profile of a press, computed: a table of what each mixture of inks looks like on its paper, as those of
/// presses are (ICC.1:2001-04, 6.5.8, `lut16Type`).
pub(crate) fn cmyk_profile() -> Vec<u8> {
    const STEPS: u32 = 9;
    let mut table = b"mft2\0\0\0\0\x04\x03\x09\0".to_vec();
    for at in 0..9_u32 {
        let one: u32 = if at % 4 == 0 { 1 << 16 } else { 0 };
        table.extend(one.to_be_bytes());
    }
    let line = [0_u16, 0xffff];
    let words = |words: &[u16]| {
        words
            .iter()
            .flat_map(|w| w.to_be_bytes())
            .collect::<Vec<u8>>()
    };
    table.extend(words(&[2, 2]));
    table.extend(words(&line.repeat(4)));
    for at in 0..STEPS.pow(4) {
        let ink = |axis: u32| f64::from(at / STEPS.pow(3 - axis) % STEPS) / f64::from(STEPS - 1);
        table.extend(words(&look([ink(0), ink(1), ink(2), ink(3)])));
    }
    table.extend(words(&line.repeat(3)));
    let text = b"text\0\0\0\0computed\0\0\0\0".to_vec();
    let white = [
        b"XYZ \0\0\0\0".as_slice(),
        &[0, 0, 0xd0, 0, 0, 0, 0xd8, 0, 0, 0, 0xb0, 0],
    ]
    .concat();
    let tags = [
        (b"cprt", text),
        (b"wtpt", white),
        (b"A2B0", table.clone()),
        (b"A2B1", table),
    ];
    let mut head = vec![0; 128];
    head[8..12].copy_from_slice(&[2, 0x40, 0, 0]);
    head[12..24].copy_from_slice(b"prtrCMYKLab ");
    head[36..40].copy_from_slice(b"acsp");
    head[68..80].copy_from_slice(&[0, 0, 0xf6, 0xd6, 0, 1, 0, 0, 0, 0, 0xd3, 0x2d]);
    let mut directory = u32::try_from(tags.len()).unwrap().to_be_bytes().to_vec();
    let mut body = Vec::new();
    for (name, bytes) in tags {
        let at = 128 + 4 + 4 * 12 + body.len();
        directory.extend_from_slice(name);
        directory.extend(u32::try_from(at).unwrap().to_be_bytes());
        directory.extend(u32::try_from(bytes.len()).unwrap().to_be_bytes());
        body.extend(bytes);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    let length = u32::try_from(128 + directory.len() + body.len()).unwrap();
    head[..4].copy_from_slice(&length.to_be_bytes());
    [head, directory, body].concat()
}

/// CIELab of 16 bits of inks that gain while they are printed.
fn look(inks: [f64; 4]) -> [u16; 3] {
    let left = inks.map(|ink| 1.0 - ink.powf(0.8));
    let light = [0, 1, 2].map(|at| 0.02 + 0.98 * left[at] * left[3]);
    // The primaries of sRGB, as parts of the white of D50.
    let xyz = [
        [0.4522, 0.3993, 0.1485],
        [0.2225, 0.7169, 0.0606],
        [0.0169, 0.1177, 0.8654],
    ]
    .map(|row: [f64; 3]| row[0] * light[0] + row[1] * light[1] + row[2] * light[2]);
    let [x, y, z] = xyz.map(f64::cbrt);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is small"
    )]
    let word = |value: f64| (value * 256.0).round() as u16;
    [
        word((116.0 * y - 16.0) * 2.55),
        word(500.0 * (x - y) + 128.0),
        word(200.0 * (y - z) + 128.0),
    ]
}

/// The difference of two colours (CIE 142, CIEDE2000).
fn delta_e([l1, a1, b1]: [f64; 3], [l2, a2, b2]: [f64; 3]) -> f64 {
    let mean_chroma = (a1.hypot(b1) + a2.hypot(b2)) / 2.0;
    let seventh = |c: f64| (c.powi(7) / (c.powi(7) + 25_f64.powi(7))).sqrt();
    let g = 0.5 * (1.0 - seventh(mean_chroma));
    let (a1, a2) = (a1 * (1.0 + g), a2 * (1.0 + g));
    let (c1, c2) = (a1.hypot(b1), a2.hypot(b2));
    let hue = |a: f64, b: f64| {
        if a == 0.0 && b == 0.0 {
            0.0
        } else {
            b.atan2(a).to_degrees().rem_euclid(360.0)
        }
    };
    let (h1, h2) = (hue(a1, b1), hue(a2, b2));
    let is_gray = c1 * c2 == 0.0;
    let turn = match h2 - h1 {
        _ if is_gray => 0.0,
        d if d > 180.0 => d - 360.0,
        d if d < -180.0 => d + 360.0,
        d => d,
    };
    let (dl, dc) = (l2 - l1, c2 - c1);
    let dh = 2.0 * (c1 * c2).sqrt() * (turn / 2.0).to_radians().sin();
    let (l, c) = (f64::midpoint(l1, l2), f64::midpoint(c1, c2));
    let h = match h1 + h2 {
        sum if is_gray => sum,
        sum if (h1 - h2).abs() <= 180.0 => sum / 2.0,
        sum if sum < 360.0 => (sum + 360.0) / 2.0,
        sum => (sum - 360.0) / 2.0,
    };
    let cos = |degrees: f64| degrees.to_radians().cos();
    let t = 1.0 - 0.17 * cos(h - 30.0) + 0.24 * cos(2.0 * h) + 0.32 * cos(3.0 * h + 6.0)
        - 0.20 * cos(4.0 * h - 63.0);
    let sl = 1.0 + 0.015 * (l - 50.0).powi(2) / (20.0 + (l - 50.0).powi(2)).sqrt();
    let (sc, sh) = (1.0 + 0.045 * c, 1.0 + 0.015 * c * t);
    let theta = 30.0 * (-((h - 275.0) / 25.0).powi(2)).exp();
    let rt = -2.0 * seventh(c) * (2.0 * theta).to_radians().sin();
    let (l, c, h) = (dl / sl, dc / sc, dh / sh);
    (l * l + c * c + h * h + rt * c * h).sqrt()
}

/// The mean and the largest difference of two pictures in sRGB.
pub(crate) fn differences(one: &[u8], other: &[u8]) -> (f64, f64) {
    let white = CIExyY {
        x: 0.3457,
        y: 0.3585,
        Y: 1.0,
    };
    let to_lab = Transform::new(
        &Profile::new_srgb(),
        PixelFormat::RGB_8,
        &Profile::new_lab4_context(lcms2::GlobalContext::new(), &white).unwrap(),
        PixelFormat::Lab_DBL,
        Intent::RelativeColorimetric,
    )
    .unwrap();
    let lab = |data: &[u8]| {
        let mut out = vec![[0_f64; 3]; data.len() / 3];
        to_lab.transform_pixels(data.as_chunks::<3>().0, &mut out);
        out
    };
    let all: Vec<f64> = lab(one)
        .into_iter()
        .zip(lab(other))
        .map(|(one, other)| delta_e(one, other))
        .collect();
    #[expect(clippy::cast_precision_loss, reason = "there are few")]
    let mean = all.iter().sum::<f64>() / all.len() as f64;
    (mean, all.into_iter().fold(0.0, f64::max))
}

#[test]
fn the_difference_of_colours_is_that_of_its_authors() {
    // Sharma, Wu and Dalal 2005, table 1.
    for (one, other, expected) in [
        ([50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485], 2.0425),
        ([50.0, -1.3802, -84.2814], [50.0, 0.0, -82.7485], 1.0),
        ([50.0, 2.5, 0.0], [50.0, 0.0, -2.5], 4.3065),
        ([50.0, 2.5, 0.0], [73.0, 25.0, -18.0], 27.1492),
        (
            [22.7233, 20.0904, -46.694],
            [23.0331, 14.973, -42.5619],
            2.0373,
        ),
        ([2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514], 0.9082),
    ] {
        let got = delta_e(one, other);
        assert!((got - expected).abs() < 1e-4, "{one:?} {other:?}: {got}");
    }
}

/// A grid of colours, 17 steps an axis.
fn grid(channels: usize) -> Vec<u8> {
    let steps: usize = if channels == 4 { 9 } else { 17 };
    let most = steps - 1;
    (0..steps.pow(u32::try_from(channels).unwrap()))
        .flat_map(|at| {
            (0..channels).map(move |axis| {
                let step = at / steps.pow(u32::try_from(axis).unwrap()) % steps;
                u8::try_from(step * 255 / most).unwrap()
            })
        })
        .collect()
}

#[test]
fn colours_of_rgb_profiles_are_those_of_little_cms_in_8_and_in_16_bits() {
    for (name, bytes) in rgb_profiles() {
        let transform = Transform::new(
            &lcms(&bytes),
            PixelFormat::RGB_8,
            &Profile::new_srgb(),
            PixelFormat::RGB_8,
            Intent::RelativeColorimetric,
        )
        .unwrap();
        let colors = grid(3);
        let mut expected = vec![[0; 3]; colors.len() / 3];
        transform.transform_pixels(colors.as_chunks::<3>().0, &mut expected);
        let expected = expected.concat();
        let color = Color::new(Model::Rgb, Some(&bytes), ColorPolicy::ToSrgb);
        let mut got = vec![0; colors.len()];
        color.bytes(&colors, &mut got);
        let (mean, most) = differences(&got, &expected);
        println!("{name}, 8 bits: mean {mean:.3}, most {most:.3}");
        assert!(
            mean < 1.0 && most < 4.0,
            "{name}, 8 bits: mean {mean:.3}, most {most:.3}"
        );
        let words: Vec<u16> = colors.iter().map(|v| u16::from(*v) * 257).collect();
        color.words(&words, &mut got);
        let (mean, most) = differences(&got, &expected);
        println!("{name}, 16 bits: mean {mean:.3}, most {most:.3}");
        assert!(
            mean < 1.0 && most < 4.0,
            "{name}, 16 bits: mean {mean:.3}, most {most:.3}"
        );
    }
}

#[test]
fn colours_of_a_press_are_those_of_little_cms() {
    let bytes = cmyk_profile();
    let transform = Transform::new(
        &lcms(&bytes),
        PixelFormat::CMYK_8,
        &Profile::new_srgb(),
        PixelFormat::RGB_8,
        Intent::RelativeColorimetric,
    )
    .unwrap();
    let inks = grid(4);
    let mut expected = vec![[0; 3]; inks.len() / 4];
    transform.transform_pixels(inks.as_chunks::<4>().0, &mut expected);
    let expected = expected.concat();
    let color = Color::new(Model::Cmyk, Some(&bytes), ColorPolicy::ToSrgb);
    let mut got = vec![0; expected.len()];
    color.bytes(&inks, &mut got);
    let (mean, most) = differences(&got, &expected);
    println!("a press: mean {mean:.3}, most {most:.3}");
    assert!(mean < 1.0 && most < 5.0, "mean {mean:.3}, most {most:.3}");
    let stays = Color::new(Model::Cmyk, Some(&bytes), ColorPolicy::Embed);
    assert_eq!(
        stays.kept().profile(),
        None,
        "inks are never shown as they are"
    );
}

#[test]
fn a_colour_is_the_same_wherever_it_stands() {
    for (name, bytes) in rgb_profiles() {
        let conversion = to_srgb(&bytes, Model::Rgb).unwrap();
        let colors = grid(3);
        let mut together = vec![0; colors.len()];
        conversion.bytes(&colors, &mut together);
        for length in [1, 3, 7, 16, 33] {
            let mut apart = vec![0; colors.len()];
            for (from, to) in colors.chunks(length * 3).zip(apart.chunks_mut(length * 3)) {
                conversion.bytes(from, to);
            }
            assert!(together == apart, "{name}: {length} pixels at a time");
        }
    }
}

#[test]
fn greys_follow_the_curve_of_their_profile() {
    let bytes = ColorProfile::new_gray_with_gamma(1.0).encode().unwrap();
    let color = Color::new(Model::Gray, Some(&bytes), ColorPolicy::ToSrgb);
    let mut got = [0; 4];
    color.bytes(&[0, 55, 128, 255], &mut got);
    // Of linear light, by IEC 61966-2-1.
    assert_same("linear greys", &got, &[0, 128, 188, 255], 1);
    assert_eq!(color.samples(), Samples::Gray);
    let adobe = ColorProfile::new_adobe_rgb().encode().unwrap();
    assert!(
        to_srgb(&adobe, Model::Gray).is_some(),
        "greys of an RGB space"
    );
}

#[test]
fn what_is_srgb_in_effect_or_no_profile_of_these_samples_changes_nothing() {
    let srgb = ColorProfile::new_srgb().encode().unwrap();
    let other = Profile::new_srgb().icc().unwrap();
    let adobe = ColorProfile::new_adobe_rgb().encode().unwrap();
    for (name, bytes, model) in [
        ("sRGB", srgb.clone(), Model::Rgb),
        ("sRGB of Little CMS", other, Model::Rgb),
        ("sRGB for greys", srgb.clone(), Model::Gray),
        ("RGB for inks", adobe.clone(), Model::Cmyk),
        ("half of one", adobe[..adobe.len() / 2].to_vec(), Model::Rgb),
        ("nothing", Vec::new(), Model::Rgb),
    ] {
        assert!(to_srgb(&bytes, model).is_none(), "{name}");
    }
}

#[test]
fn a_profile_is_found_in_png_and_tiff_and_applied_or_handed_on() {
    let adobe = ColorProfile::new_adobe_rgb().encode().unwrap();
    let tag = vec![(34_675, Values::Bytes(adobe.clone()))];
    let tiff = strips(SIZE, (3, 8), 2, (1, SIZE.1), vec![rgb(SIZE)], tag).write();
    let deflated = {
        use std::io::Write;
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&adobe).unwrap();
        encoder.finish().unwrap()
    };
    let png = png(
        SIZE,
        png::ColorType::Rgb,
        png::BitDepth::Eight,
        &rgb(SIZE),
        |_| {},
    );
    // A chunk iCCP behind the header.
    let body = [b"iCCP".as_slice(), b"a\0\0", &deflated].concat();
    let mut chunk = u32::try_from(body.len() - 4)
        .unwrap()
        .to_be_bytes()
        .to_vec();
    chunk.extend_from_slice(&body);
    chunk.extend(crc(&body).to_be_bytes());
    let png = [&png[..33], &chunk, &png[33..]].concat();
    let mut converted = vec![0; rgb(SIZE).len()];
    Color::new(Model::Rgb, Some(&adobe), ColorPolicy::ToSrgb).bytes(&rgb(SIZE), &mut converted);
    for (name, file) in [("TIFF", tiff), ("PNG", png)] {
        let source = source(&file).unwrap();
        let picture = read_with(&source, 0, &Limits::default(), ColorPolicy::ToSrgb).unwrap();
        assert_same(name, &picture.data, &converted, 0);
        assert_eq!(picture.profile, None, "{name}");
        let picture = read_with(&source, 0, &Limits::default(), ColorPolicy::Embed).unwrap();
        assert_same(name, &picture.data, &rgb(SIZE), 0);
        assert_eq!(picture.profile.as_deref(), Some(adobe.as_slice()), "{name}");
    }
}
