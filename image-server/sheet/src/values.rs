//! What cells of one role say: each function takes clean text and gives a value or what is wrong.

use acervo_record::{Behavior, Date, Direction, Link, Place, Term};
use percent_encoding::percent_decode_str;

use crate::heading::{canonical_tag, fold};
use crate::note::{Problem, shown};

/// The parts of a cell with several values.
pub(crate) fn split<'a>(text: &'a str, separators: &'a [char]) -> impl Iterator<Item = &'a str> {
    text.split(|c| separators.contains(&c))
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

/// Whether `value` of a property is in no language: names, numbers, codes, addresses.
pub(crate) fn is_without_language(term: Option<Term>, value: &str) -> bool {
    const DCMI_TYPES: [&str; 12] = [
        "Collection",
        "Dataset",
        "Event",
        "Image",
        "InteractiveResource",
        "MovingImage",
        "PhysicalObject",
        "Service",
        "Software",
        "Sound",
        "StillImage",
        "Text",
    ];
    let one_word = !value.contains(char::is_whitespace);
    let always = match term {
        Some(
            Term::Creator | Term::Contributor | Term::Publisher | Term::Date | Term::Identifier,
        ) => true,
        Some(Term::Language) => {
            canonical_tag(value).is_some() && (value.len() <= 3 || value.contains('-'))
        }
        Some(Term::Type) => DCMI_TYPES
            .iter()
            .any(|known| known.eq_ignore_ascii_case(value)),
        _ => false,
    };
    always || (one_word && url(value).is_ok()) || !value.contains(char::is_alphabetic)
}

/// Whether it is the media type of a file, such as `image/jpeg` (RFC 6838, section 4.2).
pub(crate) fn is_media_type(value: &str) -> bool {
    let is_name = |name: &str| {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b);
        !name.is_empty() && name.bytes().all(allowed)
    };
    let kinds = ["application", "audio", "image", "model", "text", "video"];
    value.split_once('/').is_some_and(|(kind, name)| {
        kinds.iter().any(|known| known.eq_ignore_ascii_case(kind)) && is_name(name)
    })
}

/// A web address.
pub(crate) fn url(text: &str) -> Result<Link, Problem> {
    let after = |scheme: &str| {
        let start = text.get(..scheme.len())?;
        start
            .eq_ignore_ascii_case(scheme)
            .then(|| &text[scheme.len()..])
    };
    let host = after("https://").or_else(|| after("http://"));
    let is_good = host.is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_alphanumeric() || c == '[')
            && !text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"".contains(c))
    });
    if !is_good {
        return Err(Problem::BadUrl(shown(text)));
    }
    Ok(Link {
        url: text.to_owned(),
        label: Vec::new(),
        format: None,
    })
}

/// Degrees in decimal notation, in millionths: `-82.3666`, `82,3666 O`, `23.1136° N`.
fn degrees(text: &str, most: f64) -> Option<i32> {
    let text = text.trim();
    let (number, hemisphere) = match text.char_indices().last() {
        Some((at, letter)) if letter.is_alphabetic() => (&text[..at], letter.to_ascii_uppercase()),
        _ => (text, 'N'),
    };
    let sign = match hemisphere {
        'N' | 'E' => 1.0,
        'S' | 'W' | 'O' => -1.0,
        _ => return None,
    };
    let number = number.trim().trim_end_matches('°').trim_end();
    let number = number.replace(',', ".").replace('\u{2212}', "-");
    let is_number = number
        .bytes()
        .all(|b| b.is_ascii_digit() || b"+-.".contains(&b));
    let value: f64 = number.parse().ok().filter(|_| is_number)?;
    if value.abs() > most {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "at most 180 million, as was just checked"
    )]
    let millionths = (sign * value * 1e6).round() as i32;
    Some(millionths)
}

/// A point from two cells.
pub(crate) fn place(latitude: &str, longitude: &str) -> Result<Place, Problem> {
    match (degrees(latitude, 90.0), degrees(longitude, 180.0)) {
        (Some(latitude), Some(longitude)) => Ok(Place {
            latitude,
            longitude,
        }),
        (None, _) => Err(Problem::BadCoordinates(shown(latitude))),
        (_, None) => Err(Problem::BadCoordinates(shown(longitude))),
    }
}

