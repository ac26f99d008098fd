//! Headings: what is compared of them, and the language that they name.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// A heading, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heading {
    /// As written, without blanks around it.
    pub(crate) written: String,
    /// As written, without what names the language.
    pub(crate) base: String,
    /// What is compared: see [`fold`].
    pub(crate) key: String,
    /// The language that it names, as a BCP 47 tag.
    pub(crate) language: Option<String>,
}

impl Heading {
    /// What a cell of the header says.
    pub(crate) fn parse(cell: &str) -> Self {
        let one_line = cell.split_whitespace().collect::<Vec<_>>().join(" ");
        let written: String = one_line.chars().filter(|c| !c.is_control()).collect();
        let (base, language) = marked_language(&written)
            .or_else(|| worded_language(&written))
            .map_or((written.as_str(), None), |(base, tag)| (base, Some(tag)));
        Self {
            base: base.to_owned(),
            key: fold(base),
            language,
            written,
        }
    }
}

/// The headings in a cell of the header: tropiiify sends a column to several places by writing a `|` between
/// their labels, `metadata:Date|navdate`. A `|` that anybody else wrote belongs to the heading.
pub(crate) fn targets(cell: &str) -> Vec<&str> {
    const LABELS: [&str; 9] = [
        "id",
        "label",
        "summary",
        "rights",
        "navdate",
        "homepage:id",
        "requiredstatement:value",
        "navplace:latitude",
        "navplace:longitude",
    ];
    let is_label = |part: &str| {
        let part = part.to_lowercase();
        part.starts_with("metadata:") || LABELS.contains(&part.as_str())
    };
    let parts: Vec<&str> = cell.split('|').map(str::trim).collect();
    match parts.iter().all(|part| is_label(part)) {
        true => parts,
        false => vec![cell],
    }
}

/// What is compared of a heading: letters and digits, without case and accents, and the colons of prefixes;
/// a point after `dc` or `dcterms` is such a colon.
pub(crate) fn fold(text: &str) -> String {
    let folded: String = text
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .filter(|c| c.is_alphanumeric() || matches!(c, ':' | '.'))
        .collect();
    let folded = match folded.split_once('.') {
        Some((prefix @ ("dc" | "dcterms"), rest)) => format!("{prefix}:{rest}"),
        _ => folded,
    };
    folded.chars().filter(|c| *c != '.').collect()
}

/// `title@es`, `title (es)`, `título [en]`.
fn marked_language(written: &str) -> Option<(&str, String)> {
    if let Some((base, tag)) = written.rsplit_once('@') {
        let base = base.trim_end();
        return (!base.is_empty()).then_some((base, canonical_tag(tag.trim())?));
    }
    let inside = |open, close| {
        let (base, tag) = written.strip_suffix(close)?.rsplit_once(open)?;
        let base = base.trim_end();
        (!base.is_empty()).then_some((base, tag.trim()))
    };
    let (base, tag) = inside('(', ')').or_else(|| inside('[', ']'))?;
    // Three letters in brackets are more often an abbreviation than a language.
    let primary = tag.split('-').next().unwrap_or_default();
    let tag = if is_iso_639_1(primary) {
        canonical_tag(tag)?
    } else {
        named_language(tag)?.to_owned()
    };
    Some((base, tag))
}

/// CollectionBuilder Remix's `title-in-English`, and `título en inglés`.
fn worded_language(written: &str) -> Option<(&str, String)> {
    for marker in ["-in-", " in ", "-en-", " en ", "_in_", "_en_"] {
        if let Some((base, name)) = written.rsplit_once(marker)
            && let Some(tag) = named_language(name)
            && !base.trim().is_empty()
        {
            return Some((base.trim_end(), tag.to_owned()));
        }
    }
    None
}

/// `title_es`, of a heading that is known without its ending: the base and the tag.
pub(crate) fn language_suffix(base: &str) -> Option<(&str, String)> {
    let (base, tag) = base.rsplit_once(['_', '-'])?;
    (is_iso_639_1(tag) && !base.is_empty()).then(|| (base, tag.to_ascii_lowercase()))
}

