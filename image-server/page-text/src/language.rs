//! Names of languages: as recognition programs write them, and as BCP 47 tags.

/// Codes of three letters (ISO 639-2, both sets, and 639-3) with the two letters that BCP 47 wants instead.
const SHORT: [(&str, &str); 53] = [
    ("afr", "af"),
    ("alb", "sq"),
    ("ara", "ar"),
    ("aym", "ay"),
    ("baq", "eu"),
    ("bre", "br"),
    ("bul", "bg"),
    ("cat", "ca"),
    ("ces", "cs"),
    ("chi", "zh"),
    ("cze", "cs"),
    ("dan", "da"),
    ("deu", "de"),
    ("dut", "nl"),
    ("ell", "el"),
    ("eng", "en"),
    ("epo", "eo"),
    ("eus", "eu"),
    ("fin", "fi"),
    ("fra", "fr"),
    ("fre", "fr"),
    ("ger", "de"),
    ("gle", "ga"),
    ("glg", "gl"),
    ("gre", "el"),
    ("grn", "gn"),
    ("heb", "he"),
    ("hrv", "hr"),
    ("hun", "hu"),
    ("isl", "is"),
    ("ita", "it"),
    ("jpn", "ja"),
    ("kor", "ko"),
    ("lat", "la"),
    ("lit", "lt"),
    ("nld", "nl"),
    ("nor", "no"),
    ("oci", "oc"),
    ("pol", "pl"),
    ("por", "pt"),
    ("que", "qu"),
    ("ron", "ro"),
    ("rum", "ro"),
    ("rus", "ru"),
    ("slk", "sk"),
    ("slv", "sl"),
    ("spa", "es"),
    ("sqi", "sq"),
    ("srp", "sr"),
    ("swe", "sv"),
    ("tur", "tr"),
    ("ukr", "uk"),
    ("zho", "zh"),
];

/// Codes that name no language.
const NONE: [&str; 4] = ["mis", "mul", "und", "zxx"];

/// The longest tag that is taken.
const LONGEST: usize = 35;

/// The BCP 47 tag for what a file gives as a language; `None` if it is none.
///
/// Files say `es`, `es-MX`, `es_MX`, `spa`, `SPA`, and Tesseract's `spa_old`, `chi_sim` and `spa+lat`, of which
/// the first counts.
pub(crate) fn tag(text: &str) -> Option<String> {
    let first = text
        .split(['+', ',', ';', ' '])
        .find(|part| !part.is_empty())?;
    if first.len() > LONGEST || !first.is_ascii() {
        return None;
    }
    let mut parts = first.split(['-', '_']);
    let language = parts.next()?.to_ascii_lowercase();
    let is_code =
        (2..=3).contains(&language.len()) && language.bytes().all(|byte| byte.is_ascii_lowercase());
    if !is_code || NONE.contains(&language.as_str()) {
        return None;
    }
    let mut tag = SHORT
        .iter()
        .find(|(long, _)| *long == language)
        .map_or(language, |(_, short)| (*short).to_owned());
    for part in parts {
        match subtag(part) {
            Some(part) => {
                tag.push('-');
                tag.push_str(&part);
            }
            None => break,
        }
    }
    Some(tag)
}

/// A region or script; variants are Tesseract's own more often than anybody else's (`old`, `frak`, `vert`).
fn subtag(part: &str) -> Option<String> {
    let letters = part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let digits = part.bytes().all(|byte| byte.is_ascii_digit());
    match part.to_ascii_lowercase().as_str() {
        "sim" => Some("Hans".to_owned()),
        "tra" => Some("Hant".to_owned()),
        // Fraktur is a kind of Latin script, which Tesseract writes like this.
        "frak" => Some("Latf".to_owned()),
        lower if lower.len() == 2 && letters => Some(lower.to_ascii_uppercase()),
        lower if lower.len() == 3 && digits => Some(lower.to_owned()),
        lower if lower.len() == 4 && letters => Some(format!(
            "{}{}",
            lower[..1].to_ascii_uppercase(),
            &lower[1..]
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{SHORT, tag};

    #[test]
    fn languages_as_files_name_them() {
        for (text, expected) in [
            ("spa", Some("es")),
            ("SPA", Some("es")),
            ("eng", Some("en")),
            ("es", Some("es")),
            ("es-MX", Some("es-MX")),
            ("es_mx", Some("es-MX")),
            ("es-419", Some("es-419")),
            ("sr-latn-rs", Some("sr-Latn-RS")),
            ("spa_old", Some("es")),
            ("deu_frak", Some("de-Latf")),
            ("chi_sim", Some("zh-Hans")),
            ("spa+lat", Some("es")),
            ("nah", Some("nah")),
            ("fre", Some("fr")),
            ("und", None),
            ("Spanish", None),
            ("script/Latin", None),
            ("", None),
            ("ñ", None),
            ("e", None),
        ] {
            assert_eq!(tag(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn the_table_is_in_order_and_without_repetition() {
        assert!(SHORT.is_sorted_by(|(one, _), (other, _)| one < other));
    }
}