/// A point from one cell: `23.1136, -82.3666`.
pub(crate) fn coordinates(text: &str) -> Result<Place, Problem> {
    let pair = [';', ',', ' '].into_iter().find_map(|separator| {
        let mut parts = text
            .split(separator)
            .map(str::trim)
            .filter(|part| !part.is_empty());
        match (parts.next(), parts.next(), parts.next()) {
            (Some(latitude), Some(longitude), None) => place(latitude, longitude).ok(),
            _ => None,
        }
    });
    pair.ok_or_else(|| Problem::BadCoordinates(shown(text)))
}

/// A moment of ISO 8601, or a day, month or year of it.
pub(crate) fn moment(text: &str) -> Result<Date, Problem> {
    let bad = || Problem::BadDate(shown(text));
    let day = text.get(..10).unwrap_or(text);
    let lengths: Vec<usize> = day.split('-').map(str::len).collect();
    let is_date = matches!(lengths.as_slice(), [4] | [4, 2] | [4, 2, 2])
        && day.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let mut date = Date::parse(day).filter(|_| is_date).ok_or_else(bad)?;
    if text.len() > 10 {
        let moment: jiff::Timestamp = text.parse().map_err(|_| bad())?;
        date.navigation = moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    } else if !date.navigation.starts_with(day) {
        return Err(bad());
    }
    Ok(date)
}

/// A whole number.
pub(crate) fn whole(text: &str) -> Result<i64, Problem> {
    let plain = text.strip_suffix(".0").unwrap_or(text);
    plain.parse().map_err(|_| Problem::BadNumber(shown(text)))
}

/// The number of a page, from 1; nothing for a file's name, which other programs want here.
pub(crate) fn page(text: &str) -> Result<Option<u32>, Problem> {
    match whole(text) {
        Ok(number) => match u32::try_from(number) {
            Ok(page @ 1..) => Ok(Some(page)),
            _ => Err(Problem::BadNumber(shown(text))),
        },
        Err(_) if text.contains(['.', '/']) => Ok(None),
        Err(problem) => Err(problem),
    }
}

/// Yes or no.
pub(crate) fn truth(text: &str) -> Result<bool, Problem> {
    match fold(text).as_str() {
        "yes" | "si" | "s" | "y" | "x" | "true" | "verdadero" | "1" => Ok(true),
        "no" | "n" | "false" | "falso" | "0" => Ok(false),
        _ => Err(Problem::UnknownValue {
            value: shown(text),
            known: "sí, no, yes, no",
        }),
    }
}

/// A way to show pages.
pub(crate) fn behavior(text: &str) -> Result<Behavior, Problem> {
    let spanish = || match fold(text).as_str() {
        "paginado" | "paginas" => Some(Behavior::Paged),
        "individual" | "individuales" => Some(Behavior::Individuals),
        "continuo" => Some(Behavior::Continuous),
        "sinorden" => Some(Behavior::Unordered),
        _ => None,
    };
    Behavior::from_word(text)
        .or_else(spanish)
        .ok_or_else(|| Problem::UnknownValue {
            value: shown(text),
            known: "paged, individuals, continuous, unordered",
        })
}

/// A direction of reading.
pub(crate) fn direction(text: &str) -> Result<Direction, Problem> {
    let spelt = || match fold(text).as_str() {
        "lefttoright" | "ltr" | "izquierdaaderecha" | "deizquierdaaderecha" => {
            Some(Direction::LeftToRight)
        }
        "righttoleft" | "rtl" | "derechaaizquierda" | "dederechaaizquierda" => {
            Some(Direction::RightToLeft)
        }
        "toptobottom" | "arribaabajo" | "dearribaabajo" => Some(Direction::TopToBottom),
        "bottomtotop" | "abajoarriba" | "deabajoarriba" => Some(Direction::BottomToTop),
        _ => None,
    };
    Direction::from_word(text)
        .or_else(spelt)
        .ok_or_else(|| Problem::UnknownValue {
            value: shown(text),
            known: "left-to-right, right-to-left, top-to-bottom, bottom-to-top",
        })
}