/// A BCP 47 tag in its usual spelling; `None` for what cannot be one.
pub(crate) fn canonical_tag(text: &str) -> Option<String> {
    let mut parts = text.split(['-', '_']);
    let primary = parts.next()?;
    let letters = |part: &str| part.bytes().all(|b| b.is_ascii_alphabetic());
    if !(2..=3).contains(&primary.len()) || !letters(primary) {
        return None;
    }
    let mut tag = primary.to_ascii_lowercase();
    for part in parts {
        if !(2..=8).contains(&part.len()) || !part.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return None;
        }
        tag.push('-');
        match part.len() {
            2 => tag.push_str(&part.to_ascii_uppercase()),
            4 if letters(part) => {
                tag.push_str(&part[..1].to_ascii_uppercase());
                tag.push_str(&part[1..].to_ascii_lowercase());
            }
            _ => tag.push_str(&part.to_ascii_lowercase()),
        }
    }
    Some(tag)
}

fn is_iso_639_1(text: &str) -> bool {
    /// ISO 639-1, two letters each.
    const CODES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs \
        cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu \
        hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln \
        lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps \
        pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to \
        tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";
    text.len() == 2
        && CODES
            .split_ascii_whitespace()
            .any(|code| code.eq_ignore_ascii_case(text))
}

/// The tag of a language by its name in Spanish, English or itself.
fn named_language(name: &str) -> Option<&'static str> {
    const NAMES: &[(&str, &[&str])] = &[
        ("es", &["espanol", "castellano", "spanish"]),
        ("en", &["ingles", "english"]),
        ("fr", &["frances", "french", "francais"]),
        ("pt", &["portugues", "portuguese"]),
        ("it", &["italiano", "italian"]),
        ("de", &["aleman", "german", "deutsch"]),
        ("ca", &["catalan", "catala"]),
        ("gl", &["gallego", "galician", "galego"]),
        ("eu", &["vasco", "euskera", "basque", "euskara"]),
        ("la", &["latin"]),
        ("ht", &["haitiano", "criollohaitiano", "haitiancreole"]),
        ("nl", &["neerlandes", "holandes", "dutch"]),
        ("ru", &["ruso", "russian"]),
        ("zh", &["chino", "chinese"]),
        ("ar", &["arabe", "arabic"]),
        ("qu", &["quechua"]),
        ("gn", &["guarani"]),
        ("ay", &["aimara", "aymara"]),
        ("nah", &["nahuatl"]),
    ];
    let name = fold(name);
    let of = |(_, names): &&(&str, &[&str])| names.contains(&name.as_str());
    NAMES.iter().find(of).map(|(tag, _)| *tag)
}

#[cfg(test)]
mod tests {
    use super::{Heading, canonical_tag};

    #[test]
    fn headings_name_languages_in_many_ways() {
        for (written, base, key, language) in [
            ("title", "title", "title", None),
            (" Título ", "Título", "titulo", None),
            ("object_id", "object_id", "objectid", None),
            ("Date\nCreated", "Date Created", "datecreated", None),
            ("dcterms:title", "dcterms:title", "dcterms:title", None),
            ("dc.title[es]", "dc.title", "dc:title", Some("es")),
            ("title@es", "title", "title", Some("es")),
            ("title@es-cu", "title", "title", Some("es-CU")),
            ("título [en]", "título", "titulo", Some("en")),
            ("title (es)", "title", "title", Some("es")),
            ("Título (inglés)", "Título", "titulo", Some("en")),
            ("title-in-English", "title", "title", Some("en")),
            (
                "description-in-Español",
                "description",
                "description",
                Some("es"),
            ),
            ("Título en francés", "Título", "titulo", Some("fr")),
            ("medidas (cm)", "medidas (cm)", "medidascm", None),
            ("place in Cuba", "place in Cuba", "placeincuba", None),
            (
                "correo@biblioteca.example",
                "correo@biblioteca.example",
                "correobibliotecaexample",
                None,
            ),
            ("@es", "@es", "es", None),
        ] {
            let heading = Heading::parse(written);
            assert_eq!(
                (
                    heading.base.as_str(),
                    heading.key.as_str(),
                    heading.language.as_deref()
                ),
                (base, key, language),
                "{written}"
            );
        }
    }

    #[test]
    fn tags_have_one_spelling() {
        for (text, expected) in [
            ("ES", Some("es")),
            ("pt-br", Some("pt-BR")),
            ("zh_hant_tw", Some("zh-Hant-TW")),
            ("x", None),
            ("es-", None),
        ] {
            assert_eq!(canonical_tag(text).as_deref(), expected, "{text}");
        }
    }
}
