//! An institution's own colours: a style sheet that sets the accent and nothing else.
//!
//! Lightness is changed in `OKLCh` (B. Ottosson, "A perceptual color space for image processing", 2020),
//! where a hue stays the same to the eye; contrast is that of WCAG 2.2.

/// The ground of pages that is nearest to a dark text, and the one nearest to a light text: `--mat` by day and
/// `--raised` by night in `assets/style.css`.
const GROUNDS: [[u8; 3]; 2] = [[0xf0, 0xed, 0xe6], [0x27, 0x25, 0x22]];
/// What is written on the accent by day and by night.
const ON_ACCENT: [&str; 2] = ["#ffffff", "#151412"];
/// The least contrast of text with its ground (WCAG 2.2, success criterion 1.4.3), and a little for rounding.
const CONTRAST: f64 = 4.55;

/// The style sheet for an accent colour, written `#rgb` or `#rrggbb`; `None` if it is written otherwise.
///
/// The colour becomes darker for the day and lighter for the night, with its hue kept, until text in it can be
/// read on every ground of the pages. A colour that can be read as it is stays.
#[must_use]
pub fn css(accent: &str) -> Option<String> {
    let accent = parse(accent)?;
    let [day, night] = [legible(accent, Side::Day), legible(accent, Side::Night)];
    let [on_day, on_night] = ON_ACCENT;
    Some(format!(
        ":root{{--accent:{day};--on-accent:{on_day}}}\
         @media screen and (prefers-color-scheme:dark){{:root{{--accent:{night};--on-accent:{on_night}}}}}"
    ))
}

/// Which of the two appearances a colour is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Day,
    Night,
}

fn parse(text: &str) -> Option<[u8; 3]> {
    let digits = text.trim().strip_prefix('#')?;
    let digit = |at: usize| {
        let digit = char::from(*digits.as_bytes().get(at)?).to_digit(16)?;
        u8::try_from(digit).ok()
    };
    let mut colour = [0; 3];
    for (at, part) in colour.iter_mut().enumerate() {
        *part = match digits.len() {
            3 => digit(at)? * 17,
            6 => digit(2 * at)? * 16 + digit(2 * at + 1)?,
            _ => return None,
        };
    }
    Some(colour)
}

/// The nearest lightness of `colour` at which it can be read, as CSS writes it.
fn legible(colour: [u8; 3], side: Side) -> String {
    let (ground, step, end) = match side {
        Side::Day => (GROUNDS[0], -0.01, [0, 0, 0]),
        Side::Night => (GROUNDS[1], 0.01, [255, 255, 255]),
    };
    let mut found = colour;
    let [mut lightness, chroma_a, chroma_b] = to_oklab(colour);
    while contrast(found, ground) < CONTRAST {
        lightness += step;
        if !(0.0..=1.0).contains(&lightness) {
            found = end;
            break;
        }
        found = from_oklab(lightness, chroma_a, chroma_b);
    }
    let [red, green, blue] = found;
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// The contrast of two colours, 1 to 21 (WCAG 2.2, "contrast ratio").
fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(colour: [u8; 3]) -> f64 {
    let [red, green, blue] = colour.map(to_linear);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn to_linear(part: u8) -> f64 {
    let part = f64::from(part) / 255.0;
    if part <= 0.04045 {
        part / 12.92
    } else {
        ((part + 0.055) / 1.055).powf(2.4)
    }
}

fn to_oklab(colour: [u8; 3]) -> [f64; 3] {
    let [r, g, b] = colour.map(to_linear);
    let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
    let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
    let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
    [
        0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
        1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
        0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
    ]
}

/// The colour, with as much of its chroma as a screen can show at this lightness.
fn from_oklab(lightness: f64, a: f64, b: f64) -> [u8; 3] {
    (0..=50)
        .map(|step| 1.0 - f64::from(step) / 50.0)
        .map(|part| linear_from_oklab(lightness, a * part, b * part))
        .find(|colour| colour.iter().all(|part| (-0.0005..=1.0005).contains(part)))
        .unwrap_or([lightness.powi(3); 3])
        .map(from_linear)
}

fn linear_from_oklab(lightness: f64, a: f64, b: f64) -> [f64; 3] {
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    [
        4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
        -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
        -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
    ]
}

fn from_linear(part: f64) -> u8 {
    let part = part.clamp(0.0, 1.0);
    let part = if part <= 0.003_130_8 {
        part * 12.92
    } else {
        1.055 * part.powf(1.0 / 2.4) - 0.055
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 255"
    )]
    let part = (part * 255.0).round() as u8;
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The colours of a sheet, by day and by night.
    fn colours(sheet: &str) -> [[u8; 3]; 2] {
        let mut found = sheet
            .split("--accent:")
            .skip(1)
            .map(|rest| parse(&rest[..7]).expect("a colour"));
        [
            found.next().expect("by day"),
            found.next().expect("by night"),
        ]
    }

    #[test]
    fn text_in_any_accent_can_be_read_on_every_ground() {
        let style = std::str::from_utf8(crate::assets::STYLE.bytes).expect("text");
        let (day, night) = style
            .split_once("prefers-color-scheme: dark")
            .expect("two appearances");
        let value = |sheet: &str, name: &str| {
            let (_, rest) = sheet.split_once(&format!("--{name}: ")).expect("set");
            parse(&rest[..7]).expect("a colour")
        };
        for part in 0..17_u32.pow(3) {
            let step =
                |at: u32| u8::try_from((part / 17_u32.pow(at) % 17 * 16).min(255)).expect("a byte");
            let accent = format!("#{:02x}{:02x}{:02x}", step(0), step(1), step(2));
            let found = colours(&css(&accent).expect("a sheet"));
            for (sheet, colour, on) in [
                (day, found[0], ON_ACCENT[0]),
                (night, found[1], ON_ACCENT[1]),
            ] {
                for ground in ["paper", "mat", "raised"] {
                    let ground = value(sheet, ground);
                    assert!(contrast(colour, ground) >= 4.5, "{accent} on {ground:?}");
                }
                let on = parse(on).expect("a colour");
                assert!(contrast(colour, on) >= 4.5, "on {accent}");
            }
        }
    }

    #[test]
    fn an_accent_that_can_be_read_stays_and_keeps_its_hue_where_it_cannot() {
        let hue = |colour| {
            let [_, a, b] = to_oklab(colour);
            b.atan2(a)
        };
        let [day, _] = colours(&css("#1f5a5e").expect("a sheet"));
        assert_eq!(day, [0x1f, 0x5a, 0x5e]);
        for accent in ["#e63946", "#ffb703", "#06d6a0", "#3a0ca3"] {
            let given = parse(accent).expect("a colour");
            for found in colours(&css(accent).expect("a sheet")) {
                assert!(
                    (hue(found) - hue(given)).abs() < 0.12,
                    "{accent}: {found:?}"
                );
            }
        }
    }

    #[test]
    fn only_colours_become_a_sheet() {
        assert_eq!(css("#0AF"), css("#00aaff"));
        for text in [
            "",
            "#",
            "red",
            "#12",
            "#1234567",
            "#12345g",
            "#ñ1",
            "#fff;}body{display:none",
            "00aaff",
        ] {
            assert_eq!(css(text), None, "{text}");
        }
    }
}