/// Whether a kind of thing is made of others, in the words of every convention.
pub(crate) fn is_group(text: &str) -> bool {
    matches!(
        fold(text).as_str(),
        "compoundobject"
            | "multiple"
            | "collection"
            | "coleccion"
            | "pagedcontent"
            | "newspaper"
            | "publicationissue"
            | "objetocompuesto"
    )
}

/// A chapter: its level from 1, its page, its label. `> 7: Sección`.
pub(crate) fn chapter(part: &str) -> Result<(u8, u32, &str), Problem> {
    const DEEPEST: u8 = 8;
    let bad = || Problem::BadRange(shown(part));
    let mut rest = part.trim_start();
    let mut level = 1;
    while let Some(deeper) = rest.strip_prefix('>') {
        level += 1;
        rest = deeper.trim_start();
        if level > DEEPEST {
            return Err(bad());
        }
    }
    let (page, label) = rest.split_once(':').ok_or_else(bad)?;
    let page: u32 = page.trim().parse().map_err(|_| bad())?;
    let label = label.trim();
    if page == 0 || label.is_empty() {
        return Err(bad());
    }
    Ok((level, page, label))
}

/// The file that a cell names, and what is to be known of it; `None` if it names none.
///
/// A path on a web site (`/objects/demo_001.jpg`), a path of Windows and an address are their last part;
/// everything else stays as written, so that `volumen-1/001.tif` is found in its folder.
pub(crate) fn file(part: &str) -> Option<(String, Option<Problem>)> {
    let remote = url(part).is_ok() || part.contains("://");
    if remote {
        let path = part.split(['?', '#']).next().unwrap_or(part);
        let path = path.split_once("://").map_or(path, |(_, rest)| rest);
        let (_, path) = path.split_once('/')?;
        let name = last(&percent_decode_str(last(path)?).decode_utf8_lossy())?.to_owned();
        let problem = Problem::RemoteFile(shown(&name));
        return Some((name, Some(problem)));
    }
    let leaves = |segment: &str| segment == "..";
    let is_absolute = part.starts_with('/') || part.contains('\\');
    if is_absolute || part.split('/').any(leaves) {
        let name = if part.contains('\\') {
            last(part)?.to_owned()
        } else {
            last(&percent_decode_str(last(part)?).decode_utf8_lossy())?.to_owned()
        };
        return Some((name, None));
    }
    let plain = part.strip_prefix("./").unwrap_or(part);
    let plain = plain.trim_end_matches('/');
    (!plain.is_empty() && plain != ".").then(|| (plain.to_owned(), None))
}

/// The last part of a path that can be a name.
fn last(path: &str) -> Option<&str> {
    path.rsplit(['/', '\\'])
        .map(str::trim)
        .find(|part| !part.is_empty())
        .filter(|part| *part != "." && *part != ".." && !part.contains(char::is_control))
}

/// Who a value of Islandora's typed relation is, and in which property: `relators:pbl:corporate_body:Casa`.
pub(crate) fn agent(value: &str) -> (Term, &str) {
    let Some(rest) = value.strip_prefix("relators:") else {
        return (Term::Creator, without_vocabulary(value));
    };
    let (code, rest) = rest.split_once(':').unwrap_or(("", rest));
    let term = match code {
        // Author, artist, architect, cartographer, composer, creator, engraver, illustrator, lithographer,
        // photographer.
        "aut" | "art" | "arc" | "ctg" | "cmp" | "cre" | "egr" | "ill" | "ltg" | "pht" => {
            Term::Creator
        }
        "pbl" => Term::Publisher,
        _ => Term::Contributor,
    };
    (term, without_vocabulary(rest))
}

/// A term of Islandora without the name of its vocabulary: `geo_location:La Habana`.
pub(crate) fn without_vocabulary(value: &str) -> &str {
    const VOCABULARIES: [&str; 12] = [
        "corporate_body",
        "country",
        "family",
        "genre",
        "geo_location",
        "language",
        "organization",
        "person",
        "physical_form",
        "resource_types",
        "subject",
        "temporal_subject",
    ];
    match value.split_once(':') {
        Some((vocabulary, term))
            if VOCABULARIES.contains(&vocabulary) && !term.trim().is_empty() =>
        {
            term.trim()
        }
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_as_people_write_them() {
        let havana = Some((23_113_600, -82_366_600));
        for (latitude, longitude, expected) in [
            ("23.1136", "-82.3666", havana),
            ("23,1136", "-82,3666", havana),
            ("23.1136° N", "82.3666° W", havana),
            ("23,1136 N", "82,3666 O", havana),
            ("91", "0", None),
            ("0", "181", None),
            ("norte", "0", None),
            ("1e1", "0", None),
            ("NaN", "inf", None),
        ] {
            let found = place(latitude, longitude).ok();
            let found = found.map(|place| (place.latitude, place.longitude));
            assert_eq!(found, expected, "{latitude} {longitude}");
        }
        for text in ["23.1136, -82.3666", "23.1136 -82.3666", "23,1136; -82,3666"] {
            assert!(coordinates(text).is_ok(), "{text}");
        }
        assert!(coordinates("La Habana, Cuba").is_err());
    }

    #[test]
    fn moments_are_of_iso_8601() {
        for (text, expected) in [
            ("1846-05-12T10:00:00Z", Some("1846-05-12T10:00:00Z")),
            ("1846-05-12T10:00:00-05:00", Some("1846-05-12T15:00:00Z")),
            ("1846-05-12", Some("1846-05-12T00:00:00Z")),
            ("1846-02-30", None),
            ("1846", Some("1846-01-01T00:00:00Z")),
            ("1846-05", Some("1846-05-01T00:00:00Z")),
            ("1846-13", None),
            ("1846-", None),
            ("184", None),
            ("1850-1860", None),
            ("12/05/1846", None),
            ("1846-05-12T25:00:00Z", None),
            ("mayo de 18", None),
        ] {
            let found = moment(text).ok().map(|date| date.navigation);
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn files_are_found_whatever_the_site_they_were_written_for() {
        for (part, expected) in [
            ("mapa 1.tif", Some(("mapa 1.tif", false))),
            ("volumen-1/001.tif", Some(("volumen-1/001.tif", false))),
            ("./mapa.tif", Some(("mapa.tif", false))),
            ("carpeta/", Some(("carpeta", false))),
            ("/objects/demo_001.jpg", Some(("demo_001.jpg", false))),
            ("/objects/mapa%201.jpg", Some(("mapa 1.jpg", false))),
            ("C:\\Fotos\\mapa.tif", Some(("mapa.tif", false))),
            ("../otro/mapa.tif", Some(("mapa.tif", false))),
            (
                "https://bib.example.org/f/mapa%C3%B1a.jpg?x=1#y",
                Some(("mapaña.jpg", true)),
            ),
            ("https://bib.example.org/a%2Fb.jpg", Some(("b.jpg", true))),
            ("ftp://bib.example.org/a.jpg", Some(("a.jpg", true))),
            ("https://bib.example.org", None),
            ("/", None),
            ("..", None),
            (".", None),
        ] {
            let found = file(part);
            let found = found
                .as_ref()
                .map(|(name, note)| (name.as_str(), note.is_some()));
            assert_eq!(found, expected, "{part}");
        }
    }

    #[test]
    fn chapters_have_page_and_label() {
        for (part, expected) in [
            (" 1: Portada", Some((1, 1, "Portada"))),
            (
                "> 7 : Sección: la primera",
                Some((2, 7, "Sección: la primera")),
            ),
            (">> 8: Nota", Some((3, 8, "Nota"))),
            ("Portada", None),
            ("0: Portada", None),
            ("3:", None),
            ("x: y", None),
            (">>>>>>>>> 1: x", None),
        ] {
            assert_eq!(chapter(part).ok(), expected, "{part}");
        }
    }

    #[test]
    fn agents_are_told_apart_by_their_relator() {
        for (value, expected) in [
            ("relators:cre:person:Ana Ruiz", (Term::Creator, "Ana Ruiz")),
            (
                "relators:pbl:corporate_body:Casa: 1",
                (Term::Publisher, "Casa: 1"),
            ),
            ("relators:edt:Ana", (Term::Contributor, "Ana")),
            ("person:Ana", (Term::Creator, "Ana")),
            ("Ana", (Term::Creator, "Ana")),
        ] {
            assert_eq!(agent(value), expected);
        }
    }
}
